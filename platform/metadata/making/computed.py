"""Computed fields: typed when they are first asked for, so that each comes after what it reads; and where each is kept."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from kith.metadata.making import slots
from kith.metadata.making.context import Context
from kith.metadata.making.scopes import EntityScope, Shell
from kith.metadata.mistakes import model as mistakes
from kith.problems import Problem, Value
from kith.rules.program import Expression, Use
from kith.rules.tree import Aggregate, walk
from kith.rules.types import INT, MAX_STORED, Type

MOST_LEVELS = 4
"""Roll-ups of roll-ups of roll-ups … in all."""
MOST_SCALE = 9
MOST_DEEP = 25
"""Fields that wait for each other's type at a time; since fields are typed in order, only a cycle makes that many."""


@dataclass
class Computed:
    """The typing of all computed fields of a build."""

    context: Context
    world: dict[str, EntityScope]
    stack: list[Shell] = field(default_factory=list)

    def all(self) -> None:
        """Type every computed field, those that others read first, so that no long chain nests deeply."""
        for scope in self.world.values():
            scope.resolve = self.type_of
        for shell in self._in_order():
            self.type_of(shell)

    def _in_order(self) -> list[Shell]:
        """Computed fields, roughly after the fields whose names their texts hold."""
        by_name: dict[str, list[Shell]] = {}
        shells = [shell for scope in self.world.values() for shell in scope.shells.values() if shell.computed]
        for shell in shells:
            by_name.setdefault(shell.name, []).append(shell)
        order: list[Shell] = []
        seen: set[int] = set()
        for first in shells:
            waiting = [(first, False)]
            while waiting:
                shell, below = waiting.pop()
                if below:
                    order.append(shell)
                elif id(shell) not in seen:
                    seen.add(id(shell))
                    waiting.append((shell, True))
                    words = sorted(set(re.findall(r"[a-z_][a-z0-9_]*", shell.at.text("value"))))
                    waiting += [(other, False) for word in words for other in by_name.get(word, ())]
        return order

    def type_of(self, shell: Shell) -> Type | None:
        """The type of a computed field; a field that reaches itself is a cycle, told with its path."""
        if shell.state == "busy":
            self._cycle(shell)
            return shell.declared
        if len(self.stack) >= MOST_DEEP:
            self._too_deep(shell)
            return shell.declared
        if shell.state == "new":
            shell.state = "busy"
            self.stack.append(shell)
            self._compile(shell)
            self.stack.pop()
            shell.state = "done"
            self.world[shell.entity].cache.pop(shell.name, None)
        return shell.type

    def _too_deep(self, shell: Shell) -> None:
        """A chain that no order of typing makes short: a cycle so long that its path would say nothing."""
        first = self.stack[0]
        if not first.broken:
            values: dict[str, Value] = {
                "first": f"{first.entity}.{first.name}",
                "last": f"{shell.entity}.{shell.name}",
                "limit": MOST_DEEP,
            }
            self.context.report(Problem(mistakes.TOO_DEEP, first.at.span, values))
        for step in (*self.stack, shell):
            step.broken = True
            self.context.broken.add(step.name)

    def _cycle(self, shell: Shell) -> None:
        path = [*self.stack[self.stack.index(shell) :], shell]
        if not all(re.search(rf"\b{there.name}\b", here.at.text("value")) for here, there in itertools.pairwise(path)):
            return  # only a hint asked for the type of a name like the one that is missing
        shown = " → ".join(f"{step.entity}.{step.name}" for step in path)
        node = shell.at.scalar("value")
        if not any(step.broken for step in path):
            self.context.report(Problem(mistakes.FIELD_CYCLE, node.span if node else shell.at.span, {"path": shown}))
        for step in path:
            step.broken = True
            self.context.broken.add(step.name)

    def _compile(self, shell: Shell) -> None:
        scope = self.world[shell.entity]
        node = shell.at.scalar("value")
        before = len(self.context.problems)
        wanted = shell.declared
        expression = self.context.expression(node, scope, slots.formula(wanted))
        if expression and node and (fitting := storable(expression.type)) != expression.type and wanted is None:
            expression = self.context.expression(node, scope, slots.formula(fitting))
        if expression is None:
            shell.type = wanted and wanted.or_null(False)
            if wanted is None or node is None:
                self.context.broken.add(shell.name)
                shell.broken = True
            # What a formula says it shows as holds whatever is wrong with its value: who reads it is told of all else.
            return
        shell.expression = expression
        shell.type = _shown(expression.type, wanted)
        shell.volatile = expression.volatile
        self._keep(shell, expression)
        if shell.storage != "stored" and len(self.context.problems) == before:
            self.context.expression(node, scope, slots.formula(shell.type, database=True))

    def _keep(self, shell: Shell, expression: Expression) -> None:
        """Where the value is kept, by what it depends on (metadata.md's table)."""
        used = [self._used(use) for use in expression.uses]
        inner = [found for found in used if found is not None and found.computed]
        if self._is_asked_for(shell, expression) or any(found.storage in ("computed", "soon") for found in inner):
            shell.storage = "computed"
        elif shell.at.text("keep") == "soon" and not expression.volatile:
            shell.storage = "soon"
        elif expression.volatile or any(found.storage == "fresh" for found in inner):
            shell.storage = "fresh"
        rolled = any(isinstance(node, Aggregate) for node in walk(expression.tree))
        shell.levels = max((found.levels for found in inner), default=0) + rolled
        if shell.levels > MOST_LEVELS:
            values: dict[str, Value] = {"levels": shell.levels, "limit": MOST_LEVELS}
            self.context.report(Problem(mistakes.TOO_MANY_LEVELS, shell.at.span, values))

    def _is_asked_for(self, shell: Shell, expression: Expression) -> bool:
        """Whether what it depends on changes without its record being saved."""
        far = [use for use in expression.uses if use.through]
        if shell.at.text("keep") == "copy" and shell.kind.name != "rollup" and not any(use.relation for use in far):
            return expression.volatile == "now"
        return bool(far) or shell.kind.name == "lookup" or expression.volatile == "now"

    def _used(self, use: Use) -> Shell | None:
        scope = self.world.get(use.entity)
        return scope.shells.get(use.field) if scope else None


def _shown(type_: Type, declared: Type | None) -> Type:
    """The type a field shows as: the declared one, as nullable as its value."""
    if declared is None:
        return type_
    return declared.or_null(type_.nullable)


def storable(type_: Type) -> Type:
    """The type in which a number of any size is kept: at most 18 digits, at most 9 after the point."""
    if type_.kind == "int":
        return INT.or_null(type_.nullable)
    if not type_.is_number or (type_.precision <= MAX_STORED and type_.scale <= MOST_SCALE):
        return type_
    scale = min(type_.scale, MOST_SCALE)
    return Type(type_.kind, type_.nullable, MAX_STORED, scale, type_.currency)
