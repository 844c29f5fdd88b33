"""Whoever changes the past in the database itself is found out by `kith doctor`, whatever he changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from kith.runtime.doctor import Visit, history
from kith.runtime.ids import new_id
from kith.runtime.schema import system
from kith.runtime.sealing import seal
from kith.runtime.write.storing import chained
from tests.runtime.past.past_world import Batches

ROWS, SEALS = system.history, system.seal
OTHER = "019adf00-0000-7000-8000-000000000001"
LATER = datetime(2027, 1, 1, tzinfo=UTC)
VERSIONS = 4
SEALED = 3
"""The versions of each record that are sealed; the last one is not yet."""

Forge = Callable[[sa.Connection, str], None]


def told(shop: Batches) -> list[str]:
    """What the doctor finds of the histories."""
    visit = Visit(shop.workspace.database, shop.release, shop.context())
    return [flaw.en for flaw in history.look(visit).flaws]


def customer(shop: Batches) -> str:
    """A record with some versions, beside another one; all but the last of each are sealed."""
    ids = [shop.make("customer", {"name": "Ann", "code": "A"}), shop.make("customer", {"name": "Bob"})]
    for number in range(2, VERSIONS + 1):
        if number == SEALED + 1:
            with shop.workspace.database.write() as connection:
                seal(connection, shop.now)
        for id_ in ids:
            shop.change("customer", id_, name=f"name {number}")
    return ids[0]


def row_of(connection: sa.Connection, record: str, version: int) -> dict[str, Any]:
    """A row of a record's history."""
    asked = sa.select(ROWS).where(ROWS.c.record == record, ROWS.c.version == version)
    return {str(name): value for name, value in connection.execute(asked).mappings().one().items()}


def altered(at: int, /, **values: Any) -> Forge:
    """A row that says something else."""

    def forge(connection: sa.Connection, record: str) -> None:
        changed = sa.update(ROWS).where(ROWS.c.record == record, ROWS.c.version == at)
        connection.execute(changed.values({ROWS.c[name]: value for name, value in values.items()}))

    return forge


def removed(version: int) -> Forge:
    """A row that is gone."""

    def forge(connection: sa.Connection, record: str) -> None:
        connection.execute(sa.delete(ROWS).where(ROWS.c.record == record, ROWS.c.version == version))

    return forge


def inserted(connection: sa.Connection, record: str) -> None:
    """A further row, its hash and its place in the chain as they should be."""
    last = row_of(connection, record, VERSIONS)
    row = {**last, "id": new_id(), "version": VERSIONS + 1, "op": "delete", "previous": last["hash"]}
    connection.execute(sa.insert(ROWS), {**row, "hash": chained(row)})


def reordered(first: int, second: int) -> Forge:
    """Two versions in each other's place."""

    def forge(connection: sa.Connection, record: str) -> None:
        rows = [row_of(connection, record, version) for version in (first, second)]
        connection.execute(sa.delete(ROWS).where(ROWS.c.id.in_([row["id"] for row in rows])))
        for row, version in zip(rows, (second, first), strict=True):
            connection.execute(sa.insert(ROWS), {**row, "version": version})

    return forge


def whole_chain(connection: sa.Connection, record: str) -> None:
    """Another story from the second version on, every hash of the record's chain made anew."""
    previous = row_of(connection, record, 1)["hash"]
    for version in range(2, VERSIONS + 1):
        row = {**row_of(connection, record, version), "channel": "job", "previous": previous}
        previous = row["hash"] = chained(row)
        connection.execute(sa.update(ROWS).where(ROWS.c.id == row["id"]).values(row))


def of_seal(**values: Any) -> Forge:
    """A seal that says something else."""
    return lambda connection, record: void(connection.execute(sa.update(SEALS).values(values)))


def void(result: object) -> None:
    """Nothing to return."""


VALUES: Mapping[str, Any] = {
    "id": OTHER, "save": OTHER, "entity": "order", "record": OTHER, "version": 99, "op": "delete", "release": 7,
    "actor": OTHER, "channel": "job", "batch": OTHER, "at": LATER, "digests": {}, "previous": "x", "hash": "x", "seal": 9,
    "acted_by": OTHER, "values": {"name": {"old": "name 2", "new": "forged", "salt": ["a", "b"]}},
}  # fmt: skip
SEAL_VALUES: Mapping[str, Any] = {"number": 2, "at": LATER, "rows": 5, "previous": "x", "hash": "x"}

FORGERIES: Mapping[str, Forge] = {
    **{f"another {name} of a sealed row": altered(SEALED, **{name: value}) for name, value in VALUES.items()},
    **{f"another {name} of a row not sealed yet": altered(VERSIONS, **{name: value}) for name, value in VALUES.items()},
    **{f"another {name} of a seal": of_seal(**{name: value}) for name, value in SEAL_VALUES.items()},
    **{f"version {version} is gone": removed(version) for version in range(1, VERSIONS + 1)},
    "a sealed row that claims not to be": altered(SEALED, seal=None),
    "a row more": inserted,
    "sealed rows in each other's place": reordered(2, 3),
    "a sealed row in the place of one that is not": reordered(SEALED, VERSIONS),
    "a whole chain made anew": whole_chain,
    "a seal that is gone": lambda connection, record: void(connection.execute(sa.delete(SEALS))),
}


def test_every_column_of_a_row_and_of_a_seal_is_tried() -> None:
    assert VALUES.keys() == set(ROWS.c.keys())
    assert SEAL_VALUES.keys() == set(SEALS.c.keys())


def test_every_forgery_is_found(either: Batches) -> None:
    record = customer(either)
    assert told(either) == []
    missed = []
    for name, forge in FORGERIES.items():
        with either.workspace.database.write() as connection:
            kept = [[dict(row) for row in connection.execute(sa.select(table)).mappings()] for table in (ROWS, SEALS)]
            forge(connection, record)
        if not told(either):
            missed.append(name)
        with either.workspace.database.write() as connection:
            for table, rows in zip((ROWS, SEALS), kept, strict=True):
                connection.execute(sa.delete(table))
                connection.execute(sa.insert(table), rows)
    assert missed == []
    assert told(either) == []
