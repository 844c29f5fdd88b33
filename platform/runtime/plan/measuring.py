"""Change of type meets the data: every value is converted once, to see what fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.converting.conversions import Conversion
from kith.runtime.converting.ways import NOTHING, Loss, spelled
from kith.runtime.plan.places import Place
from kith.runtime.plan.retyping import SHOWN, Measured, Misfit, Newer
from kith.runtime.read.labels import labels_of
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release
from kith.runtime.write.shelf import shelf_of


@dataclass(frozen=True)
class Looking:
    """Where other records are found: those of the release before, as the system sees them."""

    connection: sa.Connection
    context: Context
    release: Release
    former: Mapping[str, str] = field(default_factory=dict)
    """What entities that are called otherwise after the change are called in that release."""

    def titles(self, entity: str, ids: Iterable[str]) -> dict[object, str]:
        """The titles of records."""
        reader = reader_of(self.context, self.release)
        found = labels_of(self.connection, self.context, reader, entity, ids)
        return {id_: one.label for id_, one in found.items() if one.label}

    def records(self, entity: str, texts: Iterable[str]) -> dict[object, str]:
        """The records that have a text in a field that is unique by itself, by text."""
        if entity not in self.release.model.entities:
            return {}
        shelf = shelf_of(self.release, entity)
        fields = self.release.model.entities[entity].fields
        stripped = {text: text.strip() for text in texts}
        keys = [(key,) for key in set(stripped.values())]
        found: dict[str, str] = {}
        for key in shelf.table.keys.values():
            if len(key.fields) == 1 and fields[key.fields[0]].type.kind == "text":
                made = shelf.find(self.connection, key.fields, keys)
                found = {key: id_ for (key,), id_ in made.items()} | found
        return {text: found[key] for text, key in stripped.items() if key in found}

    def prepared(self, conversion: Conversion, values: Iterable[Any]) -> Conversion:
        """A conversion that has looked up what it needs for some values."""
        if not conversion.way.looks_up:
            return conversion
        old, new = conversion.setting.old, conversion.setting.new
        wanted = [str(value) for value in values if value]
        to_titles = old.type.kind == "ref"
        entity = (old if to_titles else new).type.entity
        find = self.titles if to_titles else self.records
        found = find(self.former.get(entity, entity), wanted)
        return replace(conversion, setting=replace(conversion.setting, found=found))


@dataclass
class Measure:
    """The values of one field on their way from `source` to `target`.

    `back` converts what the target has kept aside to what the source has now: where that is the present value, nobody has
    changed it since, and what was kept is what counts.
    """

    source: Place
    conversion: Conversion
    target: Place | None = None
    back: Conversion | None = None
    _counts: Counter[str] = field(default_factory=Counter)
    _misfits: list[Misfit] = field(default_factory=list)
    _stays: list[Newer] = field(default_factory=list)

    def run(self, looking: Looking) -> Measured:
        """Look at every value."""
        connection = looking.connection
        if self.target is None and self.conversion.fits:
            return Measured(values=self._count(connection))
        for present in self.source.scan(connection):
            kept = self.target.read(connection, list(present)) if self.target is not None else {}
            self._batch(looking, present, kept)
        if self.target is not None:
            for kept in self.target.scan(connection):
                present = self.source.read(connection, list(kept))
                self._batch(looking, {id_: None for id_ in kept if id_ not in present}, kept)
        return self._titled(looking)

    def _count(self, connection: sa.Connection) -> int:
        statement = sa.select(sa.func.count()).select_from(self.source.table.table).where(self.source.filled)
        return int(connection.scalar(statement) or 0)

    def _batch(self, looking: Looking, present: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
        convert = looking.prepared(self.conversion, present.values())
        back = looking.prepared(self.back, kept.values()) if self.back is not None else None
        settled = self.source.settled(looking.connection, list(present), kept)
        for id_, value in present.items():
            self._counts["values"] += value is not None
            if id_ in settled:
                self._counts["back"] += id_ in kept
                continue
            if id_ in kept:
                if is_untouched(back, kept[id_], value):
                    self._counts["back"] += 1
                    continue
                self._newer(id_, kept[id_], value)
            made = convert(value)
            if made.loss is not None:
                self._lost(id_, value, made.value, made.loss)

    def _lost(self, id_: str, value: Any, made: Any, loss: Loss) -> None:
        setting, nothing = self.conversion.setting, made is None or made == NOTHING
        self._counts["lost"] += 1
        self._counts["emptied"] += nothing
        if len(self._misfits) < SHOWN:
            becomes = "" if nothing else spelled(made, replace(setting, old=setting.new))
            self._misfits.append(Misfit(id_, "", spelled(value, setting), becomes, loss))

    def _newer(self, id_: str, kept: Any, value: Any) -> None:
        setting = self.conversion.setting
        self._counts["newer"] += 1
        if len(self._stays) < SHOWN:
            was = spelled(kept, replace(setting, old=setting.new))
            self._stays.append(Newer(id_, "", was, "" if value is None else spelled(value, setting)))

    def _titled(self, looking: Looking) -> Measured:
        ids = {*(one.record for one in self._misfits), *(one.record for one in self._stays)}
        titles = looking.titles(self.source.table.entity.name, ids) if ids else {}
        return Measured(
            **self._counts,
            misfits=tuple(replace(one, title=titles.get(one.record, "")) for one in self._misfits),
            stays=tuple(replace(one, title=titles.get(one.record, "")) for one in self._stays),
        )


def is_untouched(back: Conversion | None, kept: Any, value: Any) -> bool:
    """Whether what is there now is just what the kept value was made into."""
    return back is not None and back(kept).value == (back.setting.empty if value is None else value)
