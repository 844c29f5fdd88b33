"""Nothing that a reader may not read leaves the gate, and nothing that he asks behaves as if he knew it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from kith.runtime.context import SYSTEM, Context, context_of
from kith.runtime.read import aggregate, choices, get_record, history, lines, list_records, search
from kith.runtime.read.query import AggregateQuery, BadQuery, Denied, Group, Masked, Page, Query, Reference, Sort
from tests.runtime.read.world import NOW, World, id_of

HIDDEN = {
    ("viewer",): ["quagga", "okapi", "ibex", "11.11", "22.22", "33.33", "66.66", "walrus", "+8613800138000", "38001380",
                  "example.com", "zebra", "5000.00", "10.50"],
    ("rep",): ["11.11", "22.22", "66.66", "zebra", "okapi", "ibex", "Tanks", "Cables", "Émile", "alpha", "9111122", "Tank"],
    ("viewer", "closer"): ["quagga", "ibex", "11.11", "55.55", "66.66",
                         "walrus", "+8613800138000", "example.com", "zebra", "5000.00"],
    ("rep", "lead"): ["ibex", "55.55", "Tanks", "Cables", "zebra", "Émile", "alpha", "9111122"],
    ("clerk",): ["Émile", "+33", "+8613800138000", "zebra", "5000.00", "10.50", "Pumps", "quagga", "Ann", "North", "walrus"],
    ("stranger",): ["张三", "Pumps", "Ann", "quagga", "11.11", "zebra", "Tank", "13800", "walrus"],
    (): ["张三", "Pumps", "Ann", "North", "quagga", "11.11", "zebra", "Tank", "13800", "walrus"],
}  # fmt: skip
"""For each set of roles, acted by Ann, texts of cells that it may not read."""
CASES = [pytest.param(roles, canaries, id="+".join(roles) or "nobody") for roles, canaries in HIDDEN.items()]


def questions(world: World, entity: str, canary: str) -> Iterator[Callable[..., object]]:
    """Everything that can be asked about an entity, by somebody who tries everything."""
    release = world.release
    fields = list(release.model.entities[entity].fields)
    links = [f"{link}.{name}" for link in ("account", "owner", "deal") for name in ("name", "phone", "email", "memo")]
    for path in (*fields, *links, "created_by", "$title"):
        yield partial(list_records, query=Query(entity, (path,)))
        yield partial(list_records, query=Query(entity, ("id",), sort=(Sort(path),), limit=1))
        yield partial(list_records, query=Query(entity, (path,), search=canary))
        measures = {"a": f"max({path})", "b": f"min({path})", "n": "count()"}
        yield partial(aggregate, query=AggregateQuery(entity, (Group("g", path),), measures))
    for id_ in (id_of(entity, number) for number in range(1, 6)):
        yield partial(get_record, entity=entity, id_=id_)
        yield partial(history, entity=entity, id_=id_)
        yield partial(lines, entity=entity, id_=id_, relation="lines")
    for field in fields:
        for text in ("", canary):
            yield partial(choices, entity=entity, field=field, text=text)
    yield partial(search, text=canary)


def answers(world: World, context: Context, canary: str) -> Iterator[object]:
    """What the gate says to all that, its refusals and cursors too."""
    with world.database.read() as connection:
        for entity in world.release.model.entities:
            for ask in questions(world, entity, canary):
                try:
                    answer = ask(connection, context, world.release)
                except (BadQuery, Denied) as refused:
                    answer = refused.message
                yield answer
                if isinstance(answer, Page) and answer.next:
                    yield base64.urlsafe_b64decode(answer.next + "===")


@pytest.mark.parametrize(("roles", "canaries"), CASES)
def test_a_hidden_text_is_in_no_byte_of_any_answer(world: World, roles: tuple[str, ...], canaries: list[str]) -> None:
    for language in ("en", "zh-CN"):
        said = "\n".join(map(repr, answers(world, world.context(*roles, language=language), canaries[0])))
        assert [canary for canary in canaries if canary in said] == []


@pytest.mark.parametrize(("roles", "canaries"), CASES)
def test_search_finds_nothing_by_a_hidden_text(world: World, roles: tuple[str, ...], canaries: list[str]) -> None:
    with world.database.read() as connection:
        for canary in canaries:
            if (canary[-1].isdigit() and canary[0] != "3") or canary in ("Tank", "alpha"):
                # Numbers are not indexed, and these texts are parts of others that may be read.
                continue
            assert search(connection, world.context(*roles), world.release, canary) == [], canary


HIDDEN_FIELDS = [
    ("viewer", "deal", "margin"), ("viewer", "deal", "memo"), ("viewer", "account", "credit"), ("viewer", "account", "phone"),
    ("viewer", "account", "secret_note"), ("viewer", "user", "email"), ("rep", "deal", "margin"), ("clerk", "account", "phone"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "entity", "field"), HIDDEN_FIELDS)
def test_nobody_can_ask_by_what_he_may_not_read(world: World, role: str, entity: str, field: str) -> None:
    queries = [
        Query(entity, ("id",), filter=f"{field} is set"),
        Query(entity, ("id",), filter=f"{field}x is set"),
        Query(entity, ("id",), sort=(Sort(field),)),
        Query("note", ("id",), sort=(Sort(f"deal.account.{field}"),)),
        Query(entity, ("id",), related_to=(field, id_of("deal", 1))),
    ]
    aggregates = [
        AggregateQuery(entity, (Group("g", field),), {"n": "count()"}),
        AggregateQuery(entity, (), {"n": f"count({field})"}),
        AggregateQuery(entity, (), {"n": f"count(where {field} is set)"}),
        AggregateQuery(entity, (), {"n": "count()"}, filter=f"{field} is set"),
    ]
    with world.database.read() as connection:
        context = world.context(role)
        for query in queries:
            with pytest.raises((BadQuery, Denied)) as refused:
                list_records(connection, context, world.release, query)
            # Also a misspelt name brings no hint of it.
            said = str(vars(refused.value))
            assert f'"{field}"?' not in said
            assert f'"{field}" (' not in said
        for asked in aggregates:
            with pytest.raises(BadQuery):
                aggregate(connection, context, world.release, asked)


def names(world: World, query: Query, *roles: str, user: int = 1) -> list[object]:
    with world.database.read() as connection:
        page = list_records(connection, world.context(*roles, user=user), world.release, query)
    assert page.count == len(page.rows)
    return [row[2] for row in page.rows]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ("margin > 0", ["Valves", "Pipes"]),
        ("margin == 11.11", []),
        ("margin != 11.11", ["Pumps", "Valves", "Pipes", "Cables", "Tanks"]),
        ("not (margin > 0)", ["Pumps", "Cables", "Tanks"]),
        ("margin is not set", ["Pumps", "Cables", "Tanks"]),
        ("margin ?? 1 == 1", ["Pumps", "Cables", "Tanks"]),
        ('memo == "quagga"', []),
        ('memo in ["quagga", "okapi"]', ["Valves"]),
        ("if margin is set then true else amount > 50", ["Pumps", "Valves", "Pipes", "Tanks"]),
        ("any(account.deals where margin > 0)", ["Valves", "Pipes"]),
        ("sum(account.deals.margin) == 0", ["Pumps", "Cables", "Tanks"]),
        ("max(account.deals.margin) is not set", ["Pumps", "Cables", "Tanks"]),
    ],
)
def test_a_field_that_only_some_records_grant_is_null_in_the_others(
    world: World, filter_: str, expected: list[str]
) -> None:
    assert names(world, Query("deal", ("name",), filter=filter_), "viewer", "closer") == expected


def test_such_a_field_sorts_as_null_and_its_cursors_tell_nothing(world: World) -> None:
    query = Query("deal", ("name",), sort=(Sort("margin", descending=True),))
    assert names(world, query, "viewer", "closer") == ["Pipes", "Valves", "Tanks", "Cables", "Pumps"]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ('account.name == "Émile & Co"', []),
        ("account.name is not set", ["Pipes"]),
        ('account.name != "张三"', ["Pipes"]),
        ("account is set", ["Pumps", "Pipes"]),
        ("account.id is not set", ["Pipes"]),
        ("account.owner is set", ["Pumps"]),
        ("count(account.deals) == 0", ["Pipes"]),
        ("all(account.deals, amount > 1000)", ["Pipes"]),
        ("count(notes) == 1", ["Pumps"]),
        ('any(lines where product == "Valve")', []),
    ],
)
def test_a_record_out_of_scope_reads_as_nothing(world: World, filter_: str, expected: list[str]) -> None:
    assert names(world, Query("deal", ("name",), filter=filter_), "rep") == expected


def test_lines_belong_to_whoever_may_read_their_parent(world: World) -> None:
    assert names(world, Query("line", ("product",), sort=(Sort("product"),)), "rep") == ["Pump A", "Pump B"]
    assert names(world, Query("line", ("product",)), "rep", user=3) == ["Tank"]
    with world.database.read() as connection:
        with pytest.raises(BadQuery):
            lines(connection, world.context("lead"), world.release, "deal", id_of("deal", 1), "lines")
        found = lines(connection, world.context("rep"), world.release, "deal", id_of("deal", 1), "lines")
        assert [(line.values["position"], line.title) for line in found] == [(1, "Pump A"), (2, "Pump B")]
        assert {line.can for line in found} == {frozenset({"update"})}
        assert lines(connection, world.context("rep"), world.release, "deal", id_of("deal", 5), "lines") == []


def test_roles_unite_rows_and_not_rows_with_fields(world: World) -> None:
    with world.database.read() as connection:
        page = list_records(connection, world.context("closer"), world.release, Query("deal", ("margin", "$title")))
    assert [(str(row[2]), row[3]) for row in page.rows] == [("22.22", ""), ("33.33", "")]


def test_a_record_says_what_may_be_done_with_it(world: World) -> None:
    with world.database.read() as connection:
        own = get_record(connection, world.context("rep"), world.release, "deal", id_of("deal", 1))
        other = get_record(connection, world.context("rep", "lead"), world.release, "deal", id_of("deal", 2))
        masked = get_record(connection, world.context("viewer"), world.release, "account", id_of("account", 1))
        nobody = get_record(connection, world.context("rep"), world.release, "deal", id_of("deal", 5))
        nothing = get_record(connection, world.context("rep"), world.release, "deal", "not an id")
    assert own is not None
    assert other is not None
    assert masked is not None
    assert own.can == {"update", "delete", "win"}
    assert "margin" not in own.values
    assert "margin" not in own.writable
    assert {"name", "amount"} <= own.writable
    assert (other.can, other.writable) == (frozenset(), frozenset())
    assert masked.masked == {"phone"}
    assert masked.values["phone"] == "+86138****8000"
    assert isinstance(masked.values["phone"], Masked)
    assert (nobody, nothing) == (None, None)


def test_views_and_segments_count_as_asked_by_the_person(world: World) -> None:
    assert names(world, Query("deal", ("name",), view="big_margins"), "viewer", "closer") == ["Valves", "Pipes"]
    assert names(world, Query("deal", ("name",), segment="won"), "viewer") == ["Valves", "Pipes"]
    with world.database.read() as connection, pytest.raises(Denied, match="big_margins") as refused:
        list_records(connection, world.context("viewer"), world.release, Query("deal", ("name",), view="big_margins"))
    assert "margin " not in refused.value.message


def test_an_entity_that_is_not_there_and_one_that_is_hidden_are_told_alike(world: World) -> None:
    said = []
    with world.database.read() as connection:
        for entity in ("deal", "order"):
            with pytest.raises(Denied) as refused:
                list_records(connection, world.context("stranger"), world.release, Query(entity, ("id",)))
            said.append((refused.value.message.replace(entity, "X"), refused.value.hidden))
    assert said[0] == said[1]


def test_the_system_reads_everything(world: World) -> None:
    context = context_of(SYSTEM, NOW, language="en", time_zone="Asia/Shanghai")
    with world.database.read() as connection:
        page = list_records(connection, context, world.release, Query("deal", ("margin",)))
    assert page.count == 5


def test_history_shows_what_may_be_read_of_the_record_now(world: World) -> None:
    with world.database.read() as connection:
        found = {
            roles: history(connection, world.context(*roles), world.release, "deal", id_of("deal", 1))
            for roles in (("admin",), ("viewer",), ("rep",), ("stranger", "lead"))
        }
    latest, first = found["admin",]
    assert (latest.version, latest.op, latest.at, latest.channel) == (2, "update", NOW, "form")
    assert latest.actor == Reference(id_of("user", 2), "Bob")
    assert latest.changes["account"] == (
        Reference(id_of("account", 2), "Émile & Co · +33123456789"), Reference(id_of("account", 1), "张三 · +8613800138000"),
    )  # fmt: skip
    assert set(first.changes) == {"name", "amount", "margin", "memo", "account", "opened_on"}
    assert set(found["viewer",][1].changes) == {"name", "amount", "account", "opened_on"}
    assert found["rep",][0].changes["account"][0] == Reference(id_of("account", 2), "", False)
    assert set(found["rep",][1].changes) == {"name", "amount", "memo", "account", "opened_on"}
    assert found["stranger", "lead"][0].actor == Reference(id_of("user", 2), "", False)
