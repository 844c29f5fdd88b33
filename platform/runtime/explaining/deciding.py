"""What else decides a save beside rules: guards of transitions and conditions of named actions, by the name a save noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kith.metadata.model import Label, Model, Rule
from kith.rules.program import Expression
from kith.runtime.explaining.past import value_of

ACTION = "action "


@dataclass(frozen=True, slots=True)
class Decider:
    """A rule, a guard or the condition of a named action: whose it is, and which condition said what."""

    of: str
    label: Label
    when: Expression | None
    require: Expression | None = None
    rule: Rule | None = None
    before: bool = False
    """Whether it is asked of the record as it was."""

    def asked(self, verdict: str) -> Expression | None:
        """The condition that gave a verdict."""
        return self.require if self.rule is not None and verdict in ("held", "refused") else self.when


def deciders_of(model: Model, entity: str) -> dict[str, Decider]:
    """Everything that decides, by its name; named actions are those of the entity that is asked about."""
    found = {
        rule.path: Decider(rule.of, rule.label, rule.when, rule.require, rule)
        for rules in model.rules.values()
        for rule in rules
    }
    for flow in model.workflows.values():
        found |= {flow.path(name): Decider(flow.of, way.label, way.when) for name, way in flow.transitions.items()}
    for name, action in model.entities[entity].actions.items() if entity in model.entities else ():
        found[ACTION + name] = Decider(entity, action.label, action.when, before=True)
    return found


def inputs_of(model: Model, entity: str, considered: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, object]]:
    """What came along with named actions, by record: the variables of the rules that they woke."""
    found: dict[str, dict[str, object]] = {}
    for entry in considered:
        for name, value in _typed(model, entity, entry):
            found.setdefault(entry["record"], {})[name] = value
    return found


def _typed(model: Model, entity: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    action = (
        model.entities[entity].actions.get(entry["rule"].removeprefix(ACTION)) if entity in model.entities else None
    )
    for name, raw in (entry.get("inputs") or {}).items():
        declared = action.inputs.get(name) if action is not None else None
        yield name, value_of(raw, declared.type) if declared is not None else raw
