"""Field types whose value is chosen from options."""

from __future__ import annotations

from kith.metadata.fields.kind import EQUALITY, INPUT, SETS, FieldType
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words
from kith.rules.types import TEXT, choice, set_of

COLORS = (
    "gray",
    "slate",
    "red",
    "orange",
    "amber",
    "yellow",
    "lime",
    "green",
    "teal",
    "cyan",
    "blue",
    "indigo",
    "violet",
    "purple",
    "pink",
)
_OPTION = parts.keys(
    Words("an option", "选项"),
    label=parts.LABEL,
    color=parts.one_of(COLORS, "Its colour in lists and on forms."),
    retired=parts.flag("It stays readable and can no longer be chosen."),
    renamed_from=parts.RENAMED,
)
OPTIONS: Schema = parts.names_to(
    _OPTION, "option", "The options in their order, which is also how they sort.", least=1, most=500
)
_WHEN: Schema = {
    **parts.keys(
        Words("a condition of an option", "选项的条件"),
        when=parts.expression("When it can be chosen."),
        only_for=parts.ONLY_FOR,
    ),
    "type": ["string", "object"],
    "format": parts.EXPRESSION,
    "minLength": 1,
}
_KEYS = {
    "options": OPTIONS,
    "options_from": parts.one_of(("roles",), "Options that Kith makes: the roles of the app."),
    "options_when": parts.map_to(_WHEN, "For options that cannot always be chosen: the condition, or the variants."),
}
_ONE, _MANY = parts.refers(), parts.list_of(parts.refers())

TYPES = (
    FieldType(
        "choice",
        Words("Choice", "单选"),
        Words("One of its options.", "选项之一。"),
        lambda at: choice(at.options, f"{at.entity}.{at.name}"),
        "text",
        "{type: choice, options: {open: {}, done: {}}}",
        _ONE,
        _KEYS,
        common=INPUT,
        operators=EQUALITY,
        widgets=("select", "radio", "badge"),
    ),
    FieldType(
        "choices",
        Words("Choices", "多选"),
        Words("Any of its options.", "若干选项。"),
        lambda at: set_of(choice(at.options, f"{at.entity}.{at.name}")),
        "link table",
        "{type: choices, options: {a: {}, b: {}}}",
        _MANY,
        _KEYS,
        common=INPUT,
        operators=SETS,
        sortable=False,
        widgets=("select", "checklist"),
    ),
    FieldType(
        "tags",
        Words("Tags", "标签"),
        Words("Words that people give as they like.", "用户自由添加的标签。"),
        lambda _: set_of(TEXT),
        "link table",
        "{type: tags}",
        _MANY,
        common=INPUT | {"search"},
        operators=SETS,
        searchable=True,
        sortable=False,
    ),
)
