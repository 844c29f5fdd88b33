"""Passwords that were found in breaches: a list that the operator has, on this machine; nothing is asked of anybody else.

It is a text file of SHA-1 hashes in their order, one a line, each with what the list's maker has put behind it, as
`5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004`. It may hold a thousand million lines: it is bisected, never loaded.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

HASH = 40
"""Characters of a hash."""
LONGEST_LINE = 200
PROBES = 64
"""Places at which the order is looked at when the server starts."""
_LINE = re.compile(rb"[0-9A-Fa-f]{40}(?![0-9A-Fa-f])")


def is_breached(path: Path, password: str) -> bool:
    """Whether a password is in the list; raises OSError where that cannot be read."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().encode()
    with path.open("rb") as file:
        low, high = 0, os.fstat(file.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            found = _hash_after(file, middle)
            if found == wanted:
                return True
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
    return False


def is_list(path: Path) -> bool:
    """Whether a file is such a list, as far as a few of its lines tell."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            probed = [_hash_after(file, size * probe // PROBES) for probe in range(PROBES)]
            file.seek(0)
            return _LINE.match(file.read(LONGEST_LINE)) is not None and _in_order([one for one in probed if one])
    except (OSError, ValueError):
        return False


def _in_order(hashes: list[bytes]) -> bool:
    return all(_LINE.match(one) for one in hashes) and hashes == sorted(hashes)


def _hash_after(file: BinaryIO, at: int) -> bytes:
    """The hash of the first line that begins at a place or after it; nothing where none does."""
    file.seek(max(at - 1, 0))
    if at:
        file.readline(LONGEST_LINE)
    return file.readline(LONGEST_LINE)[:HASH].lower()
