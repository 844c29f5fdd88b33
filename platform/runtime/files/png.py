"""PNG, and its animations: chunks that draw, each with the checksum that it came with."""

from __future__ import annotations

import zlib

from kith.runtime.files.blocks import Broken, Piece, Slice, Source

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DRAWING = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs acTL fcTL fdAT".split())
SMALL = 1_000_000
"""Bytes of a chunk that is no part of the picture itself."""
PORTION = 65_536


def taken(source: Source) -> tuple[int, int, list[Piece]]:
    """Width, height and pieces."""
    if source.take(8) != SIGNATURE:
        raise Broken
    pieces: list[Piece] = [SIGNATURE]
    start = source.at
    name, head = _chunk(source)
    if name != b"IHDR" or len(head) != 13:
        raise Broken
    drawn = False
    while name != b"IEND":
        if name in DRAWING:
            pieces.append(Slice(start, source.at - start))
        start = source.at
        name, _ = _chunk(source)
        drawn = drawn or name == b"IDAT"
    if not drawn:
        raise Broken
    pieces.append(Slice(start, source.at - start))
    return int.from_bytes(head[:4]), int.from_bytes(head[4:8]), pieces


def _chunk(source: Source) -> tuple[bytes, bytes]:
    """The name of a chunk, and how it begins; raises Broken where its checksum is another."""
    source.count()
    length, name = source.number(4), source.take(4)
    if name not in (b"IDAT", b"fdAT") and length > SMALL:
        raise Broken
    head, sum_, left = b"", zlib.crc32(name), length
    while left:
        data = source.take(min(left, PORTION))
        head, sum_, left = head or data, zlib.crc32(data, sum_), left - len(data)
    if source.number(4) != sum_:
        raise Broken
    return name, head
