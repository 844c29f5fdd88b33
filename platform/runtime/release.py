"""A release: one published state of the metadata with the tables it is kept in and what was prepared for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from kith.metadata.model import Model
from kith.rules.evaluators import GENERATED, Evaluator
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from kith.runtime.database import Facts
from kith.runtime.schema.names import Names
from kith.runtime.schema.tables import Tables

T = TypeVar("T")

CACHED = 2_000
"""Things prepared for a release that are kept at once."""


@dataclass(frozen=True)
class Release:
    """What a request works with from beginning to end, also where a newer release appears meanwhile."""

    number: int
    model: Model
    names: Names
    tables: Tables
    dialect: Dialect
    """How expressions are written for this database, in the workspace's time zone."""
    evaluator: Evaluator = GENERATED
    """How conditions, formulas and blocks are evaluated outside the database."""
    _cache: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def again(self, model: Model | None = None, evaluator: Evaluator | None = None) -> Release:
        """The same release with another model or way to evaluate, over the same tables; nothing prepared is shared."""
        return replace(
            self,
            model=model or self.model,
            evaluator=evaluator or self.evaluator,
            _cache={},
            _lock=threading.Lock(),
        )

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned for that key, made once; keys start with the name of their user.

        The table is bounded: what was prepared first leaves first. Two threads may make the same thing at once.
        """
        try:
            found: T = self._cache[key]
        except KeyError:
            found = make()
            with self._lock:
                while len(self._cache) >= CACHED:
                    del self._cache[next(iter(self._cache))]
                self._cache[key] = found
        return found


def make_release(number: int, model: Model, names: Names, facts: Facts) -> Release:
    """A release with its tables for a database."""
    zone = model.app.time_zone
    dialect = SQLite(zone) if facts.kind == "sqlite" else PostgreSQL(zone, facts.fold)
    return Release(number, model, names, Tables(model, names, facts.kind), dialect)
