"""Every field type that people write: what goes in comes back, from the record and from its history, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kith.metadata.fields import FIELD_TYPES
from kith.metadata.model import Model
from kith.runtime.coerce.composed import ADDRESS
from kith.runtime.context import SYSTEM, Context
from kith.runtime.read.histories import history
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import BadQuery, Query, Reference, Sort
from kith.runtime.read.records import get_record
from kith.runtime.transfer.exporting import run_export
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.metadata.example import write
from tests.support.worlds import built

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(SYSTEM, datetime(2026, 11, 22, 4, 0, tzinfo=UTC), "en", ZONE, ZONE)
OF_KITH = frozenset({"autonumber", "formula", "rollup", "lookup"})
LINKS = frozenset({"reference", "references", "any_reference", "user", "users", "team", "file", "files", "image"})
"""Types of links and of files, which have tests of their own."""
VALUES: Mapping[str, tuple[object, object, object]] = {
    "text": (" a  b ", "a  b", None),
    "long_text": ("a\r\nb", "a\nb", None),
    "markdown": ("# a", "# a", None),
    "email": ("A@X.org", "A@x.org", None),
    "phone": ("138 0013 8000", "+8613800138000", None),
    "url": ("example.com/x", "https://example.com/x", None),
    "person_name": ("王小明", {"family": "王", "given": "小明"}, None),
    "address": ({"city": "上海"}, dict.fromkeys(ADDRESS) | {"city": "上海"}, None),
    "country": ("CN", "CN", None),
    "language": ("zh-CN", "zh-CN", None),
    "currency": ("EUR", "EUR", None),
    "time_zone": ("Asia/Shanghai", "Asia/Shanghai", None),
    "external_id": ("0017", "0017", None),
    "json": ({"a": [1, 2.5, None], "b": {"c": "x"}}, {"a": [1, 2.5, None], "b": {"c": "x"}}, None),
    "integer": ("17", 17, None),
    "decimal": ("1.005", Decimal("1.01"), None),
    "money": ("1.005", Decimal("1.01"), None),
    "percent": ("15%", Decimal("0.150000"), None),
    "boolean": (True, True, None),
    "date": ("2024-02-29", date(2024, 2, 29), None),
    "datetime": ("2026-01-31T09:00", datetime(2026, 1, 31, 1, tzinfo=UTC), None),
    "time": ("9:05", time(9, 5), None),
    "duration": ("P1DT2H", timedelta(days=1, hours=2), None),
    "date_range": ("2026-01-01/2026-01-31", {"start": date(2026, 1, 1), "end": date(2026, 1, 31)}, None),
    "choice": ("b", "b", None),
    "choices": (["b", "a"], ("a", "b"), ()),
    "tags": (["b", "a"], ("a", "b"), ()),
}  # fmt: skip
"""For each type what is sent, what it becomes, and what it is when it is emptied."""


def type_model(folder: Path) -> Model:
    """An app whose one entity has a field of each type, called as the type."""
    options = ", options: {a: {}, b: {}}"
    fields = [
        f"  {name}: {{type: {name}{options if name.startswith('choice') else ', region: CN' if name == 'phone' else ''}}}"
        for name in VALUES
    ]
    number = '  number: {type: autonumber, pattern: "G{year}-{seq}", start: 17}'
    text = "\n".join(["entity: thing", 'title: "{text}"', "fields:", *fields, number, ""])
    app = "app: types\nversion: 1.0.0\ntitle: Types\nlanguages: [en]\ntime_zone: Asia/Shanghai\ncurrency: CNY\n"
    return built(write(folder, {"app.yaml": app, "entities/thing.yaml": text}))


@pytest.fixture
def things(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of the app of types."""
    workspace = Workspace.open(database_url)
    workspace.apply(workspace.plan(type_model(tmp_path / "types")))
    yield workspace
    workspace.close()


def kept(workspace: Workspace, change: Change) -> tuple[Mapping[str, object], Mapping[str, tuple[object, object]]]:
    """What the record holds after a change, and what its history says of that."""
    release = workspace.current()
    done = save(workspace.database, CONTEXT, release, change, Cause("api"))
    assert isinstance(done, Saved), done
    with workspace.database.read() as connection:
        record = get_record(connection, CONTEXT, release, "thing", done.id)
        assert record is not None
        latest = history(connection, CONTEXT, release, "thing", done.id)[0].changes
    values = {
        name: tuple(sorted(value)) if isinstance(value, frozenset) else value for name, value in record.values.items()
    }
    return values | {"id": done.id}, {name: (old, new) for name, (old, new) in latest.items()}


def test_no_type_that_people_write_is_left_out() -> None:
    assert set(VALUES) == set(FIELD_TYPES) - OF_KITH - LINKS


def test_a_value_of_every_type_comes_back_as_it_was_meant(things: Workspace) -> None:
    sent = {name: raw for name, (raw, _, _) in VALUES.items()}
    read, told = kept(things, Change("create", "thing", None, sent))
    expected = {name: value for name, (_, value, _) in VALUES.items()}
    assert {name: read[name] for name in VALUES} == expected
    assert {name: new for name, (_, new) in told.items()} == expected | {"number": "G2026-17"}
    read, told = kept(things, Change("update", "thing", str(read["id"]), dict.fromkeys(VALUES)))
    empty = {name: value for name, (_, _, value) in VALUES.items()}
    assert {name: read[name] for name in VALUES} == empty
    assert {name: old for name, (old, _) in told.items()} == expected
    assert not any(isinstance(value, Reference) for value in read.values())


def test_lists_are_sorted_by_what_has_an_order_on_both_databases(things: Workspace) -> None:
    kept(things, Change("create", "thing", None, {name: raw for name, (raw, _, _) in VALUES.items()}))
    kept(things, Change("create", "thing", None, {}))
    refused = []
    with things.database.read() as connection:
        for name in VALUES:
            query = Query("thing", ("id",), sort=(Sort(name),), limit=1)
            try:
                first = list_records(connection, CONTEXT, things.current(), query)
            except BadQuery:
                refused.append(name)
                continue
            rest = list_records(connection, CONTEXT, things.current(), replace(query, cursor=first.next or ""))
            assert len(first.rows) == len(rest.rows) == 1, name
    assert refused == ["json", "choices", "tags"]


TAGS = ["a, b", "=1; 2", '"whole"', '5" x', "甲、乙", "plain"]
PLAIN = (
    {"family": "van der Berg", "given": "A"},
    {"city": "上海", "country": "CN"},
    {"end": "2026-01-31"},
    ["a", {"b": 1}],
)


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_what_is_exported_is_what_an_import_reads(things: Workspace, tmp_path: Path, kind: str) -> None:
    kept(things, Change("create", "thing", None, {name: raw for name, (raw, _, _) in VALUES.items()}))
    others = dict(zip(("person_name", "address", "date_range", "json"), PLAIN, strict=True))
    kept(things, Change("create", "thing", None, {"text": "=1+1", "duration": "-90min", "tags": TAGS, **others}))
    path, release = tmp_path / f"things.{kind}", things.current()
    with things.database.read() as connection:
        run_export(connection, CONTEXT, release, "thing", path)
    done = run_import(things.database, CONTEXT, release, Order("thing", path, errors=tmp_path / "errors.csv"))
    assert done.failed == 0, (tmp_path / "errors.csv").read_text(encoding="utf-8")
    assert (done.counts["thing"].unchanged, done.counts["thing"].updated) == (2, 0)
