"""What a release's reference data does to the records that are there: the same for the plan and for carrying it out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from kith.metadata.model import Field
from kith.runtime.ids import new_id
from kith.runtime.loading.comparing import Decision, Renamed, cleared, decide, is_as_applied, renamed_options
from kith.runtime.loading.memory import Memory
from kith.runtime.loading.offers import Cell, Offer, offers_of
from kith.runtime.loading.referring import unreferred
from kith.runtime.loading.rows import Rows, key_fields
from kith.runtime.loading.standing import Standing, plain, standings

Record = tuple[str, str]
"""A table and an id."""


@dataclass(slots=True)
class Judged:
    """What is to be done; `removed` and `left` are rows that the release no longer has."""

    decisions: list[Decision] = field(default_factory=list)
    cleared: list[tuple[Memory, tuple[str, ...]]] = field(default_factory=list)
    removed: list[Memory] = field(default_factory=list)
    left: list[Memory] = field(default_factory=list)
    memories: dict[Record, Memory] = field(default_factory=dict)
    standing: dict[Record, Standing] = field(default_factory=dict)

    def is_live(self, record: Record) -> bool:
        """Whether a record is there and not in the recycle bin."""
        return record in self.standing and self.standing[record].live


def judge(rows: Rows, memories: Iterable[Memory]) -> Judged:
    """Compare what is offered with what is remembered and with what is there."""
    judged = Judged(memories={(one.entity, one.record): one for one in memories if not one.is_away})
    offers = offers_of(rows.model, rows.names)
    _look(rows, judged, judged.memories)
    found = _find(rows, judged, offers)
    renamed: dict[str, Renamed] = {
        rows.names.entities[name].table: dict(renamed_options(entity, rows.names.entities[name].columns))
        for name, entity in rows.model.entities.items()
    }
    begun: set[tuple[str, str]] = set()
    for offer in offers:
        judged.decisions.append(_decide(rows, judged, offer, found[offer.place], renamed[offer.table], begun))
    _end(rows, judged, offers, found)
    return judged


def _look(rows: Rows, judged: Judged, records: Collection[Record]) -> None:
    """Have at hand how records stand."""
    formers = {rows.names.entities[name].table: former for name, former in rows.formers.entities.items()}
    for table, some in groupby(sorted(records), key=lambda one: one[0]):
        if table in formers:
            there = standings(rows.connection, rows.release, formers[table], [id_ for _, id_ in some])
            judged.standing |= {(table, id_): standing for id_, standing in there.items()}


def _find(rows: Rows, judged: Judged, offers: Iterable[Offer]) -> dict[tuple[str, str], str]:
    """The id that each row has or will have; rows that a person deleted are noted."""
    remembered = {(one.entity, one.key): one.record for one in judged.memories.values()}
    found: dict[tuple[str, str], str] = {}
    for _, group in groupby(offers, key=lambda offer: offer.data.name):
        mine = list(group)
        names = key_fields(mine[0].data, mine[0].entity)
        unknown = {offer.key: offer.parts for offer in mine if offer.place not in {**remembered, **found}}
        there = rows.by_key(mine[0].entity, names, unknown) if unknown and names else {}
        _look(rows, judged, {(mine[0].table, id_) for id_ in there.values()})
        for offer in mine:
            id_ = remembered.get(offer.place) or found.get(offer.place) or there.get(offer.key) or new_id()
            found[offer.place] = id_
            if len(offer.parts) == 1:
                rows.ids.setdefault(offer.entity.name, {})[str(offer.parts[0])] = id_
                if (offer.table, id_) in judged.memories and not judged.is_live((offer.table, id_)):
                    rows.gone.setdefault(offer.entity.name, set()).add(str(offer.parts[0]))
    return found


def _decide(
    rows: Rows, judged: Judged, offer: Offer, id_: str, renamed: Renamed, begun: set[tuple[str, str]]
) -> Decision:
    def value_of(cell: Cell) -> object:
        assert cell.field is not None
        return plain(rows.read(cell.field, cell.raw))

    record = (offer.table, id_)
    decision = decide(offer, id_, judged.memories.get(record), judged.standing.get(record), value_of, renamed)
    if decision.fate != "new":
        return decision
    if offer.place in begun:
        # A second data set completes what the first one makes.
        return replace(decision, fate="there", given=tuple(offer.last))
    if any(_needs_gone(rows, cell) for cell in offer.cells.values()):
        return replace(decision, fate="blocked", given=(), values={})
    begun.add(offer.place)
    return decision


def _needs_gone(rows: Rows, cell: Cell) -> bool:
    """Whether a row must refer to one that a person has deleted."""
    one = cell.field
    if one is None or not one.required or not one.refers_to:
        return False
    entity, _, key = str(cell.raw).partition("/") if one.targets else (one.to, "", str(cell.raw))
    return key in rows.gone.get(entity, ())


def _end(rows: Rows, judged: Judged, offers: Iterable[Offer], found: dict[tuple[str, str], str]) -> None:
    """What becomes of rows and cells that are offered no more."""
    offered: dict[Record, set[str]] = {}
    for offer in offers:
        offered.setdefault((offer.table, found[offer.place]), set()).update(offer.cells)
    entities = rows.names.by_table
    gone: list[Memory] = []
    for record, memory in judged.memories.items():
        if memory.entity not in entities:
            continue
        if record in offered:
            if judged.is_live(record):
                entity = rows.model.entities[entities[memory.entity]]
                fields = cleared(
                    memory, judged.standing[record], offered[record], entity, dict(_fields(rows, entity.name))
                )
                judged.cleared += [(memory, fields)] if fields else []
        else:
            gone.append(memory)
    untouched = [one for one in gone if is_as_applied(one, judged.standing.get((one.entity, one.record)))]
    judged.removed = unreferred(rows.connection, rows.release, untouched)
    judged.left = [one for one in gone if one not in judged.removed]


def _fields(rows: Rows, entity: str) -> Iterator[tuple[str, Field]]:
    for name, one in rows.model.entities[entity].fields.items():
        yield rows.names.entities[entity].columns[name], one
