"""Names of files: for people to read, never a path, and always with the ending of what the file is."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from kith.runtime.files.kinds import ENDINGS

LONGEST = 120
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Characters that do not show, or turn the direction of those that do."""


def cleaned(name: str, kind: str) -> str:
    """A client's name as it is kept: its last part, without what does not show or means something to a system."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(one if unicodedata.category(one) not in _HIDDEN else " " for one in name)
    name = re.sub(r"\s+", " ", re.sub(r'[<>:"|?*]', "_", name)).strip(" .")
    stem, _, ending = name.rpartition(".")
    fits = ENDINGS.get(kind, (kind,))
    if not stem or ending.lower() not in fits:
        stem, ending = name, fits[0]
    return f"{stem[: LONGEST - len(ending) - 1].rstrip(' .') or 'file'}.{ending}"


def disposition(name: str, *, inline: bool) -> str:
    """The header by which a browser shows or saves a file under its name."""
    plain = re.sub(r"[^ !#$&+\-.0-9A-Z^_`a-z|~()]", "_", unicodedata.normalize("NFKD", name))
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
