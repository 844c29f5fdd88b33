"""Of files that somebody may not read nothing comes out: two databases that differ in those alone give the same answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.api.routes import routes as api_routes
from kith.runtime.accounts import CHEAP
from kith.runtime.calling import Calling, Doors
from kith.runtime.transfer.exporting import run_export
from kith.web.app import routes
from tests.access.secrets import same_ids
from tests.api.world import NOW, Desk
from tests.runtime.files.making import PDF, png
from tests.runtime.files.world import studio, uploaded

FILES = ((b"canary " * 3, "canary.txt", png(8, 8)), (PDF + bytes(50), "heron.pdf", png(9, 5)))
HIDDEN = ("canary", "heron")
Answer = tuple[str, int, str]


def told(desk: Desk, world: int) -> dict[str, str]:
    """A work of ann's with two files that she may not read, one of bob's with others, and what is hers to see; ids by name."""
    data, name, picture = FILES[world]
    hidden = {field: uploaded(desk, data, name, "admin")["id"] for field in ("secret", "masked")}
    ids = {**hidden, "own": uploaded(desk, b"own", "own.txt", "admin")["id"]}
    values = {"name": "Hers", "owner": desk.users["ann"], "papers": [ids["own"]], **hidden}
    ids["work"] = desk.make("work", "admin", **values)["id"]
    ids |= {
        "photo": uploaded(desk, picture, f"{name}.png", "bob")["id"],
        "paper": uploaded(desk, data, name, "bob")["id"],
    }
    ids["other"] = desk.make("work", "bob", name="His", photo=ids["photo"], papers=[ids["paper"]])["id"]
    ids["waiting"] = uploaded(desk, data, name, "bob")["id"]
    return ids


def asked(ids: dict[str, str]) -> Iterator[str]:
    """All that can be asked of files."""
    for name in ("secret", "masked", "photo", "paper", "waiting", "own"):
        yield from (f"{base}/files/{ids[name]}{end}" for base in ("", "/api/v1") for end in ("", "/preview"))
    for field in ("secret", "masked", "photo"):
        yield from (f"/api/v1/work?{key}={field}{part}" for key in ("fields", "sort") for part in ("", ".name"))
        tests = (f"{field} is set", f'contains({field}.name, "canary")', f"{field}.size > 30")
        yield from (f"/api/v1/work?count=exact&filter={quote(one)}" for one in tests)
        yield f"/records/work?columns={field}"
    for id_ in (ids["work"], ids["other"]):
        yield from (f"/api/v1/work/{id_}{end}" for end in ("", "/history", "/access", "?as_of=2026-11-22"))
        yield from (f"/records/work/{id_}{end}" for end in ("", "/edit", "?tab=history"))
    yield from ("/api/v1/work", "/api/v1/search?q=canary", "/records/work")


def answers(url: str, world: int, folder: Path) -> list[Answer]:
    """What ann is answered in one of the databases."""
    with same_ids(0), studio(url) as desk, same_ids(1):
        ids = told(desk, world)
        calling = Calling(desk.workspace.database)
        doors = Doors(desk.workspace, calling, lambda: NOW)
        app = Starlette(routes=[*api_routes(doors), *routes(doors, CHEAP)])
        client = TestClient(app, base_url="http://kith.test", follow_redirects=False)
        client.cookies.set("kith", desk.session("ann")[0])
        bearer = {"authorization": f"Bearer {desk.tokens['ann']}"}
        found = []
        for path in asked(ids):
            answer = client.get(path, headers=bearer if path.startswith("/api") else {})
            found.append((path, answer.status_code, masked(answer.text)))
        for field in ("secret", "contract", "papers"):
            for file in (ids["secret"], ids["photo"], ids["waiting"]):
                body = {"name": "Mine", field: [file] if field == "papers" else file}
                refused = desk.ask("POST", "work", "ann", body)
                found.append((f"POST {field} {file}", refused.status_code, refused.text))
        calling.close()
        exported(desk, folder / f"{world}.csv")
        return [*found, ("export", 0, (folder / f"{world}.csv").read_text("utf-8"))]


def masked(text: str) -> str:
    """An answer without the secret of its forms, which is another each time."""
    return re.sub(r"""(csrf[^<>]{0,40}?["'])[A-Za-z0-9_=.-]{20,}""", r"\1", text, flags=re.IGNORECASE)


def exported(desk: Desk, path: Path) -> None:
    """The file of an export by ann."""
    from kith.runtime.accounts.actors import actor_of_user
    from kith.runtime.context import context_of

    release = desk.workspace.current()
    with desk.workspace.database.read() as connection:
        actor = actor_of_user(connection, release, desk.users["ann"])
        assert actor is not None
        context = context_of(actor, NOW, language="en", time_zone="UTC")
        run_export(connection, context, release, "work", path)


def test_answers_are_the_same_to_the_byte_whatever_the_hidden_files_are(tmp_path: Path) -> None:
    first, second = (answers(f"sqlite:///{tmp_path / f'{world}.db'}", world, tmp_path) for world in (0, 1))
    assert len(first) > 60
    for one, other in zip(first, second, strict=True):
        assert one == other
        assert not [
            word for word in HIDDEN if word in one[2].replace(quote(f'"{word}"'), "").replace(f"q={word}", "")
        ] or (word_asked(one)), one
    shown = {path: status for path, status, _ in first if "/files/" in path}
    assert sorted(set(shown.values())) == [200, 404]
    assert sum(status == 200 for status in shown.values()) == 2


def word_asked(answer: Answer) -> bool:
    """Whether a page only repeats what was asked."""
    return any(word in answer[0] for word in HIDDEN)
