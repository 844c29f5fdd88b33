"""Importing on pages: who may, which import an address names, and the way through its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.metadata.fields.files import FILES
from kith.metadata.model import Entity, Field
from kith.runtime.importing import drafts
from kith.runtime.importing.drafts import Draft
from kith.runtime.importing.plans import keys_of
from kith.runtime.read.reader import Reader
from kith.runtime.transfer.importing import may_name
from kith.runtime.transfer.mapping import ID, key_fields
from kith.web import addresses
from kith.web.requests import Stop, Visit, parameter
from kith.web.showing import inline
from kith.web.subject import Subject, entity_of
from kith.web.view import Choice, Link, Step

STEPS = ("file", "columns", "check", "result")


@dataclass(frozen=True, slots=True)
class Importing:
    """An import that an address names, and what its pages need to know."""

    subject: Subject
    draft: Draft

    @property
    def visit(self) -> Visit:
        """The request."""
        return self.subject.visit

    @property
    def entity(self) -> Entity:
        """The entity whose records come in."""
        return self.subject.entity

    def address(self, step: str) -> str:
        """A step of it."""
        return addresses.import_of(self.entity.name, self.draft.id, "" if step == "file" else step)

    def name(self, field: str) -> str:
        """What a field is called."""
        declared = self.entity.fields.get(field)
        return declared.label.in_(self.visit.language) if declared is not None else self.visit.texts("imports.id")

    def key(self, name: str) -> str:
        """What a key is called: its fields."""
        return " + ".join(self.name(one) for one in key_fields(self.entity, name))

    def finders(self) -> list[Choice]:
        """By what the reader may find records."""
        rights = self.subject.reader.rights[self.entity.name]
        found = [
            name
            for name in keys_of(self.entity)
            if all(one == ID or may_name(rights, one) for one in key_fields(self.entity, name))
        ]
        return [Choice(name, self.key(name)) for name in found]

    def frame(self, current: str) -> dict[str, object]:
        """What all its pages show: title, the way here, and the steps with links back."""
        subject = self.subject
        title = title_of(subject)
        return {
            "title": title,
            "crumbs": (*subject.crumbs, Link(title, addresses.import_of(self.entity.name))),
            "steps": steps(self.visit, self, current),
            "draft": self.draft,
            "here": self.address(current),
        }


def title_of(subject: Subject) -> str:
    """What the pages of an import are called."""
    visit = subject.visit
    return visit.texts("imports.title", name=inline(subject.entity.plural, visit.language))


def may_import(reader: Reader, entity: Entity) -> bool:
    """Whether the reader may bring in records."""
    rights = reader.rights[entity.name]
    return not rights.right("import").never and not all(rights.right(one).never for one in ("create", "update"))


def importing_of(visit: Visit) -> Importing:
    """The import that an address names; stops where it is nobody's of the reader, or he may not import any more."""
    subject = subject_of(visit)
    id_ = parameter(visit.request, "id")
    found = drafts.find(visit.connection, visit.context.actor.id, visit.release, subject.entity.name, id_)
    if found is None:
        raise Stop(404)
    return Importing(subject, found)


def subject_of(visit: Visit) -> Subject:
    """The entity into which something is brought in; stops where the reader may not."""
    subject = entity_of(visit)
    if not may_import(subject.reader, subject.entity):
        raise Stop(403, visit.texts("imports.may_not"))
    return subject


def steps(visit: Visit, found: Importing | None, current: str) -> list[Step]:
    """The steps; those that lie behind lead back, as long as nothing has been written."""
    at = STEPS.index(current)
    made = []
    for index, name in enumerate(STEPS):
        back = found is not None and index < at and not found.draft.run
        href = found.address(name) if found is not None and back else ""
        state = "done" if index < at else "current" if index == at else "todo"
        made.append(Step(visit.texts(f"imports.step.{name}"), state, href))
    return made


def fields_of(reader: Reader, entity: Entity) -> Sequence[Field]:
    """The fields that a file may feed."""
    rights = reader.rights[entity.name]
    return [
        one
        for one in entity.fields.values()
        if not one.is_computed
        and one.type_name not in FILES
        and one.type_name != "secret"
        and not all(rights.writing(one.name, action).never for action in ("create", "update"))
    ]
