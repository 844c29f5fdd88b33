"""What an entity says about personal data."""

from __future__ import annotations

from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.model_privacy import Purpose, Retention


def retention_of(at: At) -> Retention | None:
    """How long the records are kept, where the entity says so."""
    part = at.part("retention")
    said = part.text("after"), part.text("from"), part.text("do")
    return Retention(*said, part.span) if all(said) else None


def purposes_of(context: Context, at: At) -> dict[str, Purpose]:
    """What a person can agree to."""
    return {
        name: Purpose(name, context.label(part, fallback=humanize(name)), part.text("version"))
        for name, part in at.parts("consents")
    }
