"""Statements as the driver takes them: made once, kept with the release, run with values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kith.metadata.parts import parts_in
from kith.rules.reference import part as part_of
from kith.rules.sql.running import is_overflow
from kith.rules.sql.values import Engine, to_database
from kith.rules.tree import BASE
from kith.rules.types import DATE, DATETIME, TEXT, Type, ref, set_of
from kith.runtime import driver
from kith.runtime.context import Context
from kith.runtime.read.messages import unfit
from kith.runtime.release import Release

Row = tuple[Any, ...]
ACTOR = "me_"
"""Parameters of this beginning hold what `me` is."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text with the values that never change, and the names of those that each run gives.

    `order` is the order of parameters where the driver wants them by position.
    """

    text: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]
    asks: tuple[str, ...]
    is_plain: bool = False
    """Whether one more column changes nothing else about its rows."""

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[Row]:
        """The rows, as the driver gives them."""
        given = {**self.constants, **{name: values[name] for name in self.asks}}
        parameters: Any = given if self.order is None else tuple([given[name] for name in self.order])
        return driver.fetch(connection, self.text, parameters)

    def plan(self, connection: sa.Connection) -> list[str]:
        """The steps that SQLite takes; values do not matter to it."""
        rows = driver.fetch(connection, f"EXPLAIN QUERY PLAN {self.text}", (None,) * len(self.order or ()))
        return [str(row[3]) for row in rows]


def prepare(connection: sa.Connection, statement: sa.Select[Any] | sa.CompoundSelect[Any]) -> Prepared:
    """Compile a statement for the database of a connection."""
    compiled = statement.compile(dialect=connection.dialect)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    asks = tuple(sorted(name for name, bind in compiled.binds.items() if bind.required))
    constants = {name: value for name, value in compiled.params.items() if name not in asks}
    order = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup is not None else None
    if compiled.positional and order is None:
        order = ()
    is_plain = isinstance(statement, sa.Select) and not statement._distinct
    return Prepared(compiled.string, order, constants, asks, is_plain)


def values_for(prepared: Prepared, context: Context, release: Release, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a statement asks for: what the caller gives, the clock, and the actor's own fields."""
    return {name: given[name] if name in given else ambient(name, context, release) for name in prepared.asks}


def ambient(name: str, context: Context, release: Release) -> Any:
    """A parameter that depends on the context alone."""
    engine = release.tables.engine
    if name == "now":
        return to_database(context.now, DATETIME, engine)
    if name == "today":
        return to_database(context.now.astimezone(context.zone).date(), DATE, engine)
    if not name.startswith(ACTOR):
        raise KeyError(name)
    field = name.removeprefix(ACTOR)
    if field == "id":
        return context.actor.id
    field, _, part = field.partition("__")
    value, type_ = context.actor.record.get(f"{field}__{part}" if part == BASE else field), actors_type(release, field)
    if type_.kind == "record":
        # Of a value of several parts a statement asks for one, or whether there is any.
        value, type_ = (part_of(value, part), parts_in(type_)[part]) if part else (value and "1", TEXT)
    return array(value, type_, engine) if type_.kind == "set" else to_database(value, type_, engine)


def actors_type(release: Release, field: str) -> Type:
    """The type of a field of `me`."""
    if field == "teams_below":
        return set_of(ref("team"))
    user = release.model.entities.get("user")
    declared = user.fields.get(field) if user is not None else None
    return declared.type if declared is not None else ref("user")


def array(values: Any, type_: Type, engine: Engine) -> Any:
    """Several values as one parameter: JSON on SQLite, an array on PostgreSQL."""
    item = type_.item or type_
    found = [to_database(value, item, engine) for value in sorted(values or (), key=str)]
    return orjson.dumps(found).decode() if engine == "sqlite" else found


def fetch(
    connection: sa.Connection, context: Context, release: Release, prepared: Prepared, given: Mapping[str, Any]
) -> list[Row]:
    """Run a statement for a context; raises BadQuery where the database refuses a number that somebody asked for."""
    try:
        values, proof = values_for(prepared, context, release, given), context.proof
        if proof is not None and prepared.is_plain and proof.goes_with(prepared.text):
            return proof.fetch(connection, prepared.text, {**prepared.constants, **values})
        return prepared.run(connection, values)
    except DBAPIError as error:
        if not is_overflow(error):
            raise
        raise unfit(context, "does_not_fit", "") from error
