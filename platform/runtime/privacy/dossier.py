"""Everything that is known about one person: records, their versions, where others mention him, consents, sign-ins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.accounts.actors import administering
from kith.runtime.context import Context
from kith.runtime.files.keeping import Kept, held_files
from kith.runtime.privacy.consents import log_of
from kith.runtime.privacy.mentions import mentions_of, strings
from kith.runtime.privacy.needles import needles_of
from kith.runtime.privacy.ties import Ids, about, chunks
from kith.runtime.read.histories import history
from kith.runtime.read.labels import labels_of
from kith.runtime.read.printing import printer
from kith.runtime.read.query import HistoryEntry, RecordView, Reference
from kith.runtime.read.reader import reader_of
from kith.runtime.read.records import get_record
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.write.storing import as_json

VERSIONS = 10_000
"""Versions of a record that are told at most."""
USER = "user"


@dataclass(frozen=True, slots=True)
class Told:
    """A record with its versions."""

    view: RecordView
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A text of a record about something else in which the person is named."""

    entity: str
    record: Reference
    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """A file, and the record that holds it."""

    entity: str
    record: str
    file: Kept


@dataclass(frozen=True)
class Dossier:
    """All of it, at one moment."""

    entity: str
    id: str
    at: datetime
    records: tuple[Told, ...]
    """The person's own first."""
    named: tuple[Named, ...]
    consents: tuple[Mapping[str, Any], ...]
    sign_ins: tuple[Mapping[str, Any], ...]
    files: tuple[Held, ...]
    """Every file of these records, also former ones."""


def dossier(connection: sa.Connection, context: Context, release: Release, entity: str, id_: str) -> Dossier | None:
    """What is known of a person, None where there is no such record.

    The caller has seen to it that whoever asks may know: nothing is left out.
    """
    seeing = context.as_(replace(context.actor, roles=administering(release)))
    if get_record(connection, seeing, release, entity, id_, deleted=True) is None:
        return None
    found = about(connection, release, entity, [id_])
    needles = needles_of(connection, release, found)
    records = tuple(
        one
        for name in (entity, *sorted(found.keys() - {entity}))
        for one in _told(connection, seeing, release, name, found.get(name, ()))
    )
    mentions = list(mentions_of(connection, release, needles, found))
    reader = reader_of(seeing, release)
    labels = {
        name: labels_of(connection, seeing, reader, name, {one.id for one in mentions if one.entity == name})
        for name in {one.entity for one in mentions}
    }
    named = tuple(
        Named(one.entity, labels[one.entity][one.id], one.field, "\n".join(strings(one.value))) for one in mentions
    )
    consents = tuple(row for name, ids in found.items() for row in log_of(connection, release, name, ids))
    sign_ins, files = tuple(_sign_ins(connection, entity, id_)), tuple(_files(connection, release, found))
    return Dossier(entity, id_, context.now, records, named, consents, sign_ins, files)


def _files(connection: sa.Connection, release: Release, found: Ids) -> Iterator[Held]:
    for name, ids in found.items():
        for some in chunks(ids):
            for one in held_files(connection, release.names.entities[name].table, some):
                assert one.holder is not None
                yield Held(name, one.holder[1], one)


def _told(connection: sa.Connection, context: Context, release: Release, entity: str, ids: Any) -> Iterator[Told]:
    for some in chunks(ids):
        for id_ in some:
            view = get_record(connection, context, release, entity, id_, deleted=True)
            if view is not None:
                versions = history(connection, context, release, entity, id_, limit=VERSIONS)
                yield Told(view, tuple(versions))


def _sign_ins(connection: sa.Connection, entity: str, id_: str) -> Iterator[Mapping[str, Any]]:
    if entity == USER:
        table = system.sign_in
        found = connection.execute(sa.select(table).where(table.c.user == id_).order_by(table.c.id))
        for row in found:
            yield {"at": row.at, "what": row.what, "address": row.address, "agent": row.agent}


def as_data(release: Release, found: Dossier) -> dict[str, Any]:
    """The dossier for machines: names of the model, values as the API has them."""
    return {
        "format": 1,
        "app": release.model.app.name,
        "entity": found.entity,
        "id": found.id,
        "made_at": found.at.isoformat(),
        "records": [_record_data(one) for one in found.records],
        "mentions": [
            {
                "entity": one.entity,
                "id": one.record.id,
                "label": one.record.label,
                "field": one.field.name,
                "text": one.text,
            }
            for one in found.named
        ],
        "consents": [
            {name: plain(row[name]) for name in ("purpose", "given", "at", "how", "version")} for row in found.consents
        ],
        "files": [
            {"entity": one.entity, "record": one.record, **one.file.described.as_parts(), "sha256": one.file.sha256}
            for one in found.files
        ],
        "sign_ins": [{name: plain(value) for name, value in row.items()} for row in found.sign_ins],
    }


def _record_data(one: Told) -> dict[str, Any]:
    return {
        "entity": one.view.entity,
        "id": one.view.id,
        "title": one.view.title,
        "deleted": one.view.deleted,
        "values": {name: plain(value) for name, value in one.view.values.items()},
        "history": [
            {
                "version": entry.version,
                "op": entry.op,
                "at": entry.at.isoformat(),
                "by": plain(entry.actor),
                "channel": entry.channel,
                "changes": {name: [plain(old), plain(new)] for name, (old, new) in entry.changes.items()},
            }
            for entry in one.history
        ],
    }


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Reference):
        return {"id": value.id, "label": value.label}
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    return as_json(value)


def shown(release: Release, context: Context, field: Field, value: Any) -> str:
    """A value as a person reads it; "" for none."""
    if value is None:
        return ""
    if isinstance(value, Reference):
        return value.label or value.id
    if isinstance(value, (tuple, list, frozenset, set)):
        item = field.type.item or field.type
        parts = sorted(value, key=str) if isinstance(value, (frozenset, set)) else value
        return ", ".join(
            one.label or one.id
            if isinstance(one, Reference)
            else printer(item, release.model, context.language, context.reader_zone)(one)
            for one in parts
        )
    return printer(field.type, release.model, context.language, context.reader_zone)(value)
