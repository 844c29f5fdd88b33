"""Field types whose value Kith computes."""

from __future__ import annotations

from kith.metadata.fields import numbers
from kith.metadata.fields.choosing import OPTIONS
from kith.metadata.fields.kind import ALWAYS, FieldType
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words

_SIZED = {key: numbers.SIZE[key] for key in ("precision", "scale")}
_NOTE = Words("a result", "结果")
RESULTS: dict[str, Schema] = {
    **{
        name: parts.keys(_NOTE, type=parts.one_of((name,)))
        for name in ("text", "integer", "percent", "boolean", "date", "datetime", "time", "duration")
    },
    "decimal": parts.keys(_NOTE, type=parts.one_of(("decimal",)), **_SIZED),
    "money": parts.keys(_NOTE, type=parts.one_of(("money",)), currency=parts.CURRENCY, **_SIZED),
    "choice": parts.keys(_NOTE, ("options",), type=parts.one_of(("choice",)), options=OPTIONS),
}
RESULT: Schema = {
    "type": "object",
    "kith:title": _NOTE,
    "kith:choose": {"by": "type", "among": RESULTS, "what": Words("a result", "结果")},
    "required": ["type"],
    "description": "The type that it shows as, where that is not the type of its value.",
}
_COPY = parts.one_of(
    ("copy",), "copy: what comes from referenced records is stored, and follows their changes a moment later."
)
_SOON = parts.one_of(("soon",), "soon: what records add waits and is folded in every second; readers add what waits.")
_COMMON = ALWAYS | {"search", "personal"}

TYPES = (
    FieldType(
        "formula",
        Words("Formula", "公式"),
        Words("A value computed from the record's own fields and references.", "由本记录字段和引用计算的值。"),
        None,
        "computed",
        "{type: formula, value: price * quantity}",
        None,
        {"value": parts.expression("What it is computed from."), "result": RESULT, "keep": _COPY},
        ("value",),
        _COMMON,
        writable=False,
        searchable=True,
        widgets=("value", "badge", "progress", "score", "rating"),
    ),
    FieldType(
        "rollup",
        Words("Roll-up", "汇总"),
        Words("A value computed from related records.", "由相关记录计算的值。"),
        None,
        "computed",
        "{type: rollup, value: sum(lines.amount)}",
        None,
        {"value": parts.expression("An aggregate over a relation."), "result": RESULT, "keep": _SOON},
        ("value",),
        _COMMON,
        writable=False,
        widgets=("value", "badge", "progress", "score", "rating"),
    ),
    FieldType(
        "lookup",
        Words("Look-up", "查找"),
        Words("A field of a referenced record, shown here.", "显示被引用记录的字段。"),
        None,
        "computed",
        "{type: lookup, value: account.owner}",
        None,
        {"value": parts.expression("The path to the field."), "keep": _COPY},
        ("value",),
        _COMMON,
        writable=False,
    ),
)
