"""One request for a list: what its address asks for, and what its reader may have of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kith.metadata.model import Entity, NamedAction, View
from kith.runtime.read.query import Sort
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.saved_views import SavedView, saved_views
from kith.web import bulk, filters
from kith.web.columns import ListColumn, possible_columns, with_parts
from kith.web.listing import Asked, Views, columns_for, order_of, views_of
from kith.web.requests import Stop, Visit, parameter
from kith.web.showing import Reader as Showing


@dataclass(frozen=True, slots=True)
class Listing:
    """One request for a list."""

    visit: Visit
    reader: Reader
    entity: Entity
    asked: Asked
    views: Views
    view: View | None
    saved: Sequence[SavedView] = ()
    """What the reader has kept of it, and what others share."""

    @property
    def kept(self) -> SavedView | None:
        """The kept view that it began from."""
        return next((one for one in self.saved if one.id == self.asked.saved), None)

    @property
    def showing(self) -> Showing:
        """How the reader reads."""
        return showing_of(self.visit)

    @property
    def columns(self) -> tuple[ListColumn, ...]:
        """The columns of the list."""
        return columns_for(self.reader, self.asked, self.view, self.visit.texts)

    @property
    def order(self) -> tuple[Sort, ...]:
        """The order of the list."""
        return order_of(self.reader, self.asked, self.view, self.visit.texts)

    @property
    def actions(self) -> list[NamedAction]:
        """The named actions that the reader may carry out on some record."""
        rights = self.reader.rights[self.entity.name]
        return [one for one in self.entity.actions.values() if not rights.named(one.name).never]

    @property
    def has_bulk(self) -> bool:
        """Whether the reader may do anything with several records at once."""
        reader, entity = self.reader, self.entity
        return bool(self.actions) or bulk.may_delete(reader, entity) or bool(bulk.editable(reader, entity))

    @property
    def matching(self) -> list[tuple[str, str]]:
        """What the page of something done with all that match is sent, so that it finds them."""
        view = self.view.name if self.view else ""
        found = [(bulk.VIEW, view), (bulk.FILTER, self.asked.filter), (bulk.SEARCH, self.asked.search)]
        return [pair for pair in found if pair[1]]

    @property
    def filterable(self) -> list[ListColumn]:
        """The fields that a row of the filter can speak of."""
        plain = possible_columns(self.reader, self.entity.name, self.visit.texts)
        found = with_parts(self.reader, self.entity.name, plain, self.visit.texts)
        return [column for column in found if filters.is_filterable(column)]


def showing_of(visit: Visit) -> Showing:
    """How a reader reads: his words and his time zone."""
    return Showing(visit.model, visit.texts, str(visit.context.reader_zone))


def listing_of(visit: Visit) -> Listing:
    """What a list's address asks for; stops where the reader may not."""
    name = parameter(visit.request, "entity")
    reader = reader_of(visit.context, visit.release)
    if name not in visit.model.entities or not reader.may_read(name):
        raise Stop(404)
    asked, views = Asked.of(name, visit.request.query_params), views_of(reader, visit.context, name)
    saved = saved_views(visit.connection, visit.context, visit.release, name)
    asked = _begun(visit, asked, saved)
    view = views.named(asked.view)
    if view is None and asked.saved:
        asked, view = replace(asked, view=""), views.first
    elif asked.view and view is None:
        raise Stop(404, visit.texts("list.no_view"))
    return Listing(visit, reader, visit.model.entities[name], asked, views, view, saved)


def _begun(visit: Visit, asked: Asked, saved: Sequence[SavedView]) -> Asked:
    """The list with what the kept view says that its address names; one that is gone is no loss to who has gone on from it."""
    sent = visit.request.query_params
    wanted = sent.get("saved", "") or sent.get("from", "")
    known = next((one for one in saved if one.id == wanted), None)
    if known is not None:
        return asked.begun(known.id, known.state, kept="saved" in sent)
    if sent.get("saved"):
        raise Stop(404, visit.texts("saved.gone"))
    return asked
