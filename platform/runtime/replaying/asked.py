"""Which rules a replay is about, and what must be looked at because of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kith.metadata.analysis.order import watched
from kith.metadata.analysis.steps import steps_of
from kith.metadata.model import Entity, Model, Rule
from kith.rules.program import Use
from kith.rules.tree import Aggregate, walk
from kith.runtime.replaying.naming import Naming

Pair = tuple[Rule | None, Rule | None]
"""A rule as it is now and as the candidate has it; None where it is not there."""


@dataclass
class Asked:
    """The rules that are replayed, of the current model and of the candidate's, by the current names of their entities."""

    models: tuple[Model, Model]
    namings: tuple[Naming, Naming]
    chosen: Sequence[str]
    """Rules by `set/rule` or by their set; none: every rule that either model has."""
    pairs: dict[str, dict[str, Pair]] = field(default_factory=dict)
    """By entity and path."""

    def __post_init__(self) -> None:
        for side, model in enumerate(self.models):
            for own, rules in model.rules.items():
                entity = self.namings[side].entities.get(own, "")
                for rule in filter(self.is_chosen, rules if entity else ()):
                    now, then = self.pairs.setdefault(entity, {}).get(rule.path, (None, None))
                    self.pairs[entity][rule.path] = (now, rule) if side else (rule, then)
        self.moving: dict[str, frozenset[str]] = {}
        """Of rules before the write, what they read that such rules set: the history has only what became of it."""
        for model, naming in zip(self.models, self.namings, strict=True):
            for own, path, read in _moving(model):
                names = frozenset(naming.field(own, name) for name in read)
                self.moving[path] = self.moving.get(path, frozenset()) | names
        self.watches = self._watched()
        self.kept = tuple({name: tuple(self._kept(side, name)) for name in self.pairs} for side in (0, 1))
        self.fed = self._fed()
        self.wants_actions = any(rule.trigger.actions for name in self.pairs for _, rule in self.rules(name))
        """Whether some rule waits for a named action: which were carried out stands with the saves, not in the history."""

    def is_chosen(self, rule: Rule) -> bool:
        """Whether a rule is asked about."""
        return not self.chosen or rule.path in self.chosen or rule.set_name in self.chosen

    def rules(self, entity: str) -> Iterator[tuple[int, Rule]]:
        """The rules of an entity, in both versions, each with its side."""
        for pair in self.pairs.get(entity, {}).values():
            yield from ((side, one) for side, one in enumerate(pair) if one is not None)

    def _watched(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """By entity the relations of others that rules watch: whose, which, and by which reference."""
        found: dict[str, dict[tuple[str, str, str], None]] = {}
        for entity in self.pairs:
            for side, rule in self.rules(entity):
                naming, inverses = self.namings[side], self.models[side].entities[rule.of].inverses
                for inverse in (inverses[one] for one in watched(rule) if one in inverses):
                    watching = (entity, inverse.name, naming.field(inverse.entity, inverse.field))
                    found.setdefault(naming.entity(inverse.entity), {})[watching] = None
        return {name: tuple(some) for name, some in found.items()}

    def _kept(self, side: int, entity: str) -> Iterator[str]:
        """The computed fields that rules of an entity read or wait for: their values before and after count."""
        declared = self.models[side].entities.get(self.namings[side].own.get(entity, ""))
        names: dict[str, None] = {}
        for of_side, rule in self.rules(entity):
            if of_side == side:
                names |= dict.fromkeys(rule.trigger.fields)
                names |= dict.fromkeys(use.field for use in uses_of(rule) if is_own(use))
        yield from (one for one in names if declared and one in declared.fields and declared.fields[one].is_computed)

    def _fed(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """By entity the others whose roll-ups its records feed: which, and by which reference."""
        found: dict[str, dict[tuple[str, str], None]] = {}
        for parent in self.models[0].entities.values():
            for child, reference in _rolled_up(parent):
                found.setdefault(child, {})[parent.name, reference] = None
        return {name: tuple(some) for name, some in found.items()}


def _rolled_up(parent: Entity) -> Iterator[tuple[str, str]]:
    for one in parent.fields.values():
        for node in walk(one.value.tree) if one.value is not None and one.storage != "computed" else ():
            if isinstance(node, Aggregate) and not node.via.steps and node.relation in parent.inverses:
                yield node.entity, parent.inverses[node.relation].field


def _moving(model: Model) -> Iterator[tuple[str, str, frozenset[str]]]:
    for name, rules in model.rules.items():
        if name not in model.entities:
            continue
        written = {one for step in steps_of(model.entities[name], rules) if step.rule for one in step.writes}
        for rule in (one for one in rules if one.before):
            read = {use.field for use in uses_of(rule) if use.root == "this" and is_own(use)}
            if not read.isdisjoint(written):
                yield name, rule.path, frozenset(read & written)


def uses_of(rule: Rule) -> Iterator[Use]:
    """Everything that a rule reads."""
    for part in (rule.when, rule.require, rule.do):
        yield from part.uses if part is not None else ()


def is_own(use: Use) -> bool:
    """Whether a field of the record itself is read, as it is or as it was."""
    return use.root in ("this", "old") and not (use.through or use.relation)
