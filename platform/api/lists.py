"""`GET /api/v1/{entity}`: a page of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.encoding import Encode, converter, row_encoder
from kith.api.parameters import names, number, one_of, parameters, sorting
from kith.api.problems import stop
from kith.api.reading import shown
from kith.metadata.model import Entity
from kith.runtime.read import list_objects, list_records
from kith.runtime.read.lists import MOST
from kith.runtime.read.messages import no_field
from kith.runtime.read.query import Count, ObjectPage, Page, Query
from kith.runtime.read.rows import Plainly
from kith.runtime.read.scopes import OWN

KNOWN = (
    "filter", "sort", "fields", "expand", "limit", "cursor", "count", "q", "view", "segment", "deleted",
)  # fmt: skip
MOST_EXPANDED = 20
MOST_FIELDS = 500
DEEPEST = 4


def is_long(request: Request) -> bool:
    """Whether a list looks at every record, so that others must not wait for it."""
    return request.query_params.get("count") == "exact"


def list_(call: Call) -> Response:
    """Answer a list."""
    given = parameters(call.request, *KNOWN)
    entity = call.entity
    fields = wanted(call, entity, given)
    query = Query(
        entity=entity.name,
        fields=fields,
        filter=given.get("filter", ""),
        view=given.get("view", ""),
        segment=given.get("segment", ""),
        search=given.get("q", ""),
        sort=sorting(given.get("sort", "")),
        limit=number(given, "limit", 50, MOST),
        cursor=given.get("cursor", ""),
        count=cast("Count", one_of(given, "count", ("capped", "exact", "none"))),
        deleted=one_of(given, "deleted", ("false", "true")) == "true",
    )
    page = _page(call, entity, query)
    found: dict[str, object] = {"data": page.rows, "next": page.next, "count": page.count}
    if page.capped:
        found["capped"] = True
    return answer(found)


def _page(call: Call, entity: Entity, query: Query) -> ObjectPage:
    """The rows as JSON; what is expanded stands inside its reference."""
    if not any("." in path for path in query.fields):
        return list_objects(call.connection, call.context, call.release, query, _plainly(call))
    page = list_records(call.connection, call.context, call.release, query)
    encode = encoder(call, entity, query.fields, page)
    return ObjectPage([*map(encode, page.rows)], page.next, page.count, page.capped)


def _plainly(call: Call) -> Plainly:
    def made() -> Plainly:
        hidden = call.texts("reference.hidden")
        return Plainly(lambda type_: converter(type_, hidden), hidden, call.release.tables.engine)

    return call.release.cached(("api.plainly", call.context.language), made)


def encoder(call: Call, entity: Entity, fields: tuple[str, ...], page: Page) -> Encode:
    """What writes the rows of such a list, made once."""
    key = ("api.row", entity.name, fields, call.context.language)
    return call.release.cached(key, lambda: row_encoder(page.columns, call.texts("reference.hidden")))


def wanted(call: Call, entity: Entity, given: Mapping[str, str]) -> tuple[str, ...]:
    """The paths that a list reads: those asked for, else all that the caller may read, and what is expanded."""
    asked, expanded = names(given.get("fields", ""), "fields"), names(given.get("expand", ""), "expand")
    if not asked and not expanded:
        return every_field(call, entity)
    key = ("api.wanted", call.reader.key, entity.name, asked, expanded)
    return call.release.cached(key, lambda: _wanted(call, entity, asked, expanded))


def _wanted(call: Call, entity: Entity, asked: tuple[str, ...], expanded: tuple[str, ...]) -> tuple[str, ...]:
    inner = next((path for path in asked if "$" in path), None)
    if inner is not None:
        # The read gate's own names for what is no field, which pages use.
        raise no_field(call.context, shown(inner))
    if len(expanded) > MOST_EXPANDED or any(path.count(".") >= DEEPEST for path in expanded):
        raise stop(400, "too_much_expanded", limit=MOST_EXPANDED, depth=DEEPEST)
    found = dict.fromkeys(one for path in asked or every_field(call, entity) for one in _with_references(path))
    for path in expanded:
        found |= dict.fromkeys(_expanded(call, entity, path))
    if len(found) > MOST_FIELDS:
        raise stop(400, "bad_parameter", name="fields", value="…", expected=f"≤ {MOST_FIELDS}")
    return tuple(path for path in found if path not in ("id", "version"))


def _with_references(path: str) -> Iterator[str]:
    """A path, after the references that it goes over: what is found there stands inside them."""
    steps = path.split(".")
    for length in range(1, len(steps) + 1):
        yield ".".join(steps[:length])


def _expanded(call: Call, entity: Entity, path: str) -> Iterator[str]:
    for reference in _with_references(path):
        declared = entity.fields.get(reference.rpartition(".")[2])
        target = declared.type.entity if declared is not None and declared.type.kind == "ref" else ""
        if declared is None and reference.rpartition(".")[2] in OWN:
            target = OWN[reference.rpartition(".")[2]].entity
        if target not in call.release.model.entities:
            raise stop(400, "not_expandable", name=shown(reference))
        yield reference
        entity = call.release.model.entities[target]
        if not call.reader.may_read(target):
            return
        yield from (f"{reference}.{name}" for name in every_field(call, entity))


def every_field(call: Call, entity: Entity) -> tuple[str, ...]:
    """All fields that the caller may read in some record, and when and by whom a record was made and changed."""
    reader = call.reader

    def found() -> tuple[str, ...]:
        own = tuple(name for name in OWN if name not in ("id", "version"))
        access = {name: reader.access(entity.name, name) for name in entity.fields}
        fields = (name for name, one in access.items() if not (one.read.never and one.mask.never))
        return (*fields, *own)

    return call.release.cached(("api.fields", reader.key, entity.name), found)
