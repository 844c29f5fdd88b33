"""The reference pages of documents: made of the tables of kinds, field types and mistakes, so that they are never out of date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kith.metadata.checks import CHECKS, told_by
from kith.metadata.checks.drawing import ICONS
from kith.metadata.fields import COMMON, FIELD_TYPES, LATER
from kith.metadata.mistakes import FAMILIES
from kith.metadata.shapes.kinds import KINDS, LATER_KINDS
from kith.metadata.shapes.wording import meaning
from kith.problems import Mistake

HEADINGS = {
    "D1": ("YAML", "YAML"),
    "D2": ("Shape", "形状"),
    "D3": ("Layers", "图层"),
    "D4": ("Model", "模型"),
    "D5": ("Data", "数据"),
    "W5": ("Hints", "提示"),
}


def kinds_page() -> str:
    """Every kind of document with its keys."""
    parts = ["# Kinds of documents · 文档种类", _INTRO]
    for kind in KINDS.values():
        where = f"`{kind.folder}/`" if kind.folder else "`app.yaml`"
        parts.append(f"## {kind.name}\n\n{kind.doc.en} {kind.doc.zh} — {where}\n\n```yaml\n{kind.example}\n```")
        parts.append(_keys(kind.schema))
    later = ", ".join(f"`{name}`" for name in LATER_KINDS)
    parts.append(f"## Not available yet · 尚未提供\n\n{later}")
    icons = ", ".join(f"`{name}`" for name in sorted(ICONS))
    parts.append(f"## Icons · 图标\n\n{icons}")
    return "\n\n".join(parts) + "\n"


_INTRO = """A document starts with its kind and name, stands in the folder of its kind, and is the only one in its file.
Maps merge with those of lower layers key by key; texts and lists replace; `~` clears, `~remove: true` removes, `~after: name`
and `~before: name` place.

文档以种类和名称开头，放在该种类的文件夹中，一个文件只放一个文档。映射按键与下层合并，文本和列表整体替换；
`~` 清除，`~remove: true` 删除，`~after: 名称` 和 `~before: 名称` 调整位置。"""


def _keys(schema: Mapping[str, Any], level: int = 0) -> str:
    return "\n".join(_key_lines(schema, level))


def _key_lines(schema: Mapping[str, Any], level: int) -> Iterator[str]:
    """A list of the keys of a map, with those of the maps inside."""
    required = schema.get("required", ())
    for name, value in schema.get("properties", {}).items():
        said = meaning(value)
        doc = f"{said.en} {said.zh}" if said.en != said.zh else said.en
        mark = " (required)" if name in required else ""
        yield f"{'  ' * level}- `{name}`{mark}: {_sort(value)}{'. ' + doc if doc else ''}"
        inner = _inner(value)
        if inner is not None and level < 4:
            yield from _key_lines(inner, level + 1)
        for choice, keys in _sorts(value).items():
            yield f"{'  ' * (level + 1)}- {keys['kith:title'].en} · {keys['kith:title'].zh}: `kind: {choice}`"
            yield from _key_lines(keys, level + 2)


def _sorts(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The sorts of parts that a map of names holds, each with keys of its own; field types have a page of their own."""
    choose = value.get("additionalProperties", {}).get("kith:choose") if value.get("kith:names") else None
    return choose["among"] if choose and choose["by"] == "kind" else {}


def _inner(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema whose keys stand one step further in."""
    for part in (value, value.get("additionalProperties"), value.get("items")):
        if isinstance(part, Mapping) and "kith:choose" not in part and part.get("properties"):
            return part
    below = value.get("additionalProperties")
    return _inner(below) if isinstance(below, Mapping) and "kith:choose" not in below else None


def _sort(value: Mapping[str, Any]) -> str:
    """What stands at a key, in a word."""
    if "enum" in value:
        return " \\| ".join(f"`{str(word).lower() if isinstance(word, bool) else word}`" for word in value["enum"])
    if "format" in value and value["format"].startswith("kith-"):
        what = {"kith-expression": "expression", "kith-program": "action block", "kith-template": "text with holes"}
        return ("true, false or " if "boolean" in value.get("type", ()) else "") + what[value["format"]]
    if "kith:languages" in value:
        return "text, or a map of languages"
    if "kith:choose" in value:
        return "see the field types" if value["kith:choose"].get("later") else "a map"
    types = value.get("type", "any value")
    words = {"string": "text", "boolean": "true or false", "integer": "whole number", "object": "map", "array": "list"}
    return " or ".join(words.get(name, name) for name in ([types] if isinstance(types, str) else types))


def field_types_page() -> str:
    """Every field type with its keys, its type in expressions and its column."""
    parts = ["# Field types · 字段类型", _shared()]
    for kind in FIELD_TYPES.values():
        common = ", ".join(f"`{key}`" for key in COMMON if key in kind.common)
        facts = [
            f"- storage · 存储: {kind.storage}",
            (
                f"- written by people · 可填写: {_yes(kind.writable)}; searchable · 可搜索: {_yes(kind.searchable)};"
                f" sortable · 可排序: {_yes(kind.sortable)}; unique · 可唯一: {kind.unique or 'no'}"
            ),
            f"- filters · 筛选: {', '.join(f'`{word}`' for word in kind.operators) or '–'}",
        ]
        facts += [f"- looks · 外观: {', '.join(f'`{word}`' for word in kind.widgets)}"] if kind.widgets else []
        if kind.parts:
            names, first = ", ".join(f"`{name}`" for name in kind.parts), next(iter(kind.parts))
            facts.append(f"- parts, read with a dot · 组成，以点号读取 (`{kind.name}.{first}`): {names}")
        keys = _keys({"properties": kind.keys, "required": kind.needs})
        own = f"Own keys · 自有键:\n\n{keys}\n\n" if keys else ""
        head = f"## {kind.name}\n\n{kind.title.en} · {kind.title.zh}. {kind.doc.en} {kind.doc.zh}"
        parts.append(
            f"{head}\n\n```yaml\n{kind.example}\n```\n\n{own}Shared keys · 共用键: {common}\n\n" + "\n".join(facts)
        )
    later = "\n".join(f"- `{name}`: {words.en}. {words.zh}。" for name, words in LATER.items())
    parts.append(f"## Not available yet · 尚未提供\n\n{later}")
    return "\n\n".join(parts) + "\n"


def _shared() -> str:
    lines = "\n".join(_key_lines({"properties": COMMON}, 0))
    return f"Keys that several types share; each type lists those that it takes. 多个类型共用的键：\n\n{lines}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def problems_page() -> str:
    """Every kind of mistake in documents, with a bad and a good example."""
    docs = {mistake.code: check.__doc__ or "" for check in reversed(CHECKS) for mistake in told_by(check)}
    parts = ["# Problems in documents · 文档中的问题", _PROBLEMS]
    for family, mistakes in FAMILIES.items():
        heading = HEADINGS[family]
        parts.append(f"## {family} {heading[0]} · {heading[1]}")
        parts += [_problem(mistake, docs.get(mistake.code, "")) for mistake in mistakes]
    return "\n\n".join(parts) + "\n"


_PROBLEMS = """`kith check` prints every problem of an app at once. Words in braces stand for what it found. Problems of expressions
(families E1 to E5 and W1 to W4) are in the reference of the rule language.

`kith check` 一次列出应用的所有问题；大括号中的词表示具体内容。"""


def _problem(mistake: Mistake, doc: str) -> str:
    kind = " *(hint · 提示)*" if mistake.severity == "warning" else ""
    lines = [f"### {mistake.code}{kind}", f"{mistake.words.en}\n\n{mistake.words.zh}", doc]
    for title, text in (("Not so · 错误", mistake.bad), ("But so · 正确", mistake.good)):
        if text:
            shown = text if len(text) <= 1_200 else text[:60] + " …"
            lines.append(f"{title}:\n\n```yaml\n{_visible(shown).rstrip()}\n```")
    return "\n\n".join(line for line in lines if line)


def _visible(text: str) -> str:
    """A text with its invisible characters named."""
    return "".join(c if c == "\n" or c.isprintable() else "→" if c == "\t" else f"<U+{ord(c):04X}>" for c in text)


PAGES: Mapping[str, Callable[[], str]] = {
    "kinds.md": kinds_page,
    "field-types.md": field_types_page,
    "problems.md": problems_page,
}
"""The pages by file name, under docs/reference."""
