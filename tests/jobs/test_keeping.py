"""How a computed field is kept may change with a release: what is stored from then on is worked out for all records."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.publishing import hooks
from kith.runtime.write.change import Change
from tests.jobs.club_world import FOLDER, Club, club_model, seen

KEPT, ASKED = 'value: "member.points * 2", keep: copy', 'value: "member.points * 2"'


def changed(folder: Path, document: str, old: str, new: str) -> Model:
    """The club with something else written in one of its documents."""
    shutil.copytree(FOLDER, folder)
    path = folder / document
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    model, problems = build(load(folder)[0])
    assert model is not None, [problem.message() for problem in problems]
    return model


def publish(club: Club, model: Model) -> None:
    """Make a model the current release."""
    club.workspace.apply(club.workspace.plan(model), hooks=hooks(club.time))


def weights(club: Club) -> list[int]:
    """What stands in the column of the notes' weights."""
    table = club.workspace.current().tables["note"]
    with club.workspace.database.read() as connection:
        return list(connection.scalars(sa.select(table.columns["weight"].value).order_by(table.id)))


def test_a_copy_that_is_none_any_more_is_worked_out_by_whoever_asks(club: Club, tmp_path: Path) -> None:
    ann = club.member("Ann", points=5)
    note = club.save(Change("create", "note", None, {"member": ann, "what": "here"}))
    model = changed(tmp_path / "club", "entities/note.yaml", KEPT, ASKED)
    plan = club.workspace.plan(model)
    assert "weight" in plan.as_text()
    publish(club, model)
    assert club.workspace.plan(model).is_empty
    club.save(Change("update", "member", ann, {"points": 6}))
    assert seen(club, note).values["weight"] == 12
    assert not [job for job in club.jobs("copy") if "weight" in job.payload["fields"]]


def test_what_becomes_a_copy_is_stored_for_all_records(club: Club, tmp_path: Path) -> None:
    plain = changed(tmp_path / "club", "entities/note.yaml", KEPT, ASKED)
    publish(club, plain)
    ann = club.member("Ann", points=5)
    for what in ("one", "two"):
        club.save(Change("create", "note", None, {"member": ann, "what": what}))
    plan = club.workspace.plan(club_model())
    assert not plan.is_refused
    publish(club, club_model())
    assert club.workspace.plan(club_model()).is_empty
    assert weights(club) == [10, 10]


def test_copies_of_what_a_release_computes_otherwise_follow_it(club: Club, tmp_path: Path) -> None:
    ann = club.member("Ann", points=5)
    club.save(Change("create", "note", None, {"member": ann, "what": "here"}))
    assert seen(club, club.note_ids()[0]).values["rank"] == 50
    model = changed(tmp_path / "club", "entities/member.yaml", "value: points * 10", "value: points * 100")
    publish(club, model)
    assert seen(club, club.note_ids()[0]).values["rank"] == 500
