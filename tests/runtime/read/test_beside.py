from __future__ import annotations

from decimal import Decimal

import pytest

from kith.runtime.read import beside, list_each, list_records, tally_each
from kith.runtime.read.beside import Beginning, Tally
from kith.runtime.read.cells import MAY
from kith.runtime.read.query import Query, Sort
from tests.runtime.read.test_statements import watching
from tests.runtime.read.world import World

STAGES = [f'stage == "{stage}"' for stage in ("new", "open", "won", "lost")]
DEALS = Query("deal", ("name",), sort=(Sort("name"),), limit=1)


def each(world: World, query: Query, *roles: str) -> list[Beginning]:
    with world.database.read() as connection:
        return list_each(connection, world.context(*(roles or ("admin",))), world.release, query, STAGES)


def tallies(world: World, query: Query, *roles: str, measures: dict[str, str] | None = None) -> list[Tally]:
    context = world.context(*(roles or ("admin",)))
    with world.database.read() as connection:
        return tally_each(connection, context, world.release, query, STAGES, measures or {})


@pytest.mark.parametrize("role", ["admin", "rep", "viewer"])
@pytest.mark.parametrize("filter_", ["", "amount > 10"])
def test_lists_side_by_side_are_the_lists_one_by_one(world: World, role: str, filter_: str) -> None:
    query = Query("deal", ("name", "account", "owner"), filter=filter_, sort=(Sort("name"),), limit=2)
    found = each(world, query, role)
    with world.database.read() as connection:
        for stage, one in zip(STAGES, found, strict=True):
            alone = Query("deal", query.fields, f"({filter_ or 'true'}) and {stage}", sort=query.sort, limit=2)
            page = list_records(connection, world.context(role), world.release, alone)
            assert (one.rows, one.next) == (page.rows, page.next)


def test_each_goes_on_where_its_beginning_ends(world: World) -> None:
    found = each(world, DEALS)
    place = next(number for number, one in enumerate(found) if one.next)
    rest = Query("deal", ("name",), STAGES[place], sort=DEALS.sort, cursor=found[place].next or "")
    with world.database.read() as connection:
        more = list_records(connection, world.context("admin"), world.release, rest).rows
        whole = list_records(
            connection, world.context("admin"), world.release, Query("deal", ("name",), STAGES[place], sort=DEALS.sort)
        )
    assert [*found[place].rows, *more] == whole.rows


def test_counts_and_totals_are_those_of_what_the_reader_may_read(world: World) -> None:
    for role in ("admin", "rep"):
        found = tallies(world, DEALS, role, measures={"amount": "sum(amount)"})
        rows = each(world, Query("deal", ("amount",), limit=100), role)
        for tally, one in zip(found, rows, strict=True):
            amounts = [row[2] for row in one.rows if isinstance(row[2], Decimal)]
            assert (tally.count, tally.totals["amount"] or 0) == (len(one.rows), sum(amounts))


def test_beyond_the_cap_there_is_no_total(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "MOST_TALLIED", 0)
    found = tallies(world, Query("deal", ("name",), filter="id is set"), measures={"amount": "sum(amount)"})
    assert [(one.count, one.totals) for one in found if one.capped] != []
    assert all(one.totals == {} for one in found if one.capped)


def test_a_search_finds_the_same_side_by_side(world: World) -> None:
    searched = Query("deal", ("name",), search="Pumps", limit=10)
    found = [row[2] for one in each(world, searched) for row in one.rows]
    assert found == ["Pumps"]
    assert sum(one.count for one in tallies(world, searched)) == 1


def test_a_row_says_whether_its_reader_may_change_a_field(world: World) -> None:
    asked = Query("deal", ("owner", MAY + "stage", MAY + "margin"), limit=10)
    rows = [row for one in each(world, asked, "rep") for row in one.rows]
    assert rows
    assert all(row[3] == (getattr(row[2], "label", "") == "Ann") for row in rows)
    assert not any(row[4] for row in rows)
    assert not any(row[3] for one in each(world, asked, "viewer") for row in one.rows)


def test_lists_side_by_side_take_one_statement_and_their_tallies_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    each(world, DEALS), tallies(world, DEALS)
    with watching(world, monkeypatch) as seen:
        each(world, DEALS)
        tallies(world, DEALS)
    assert len(seen.texts) == 2
