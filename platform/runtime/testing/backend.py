"""What cases are played on: how conditions are evaluated, in which database, and whether that computes as well."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from kith.rules.backends import URL_VARIABLE, driver_url, test_server
from kith.rules.evaluators import GENERATED, REFERENCE, Evaluator, Function
from kith.rules.tree import Node

DEFAULT = "sqlite"


@dataclass(frozen=True, slots=True)
class Backend:
    """`reads_back`: whether expected values are also read as lists see them, computed by the database."""

    name: str
    kind: str
    base: Evaluator
    reads_back: bool
    server: str = ""
    """PostgreSQL: the server on which schemas are made."""

    def evaluator(self) -> Evaluator:
        """How one stage evaluates; what it has made of a tree it keeps, also where its model changes elsewhere."""
        return Evaluator(Remembered(self.base.function))

    @contextmanager
    def schema(self) -> Iterator[str]:
        """The URL of an empty schema, which is dropped afterwards."""
        name = f"kith_test_{uuid.uuid4().hex[:16]}"
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.schema.CreateSchema(name))
            try:
                yield f"{self.server}{'&' if '?' in self.server else '?'}options=-csearch_path%3D{name}"
            finally:
                connection.execute(sa.schema.DropSchema(name, cascade=True))


@dataclass(frozen=True, slots=True)
class Remembered:
    """Functions of trees, made once each; the trees are kept so that none takes the place of another."""

    make: Callable[[Node], Function]
    made: dict[int, tuple[Node, Function]] = field(default_factory=dict)

    def __call__(self, tree: Node) -> Function:
        """The function of a tree."""
        found = self.made.get(id(tree))
        if found is None:
            found = self.made[id(tree)] = (tree, self.make(tree))
        return found[1]


BACKENDS: Mapping[str, Backend] = {
    "reference": Backend("reference", "sqlite", REFERENCE, reads_back=False),
    "python": Backend("python", "sqlite", GENERATED, reads_back=False),
    "sqlite": Backend("sqlite", "sqlite", GENERATED, reads_back=True),
    "postgresql": Backend("postgresql", "postgresql", GENERATED, reads_back=True),
}


def backend_of(name: str, url: str = "") -> Backend:
    """The back end of that name; PostgreSQL at `url`, else a server for tests. Raises LookupError where there is none."""
    found = BACKENDS[name]
    if found.kind != "postgresql":
        return found
    server = driver_url(url or os.environ.get(URL_VARIABLE) or test_server())
    return Backend(found.name, found.kind, found.base, found.reads_back, server)
