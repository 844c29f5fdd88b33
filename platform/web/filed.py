"""Files that a form sends along: kept, and named by their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile

from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.runtime.files.described import Described
from kith.runtime.files.uploading import Unfit, keep, look
from kith.runtime.write.change import Failure
from kith.runtime.write.messages import texts
from kith.web.requests import Visit
from kith.web.typed import ROW

UPLOAD = ".upload"
"""What stands behind a field's name where a form sends a new file for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a form, or of one of its lines: `at` as failures have it."""

    declared: Field
    name: str
    at: str = ""


def places_of(form: FormData, fields: Sequence[Field], grids: Mapping[str, Sequence[Field]]) -> Iterator[Place]:
    """Where files may be sent in a form."""
    yield from (Place(one, one.name) for one in fields if one.type_name in FILES)
    for relation, columns in grids.items():
        keys = dict.fromkeys(str(key) for key in form.getlist(f"{ROW}.{relation}"))
        for number, key in enumerate(keys):
            for one in columns:
                if one.type_name in FILES:
                    yield Place(one, f"{relation}.{key}.{one.name}", f"{relation}.{number}")


def with_uploads(visit: Visit, places: Sequence[Place]) -> tuple[FormData, tuple[Failure, ...]]:
    """The form with the files that it sent kept and named by their fields, and why some were not taken."""
    form = visit.form
    items, failures = list(form.multi_items()), []
    for place in places:
        for sent in form.getlist(place.name + UPLOAD):
            if not isinstance(sent, UploadFile) or not (sent.filename or sent.size):
                continue
            try:
                kept = _kept(visit, sent, place.declared)
            except Unfit as unfit:
                said = texts(visit.language)(f"upload.{unfit.code}", **unfit.values)
                failures.append(Failure(unfit.code, said, field=place.declared.name, at=place.at))
                continue
            if place.declared.type_name != "files":
                items = [pair for pair in items if pair[0] != place.name]
            items.append((place.name, kept.as_text()))
    return FormData(items), tuple(failures)


def _kept(visit: Visit, sent: UploadFile, declared: Field) -> Described:
    looked = look(sent.file, sent.filename or "", declared)
    most = visit.web.doors.settings.files
    return visit.write(lambda connection: keep(connection, visit.context, looked, most)).described
