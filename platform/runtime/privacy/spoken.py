"""What erasing and retention do, and what certificates say, in words, for commands and pages alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from kith.rules.types import DATE, DATETIME
from kith.runtime.context import Context
from kith.runtime.privacy.certificates import Certificate
from kith.runtime.privacy.erasing import Erasure
from kith.runtime.privacy.holding import Hold
from kith.runtime.privacy.retaining import Due
from kith.runtime.read.printing import printer
from kith.runtime.release import Release
from kith.runtime.write.messages import texts

SIGNS: Mapping[str, str] = {"erase": "-", "anonymise": "~", "delete": "-"}
DONE: Mapping[str, str] = {"erase": "erased", "anonymise": "anonymised", "delete": "deleted"}


def erasure_lines(release: Release, context: Context, erasure: Erasure) -> Iterator[str]:
    """What erasing would do, line by line, as a plan has its changes."""
    say, model, fates = texts(context.language), release.model, erasure.fates
    for what, sign, records in (("erased", "-", fates.gone), ("anonymised", "~", fates.emptied)):
        for name, ids in sorted(records.items()):
            label = model.entities[name].label.in_(context.language)
            needed = len(fates.needed.get(name, ())) if what == "anonymised" else 0
            because = f" ({say('privacy.needed', count=needed)})" if needed else ""
            yield f"{sign} {say(f'privacy.will.{what}', entity=label, count=len(ids))}{because}"
    if erasure.mentions:
        yield f"~ {say('privacy.will.mentions', count=len(erasure.mentions))}"
    if erasure.doubtful:
        yield f"! {say('privacy.will.doubtful', count=len(erasure.doubtful))}"
    for hold in erasure.holds:
        yield f"✗ {hold_line(release, context, hold)}"
    if erasure.holds:
        yield say("privacy.refused")


def hold_line(release: Release, context: Context, hold: Hold) -> str:
    """A hold in words."""
    return texts(context.language)(
        "privacy.held",
        record=f"{hold.entity}/{hold.record}",
        at=_when(release, context, hold.placed_at),
        reason=hold.reason,
    )


def due_lines(release: Release, context: Context, due: Due) -> Iterator[str]:
    """What retention would do with the records of an entity."""
    say, model = texts(context.language), release.model
    entity = model.entities[due.entity]
    declared = entity.fields.get(due.retention.from_field)
    field = declared.label.in_(context.language) if declared is not None else due.retention.from_field
    day = printer(DATE, model, context.language, context.reader_zone)(due.before)
    kept = say("privacy.kept", after=due.retention.after, field=field, day=day)
    will = say(f"privacy.will.{DONE[due.retention.do]}", entity=entity.label.in_(context.language), count=due.count)
    yield f"{SIGNS[due.retention.do]} {will} ({kept})"
    for name, count in sorted(due.along.items()):
        label = model.entities[name].label.in_(context.language)
        yield f"    {say('privacy.along', entity=label, count=count)}"


def certificate_lines(release: Release, context: Context, one: Certificate, *, verified: bool) -> Iterator[str]:
    """A certificate in words, with what is wrong with it."""
    say, row = texts(context.language), one.row
    yield say(
        "privacy.certificate",
        number=row["number"],
        at=_when(release, context, row["at"]),
        what=say(f"privacy.cause.{row['cause']}"),
        who=row["actor"] or "system",
    )
    entities = release.names.by_table
    for what in ("erased", "anonymised"):
        for name, count in _counts(row, what).items():
            label = release.model.entities[name].label.in_(context.language) if name in release.model.entities else name
            yield f"    {say(f'privacy.did.{what}', entity=label, count=count)}"
    yield f"    {entities.get(row['entity'], row['entity'])}/{row['record'] or '*'} · sha256 {row['hash']}"
    yield from (f"  ✗ {say(f'privacy.flaw.{flaw}')}" for flaw in one.flaws)
    if verified and not one.flaws:
        yield f"  ✓ {say('privacy.sound')}"


def _counts(row: Mapping[str, Any], what: str) -> Mapping[str, int]:
    found: Mapping[str, int] = row["counts"].get(what, {})
    return found


def _when(release: Release, context: Context, at: datetime) -> str:
    return printer(DATETIME, release.model, context.language, context.reader_zone)(at)


def certificate_data(one: Certificate) -> dict[str, Any]:
    """A certificate for machines."""
    row = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in one.row.items()}
    return {**row, "flaws": list(one.flaws)}
