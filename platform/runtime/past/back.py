"""What taking a batch back does to one record: which fields return, and which stay because somebody changed them since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kith.runtime.explaining.past import value_of
from kith.runtime.past.rows import Row
from kith.runtime.release import Release
from kith.runtime.schema.pairing import went_on
from kith.runtime.write.referring import by_todays_name


@dataclass(frozen=True, slots=True)
class Back:
    """`op` is what is done to the record ("" is nothing), `values` what its fields return to.

    `kept` are fields that stay as they are: changed since, erased, or of another type today; `whole` says that the record as
    such stays, since somebody has worked on it. Where only rules had touched it it is `free`: nobody's right is asked.
    """

    entity: str
    id: str
    op: Literal["", "update", "delete", "restore"] = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    whole: bool = False
    free: bool = False

    @property
    def keeps(self) -> bool:
        """Whether something of it stays."""
        return self.whole or bool(self.kept)


def back_of(release: Release, entity: str, id_: str, rows: Sequence[Row], batch: str, undo: str) -> Back | None:
    """What taking a batch back does to a record, by its history; None where the batch has not touched it, or is undone there."""
    mine = [row for row in rows if row.batch == batch]
    if not mine or any(row.batch == undo for row in rows):
        return None
    others = [row for row in rows if row.batch != batch and row.version > mine[0].version]
    free = all(row.channel == "rule" for row in mine)
    # The last time that somebody else, or the batch, put it into the recycle bin or took it out.
    moved, cycle = _cycle(others), _cycle(mine)
    gone = (moved or cycle) == "delete"
    if any(row.op == "create" for row in mine) or (cycle == "restore" and not moved):
        if gone:
            return Back(entity, id_)
        return Back(entity, id_, whole=True) if others else Back(entity, id_, "delete", free=free)
    if moved == "delete":
        return Back(entity, id_, whole=True)
    values, kept = _fields(release, entity, mine, others)
    op: Literal["", "update", "restore"] = "restore" if gone else "update" if values else ""
    return Back(entity, id_, op, values, kept, free=free)


def _cycle(rows: Sequence[Row]) -> str:
    return next((row.op for row in reversed(rows) if row.is_cycle), "")


def _fields(
    release: Release, entity: str, mine: Sequence[Row], others: Sequence[Row]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    names, declared = release.names.entities[entity], release.model.entities[entity].fields
    today = {column: name for name, column in names.columns.items()}
    before = went_on(names)
    values: dict[str, Any] = {}
    kept: list[str] = []
    for column, first in _firsts(mine):
        name = today.get(column) or before.get(column, "")
        if name not in declared or declared[name].is_computed:
            continue
        entry = (first.values or {}).get(column)
        since = any(row.version > first.version and column in row.touched for row in others)
        if since or entry is None or column not in today:
            kept.append(name)
        else:
            old = value_of(entry.get("old"), declared[name].type)
            values[name] = by_todays_name(release.model, declared[name], old)
    return values, tuple(dict.fromkeys(kept))


def _firsts(mine: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Each column that the batch changed, and the first row in which it did."""
    seen: set[str] = set()
    for row in mine:
        for column in sorted(row.touched - seen):
            yield column, row
        seen |= row.touched
