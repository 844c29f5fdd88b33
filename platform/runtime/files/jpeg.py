"""JPEG: the segments that draw; of what cameras write beside them only which way up the picture is."""

from __future__ import annotations

import re

from kith.runtime.files.blocks import Broken, Piece, Slice, Source

FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
JFIF, EXIF, COLOURS, ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
SCAN, END = 0xDA, 0xD9
MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan: a marker that is neither a stuffed byte nor one of those that restart the decoder."""
PORTION = 65_536


def taken(source: Source) -> tuple[int, int, list[Piece]]:
    """Width, height and pieces."""
    if source.take(2) != b"\xff\xd8":
        raise Broken
    pieces: list[Piece] = [b"\xff\xd8"]
    width = height = 0
    drawn = False
    while (mark := _mark(source)) != END:
        source.count()
        start, length = source.at - 2, source.number(2)
        if length < 2:
            raise Broken
        if mark in FRAMES:
            data = source.take(length - 2)
            if width or len(data) < 6:
                raise Broken
            height, width = int.from_bytes(data[1:3]), int.from_bytes(data[3:5])
        elif mark == SCAN:
            source.skip(length - 2)
            _past_scan(source)
            drawn = True
        else:
            data = source.take(length - 2)
            if mark == EXIF and (turned := _turned(data)):
                pieces.append(turned)
            if not _stays(mark, data):
                continue
        pieces.append(Slice(start, source.at - start))
    if not (drawn and width):
        raise Broken
    return width, height, [*pieces, b"\xff\xd9"]


def _mark(source: Source) -> int:
    if source.number(1) != 0xFF:
        raise Broken
    while (mark := source.number(1)) == 0xFF:
        source.count()
    return mark


def _stays(mark: int, data: bytes) -> bool:
    if mark == COLOURS:
        return data.startswith(b"ICC_PROFILE\x00")
    if mark in (JFIF, ADOBE):
        # A JFIF header may hold a small picture of its own, which need not show the same.
        return data.startswith((b"JFIF\x00", b"Adobe")) and len(data) <= 14
    return mark in TABLES


def _past_scan(source: Source) -> None:
    """Go to the marker that ends the data of a scan, a portion at a time."""
    while True:
        start = source.at
        data = source.file.read(PORTION)
        source.at += len(data)
        found = MARK.search(data)
        if found is not None:
            source.at = source.file.seek(start + found.start())
            return
        if len(data) < PORTION:
            raise Broken
        # A marker may lie across two portions.
        source.at = source.file.seek(source.at - 1)


def _turned(data: bytes) -> bytes:
    """A segment that says how a picture is turned, where that of a camera does; "" where it lies as it is."""
    if not data.startswith(b"Exif\x00\x00") or data[6:8] not in (b"II", b"MM"):
        return b""
    tiff, order = data[6:], "little" if data[6:8] == b"II" else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(tiff[at : at + length], order)  # type: ignore[arg-type]

    table = number(4, 4)
    for entry in range(min(number(table, 2), 100)):
        at = table + 2 + 12 * entry
        if number(at, 2) == 0x0112 and number(at + 2, 2) == 3 and 2 <= number(at + 8, 2) <= 8:
            return _SEGMENT + bytes((0, number(at + 8, 2))) + bytes(6)
    return b""


_SEGMENT = b"\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"
"""An Exif segment of one entry, up to the value of its orientation."""
