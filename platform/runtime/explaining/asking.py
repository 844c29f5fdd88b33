"""Who asks, of records as they were: today's rights over that day's documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from kith.metadata.parts import BESIDES, LABELS
from kith.rules.explaining import HIDDEN, Reader
from kith.rules.tree import Node
from kith.rules.types import Type
from kith.rules.values import Env
from kith.runtime import releases
from kith.runtime.context import Context
from kith.runtime.read.labels import labels_of
from kith.runtime.read.printing import printer
from kith.runtime.read.query import Reference
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release
from kith.runtime.schema.tables import Tables
from kith.runtime.write.messages import texts


@dataclass(frozen=True)
class Asking:
    """One question: on which connection, by whom, about which release. What he may see is looked up once."""

    connection: sa.Connection
    context: Context
    release: Release
    """Today's, whose rights hold."""
    then: Release
    """That of the day in question."""
    seen: dict[tuple[str, str], Reference] = field(default_factory=dict)
    rates: dict[tuple[str, date], Decimal | None] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """A sentence in his language."""
        return texts(self.context.language)(f"explain.{key}", **values)

    def may_read(self, entity: str, name: str) -> bool:
        """Whether he may read a field of every record that he may see; one that is gone only who may read all."""
        reader = reader_of(self.context, self.release)
        if entity not in self.then.model.entities or self.context.actor.kind == "system":
            return True
        today = self._today(entity)
        if not today or not reader.may_read(today):
            return False
        rights = reader.rights[today]
        field_now = self._field_today(entity, today, name)
        return bool(rights.wide) if field_now is None else rights.reading(field_now).read.always

    def may_see(self, entity: str, id_: object) -> bool:
        """Whether he may see a record."""
        return self.context.actor.kind == "system" or self.reference(entity, str(id_)).visible

    def sees_all(self, entity: str) -> bool:
        """Whether he may see every record of an entity."""
        today, reader = self._today(entity), reader_of(self.context, self.release)
        known = bool(today) and reader.may_read(today) and not reader.is_limited(today)
        return self.context.actor.kind == "system" or known

    def title(self, entity: str, id_: object) -> str:
        """What a record is called today, as far as he may see it."""
        found = self.reference(entity, str(id_))
        return found.label if found.visible else HIDDEN.in_(self.context.language)

    def reference(self, entity: str, id_: str) -> Reference:
        """A record as he sees it."""
        key = (entity, id_)
        if key not in self.seen:
            today = self._today(entity)
            reader = reader_of(self.context, self.release)
            found = labels_of(self.connection, self.context, reader, today, [id_]) if today else {}
            self.seen[key] = found.get(id_) or Reference(id_, "", False)
        return self.seen[key]

    def name_of(self, entity: str, field_name: str) -> str:
        """What readers called a field then; without a field, the records of the entity."""
        declared = self.then.model.entities.get(entity)
        name, _, part = field_name.partition(".")
        if declared is None or (field_name and name not in declared.fields):
            return BESIDES[name].in_(self.context.language) if name in BESIDES else field_name or entity
        label = declared.fields[name].label if field_name else declared.plural
        said = label.in_(self.context.language)
        return f"{said} · {LABELS[part].in_(self.context.language)}" if part else said

    def show(self, value: object, type_: Type) -> str:
        """A value as he is used to reading it."""
        return printer(type_, self.then.model, self.context.language, self.context.reader_zone)(value)

    def reader(self, text: str, env: Env, lets: Mapping[str, Sequence[Node]] | None = None) -> Reader:
        """He as the reader of a reason."""
        name_of: Callable[[str, str], str] = self.name_of
        language = self.context.language
        me = env.me.get("id")
        whose = self.title("user", me) if me not in (None, self.context.actor.id) else ""
        return Reader(text, env, self.may_read, language, self.may_see, lets or {}, name_of, self.title, whose)

    def reader_of_values(self) -> Reader:
        """He as the reader of values alone."""
        return self.reader("", Env(this={}, now=self.context.now, zone=self.context.zone, show=self.show))

    def _today(self, entity: str) -> str:
        """What an entity of that day is called today; "" where it is gone."""
        if self.then is self.release:
            return entity
        table = self.then.names.entities[entity].table if entity in self.then.names.entities else ""
        known = (name for name, one in self.release.names.entities.items() if one.table == table)
        return next((name for name in known if name in self.release.model.entities), "")

    def _field_today(self, entity: str, today: str, name: str) -> str | None:
        if self.then is self.release or name in ("id", "version"):
            return name
        column = self.then.names.entities[entity].columns.get(name, name)
        columns = self.release.names.entities[today].columns
        known = next((one for one, its in columns.items() if its == column), name)
        return known if known in self.release.model.entities[today].fields else None


def release_then(connection: sa.Connection, release: Release, number: int) -> Release | None:
    """The release of that number as it was; None where this version of Kith can no longer read it."""
    if number == release.number:
        return release
    return release.cached(("then", number), lambda: _built(connection, release, number))


def _built(connection: sa.Connection, release: Release, number: int) -> Release | None:
    stored = releases.load(connection, number)
    from kith.metadata.build import build  # what checks documents is costly to import, and a server starts without it

    model, _ = build(stored.layers, advice=False)
    if model is None:
        return None
    tables = Tables(model, stored.names, release.tables.engine)
    return Release(number, model, stored.names, tables, release.dialect)
