"""GIF: pictures, their timing and whether they go round again; comments and the data of programs are left out."""

from __future__ import annotations

from kith.runtime.files.blocks import Broken, Piece, Slice, Source

IMAGE, EXTENSION, END = 0x2C, 0x21, 0x3B
TIMING, PROGRAM = 0xF9, 0xFF
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def taken(source: Source) -> tuple[int, int, list[Piece]]:
    """Width, height and pieces."""
    head = source.take(13)
    if head[:6] not in (b"GIF87a", b"GIF89a"):
        raise Broken
    width, height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    pieces: list[Piece] = [head, source.skip(_colours(head[10]))]
    drawn = False
    while (mark := source.number(1)) != END:
        source.count()
        start = source.at - 1
        if mark == IMAGE:
            box = source.take(9)
            right, bottom = (int.from_bytes(box[at : at + 2], "little") for at in (4, 6))
            if right > width or bottom > height:
                raise Broken
            source.skip(_colours(box[8]) + 1)
            _blocks(source)
            pieces.append(Slice(start, source.at - start))
            drawn = True
        elif mark == EXTENSION:
            label = source.number(1)
            program = _blocks(source)
            if label == TIMING or (label == PROGRAM and program in LOOPS):
                pieces.append(Slice(start, source.at - start))
        else:
            raise Broken
    if not drawn:
        raise Broken
    return width, height, [*pieces, bytes((END,))]


def _colours(flags: int) -> int:
    """Bytes of the table of colours that flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(source: Source) -> bytes:
    """Go past a row of blocks, which an empty one ends; the first of them, where it is short."""
    first: bytes | None = None
    while length := source.number(1):
        source.count()
        data = source.take(length)
        first = data if first is None else first
    return first if first is not None and len(first) == 11 else b""
