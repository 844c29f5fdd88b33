"""Roll-ups of the proposed app: how many records refer to one, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass

from kith.inferring.drafts import Entity, Field
from kith.inferring.naming import tokens, unused
from kith.inferring.shaping import Shape
from kith.problems import Words

PRICES = frozenset({"price", "rate"})
PRICES_ZH = ("单价", "均价", "价格", "售价", "标准价")


def adds_up(one: Field) -> bool:
    """Whether the sum of amounts means something: that of prices does not."""
    if one.type != "money":
        return False
    header = one.column.header if one.column is not None else ""
    return not PRICES & set(tokens(header)) and not header.strip().endswith(PRICES_ZH)


@dataclass(frozen=True, slots=True)
class Amount:
    """What is added up: a field of the records that refer, by the name and label of the amount that it began with."""

    field: str
    name: str
    label: Words


def roll_up(found: Shape) -> None:
    """Give what is referred to the number of records that do, and the sum of their first amount; sums of lines go one further."""
    sums: dict[str, Amount] = {}
    # What is made of lines comes before what adds it up again: parts stand before what they were split from.
    for source in reversed(list(found.entities.values())):
        own = next((one for one in source.fields.values() if adds_up(one)), None)
        amount = Amount(own.name, own.name, own.label) if own is not None else sums.get(source.name)
        for one in [one for one in source.fields.values() if one.type == "reference" and "inverse" in one.keys]:
            target, inverse = found.entities[str(one.keys["to"])], str(one.keys["inverse"])
            _count(target, source, inverse)
            if amount is not None and target is not source:
                name = _sum(target, source, inverse, amount)
                if one.keys.get("owned"):
                    sums[target.name] = Amount(name, amount.name, amount.label)


def _count(target: Entity, source: Entity, inverse: str) -> None:
    en, zh = source.plural.en, source.plural.zh
    said = Words(f"How many {en.lower()} refer to it.", f"引用它的{zh}数量。")
    _add(target, f"{inverse}_count", Words(en, f"{zh}数"), f"count({inverse})", said)


def _sum(target: Entity, source: Entity, inverse: str, amount: Amount) -> str:
    label = Words(f"{amount.label.en} ({source.plural.en.lower()})", f"{amount.label.zh}合计")
    said = Words(f"The sum of their {amount.label.en.lower()}.", f"其{amount.label.zh}之和。")
    return _add(target, f"{amount.name}_of_{inverse}", label, f"sum({inverse}.{amount.field})", said)


def _add(target: Entity, name: str, label: Words, value: str, said: Words) -> str:
    free = unused(name[:46].strip("_"), target.fields)
    target.fields[free] = Field(free, label, "rollup", {"value": value}, said)
    return free
