"""A field of files that becomes another: what goes on, what is lost and who still has the files; and back again."""

from __future__ import annotations

import re
import shutil
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.metadata.fields.files import MEMBER
from kith.metadata.model import Field
from kith.rules.types import Type, set_of
from kith.runtime.applying.purging import kept_aside, purge_plan
from kith.runtime.converting.conversions import Conversion, conversion
from kith.runtime.doctor.examining import examine
from kith.runtime.doctor.findings import Visit
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema import system
from tests.api.world import NOW
from tests.runtime.files.world import STUDIO, fetched, studio, uploaded
from tests.runtime.models import field
from tests.support.worlds import built

PDF = {"id": "1", "name": "a.pdf", "type": "pdf", "size": 3}
PICTURE = {"id": "2", "name": "b.png", "type": "png", "size": 4}
PDF_TEXT, PICTURE_TEXT = "1/pdf/3/a.pdf", "2/png/4/b.png"


def made(type_name: str, **params: Any) -> Field:
    """A field of files."""
    type_ = set_of(MEMBER) if type_name == "files" else Type("record", entity=f":{type_name}")
    return field("f", type_name, type=type_, params=params)


@pytest.mark.parametrize(
    ("old", "new", "value", "becomes", "told"),
    [
        ("file", made("image"), PICTURE, PICTURE, ""),
        ("file", made("image"), PDF, None, "“a.pdf” is of a kind that is not accepted here (pdf)."),
        ("image", made("file"), PICTURE, PICTURE, ""),
        ("file", made("files"), PDF, frozenset({PDF_TEXT}), ""),
        ("files", made("file"), frozenset({PDF_TEXT}), PDF, ""),
        ("files", made("file"), frozenset({PDF_TEXT, PICTURE_TEXT}), PDF, "Only the first remains, not b.png."),
        ("files", made("files", accept=["pdf"]), frozenset({PDF_TEXT, PICTURE_TEXT}), frozenset({PDF_TEXT}), "b.png"),
    ],
)
def test_a_file_goes_on_where_its_kind_is_taken(old: str, new: Field, value: Any, becomes: Any, told: str) -> None:
    way = conversion(made(old), new, UTC, "en")
    assert isinstance(way, Conversion)
    found = way(value)
    assert found.value == becomes
    assert told in (found.loss.message("en") if found.loss is not None else "")


def test_files_go_on_with_their_field_and_outlive_the_columns_that_it_had(sqlite_url: str, tmp_path: Path) -> None:
    with studio(sqlite_url) as desk:
        paper = uploaded(desk, b"%PDF-1.7 of old", "a.pdf")["id"]
        made = desk.make("work", "ann", name="A", contract=paper)["id"]
        folder = tmp_path / "studio"
        shutil.copytree(STUDIO, folder)
        for name, before, after in (
            ("entities/work.yaml", "contract: {type: file", "contract: {type: files"),
            ("entities/work.yaml", "value: contract.size > 100000", "value: photo.size > 100000"),
            ("rules/signing.yaml", 'ends_with(contract.name, ".pdf") or contract.type == "txt"', "name is set"),
            ("rules/signing.yaml", "{contract.name}", "{name}"),
        ):
            text = (folder / name).read_text("utf-8")
            assert before in text
            (folder / name).write_text(text.replace(before, after), "utf-8")
        workspace = desk.workspace
        workspace.apply(workspace.plan(built(folder)), hooks=hooks(lambda: NOW))
        (one,) = desk.get(f"work/{made}", "ann").json()["data"]["contract"]
        assert (one["id"], one["name"]) == (paper, "a.pdf")
        assert fetched(desk, paper, "ann").status_code == 200
        assert fetched(desk, paper, "bob").status_code == 404
        assert desk.ask("PATCH", f"work/{made}", "ann", {"contract": []}).status_code == 200
        assert desk.ask("PATCH", f"work/{made}", "ann", {"contract": [paper]}).status_code == 200
        release = workspace.current()
        with workspace.database.read() as connection:
            aside = kept_aside(connection, release.names)
        assert {(one.field, bool(one.successor)) for one in aside} == {("contract", True)}
        workspace.apply(purge_plan(release, aside, aside), allow_loss=True)
        assert fetched(desk, paper, "ann").status_code == 200
        visit = Visit(workspace.database, workspace.current(), system_context(workspace.current(), lambda: NOW))
        assert {one.name: found.flaws for one, found in examine(visit)}["files"] == []


def test_what_a_field_held_goes_with_its_columns(sqlite_url: str, tmp_path: Path) -> None:
    with studio(sqlite_url) as desk:
        paper = uploaded(desk, b"%PDF-1.7 of old", "a.pdf", "admin")["id"]
        desk.make("work", "admin", name="A", secret=paper)
        folder = tmp_path / "studio"
        shutil.copytree(STUDIO, folder)
        for name in ("entities/work.yaml", "forms/work_main.yaml", "roles/rep.yaml"):
            text = (folder / name).read_text("utf-8")
            text = re.sub(r"\n  secret: .*", "", text).replace("secret: {}, ", "").replace("secret: none, ", "")
            (folder / name).write_text(text, "utf-8")
        workspace = desk.workspace
        workspace.apply(workspace.plan(built(folder)), hooks=hooks(lambda: NOW), allow_loss=True)
        assert fetched(desk, paper, "admin").status_code == 404
        with workspace.database.read() as connection:
            aside = kept_aside(connection, workspace.current().names)
            assert len(connection.execute(sa.select(system.file)).all()) == 1
        workspace.apply(purge_plan(workspace.current(), aside, aside), allow_loss=True)
        with workspace.database.read() as connection:
            assert connection.execute(sa.select(system.file)).all() == []
            assert connection.execute(sa.select(system.file_part)).all() == []
