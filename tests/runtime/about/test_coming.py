"""A database of before the platform had activities and notes gets them by safe changes, also where the app had such entities."""

from __future__ import annotations

from dataclasses import replace

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Layer, Model
from kith.runtime.publishing import hooks
from kith.runtime.write.change import Saved
from tests.runtime.about.test_any_reference import DESK
from tests.runtime.write.shop_world import NOW, Shop

OURS = ("activity", "activities", "note")
OWN = """\
entity: note
title: "{what}"
fields:
  what: {type: text, required: true}
  person: {type: reference, to: person, inverse: notes}
"""


def before(layer: Layer, *, platform: bool, own: bool) -> Layer:
    """A layer as it was: the platform without what it brings now, the app without a word of it, or with a note of its own."""
    if layer.name == "platform":
        kept = {path: text for path, text in layer.documents.items() if not any(word in path for word in OURS)}
        return replace(layer, documents=kept if platform else layer.documents)
    lines = ("activities: true", "notes: true", "  note: ", "  activity: ")
    documents = {
        path: "\n".join(line for line in text.split("\n") if not line.startswith(lines))
        for path, text in layer.documents.items()
    }
    return replace(layer, documents={**documents, **({"entities/note.yaml": OWN} if own else {})})


def model(*, platform: bool, own: bool) -> Model:
    """The desk of before on the platform of before, or on today's."""
    found, problems = build([before(layer, platform=platform, own=own) for layer in load(DESK)[0]])
    assert found is not None, [problem.message() for problem in problems]
    return found


def test_an_older_database_gets_them_by_safe_changes(database_url: str) -> None:
    desk = Shop.of(database_url, model(platform=True, own=False))
    assert "activity" not in desk.release.model.entities
    plan = desk.workspace.plan(model(platform=False, own=False))
    assert {change.effect for change in plan.changes} == {"safe"}
    desk.release = desk.workspace.apply(plan)
    assert len(desk.workspace.plan(desk.release.model).changes) == 0
    assert desk.make("activity", {"subject": "Ring back"})
    desk.close()


def test_an_apps_own_entity_goes_on_as_it_was(database_url: str) -> None:
    desk = Shop.of(database_url, model(platform=True, own=True))
    ann = desk.make("person", {"name": "Ann"})
    note = desk.make("note", {"what": "written before", "person": ann})
    plan = desk.workspace.plan(model(platform=False, own=True))
    # Only what search finds its records by is looked at again.
    told = {change.effect: type(change).__name__ for change in plan.changes if change.effect != "safe"}
    assert told == {"backfill": "ChangeSearch"}
    desk.release = desk.workspace.apply(plan, hooks=hooks(lambda: NOW))
    assert len(desk.workspace.plan(desk.release.model).changes) == 0
    assert isinstance(desk.change("note", note, what="written since"), Saved)
    assert desk.make("note", {"what": "another"})
    assert desk.look("note", note, "what", "person", "about") == {"what": "written since", "person": ann, "about": None}
    desk.close()
