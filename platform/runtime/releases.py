"""Releases in the database: every layer's documents as they came, and the names they are kept under."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Layer, Model
from kith.problems import Words, fill
from kith.runtime.context import SYSTEM, Actor
from kith.runtime.schema import system
from kith.runtime.schema.install import is_installed
from kith.runtime.schema.names import Names


@dataclass(frozen=True, slots=True)
class Stored:
    """A release as the database keeps it."""

    number: int
    names: Names
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """Who published what, when, and why."""

    number: int
    at: datetime
    actor: str
    note: str
    app: str
    version: str
    changes: Sequence[dict[str, Any]]
    back: int | None = None
    """The older release that it goes back to, where it does."""

    def said(self, language: str) -> str:
        """Why it was published: what it takes back, and the note."""
        if self.back is None:
            return self.note
        taken = taken_back(self.back, self.number - 1).in_(language)
        return fill(TAKEN_AND_NOTE, {"taken": taken, "note": self.note}, language) if self.note else taken

    def by(self, language: str) -> str:
        """Who published it; a command is the system's own."""
        return THE_SYSTEM.in_(language) if self.actor == SYSTEM.name else self.actor

    def counts(self) -> dict[str, int]:
        """How many changes there were of each class that there were."""
        return dict(Counter(str(change["class"]) for change in self.changes))

    def as_data(self, language: str, *, whole: bool = False) -> dict[str, Any]:
        """As plain data, with its changes where they are asked for."""
        data = {name: getattr(self, name) for name in ("number", "at", "actor", "note", "app", "version", "back")}
        data["note"] = self.said(language)
        changes = [
            {**{name: part for name, part in change.items() if name not in ("zh", "refusal")}, "message": message}
            for change, message in zip(self.changes, self.told(language), strict=True)
        ]
        return {**data, "counts": self.counts(), **({"changes": changes} if whole else {})}

    def told(self, language: str) -> list[str]:
        """Its changes as lines."""
        chinese = language.lower().startswith("zh")
        return [str(change.get("zh") if chinese and change.get("zh") else change["message"]) for change in self.changes]


THE_SYSTEM = Words("system", "系统")
TAKEN_AND_NOTE = Words("{taken}: {note}", "{taken}：{note}")


def taken_back(number: int, current: int) -> Words:
    """What is said of going back from the current release to an older one: the releases that it takes back."""
    taken = f"{current}" if number == current - 1 else f"{number + 1}–{current}"
    return Words(f"rollback of {taken}", f"撤回发布 {taken}")


def current_number(connection: sa.Connection) -> int:
    """The number of the current release, 0 where there is none yet."""
    return int(connection.scalar(sa.select(sa.func.max(system.release.c.number))) or 0)


def load(connection: sa.Connection, number: int) -> Stored:
    """A release's layers and names."""
    names = connection.scalar(sa.select(system.release.c.names).where(system.release.c.number == number))
    layers = connection.execute(
        sa.select(system.layer).where(system.layer.c.release == number).order_by(system.layer.c.position)
    ).all()
    documents: dict[int, dict[str, str]] = {row.position: {} for row in layers}
    written = connection.execute(
        sa.select(system.document.c.position, system.document.c.path, system.text.c.text)
        .join(system.text, system.text.c.digest == system.document.c.text)
        .where(system.document.c.release == number)
        .order_by(system.document.c.position, system.document.c.ordinal)
    )
    for position, path, text in written:
        documents[position][path] = text
    return Stored(
        number,
        Names.from_data(names or {}),
        tuple(Layer(row.name, row.version, documents[row.position], row.digest, row.name) for row in layers),
    )


def find_layer(connection: sa.Connection, name: str, digest: str) -> Layer | None:
    """A layer as the newest release has it in which its hash is this one."""
    table = system.layer
    number = connection.scalar(
        sa.select(sa.func.max(table.c.release)).where(table.c.name == name, table.c.digest == digest)
    )
    found = load(connection, number).layers if number else ()
    return next((layer for layer in found if layer.name == name), None)


def digests(connection: sa.Connection) -> dict[str, set[str]]:
    """All hashes that each layer has ever had in a release."""
    found: dict[str, set[str]] = {}
    for name, hash_ in connection.execute(sa.select(system.layer.c.name, system.layer.c.digest).distinct()):
        found.setdefault(name, set()).add(hash_)
    return found


def load_current(connection: sa.Connection) -> Stored | None:
    """The current release, or None in a database that has none yet."""
    if not is_installed(connection):
        return None
    number = current_number(connection)
    return load(connection, number) if number else None


def store(
    connection: sa.Connection,
    number: int,
    model: Model,
    names: Names,
    *,
    at: datetime,
    actor: Actor,
    note: str = "",
    changes: Sequence[dict[str, Any]] = (),
    back: int | None = None,
) -> None:
    """Write a release; it is the current one when the transaction commits."""
    connection.execute(
        system.release.insert(),
        {
            "number": number,
            "at": at,
            "actor": actor.id,
            "actor_name": actor.name,
            "note": note,
            "app": model.app.name,
            "version": model.app.version,
            "names": names.as_data(),
            "changes": list(changes),
            "back": back,
        },
    )
    for position, layer in enumerate(model.layers):
        _store_layer(connection, number, position, layer)


def _store_layer(connection: sa.Connection, number: int, position: int, layer: Layer) -> None:
    connection.execute(
        system.layer.insert(),
        {
            "release": number,
            "position": position,
            "name": layer.name,
            "version": layer.version,
            "digest": layer.digest,
        },
    )
    digests = {path: digest(text) for path, text in layer.documents.items()}
    _store_texts(connection, {digests[path]: text for path, text in layer.documents.items()})
    rows = [
        {"release": number, "position": position, "path": path, "ordinal": ordinal, "text": digests[path]}
        for ordinal, path in enumerate(layer.documents)
    ]
    if rows:
        connection.execute(system.document.insert(), rows)


def _store_texts(connection: sa.Connection, texts: dict[str, str]) -> None:
    known: set[str] = set()
    for some in _batches(list(texts), 500):
        known.update(connection.scalars(sa.select(system.text.c.digest).where(system.text.c.digest.in_(some))))
    rows = [{"digest": key, "text": text} for key, text in texts.items() if key not in known]
    if rows:
        connection.execute(system.text.insert(), rows)


def _batches(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def digest(text: str) -> str:
    """The hash by which a text is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def published(
    connection: sa.Connection, *, number: int = 0, before: int = 0, limit: int | None = None
) -> list[Published]:
    """All releases, the newest first, or those before a number; or the one of a number."""
    asked = sa.select(system.release).order_by(system.release.c.number.desc()).limit(limit)
    if number:
        asked = asked.where(system.release.c.number == number)
    if before:
        asked = asked.where(system.release.c.number < before)
    return [
        Published(row.number, row.at, row.actor_name, row.note, row.app, row.version, row.changes or (), row.back)
        for row in connection.execute(asked)
    ]
