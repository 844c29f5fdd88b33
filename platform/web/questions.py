"""What a named action or a transition asks for, as inputs: fields of a record, or inputs of the action's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from kith.metadata.model import Field
from kith.runtime.read.choosing import MOST, records_of
from kith.runtime.read.cursors import ID
from kith.runtime.read.labels import labels_of
from kith.runtime.write.change import Failure
from kith.web.fields import Maker, State
from kith.web.inputs import FieldInput
from kith.web.requests import Stop, Visit, parameter
from kith.web.showing import label_of
from kith.web.subject import Subject
from kith.web.typed import FIND, Typed
from kith.web.view import Choice

LONGEST, MOST_FOUND = 200, 20


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked; `lookups` is where inputs of an action's own find records, "" where the fields are a record's."""

    subject: Subject
    fields: Sequence[Field]
    maker: Maker
    lookups: str = ""

    def inputs(self, typed: Typed, failures: Sequence[Failure]) -> Iterator[FieldInput]:
        """The inputs, each with what is wrong with it."""
        for declared in self.fields:
            wrong = " ".join(one.message for one in failures if one.field == declared.name and not one.at)
            state = State(required=declared.required or not self.lookups, error=wrong)
            made = self.maker.input(declared, declared.name, typed.raw.get(declared.name, ""), state)
            yield self._naming(declared, made) if self.lookups and declared.type.kind == "ref" else made

    def _naming(self, declared: Field, made: FieldInput) -> FieldInput:
        """An input that names a record: typed ahead, or without script one of the first records found."""
        visit = self.subject.visit
        text = visit.sent(f"{FIND}.{declared.name}") if visit.sent(FIND) == declared.name else ""
        found = candidates(visit, declared, text, MOST)
        if ID.fullmatch(made.value) and made.value not in {one.value for one in found}:
            reader, entity = self.subject.reader, declared.type.entity
            named = labels_of(visit.connection, visit.context, reader, entity, [made.value])[made.value]
            found = [Choice(named.id, label_of(named, visit.texts)), *found]
        return replace(made, lookup=f"{self.lookups}/{declared.name}", choices=found)


def candidates(visit: Visit, declared: Field, text: str, limit: int) -> list[Choice]:
    """The records that an input may name."""
    found = records_of(visit.connection, visit.context, visit.release, declared.type.entity, text, limit=limit)
    return [Choice(one.id, one.label) for one in found]


def found_for(visit: Visit, fields: Sequence[Field]) -> Response:
    """The options of the input that the address names, for what has been typed so far."""
    text = visit.request.query_params.get("q", "").strip()[:LONGEST]
    declared = next((one for one in fields if one.name == parameter(visit.request, "field")), None)
    if declared is None or declared.type.kind != "ref":
        raise Stop(404)
    found = candidates(visit, declared, text, MOST_FOUND)
    return visit.block("fragments/lookup.html", "options", choices=found, query=text, create="")


def first_of(declared: Field) -> str:
    """What stands in an input at first."""
    if declared.default is None:
        return ""
    return str(declared.default).lower() if declared.type.kind == "bool" else str(declared.default)
