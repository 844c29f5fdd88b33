"""What becomes of files with their records: backup, erasure, copies for support, the doctor and the sweeper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kith.runtime.backup.restoring import restore
from kith.runtime.backup.saving import back_up
from kith.runtime.context import Context
from kith.runtime.database import open_database
from kith.runtime.doctor.examining import examine
from kith.runtime.doctor.findings import Visit
from kith.runtime.files.letting_go import sweep
from kith.runtime.privacy.compacting import compact
from kith.runtime.privacy.dossier import as_data, dossier
from kith.runtime.privacy.erasing import Asked, erase
from kith.runtime.privacy.support import copy_for_support
from kith.runtime.publishing import system_context
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace
from tests.api.world import NOW, Desk
from tests.runtime.files.making import PDF, chunk, png
from tests.runtime.files.world import fetched, studio, uploaded
from tests.runtime.privacy.canary import found_in_bytes
from tests.support import postgresql

MARK = b"kzvbqxjw"


@pytest.fixture
def own(request: pytest.FixtureRequest, database_url: str) -> Iterator[Desk]:
    """A studio of one test."""
    with studio(database_url) as opened:
        yield opened


@pytest.fixture
def alone(sqlite_url: str) -> Iterator[Desk]:
    """The same in a file."""
    with studio(sqlite_url) as opened:
        yield opened


def context(workspace: Workspace) -> Context:
    return system_context(workspace.current(), lambda: NOW)


def flaws(workspace: Workspace, *, repair: bool = False) -> list[str]:
    visit = Visit(workspace.database, workspace.current(), context(workspace), deep=True)
    found = {one.name: found for one, found in examine(visit, repair=repair)}
    return [one.en for one in found["files"].flaws]


def picture(mark: bytes) -> bytes:
    """A picture whose pixels are of one person."""
    return png()[:-12] + chunk(b"IDAT", mark * 1000) + png()[-12:]


def test_a_backup_carries_files_to_the_other_engine(own: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    data = bytes(range(256)) * 3000
    one, two = uploaded(own, b"RIFF\0\0\0\0WAVE" + data, "a.wav")["id"], uploaded(own, png(9, 9), "b.png")["id"]
    made = own.make("work", "admin", name="A", masked=uploaded(own, b"RIFF\0\0\0\0WAVE" + data, "a.wav", "admin")["id"])
    pending = {one, two}
    backup = io.BytesIO()
    back_up(own.workspace, backup, NOW)
    if own.workspace.database.kind == "postgresql":
        database = open_database(f"sqlite:///{tmp_path / 'there.db'}")
        restore(backup, database)
        assert_same(own, database.engine, made["masked"]["id"], pending)
        database.close()
        return
    with postgresql.fresh_schema(request.getfixturevalue("postgresql_server")) as url:
        database = open_database(url)
        restore(backup, database)
        assert_same(own, database.engine, made["masked"]["id"], pending)
        database.close()


def assert_same(own: Desk, engine: sa.Engine, id_: str, pending: set[str]) -> None:
    part = system.file_part.c
    with engine.connect() as connection, own.workspace.database.read() as here:
        wanted = sa.select(part.number, part.data).where(part.file == id_).order_by(part.number)
        assert [tuple(row) for row in connection.execute(wanted)] == [tuple(row) for row in here.execute(wanted)]
        assert {str(one) for one in connection.scalars(sa.select(system.file.c.id))} == {id_, *pending}


def test_not_a_byte_is_left_of_an_erased_person_s_files(own: Desk) -> None:
    old, new = uploaded(own, picture(MARK), "old.png")["id"], uploaded(own, picture(MARK), "new.png")["id"]
    made = own.make("work", "ann", name="Mirabel Quint", photo=old)["id"]
    assert own.ask("PATCH", f"work/{made}", "ann", {"photo": new}).status_code == 200
    named = uploaded(own, PDF + MARK, "contract of Mirabel Quint.pdf")["id"]
    papers = [uploaded(own, MARK, "Mirabel Quint.txt")["id"], uploaded(own, b"kept", "other.txt")["id"]]
    assert own.ask("PATCH", f"work/{made}", "ann", {"contract": named, "papers": papers}).status_code == 200
    other = uploaded(own, b"by Mirabel Quint " + MARK, "letter by Mirabel Quint.txt")["id"]
    stays = own.make("work", "ann", name="Somebody", papers=[other])["id"]
    assert found_in_bytes(own.workspace.database, [MARK, MARK.hex().encode()])
    told = dossier_of(own, made)
    assert {one["name"] for one in told["files"]} >= {"old.png", "new.png", "contract of Mirabel Quint.pdf"}
    database, release = own.workspace.database, own.workspace.current()
    certificate = database.run(
        lambda connection: erase(connection, context(own.workspace), release, Asked("work", (made,)))
    )
    compact(database, NOW)
    assert found_in_bytes(database, [MARK, MARK.hex().encode(), b"Mirabel"]) == {}
    assert certificate["counts"]["rows"]["file"] >= 2
    left = own.get(f"work/{made}").json()["data"]
    assert (left["photo"], left["contract"], [one["name"] for one in left["papers"]]) == (None, None, ["other.txt"])
    assert own.get(f"work/{stays}").json()["data"]["papers"] == []
    assert fetched(own, papers[1], "ann").content == b"kept"
    assert flaws(own.workspace) == []


def dossier_of(own: Desk, id_: str) -> dict[str, list[dict[str, str]]]:
    release = own.workspace.current()
    with own.workspace.database.read() as connection:
        found = dossier(connection, context(own.workspace), release, "work", id_)
    assert found is not None
    return as_data(release, found)


def test_a_copy_for_support_has_no_files(alone: Desk, tmp_path: Path) -> None:
    made = alone.make("work", "ann", name="A", photo=uploaded(alone, picture(MARK), f"{MARK.decode()}.png")["id"])
    alone.ask("PATCH", f"work/{made['id']}", "ann", {"papers": [uploaded(alone, MARK, f"{MARK.decode()}.txt")["id"]]})
    workspace = alone.workspace
    copy_for_support(workspace.database, context(workspace), workspace.current(), tmp_path / "copy.db")
    copy = Workspace.open(f"sqlite:///{tmp_path / 'copy.db'}")
    assert found_in_bytes(copy.database, [MARK]) == {}
    visit = Visit(copy.database, copy.current(), context(copy), deep=True)
    assert [flaw.en for one, found in examine(visit) if one.name != "engine" for flaw in found.flaws] == []
    copy.close()


def test_what_no_save_takes_goes_after_a_day(alone: Desk) -> None:
    waiting, held = uploaded(alone, b"waiting")["id"], uploaded(alone, b"held")["id"]
    alone.make("work", "ann", name="A", papers=[held])
    with alone.workspace.database.write() as connection:
        assert sweep(connection, NOW + timedelta(hours=23)) == 0
        assert sweep(connection, NOW + timedelta(hours=25)) == 1
        parts = [str(one) for one in connection.scalars(sa.select(system.file_part.c.file))]
    assert parts == [held]
    assert fetched(alone, waiting, "ann").status_code == 404


def test_the_doctor_finds_what_is_missing_changed_or_of_nobody_and_mends_the_last(alone: Desk) -> None:
    ids = [uploaded(alone, data, f"{number}.txt")["id"] for number, data in enumerate((b"one", b"two", b"three"))]
    alone.make("work", "ann", name="A", papers=ids)
    gone = uploaded(alone, b"gone")["id"]
    assert flaws(alone.workspace) == []
    file, part = system.file, system.file_part
    with alone.workspace.database.write() as connection:
        connection.execute(sa.update(part).where(part.c.file == ids[0]).values(data=b"eno"))
        connection.execute(sa.update(part).where(part.c.file == ids[1]).values(data=b"t"))
        connection.execute(sa.delete(file).where(file.c.id == ids[2]))
        connection.execute(sa.update(file).where(file.c.id == gone).values(entity="work", record=ids[0], field="photo"))
    told = flaws(alone.workspace)
    assert told == [
        "work.papers: 1 files that records name are not there",
        f"{ids[1]} (1.txt): bytes are missing",
        f"{ids[0]} (0.txt): its bytes are not those that were kept",
        f"{ids[1]} (1.txt): its bytes are not those that were kept",
        "1 portions of no file",
        "1 files of records of work that are not there",
    ]
    assert flaws(alone.workspace, repair=True) == told[:4]


def test_a_record_that_leaves_the_bin_for_good_takes_its_files_along(alone: Desk) -> None:
    scan, photo = uploaded(alone, png(), "scan.png")["id"], uploaded(alone, png(), "a.png")["id"]
    made = alone.make("work", "ann", name="A", photo=photo, pages=[{"number": 1, "scan": scan}])["id"]
    alone.ask("DELETE", f"work/{made}", "ann")
    database, release = alone.workspace.database, alone.workspace.current()
    database.run(lambda c: erase(c, context(alone.workspace), release, Asked("work", (made,), do="erase")))
    with database.read() as connection:
        assert connection.execute(sa.select(system.file)).all() == []
        assert connection.execute(sa.select(system.file_part)).all() == []
