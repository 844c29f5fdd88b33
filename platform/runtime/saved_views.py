"""Views that people keep of a list: what its address says, under a name, for oneself or for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.release import Release
from kith.runtime.schema import system

_VIEW = system.saved_view
LONGEST = 60
"""Characters of a name."""
MOST = 50
"""Views that one keeps of one list."""


_OF_A_LIST = sa.select(_VIEW.c.id, _VIEW.c.name, _VIEW.c.shared, _VIEW.c.user, _VIEW.c.state).where(
    _VIEW.c.entity == sa.bindparam("entity_"),
    sa.or_(_VIEW.c.user == sa.bindparam("user_", type_=_VIEW.c.user.type), _VIEW.c.shared),
)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A kept view; `state` is what the list's address says, `mine` whether the one who asks has kept it."""

    id: str
    name: str
    shared: bool
    mine: bool
    state: Mapping[str, str]


def saved_views(connection: sa.Connection, context: Context, release: Release, entity: str) -> Sequence[SavedView]:
    """The views of a list that the actor has kept or that are shared with him, his own first, by name."""
    asked = {"entity_": release.tables[entity].stable_name, "user_": context.actor.id}
    rows = connection.execute(_OF_A_LIST, asked)
    found = [
        SavedView(str(id_), name, shared, user == context.actor.id, state) for id_, name, shared, user, state in rows
    ]
    return sorted(found, key=lambda one: (not one.mine, one.name.casefold()))


def every_saved(connection: sa.Connection, context: Context, release: Release) -> Sequence[tuple[str, SavedView]]:
    """The same for all lists together, each with its entity; one statement."""
    view, user = _VIEW.c, context.actor.id
    entities = {table.stable_name: name for name, table in release.tables.entities.items()}
    asked = sa.select(view.entity, view.id, view.name, view.shared, view.user, view.state).where(
        sa.or_(view.user == user, view.shared)
    )
    found = [
        (entities[of], SavedView(str(id_), name, shared, owner == user, state))
        for of, id_, name, shared, owner, state in connection.execute(asked.limit(MOST * 4))
        if of in entities
    ]
    return sorted(found, key=lambda one: (not one[1].mine, one[1].name.casefold()))


def keep(
    connection: sa.Connection,
    context: Context,
    release: Release,
    entity: str,
    name: str,
    state: Mapping[str, str],
    *,
    shared: bool,
) -> str:
    """Keep a view of a list; its id."""
    row = {"id": new_id(), "entity": release.tables[entity].stable_name, "user": context.actor.id}
    connection.execute(
        sa.insert(_VIEW), row | {"name": name, "shared": shared, "state": dict(state), "at": context.now}
    )
    return str(row["id"])


def change(connection: sa.Connection, context: Context, id_: str, **values: object) -> bool:
    """Change name, shared or state of a view of the actor's own; whether there is one."""
    mine = (_VIEW.c.id == id_) & (_VIEW.c.user == context.actor.id)
    return bool(connection.execute(sa.update(_VIEW).where(mine).values(at=context.now, **values)).rowcount)


def let_go(connection: sa.Connection, context: Context, id_: str, *, anybodys: bool = False) -> bool:
    """Forget a view of the actor's own, or `anybodys` that is shared; whether there is one."""
    theirs = sa.or_(_VIEW.c.user == context.actor.id, _VIEW.c.shared) if anybodys else _VIEW.c.user == context.actor.id
    return bool(connection.execute(sa.delete(_VIEW).where(_VIEW.c.id == id_, theirs)).rowcount)
