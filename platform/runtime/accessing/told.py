"""What somebody may do, as lines of text and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from kith.runtime.accessing.deciding import Verdict
from kith.runtime.accessing.overview import EntityAccess, Overview
from kith.runtime.accessing.records import FieldTold, RecordAccess
from kith.runtime.rights import ACTIONS
from kith.runtime.write.messages import texts
from kith.texts import Texts


def record_data(found: RecordAccess) -> dict[str, Any]:
    """One record's access as plain data."""
    return {
        "who": found.who,
        "sees": found.sees,
        "deleted": found.deleted,
        "actions": {one.action: _verdict_data(one) for one in found.verdicts},
        "fields": {
            one.field: {"reads": one.state, "writes": one.writes, "roles": list(one.roles)} for one in found.fields
        },
    }


def _verdict_data(one: Verdict) -> dict[str, Any]:
    roles = [{"role": r.role, "says": r.says, "scope": r.scope, "why": list(r.why)} for r in one.roles]
    above = {"parent": _verdict_data(one.above)} if one.above is not None else {}
    return {"may": one.may, "roles": roles, **above}


def overview_data(found: Overview) -> dict[str, Any]:
    """All that somebody may do as plain data."""
    return {
        "who": found.who,
        "roles": list(found.roles),
        "entities": {
            one.entity: {
                "actions": {name: [asdict(granted) for granted in some] for name, some in one.actions.items() if some},
                "fields": {name: dict(states) for name, states in one.fields.items()},
            }
            for one in found.entities
        },
    }


def record_text(language: str, found: RecordAccess) -> Iterator[str]:
    """One record's access line by line."""
    say = texts(language)
    yield say(f"access.{'sees' if found.sees else 'sees_not'}", name=found.who)
    if found.deleted:
        yield say("access.deleted")
    for one in found.verdicts:
        yield ""
        yield verdict_head(say, one)
        yield from (f"  {line}" for line in verdict_lines(say, one))
    if found.sees and found.fields:
        yield ""
        yield say("access.fields")
        yield from (f"  {line}" for line in field_lines(say, found.fields))


def verdict_head(say: Texts, one: Verdict) -> str:
    """An action, and whether it is allowed."""
    return say(f"access.{'may' if one.may else 'may_not'}", action=action_name(say, one.action, one.label))


def verdict_lines(say: Texts, one: Verdict) -> Iterator[str]:
    """What each role says, with the parts of its scope that decide; of a line, then the same of its parent."""
    if not one.roles:
        yield say("access.no_role")
    for role in one.roles:
        yield say(f"access.says.{role.says}", role=role.label, scope=role.scope)
        yield from (f"  {line}" for line in role.why)
    if one.above is not None:
        yield say("access.above", action=action_name(say, one.above.action, one.above.label))
        yield from (f"  {line}" for line in verdict_lines(say, one.above))


def field_lines(say: Texts, fields: Iterable[FieldTold]) -> Iterator[str]:
    """How fields stand, those that stand alike in one line; left out are those that are read and written, as most are."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in fields:
        if one.state != "read" or not one.writes:
            alike.setdefault((one.state, tuple(one.roles)), []).append(one.label)
    for (state, roles), labels in alike.items():
        named = ("、" if say.language.startswith("zh") else ", ").join(labels)
        yield say(f"access.field.{state}", field=named, roles=", ".join(roles) or say("access.nobody"))


def action_name(say: Texts, action: str, label: str) -> str:
    """A right by the name that people read; a named action has its own label."""
    return say(f"access.action.{action}") if action in ACTIONS else label


def overview_text(language: str, found: Overview) -> Iterator[str]:
    """All that somebody may do, entity by entity."""
    say = texts(language)
    yield say("access.head", name=found.who, roles=", ".join(found.roles) or say("access.nobody"))
    for one in found.entities:
        yield ""
        yield f"{one.label} ({one.entity})"
        yield from (f"  {line}" for line in _entity_lines(say, one))


def _entity_lines(say: Texts, one: EntityAccess) -> Iterator[str]:
    for action, granted in one.actions.items():
        if granted:
            by = "; ".join(f"{some.label}: {some.scope}" if some.scope else some.label for some in granted)
            yield say("access.granted", action=action_name(say, action, action), roles=by)
    for field, states in one.fields.items():
        told = ", ".join(f"{role}: {say(f'access.state.{state}')}" for role, state in states.items())
        yield say("access.granted", action=field, roles=told)
