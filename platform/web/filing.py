"""Files as pages show them: links with names and sizes, pictures by their small ones."""

from __future__ import annotations

from collections.abc import Sequence

from kith.metadata.fields.files import PICTURES, accepted
from kith.metadata.model import Field
from kith.runtime.files.described import Described
from kith.runtime.files.kinds import ENDINGS, MEDIA
from kith.web import addresses
from kith.web.formats import formatter
from kith.web.view import Cell, FileLink

STEPS = ("B", "kB", "MB")


def size_of(size: int, language: str) -> str:
    """How large a file is, as people say it."""
    value, step = float(size), 0
    while value >= 1000 and step < len(STEPS) - 1:
        value, step = value / 1000, step + 1
    return f"{formatter('decimal', language, scale=1 if step and value < 10 else 0)(value)} {STEPS[step]}"


def link_of(one: Described, language: str) -> FileLink:
    """A file as a link."""
    preview = addresses.preview_of(one.id) if one.type in PICTURES else ""
    return FileLink(one.name, size_of(one.size, language), addresses.file_of(one.id), preview, one.as_text())


def file_cell(values: Sequence[object], language: str) -> Cell:
    """Files as a cell."""
    links = tuple(link_of(one, language) for value in values if (one := Described.of(value)) is not None)
    return Cell(", ".join(link.name for link in links), files=links)


def endings_of(declared: Field) -> str:
    """The files that a field takes, as a browser's dialog wants them; the media types of pictures make a phone offer its camera."""
    kinds = accepted(declared.params.get("accept"), declared.type_name)
    pictures = [MEDIA[kind] for kind in kinds if kind in PICTURES]
    others = [f".{ending}" for kind in kinds if kind not in PICTURES for ending in ENDINGS.get(kind, (kind,))]
    return ",".join([*pictures, *others])
