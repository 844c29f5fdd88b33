"""A backup restored into the other engine is the same workspace: every row, what is kept aside, and what follows from both."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.backup import (
    BeingApplied,
    Damaged,
    NotEmpty,
    Unreadable,
    back_up,
    contents_of,
    restore,
    verify,
)
from kith.runtime.clock import system_clock
from kith.runtime.database import open_database
from kith.runtime.doctor import Visit, examine
from kith.runtime.publishing import system_context
from kith.runtime.schema.system import progress, session
from kith.runtime.workspace import NoRelease, Workspace
from kith.runtime.write.folding import fold
from tests.jobs.club_world import Club
from tests.runtime.rolling.world import FIRST, ITEM, SECOND, World
from tests.support import postgresql
from tests.support.worlds import app_document

pytestmark = pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
EVERYTHING = """\
entity: piece
label: Piece
plural: Pieces
title: "{name}"
keys: {code: [code]}
fields:
  name: {type: text, required: true, search: true, label: Name}
  code: {type: text, unique: folded, label: Code}
  number: {type: autonumber, pattern: "P-{seq:04}", label: Number}
  many: {type: integer, label: Many}
  exact: {type: decimal, scale: 3, label: Exact}
  price: {type: money, currency_field: currency, label: Price}
  currency: {type: currency, label: Currency}
  part: {type: percent, label: Part}
  yes: {type: boolean, label: Yes}
  day: {type: date, label: Day}
  moment: {type: datetime, label: Moment}
  hour: {type: time, label: Hour}
  lasts: {type: duration, label: Lasts}
  data: {type: json, label: Data}
  look: {type: choice, label: Look, options: {red: {label: Red}, blue: {label: Blue}}}
  looks: {type: choices, label: Looks, options: {red: {label: Red}, blue: {label: Blue}}}
  tags: {type: tags, label: Tags}
  stay: {type: date_range, label: Stay}
  home: {type: address, label: Home}
  person: {type: person_name, label: Person}
  of: {type: reference, to: piece, inverse: pieces, label: Of}
  double: {type: formula, value: exact * 2, label: Double}
  days: {type: formula, value: "days_between(day, today())", label: Days}
  parts: {type: rollup, value: count(pieces), label: Parts}
  mean: {type: rollup, value: avg(pieces.exact), label: Mean}
"""
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
VALUES: Mapping[str, Any] = {
    "code": "Straße", "many": -7, "exact": "-0.125", "price": "99.90", "currency": "CNY", "part": "12.5", "yes": True,
    "day": "2024-02-29", "moment": "2026-03-29T01:30:00.000001Z", "hour": "23:59", "lasts": "PT90M",
    "data": {"b": [1, 2.5, None, "x\\n"], "a": {}}, "look": "red", "looks": ["red", "blue"], "tags": ["a,b", "标签"],
    "stay": {"start": "2026-01-01", "end": "2026-01-31"}, "home": {"country": "DE", "city": "Köln"},
    "person": {"family": "王", "given": "小明"},
}  # fmt: skip


def saved(workspace: Workspace) -> io.BytesIO:
    """A backup."""
    out = io.BytesIO()
    contents = back_up(workspace, out, system_clock())
    assert verify(out) == contents
    return out


@contextmanager
def target(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'restored.db'}"
    else:
        with postgresql.fresh_schema(request.getfixturevalue("postgresql_server")) as url:
            yield url


def rows(backup: io.BytesIO) -> dict[str, list[Any]]:
    """What is in a backup, whatever order it came in."""
    found = {}
    with zipfile.ZipFile(backup) as archive:
        for member in contents_of(backup).members:
            columns = [column.name for column in member.table.columns]
            kinds = [column.kind for column in member.table.columns]
            lines = archive.read(f"tables/{member.table.name}.jsonl").splitlines()
            found[member.table.name] = sorted(
                json.dumps(
                    [
                        [name, json.loads(value) if kind == "json" and value is not None else value]
                        for name, kind, value in zip(columns, kinds, json.loads(line), strict=True)
                    ],
                    sort_keys=True,
                )
                for line in lines
            )
    return found


def flaws(workspace: Workspace) -> list[str]:
    """What the doctor finds."""
    release = workspace.current()
    visit = Visit(workspace.database, release, system_context(release, workspace.clock), deep=True)
    found = [one.en for _, found in examine(visit) for one in found.flaws]
    return [one for one in found if not one.startswith("fsync")]


def brought(backup: io.BytesIO, url: str) -> Workspace:
    """A workspace that a backup was restored into."""
    database = open_database(url)
    restore(backup, database)
    database.close()
    return Workspace.open(url)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    yield from worlds(database_url, tmp_path)


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    yield from worlds(sqlite_url, tmp_path)


def worlds(url: str, folder: Path) -> Iterator[World]:
    """A shop without a release."""
    (folder / "shop").mkdir()
    made = World(folder / "shop", Workspace.open(url))
    yield made
    made.workspace.close()


def test_every_type_of_value_comes_back_on_the_other_engine(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world.publish({"app.yaml": app_document("shop", "piece"), "entities/piece.yaml": EVERYTHING})
    first = world.save("piece", name="First", **VALUES)
    world.save("piece", name="Second", exact="1.005", of=first)
    world.save("piece", first, many=8)
    backup = saved(world.workspace)
    with target(OTHER[world.workspace.database.kind], tmp_path, request) as url:
        workspace = brought(backup, url)
        there = World(world.folder, workspace)
        assert there.records("piece") == world.records("piece")
        assert rows(saved(workspace)) == rows(backup)
        assert flaws(workspace) == []
        there.save("piece", name="Third", of=first)
        assert there.records("piece")["Third"]["number"] == "P-0003"
        assert there.records("piece")["First"]["parts"] == 2
        workspace.close()


def test_what_is_kept_aside_comes_back_and_can_be_gone_back_to(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world.publish(FIRST)
    item = world.save("item", name="Cup", size="12", weight="1.50", tags=["a", "b"], look="red")
    world.save("visit", what="Looked", item=item)
    before = world.checksums()
    world.publish(SECOND)
    with target(OTHER[world.workspace.database.kind], tmp_path, request) as url:
        workspace = brought(saved(world.workspace), url)
        assert flaws(workspace) == []
        there = World(world.folder, workspace)
        there.back()
        assert there.checksums() == before
        assert flaws(workspace) == []
        workspace.close()


def test_jobs_and_sums_that_wait_go_on_where_they_were(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    club = Club.open(database_url)
    member = club.member("Ann")
    club.save(club_visit(member, "12.34"))
    club.workspace.database.close()
    backup = saved(club.workspace)
    with target(OTHER[club.workspace.database.kind], tmp_path, request) as url:
        workspace = brought(backup, url)
        there = Club(workspace, club.time)
        context = system_context(workspace.current(), club.time)
        workspace.database.run(lambda connection: fold(connection, context, workspace.current()))
        assert str(there.look(member, "spent")["spent"]) == "12.34"
        workspace.close()
    club.workspace.close()


def club_visit(member: str, spent: str) -> Any:
    """A visit whose amount waits."""
    from kith.runtime.write.change import Change

    return Change("create", "visit", None, {"member": member, "spent": spent})


def test_a_backup_is_of_one_moment_while_others_write(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world.publish({"app.yaml": app_document("shop", "piece"), "entities/piece.yaml": EVERYTHING})
    first, over = world.save("piece", name="First"), threading.Event()
    made: list[str] = []

    def write() -> None:
        while not over.is_set():
            made.append(world.save("piece", name=f"Piece {len(made)}", of=first))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(made) < 5:
            over.wait(0.01)
        before = len(made)
        backup = saved(world.workspace)
        assert len(made) > before or world.workspace.database.kind == "postgresql"
    finally:
        over.set()
        writer.join()
    with target("sqlite", tmp_path, request) as url:
        workspace = brought(backup, url)
        there = World(world.folder, workspace).records("piece")
        assert before < len(there) <= len(made) + 1
        assert there["First"]["parts"] == len(there) - 1
        assert flaws(workspace) == []
        workspace.close()


def test_who_is_signed_in_is_not_in_a_backup(small: World) -> None:
    small.publish(FIRST)
    assert session.name not in {member.table.name for member in contents_of(saved(small.workspace)).members}


def test_nothing_is_backed_up_while_a_release_is_on_its_way(small: World) -> None:
    with pytest.raises(NoRelease):
        saved(small.workspace)
    small.publish(FIRST)
    with small.workspace.database.write() as connection:
        connection.execute(sa.update(progress).values(state="running"))
    with pytest.raises(BeingApplied):
        saved(small.workspace)


def test_a_backup_is_restored_into_an_empty_database_only(small: World) -> None:
    small.publish(FIRST)
    before = small.checksums()
    with pytest.raises(NotEmpty):
        restore(saved(small.workspace), small.workspace.database)
    assert small.checksums() == before


def damaged(backup: io.BytesIO, what: str) -> io.BytesIO:
    """The same with something changed, as a whole zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if what == "value" and name == "tables/item.jsonl":
                text = text.replace(b"Cup", b"Mug")
            if what == "row" and name == "tables/item.jsonl":
                text = text[: text.index(b"\n") + 1]
            if what == "newer" and name == "contents.json":
                text = text.replace(b'"format": 2', b'"format": 99')
            if what != "table" or name != "tables/item.jsonl":
                new.writestr(name, text)
    return out


@pytest.mark.parametrize(
    ("what", "error"),
    [("value", Damaged), ("row", Damaged), ("table", Damaged), ("newer", Unreadable), ("cut", Unreadable)],
)
def test_a_damaged_backup_is_told_and_leaves_an_empty_database(
    small: World, what: str, error: type[Exception], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    small.publish(FIRST)
    small.save("item", name="Cup")
    small.save("item", name="Can")
    whole = saved(small.workspace)
    backup = io.BytesIO(whole.getvalue()[:-100]) if what == "cut" else damaged(whole, what)
    with pytest.raises(error):
        verify(backup)
    with target(small.workspace.database.kind, tmp_path, request) as url:
        database = open_database(url)
        with pytest.raises(error):
            restore(backup, database)
        with database.read() as connection:
            assert sa.inspect(connection).get_table_names() == []
        restore(whole, database)
        database.close()


def test_a_table_that_was_removed_comes_back_with_its_keys(
    small: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    keyed = ITEM.replace("fields:\n", "keys: {name: [name]}\nfields:\n", 1)
    small.publish({**FIRST, "entities/item.yaml": keyed})
    small.save("item", name="Cup", tags=["a"])
    before = small.checksums()
    visit = "entity: visit\nlabel: Visit\nplural: Visits\ntitle: '{what}'\nfields:\n  what: {type: text, label: What}\n"
    small.publish({"app.yaml": app_document("shop", "visit"), "entities/visit.yaml": visit})
    with target("postgresql", tmp_path, request) as url:
        workspace = brought(saved(small.workspace), url)
        there = World(small.folder, workspace)
        there.back()
        assert there.checksums() == before
        assert flaws(workspace) == []
        workspace.close()
