"""Batches and what became of them in words and as data, for commands, pages and the API alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Model
from kith.rules.types import DATETIME
from kith.runtime.context import Context
from kith.runtime.past.back import Back
from kith.runtime.past.batches import Batch
from kith.runtime.past.preview import Preview, Stays, labels_by, stays
from kith.runtime.read.printing import printer
from kith.runtime.read.query import Reference
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release
from kith.runtime.write.messages import texts


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that could not be taken back, with the reason."""

    entity: str
    record: Reference
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What taking a batch back did: the counts are whole, of the lists only the first are kept."""

    returned: int
    stayed: int
    stays: Sequence[Stays]
    refused: int
    refusals: Sequence[Refusal]
    sent: int
    withdrawn: int


def outcome_of(connection: sa.Connection, context: Context, release: Release, noted: Mapping[str, Any]) -> Outcome:
    """What was noted of an undo, as a reader may be told of it."""
    reader = reader_of(context, release)
    kept = [(*one["record"].split("/", 1), one["fields"]) for one in noted.get("kept", ())]
    refused = [(*one["record"].split("/", 1), one["message"]) for one in noted.get("refusals", ())]
    named = [(entity, id_) for entity, id_, _ in (*kept, *refused)]
    labels = labels_by(connection, context, reader, named)
    backs = [Back(entity, id_, kept=tuple(fields), whole=not fields) for entity, id_, fields in kept]
    return Outcome(
        returned=noted.get("returned", 0),
        stayed=noted.get("kept_count", 0),
        stays=[stays(reader, back, labels) for back in backs if (back.entity, back.id) in labels],
        refused=noted.get("refused", 0),
        refusals=[
            Refusal(entity, labels[entity, id_], message) for entity, id_, message in refused if (entity, id_) in labels
        ],
        sent=noted.get("sent", 0),
        withdrawn=noted.get("withdrawn", 0),
    )


def headline(model: Model, context: Context, batch: Batch) -> str:
    """What a batch is: through which channel, by whom and when."""
    say = texts(context.language)
    channel = say(f"explain.channel.{batch.channel}") + (f" ({batch.detail})" if batch.detail else "")
    who = say("explain.actor.system") if batch.actor is None and batch.actor_kind == "system" else batch.actor_name
    return say("undo.head", channel=channel, who=who, when=_when(model, context, batch.at))


def counted(model: Model, context: Context, found: Preview) -> Iterator[str]:
    """What a batch did, a line for each entity and kind of change."""
    say = texts(context.language)
    for one in found.counts:
        label = model.entities[one.entity].plural.in_(context.language)
        yield say(f"undo.did.{one.op}", count=one.records, entity=label)


def staying(model: Model, context: Context, one: Stays) -> str:
    """A record of which something stays, and what."""
    say, entity = texts(context.language), model.entities[one.entity]
    fields = ("、" if say.language.startswith("zh") else ", ").join(
        entity.fields[name].label.in_(context.language) for name in one.fields if name in entity.fields
    )
    title = f"{entity.label.in_(context.language)} {_title(context, one.record)}"
    return say("undo.stays.fields" if fields else "undo.stays.whole", title=title, fields=fields)


def preview_text(model: Model, context: Context, found: Preview) -> Iterator[str]:
    """What taking a batch back would do, line by line."""
    say = texts(context.language)
    yield headline(model, context, found.batch)
    yield from (f"  {line}" for line in counted(model, context, found))
    if found.undone_at is not None:
        yield say("undo.again", when=_when(model, context, found.undone_at))
    if found.stays:
        yield say("undo.would_stay")
        yield from (f"  {staying(model, context, one)}" for one in found.stays)
    if found.more:
        yield say("undo.more")
    if found.sent:
        yield say("undo.sent", count=found.sent)
        yield from (f"  {say(f'jobs.kind.{kind}')}: {_title(context, record)}" for kind, _, record in found.sent_first)


def outcome_text(model: Model, context: Context, outcome: Outcome) -> Iterator[str]:
    """What taking a batch back did, line by line."""
    say = texts(context.language)
    yield say("undo.returned", count=outcome.returned)
    if outcome.stayed:
        yield say("undo.stayed", count=outcome.stayed)
        yield from (f"  {staying(model, context, one)}" for one in outcome.stays)
    if outcome.refused:
        yield say("undo.refused", count=outcome.refused)
        yield from (f"  {_title(context, one.record)}: {one.message}" for one in outcome.refusals)
    if outcome.withdrawn:
        yield say("undo.withdrawn", count=outcome.withdrawn)
    if outcome.sent:
        yield say("undo.sent", count=outcome.sent)


def preview_data(found: Preview) -> dict[str, Any]:
    """The same as plain data."""
    batch = found.batch
    return {
        "batch": batch.id,
        "at": batch.at,
        "actor": batch.actor,
        "channel": batch.channel,
        "detail": batch.detail,
        "counts": [{"entity": one.entity, "op": one.op, "records": one.records} for one in found.counts],
        "stays": [_stays_data(one) for one in found.stays],
        "more": found.more,
        "sent": found.sent,
        "undone_at": found.undone_at,
    }


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """The same as plain data."""
    refusals = [{**_record_data(one.entity, one.record), "message": one.message} for one in outcome.refusals]
    return {
        "returned": outcome.returned,
        "stayed": outcome.stayed,
        "stays": [_stays_data(one) for one in outcome.stays],
        "refused": outcome.refused,
        "refusals": refusals,
        "sent": outcome.sent,
        "withdrawn": outcome.withdrawn,
    }


def _stays_data(one: Stays) -> dict[str, Any]:
    return {**_record_data(one.entity, one.record), "fields": list(one.fields)}


def _record_data(entity: str, record: Reference) -> dict[str, Any]:
    return {"entity": entity, "id": record.id, "label": record.label if record.visible else None}


def _title(context: Context, record: Reference) -> str:
    if not record.visible:
        return texts(context.language)("undo.hidden")
    return record.label or record.id[:8]


def _when(model: Model, context: Context, at: datetime) -> str:
    return printer(DATETIME, model, context.language, context.reader_zone)(at)
