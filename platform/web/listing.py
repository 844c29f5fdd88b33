"""A list as its address asks for it: the view, what is searched and filtered, the order, the columns and the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams

from kith.metadata.model import Model, View
from kith.rules.tree import Path, walk
from kith.runtime.context import Context
from kith.runtime.read.asking import conditions
from kith.runtime.read.cells import TITLE
from kith.runtime.read.query import BadQuery, Denied, Query, Sort
from kith.runtime.read.reader import Reader
from kith.runtime.read.titles import first_text
from kith.texts import Texts
from kith.web import addresses
from kith.web.columns import ListColumn, column_at, columns_of_view, usual_columns
from kith.web.shell import flat

SIZE = 50
MOST_COLUMNS = 30
LONGEST_SEARCH = 200
PLACES = ("as", "column", "rows", "on", "span")
"""Of another layout: `as=table` for a table after all, the column and how many cards of each, the day and the span around it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list says; everything about a list is in there, so that it can be sent to somebody."""

    entity: str
    view: str = ""
    search: str = ""
    filter: str = ""
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    at: int = 1
    """The number of the page's first record, for the label alone."""
    saved: str = ""
    """The id of the view that somebody has kept and this began from, and what it keeps."""
    began: tuple[tuple[str, str], ...] = ()
    place: tuple[tuple[str, str], ...] = ()
    """What a board or calendar looks at (PLACES), by name."""

    @classmethod
    def of(cls, entity: str, parameters: QueryParams) -> Asked:
        """Read an address."""
        at = parameters.get("at", "1")
        return cls(
            entity,
            parameters.get("view", ""),
            parameters.get("q", "").strip()[:LONGEST_SEARCH],
            parameters.get("filter", "").strip(),
            _listed(parameters, "sort"),
            _listed(parameters, "columns")[:MOST_COLUMNS],
            parameters.get("after", ""),
            parameters.get("before", ""),
            int(at) if at.isdecimal() and len(at) < 10 else 1,
            place=tuple((name, value[:40]) for name in PLACES if (value := parameters.get(name, ""))),
        )

    def placed(self, name: str) -> str:
        """One of PLACES, "" where the address does not say it."""
        return dict(self.place).get(name, "")

    def at_place(self, **places: str) -> Asked:
        """The same looking elsewhere; "" takes a name away."""
        found = {**dict(self.place), **places}
        return replace(self, place=tuple((name, found[name]) for name in PLACES if found.get(name)))

    @property
    def own(self) -> tuple[tuple[str, str], ...]:
        """What a view that is kept keeps."""
        lists = ("sort", ",".join(self.sort)), ("columns", ",".join(self.columns))
        return ("view", self.view), ("filter", self.filter), *lists

    @property
    def is_kept(self) -> bool:
        """Whether it is just what somebody has kept."""
        return bool(self.saved) and self.own == self.began

    @property
    def state(self) -> list[tuple[str, str]]:
        """What links on the page keep: everything but the page."""
        return [("saved", self.saved), ("q", self.search), *self.place] if self.is_kept else self.whole

    @property
    def whole(self) -> list[tuple[str, str]]:
        """What forms on the page keep, each of which changes some of it: everything but the page, outright."""
        return [*self.own, ("q", self.search), ("from", self.saved), *self.place]

    def begun(self, saved: str, state: Mapping[str, str], *, kept: bool) -> Asked:
        """The list as one that began from what somebody has kept; `kept`: it is that, whatever else its address says."""
        names = [name for name, _ in self.own]
        began = tuple((name, state.get(name, "")) for name in names)
        if not kept:
            return replace(self, saved=saved, began=began)
        parameters = QueryParams(
            [
                *began,
                *self.place,
                ("q", self.search),
                ("after", self.after),
                ("before", self.before),
                ("at", str(self.at)),
            ]
        )
        return replace(Asked.of(self.entity, parameters), saved=saved, began=began)

    @property
    def path(self) -> str:
        """Where the list's forms are sent."""
        return addresses.list_of(self.entity)

    @property
    def address(self) -> str:
        """The address of the list from its first record on."""
        return addresses.with_query(addresses.list_of(self.entity), self.state)

    def page(self, *, after: str = "", before: str = "", at: int = 1) -> str:
        """The address of another page."""
        place = [("after", after), ("before", before), ("at", str(at) if at > 1 else "")]
        return addresses.with_query(addresses.list_of(self.entity), [*self.state, *place])

    def counted(self, rows: int) -> str:
        """The address that tells how many records there are, for a page of so many."""
        place = [("at", str(self.at) if self.at > 1 else ""), ("rows", str(rows))]
        asked = [("view", self.view), ("q", self.search), ("filter", self.filter)]
        return addresses.with_query(f"{addresses.list_of(self.entity)}/count", [*asked, *place])

    def sorted_by(self, path: str) -> str:
        """The address of the list in the order of a column, the other way round where it is already."""
        turned = "-" + path if self.sort[:1] == (path,) else path
        return replace(self, sort=(turned,)).address


def _listed(parameters: QueryParams, name: str) -> tuple[str, ...]:
    """A list, written with commas or as one parameter for each item."""
    items = (item.strip() for value in parameters.getlist(name) for item in value.split(","))
    return tuple(dict.fromkeys(item for item in items if item))


# ---- views --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a list that a reader may open; `first` shows everything, None where no document describes that."""

    first: View | None
    others: tuple[View, ...]

    def named(self, name: str) -> View | None:
        """A view by its name, the first one for ""."""
        if not name:
            return self.first
        found = (self.first, *self.others) if self.first is not None else self.others
        return next((view for view in found if view.name == name), None)


def views_of(reader: Reader, context: Context, entity: str) -> Views:
    """The views of an entity's list."""
    return reader.release.cached(("views", reader.key, entity), lambda: _views(reader, context, entity))


def _views(reader: Reader, context: Context, entity: str) -> Views:
    model = reader.release.model
    within = within_records(model)
    found = [view for view in model.views.values() if view.of == entity and may_open(reader, context, view)]
    first = _first(model, entity, found, within)
    # A view without a filter that shows inside of a record is no list of its own.
    others = [view for view in found if view is not first and (view.name not in within or is_filtered(view))]
    # What is one's own comes first, then the order of the documents.
    return Views(first, tuple(sorted(others, key=lambda view: not is_about_me(model, view))))


def is_filtered(view: View) -> bool:
    """Whether a view shows some of the records only."""
    return view.filter is not None or bool(view.segment)


def within_records(model: Model) -> frozenset[str]:
    """The views that forms show as related lists."""
    return frozenset(related.view for form in model.forms.values() for related in form.related.values())


def _first(model: Model, entity: str, views: Sequence[View], within: frozenset[str]) -> View | None:
    """The view of the navigation, else one that shows everything and was not made for a related list."""
    named = [item.view for item in flat(model.app.navigation) if item.entity == entity and item.view]
    chosen = next((view for view in views if view.name in named), None)
    whole = [view for view in views if not is_filtered(view) and view.layout == "table"]
    own = [view for view in whole if view.name not in within or view.name.startswith("all_")]
    return chosen or next(iter(own), None)


def is_about_me(model: Model, view: View) -> bool:
    """Whether a view's filter speaks of the one who looks."""
    segment = model.segments.get(view.segment)
    found = [one for one in (view.filter, segment.filter if segment else None) if one is not None]
    return any(isinstance(node, Path) and node.root == "me" for one in found for node in walk(one.tree))


def may_open(reader: Reader, context: Context, view: View) -> bool:
    """Whether a reader may read what a view's filter reads."""
    try:
        conditions(reader, context, view.of, view=view.name)
    except (Denied, BadQuery):
        return False
    return True


# ---- what is read -------------------------------------------------------------------------------------------------


def columns_for(reader: Reader, asked: Asked, view: View | None, texts: Texts) -> tuple[ListColumn, ...]:
    """The columns of a list: those of the address, else the view's, else the usual ones."""
    key = ("columns", reader.key, asked.entity, asked.columns, view.name if view else "", texts.language)
    return reader.release.cached(key, lambda: _columns(reader, asked, view, texts))


def _columns(reader: Reader, asked: Asked, view: View | None, texts: Texts) -> tuple[ListColumn, ...]:
    declared = columns_of_view(reader, view, texts) if view else []
    if asked.columns:
        known = {column.path: column for column in declared}
        wanted = (known.get(path) or column_at(reader, asked.entity, path, texts) for path in asked.columns)
        declared = [column for column in wanted if column is not None]
    return tuple(declared or usual_columns(reader, reader.entity(asked.entity), texts))


def order_of(reader: Reader, asked: Asked, view: View | None, texts: Texts) -> tuple[Sort, ...]:
    """The order: that of the address, else the view's, else by what the records are called."""
    wanted = [Sort(path.removeprefix("-"), path.startswith("-")) for path in asked.sort]
    if not wanted and view is not None:
        wanted = [Sort(key.path, key.descending) for key in view.sort]
    if not wanted:
        name = first_text(reader, asked.entity)
        wanted = [Sort(name)] if name else [Sort("created_at", descending=True)]
    known = [(sort, column_at(reader, asked.entity, sort.path, texts)) for sort in wanted]
    return tuple(sort for sort, column in known if column is not None and column.sortable)


def query_of(asked: Asked, view: View | None, columns: Sequence[ListColumn], order: tuple[Sort, ...]) -> Query:
    """The query of a list; its rows end with the records' titles."""
    return Query(
        asked.entity,
        (*(column.path for column in columns), TITLE),
        filter=asked.filter,
        view=view.name if view else "",
        search=asked.search,
        sort=order,
        limit=SIZE,
        cursor=asked.before or asked.after,
        backwards=bool(asked.before),
    )
