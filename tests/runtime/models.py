"""Models made by hand, for tests of the runtime that need no YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kith.metadata.model import App, Entity, Field, Inverse, Key, Label, Layer, Model, Option
from kith.problems import Excerpt, Source, Span
from kith.rules.program import Expression
from kith.rules.syntax import Syntax
from kith.rules.tree import Constant, Node
from kith.rules.types import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    INT,
    PERCENT,
    TEXT,
    TIME,
    Type,
    choice,
    decimal,
    money,
    ref,
    set_of,
)  # fmt: skip

NOWHERE = Span(Source("test", ""), 0, 0)
NO_TEXT = Label({})
PLAIN: Mapping[str, Type] = {
    "text": TEXT, "long_text": TEXT, "email": TEXT, "phone": TEXT, "autonumber": TEXT, "json": TEXT, "integer": INT,
    "decimal": decimal(), "money": money("CNY"), "percent": PERCENT, "boolean": BOOL, "date": DATE,
    "datetime": DATETIME, "time": TIME, "duration": DURATION, "tags": set_of(TEXT),
    **{name: Type("record", entity=f":{name}") for name in ("date_range", "address", "person_name")},
}  # fmt: skip


def label(text: str) -> Label:
    """A text in one language."""
    return Label({"en": text})


def expression(text: str, type_: Type = TEXT, tree: Node | None = None) -> Expression:
    """An expression that says what it is and evaluates to nothing."""
    node = tree or Constant(type_.or_null(), 0, len(text), None)
    return Expression(Excerpt.whole(text), Syntax(0, len(text)), node, (), "")


def field(name: str, type_name: str = "text", **settings: Any) -> Field:
    """A field of some entity; `options` may be a list of keys, `type` is found by the type's name."""
    options = settings.pop("options", ())
    if not isinstance(options, Mapping):
        options = {key: Option(key, label(key)) for key in options}
    type_ = settings.pop("type", None) or _type(name, type_name, tuple(options), settings)
    settings.setdefault("label", label(name))
    settings.setdefault("help", NO_TEXT)
    return Field("", name, type_name, type_, span=NOWHERE, layer="test", options=options, **settings)


def _type(name: str, type_name: str, options: tuple[str, ...], settings: Mapping[str, Any]) -> Type:
    match type_name:
        case "choice":
            return choice(options, name)
        case "choices":
            return set_of(choice(options, name))
        case "reference":
            return ref(settings["to"])
        case "references":
            return set_of(ref(settings["to"]))
        case "user":
            return ref("user")
        case "formula" | "rollup":
            return TEXT
        case known:
            return PLAIN[known]


def entity(name: str, *fields: Field, **settings: Any) -> Entity:
    """An entity with those fields; `keys` and `indexes` map names to field names."""
    from dataclasses import replace

    keys = {key: Key(key, tuple(over)) for key, over in settings.pop("keys", {}).items()}
    indexes = {index: tuple(over) for index, over in settings.pop("indexes", {}).items()}
    first = fields[0].name if fields else "id"
    values: dict[str, Any] = {
        "label": label(name),
        "plural": label(name + "s"),
        "help": NO_TEXT,
        "icon": "",
        "title": expression("{" + first + "}"),
        "inverses": dict[str, Inverse](),
        "span": NOWHERE,
        "layer": "test",
    }
    declared = {item.name: replace(item, entity=name) for item in fields}
    return Entity(name=name, fields=declared, keys=keys, indexes=indexes, **(values | settings))


def model(*entities: Entity, **parts: Any) -> Model:
    """A model of those entities and nothing else, in one layer whose one document names them."""
    app = App("shop", "1.0.0", label("Shop"), ("en", "zh-CN"), "Asia/Shanghai", "CNY", "", (), {})
    text = "\n".join(repr(one) for one in entities)
    values: dict[str, Any] = {
        name: {} for name in ("forms", "views", "segments", "roles", "rules", "imports", "data", "tests")
    }
    layer = Layer("shop", "1.0.0", {"entities/all.yaml": text}, str(hash(text)))
    values |= {"app": app, "layers": (layer,)}
    return Model(entities={one.name: one for one in entities}, **(values | parts))
