"""Field types whose value is a number or a truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kith.metadata.fields.kind import INPUT, ORDER, FieldType, Setting
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words
from kith.rules.types import BOOL, INT, PERCENT, Type, decimal, money

VALUE = parts.number()
PERCENT_VALUE: Schema = {
    "type": ["number", "string"],
    "pattern": r"^-?[0-9]+(\.[0-9]+)?%$",
    "kith:wanted": Words("a share such as 0.15 or 15%", "比例（如 0.15 或 15%）"),
}
LIMITS: Mapping[str, Schema] = {"min": parts.number("The least value."), "max": parts.number("The greatest value.")}
SIZE: Mapping[str, Schema] = {
    "precision": parts.whole(1, 18, "Digits in all; 15 unless it is said."),
    "scale": parts.whole(0, 9, "Digits after the point; 2 unless it is said."),
}


def _kind(name: str, title: Words, doc: Words, example: str, **more: Any) -> FieldType:
    settings: dict[str, Any] = {"value": VALUE, "common": INPUT, "operators": ORDER, "keys": LIMITS}
    return FieldType(name, title, doc, example=example, **(settings | more))


def _money(at: Setting) -> Type:
    own = "" if at.params.get("currency_field") else str(at.params.get("currency") or "")
    return money(own or at.currency, at.number("precision", 15), at.number("scale", 2))


TYPES = (
    _kind(
        "integer",
        Words("Whole number", "整数"),
        Words("A whole number of up to 15 digits.", "最多 15 位的整数。"),
        "{type: integer, min: 1}",
        type_of=lambda _: INT,
        storage="integer",
        value={"type": "integer"},
        unique="exact",
        common=INPUT | {"unique"},
        widgets=("number", "digits", "rating", "score", "progress"),
    ),
    _kind(
        "decimal",
        Words("Decimal number", "小数"),
        Words("An exact decimal number.", "精确的小数。"),
        "{type: decimal, precision: 10, scale: 3}",
        type_of=lambda at: decimal(at.number("precision", 15), at.number("scale", 2)),
        storage="scaled",
        keys={**SIZE, **LIMITS},
    ),
    _kind(
        "money",
        Words("Money", "金额"),
        Words(
            "An amount of one currency: the app's, a fixed one (currency), or that of the record (currency_field); the last kind"
            " is shown as it was written, and compared, sorted and added up in the workspace's currency.",
            "某种货币的金额：应用的货币、固定货币（currency）或记录自己的货币（currency_field）；最后一种按原样显示，按工作区货币比较、排序和汇总。",
        ),
        "{type: money, min: 0}",
        type_of=_money,
        storage="scaled",
        keys={
            "currency": parts.CURRENCY | {"description": "Always this currency."},
            "currency_field": parts.refers("The field that holds the record's currency.", to="field"),
            "rate_on": parts.refers(
                "The date, a field or a formula over own fields, whose rate converts it; without one, or where it is empty, the day"
                " of the save."
            ),
            **SIZE,
            **LIMITS,
        },
    ),
    _kind(
        "percent",
        Words("Percent", "百分比"),
        Words("A share; 15% is the number 0.15.", "比例；15% 即 0.15。"),
        "{type: percent, min: 0, max: 1}",
        type_of=lambda _: PERCENT,
        storage="scaled",
        value=PERCENT_VALUE,
        keys={"min": PERCENT_VALUE, "max": PERCENT_VALUE},
        widgets=("number", "progress", "score"),
    ),
    _kind(
        "boolean",
        Words("Yes or no", "是否"),
        Words("True or false.", "是或否。"),
        "{type: boolean, default: false}",
        type_of=lambda _: BOOL,
        storage="boolean",
        value=parts.flag(),
        operators=("==", "!="),
        keys={},
        widgets=("checkbox", "toggle"),
    ),
)
