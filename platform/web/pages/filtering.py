"""The filter of a list: what is in force, in words, and the row by which a condition is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from kith.runtime.coerce import Misread, Reading
from kith.runtime.read.labels import labels_of
from kith.runtime.write.messages import texts as sentences
from kith.web import filters
from kith.web.columns import ListColumn, column_at
from kith.web.inputs import FieldInput
from kith.web.listing import Asked
from kith.web.pages.listed import Listing, listing_of
from kith.web.requests import Visit
from kith.web.showing import options_of
from kith.web.view import Choice, Filter


def show_row(visit: Visit) -> Response:
    """Operator and value of a row of the filter: what htmx swaps in when another field is picked."""
    listing = listing_of(visit)
    return visit.block("list.html", "row", row=row_inputs(listing, visit.request.query_params.get("field", "")))


@dataclass(frozen=True, slots=True)
class InForce:
    """A condition of the list's filter in words; each of its alternatives, or itself, can be taken away."""

    label: str
    parts: Sequence[Filter]


def in_force(listing: Listing) -> list[InForce]:
    """The conditions of the list's filter, each with the list without it."""
    parts = filters.parts_of(
        listing.asked.filter, listing.reader, listing.entity.name, listing.showing, _named(listing)
    )
    found = []
    for place, part in enumerate(parts):
        before, after = [one.text for one in parts[:place]], [one.text for one in parts[place + 1 :]]

        def left(*texts: str, before: Sequence[str] = before, after: Sequence[str] = after) -> str:
            return replace(listing.asked, filter=filters.joined([*before, *texts, *after])).address

        each = [Filter(one.words, left(part.without(number))) for number, one in enumerate(part.alternatives)]
        found.append(InForce(part.words, each or [Filter(part.words, left())]))
    return found


def _named(listing: Listing) -> dict[str, str]:
    """What the records are called that the filter names by their ids, as a list behind a chart does."""
    visit, found = listing.visit, dict[str, str]()
    ids: dict[str, set[str]] = {}
    for entity, id_ in filters.records_in(listing.asked.filter, listing.reader, listing.entity.name, visit.texts):
        ids.setdefault(entity, set()).add(id_)
    for entity, some in ids.items():
        labels = labels_of(visit.connection, visit.context, listing.reader, entity, some)
        found |= {id_: one.label for id_, one in labels.items() if one.visible and one.label}
    return found


def picked(listing: Listing) -> Asked | str:
    """The list with the row of the filter form added, or what is wrong with the row."""
    sent, asked, texts = listing.visit.request.query_params, listing.asked, listing.visit.texts
    column = column_at(listing.reader, listing.entity.name, sent.get("field", ""), texts)
    if column is None or not filters.is_filterable(column):
        return asked
    row = filters.Picked(column.path, sent.get("op", ""), sent.get("value", ""))
    context = listing.visit.context
    reading = Reading(context.reader_zone, text=True, percent_points=True)
    try:
        text = filters.condition(listing.reader, listing.entity.name, column, row, reading)
    except Misread as misread:
        return sentences(texts.language)("failure." + misread.code, **misread.values)
    parts = [part.text for part in filters.parts_of(asked.filter, listing.reader, listing.entity.name, listing.showing)]
    place = sent.get("beside", "")
    if place in (choice.value for choice in alternatives(listing)):
        parts[int(place)] = filters.beside(parts[int(place)], text)
        return replace(asked, filter=filters.joined(parts))
    return replace(asked, filter=filters.added(asked.filter, text))


def alternatives(listing: Listing) -> list[Choice]:
    """The conditions in force beside which a new one may stand, so that any of them is enough."""
    texts = listing.visit.texts
    parts = in_force(listing)
    return [Choice(str(place), texts("list.or_beside", part=part.label)) for place, part in enumerate(parts)]


def row_inputs(listing: Listing, path: str, wrong: str = "") -> dict[str, FieldInput]:
    """The operator and the value of a row of the filter, as fits the field."""
    texts = listing.visit.texts
    columns = listing.filterable
    column = next((column for column in columns if column.path == path), columns[0] if columns else None)
    sent = listing.visit.request.query_params
    operators = filters.operators_of(column) if column else ()
    choices = [Choice(name, texts(f"filter_op.{name}")) for name in operators]
    return {
        "op": FieldInput(
            name="op",
            label=texts("list.operator"),
            kind="choice",
            value=sent.get("op", "") or next(iter(operators), ""),
            choices=choices,
            required=True,
        ),
        "value": replace(_value_input(listing, column, sent.get("value", "")), error=wrong, autofocus=bool(wrong)),
    }


def _value_input(listing: Listing, column: ListColumn | None, value: str) -> FieldInput:
    texts, kind = listing.visit.texts, column.type.kind if column else "text"
    label = texts("list.value")
    if column is not None and kind in ("choice", "set"):
        options = options_of(listing.showing, column.type, column.declared)
        choices = [Choice(key, option.label.in_(texts.language)) for key, option in options.items()]
        if choices:
            return FieldInput(name="value", label=label, kind="choice", value=value, choices=choices)
    if kind == "bool":
        yes_no = [Choice("true", texts("value.yes")), Choice("false", texts("value.no"))]
        return FieldInput(
            name="value", label=label, kind="choice", value=value or "true", choices=yes_no, required=True
        )
    plain = {"int": "integer", "set": "text", "ref": "text", "duration": "text", "time": "text"}
    return FieldInput(name="value", label=label, kind=plain.get(kind, kind), value=value)
