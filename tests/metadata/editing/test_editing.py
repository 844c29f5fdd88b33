"""Changes of documents: what is written, and what stays as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.metadata.editing import (
    FIRST,
    Change,
    Move,
    Put,
    Remove,
    Uneditable,
    changes_between,
    edited,
    same,
    three_way,
)
from kith.source import Mapping, Node, Scalar, Sequence, read

MANY = 2000 if os.environ.get("KITH_LONG") else 60

DOCUMENT = """\
# What a shop sells.
entity: item
label: {en: Item, zh-CN: 商品}  # as on the tin
fields:
  # What people call it.
  name: {type: text, required: true}
  note:  # may be long
    type: long_text
    help: |
      Anything.

      At all.
  price: {type: money, currency: CNY}

  code: {
    type: text,
    label: "Code",  # printed
  }
# The end is near.
indexes: {by_name: [name]}
keys: {}  # none yet
"""

CASES: Map[str, tuple[Change, str, str]] = {
    "a scalar in brackets": (Put(("label", "en"), "Good"), "{en: Item,", "{en: Good,"),
    "quotes stay": (Put(("fields", "code", "label"), "Number"), '"Code"', '"Number"'),
    "a text that YAML would misread": (Put(("label", "en"), "a, b"), "{en: Item,", "{en: 'a, b',"),
    "a scalar in lines": (Put(("fields", "note", "type"), "text"), "type: long_text", "type: text"),
    "a text of several lines": (
        Put(("fields", "note", "help"), "One.\nTwo.\n"),
        "Anything.\n\n      At all.",
        "One.\n      Two.",
    ),
    "a block text becomes one line": (
        Put(("fields", "note", "help"), "Short."),
        "|\n      Anything.\n\n      At all.\n",
        "Short.\n",
    ),
    "a map takes the place of a scalar": (
        Put(("fields", "name", "required"), {"en": "x"}),
        "required: true",
        "required: {en: x}",
    ),
    "a key more in brackets": (Put(("label", "fr"), "Article"), "商品}", "商品, fr: Article}"),
    "a key more before others": (Put(("label", "fr"), "Article", FIRST), "{en", "{fr: Article, en"),
    "a key more in brackets of several lines": (
        Put(("fields", "code", "unique"), True),
        '"Code",  # printed',
        '"Code",\n    unique: true,  # printed',
    ),
    "a key more behind another": (
        Put(("fields", "size"), {"type": "integer"}, "name"),
        "required: true}\n",
        "required: true}\n  size: {type: integer}\n",
    ),
    "a key more with all that leads to it": (
        Put(("fields", "size", "label", "en"), "Size"),
        "# printed\n  }\n",
        "# printed\n  }\n  size: {label: {en: Size}}\n",
    ),
    "empty brackets become lines": (
        Put(("keys", "code"), ["code"]),
        "keys: {}  # none yet\n",
        "keys:  # none yet\n  code: [code]\n",
    ),
    "a key less with its comment": (
        Remove(("fields", "name")),
        "  # What people call it.\n  name: {type: text, required: true}\n",
        "",
    ),
    "a key less in brackets": (Remove(("label", "en")), "{en: Item, zh", "{zh"),
    "the last key in brackets": (Remove(("label", "zh-CN")), ", zh-CN: 商品", ""),
    "the only key": (Remove(("indexes", "by_name")), "{by_name: [name]}", "{}"),
    "a list": (Put(("indexes", "by_name"), ["name", "price"]), "[name]", "[name, price]"),
    "a block is moved": (
        Move(("fields", "price"), FIRST),
        DOCUMENT[DOCUMENT.index("  # What") : DOCUMENT.index("  price")] + "  price: {type: money, currency: CNY}\n\n",
        "  price: {type: money, currency: CNY}\n"
        + DOCUMENT[DOCUMENT.index("  # What") : DOCUMENT.index("  price")]
        + "\n",
    ),
    "a move in brackets": (Move(("label", "zh-CN"), FIRST), "{en: Item, zh-CN: 商品}", "{zh-CN: 商品, en: Item}"),
    "a move that changes nothing": (Move(("label", "zh-CN"), "en"), "", ""),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_only_what_is_meant_changes(case: tuple[Change, str, str]) -> None:
    change, old, new = case
    assert edited(DOCUMENT, [change]) == DOCUMENT.replace(old, new, 1)


def test_line_ends_of_windows_stay() -> None:
    text = DOCUMENT.replace("\n", "\r\n")
    changed = edited(text, [Put(("fields", "size"), {"type": "integer"}), Remove(("label", "en"))])
    assert changed.count("\n") == changed.count("\r\n") == text.count("\n") + 1


@pytest.mark.parametrize("change", [Remove(("fields", "none")), Remove(("none", "x")), Move(("entity", "x"), FIRST)])
def test_a_path_that_is_not_there_is_told(change: Change) -> None:
    with pytest.raises(Uneditable):
        edited(DOCUMENT, [change])


def test_a_document_that_cannot_be_read_is_not_changed() -> None:
    with pytest.raises(Uneditable):
        edited("a: [1", [Put(("a",), "2")])


# --- properties: any document, any change ------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "label", "zh-CN", "store.name", "on", "~after", "名", "a b", "5"])
HARD = [
    "",
    "x",
    "true",
    "~",
    "a: b",
    "# no",
    "- x",
    "{a}",
    "[",
    "'",
    '"',
    "x #y",
    " x",
    "-5",
    "a\\b",
    "|",
    "两行\n第二行",
    "a\n\n b",
]
TEXTS = st.one_of(
    st.sampled_from([*HARD, "a\nb\n"]),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=12),
)


def trees(leaf: Any) -> Any:
    maps = st.recursive(
        st.one_of(leaf, st.lists(leaf, max_size=3)),
        lambda inner: st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(KEYS, maps, min_size=1, max_size=5)


TREES = trees(TEXTS)


@dataclass
class Writer:
    """Writes a tree as an author might: in lines or brackets, with comments and quotes here and there."""

    draw: Any

    def choose(self, *options: str) -> str:
        return str(self.draw(st.sampled_from(options)))

    def document(self, tree: dict[str, Any]) -> str:
        return self.choose("", "# top\n") + "".join(self.map(tree, 0)) + self.choose("", "# bottom\n", "\n")

    def map(self, tree: dict[str, Any], margin: int) -> list[str]:
        lines: list[str] = []
        for name, value in tree.items():
            before = self.choose("", "", "# note\n", "\n", "\n# note\n")
            lines += [" " * margin + line if line.strip() else line for line in before.splitlines(keepends=True)]
            comment = self.choose("", "", "  # why")
            if isinstance(value, dict) and value and self.choose("lines", "flow") == "lines":
                lines += [f"{' ' * margin}{self.quoted(name)}:{comment}\n", *self.map(value, margin + 2)]
            elif isinstance(value, list) and value and self.choose("lines", "flow") == "lines":
                items = (f"{' ' * margin}  - {self.flow(item)}\n" for item in value)
                lines += [f"{' ' * margin}{self.quoted(name)}:{comment}\n", *items]
            else:
                lines.append(f"{' ' * margin}{self.quoted(name)}: {self.flow(value)}{comment}\n")
        return lines

    def flow(self, value: Any) -> str:
        if isinstance(value, dict):
            inner = (f"{self.quoted(name)}: {self.flow(one)}" for name, one in value.items())
            return "{" + self.choose(", ", ",\n                  ").join(inner) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.flow, value)) + "]"
        return self.quoted(value)

    def quoted(self, text: str) -> str:
        return "'" + text + "'" if text.isalnum() and self.choose("'", '"') == "'" else _double(text)


def _double(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def plain(node: Node | None) -> Any:
    if isinstance(node, Mapping):
        return {name: plain(entry.value) for name, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text if isinstance(node, Scalar) and not node.is_null else None


def parsed(text: str) -> Mapping:
    node, problems = read(text, "")
    assert isinstance(node, Mapping) and not problems, (text, [problem.message() for problem in problems])
    return node


def ordered(tree: Any) -> Any:
    """Maps as lists, so that their order counts."""
    if isinstance(tree, dict):
        return [(name, ordered(value)) for name, value in tree.items()]
    return [ordered(item) for item in tree] if isinstance(tree, list) else tree


@st.composite
def documents(draw: Any) -> str:
    return Writer(draw).document(draw(TREES))


def paths(tree: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, value in tree.items():
        found.append((*above, name))
        found += paths(value, (*above, name)) if isinstance(value, dict) else []
    return found


def stretch(text: str, path: tuple[str, ...]) -> tuple[int, int]:
    """The lines that a change of an entry may touch: its own, or where it is missing those of what it is put into."""
    node: Node = parsed(text)
    start, stop = 0, len(text)
    for step in path:
        assert isinstance(node, Mapping)
        entry = node.entries.get(step)
        if entry is None:
            break
        order = list(node.entries.values())
        at = order.index(entry)
        before = order[at - 1].value if at else None
        start = (
            max(start, text.rfind("\n", 0, entry.key.span.start) + 1) if before is None else max(start, _end(before))
        )
        stop = min(stop, (order[at + 1].key.span.start if at + 1 < len(order) else stop))
        node = entry.value
        if not isinstance(node, Mapping):
            break
    return start, stop


def _end(node: Node) -> int:
    from kith.metadata.editing.places import end

    return end(node)


@settings(max_examples=MANY)
@given(documents(), st.data())
def test_what_is_put_is_read_back_and_lines_beside_it_stay(text: str, data: Any) -> None:
    tree = plain(parsed(text))
    path = data.draw(st.sampled_from(paths(tree)))
    if data.draw(st.booleans()):
        path = (*path[:-1], data.draw(KEYS))
    value = data.draw(st.one_of(TEXTS, TREES, st.lists(TEXTS, max_size=3)))
    after = edited(text, [Put(path, value)])
    model: Any = tree
    for step in path[:-1]:
        model = model[step]
    model[path[-1]] = value
    assert ordered(plain(parsed(after))) == ordered(tree)
    start, stop = stretch(text, path)
    assert after.startswith(text[:start].rstrip("\n}{ "))
    assert after.endswith(text[stop:])


@settings(max_examples=MANY)
@given(documents(), st.data())
def test_what_is_removed_is_gone_and_lines_beside_it_stay(text: str, data: Any) -> None:
    tree = plain(parsed(text))
    path = data.draw(st.sampled_from(paths(tree)))
    after = edited(text, [Remove(path)])
    model: Any = tree
    for step in path[:-1]:
        model = model[step]
    del model[path[-1]]
    assert ordered(plain(parsed(after))) == ordered(tree)
    assert after.endswith(text[stretch(text, path)[1] :])


@settings(max_examples=MANY)
@given(documents(), documents())
def test_the_changes_between_two_documents_make_one_the_other(one: str, other: str) -> None:
    changed = edited(one, changes_between(parsed(one), parsed(other)))
    assert ordered(plain(parsed(changed))) == ordered(plain(parsed(other)))
    assert same(parsed(changed), parsed(other))
    assert changes_between(parsed(changed), parsed(other)) == []


@settings(max_examples=MANY)
@given(documents(), documents())
def test_a_merge_where_one_side_changed_nothing_is_the_other_side(base: str, theirs: str) -> None:
    merge = three_way(parsed(base), parsed(base), parsed(theirs))
    assert not merge.conflicts
    assert same(parsed(edited(base, merge.changes)), parsed(theirs))
    assert three_way(parsed(base), parsed(theirs), parsed(base)).changes == []


def test_what_both_changed_is_a_conflict_and_the_rest_is_merged() -> None:
    ours = edited(DOCUMENT, [Put(("label", "en"), "Ware"), Put(("fields", "size"), {"type": "integer"})])
    theirs = edited(
        DOCUMENT,
        [Put(("label", "en"), "Good"), Put(("fields", "name", "required"), False), Remove(("fields", "price"))],
    )
    merge = three_way(parsed(DOCUMENT), parsed(ours), parsed(theirs))
    assert [conflict.path for conflict in merge.conflicts] == [("label", "en")]
    merged = edited(ours, merge.changes)
    assert plain(parsed(merged))["label"]["en"] == "Ware"
    assert list(plain(parsed(merged))["fields"]) == ["name", "note", "code", "size"]
    taken = edited(merged, [merge.conflicts[0].taking_theirs])
    assert plain(parsed(taken))["label"]["en"] == "Good"
    assert "# What people call it." in taken
