"""Lists as objects made at once say the same as values that are written one by one, for fields of every type."""

from __future__ import annotations

import orjson
import pytest

from kith.api.calls import plain
from kith.api.encoding import converter, row_encoder
from kith.runtime.context import Actor, context_of
from kith.runtime.read import list_objects, list_records
from kith.runtime.read.query import Query
from kith.runtime.read.rows import Plainly
from tests.api.world import NOW, Desk

ACCOUNTS = (
    {"name": "Bare"},
    {
        "name": "Full", "phone": "138 0013 8000", "tags": ["a", "b"], "vip": True, "credit": "-0.05", "secret": "hush",
        "opened_on": "2026-01-31", "seen_at": "2026-01-31T01:00:00.000005Z", "place": {"city": "上海"},
    },
    {"name": "Owing", "credit": "-1234567.80"}, {"name": "Nothing", "credit": 0}, {"name": "Rich", "credit": "99999999999.99"},
)  # fmt: skip


@pytest.mark.parametrize("who", ["admin", "ann", "scribe"])
def test_objects_say_what_values_say(desk: Desk, who: str) -> None:
    first = None
    for account in ACCOUNTS:
        made = desk.make("account", owner=desk.users["ann"], parent=first, partners=[first] if first else [], **account)
        first = made["id"]
    release = desk.workspace.current()
    roles = frozenset({"admin": ["administrator"], "ann": ["rep"], "scribe": ["scribe"]}[who])
    context = context_of(
        Actor(desk.users[who], who, roles, record={"id": desk.users[who]}),
        NOW,
        language="en",
        time_zone="Asia/Shanghai",
    )
    plainly = Plainly(lambda type_: converter(type_, "(hidden)"), "(hidden)", release.tables.engine)
    own = ("created_at", "created_by", "updated_at", "updated_by")
    with desk.workspace.database.read() as connection:
        for entity in ("account", "user"):
            sent = desk.get(f"{entity}?limit=1", who).json().get("data")
            if not sent:
                continue
            fields = tuple(name for name in sent[0] if name not in ("id", "version", *own)) + own
            query = Query(entity, fields)
            page = list_records(connection, context, release, query)
            encode = row_encoder(page.columns, "(hidden)")
            expected = orjson.dumps([encode(row) for row in page.rows], default=plain, option=orjson.OPT_UTC_Z)
            objects = list_objects(connection, context, release, query, plainly)
            assert orjson.dumps(objects.rows, default=plain, option=orjson.OPT_UTC_Z) == expected
            assert len(objects.rows) > 1
