"""The four back ends over many trees at once: columns of values, a `DoesNotFit` where a value was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import sqlalchemy as sa

from kith.rules import reference
from kith.rules.python import compile_condition, compile_python
from kith.rules.sql.connecting import dialect_of, scratch_engine
from kith.rules.sql.running import Loaded
from kith.rules.sql.support import unsupported
from kith.rules.tree import Call, Node
from kith.rules.types import BOOL
from kith.rules.values import DoesNotFit, Env
from tests.agreement.world import World

Column = list[object]
NAMES = ("python", "sqlite", "postgresql")


@dataclass(frozen=True)
class Answers:
    """What a back end says of one tree in each environment: its value, and of a condition whether it holds or fails."""

    values: Column
    verdicts: Column = field(default_factory=list)
    failed: Column = field(default_factory=list)


class Engine(Protocol):
    """A back end; None for a tree that it refuses when compiling."""

    def answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]: ...


@dataclass(frozen=True)
class Crash:
    """What no back end may do."""

    error: str


def attempt(function: Callable[[Env], object], env: Env) -> object:
    """A value, or how a function failed."""
    try:
        return function(env)
    except DoesNotFit as refused:
        return refused
    except Exception as error:  # noqa: BLE001  # the run goes on, and tells
        return Crash(repr(error))


def both_ways(tree: Node) -> tuple[Node, Node]:
    """A condition as a filter, and its complement as one: that is lowered by another way."""
    return tree, Call(BOOL, tree.start, tree.end, "not", (tree,))


class Reference:
    """The definition."""

    def answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]:
        found: list[Answers | None] = []
        for tree in trees:
            values = [attempt(lambda env, tree=tree: reference.evaluate(tree, env), env) for env in world.envs]  # type: ignore[misc]
            if tree.type.kind != "bool":
                found.append(Answers(values))
                continue
            verdicts: Column = [one if isinstance(one, DoesNotFit) else one is True for one in values]
            found.append(
                Answers(values, verdicts, [one if isinstance(one, DoesNotFit) else not one for one in verdicts])
            )
        return found


class Python:
    """Generated Python."""

    def answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]:
        found: list[Answers | None] = []
        for tree in trees:
            value = compile_python(tree)
            values = [attempt(value, env) for env in world.envs]
            verdicts, failed = (
                ([attempt(holds, env) for env in world.envs] for holds in map(compile_condition, both_ways(tree)))
                if tree.type.kind == "bool"
                else ([], [])
            )
            found.append(Answers(values, verdicts, failed))
        return found


class Database:
    """SQL on a real engine."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection: sa.Connection = scratch_engine(url).connect()

    def answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]:
        try:
            return self._answers(trees, world)
        except Exception as error:  # noqa: BLE001  # the run goes on, and tells
            self.close()
            self.connection = scratch_engine(self.url).connect()
            if len(trees) == 1:
                return [Answers([Crash(str(error))] * len(world.envs))]
            return [self.answers([tree], world)[0] for tree in trees]

    def _answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]:
        dialect = dialect_of(self.connection, world.zone)
        able = [tree for tree in trees if tree.type.kind != "set" and not unsupported(tree, dialect)]
        loaded = Loaded(self.connection, able, world.envs, dialect)
        try:
            values = dict(zip(map(id, able), loaded.values(able), strict=True))
            conditions = [tree for tree in able if tree.type.kind == "bool"]
            asked = [one for tree in conditions for one in both_ways(tree)]
            said = loaded.verdicts(asked)
        finally:
            loaded.close()
        pairs = {id(tree): said[2 * place : 2 * place + 2] for place, tree in enumerate(conditions)}
        return [Answers(values[id(t)], *pairs.get(id(t), ())) if id(t) in values else None for t in trees]

    def close(self) -> None:
        self.connection.close()
        self.connection.engine.dispose()


def engine(name: str, url: str = "") -> Engine:
    match name:
        case "python":
            return Python()
        case "sqlite":
            return Database("sqlite://")
        case _:
            return Database(url)
