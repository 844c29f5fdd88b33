"""A crowd's workspace: two matters that everybody edits, an administrator's session and token, and what the database says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette

from kith.api.routes import routes as api_routes
from kith.metadata.model import Model
from kith.runtime.accounts import CHEAP, issue_token, open_session, set_password
from kith.runtime.calling import Calling, Doors
from kith.runtime.clock import system_clock
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.runtime.write.session import Session
from kith.web.app import routes as page_routes
from tests.edits.judging import Kept
from tests.support.prepared import prepared
from tests.support.worlds import model_of

FOLDER = Path(__file__).parent / "crowd"
LINES = 3
PLAIN = ("note", "place", "remark", "room", "mood", "colour")
"""The fields that people edit."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What clients need to know: the matters with their lines, and by what they are let in."""

    url: str
    matters: tuple[str, str]
    lines: Mapping[str, tuple[str, ...]]
    token: str
    cookie: str
    csrf: str

    def headers(self) -> dict[str, str]:
        """What a browser sends along."""
        return {"cookie": f"kith={self.cookie}; language=en", "x-csrf-token": self.csrf, "origin": "http://kith.test"}


def crowd_model() -> Model:
    """The model of the crowd's folder."""
    return model_of(FOLDER)


def opened(url: str) -> tuple[Workspace, Crowd]:
    """A crowd in an empty database."""
    workspace, known = prepared(url, crowd_model(), lambda workspace: fill(workspace, url), key="crowd")
    return workspace, Crowd(url, *known)


def fill(workspace: Workspace, url: str) -> tuple[Any, ...]:
    """Two matters with lines, and an administrator."""
    workspace.apply(workspace.plan(crowd_model()), hooks=hooks(workspace.clock))
    made = [_make(workspace, "matter", name=code.capitalize(), code=code, note="first") for code in ("one", "two")]
    lines = {matter: tuple(_line(workspace, matter, number) for number in range(LINES)) for matter in made}
    values = {"name": "Ada", "email": "ada@example.com", "roles": ["administrator"]}
    user, now = _make(workspace, "user", **values), system_clock()
    with workspace.database.write() as connection:
        set_password(connection, user, CHEAP.hash("correct horse battery"), now, must_change=False)
        cookie, csrf = open_session(connection, user, now)
        token = issue_token(connection, "crowd", now, user=user)[1]
    return (made[0], made[1]), lines, token, cookie, csrf


def _make(workspace: Workspace, entity: str, **values: object) -> str:
    return saved(workspace, Change("create", entity, None, values)).id


def _line(workspace: Workspace, matter: str, number: int) -> str:
    from kith.runtime.ids import new_id

    id_ = new_id()
    line = Change("create", "", id_, {"what": f"line {number}", "amount": number + 1})
    saved(workspace, Change("update", "matter", matter, children={"lines": (line,)}))
    return id_


def saved(workspace: Workspace, change: Change) -> Saved:
    """Save as the system; it must not be refused."""
    release = workspace.current()
    context = system_context(release, system_clock)
    done = save(workspace.database, context, release, change, Cause("system"))
    assert isinstance(done, Saved), done
    return done


def served(workspace: Workspace) -> tuple[Starlette, Calling]:
    """Pages and API of a workspace as one application, and what is to be closed in the end."""
    calling = Calling(workspace.database)
    doors = Doors(workspace, calling, system_clock)
    return Starlette(routes=[*api_routes(doors), *page_routes(doors, CHEAP)]), calling


# ---- what the database says in the end ----------------------------------------------------------------------------


def history(workspace: Workspace, entity: str) -> list[Kept]:
    """All rows of the history of an entity's records."""
    release = workspace.current()
    names = {column: name for name, column in release.names.entities[entity].columns.items()}
    asked = sa.select(system.history).where(system.history.c.entity == release.tables[entity].stable_name)
    with workspace.database.read() as connection:
        rows = connection.execute(asked).mappings().all()
    return [
        Kept(
            str(row["record"]),
            row["version"],
            row["op"],
            {names.get(name, name): (one["old"], one["new"]) for name, one in row["values"].items()},
        )
        for row in rows
    ]


def values(workspace: Workspace, entity: str, id_: str, names: Sequence[str]) -> dict[str, Any]:
    """The values of a record as they are stored, or worked out where they are not."""
    release = workspace.current()
    with workspace.database.read() as connection:
        session = Session(connection, system_context(release, system_clock), release, Cause("system"))
        record = session.load(entity, id_)
        assert record is not None
        return {name: record[name] for name in names}


def related(workspace: Workspace, id_: str, relation: str, number: str) -> tuple[int, Any]:
    """How many live records of a relation a matter has, and what their numbers add up to."""
    release = workspace.current()
    with workspace.database.read() as connection:
        session = Session(connection, system_context(release, system_clock), release, Cause("system"))
        found = [record[number] for record in session.related("matter", session.load("matter", id_), relation)]
    return len(found), sum(found)
