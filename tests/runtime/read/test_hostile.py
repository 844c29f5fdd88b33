"""Whatever is sent, the gate answers or refuses in words: nothing reaches the database that could break a statement."""

from __future__ import annotations

import pytest

from kith.runtime.read import aggregate, get_record, history, list_records, search
from kith.runtime.read.query import AggregateQuery, BadQuery, Denied, Group, Query, Sort
from tests.runtime.read.world import World, id_of

FILTERS = [
    'name == "\x00"', 'name == "\ud800"', " or ".join(f'name == "{number}"' for number in range(900)),
    " or ".join(f"amount == {number}" for number in range(50)), f"name in [{','.join(map(repr, range(1_500)))}]",
    "name in [" + ",".join(f'"{number}"' for number in range(1_500)) + "]", "(" * 60 + "amount > 1" + ")" * 60,
    "amount * 99999999999 * 9999999999 > 1", "amount * 999999999999999 == 1", "amount * amount * amount == 1",
    "sum(lines.quantity) * 999999999999999 > 1", "not " * 50 + "(amount > 1)", "account." * 20 + 'name == "x"',
    "length(name + name) > 5", "amount / 0 == 1", "mod(amount, 0) is set", "opened_on + 999999d > today()",
    "name == \"'; DROP TABLE deal; --\"", 'name == "%s %(x)s :y ? $1"', "1 == 1) or (1 == 1", "id == null", "me == owner",
    "account.owner.team.parent.name == owner.team.name", "any(account.deals where any(lines where true))", "",
]  # fmt: skip
TEXTS = [
    "\x00", "\ud800", "'", '"', "; DROP TABLE deal", "%", "$title", "deal.name", "ｄｅａｌ", "x" * 100_000, "张" * 10_000, "*",
    "()", "🙂",
]  # fmt: skip


def attempt(read: object) -> None:
    try:
        read()  # type: ignore[operator]
    except (BadQuery, Denied) as refused:
        assert 0 < len(refused.message) < 120_000  # noqa: PT017


@pytest.mark.parametrize("filter_", FILTERS, ids=range(len(FILTERS)))
def test_filters(world: World, filter_: str) -> None:
    with world.database.read() as connection:
        context = world.context("viewer", "closer")
        attempt(lambda: list_records(connection, context, world.release, Query("deal", ("name",), filter=filter_)))
        asked = AggregateQuery("deal", (Group("g", filter_),), {"n": f"count(where {filter_})"}, filter_)
        attempt(lambda: aggregate(connection, context, world.release, asked))
        assert list_records(connection, context, world.release, Query("deal", ("name",))).count == 5


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts(world: World, text: str) -> None:
    queries = [
        Query(text, ("name",)), Query("deal", (text,)), Query("deal", ("name",), sort=(Sort(text),)),
        Query("deal", ("name",), view=text), Query("deal", ("name",), segment=text), Query("deal", ("name",), search=text),
        Query("deal", ("name",), cursor=text), Query("deal", ("name",), related_to=("account", text)),
        Query("deal", ("name",), related_to=(text, id_of("deal", 1))),
    ]  # fmt: skip
    with world.database.read() as connection:
        context, release = world.context("viewer"), world.release
        for query in queries:
            attempt(lambda q=query: list_records(connection, context, release, q))
        measures = AggregateQuery("deal", (Group(text, "stage"),), {text + "x": "count()"}, sort=(Sort(text),))
        attempt(lambda: aggregate(connection, context, release, measures))
        attempt(lambda: search(connection, context, release, text))
        attempt(lambda: get_record(connection, context, release, "deal", text))
        attempt(lambda: history(connection, context, release, "deal", text))
        assert list_records(connection, context, release, Query("deal", ("name",))).count == 5
