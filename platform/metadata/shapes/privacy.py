"""The shape of what entities say about personal data: retention, and the purposes of consent."""

from __future__ import annotations

from typing import Any

from kith.metadata.shapes import parts
from kith.problems import Words

SPAN: dict[str, Any] = {
    "type": "string",
    "pattern": r"^[1-9][0-9]{0,3}(d|w|mo|y)$",
    "kith:wanted": Words("a span such as 90d, 18mo or 3y", "时长（如 90d、18mo、3y）"),
}
PERSON = parts.flag("Whether each record is a human being, whose data can be exported and erased as a whole.")
ERASURE = parts.one_of(
    ("anonymise", "erase"),
    "What becomes of the records when the person they are about is erased: personal fields are emptied (the usual), or they go.",
)
RETENTION = parts.keys(
    Words("a retention rule", "保留规则"),
    ("after", "from", "do"),
    after=SPAN | {"description": "How long records are kept."},
    from_=parts.refers(
        "The date or instant from which that counts: a field, or created_at, updated_at, deleted_at.", to="field"
    ),
    do=parts.one_of(
        ("erase", "anonymise", "delete"),
        "What is done then: gone from everywhere, personal fields emptied, or into the recycle bin.",
    ),
)
CONSENTS = parts.names_to(
    parts.keys(
        Words("a purpose of consent", "同意的用途"),
        ("version",),
        label=parts.LABEL,
        version=parts.text("The version of the text that people agree to now, such as 2026-01.", maxLength=40),
    ),
    doc="What a person can agree to, by purpose; each yes and no is kept in a log.",
)
