"""What changes for whom: grants of roles before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import sqlalchemy as sa

from kith.metadata.model import Entity, Grant, Role
from kith.rules.program import Expression
from kith.runtime.plan.changes import Change
from kith.runtime.plan.changes_told import ChangeDocument, ChangeRights
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.plain import plain
from kith.runtime.rights import is_closed
from kith.runtime.schema.tables import Tables

ALL_ELSE = "other fields"
WRITE = "write"
USER, ROLES = "user", "roles"
"""Where the platform keeps who has which role."""


def compare_roles(pairs: Pairs) -> Iterator[Change]:
    """Added and removed roles, and each right that is another than before."""
    before, after = pairs.before.roles, pairs.after.roles
    for name, role in after.items():
        if name not in before:
            yield ChangeDocument("role", name, "added", effect="rights")
            if pairs.before.app.name:
                yield from _rights(_without_rights(role), role, pairs)
        else:
            yield from _role(before[name], role, pairs)
    for name, role in before.items():
        if name not in after:
            yield ChangeDocument("role", name, "removed", effect="rights")
            yield from _rights(role, _without_rights(role), pairs)


def _without_rights(role: Role) -> Role:
    return replace(role, grants={}, all_entities="")


def _role(old: Role, new: Role, pairs: Pairs) -> Iterator[Change]:
    changes = list(_rights(old, new, pairs))
    yield from changes
    if not changes and plain(old) != plain(new):
        yield ChangeDocument("role", new.name, "changed")


def _rights(old: Role, new: Role, pairs: Pairs) -> Iterator[Change]:
    if old.all_entities != new.all_entities:
        was, becomes = old.all_entities or "no", new.all_entities or "no"
        yield ChangeRights(new.name, "*", "all_entities", was, becomes, effect="rights")
    entities = pairs.renamed()
    grants = {entities.get(name, name): grant for name, grant in old.grants.items()}
    for entity in {**grants, **new.grants}:
        declared = pairs.after.entities.get(entity)
        fields = pairs.renamed_fields(declared) if declared is not None else {}
        before, after = _granted(grants.get(entity), fields), _granted(new.grants.get(entity), {})
        closed = _closed(declared, pairs)
        turned = closed[0] ^ closed[1] if before and after and not (old.all_entities and new.all_entities) else ()
        for what in dict.fromkeys((*before, *after, *sorted(turned))):
            was, becomes = _of(before, what, closed[0]), _of(after, what, closed[1])
            if was != becomes and not _goes_with_it(what, was, becomes) and not _is_gone(what, declared):
                yield ChangeRights(new.name, entity, what, was, becomes, effect="rights")


def _goes_with_it(what: str, was: str, becomes: str) -> bool:
    """That all fields can be written is what any grant says that comes or goes."""
    return what == ALL_ELSE and {was, becomes} == {"no", WRITE}


def _is_gone(what: str, declared: Entity | None) -> bool:
    """That a right is about a field that is no more: it goes with the field, or with the entity."""
    left = declared.fields if declared is not None else {}
    return what.startswith("field ") and what.removeprefix("field ") not in left


def _closed(declared: Entity | None, pairs: Pairs) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that no role has unless its grant names them, before and now; a new one is as it will be."""
    if declared is None:
        return frozenset(), frozenset()
    fields = [(pairs.field(field) or field, field) for field in declared.fields.values()]
    return (
        frozenset(f"field {new.name}" for old, new in fields if is_closed(old)),
        frozenset(f"field {new.name}" for _, new in fields if is_closed(new)),
    )


def _of(granted: Mapping[str, str], what: str, closed: frozenset[str]) -> str:
    """How far a right goes; a field that a grant does not name goes as far as all others, unless it is closed."""
    if what in closed and granted:
        return granted.get(what, "none")
    return granted.get(what, granted.get(ALL_ELSE, "no") if what.startswith("field ") else "no")


def _granted(grant: Grant | None, fields: Mapping[str, str]) -> dict[str, str]:
    """Everything a grant says, by name; a field's name is `field NAME`, with the name that it has now."""
    if grant is None:
        return {}
    found = {name: _shown(right) for name, right in grant.rights.items()}
    found |= {f"action {name}": _shown(right) for name, right in grant.actions.items()}
    found |= {f"field {fields.get(name, name)}": state for name, state in grant.fields.items()}
    found[ALL_ELSE] = grant.other_fields or WRITE
    return {name: shown for name, shown in found.items() if shown != "no"}


def _shown(right: bool | Expression) -> str:
    if isinstance(right, bool):
        return "yes" if right else "no"
    return right.excerpt.text


def people_of(connection: sa.Connection, tables: Tables) -> dict[str, int]:
    """How many users have each role."""
    if USER not in tables.model.entities or ROLES not in tables[USER].links:
        return {}
    user, link = tables[USER], tables[USER].links[ROLES]
    counted = sa.select(link.value, sa.func.count()).join(user.table, user.id == link.record).where(user.live)
    return {str(role): int(count) for role, count in connection.execute(counted.group_by(link.value))}
