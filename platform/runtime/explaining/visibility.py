"""Why somebody sees a record or does not: which of his roles says what, and what its scope makes of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.metadata.model import Role
from kith.rules.explaining import reasons
from kith.rules.reference import holds
from kith.runtime.context import Actor, Context
from kith.runtime.release import Release
from kith.runtime.write.authorising import may_see
from kith.runtime.write.change import Cause
from kith.runtime.write.explaining import reader_of
from kith.runtime.write.messages import texts
from kith.runtime.write.session import Session, Values


@dataclass(frozen=True, slots=True)
class Visibility:
    """Whether somebody sees a record, with a line for each role and for what its scope reads."""

    sees: bool
    lines: tuple[str, ...]


def explain_visibility(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, who: Actor
) -> Visibility | None:
    """Explain to the context's actor whether `who` sees a record; None where the asker does not see it himself."""
    asker = Session(connection, context, release, Cause("form", dry_run=True))
    record = asker.load(entity, id_)
    if record is None or not may_see(asker, entity, record):
        return None
    hers = Session(connection, context.as_(who), release, Cause("form", dry_run=True))
    lines = list(_told(asker, hers, record))
    sees = may_see(hers, entity, record)
    owner = release.model.entities[entity].owner_of_lines
    if owner and sees:
        reference = release.model.entities[entity].fields[owner]
        above = explain_visibility(connection, context, release, reference.to, str(record[owner]), who)
        if above is not None:
            say = texts(context.language)
            lines += [say("explain.sees.parent", entity=reference.label.in_(context.language)), *above.lines]
            sees = above.sees
    return Visibility(sees, tuple(lines))


def _told(asker: Session, hers: Session, record: Values) -> Iterator[str]:
    say, language = texts(asker.context.language), asker.context.language
    if record["deleted_at"] is not None:
        yield say("explain.sees.deleted")
    held = [
        hers.release.model.roles[name] for name in sorted(hers.context.actor.roles) if name in hers.release.model.roles
    ]
    if not held:
        yield say("explain.sees.no_role")
    for role in held:
        yield from _of_role(asker, hers, record, role, role.label.in_(language))


def _of_role(asker: Session, hers: Session, record: Values, role: Role, name: str) -> Iterator[str]:
    say, language = texts(asker.context.language), asker.context.language
    entity = hers.release.model.entities[record.entity]
    plural = entity.plural.in_(language)
    if role.all_entities:
        yield say("explain.sees.all", role=name)
        return
    grant = role.grants.get(entity.name)
    read = grant.rights.get("read", False) if grant is not None else False
    if isinstance(read, bool):
        yield say(f"explain.sees.{'every' if read else 'none'}", role=name, entity=plural)
        return
    env = hers.env_of(record)
    verdict = "within" if holds(read.tree, env) else "outside"
    yield say(f"explain.sees.{verdict}", role=name, entity=plural)
    yield from (f"  {line}" for line in reasons(reader_of(asker, env, read.excerpt.text), read.tree))
