"""How a raw value is to be read, and what is said when it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo


@dataclass(frozen=True, slots=True)
class Reading:
    """How raw values are written, and by whom.

    `text` says that everything arrives as text (forms, files); `zone` is for times without an offset; `percent_points`
    that a bare "15" means 15 % (forms), else it is the fraction; `date_format` such as `M/D/YYYY` is for files, "" is ISO.
    """

    zone: tzinfo
    text: bool = False
    percent_points: bool = False
    date_format: str = ""
    region: str = ""
    """The country of phone numbers without a country code, where the field names none."""


class Misread(Exception):
    """A raw value that is not one of its type: the key of the sentence in the runtime's texts, and its values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, object] = values


def shown(raw: object) -> str:
    """A raw value as a message may quote it: at most 40 characters."""
    text = raw if isinstance(raw, str) else repr(raw)
    return text if len(text) <= 40 else text[:39] + "…"
