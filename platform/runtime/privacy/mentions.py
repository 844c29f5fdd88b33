"""Where a person is mentioned: texts of records that are not about him, and what stands there once he is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.metadata.fields.files import FILES
from kith.metadata.model import Entity, Field
from kith.problems import Words
from kith.runtime.privacy.needles import Needles, refers
from kith.runtime.privacy.ties import Ids
from kith.runtime.release import Release
from kith.runtime.schema.storage import PARTS

MARK = Words("(erased)", "（已抹除）")
FREE = frozenset({"text", "long_text", "markdown", "json", "person_name", "address", "tags"})
"""Field types in whose values a part can be replaced; of others a value that holds a mention is emptied."""
TEXTUAL = FREE | {"email", "phone", "url", "external_id"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A text of a record in which a person is named; `texts` are the needles found there, in small letters."""

    entity: str
    id: str
    field: Field
    value: Any
    texts: frozenset[str]


def mark(release: Release) -> str:
    """What stands in the place of a person, in the workspace's first language."""
    return MARK.in_(release.model.app.languages[0])


def mentions_of(connection: sa.Connection, release: Release, needles: Needles, but: Ids) -> Iterator[Mention]:
    """Every text, in records that are not among those, that holds a needle."""
    if not needles.texts:
        return
    for entity in release.model.entities.values():
        known = frozenset(but.get(entity.name, ()))
        for field in textual(entity):
            for id_, value in _holding(connection, release, field, needles):
                texts = needles.found_in("\n".join(strings(value)))
                if texts and id_ not in known:
                    yield Mention(entity.name, id_, field, value, texts)


def textual(entity: Entity) -> Sequence[Field]:
    """The fields in which somebody may have written a name."""
    return tuple(
        field
        for field in entity.fields.values()
        if field.type_name in TEXTUAL | FILES and not field.is_computed and not refers(field)
    )


def _holding(connection: sa.Connection, release: Release, field: Field, needles: Needles) -> Iterator[tuple[str, Any]]:
    table, engine = release.tables[field.entity], release.tables.engine
    if field.name in table.links:
        link = table.links[field.name]
        held = sa.select(link.record, link.value).where(needles.condition(link.value, engine))
        yield from ((str(row[0]), row[1]) for row in connection.execute(held))
        return
    parts = table.columns[field.name].parts
    if field.type_name in FILES:
        parts = {"name": parts["name"]}
    chosen = sa.select(table.id, *parts.values()).where(
        sa.or_(*(needles.condition(column, engine) for column in parts.values()))
    )
    for id_, *values in connection.execute(chosen):
        whole = dict(zip(parts, values, strict=True))
        yield str(id_), whole if field.type_name in PARTS else values[0]


def without(value: Any, needles: Needles) -> Any:
    """Files, without those in whose names somebody is named."""
    if isinstance(value, frozenset):
        return frozenset(one for one in value if not needles.pattern.search(one))
    return None if isinstance(value, Mapping) and needles.pattern.search(str(value["name"])) else value


def strings(value: Any) -> Iterator[str]:
    """Every text inside of a value, names of parts too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield str(name)
            yield from strings(part)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from strings(part)


def replaced(value: Any, needles: Needles, by: str, *, names: bool = True) -> Any:
    """A value without the needles; the `names` of parts too, unless they are not somebody's own."""
    if isinstance(value, str):
        return needles.pattern.sub(by, value)
    if isinstance(value, Mapping):
        return {
            needles.pattern.sub(by, str(name)) if names else name: replaced(part, needles, by, names=names)
            for name, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [replaced(part, needles, by, names=names) for part in value]
    if isinstance(value, (set, frozenset)):
        return frozenset(replaced(part, needles, by, names=names) for part in value)
    return value
