"""WebP: the chunks that draw, under a header that promises nothing else."""

from __future__ import annotations

from kith.runtime.files.blocks import Broken, Piece, Slice, Source

DRAWING = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
ABOUT = 0x08 | 0x04
"""The flags of what is said about a picture: Exif and XMP."""


def taken(source: Source) -> tuple[int, int, list[Piece]]:
    """Width, height and pieces."""
    if source.take(4) != b"RIFF" or (end := 8 + source.number(4, little=True)) > source.size:
        raise Broken
    if source.take(4) != b"WEBP":
        raise Broken
    pieces: list[Piece] = []
    width = height = 0
    drawn = False
    while source.at + 8 <= end:
        source.count()
        start, name, length = source.at, source.take(4), source.number(4, little=True)
        padded = length + length % 2
        if name in (b"VP8X", b"VP8 ", b"VP8L"):
            data = source.take(min(10, length))
            found = _size(name, data)
            width, height = (width, height) if width else found
            source.skip(padded - len(data))
            drawn = drawn or name != b"VP8X"
        else:
            data = b""
            source.skip(padded)
        drawn = drawn or name == b"ANMF"
        if name == b"VP8X":
            pieces.append(name + (10).to_bytes(4, "little") + bytes((data[0] & ~ABOUT,)) + data[1:])
        elif name in DRAWING:
            pieces.append(Slice(start, padded + 8))
    if not drawn or source.at > end:
        raise Broken
    size = 4 + sum(len(one) if isinstance(one, bytes) else one.length for one in pieces)
    return width, height, [b"RIFF" + size.to_bytes(4, "little") + b"WEBP", *pieces]


def _size(name: bytes, data: bytes) -> tuple[int, int]:
    if len(data) < 10 and not (name == b"VP8L" and len(data) >= 5):
        raise Broken
    if name == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if name == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        if data[0] != 0x2F:
            raise Broken
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if data[3:6] != b"\x9d\x01\x2a":
        raise Broken
    return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
