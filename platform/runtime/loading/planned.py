"""What a candidate's reference data would do, as changes of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import sqlalchemy as sa

from kith.metadata.model import Model
from kith.runtime.loading.judging import Judged, judge
from kith.runtime.loading.memory import recall
from kith.runtime.loading.offers import offers_of
from kith.runtime.loading.rows import Rows
from kith.runtime.plan.changes_data import Data, KeptData
from kith.runtime.release import Release
from kith.runtime.schema.names import Names


def changes_of_data(connection: sa.Connection, model: Model, names: Names, base: Release) -> list[Data | KeptData]:
    """The rows that are made, changed and taken away, counted, and those in which a person's values stay."""
    rows = Rows(connection, model, names, base)
    return list(_told(judge(rows, recall(connection))))


def first_data(model: Model, names: Names) -> list[Data | KeptData]:
    """The same for the first release, where nothing is there."""
    offers = {(one.data.name, one.row): None for one in offers_of(model, names)}
    return [Data(data, "added", rows=len(list(some))) for data, some in groupby(offers, key=lambda one: one[0])]


def _told(judged: Judged) -> Iterator[Data | KeptData]:
    for data, group in groupby(judged.decisions, key=lambda one: one.offer.data.name):
        decisions = list(group)
        new = sum(one.fate == "new" for one in decisions)
        changed = {one.offer.row for one in decisions if one.fate == "there" and one.given}
        changed |= {memory.row for memory, _ in judged.cleared if memory.data == data}
        if new:
            yield Data(data, "added", rows=new)
        if changed:
            yield Data(data, "changed", rows=len(changed))
        for one in decisions:
            if one.fate == "blocked":
                yield KeptData(data, one.offer.row, "blocked", ())
            elif one.stays:
                names = tuple(one.offer.cells[name].name for name in one.stays)
                yield KeptData(data, one.offer.row, "deleted" if one.fate == "deleted" else "edited", names)
    for data, some in groupby(sorted(judged.removed, key=lambda one: one.data), key=lambda one: one.data):
        yield Data(data, "removed", rows=len(list(some)))
    for left in sorted(judged.left, key=lambda one: (one.data, one.row)):
        if judged.is_live((left.entity, left.record)):
            yield KeptData(left.data, left.row, "used", ())
