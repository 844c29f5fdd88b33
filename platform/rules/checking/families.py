"""Families of types: what an operation takes, and how operators find their operation."""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import Words
from kith.rules.types import NUMBERS, Kind, Type

FAMILIES: dict[str, frozenset[Kind]] = {
    "number": frozenset({"int", "decimal", "money", "percent"}),
    "plain": frozenset({"int", "decimal", "percent"}),
    "int": frozenset({"int"}),
    "places": frozenset({"int"}),
    "text": frozenset({"text"}),
    "money": frozenset({"money"}),
    "pattern": frozenset({"text"}),
    "measured": frozenset({"int", "decimal", "money", "percent", "date", "datetime", "duration"}),
    "bool": frozenset({"bool"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime"}),
    "duration": frozenset({"duration"}),
    "period": frozenset({"period"}),
    "set": frozenset({"set"}),
    "ordered": frozenset(
        {"int", "decimal", "money", "percent", "text", "choice", "date", "datetime", "time", "duration"}
    ),
    "printable": frozenset({"int", "decimal", "money", "percent", "text", "choice", "date", "bool"}),
}
"""Kinds by family; the families `any` and `same` take every kind."""

WORDS: dict[str, Words] = {
    "number": Words("a number", "数"),
    "plain": Words("a number without a currency", "不带货币的数"),
    "int": Words("a whole number", "整数"),
    "places": Words("a written whole number", "直接写出的整数"),
    "text": Words("a text", "文本"),
    "money": Words("an amount of a currency", "有货币的金额"),
    "pattern": Words("a written pattern", "直接写出的模式"),
    "measured": Words("a number, date or span", "数、日期或时长"),
    "bool": Words("a condition", "条件"),
    "date": Words("a date", "日期"),
    "datetime": Words("an instant", "时刻"),
    "duration": Words("a duration", "时长"),
    "period": Words("a period of months", "以月计的周期"),
    "set": Words("a list", "列表"),
    "ordered": Words("a value that has an order", "可比较大小的值"),
    "printable": Words("a value that can be written as text", "可写成文本的值"),
    "any": Words("a value", "值"),
    "same": Words("a value like the first", "与第一个同类的值"),
}

KIND_WORDS: dict[str, Words] = {
    "bool": Words("yes or no", "是否"),
    "int": Words("a whole number", "整数"),
    "decimal": Words("a decimal number", "小数"),
    "money": Words("money", "金额"),
    "percent": Words("a percent", "百分比"),
    "text": Words("a text", "文本"),
    "choice": Words("a choice", "选项"),
    "date": Words("a date", "日期"),
    "datetime": Words("an instant", "时刻"),
    "time": Words("a time of day", "时间"),
    "duration": Words("a duration", "时长"),
    "period": Words("a period of months", "以月计的周期"),
    "ref": Words("a reference", "引用"),
    "set": Words("a list", "列表"),
    "record": Words("a value of several parts", "由几部分组成的值"),
    "null": Words("null", "空值"),
}


def family_words(name: str) -> Words:
    """What a family is called in a message."""
    return WORDS[name.rstrip("?.")]


def type_words(type_: Type) -> Words:
    """What a type is called in a message: the kind, and what tells two of a kind apart."""
    words = KIND_WORDS.get(type_.kind, Words(type_.kind, type_.kind))
    match type_.kind:
        case "ref":
            return Words(f"a reference to {type_.entity}", f"指向 {type_.entity} 的引用")
        case "money" if type_.currency:
            return Words(f"money in {type_.currency}", f"{type_.currency} 金额")
        case "set" if type_.item:
            return Words(f"a list ({type_.item.kind})", f"列表（{type_.item.kind}）")
        case _:
            return words


def belongs(type_: Type, family: str) -> bool:
    """Whether a type is of a family; null is of every one."""
    return family in {"any", "same"} or type_.kind == "null" or type_.kind in FAMILIES[family]


def family_of(type_: Type) -> str:
    """What operators go by: one family for all numbers, else the kind."""
    return "number" if type_.kind in NUMBERS else type_.kind


def expected(takes: Sequence[str], count: int) -> list[str] | None:
    """The family of each of `count` arguments, or none where the count does not fit."""
    if takes and takes[-1].endswith("..."):
        if count < len(takes):
            return None
        rest = takes[-1].removesuffix("...")
        return [*takes[:-1], *[rest] * (count - len(takes) + 1)]
    least = sum(not family.endswith("?") for family in takes)
    return [family.rstrip("?") for family in takes[:count]] if least <= count <= len(takes) else None
