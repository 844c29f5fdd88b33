"""Files as people and programs name them: by the id that an upload was given."""

from __future__ import annotations

from kith.metadata.model import Field
from kith.runtime.coerce.choosing import listed, read_reference
from kith.runtime.coerce.composed import unpacked
from kith.runtime.coerce.reading import Misread, Reading

MOST = 50
"""Files of one field."""


def read_file(field: Field, raw: object, reading: Reading) -> dict[str, str]:
    """A file's id, alone or with what is said about it; the write gate looks up the rest, which nobody can give."""
    return {"id": _id(field, unpacked(raw, reading), reading)}


def read_files(field: Field, raw: object, reading: Reading) -> frozenset[str]:
    """The ids of several files."""
    found = frozenset(_id(field, one, reading) for one in listed(raw, reading) if one)
    if len(found) > MOST:
        raise Misread("too_many_items", limit=MOST, count=len(found))
    return found


def _id(field: Field, raw: object, reading: Reading) -> str:
    try:
        return read_reference(field, raw.partition("/")[0] if isinstance(raw, str) else raw, reading)
    except Misread as error:
        raise Misread("not_file", **error.values) from None
