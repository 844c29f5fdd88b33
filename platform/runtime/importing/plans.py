"""What somebody has said about a file: which field each column feeds and how its texts are read, how records are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as having
from typing import Any

from kith.metadata.model import Entity, Field, ImportValue, Model
from kith.runtime.transfer.mapping import ID, Step, key_fields, single_keys

MODES = ("create", "update", "upsert")
DATES = ("D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "D-M-YYYY", "YYYY/M/D", "D/M/YY", "M/D/YY")
"""Ways to write a date that are not the usual one."""
NUMBERS = frozenset({"integer", "decimal", "money", "percent"})


@dataclass(frozen=True, slots=True)
class Feed:
    """What a column feeds. `way` is how it is read: the order of a date, `comma`, or the key of what is named."""

    column: str
    field: str = ""
    way: str = ""
    map: Mapping[str, str] = having(default_factory=dict)
    """What texts of the column stand for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the rows of a file."""

    mode: str = "create"
    key: str = ""
    feeds: tuple[Feed, ...] = ()
    constants: Mapping[str, str] = having(default_factory=dict)
    """Values that all rows have, by field."""
    fixes: Mapping[str, Mapping[str, str]] = having(default_factory=dict)
    """Cells that were mended, by the number of the row and the column."""
    quiet: bool = True
    """Whether letters and notices of rules are held back."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Plan:
        """A plan as the database keeps it."""
        return cls(**{**said, "feeds": tuple(Feed(**one) for one in said["feeds"])})

    def as_data(self) -> dict[str, Any]:
        """What the database keeps of it."""
        return asdict(self)

    def mapped(self, column: str, texts: Mapping[str, str]) -> Plan:
        """The same where some texts of a column stand for others."""
        feeds = [replace(one, map={**one.map, **texts}) if one.column == column else one for one in self.feeds]
        return replace(self, feeds=tuple(feeds))

    def mended(self, row: str, cells: Mapping[str, str]) -> Plan:
        """The same with cells of a row as somebody has mended them."""
        return replace(self, fixes={**self.fixes, row: {**self.fixes.get(row, {}), **cells}})

    def column_of(self, field_: str) -> str:
        """The column that feeds a field, "" for none."""
        return next((one.column for one in self.feeds if one.field == field_), "")


def ways_of(model: Model, declared: Field | None) -> tuple[str, ...]:
    """How the texts of a column may be read for a field, besides the usual way."""
    if declared is None:
        return ()
    if declared.type_name == "date":
        return DATES
    if declared.type_name in NUMBERS:
        return ("comma",)
    target = model.entities.get(declared.to)
    return single_keys(target) if target is not None and declared.type_name == "reference" else ()


def keys_of(entity: Entity) -> tuple[str, ...]:
    """By what records may be found: the id, a unique field, a key."""
    several = tuple(name for name, key in entity.keys.items() if len(key.fields) > 1)
    return (ID, *single_keys(entity), *several)


def step_of(model: Model, entity: Entity, plan: Plan) -> Step:
    """A plan as the import understands it."""
    values: dict[str, ImportValue] = {}
    for feed in plan.feeds:
        if feed.field and (feed.field == ID or feed.field in entity.fields):
            values[feed.field] = _value(model, entity.fields.get(feed.field), feed)
    for name, text in plan.constants.items():
        if name in entity.fields and name not in values:
            values[name] = ImportValue(constant=text)
    key = key_fields(entity, plan.key) if plan.mode != "create" else ()
    return Step(entity.name, entity, plan.mode, key, values, "")


def _value(model: Model, declared: Field | None, feed: Feed) -> ImportValue:
    ways = ways_of(model, declared)
    way = feed.way if feed.way in ways else ""
    if way in DATES:
        return ImportValue(column=feed.column, map=feed.map, date=way)
    if way == "comma":
        return ImportValue(column=feed.column, map=feed.map, decimal=way)
    match = way or _first_text(model, declared, ways)
    return ImportValue(column=feed.column, map=feed.map, match=match)


def _first_text(model: Model, declared: Field | None, ways: Sequence[str]) -> str:
    """The key of what a field refers to that is a text: people write no ids."""
    if declared is None or declared.to not in model.entities:
        return ""
    fields = model.entities[declared.to].fields
    return next((name for name in ways if fields[name].type.kind == "text"), "")


def problems_of(entity: Entity, plan: Plan) -> list[tuple[str, Mapping[str, str]]]:
    """Why a plan cannot be carried out: keys of texts, with their values."""
    fed = [one.field for one in plan.feeds if one.field]
    found: list[tuple[str, Mapping[str, str]]] = []
    if not fed:
        found.append(("nothing_fed", {}))
    found += [("fed_twice", {"field": name}) for name in sorted({name for name in fed if fed.count(name) > 1})]
    if plan.mode != "create":
        if plan.key not in keys_of(entity):
            found.append(("no_key", {}))
        else:
            missing = [name for name in key_fields(entity, plan.key) if name not in fed]
            found += [("key_not_fed", {"field": name}) for name in missing[:1]]
    return found
