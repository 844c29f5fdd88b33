"""Whether a workbook may be opened: what it is unpacked to is counted first, for the reader takes all of it into memory.

A file of a few kilobytes may unpack to gigabytes, and a sheet of two cells at opposite corners is a table of a thousand million.
"""

from __future__ import annotations

import re
import string
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from kith.runtime.transfer.table import Unreadable

MAX_BYTES = 100 << 20
MAX_UNPACKED = 600 << 20
"""Bytes of all parts of a workbook together."""
MAX_RATIO, FREE = 200, 10 << 20
"""How many times its size a file may unpack to; what is small unpacked is let go whatever its ratio."""
MAX_PARTS = 5_000
MAX_CELLS = 8_000_000
"""Cells of a table, from its first row and column to the last that holds something."""
CHUNK = 1 << 20
HOLDING = frozenset({"v", "is", "f"})
"""What is in a cell that holds something; one that is only coloured is no part of the table."""
_BEGUN = tuple(before + b"c" + after for before in (b"<", b":") for after in (b" ", b">", b"/", b"\t", b"\n", b"\r"))
_PLACED = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"')
_LETTERS = string.ascii_uppercase.encode()
_PLACE = re.compile(r"([A-Z]+)([0-9]+)", re.IGNORECASE)


def check_size(path: Path) -> None:
    """Refuse what is too large, packed or unpacked; raises Unreadable."""
    packed = path.stat().st_size
    if packed > MAX_BYTES:
        raise Unreadable("large_file", limit=MAX_BYTES >> 20)
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as parts:
            _check_parts(parts, min(MAX_UNPACKED, max(packed * MAX_RATIO, FREE)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("broken_file", reason=str(error)) from None


def _check_parts(parts: zipfile.ZipFile, left: int) -> None:
    listed = parts.infolist()
    if len(listed) > MAX_PARTS:
        raise Unreadable("unpacks")
    for part in listed:
        # What it says of its own size is not what a reader gets: it is read to its end, but not beyond the limit.
        part.file_size = left + 2 * CHUNK
        glance = _Glance()
        for chunk in _chunks(parts, part):
            left -= len(chunk)
            if left < 0:
                raise Unreadable("unpacks")
            glance.take(chunk)
        if not glance.fits:
            corners = _Corners()
            for chunk in _chunks(parts, part):
                corners.take(chunk)


def _chunks(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with parts.open(part) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


class _Glance:
    """The same from the text alone, many times as fast: it fits for certain, or has to be looked at.

    Where every cell says first where it is, as all programs write them, the last of their places is at most that.
    """

    def __init__(self) -> None:
        self.fits = True
        self._rest = b""
        self._row = self._column = 0

    def take(self, chunk: bytes) -> None:
        """Go through some more of the part."""
        text, begins, rest = (self._rest + chunk).rpartition(b"<")
        self._rest = begins + rest[:CHUNK]
        places = _PLACED.findall(text)
        joined = b" ".join(places)
        columns = map(_number, set(joined.translate(None, b"0123456789").decode().split()))
        rows = map(int, set(joined.translate(None, _LETTERS).split()))
        self._column, self._row = max(self._column, *columns, 0), max(self._row, *rows, 0)
        all_placed = len(places) == sum(map(text.count, _BEGUN)) and b"\0" not in text
        self.fits = self.fits and all_placed and self._row * self._column <= MAX_CELLS


class _Corners:
    """The last row and column of the table that a part is, if it is one."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begins
        self._parser.StartDoctypeDeclHandler = self._declares
        self._row = self._column = self._last_row = self._last_column = 0
        self._broken = False

    def take(self, chunk: bytes) -> None:
        """Go through some more of the part; pictures are none, and not all that is beside the sheets is clean."""
        if not self._broken:
            try:
                self._parser.Parse(chunk, False)
            except expat.ExpatError:
                self._broken = True
        if self._broken and (self._last_row or b"sheetData" in chunk):
            raise Unreadable("broken_file", reason="XML")

    def _declares(self, name: str, *_: object) -> None:
        """No sheet declares anything: what does has entities that stand for much, or for files."""
        raise Unreadable("broken_file", reason=f"DOCTYPE {name[:20]}")

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            if place is None:
                self._column += 1
            else:
                self._column, self._row = _number(place[1]), int(place[2][:9])
        elif name == "row":
            self._row, self._column = int(attributes.get("r") or self._row + 1), 0
        elif name in HOLDING:
            self._last_row = max(self._last_row, self._row)
            self._last_column = max(self._last_column, self._column)
            if self._last_row * self._last_column > MAX_CELLS:
                raise Unreadable("too_many_cells", limit=MAX_CELLS)


def _number(letters: str) -> int:
    """The number of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + ord(letter) - 64
    return number
