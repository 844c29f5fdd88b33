"""Every role of the shipped apps opens every list, record and view, or is told why not; on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.context import Actor, Context, context_of
from kith.runtime.database import open_database
from kith.runtime.read import aggregate, get_record, list_records, search
from kith.runtime.read.ordering import MOST_KEYS
from kith.runtime.read.query import AggregateQuery, Denied, Group, Query, Sort
from kith.runtime.read.reader import reader_of
from kith.runtime.read.scopes import ReaderScope
from kith.runtime.release import make_release
from kith.runtime.schema.install import install
from kith.runtime.schema.names import Names, named
from tests.house.files import ROOT
from tests.runtime.read.world import World
from tests.support import postgresql

ME = "01890000-0000-7000-8000-000000000001"
APPS = ("retail_crm", "b2b_crm")


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    found = {}
    for app in APPS:
        layers, _ = load(ROOT / "apps" / app)
        model, problems = build(layers)
        assert model is not None, [problem.message() for problem in problems]
        found[app] = model
    return found


@pytest.fixture(scope="module", params=[(app, kind) for app in APPS for kind in ("sqlite", "postgresql")], ids="-".join)
def app(
    request: pytest.FixtureRequest, models: dict[str, Model], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    name, kind = request.param
    if kind == "sqlite":
        yield from _opened(models[name], f"sqlite:///{tmp_path_factory.mktemp(name) / 'kith.db'}")
    else:
        with postgresql.fresh_schema(request.getfixturevalue("postgresql_server")) as url:
            yield from _opened(models[name], url)


def _opened(model: Model, url: str) -> Iterator[World]:
    database = open_database(url)
    install(database)
    release = make_release(1, model, named(model, Names()), database.facts)
    with database.write() as connection:
        release.tables.metadata.create_all(connection)
    yield World(database, release)
    database.close()


def contexts(world: World) -> Iterator[Context]:
    for role in world.release.model.roles:
        record = {"id": ME, "name": "Me", "team": ME, "teams_below": frozenset({ME})}
        actor = Actor(ME, "Me", frozenset({role}), record=record)
        yield context_of(actor, datetime(2026, 11, 22, tzinfo=UTC), language="zh-CN", time_zone="Asia/Shanghai")


def test_every_role_lists_filters_sorts_and_counts_all_that_it_may_read(app: World) -> None:
    with app.database.read() as connection:
        for context in contexts(app):
            reader = reader_of(context, app.release)
            for entity in filter(reader.may_read, app.release.model.entities):
                scope = ReaderScope(reader, entity, near=True)
                fields = [name for name in app.release.model.entities[entity].fields if scope.name(name)]
                plain = [name for name in fields if app.release.model.entities[entity].fields[name].type.kind != "set"]
                condition = " or ".join(f"{name} is set" for name in fields) or "id is set"
                page = list_records(
                    connection, context, app.release, Query(entity, (*fields, "$title"), filter=condition, search="x")
                )
                assert page.rows == []
                for start in range(0, len(plain) if context.actor.roles == {"administrator"} else 0, MOST_KEYS):
                    sort = tuple(map(Sort, plain[start : start + MOST_KEYS]))
                    list_records(connection, context, app.release, Query(entity, ("id",), sort=sort, count="none"))
                query = AggregateQuery(entity, (Group("g", plain[0]),) if plain else (), {"n": "count()"})
                assert len(aggregate(connection, context, app.release, query)) <= 1
                assert get_record(connection, context, app.release, entity, ME) is None
            assert search(connection, context, app.release, "x") == []


def refusal(read: Callable[[], object]) -> str:
    try:
        read()
    except Denied as refused:
        return refused.message
    return ""


def test_every_role_opens_every_view_or_is_told_why_not(app: World) -> None:
    with app.database.read() as connection:
        for context in contexts(app):
            for view in app.release.model.views.values():
                fields = ("id", *(column.path for column in view.columns))
                sort = tuple(Sort(key.path, key.descending) for key in view.sort)
                query = Query(view.of, ("id",), view=view.name, count="none")
                if "administrator" in context.actor.roles:
                    query = Query(view.of, fields, view=view.name, sort=sort)
                said = refusal(partial(list_records, connection, context, app.release, query))
                hidden = not reader_of(context, app.release).may_read(view.of)
                assert not said or hidden or view.label.in_("zh-CN") in said
