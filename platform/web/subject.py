"""The record that a request is about, found under the reader's rights, and what all its pages need to know of it."""

from __future__ import annotations

from dataclasses import dataclass

from kith.metadata.model import Entity
from kith.runtime.read import get_record
from kith.runtime.read.query import RecordView
from kith.runtime.read.reader import Reader, reader_of
from kith.web import addresses
from kith.web.outline import Outline, outline_of
from kith.web.requests import Stop, Visit, parameter
from kith.web.shell import icon_of
from kith.web.showing import Reader as Showing
from kith.web.view import Link


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity, and perhaps one record of it, as a request's address names them."""

    visit: Visit
    reader: Reader
    entity: Entity
    outline: Outline
    view: RecordView | None = None

    @property
    def record(self) -> RecordView:
        """The record; only where the address names one."""
        if self.view is None:
            raise Stop(404)
        return self.view

    @property
    def showing(self) -> Showing:
        """How the reader reads."""
        return Showing(self.visit.model, self.visit.texts, str(self.visit.context.reader_zone))

    @property
    def label(self) -> str:
        """What the entity is called."""
        return self.entity.label.in_(self.visit.language)

    @property
    def icon(self) -> str:
        """The icon of its records."""
        return icon_of(self.entity)

    @property
    def address(self) -> str:
        """The record's page."""
        return addresses.record_of(self.entity.name, self.record.id)

    @property
    def crumbs(self) -> tuple[Link, ...]:
        """The way to a page about the record."""
        plural = self.entity.plural.in_(self.visit.language)
        way = (Link(plural, addresses.list_of(self.entity.name)),)
        return way if self.view is None else (*way, Link(self.view.title, self.address))

    def may(self, action: str) -> bool:
        """Whether the reader may do something with the record."""
        return self.view is not None and action in self.view.can


def entity_of(visit: Visit) -> Subject:
    """The entity that an address names; stops where the reader may not see its records."""
    name = parameter(visit.request, "entity")
    reader = reader_of(visit.context, visit.release)
    if name not in visit.model.entities or not reader.may_read(name):
        raise Stop(404)
    return Subject(visit, reader, visit.model.entities[name], outline_of(reader, name))


def record_of(visit: Visit, *, deleted: bool = False) -> Subject:
    """The record that an address names, with `deleted` also one in the recycle bin; stops where there is none."""
    found = entity_of(visit)
    id_ = parameter(visit.request, "id")
    view = get_record(visit.connection, visit.context, visit.release, found.entity.name, id_, deleted=deleted)
    if view is None:
        raise Stop(404)
    return Subject(visit, found.reader, found.entity, found.outline, view)
