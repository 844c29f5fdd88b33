"""The condition of a search: a hit counts only by fields that the reader may read in that record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from kith.rules.sql.values import Engine
from kith.runtime.read.reader import Clause, Reader
from kith.runtime.read.statement import Statement
from kith.runtime.rights import Condition
from kith.runtime.search.matching import code_of, match, rows_with, searched


@dataclass(frozen=True, slots=True)
class Searched:
    """The fields that each parameter of a search condition looks into, by their codes."""

    codes: Mapping[str, tuple[str, ...]]
    engine: Engine

    def values(self, text: str) -> dict[str, str]:
        """The parameters for what somebody typed."""
        return {name: match(text, codes, self.engine) for name, codes in self.codes.items()}


NO_SEARCH = Searched({}, "sqlite")


def limit_to_search(statement: Statement, prefix: str = "search") -> Searched:
    """Read only what the parameters `search_0` … find; each set of fields that is readable under one condition has one."""
    reader, entity = statement.reader, statement.this.entity
    always, conditional = _readable(reader, entity)
    codes = {f"{prefix}_0": always}
    found: list[Clause] = [_matches(statement, f"{prefix}_0")]
    for number, (condition, fields) in enumerate(conditional, start=1):
        holds = statement.tables.condition(statement.this, condition)
        codes[f"{prefix}_{number}"] = (*always, *fields)
        matches = _matches(statement, f"{prefix}_{number}")
        found.append(matches if holds is None else sa.and_(holds, matches))
    statement.limit_to(sa.or_(*found))
    return Searched(codes, reader.release.tables.engine)


def _readable(reader: Reader, entity: str) -> tuple[tuple[str, ...], list[tuple[Condition, tuple[str, ...]]]]:
    table = reader.release.tables[entity]
    always: list[str] = []
    conditional: dict[tuple[int, ...], tuple[Condition, list[str]]] = {}
    for field in searched(reader.entity(entity)):
        read = reader.access(entity, field.name).read
        if read.always:
            always.append(code_of(table, field))
        elif not read.never:
            conditional.setdefault(tuple(map(id, read.scopes)), (read, []))[1].append(code_of(table, field))
    return tuple(always), [(condition, tuple(codes)) for condition, codes in conditional.values()]


def _matches(statement: Statement, parameter: str) -> Clause:
    engine = statement.reader.release.tables.engine
    return statement.this.source.c.id.in_(rows_with(engine, sa.bindparam(parameter, type_=sa.Text())))
