"""YAML becomes nodes with exact places, and hostile text is refused quickly."""

from __future__ import annotations

import resource
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.problems import LANGUAGES, Mistake
from kith.source import MAX_TEXT, Mapping, Scalar, Sequence, read
from kith.yaml_mistakes import MISTAKES

# Bits that matter to YAML's five styles: blanks, breaks, quotes, escapes, indicators, wide and astral characters.
BITS = "a b # : , { } [ ' \" \\ 张 é € 😀 - ? & * ! | > % @ x1".split() + [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n  ",
    "\t",
    ": ",
    " #",
]


def only(text: str) -> Scalar:
    node, problems = read(text, "some.yaml")
    assert problems == []
    assert isinstance(node, Mapping)
    inner = node.get("outer")
    assert isinstance(inner, Mapping)
    value = inner.get("value")
    assert isinstance(value, Scalar)
    return value


def written(text: str, style: str | None, width: int) -> str:
    """The text as a value of a document, in a style where YAML can."""
    dumper: Any = type("Dumper", (yaml.SafeDumper,), {})
    word = type("Word", (str,), {})
    dumper.add_representer(word, lambda d, s: d.represent_scalar("tag:yaml.org,2002:str", str(s), style=style))
    return yaml.dump({"outer": {"value": word(text), "z": "1"}}, Dumper=dumper, allow_unicode=True, width=width)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(BITS), min_size=1, max_size=25).map("".join),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.sampled_from([8, 20, 80]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_each_character_of_a_value_knows_its_place(text: str, style: str | None, width: int, line_end: str) -> None:
    document = written(text, style, width).replace("\n", line_end)
    value = only(document)
    excerpt = value.excerpt()
    assert excerpt.text == value.text
    assert len(excerpt.offsets) == len(value.text) + 1
    assert list(excerpt.offsets) == sorted(excerpt.offsets)
    for character, offset in zip(excerpt.text, excerpt.offsets, strict=False):
        there = document[offset]
        folded = character == " " and there == "\n"
        escaped = value.style == "double" and there == "\\"
        assert there == character or folded or escaped


@pytest.mark.parametrize(
    ("document", "style", "text"),
    [
        ("outer:\n  value: a and\n    b", "plain", "a and b"),
        ("outer: {value: a\n   and b}", "plain", "a and b"),
        ("outer:\n  value: 'a''s\n\n    b'", "single", "a's\nb"),
        ('outer:\n  value: "a\\\n    b\\u00e9"', "double", "abé"),
        ("outer:\n  value: |2-\n     a\n    b\n", "literal", " a\nb"),
        ("outer:\n  value: >+\n    a\n    b\n\n     c\n\n", "folded", "a b\n\n c\n\n"),
    ],
)
def test_the_words_of_a_value_are_found_in_its_document(document: str, style: str, text: str) -> None:
    value = only(document)
    assert (value.style, value.text) == (style, text)
    excerpt = value.excerpt()
    for word in ("a", "b"):
        span = excerpt.span(text.index(word), text.index(word) + 1)
        assert document[span.start : span.end] == word


def test_scalars_stay_as_they_were_written() -> None:
    node, problems = read("on: no\nsize: 017\nat: 12:30:00\nday: 2026-01-31\nempty: ''\nnothing: ~\n", "some.yaml")
    assert problems == []
    assert isinstance(node, Mapping)
    texts = {name: entry.value.text for name, entry in node.entries.items() if isinstance(entry.value, Scalar)}
    assert texts == {"on": "no", "size": "017", "at": "12:30:00", "day": "2026-01-31", "empty": "", "nothing": "~"}
    nothing = node.get("nothing")
    assert isinstance(nothing, Scalar)
    assert nothing.is_null


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_each_mistake_is_found_in_its_bad_example_and_not_in_the_good_one(mistake: Mistake) -> None:
    assert [problem.code for problem in read(mistake.bad, "bad.yaml")[1]] == [mistake.code]
    assert read(mistake.good, "good.yaml")[1] == []


@pytest.mark.parametrize(
    ("document", "code", "marked"),
    [
        ("w: @2026-01-01 < d", "D113", "@2026-01-01 < d"),
        ('w: "a" == b\nz: 1', "D113", '"a" == b'),
        ('w: ["a", "b"] == b', "D113", '["a", "b"] == b'),
        ('x: {w: "a" == b, c: d}', "D113", '"a" == b, c: d}'),
        ("x: {w: k in ['a'], c: d}", "D112", "k in ["),
        ("x: {w: min(a, b) > 2, c: d}", "D112", "min(a, b) > 2"),
        ("w: !x", "D104", "!x"),
        ("w: !(a or b)", "D104", "!(a"),
        ('a: "x\nb: 1\nc: d', "D101", '"'),
        ("a: {b: 1\nc: 2\nd: 3", "D101", "{"),
        ("a:\n  b: 1\n c: 2", "D101", "c"),
    ],
)
def test_a_mistake_is_marked_where_it_was_made(document: str, code: str, marked: str) -> None:
    problem = read(document, "bad.yaml")[1][0]
    assert problem.code == code
    assert problem.span
    assert problem.span.source.text[problem.span.start : problem.span.end].startswith(marked)
    assert all(problem.message(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    "document",
    [
        "[" * 20_000,
        "{a: " * 20_000,
        "a:\n" + "".join(" " * level + "- \n" for level in range(1, 1_400)),
        "a: &a [x]\nb: &b [*a, *a]\nc: [" + "*b, " * 5_000 + "*b]",
        "[" + ",".join("a" * 500_000) + "]",
        "\n".join(f"k{number}: v" for number in range(80_000)),
        '"' * (MAX_TEXT - 1),
        "- " * (MAX_TEXT // 2),
        "? " * (MAX_TEXT // 2),
        "k" * (MAX_TEXT - 10) + ": v",
        "a: " + "x" * 70_000,
        "a" * (MAX_TEXT + 1),
    ],
    ids=lambda document: document[:12].replace("\n", " "),
)
def test_hostile_documents_are_refused_within_two_seconds_and_200_mb(document: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    _, problems = read(document, "hostile.yaml")
    assert problems
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize("character", ["\ufeff", "\x00", "\x85", "\u2028", "\u202e", "\u2066", "\ud800", "\x1b"])
def test_characters_that_deceive_are_refused(character: str) -> None:
    assert [problem.code for problem in read(f"a: b{character}c", "bad.yaml")[1]] == ["D108"]


def test_lists_keep_their_items_and_places() -> None:
    node, _ = read("- a\n- [b, c]\n", "some.yaml")
    assert isinstance(node, Sequence)
    assert [item.span.place for item in node.items] == ["some.yaml:1:3", "some.yaml:2:3"]


@pytest.mark.parametrize(
    ("document", "places"),
    [
        ("a: b\nlabel：Box\nc: d", ["2:6 D116"]),
        ("a: b\nf:\n  name：\n    type: text", ["3:7 D116"]),
        ("a: b\nf:\n  name：{type: text}", ["3:7 D116"]),
        ("a: b\nf:\n  name：text", ["3:7 D116"]),
        ("l: {en：Box, zh-CN：盒子}", ["1:7 D116", "1:18 D116"]),
        ("l: {en: Box，zh-CN: 盒子}\na: b", ["1:12 D116"]),
        ("l: ｛en：Box，zh-CN：“盒子”｝", ["1:4 D116"]),
        ("l: “Box”\na: ［b，c］", ["1:4 D116", "2:4 D116"]),
        ("“l”: Box", ["1:1 D116"]),
        ("a: [b，c]", ["1:6 D116"]),
        ("do: |　\n  set x", ["1:6 D116"]),
        ("a：b\nc：d\ng: {h：i，j：k}", ["1:2 D116", "2:2 D116", "3:6 D116"]),
        ("a: b\nlabel:Box\nc: d", ["2:7 D117"]),
        ("l: {en:Box, zh-CN:盒子}", ["1:8 D117", "1:19 D117"]),
        ("f:\n  name:{type: text, x: y}\n  b:c", ["2:8 D117", "3:5 D117"]),
        ("\ufeffa: b\nc：d", ["1:1 D118", "2:2 D116"]),
        ("a: b\n\u3000c: d", ["2:1 D109"]),
        ("a:\n\xa0\xa0c: d", ["2:1 D109"]),
        ("a:\n\tc: d", ["2:1 D109"]),
        ("a:\n  b: c\n  \td: e\n  f：g", ["3:3 D109", "4:4 D116"]),
        ("a:\n\tb: c\n\td：e", ["2:1 D109", "3:1 D109", "3:3 D116"]),
        ("do: | set x\nb: c", ["1:7 D101"]),
        ("a:\n    b: c\n    d: e\n  f:\n    g: h", ["2:5 D101"]),
        ("a: {b: c}}", ["1:10 D101"]),
        ("a = b\nc: d", ["1:1 D101"]),
    ],
)  # fmt: skip
def test_slips_are_told_on_their_line(document: str, places: list[str]) -> None:
    _, problems = read(document, "bad.yaml")
    found = [f"{problem.span.place.removeprefix('bad.yaml:')} {problem.code}" for problem in problems if problem.span]
    assert found == places
    assert all(problem.message(language) for problem in problems for language in LANGUAGES)


@pytest.mark.parametrize(
    ("document", "meant"),
    [
        ("a: b\nlabel：Box", "a: b\nlabel: Box"),
        ("l: {en:Box, zh-CN：盒子}", "l: {en: Box, zh-CN: 盒子}"),
        ("l: ｛en：Box，zh-CN：“盒子”｝", 'l: {en: Box,zh-CN: "盒子"}'),
    ],
)
def test_the_fix_of_a_slip_is_what_was_meant(document: str, meant: str) -> None:
    fixes = [problem.fix for problem in read(document, "bad.yaml")[1] if problem.fix]
    text = document
    for fix in sorted(fixes, key=lambda fix: -fix.span.start):
        text = text[: fix.span.start] + fix.text + text[fix.span.end :]
    assert text == meant
    assert read(text, "good.yaml")[1] == []


@pytest.mark.parametrize(
    "document",
    [
        "a: 完成，待审核：见附件（一）",
        "a: {zh-CN: 甲、乙（丙）}",
        "a: “重点”和“长期”",
        'a: "“重点”"',
        "a: b # 注释：x，y",
        "do: |  \n  set x\n",
        "at: 12:30\nurl: https://example.com:80/x",
        "rows: {urn:x: {a: b}}",
        "a: b\nnote: |\n  甲：乙\n  c:d\n",
    ],
)
def test_full_width_signs_in_texts_are_no_slips(document: str) -> None:
    assert read(document, "good.yaml")[1] == []


def test_what_follows_a_slip_is_read_and_keeps_its_place() -> None:
    node, problems = read("a：b\nc: {en：x}\nd: e\n", "some.yaml")
    assert [problem.code for problem in problems] == ["D116", "D116"]
    assert isinstance(node, Mapping)
    assert list(node.entries) == ["a", "c", "d"]
    assert node.entries["d"].value.span.place == "some.yaml:3:4"
