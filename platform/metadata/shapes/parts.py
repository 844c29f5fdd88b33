"""Pieces that the shapes of several kinds are put together from, as JSON Schema with a few keywords of our own.

`kith:names` and `kith:name` check names; `kith:to` and `kith:keys` tell what names lead to, `kith:of` whose they are;
`kith:choose` takes the schema of the place by the value of a key, which keeps messages exact; `kith:one_of`, `kith:goes_with`
and `kith:excludes` speak of keys of one map; `kith:later` lists words whose part of the engine does not exist yet; `title`
says what the place is, for messages.
`format` tells what language a text is written in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kith.metadata.names import LANGUAGE, PATH
from kith.problems import Words

Schema = Mapping[str, Any]

EXPRESSION, PROGRAM, TEMPLATE = "kith-expression", "kith-program", "kith-template"
"""The formats of texts that the rule language reads."""
SLOTS = frozenset({EXPRESSION, PROGRAM, TEMPLATE})

MAX_FIELDS = 1_000
"""Fields of one entity; a database table ends soon after."""


def text(doc: str = "", **more: Any) -> Schema:
    """A text; an empty one is never meant."""
    return _doc({"type": "string", "minLength": 1, **more}, doc)


def flag(doc: str = "") -> Schema:
    """True or false."""
    return _doc({"type": "boolean"}, doc)


def whole(low: int, high: int, doc: str = "") -> Schema:
    """A whole number within bounds."""
    return _doc({"type": "integer", "minimum": low, "maximum": high}, doc)


def number(doc: str = "") -> Schema:
    """A number."""
    return _doc({"type": "number"}, doc)


def one_of(words: Iterable[str], doc: str = "", later: Iterable[str] = ()) -> Schema:
    """One of some words; `later` are those whose part of the engine is not there yet."""
    schema: dict[str, Any] = {"type": "string", "enum": list(words)}
    return _doc(schema | ({"kith:later": list(later)} if later else {}), doc)


def name(what: str = "name", doc: str = "") -> Schema:
    """The name under which a document or part is declared; `what` is entity, field or name."""
    return _doc({"type": "string", "kith:name": what}, doc)


def refers(doc: str = "", to: str = "") -> Schema:
    """The name of something that is declared elsewhere; `to` says of what (`assisting/names.py` finds it)."""
    return _doc({"type": "string", "minLength": 1} | ({"kith:to": to} if to else {}), doc)


def names_to(value: Schema, what: str = "name", doc: str = "", least: int = 0, most: int = 0) -> Schema:
    """A map from declared names to parts."""
    schema: dict[str, Any] = {"type": "object", "kith:names": what, "additionalProperties": value}
    return _doc(schema | _bounds("Properties", least, most), doc)


def map_to(value: Schema, doc: str = "", least: int = 0, of: str = "") -> Schema:
    """A map from names that are declared elsewhere; `of` says of what."""
    named: dict[str, Any] = {"type": "object", "additionalProperties": value} | ({"kith:keys": of} if of else {})
    return _doc(named | _bounds("Properties", least, 0), doc)


def list_of(item: Schema, doc: str = "", least: int = 0, most: int = 0, unique: bool = True) -> Schema:
    """A list, which is set as a whole."""
    schema = {"type": "array", "items": item, "uniqueItems": unique}
    return _doc(schema | _bounds("Items", least, most), doc)


def keys(title: Words, required: Iterable[str] = (), /, **properties: Schema) -> dict[str, Any]:
    """A map with fixed keys; a trailing underscore in a Python name is dropped (`from_`, `import_`)."""
    named = {key.rstrip("_"): value for key, value in properties.items()}
    schema: dict[str, Any] = {"type": "object", "kith:title": title, "properties": named, "additionalProperties": False}
    if wanted := list(required):
        schema["required"] = wanted
    return schema


def expression(doc: str) -> Schema:
    """An expression of the rule language."""
    return {"type": "string", "minLength": 1, "format": EXPRESSION, "description": doc}


def template(doc: str) -> Schema:
    """A text with holes in braces."""
    return {"type": "string", "minLength": 1, "format": TEMPLATE, "description": doc}


def program(doc: str) -> Schema:
    """An action block of the rule language."""
    return {"type": "string", "minLength": 1, "format": PROGRAM, "description": doc}


def flag_or_expression(doc: str) -> Schema:
    """True, false, or a condition under which it is true."""
    return {"type": ["boolean", "string"], "minLength": 1, "format": EXPRESSION, "description": doc}


def label(doc: str = "", of: Schema | None = None) -> Schema:
    """A text that people see: in the app's default language, or by language."""
    inner = of or {"type": "string", "minLength": 1}
    languages = {"type": "object", "additionalProperties": inner, "kith:languages": LANGUAGE, "minProperties": 1}
    return _doc({**inner, **languages, "type": ["string", "object"]}, doc)


def path(doc: str = "") -> Schema:
    """A field, or a field through references, such as `account.name`."""
    return _doc({"type": "string", "pattern": PATH, "kith:wanted": PATH_WORDS, "kith:to": "path"}, doc)


def _bounds(noun: str, least: int, most: int) -> dict[str, Any]:
    return ({f"min{noun}": least} if least else {}) | ({f"max{noun}": most} if most else {})


def _doc(schema: dict[str, Any], doc: str) -> Schema:
    return schema | ({"description": doc} if doc else {})


PATH_WORDS = Words("a field or a path such as account.name", "字段或路径（如 account.name）")
LABEL = label("What people read: a text in the app's default language, or a map of languages.")
HELP = label("A sentence that helps to fill it in.")
ICON = {"type": "string", "pattern": r"^[a-z][a-z0-9-]{0,40}$", "description": "The name of an icon."}
RENAMED = list_of(refers(), "Names that it had before, the latest first.")
ONLY_FOR = list_of(refers(to="variant"), "Only for records of these variants.", least=1)
CURRENCY: dict[str, Any] = {
    "type": "string",
    "pattern": "^[A-Z]{3}$",
    "kith:wanted": Words("a currency code such as EUR", "货币代码（如 CNY）"),
}
LANGUAGE_TAG: dict[str, Any] = {
    "type": "string",
    "pattern": LANGUAGE,
    "kith:wanted": Words("a language tag such as en or zh-CN", "语言标记（如 en、zh-CN）"),
}
