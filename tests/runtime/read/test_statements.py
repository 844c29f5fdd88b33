"""What reading costs: so many statements whatever the number of rows, none of them built anew, and indexes in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from kith.runtime.read import aggregate, choices, get_record, history, lines, list_records, search
from kith.runtime.read.query import AggregateQuery, Group, Query, Sort
from tests.runtime.read.world import World, id_of


@dataclass
class Seen:
    """What happened meanwhile: the statements that ran, and how many were built or compiled."""

    texts: list[str] = field(default_factory=list)
    parameters: list[object] = field(default_factory=list)
    built: int = 0


@contextmanager
def watching(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    seen = Seen()

    def run(_connection: object, _cursor: object, text: str, parameters: object, *_: object) -> None:
        # A plan is looked at once, when a statement is made.
        if not text.startswith(("BEGIN", "EXPLAIN")):
            seen.texts.append(text)
            seen.parameters.append(parameters)

    def counting(original: Callable[..., None]) -> Callable[..., None]:
        def made(*args: object, **kwargs: object) -> None:
            seen.built += 1
            original(*args, **kwargs)

        return made

    for engine in world.database.engines:
        sa.event.listen(engine, "before_cursor_execute", run)
    with monkeypatch.context() as patch:
        for made in (sa.Select, sa.CompoundSelect, sa.TextClause, sa.BindParameter, SQLCompiler):
            patch.setattr(made, "__init__", counting(made.__init__))
        yield seen
    for engine in world.database.engines:
        sa.event.remove(engine, "before_cursor_execute", run)


PLAIN = ("name", "account", "owner", "amount", "expected", "days_open", "account.owner.name")
READS = {
    "list": (partial(list_records, query=Query("deal", PLAIN, filter="owner.team in me.teams_below")), 2),
    "uncounted": (partial(list_records, query=Query("deal", PLAIN, sort=(Sort("name"),), count="none")), 1),
    "searched": (partial(list_records, query=Query("account", ("name",), search="zhang", view="")), 2),
    "sets": (partial(list_records, query=Query("account", ("name", "kinds", "labels", "partners"))), 5),
    "record": (partial(get_record, entity="deal", id_=id_of("deal", 1)), 1),
    "record with sets": (partial(get_record, entity="account", id_=id_of("account", 1)), 1),
    "lines": (partial(lines, entity="deal", id_=id_of("deal", 1), relation="lines"), 1),
    "aggregate": (partial(aggregate, query=AggregateQuery("deal", (Group("s", "stage"),), {"n": "sum(amount)"})), 1),
    "by reference": (partial(aggregate, query=AggregateQuery("deal", (Group("o", "owner"),), {"n": "count()"})), 2),
    "search": (partial(search, text="an"), 5),
    "choices": (partial(choices, entity="deal", field="account", text="zhang"), 1),
    "history": (partial(history, entity="deal", id_=id_of("deal", 1)), 4),
}  # fmt: skip


@pytest.mark.parametrize(("read", "statements"), READS.values(), ids=READS.keys())
@pytest.mark.parametrize("roles", [("admin",), ("rep", "lead")])
def test_a_warm_read_runs_few_statements_and_builds_none(
    world: World, monkeypatch: pytest.MonkeyPatch, read: Callable[..., object], statements: int, roles: tuple[str, ...]
) -> None:
    with world.database.read() as connection:
        first = read(connection, world.context(*roles), world.release)
        with watching(world, monkeypatch) as seen:
            assert read(connection, world.context(*roles), world.release) == first
    assert len(seen.texts) <= statements
    assert seen.built == 0


def test_the_actors_sets_are_one_parameter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Query("deal", ("name",), count="none")
    texts, pages = set(), []
    for user in (1, 2, 3):
        with world.database.read() as connection, watching(world, monkeypatch) as seen:
            pages.append(list_records(connection, world.context("lead", user=user), world.release, query))
        texts |= set(seen.texts)
    assert len(texts) == 1
    assert [len(page.rows) for page in pages] == [3, 1, 2]


def test_filters_that_differ_in_a_value_share_their_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.database.read() as connection, watching(world, monkeypatch) as seen:
        for amount in (1, 2, 3):
            query = Query("deal", ("name",), filter=f"amount > {amount}", count="none")
            list_records(connection, world.context("admin"), world.release, query)
    assert len(set(seen.texts)) == 1


def explained(world: World, query: Query, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the engine would find a page, where it has no better reason than the statement itself."""
    with world.database.read() as connection, watching(world, monkeypatch) as seen:
        list_records(connection, world.context("admin"), world.release, query)
        (text,), (parameters,) = seen.texts, seen.parameters
        if world.database.kind == "sqlite":
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)  # type: ignore[arg-type]
            return "\n".join(str(row[3]) for row in found)
        connection.exec_driver_sql("SET enable_seqscan = off")
        connection.exec_driver_sql("SET enable_sort = off")
        found = connection.exec_driver_sql(f"EXPLAIN {text}", parameters)  # type: ignore[arg-type]
        plan = "\n".join(str(row[0]) for row in found)
        connection.exec_driver_sql("RESET ALL")
        connection.exec_driver_sql("SET TIME ZONE 'UTC'")
        return plan


@pytest.mark.parametrize("descending", [False, True])
def test_a_page_in_the_order_of_an_index_is_not_sorted(
    world: World, monkeypatch: pytest.MonkeyPatch, descending: bool
) -> None:
    sort = (Sort("name", descending),)
    query = Query("account", ("name",), sort=sort, limit=2, count="none")
    first = explained(world, query, monkeypatch)
    with world.database.read() as connection:
        cursor = list_records(connection, world.context("admin"), world.release, query).next or ""
    following = explained(
        world, Query("account", ("name",), sort=sort, limit=2, cursor=cursor, count="none"), monkeypatch
    )
    for plan in (first, following):
        assert "name__sort" in plan
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan
    assert "Index Cond" in following or "SEARCH" in following


def steps(world: World, query: Query, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """How SQLite finds what each statement of a list asks for."""
    with world.database.read() as connection, watching(world, monkeypatch) as seen:
        list_records(connection, world.context("admin"), world.release, query)
        return [
            [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)]  # type: ignore[arg-type]
            for text, parameters in list(zip(seen.texts, seen.parameters, strict=True))
        ]


@pytest.mark.parametrize(
    ("query", "page", "count"),
    [
        # An index finds nothing here: the records are read as they lie, not in the order of some index.
        (Query("deal", ("name",), filter="days_open >= 0", sort=(Sort("amount"),), limit=1), "SCAN deal", "SCAN deal"),
        # Nor may the count take one of them, though the page has its order from it: none holds all that the filter reads.
        (
            Query("account", ("name",), filter='vip or contains(name, "a")', sort=(Sort("name"),), limit=1),
            "SCAN account USING INDEX",
            "SCAN account",
        ),
        # Where nothing but the index is needed, it is the shorter way.
        (Query("account", ("name",), sort=(Sort("name"),), limit=1), "SCAN account USING INDEX", "SCAN account USING"),
    ],
    ids=["not sorted by an index", "sorted by an index", "counted by an index"],
)
def test_sqlite_walks_an_index_only_where_that_helps(
    world: World, monkeypatch: pytest.MonkeyPatch, query: Query, page: str, count: str
) -> None:
    if world.database.kind != "sqlite":
        return
    found_page, found_count = steps(world, query, monkeypatch)
    for found, expected in ((found_page, page), (found_count, count)):
        (walk,) = [step for step in found if step.startswith("SCAN ") and "anon" not in step]
        assert walk == expected if " USING" not in expected else walk.startswith(expected)


def test_what_a_filter_reads_through_references_is_joined(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Query("deal", ("name",), filter='account.owner.name != "X" and account.name is set', limit=1)
    with world.database.read() as connection, watching(world, monkeypatch) as seen:
        list_records(connection, world.context("admin"), world.release, query)
    for text in seen.texts:
        assert text.count("JOIN") == 2
        assert text.count("SELECT") == 1 + ("count(*)" in text)
