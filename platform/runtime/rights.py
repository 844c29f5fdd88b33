"""What a set of roles may do: rows × fields of single grants, united, with the scope expressions kept for the gates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kith.metadata.model import Entity, Field, Grant, Model, Role, Transition, Workflow
from kith.rules.program import Expression

ACTIONS = ("read", "create", "update", "delete", "transfer", "export", "import")
SYSTEM_FIELDS = frozenset({"id", "version", "created_at", "created_by", "updated_at", "updated_by"})
"""Readable wherever the record is, never written."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Always, never (no scopes), or where any of the scope expressions holds."""

    always: bool = False
    scopes: tuple[Expression, ...] = ()

    @property
    def never(self) -> bool:
        """Whether nothing can satisfy it."""
        return not self.always and not self.scopes


ALWAYS = Condition(always=True)
NEVER = Condition()


def any_of(conditions: Iterable[Condition]) -> Condition:
    """The union of conditions, each scope once."""
    scopes: dict[int, Expression] = {}
    for condition in conditions:
        if condition.always:
            return ALWAYS
        scopes |= {id(scope): scope for scope in condition.scopes}
    return Condition(scopes=tuple(scopes.values()))


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """How a field may be read: as it is where `read` holds, masked where only `mask` does, else not at all."""

    read: Condition
    mask: Condition


def is_closed(field: Field) -> bool:
    """Whether no role has a field unless its grant names it."""
    return field.personal == "sensitive" or field.type_name == "secret"


@dataclass(frozen=True, slots=True)
class EntityRights:
    """What some roles may do with the records of one entity."""

    entity: Entity
    grants: tuple[Grant, ...]
    wide: str
    """"", read or write: the widest `all_entities` of the roles."""

    def right(self, action: str) -> Condition:
        """The records on which an action is allowed."""
        if self.wide == "write" or (self.wide == "read" and action in ("read", "export")):
            return ALWAYS
        return any_of(_condition(grant.rights.get(action, False)) for grant in self.grants)

    def named(self, action: str) -> Condition:
        """The records on which a named action is allowed."""
        if self.wide == "write":
            return ALWAYS
        return any_of(_condition(grant.actions.get(action, False)) for grant in self.grants)

    def reading(self, field: str) -> FieldAccess:
        """How a field may be read, relative to the rows that may be read at all."""
        if self.wide or field in SYSTEM_FIELDS:
            return FieldAccess(ALWAYS, NEVER)
        states = [(self.state(grant, field), _condition(grant.rights.get("read", False))) for grant in self.grants]
        states = [(state, rows) for state, rows in states if not rows.never]
        if states and all(state in ("read", "write") for state, _ in states):
            return FieldAccess(ALWAYS, NEVER)
        read = any_of(rows for state, rows in states if state in ("read", "write"))
        if states and all(state != "none" for state, _ in states):
            return FieldAccess(read, ALWAYS)
        return FieldAccess(read, any_of(rows for state, rows in states if state == "mask"))

    def writing(self, field: str, action: str) -> Condition:
        """The records in which an action (create or update) may write a field."""
        if field in SYSTEM_FIELDS:
            return NEVER
        if self.wide == "write":
            return ALWAYS
        return any_of(
            _condition(grant.rights.get(action, False)) for grant in self.grants if self.state(grant, field) == "write"
        )

    def readable(self) -> tuple[str, ...]:
        """The fields that can be read in some record."""
        return tuple(name for name in self.entity.fields if not self.reading(name).read.never)

    def state(self, grant: Grant, field: str) -> str:
        """What one grant says of a field: write, read, mask or none."""
        listed = grant.fields.get(field)
        if listed is not None:
            return listed
        declared = self.entity.fields.get(field)
        if declared is not None and is_closed(declared):
            return "none"
        return grant.other_fields or "write"


def moving(model: Model, roles: frozenset[str], flow: Workflow, transition: Transition) -> Condition:
    """The records of which some roles may take a transition, given that they may change them.

    A role may where the transition names it or names none; what its grant says of the transition limits that.
    """
    held = [model.roles[name] for name in sorted(roles) if name in model.roles]
    if any(role.all_entities == "write" for role in held):
        return ALWAYS
    grants = [(role.name, role.grants.get(flow.of)) for role in held]
    return any_of(
        _condition(grant.actions.get(transition.name, True) if grant is not None else True)
        for name, grant in grants
        if (name in transition.roles if transition.roles else grant is not None)
    )


def _condition(right: bool | Expression) -> Condition:
    if isinstance(right, bool):
        return ALWAYS if right else NEVER
    return Condition(scopes=(right,))


@dataclass(frozen=True, slots=True)
class Rights:
    """What a set of roles may do, by entity; made once per release and set of roles."""

    entities: Mapping[str, EntityRights]

    def __getitem__(self, entity: str) -> EntityRights:
        return self.entities[entity]


def rights_of(model: Model, roles: frozenset[str]) -> Rights:
    """Unite the grants of roles; a role that the release does not know grants nothing."""
    held = [model.roles[name] for name in sorted(roles) if name in model.roles]
    return Rights({name: _entity_rights(entity, held) for name, entity in model.entities.items()})


def _entity_rights(entity: Entity, roles: list[Role]) -> EntityRights:
    wide = max((role.all_entities for role in roles), key=["", "read", "write"].index, default="")
    grants = tuple(role.grants[entity.name] for role in roles if entity.name in role.grants)
    return EntityRights(entity, grants, wide)
