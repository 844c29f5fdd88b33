"""Records that come with an app: reference data with the release, demo data where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.metadata.model import DataSet, Entity, Model
from kith.rules.program import Expression
from kith.rules.python import compile_python
from kith.rules.values import Env
from kith.runtime.context import SYSTEM, Context
from kith.runtime.ids import new_id
from kith.runtime.write.change import Cause, Change, Failure, Refused
from kith.runtime.write.gate import save_within
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    from kith.runtime.release import Release

BATCH = 250
"""Records saved at once."""


class NotLoaded(Exception):
    """Rows that could not be saved: the data set, the row's key and why, for each."""

    def __init__(self, rows: Sequence[tuple[str, str, Failure]]) -> None:
        super().__init__("; ".join(f"{name}/{key}: {failure.message}" for name, key, failure in rows[:5]))
        self.rows = rows


@dataclass(slots=True)
class Loading:
    """One run: the ids that rows have or will have, by entity and key."""

    connection: sa.Connection
    context: Context
    release: Release
    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    def known(self, entity: str, key: str) -> str | None:
        """The id of a row of this run, or of a record that has the key in a field that is unique by itself."""
        found = self.ids.get(entity, {}).get(key)
        if found is not None:
            return found
        shelf = shelf_of(self.release, entity)
        for single in shelf.table.keys.values():
            if len(single.fields) == 1:
                found = shelf.find(self.connection, single.fields, [(key,)]).get((key,))
                if found is not None:
                    self.ids.setdefault(entity, {})[key] = found
                    return found
        return None


def load_data(connection: sa.Connection, context: Context, release: Release, *, demo: bool) -> int:
    """Save the rows of all data sets that are not there yet, as the system; how many records were made.

    Raises NotLoaded, after which nothing of it may be kept.
    """
    loading = Loading(connection, context.as_(SYSTEM), release)
    made = 0
    for data in in_order(release.model, demo=demo):
        made += load_set(loading, data)
    return made


def in_order(model: Model, *, demo: bool) -> list[DataSet]:
    """The data sets such that what is referred to comes first; reference data before demo data."""
    waiting = [data for data in model.data.values() if demo or not data.demo]
    waiting.sort(key=lambda data: data.demo)
    ordered: list[DataSet] = []
    while waiting:
        pending = {data.of for data in waiting}
        # Where sets wait for one another, a second set about the same records, which completes them, has to wait.
        begun = {data.of for data in ordered}
        chosen = min(
            waiting,
            key=lambda data: (
                len(_named(model, data) & (pending - begun - {data.of})),
                len(_named(model, data) & (pending - {data.of})),
            ),
        )
        waiting.remove(chosen)
        ordered.append(chosen)
    return ordered


def _named(model: Model, data: DataSet) -> set[str]:
    """The entities that the rows of a data set refer to."""
    entity = model.entities[data.of]
    used = {name for row in data.rows.values() for name in row}
    found = {entity.fields[name].to for name in used if name in entity.fields and entity.fields[name].to}
    for name in used & entity.inverses.keys():
        line = model.entities[entity.inverses[name].entity]
        found |= {one.to for one in line.fields.values() if one.to}
    return found - {data.of, ""}


def load_set(loading: Loading, data: DataSet) -> int:
    """Save one data set; how many records were made."""
    entity = loading.release.model.entities[data.of]
    existing = _existing(loading, data)
    known = loading.ids.setdefault(data.of, {})
    known.update(existing)
    new = {key: row for key, row in data.rows.items() if key not in existing}
    known.update({key: new_id() for key in new})
    changes = [(key, _change(loading, data, entity, key, row)) for key, row in new.items()]
    changes += _later(loading, data, entity, existing)
    for start in range(0, len(changes), BATCH):
        _save(loading, data, changes[start : start + BATCH])
    return len(new)


def _save(loading: Loading, data: DataSet, batch: Sequence[tuple[str, Change]]) -> None:
    changes = [change for _, change in batch]
    cause = Cause("system", detail=f"data/{data.name}")
    verdicts = save_within(loading.connection, loading.context, loading.release, changes, cause, "each")
    refused = [
        (data.name, key, failure)
        for (key, _), verdict in zip(batch, verdicts, strict=True)
        if isinstance(verdict, Refused)
        for failure in verdict.failures
    ]
    if refused:
        raise NotLoaded(refused)


def _existing(loading: Loading, data: DataSet) -> dict[str, str]:
    if not data.key:
        return {}
    shelf = shelf_of(loading.release, data.of)
    entity = loading.release.model.entities[data.of]
    names = entity.keys[data.key].fields if data.key in entity.keys else (data.key,)
    if len(names) > 1:
        return {}
    found = shelf.find(loading.connection, names, [(key,) for key in data.rows])
    return {key[0]: id_ for key, id_ in found.items()}


def _change(loading: Loading, data: DataSet, entity: Entity, key: str, row: Mapping[str, object]) -> Change:
    values, children = _values(loading, entity, row)
    if data.key in entity.fields:
        values.setdefault(data.key, key)
    return Change("create", data.of, loading.ids[data.of][key], values, children)


def _later(
    loading: Loading, data: DataSet, entity: Entity, existing: Mapping[str, str]
) -> Iterator[tuple[str, Change]]:
    """Rows of a second data set about records of a first one complete them, as long as nothing stands there."""
    if not any(other.of == data.of and other.name != data.name for other in loading.release.model.data.values()):
        return
    for key, id_ in existing.items():
        values, _ = _values(loading, entity, data.rows[key])
        yield key, Change("update", data.of, id_, values)


def _values(
    loading: Loading, entity: Entity, row: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, tuple[Change, ...]]]:
    values: dict[str, object] = {}
    children: dict[str, tuple[Change, ...]] = {}
    for name, value in row.items():
        declared = entity.fields.get(name)
        if declared is None and isinstance(value, list) and name in entity.inverses:
            line = loading.release.model.entities[entity.inverses[name].entity]
            children[name] = tuple(Change("create", line.name, None, _values(loading, line, one)[0]) for one in value)
        elif isinstance(value, Expression):
            values[name] = _now(loading, value)
        elif declared is not None and declared.to:
            values[name] = _reference(loading, declared.to, value)
        else:
            values[name] = value
    return values, children


def _now(loading: Loading, value: Expression) -> object:
    """A value that is told relative to the moment of loading."""
    calendar = loading.release.model.calendar
    env = Env(this={}, now=loading.context.now, zone=loading.context.zone, calendar=calendar)
    return compile_python(value.tree)(env)


def _reference(loading: Loading, entity: str, value: Any) -> object:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_reference(loading, entity, one) for one in value]
    return value if value is None else loading.known(entity, str(value)) or value
