"""Which encoding a text file is in: by its byte order mark, else by what its bytes can be."""

from __future__ import annotations

import codecs
from pathlib import Path

from kith.runtime.transfer.table import Unreadable

CHUNK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LATIN = "cp1252"
CHINESE_SHARE = 0.8
"""The part of the double bytes of a file that must lie where Chinese characters do, for it to be Chinese."""


def encoding_of(path: Path) -> str:
    """The encoding of a file; every file has one, for Latin-1 takes all bytes. Raises Unreadable where it is no text."""
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return _without_mark(head)
    for name in ("utf-8", "gb18030"):
        if decodes(path, name) and (name == "utf-8" or is_chinese(path)):
            return name
    return LATIN if decodes(path, LATIN) else "latin-1"


def _without_mark(head: bytes) -> str:
    """UTF-16 without a mark: the zeros of its Latin letters stand in every second place."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = len(head) // 10
    if odd > max(4 * even, enough):
        return "utf-16-le"
    if even > max(4 * odd, enough):
        return "utf-16-be"
    raise Unreadable("binary")


def decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text of an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, UnicodeError):
        return False
    return True


def is_chinese(path: Path) -> bool:
    """Whether double bytes are mostly those of common characters: Western texts with accents decode by accident."""
    with path.open("rb") as file:
        sample = file.read(CHUNK)
    double = common = index = 0
    while index < len(sample) - 1:
        if sample[index] < 0x80:
            index += 1
            continue
        double += 1
        common += sample[index] >= 0xA1 and sample[index + 1] >= 0xA1
        index += 2
    return double > 0 and common / double >= CHINESE_SHARE
