"""The four back ends over many trees at once: columns of values, a `DoesNotFit` where a value was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from kith.rules import reference
from kith.rules.python import compile_condition, compile_python
from kith.rules.sql.connecting import dialect_of, scratch_engine
from kith.rules.sql.running import Loaded
from kith.rules.sql.support import unsupported
from kith.rules.tree import Node
from kith.rules.values import DoesNotFit, Env
from tests.agreement.world import World

Column = list[object]
NAMES = ("python", "sqlite", "postgresql")


@dataclass(frozen=True)
class Answers:
    """What a back end says of one tree: its value in each environment, and of a condition whether it holds there."""

    values: Column
    verdicts: Column | None


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


class Reference:
    """The definition."""

    def answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]:
        found: list[Answers | None] = []
        for tree in trees:
            values = [attempt(lambda env, tree=tree: reference.evaluate(tree, env), env) for env in world.envs]  # type: ignore[misc]
            is_condition = tree.type.kind == "bool"
            verdicts: Column = [one if isinstance(one, DoesNotFit) else one is True for one in values]
            found.append(Answers(values, verdicts if is_condition else None))
        return found


class Python:
    """Generated Python."""

    def answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]:
        found: list[Answers | None] = []
        for tree in trees:
            value = compile_python(tree)
            values = [attempt(value, env) for env in world.envs]
            verdicts = None
            if tree.type.kind == "bool":
                holds = compile_condition(tree)
                verdicts = [attempt(holds, env) for env in world.envs]
            found.append(Answers(values, verdicts))
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
                return [Answers([Crash(str(error))] * len(world.envs), None)]
            return [self.answers([tree], world)[0] for tree in trees]

    def _answers(self, trees: Sequence[Node], world: World) -> list[Answers | None]:
        dialect = dialect_of(self.connection, world.zone)
        able = [tree for tree in trees if tree.type.kind != "set" and not unsupported(tree, dialect)]
        loaded = Loaded(self.connection, able, world.envs, dialect)
        try:
            values = dict(zip(map(id, able), loaded.values(able), strict=True))
            conditions = [tree for tree in able if tree.type.kind == "bool"]
            verdicts = dict(zip(map(id, conditions), loaded.verdicts(conditions), strict=True))
        finally:
            loaded.close()
        return [Answers(values[id(t)], verdicts.get(id(t))) if id(t) in values else None for t in trees]

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
