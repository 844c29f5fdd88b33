"""Whoever changes the past in the database itself is found out by `kith doctor`, whatever he changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.doctor import Visit, history
from kith.runtime.ids import new_id
from kith.runtime.schema import system
from kith.runtime.sealing import read_name, seal, sealing, verify
from kith.runtime.write.storing import chained
from tests.runtime.past.past_world import Batches

ROWS, SEALS = system.history, system.seal
OTHER = "019adf00-0000-7000-8000-000000000001"
LATER = datetime(2027, 1, 1, tzinfo=UTC)
VERSIONS = 4
SEALED = 3
"""The versions of each record that are sealed; the last one is not yet."""

Forge = Callable[[sa.Connection, str], None]


def told(shop: Batches, kept: str = "", key: bytes = b"") -> list[str]:
    """What the doctor finds of the histories."""
    visit = Visit(shop.workspace.database, shop.release, shop.context(), kept=read_name(kept), key=key)
    return [flaw.en for flaw in history.look(visit).flaws]


def customer(shop: Batches, key: bytes = b"") -> str:
    """A record with some versions, beside another one; all but the last of each are sealed."""
    ids = [shop.make("customer", {"name": "Ann", "code": "A"}), shop.make("customer", {"name": "Bob"})]
    for number in range(2, VERSIONS + 1):
        if number == SEALED + 1:
            with shop.workspace.database.write() as connection:
                seal(connection, shop.now, key)
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


KEY, OF_ANOTHER = b"k" * 32, b"o" * 32
FIRST, LATER_SEAL = "1", "2"


def sealed_twice(shop: Batches, key: bytes) -> tuple[str, dict[str, str]]:
    """A record whose history is under two seals, and the names of these."""
    record, names = customer(shop, key), {}
    for number in (FIRST, LATER_SEAL):
        with shop.workspace.database.write() as connection:
            names[number] = verify(connection, key).name
            seal(connection, shop.now, key)
    return record, names


def resealed(key: bytes) -> Forge:
    """Another story, with every hash and every seal made anew so that each follows the one before."""

    def forge(connection: sa.Connection, record: str) -> None:
        whole_chain(connection, record)
        previous = ""
        for row in connection.execute(sa.select(SEALS).order_by(SEALS.c.number)).mappings().all():
            asked = sa.select(ROWS.c.hash).where(ROWS.c.seal == row["number"]).order_by(ROWS.c.id)
            head = {**{name: row[name] for name in ("number", "at", "rows")}, "previous": previous}
            previous = sealing(head, list(connection.scalars(asked)), key)
            changed = sa.update(SEALS).where(SEALS.c.number == row["number"])
            connection.execute(changed.values(previous=head["previous"], hash=previous))

    return forge


def sealed_by_a_worker(key: bytes) -> Forge:
    """Another story whose seals are taken away, so that the next worker seals it."""

    def forge(connection: sa.Connection, record: str) -> None:
        whole_chain(connection, record)
        connection.execute(sa.delete(SEALS))
        connection.execute(sa.update(ROWS).values(seal=None))
        seal(connection, LATER, key)

    return forge


CONSISTENT: Mapping[str, tuple[bytes, Forge, Mapping[str, bool]]] = {
    "everything made anew": (b"", resealed(b""), {"": False, "kept": True}),
    "everything made anew, without the key": (KEY, resealed(b""), {"": False, "key": True, "kept": True}),
    "everything made anew, with another key": (KEY, resealed(OF_ANOTHER), {"": False, "key": True, "kept": True}),
    "sealed again by a worker": (KEY, sealed_by_a_worker(KEY), {"": False, "key": False, "kept": True}),
}
"""Forgeries in which all hashes fit: the key that was used, and whether each means finds them."""


@pytest.mark.parametrize("name", CONSISTENT)
def test_who_makes_all_hashes_anew_is_found_by_the_key_or_by_a_seal_that_was_kept(either: Batches, name: str) -> None:
    key, forge, finds = CONSISTENT[name]
    record, kept = sealed_twice(either, key)
    assert told(either, kept[FIRST], key) == told(either, kept[LATER_SEAL]) == []
    with either.workspace.database.write() as connection:
        forge(connection, record)
    for means, found in finds.items():
        assert bool(told(either, kept[FIRST] if means == "kept" else "", key if means else b"")) is found, means


def test_what_is_sealed_long_after_it_was_written_is_told(either: Batches) -> None:
    record, _ = sealed_twice(either, KEY)
    visit = Visit(either.workspace.database, either.release, either.context(), key=KEY)
    assert [note.en for note in history.look(visit).notes] == [
        f"sealed with the key since {either.now:%Y-%m-%d %H:%M:%S}Z"
    ]
    with either.workspace.database.write() as connection:
        sealed_by_a_worker(KEY)(connection, record)
    assert "more than a day after" in history.look(visit).notes[-1].en


def test_a_key_that_comes_later_signs_at_once_and_is_asked_for_from_then_on(either: Batches) -> None:
    customer(either)
    with either.workspace.database.write() as connection:
        seal(connection, either.now)
        assert verify(connection, KEY).broken == "key"
        assert seal(connection, either.now, KEY) == 0
        assert (verify(connection, KEY).broken, verify(connection).broken) == ("", "")
        assert verify(connection, OF_ANOTHER).broken == "key"
    either.make("customer", {"name": "Cy"})
    with either.workspace.database.write() as connection:
        seal(connection, either.now)
        assert (verify(connection, KEY).broken, verify(connection).broken) == ("key", "key")


@pytest.mark.parametrize("text", ["", "12", "12-abc", "0-" + "a" * 24, "1-" + "g" * 24, "1-" + "a" * 65])
def test_what_is_no_name_of_a_seal_is_not_taken_for_one(text: str) -> None:
    assert read_name(text) is None
