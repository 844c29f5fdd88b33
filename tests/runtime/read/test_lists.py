from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kith.runtime.read import get_record, list_records
from kith.runtime.read.query import BadQuery, Count, Masked, Page, Query, Reference, Sort
from kith.runtime.read.reader import reader_of
from tests.runtime.read.world import World, id_of


def ask(world: World, query: Query, *roles: str, user: int = 1) -> Page:
    with world.database.read() as connection:
        return list_records(connection, world.context(*(roles or ("admin",)), user=user), world.release, query)


def names(page: Page) -> list[object]:
    return [row[2] for row in page.rows]


def test_a_page_shows_values_labels_sets_and_what_is_worked_out(world: World) -> None:
    fields = ("name", "owner", "kinds", "partners", "owner_team", "deal_count", "place")
    page = ask(world, Query("account", fields, filter='name == "张三"'))
    by_path: dict[str, Any] = dict(zip((shown.path for shown in page.columns), page.rows[0][2:], strict=True))
    assert by_path["owner"] == Reference(id_of("user", 1), "Ann")
    assert by_path["kinds"] == ("a", "b")
    assert [one.label for one in by_path["partners"]] == ["alpha · +8613911112222", "Émile & Co · +33123456789"]
    assert by_path["owner_team"] == Reference(id_of("team", 1), "North")
    assert (by_path["deal_count"], by_path["place"]["city"]) == (1, "杭州")


@pytest.mark.parametrize(
    ("entity", "filter_", "expected"),
    [
        ("account", "place is set", ["张三"]),
        ("account", "place is not set and vip", ["Émile & Co"]),
        ("account", 'place.city == "杭州"', ["张三"]),
        ("account", "place.region is set", []),
        ("account", 'place.street != "Lake Rd" and not vip', ["Zeta", "alpha", "单雄信"]),
        ("deal", 'starts_with(account.place.street, "Lake")', ["Pumps"]),
        ("deal", "account.place is set", ["Pumps"]),
        ("account", 'any(deals where account.place.city == "杭州")', ["张三"]),
    ],
)
def test_values_of_several_parts_are_asked_for_by_part(
    world: World, entity: str, filter_: str, expected: list[str]
) -> None:
    page = ask(world, Query(entity, ("name",), filter=filter_, sort=(Sort("id"),)))
    assert names(page) == expected


def test_a_part_is_a_column_also_behind_a_reference(world: World) -> None:
    fields = ("name", "account.place.city", "account.place")
    page = ask(world, Query("deal", fields, filter='name == "Pumps"'))
    whole: Any = page.rows[0][4]
    assert (page.rows[0][3], whole["street"]) == ("杭州", "Lake Rd")
    assert [shown.type.kind for shown in page.columns] == ["text", "text", "record"]


def test_a_part_of_a_masked_value_is_masked_and_tells_nothing_else(world: World) -> None:
    page = ask(world, Query("account", ("place.city",), filter='name == "张三"'), "clerk")
    assert page.rows[0][2] == Masked("***") and page.columns[0].state == "mask"
    for query in (
        Query("account", ("name",), filter="place.city is set"),
        Query("account", ("name",), filter="place is set"),
        Query("account", ("name",), sort=(Sort("place.city"),)),
    ):
        with pytest.raises(BadQuery):
            ask(world, query, "clerk")


@pytest.mark.parametrize("path", ["place.planet", "name.city", "place.city.name", "nothing.city"])
def test_what_is_no_part_is_no_field(world: World, path: str) -> None:
    with pytest.raises(BadQuery, match="no field"):
        ask(world, Query("account", (path,)))


def test_what_has_run_out_is_worked_out_anew(world: World) -> None:
    page = ask(world, Query("deal", ("name", "days_open"), sort=(Sort("days_open"),)))
    assert [row[2:] for row in page.rows] == [
        ("Pipes", 267), ("Valves", 294), ("Pumps", 295), ("Tanks", 326), ("Cables", None),
    ]  # fmt: skip
    assert names(ask(world, Query("deal", ("name",), filter="days_open == 294"))) == ["Valves"]


@pytest.mark.parametrize(
    ("entity", "sort", "expected"),
    [
        ("account", "name", ["alpha", "单雄信", "Émile & Co", "Zeta", "张三"]),
        ("account", "-name", ["张三", "Zeta", "Émile & Co", "单雄信", "alpha"]),
        ("account", "rating", ["Émile & Co", "alpha", "单雄信", "张三", "Zeta"]),
        ("account", "-rating", ["张三", "单雄信", "alpha", "Émile & Co", "Zeta"]),
        ("account", "credit", ["单雄信", "Émile & Co", "alpha", "张三", "Zeta"]),
        ("account", "-credit", ["张三", "alpha", "Émile & Co", "单雄信", "Zeta"]),
        ("account", "owner,-name", ["张三", "Zeta", "Émile & Co", "alpha", "单雄信"]),
        ("account", "owner.team.name,name", ["Émile & Co", "Zeta", "张三", "alpha", "单雄信"]),
        ("account", "-vip,name", ["Émile & Co", "alpha", "单雄信", "Zeta", "张三"]),
        ("account", "place", ["张三", "Émile & Co", "Zeta", "alpha", "单雄信"]),
        ("account", "place.city,name", ["张三", "alpha", "单雄信", "Émile & Co", "Zeta"]),
        ("deal", "account.place.city,name", ["Pumps", "Cables", "Pipes", "Tanks", "Valves"]),
        ("deal", "account.name,name", ["Tanks", "Pipes", "Valves", "Pumps", "Cables"]),
        ("deal", "-opened_on", ["Pipes", "Valves", "Pumps", "Tanks", "Cables"]),
        ("deal", "won_at,name", ["Pipes", "Valves", "Cables", "Pumps", "Tanks"]),
        ("deal", "expected,-name", ["Cables", "Tanks", "Pumps", "Valves", "Pipes"]),
        ("deal", "-created_at", ["Tanks", "Cables", "Pipes", "Valves", "Pumps"]),
    ],
)
def test_lists_sort_by_anything_with_nulls_last_and_page_both_ways(
    world: World, entity: str, sort: str, expected: list[str]
) -> None:
    sorts = tuple(Sort(part.lstrip("-"), part.startswith("-")) for part in sort.split(","))
    query = Query(entity, ("name",), sort=sorts)
    assert names(ask(world, query)) == expected
    for limit in (1, 2, 3):
        seen: list[object] = []
        pages: list[Page] = []
        cursor: str | None = ""
        while cursor is not None:
            page = ask(world, Query(entity, ("name",), sort=sorts, limit=limit, cursor=cursor, count="none"))
            seen += names(page)
            pages.append(page)
            cursor = page.next
        assert seen == expected
        for before, page in zip(pages[-2::-1], pages[:0:-1], strict=True):
            assert page.previous is not None
            back = ask(world, Query(entity, ("name",), sort=sorts, limit=limit, cursor=page.previous, backwards=True))
            assert names(back) == names(before)
            assert (back.next is not None, back.previous is None) == (True, before is pages[0])
    last = ask(world, Query(entity, ("name",), sort=sorts, limit=2, backwards=True))
    assert names(last) == expected[-2:]


@pytest.mark.parametrize("cursor", ["x", "W10", "W251bGwsW10sIiJd", "é", "W" * 5_000, "WyIiLFtdLCIwMTg5Il0"])
def test_a_cursor_that_somebody_made_up_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(BadQuery) as refused:
        ask(world, Query("deal", ("name",), cursor=cursor))
    assert refused.value.field == "cursor"


def test_a_cursor_belongs_to_its_order(world: World) -> None:
    page = ask(world, Query("deal", ("name",), sort=(Sort("name"),), limit=1))
    with pytest.raises(BadQuery):
        ask(world, Query("deal", ("name",), sort=(Sort("amount"),), cursor=page.next or ""))


@pytest.mark.parametrize(("count", "expected"), [("exact", 5), ("capped", 5), ("none", None)])
def test_counts(world: World, count: Count, expected: int | None) -> None:
    page = ask(world, Query("deal", ("name",), limit=2, count=count))
    assert (page.count, page.capped) == (expected, False)


def test_a_count_beyond_the_cap_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.runtime.read.lists.CAP", 3)
    page = ask(world, Query("deal", ("stage", "name"), limit=2))
    assert (page.count, page.capped) == (3, True)


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ('stage == "won"', ["Valves", "Pipes"]),
        ("not (amount > 90)", ["Pipes", "Cables"]),
        ("amount * 2 == 200.00", ["Pumps", "Tanks"]),
        ('account.owner.name == "Bob"', ["Valves", "Pipes"]),
        ("owner == me", ["Pumps", "Pipes"]),
        ("owner.team in me.teams_below", ["Pumps", "Valves", "Pipes"]),
        ("owner.team == me.team", ["Pumps", "Pipes"]),
        ("count(lines) > 1", ["Pumps"]),
        ("any(lines where quantity > 5)", ["Valves"]),
        ("sum(account.deals.amount) > 200", ["Valves", "Pipes"]),
        ("opened_on >= @2026-01-01 and opened_on < today() - 280d", ["Pumps", "Valves"]),
        ("local_date(won_at) == @2026-04-01", ["Valves"]),
        ("expected > 300", ["Valves"]),
        (f'id == "{id_of("deal", 3)}"', ["Pipes"]),
        ('id == "no id at all"', []),
        ("created_by is not set and version == 1", ["Pumps", "Valves", "Pipes", "Cables", "Tanks"]),
        ('account is set and "a" in account.kinds', ["Pumps"]),
    ],
)
def test_lists_are_filtered_by_the_language(world: World, filter_: str, expected: list[str]) -> None:
    page = ask(world, Query("deal", ("name",), filter=filter_))
    assert names(page) == expected
    assert page.count == len(expected)


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ("any(partner_of where credit > 4000)", ["Émile & Co", "alpha"]),
        ("sum(children.credit) > 10", ["张三"]),
    ],
)
def test_links_are_relations_over_there(world: World, filter_: str, expected: list[str]) -> None:
    assert names(ask(world, Query("account", ("name",), filter=filter_))) == expected


@pytest.mark.parametrize(
    ("filter_", "code"),
    [("stag == 1", "E2"), ("amount >", "E1"), ('amount > "x"', "E3"), ("owner.teams_below is set", "no_expression")],
)
def test_a_mistake_in_a_filter_is_told(world: World, filter_: str, code: str) -> None:
    with pytest.raises(BadQuery) as refused:
        ask(world, Query("deal", ("name",), filter=filter_))
    assert refused.value.field == "filter"
    assert refused.value.code.startswith(code)


def test_views_segments_and_relations_limit_a_list(world: World) -> None:
    assert names(ask(world, Query("deal", ("name",), view="mine", segment="won"))) == ["Pipes"]
    assert names(ask(world, Query("deal", ("name",), related_to=("account", id_of("account", 2))))) == [
        "Valves",
        "Pipes",
    ]
    partners = Query("account", ("name",), related_to=("partners", id_of("account", 4)))
    assert names(ask(world, partners)) == ["张三"]
    for query in (Query("account", ("name",), view="mine"), Query("deal", ("name",), segment="no")):
        with pytest.raises(BadQuery):
            ask(world, query)


@pytest.mark.parametrize(
    "query",
    [
        Query("deal", ("nothing",)), Query("deal", ("account.nothing",)), Query("deal", ("name.x",)),
        Query("deal", ("name",), sort=(Sort("nothing"),)), Query("account", ("name",), sort=(Sort("kinds"),)),
        Query("deal", ("name",), limit=0), Query("deal", ("name",), limit=10_000),
        Query("deal", ("name",), related_to=("name", "x")),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(world: World, query: Query) -> None:
    with pytest.raises(BadQuery):
        ask(world, query)


def test_the_recycle_bin_is_a_list_of_its_own(world: World) -> None:
    query = Query("deal", ("name", "$deleted_at"), deleted=True)
    assert [row[2:] for row in ask(world, query).rows] == [("Ghost", datetime(2026, 5, 1, tzinfo=UTC))]
    assert ask(world, query, "rep").count == 1
    assert ask(world, query, "rep", user=3).count == 0
    with world.database.read() as connection:
        ghost = id_of("deal", 6)
        assert get_record(connection, world.context("rep"), world.release, "deal", ghost) is None
        found = get_record(connection, world.context("rep"), world.release, "deal", ghost, deleted=True)
        denied = get_record(connection, world.context("viewer"), world.release, "deal", ghost, deleted=True)
    assert found is not None
    assert denied is not None
    assert (found.deleted, set(found.can), set(found.writable)) == (True, {"restore"}, set())
    assert (denied.deleted, denied.can) == (True, frozenset())


@pytest.mark.parametrize("roles", [("admin",), ("viewer",), ("rep", "lead"), ("viewer", "closer"), ("clerk",)])
def test_a_record_and_a_list_say_the_same(world: World, roles: tuple[str, ...]) -> None:
    with world.database.read() as connection:
        context = world.context(*roles)
        reader = reader_of(context, world.release)
        for entity in filter(reader.may_read, world.release.model.entities):
            page = list_records(connection, context, world.release, Query(entity, ("id",)))
            for id_, _, _ in page.rows:
                view = get_record(connection, context, world.release, entity, str(id_))
                assert view is not None
                query = Query(entity, (*view.values, "$title"), filter=f'id == "{id_}"')
                ((_, version, *values, title),) = list_records(connection, context, world.release, query).rows
                assert (version, title, values) == (view.version, view.title, list(view.values.values()))


def test_masked_values_arrive_masked(world: World) -> None:
    page = ask(world, Query("account", ("phone",)), "viewer")
    assert page.columns[0].state == "mask"
    assert [row[2] for row in page.rows] == ["+86138****8000", "+331****6789", None, "+86139****2222", "+86137****0000"]
    assert all(row[2] is None or isinstance(row[2], Masked) for row in page.rows)
