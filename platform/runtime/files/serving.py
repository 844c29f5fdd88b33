"""How a file leaves: under its own kind and name, never as a page of ours, whole or a part of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from kith.metadata.fields.files import PICTURES
from kith.runtime.calling import Doors
from kith.runtime.files.keeping import Kept
from kith.runtime.files.kinds import MEDIA
from kith.runtime.files.names import disposition
from kith.runtime.files.reading import portion, portions_of

SAFE: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cache-control": "private, no-cache",
    "vary": "cookie, authorization",
}
"""Whoever has the file may keep it, and asks each time whether he still may have it."""
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@dataclass(frozen=True, slots=True)
class Part:
    """What is answered of a file: its status and headers, and the bytes from `first` to `last`, none where `last` is before."""

    id: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    first: int = 0
    last: int = -1


def part_of(kept: Kept, given: Mapping[str, str]) -> Part:
    """What a request with these headers gets: pictures to be shown, all else to be saved."""
    one, tag = kept.described, f'"{kept.sha256[:32]}"'
    headers = {**SAFE, "etag": tag, "accept-ranges": "bytes"}
    if tag in (seen.strip().removeprefix("W/") for seen in given.get("if-none-match", "").split(",")):
        return Part(one.id, 304, headers)
    headers |= {
        "content-type": MEDIA.get(one.type, "application/octet-stream"),
        "content-disposition": disposition(one.name, inline=one.type in PICTURES),
    }
    asked = given.get("range", "") if given.get("if-range", tag) == tag else ""
    found = _RANGE.fullmatch(asked)
    if found is None or not (found[1] or found[2]):
        return Part(one.id, 200, headers | {"content-length": str(one.size)}, 0, one.size - 1)
    first = int(found[1]) if found[1] else max(0, one.size - int(found[2]))
    last = min(int(found[2]) if found[1] and found[2] else one.size - 1, one.size - 1)
    if first > last:
        return Part(one.id, 416, headers | {"content-range": f"bytes */{one.size}", "content-length": "0"})
    whole = {"content-range": f"bytes {first}-{last}/{one.size}", "content-length": str(last - first + 1)}
    return Part(one.id, 206, headers | whole, first, last)


async def bytes_of(doors: Doors, part: Part) -> AsyncIterator[bytes]:
    """The bytes of a part, a portion at a time, each read by itself: a slow reader holds no connection."""
    for number, start, end in portions_of(part.first, part.last) if part.last >= part.first else ():
        data = await doors.calling.read(lambda number=number: _read(doors, part.id, number))  # type: ignore[misc]
        if data is None:
            # It went while it was read: the length that was promised tells the reader.
            return
        yield data[start:end]


def _read(doors: Doors, id_: str, number: int) -> bytes | None:
    with doors.workspace.database.read() as connection:
        return portion(connection, id_, number)
