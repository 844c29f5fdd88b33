"""What changes for whom: grants of roles before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kith.metadata.model import Grant, Role
from kith.rules.program import Expression
from kith.runtime.plan.changes import Change, ChangeDocument, ChangeRights
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.plain import plain


def compare_roles(pairs: Pairs) -> Iterator[Change]:
    """Added and removed roles, and each right that is another for a role that stays."""
    before, after = pairs.before.roles, pairs.after.roles
    entities = pairs.renamed()
    for name, role in after.items():
        if name not in before:
            yield ChangeDocument("role", name, "added", effect="rights")
        else:
            yield from _role(before[name], role, entities)
    for name in before:
        if name not in after:
            yield ChangeDocument("role", name, "removed", effect="rights")


def _role(old: Role, new: Role, entities: Mapping[str, str]) -> Iterator[Change]:
    changes = list(_rights(old, new, entities))
    yield from changes
    if not changes and plain(old) != plain(new):
        yield ChangeDocument("role", new.name, "changed")


def _rights(old: Role, new: Role, entities: Mapping[str, str]) -> Iterator[Change]:
    if old.all_entities != new.all_entities:
        yield ChangeRights(
            new.name, "*", "all_entities", old.all_entities or "no", new.all_entities or "no", effect="rights"
        )
    grants = {entities.get(name, name): grant for name, grant in old.grants.items()}
    for entity in {**grants, **new.grants}:
        before, after = _granted(grants.get(entity)), _granted(new.grants.get(entity))
        for what in {**before, **after}:
            was, becomes = before.get(what, "no"), after.get(what, "no")
            if was != becomes:
                yield ChangeRights(new.name, entity, what, was, becomes, effect="rights")


def _granted(grant: Grant | None) -> dict[str, str]:
    """Everything a grant says, by name; a field's name is `field NAME`."""
    if grant is None:
        return {}
    found = {name: _shown(right) for name, right in grant.rights.items()}
    found |= {f"action {name}": _shown(right) for name, right in grant.actions.items()}
    found |= {f"field {name}": state for name, state in grant.fields.items()}
    found["other fields"] = grant.other_fields or "write"
    return {name: shown for name, shown in found.items() if shown != "no"}


def _shown(right: bool | Expression) -> str:
    if isinstance(right, bool):
        return "yes" if right else "no"
    return right.excerpt.text
