"""Who acts: the user behind a session or token with all that `me` means, found in one statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import orjson
import sqlalchemy as sa

from kith.rules.sql.values import EPOCH, MICROSECOND, to_database
from kith.rules.types import DATETIME
from kith.runtime.accounts.passwords import digest
from kith.runtime.accounts.proving import Proof, proof_column, proof_parameters, proving
from kith.runtime.accounts.sessions import unused_for
from kith.runtime.context import Actor
from kith.runtime.read.prepared import Prepared, Row, prepare
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.columns import Instant
from kith.runtime.write.shelf import Shelf, shelf_of

T = TypeVar("T")
USER, TEAM = "user", "team"
"""The entities of the platform layer that accounts hang on."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: who it is, its secret against forged requests, and whether a new password is due first."""

    actor: Actor
    csrf: str
    must_change: bool
    seen_at: datetime
    expires_at: datetime
    second: bool = False
    """Whether it takes or has taken a second step."""


Held = tuple[Actor, str, datetime | None]
"""The actor of a token, the token's id and when it was last used."""
KNOWN = 1_000
"""Sessions and tokens of which it is remembered what they were."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the row of a session or token meant, and its digest in the database, "" where nobody has asked for that."""

    row: Row
    meant: Any
    digest: str = ""


def session_of(
    connection: sa.Connection, release: Release, secret: str, now: datetime, *, remember: bool = False
) -> SignedIn | None:
    """The session of a cookie's value, if it is still good. With `remember` it may be proven next time."""
    found = _found(connection, release, SESSION, secret, now, remember)
    return found if found is not None and now - found.seen_at < unused_for(release.model) else None


def actor_of_token(
    connection: sa.Connection, release: Release, secret: str, now: datetime, *, remember: bool = False
) -> Held | None:
    """The actor of an API token; None where it is not good. With `remember` it may be proven next time."""
    return _found(connection, release, TOKEN, secret, now, remember)


def remembered_session(release: Release, secret: str, now: datetime) -> tuple[SignedIn, Proof] | None:
    """What a session was when it was last looked up, and how to prove that it still is; None where that is not known."""
    found = _remembered(release, SESSION, secret, now)
    return found if found is not None and now - found[0].seen_at < unused_for(release.model) else None


def remembered_token(release: Release, secret: str, now: datetime) -> tuple[Held, Proof] | None:
    """The same of a token."""
    return _remembered(release, TOKEN, secret, now)


@dataclass(frozen=True, slots=True)
class Ticket(Generic[T]):
    """A way to say who one is: its name, the statement that finds whose it is, and what its row means."""

    name: str
    statement: Callable[[Release], sa.Select[Any]]
    meant: Callable[[Release, Row], T]


def _found(
    connection: sa.Connection, release: Release, ticket: Ticket[T], secret: str, now: datetime, remember: bool
) -> T | None:
    key = digest(secret)
    given = {"digest": key, "now_": now}
    if not remember or release.tables.engine == "sqlite":
        row = _row(connection, release, ticket.name, ticket.statement, given)
        return None if row is None else _meant(release, ticket, key, row)
    prepared = _prepared(connection, release, ticket.name, ticket.statement)
    column, constants = release.cached(
        ("accounts", "proof", ticket.name), lambda: (proof_column(prepared.text), prepared.constants)
    )
    given = {**constants, **given}
    rows = proving(connection, column, prepared.text, {**given, **proof_parameters(given)})
    return _meant(release, ticket, key, rows[0][1:], rows[0][0]) if rows else None


def _remembered(release: Release, ticket: Ticket[T], secret: str, now: datetime) -> tuple[T, Proof] | None:
    key = digest(secret)
    known = _known(release, ticket.name).get(key)
    if known is None or not known.digest:
        return None
    nothing: tuple[str, Mapping[str, Any]] = ("", {})
    column, constants = release.cached(("accounts", "proof", ticket.name), lambda: nothing)
    return known.meant, Proof(column, proof_parameters({**constants, "digest": key, "now_": now}), known.digest)


def _signed_in(release: Release, row: Row) -> SignedIn:
    csrf, seen_at, expires_at, must_change, second, own, own_name, *user = row
    actor = _actor(release, user)
    if own != actor.id:
        actor = replace(actor, acted_by=(own, own_name))
    return SignedIn(actor, csrf, bool(must_change), _instant(seen_at), _instant(expires_at), bool(second))


def _held(release: Release, row: Row) -> Held:
    id_, name, roles, used, owner, *user = row
    known, used_at = frozenset(_listed(roles)), None if used is None else _instant(used)
    roles_of_its_own = bool(known)
    if owner is None:
        return Actor(None, name, known, "token"), id_, used_at
    actor = _actor(release, user)
    if known and not actor.roles & administering(release):
        # A token never has what its user has lost.
        known &= actor.roles
    return replace(actor, roles=known if roles_of_its_own else actor.roles, kind="token"), id_, used_at


def _known(release: Release, kind: str) -> dict[str, Known]:
    return release.cached(("accounts", "known", kind), dict[str, Known])


def _meant(release: Release, ticket: Ticket[T], key: str, row: Row, found: str = "") -> T:
    """What a row means: worked out anew only where it is another one than last time."""
    known = _known(release, ticket.name)
    last = known.get(key)
    if last is not None and last.row == row and found in ("", last.digest):
        meant: T = last.meant
        return meant
    meant = ticket.meant(release, row)
    if len(known) >= KNOWN:
        known.clear()
    known[key] = Known(row, meant, found)
    return meant


def actor_of_user(connection: sa.Connection, release: Release, user: str) -> Actor | None:
    """The actor that an active user is."""
    row = _row(connection, release, "user", _user_statement, {"user": user})
    return _actor(release, row) if row is not None else None


def active_actors(connection: sa.Connection, release: Release, most: int) -> list[Actor]:
    """So many of the actors that active users are, by name."""
    user = _shelf(release).table
    named = sa.select(*_columns(release)).where(_is_active(release))
    rows = connection.execute(named.order_by(user.columns["name"].value, user.id).limit(most))
    return [_actor(release, list(row)) for row in rows]


def _row(
    connection: sa.Connection,
    release: Release,
    name: str,
    make: Callable[[Release], sa.Select[Any]],
    given: Mapping[str, Any],
) -> Row | None:
    """The row of a statement that is made once: every request begins with one of these."""
    prepared = _prepared(connection, release, name, make)
    if "now_" in given:
        given = {**given, "now_": to_database(given["now_"], DATETIME, release.tables.engine)}
    rows = prepared.run(connection, given)
    return rows[0] if rows else None


def _prepared(
    connection: sa.Connection, release: Release, name: str, make: Callable[[Release], sa.Select[Any]]
) -> Prepared:
    return release.cached(("accounts", name), lambda: prepare(connection, make(release)))


def _instant(value: Any) -> datetime:
    """An instant of Kith's own tables as the driver gives it."""
    return value.astimezone(UTC) if isinstance(value, datetime) else EPOCH + value * MICROSECOND


def _shelf(release: Release) -> Shelf:
    return shelf_of(release, USER)


def _columns(release: Release) -> list[Any]:
    shelf = _shelf(release)
    return [*(slot.wanted for slot in shelf.slots), _roles(release), _teams_below(release)]


def _is_active(release: Release) -> sa.ColumnElement[bool]:
    table = _shelf(release).table
    true = True if release.tables.engine == "postgresql" else 1
    return sa.and_(table.live, table.columns["active"].value == true)


def _session_statement(release: Release) -> sa.Select[Any]:
    session, account, user = system.session, system.account, _shelf(release).table.table
    own = user.alias("own")
    own_name = sa.select(own.c[_shelf(release).table.columns["name"].value.name]).where(own.c.id == session.c.user)
    times = session.c.seen_at, session.c.expires_at
    second = sa.or_(account.c.totp.is_not(None), session.c.second.is_(sa.true()))
    return (
        sa.select(session.c.csrf, *times, account.c.must_change, second, session.c.user, own_name.scalar_subquery())
        .add_columns(*_columns(release))
        .join(account, account.c.user == session.c.user)
        .join(user, user.c.id == sa.func.coalesce(session.c.acting, session.c.user))
        .where(session.c.digest == sa.bindparam("digest"), session.c.expires_at > sa.bindparam("now_", type_=Instant))
        .where(account.c.service.isnot(sa.true()))
        .where(_is_active(release), sa.or_(session.c.acting.is_(None), _may_act(release)))
    )


def _may_act(release: Release) -> sa.ColumnElement[bool]:
    """That the session's user administers still, and that he acts as somebody who does not."""
    table = _shelf(release).table
    own, link = table.table.alias("own"), table.links["roles"]
    active, true = table.columns["active"].value.name, True if release.tables.engine == "postgresql" else 1
    wide = sa.or_(sa.false(), *(link.value == role for role in sorted(administering(release))))
    administering_ = sa.select(link.record).where(wide)
    active_own = sa.select(own.c.id).where(own.c.deleted_at.is_(None), own.c[active] == true)
    return sa.and_(
        system.session.c.user.in_(active_own),
        system.session.c.user.in_(administering_),
        system.session.c.acting.not_in(administering_),
    )


def administering(release: Release) -> frozenset[str]:
    """The roles that write everything."""
    return frozenset(role.name for role in release.model.roles.values() if role.all_entities == "write")


def _token_statement(release: Release) -> sa.Select[Any]:
    token, user = system.token, _shelf(release).table.table
    now = sa.bindparam("now_", type_=Instant)
    return (
        sa.select(token.c.id, token.c.name, token.c.roles, token.c.used_at, token.c.user, *_columns(release))
        .outerjoin(user, user.c.id == token.c.user)
        .where(token.c.digest == sa.bindparam("digest"), token.c.revoked_at.is_(None))
        .where(sa.or_(token.c.expires_at.is_(None), token.c.expires_at > now))
        .where(sa.or_(token.c.user.is_(None), _is_active(release)))
    )


SESSION = Ticket("session", _session_statement, _signed_in)
TOKEN = Ticket("token", _token_statement, _held)


def _user_statement(release: Release) -> sa.Select[Any]:
    user = _shelf(release).table.table
    return sa.select(*_columns(release)).where(user.c.id == sa.bindparam("user"), _is_active(release))


def _array(release: Release, column: Any) -> Any:
    return sa.func.json_group_array(column) if release.tables.engine == "sqlite" else sa.func.array_agg(column)


def _roles(release: Release) -> Any:
    table = _shelf(release).table
    link = table.links["roles"].table.alias()
    return sa.select(_array(release, link.c.value)).where(link.c.record == table.id).scalar_subquery()


def _teams_below(release: Release) -> Any:
    """The user's team and all teams below it."""
    user, team = _shelf(release).table, release.tables[TEAM]
    parent = team.columns["parent"].value
    mine = user.columns["team"].value
    # From his own team down: whoever has none asks for nothing. UNION keeps each team once, so that a cycle ends.
    top = sa.select(team.id.label("id")).where(team.id == mine, team.live).correlate(user.table)
    below = top.cte("below", recursive=True, nesting=True)
    below = below.union(sa.select(team.id).join(below, parent == below.c.id).where(team.live))
    return sa.select(_array(release, below.c.id)).scalar_subquery()


def _actor(release: Release, row: Sequence[Any]) -> Actor:
    *values, roles, teams = row
    record = _shelf(release).record(values)
    record["roles"] = frozenset(_listed(roles))
    record["teams_below"] = frozenset(_listed(teams))
    return Actor(
        id=record["id"],
        name=record["name"],
        roles=record["roles"],
        language=record.get("language") or "",
        time_zone=record.get("time_zone") or "",
        record=record,
    )


def _listed(value: Any) -> list[str]:
    found = orjson.loads(value) if isinstance(value, str) else value
    return [str(item) for item in found or () if item is not None]
