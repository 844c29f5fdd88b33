"""Which names files of a package may have: such as mean the same file, inside one folder, on every system."""

from __future__ import annotations

import re

from kith.metadata.shapes.kinds import FOLDERS
from kith.problems import Words

MANIFEST = "package.json"
"""The list of what a package holds."""
MAX_LENGTH = 160
MAX_DEPTH = 4

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_BESIDES = re.compile(r"(README|LICENSE|CHANGELOG|NOTICE)(\.[A-Za-z-]+)?\.(md|txt)|LICENSE|NOTICE")
"""What an app's own folder may hold besides documents."""
# Names of devices: Windows takes them for no file at all, whatever their ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)

_LONG = Words("it is too long or too deep", "过长或层级过深")
_OUTSIDE = Words("it is outside the package", "指向包外")
_SIGNS = Words(
    "only letters a to z, digits, dot, dash and underscore are the same on every system",
    "只允许英文字母、数字、点、连字符和下划线",
)
_DEVICE = Words("some systems keep it for a device", "部分系统把它保留给设备")
_ENDING = Words("it is no document, README, LICENSE or CHANGELOG", "不是文档、README、LICENSE 或 CHANGELOG")


def unfit(name: str) -> Words | None:
    """Why a name is none for a file of a package."""
    parts = name.split("/")
    if len(name) > MAX_LENGTH or len(parts) > MAX_DEPTH:
        return _LONG
    if name.startswith("/") or "\\" in name or ".." in parts or re.match(r"[A-Za-z]:", name):
        return _OUTSIDE
    if not all(_PART.fullmatch(part) and not part.endswith(".") for part in parts):
        return _SIGNS
    if any(_RESERVED.fullmatch(part) for part in parts):
        return _DEVICE
    return None if is_document(name) or is_besides(name) or name == MANIFEST else _ENDING


def is_document(name: str) -> bool:
    """Whether a file of that name is a document."""
    top, _, rest = name.partition("/")
    return name.endswith(".yaml") and (name == "app.yaml" or (top in FOLDERS and bool(rest)))


def is_besides(name: str) -> bool:
    """Whether a file of that name is what people read about an app."""
    return _BESIDES.fullmatch(name) is not None
