"""On PostgreSQL many save at once: what a record refers to may go into the recycle bin while it is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.write import gate
from kith.runtime.write.change import Cause, Change, Refused, Saved, Verdict
from kith.runtime.write.deleting import referrers
from kith.runtime.write.session import Session
from tests.runtime.write.shop_world import Shop


@pytest.fixture
def shop(postgresql_url: str) -> Iterator[Shop]:
    """A shop on the database where more than one can write."""
    opened = Shop.open(postgresql_url)
    yield opened
    opened.close()


CASES: Mapping[str, tuple[str, str, Mapping[str, Any], str]] = {
    "an order is refused, and its customer may not go while there are orders": (
        "customer",
        "order",
        {},
        "customer",
    ),
    "what goes along with its parent is refused, or goes along": ("customer", "award", {"reason": "r"}, "customer"),
    "one whose parent its rules lock": ("wallet", "entry", {"amount": "1"}, "wallet"),
    "one of the same entity": ("box", "box", {"name": "inner"}, "inside"),
}
PARENTS: Mapping[str, Mapping[str, Any]] = {
    "customer": {"name": "Cy", "code": "C-1"},
    "wallet": {"name": "W"},
    "box": {"name": "outer"},
}


def between(monkeypatch: pytest.MonkeyPatch, name: str, then: Callable[[], object]) -> None:
    """Do something once, on a connection of its own, when the save of this thread comes to a step of the gate."""
    step, mine = getattr(gate, name), threading.current_thread()
    done: list[bool] = []

    def stepped(*given: Any) -> Any:
        if threading.current_thread() is mine and not done:
            done.append(True)
            then()
        return step(*given)

    monkeypatch.setattr(gate, name, stepped)


def standing(shop: Shop, entity: str) -> int:
    """Live records that refer to a record which is not."""
    session = Session(None, shop.context(), shop.release, Cause("system"))  # type: ignore[arg-type]
    found = 0
    gone = shop.release.tables[entity]
    with shop.workspace.database.read() as connection:
        for referrer in referrers(session, entity):
            mine = shop.release.tables[referrer.entity]
            column = mine.columns[referrer.field.name].value
            dead = sa.select(gone.id).where(~gone.live)
            asked = sa.select(sa.func.count()).select_from(mine.table).where(mine.live, column.in_(dead))
            found += connection.scalar(asked) or 0
    return found


@pytest.mark.parametrize("case", CASES)
def test_who_refers_to_a_record_that_is_deleted_before_he_writes_is_refused(
    shop: Shop, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, entity, values, reference = CASES[case]
    id_ = shop.make(parent, PARENTS[parent])
    deleted: list[Verdict] = []
    between(monkeypatch, "store", lambda: deleted.append(shop.do(Change("delete", parent, id_))))
    said = shop.do(Change("create", entity, None, {**values, reference: id_}))
    assert isinstance(deleted[0], Saved)
    assert isinstance(said, Refused)
    assert [(one.code, one.field) for one in said.failures] == [("no_such_record", reference)]


@pytest.mark.parametrize("case", CASES)
def test_who_deletes_a_record_waits_for_saves_that_refer_to_it(
    shop: Shop, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, entity, values, reference = CASES[case]
    id_ = shop.make(parent, PARENTS[parent])
    with ThreadPoolExecutor(1) as pool:
        waiting: list[Any] = []

        def begin() -> None:
            waiting.append(pool.submit(shop.do, Change("delete", parent, id_)))
            assert not waiting[0].done()

        between(monkeypatch, "are_live", begin)
        said = shop.do(Change("create", entity, None, {**values, reference: id_}))
        deleted = waiting[0].result(30)
    assert isinstance(said, Saved)
    assert isinstance(deleted, Refused if entity == "order" else Saved)
    assert standing(shop, parent) == 0


def test_a_record_that_returns_is_refused_where_what_it_refers_to_goes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = shop.make("box", {"name": "outer"})
    inner = shop.make("box", {"name": "inner", "inside": outer})
    shop.do(Change("delete", "box", inner))
    between(monkeypatch, "store", lambda: shop.do(Change("delete", "box", outer)))
    said = shop.do(Change("restore", "box", inner))
    assert isinstance(said, Refused)
    assert said.failures[0].code == "names_deleted"


def test_saves_that_refer_to_one_record_do_not_wait_for_one_another(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = shop.make("box", {"name": "outer"})
    inside: list[Verdict] = []
    with ThreadPoolExecutor(1) as pool:
        one = Change("create", "box", None, {"name": "one", "inside": box})
        between(monkeypatch, "are_live", lambda: inside.append(pool.submit(shop.do, one).result(30)))
        said = shop.do(Change("create", "box", None, {"name": "two", "inside": box}))
    assert isinstance(inside[0], Saved)
    assert isinstance(said, Saved)


def test_nothing_that_is_live_refers_to_what_is_not_however_many_save_and_delete_at_once(shop: Shop) -> None:
    for number in range(12):
        id_ = shop.make("box", {"name": f"box {number}"})
        start = threading.Barrier(4)

        def at_once(change: Change, start: threading.Barrier = start) -> Verdict:
            start.wait(30)
            return shop.do(change)

        changes = [Change("create", "box", None, {"name": f"in {one}", "inside": id_}) for one in range(3)]
        with ThreadPoolExecutor(4) as pool:
            said = list(pool.map(at_once, [*changes[:2], Change("delete", "box", id_), changes[2]]))
        assert all(isinstance(one, Saved) or one.failures[0].code == "no_such_record" for one in said)
    assert standing(shop, "box") == 0
