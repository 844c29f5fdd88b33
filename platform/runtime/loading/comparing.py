"""What is to become of a row: three ways, between what was applied last, what is offered now, and what the record holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kith.metadata.model import Entity, Field
from kith.runtime.loading.memory import Entry, Memory
from kith.runtime.loading.offers import Cell, Offer
from kith.runtime.loading.standing import Standing

Fate = Literal["new", "there", "deleted", "blocked"]
"""A row without a record, with one, with one that a person deleted, or that cannot be made because it needs such a one."""

Renamed = Mapping[str, Mapping[str, str]]
"""Option keys by column: what they were called → what they are called."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written, by physical name: cells that are set, and cells that stay a person's."""

    offer: Offer
    id: str
    fate: Fate
    given: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    values: Mapping[str, Entry] = field(default_factory=dict)
    """What is to be remembered; WRITTEN stands for what the record holds afterwards."""


WRITTEN = object()


def decide(
    offer: Offer,
    id_: str,
    memory: Memory | None,
    standing: Standing | None,
    value_of: Callable[[Cell], Any],
    renamed: Renamed,
) -> Decision:
    """What is to become of a row of a data set whose record is `id_`."""
    if memory is None and standing is None:
        fresh = {name: (WRITTEN, cell.source) for name, cell in offer.cells.items() if name in offer.last}
        return Decision(offer, id_, "new", tuple(offer.cells), values=fresh)
    known = _renamed(memory.values if memory else {}, renamed)
    if standing is None or not standing.live:
        values = {name: (known.get(name, (None, None))[0], offer.cells[name].source) for name in offer.last}
        changed = tuple(name for name in values if name in known and known[name][1] != values[name][1])
        return Decision(offer, id_, "deleted", stays=changed, values=values)
    three = _Three(known, standing, memory is not None and memory.version == standing.version, renamed)
    outcomes = {name: three.outcome(name, cell, value_of) for name, cell in offer.cells.items() if name in offer.last}
    return Decision(
        offer,
        id_,
        "there",
        tuple(name for name, (what, _) in outcomes.items() if what == "given"),
        stays=tuple(name for name, (what, _) in outcomes.items() if what == "stays"),
        values={name: (value, offer.cells[name].source) for name, (_, value) in outcomes.items()},
    )


@dataclass(frozen=True, slots=True)
class _Three:
    known: Mapping[str, Entry]
    standing: Standing
    untouched: bool
    renamed: Renamed

    def outcome(self, name: str, cell: Cell, value_of: Callable[[Cell], Any]) -> tuple[str, Any]:
        """What happens to a cell, and the value to be remembered for it."""
        now = _under(self.renamed.get(name, {}), self.standing.cells.get(name))
        before, source = self.known.get(name, (None, None))
        if name in self.known and source == cell.source:
            return "same", before
        if cell.field is not None and (offered := value_of(cell)) == now:
            return "same", offered
        if self.untouched or now in EMPTY or (name in self.known and now == before):
            return "given", WRITTEN
        return "stays", before if name in self.known else None


EMPTY: tuple[object, ...] = (None, [], {})


def cleared(
    memory: Memory, standing: Standing, offered: Collection[str], entity: Entity, fields: Mapping[str, Field]
) -> tuple[str, ...]:
    """The fields that the row gave and no longer gives, and that nobody has touched: they become as if it never had."""
    untouched = memory.version == standing.version
    return tuple(
        fields[name].name
        for name, (before, _) in memory.values.items()
        if name in fields
        and name not in offered
        and _may_be_empty(fields[name], entity)
        and (untouched or standing.cells.get(name) == before)
        and standing.cells.get(name) not in EMPTY
    )


def _may_be_empty(one: Field, entity: Entity) -> bool:
    return (
        not one.required
        and not one.is_computed
        and one.name not in {n for key in entity.keys.values() for n in key.fields}
    )


def is_as_applied(memory: Memory, standing: Standing | None) -> bool:
    """Whether nobody has touched a record since its row was applied."""
    return standing is not None and standing.live and memory.version == standing.version


def _renamed(values: Mapping[str, Entry], renamed: Renamed) -> dict[str, Entry]:
    return {
        name: (_under(renamed.get(name, {}), before), _under(renamed.get(name, {}), source))
        for name, (before, source) in values.items()
    }


def _under(keys: Mapping[str, str], value: Any) -> Any:
    if not keys or value is None:
        return value
    return [keys.get(one, one) for one in value] if isinstance(value, list) else keys.get(value, value)


def renamed_options(entity: Entity, columns: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The former keys of an entity's options, by column."""
    for one in entity.fields.values():
        keys = {
            old: option.key for option in one.options.values() for old in option.renamed_from if old not in one.options
        }
        if keys:
            yield columns[one.name], keys
