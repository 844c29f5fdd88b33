"""What somebody may do at all: by entity and action the roles that grant it, with their scopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kith.metadata.model import Entity, Role
from kith.runtime.accessing.deciding import right_of, state_of
from kith.runtime.accessing.records import is_oneself
from kith.runtime.context import Actor, Context
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.release import Release
from kith.runtime.rights import ACTIONS


@dataclass(frozen=True, slots=True)
class Granted:
    """A role that grants something, always or where its scope holds."""

    role: str
    label: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class EntityAccess:
    """What may be done with the records of one entity, and the fields that not every role lets write."""

    entity: str
    label: str
    actions: Mapping[str, tuple[Granted, ...]]
    fields: Mapping[str, Mapping[str, str]]
    """By field the state that each role gives it: write, read, mask or none."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What somebody may do, entity by entity; those of which he may do nothing are left out."""

    who: str
    roles: tuple[str, ...]
    entities: tuple[EntityAccess, ...]


def overview_of(context: Context, release: Release, who: Actor) -> Overview | None:
    """Tell the context's actor what `who` may do; None where that is somebody else and the asker does not administer."""
    reader = reader_of(context, release)
    if not (is_oneself(context, who) or reader.administers):
        return None
    language = context.language
    roles = [release.model.roles[name] for name in sorted(who.roles) if name in release.model.roles]
    found = (_of_entity(reader, entity, roles, language) for entity in release.model.entities.values())
    labels = tuple(role.label.in_(language) for role in roles)
    return Overview(who.name, labels, tuple(one for one in found if any(one.actions.values())))


def _of_entity(reader: Reader, entity: Entity, roles: list[Role], language: str) -> EntityAccess:
    actions = {action: tuple(_granted(entity, roles, action, language)) for action in (*ACTIONS, *entity.actions)}
    return EntityAccess(entity.name, entity.label.in_(language), actions, _fields(reader, entity, roles))


def _granted(entity: Entity, roles: list[Role], action: str, language: str) -> Iterator[Granted]:
    for role in roles:
        right = right_of(role, entity.name, action)
        if right is not False:
            scope = "" if right is True else " ".join(right.excerpt.text.split())
            yield Granted(role.name, role.label.in_(language), scope)


def _fields(reader: Reader, entity: Entity, roles: list[Role]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in entity.fields:
        access = reader.access(entity.name, name)
        states = {role.name: state for role in roles if (state := state_of(role, entity, name))}
        if not (access.read.never and access.mask.never) and set(states.values()) - {"write"}:
            found[name] = states
    return found
