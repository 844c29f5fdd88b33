"""Everything that can be asked of the firm by somebody who is curious: by the API, by pages, by files and by commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tests.access.oracle import ENTITIES
from tests.access.secrets import Cell

FIELDS = ("name", "note", "remark", "phone", "fee", "owner", "status")
OWN = {
    "client": ("area", "matter_fees", "area.remark", "area.owner", "count(shares)", "sum(matters.fee)"),
    "client_share": ("client", "user", "access", "client.remark", "client.owner.name"),
    "area": ("keepers", "count(clients)", "count(clients where remark is set)"),
    "matter": ("client", "hours", "client.remark", "client.area.fee", "sum(lines.fee)", "any(tasks where fee > 5000)"),
    "matter_line": ("matter", "matter.remark", "matter.client.remark", "matter.fee"),
    "task": ("matter", "matter.remark", "matter.client.phone"),
    "invoice": ("client", "doubled", "client.remark", "client.matter_fees"),
    "paper": ("code",),
}
GUESSES = ("canary", "heron", "name c", "861377", "1377", "470", "canary 3 0", "remark")
CODES = tuple(code for at in range(35, 40) for code in (f"canary canary {at} 1", f"heron heron {at + 25} x1"))
"""Keys that papers have in one of the databases."""


@dataclass(frozen=True)
class Ask:
    """One question: of the API or of a page, with what is sent."""

    method: str
    path: str
    body: object = None
    form: tuple[tuple[str, str], ...] | None = None


def questions(cells: Sequence[Cell]) -> Iterator[Ask]:
    """Everything that only reads."""
    for entity in ENTITIES:
        of = [cell for cell in cells if cell.entity == entity]
        yield from _lists(entity)
        yield from _aggregates(entity)
        for cell in of:
            yield from _record(entity, cell.id)
        yield from _pages(entity, of)
    yield from (
        Ask("GET", f"/api/v1/{path}") for path in ("meta", "openapi.json", "meta/releases", "meta/order/client")
    )
    for guess in GUESSES:
        yield Ask("GET", f"/api/v1/search?q={quote(guess)}")
        yield Ask("GET", f"/search?q={quote(guess)}")
    yield from (
        Ask("GET", path) for path in ("/", "/bin", "/keys", "/account", "/jobs", "/releases", "/privacy", "/batches")
    )


def changes(cells: Sequence[Cell]) -> Iterator[Ask]:
    """Everything that tries to write."""
    for entity in ENTITIES:
        yield from _writes(entity, [cell for cell in cells if cell.entity == entity])


def _lists(entity: str) -> Iterator[Ask]:
    base = f"/api/v1/{entity}"
    yield from (Ask("GET", f"{base}?{one}") for one in ("limit=3", "count=exact", "deleted=true", "expand=owner"))
    for guess in GUESSES:
        yield Ask("GET", f"{base}?q={quote(guess)}")
    for name in (*FIELDS, *OWN[entity]):
        yield Ask("GET", f"{base}?fields={quote(name)}")
        yield Ask("GET", f"{base}?sort={quote(name)}&limit=2")
        yield Ask("GET", f"{base}?sort=-{quote(name)}&fields=id")
        yield Ask("GET", f"{base}?expand={quote(name)}")
        for test in _tests(name):
            yield Ask("GET", f"{base}?filter={quote(test)}&fields=id&count=exact")


def _tests(name: str) -> tuple[str, ...]:
    return (
        f"{name} is set",
        f"{name} > 4000000",
        f'{name} == "canary canary 3 1"',
        f'contains({name}, "canary")',
        f'{name} < "d"',
        f"not ({name} is set) or true",
        f"if({name} is set, 1, 0) == 1",
    )


def _aggregates(entity: str) -> Iterator[Ask]:
    path = f"/api/v1/{entity}/aggregate"
    for name in (*FIELDS, *OWN[entity]):
        yield Ask("POST", path, {"group": [name], "measures": {"n": "count()"}})
        yield Ask("POST", path, {"measures": {"n": f"max({name})"}})
        yield Ask("POST", path, {"measures": {"n": f"count(where {name} is set)"}})
        yield Ask("POST", path, {"measures": {"n": "count()"}, "filter": f"{name} is set"})
        yield Ask("POST", path, {"group": ["status"], "measures": {"n": f"sum({name})"}, "sort": "-n"})


def _record(entity: str, id_: str) -> Iterator[Ask]:
    one = f"/api/v1/{entity}/{id_}"
    ends: tuple[str, ...] = (
        "",
        "?deleted=true",
        "?expand=owner",
        "/history",
        "/explain",
        "/explain?field=matter_fees",
        "/access",
    )
    ends += ("/explain?field=doubled", "/explain?field=hours", "/actions", "?as_of=2026-11-22", "/history?limit=1")
    ends += ("?as_of=2026-11-22T04:00:01Z", "/subject", "/consents")
    yield from (Ask("GET", one + end) for end in ends)


def _pages(entity: str, cells: Sequence[Cell]) -> Iterator[Ask]:
    base = f"/records/{entity}"
    yield from (Ask("GET", base + end) for end in ("", "/new", "?deleted=true", "/count", "/filter"))
    yield Ask("GET", f"/bin/{entity}")
    yield Ask("GET", f"/order/{entity}")
    yield from (Ask("GET", f"{base}?q={quote(guess)}") for guess in GUESSES)
    for name in FIELDS:
        yield Ask("GET", f"{base}?sort={name}")
        yield Ask("GET", f"{base}?filter={quote(name + ' is set')}")
        yield Ask("GET", f"{base}?columns={name}")
    for name in ("client", "matter", "area", "owner", "user"):
        yield from (Ask("GET", f"{base}/choices/{name}?q={quote(guess)}") for guess in ("", *GUESSES[:4]))
    for cell in cells:
        one = f"{base}/{cell.id}"
        ends: tuple[str, ...] = (
            "",
            "/edit",
            "/access",
            "/rules",
            "?tab=history",
            "/delete",
            "/past?at=2026-11-22",
            "/field/remark",
        )
        ends += ("/privacy", "/privacy/known.text", "/past?at=2026-11-22T12:00:01")
        ends += ("/why/matter_fees", "/why/doubled", "/related/matters", "/related/shares", "/related/tasks")
        yield from (Ask("GET", one + end) for end in ends)
    ids = "&".join(f"id={cell.id}" for cell in cells)
    yield Ask("GET", f"{base}/several?{ids}")


def _writes(entity: str, cells: Sequence[Cell]) -> Iterator[Ask]:
    base = f"/api/v1/{entity}"
    for cell in cells:
        one = f"{base}/{cell.id}"
        for name in ("remark", "fee", "note", "phone"):
            yield Ask("PATCH", one, {"version": 1, name: "7" if name == "fee" else "mine"})
        yield Ask("PATCH", one, {"version": 1, "status": "no such state", "fee": "abc"})
        yield Ask("POST", f"/records/{entity}/{cell.id}/edit", form=(("_version", "1"), ("remark", "x"), ("name", "")))
        yield Ask("DELETE", one)
        yield Ask("POST", f"{one}/actions/restore", {})
    for code in CODES:
        for op in ("upsert", "update", "delete"):
            item = {"op": op, "key": {"code": code}, "values": {"note": "by key"}}
            yield Ask("POST", f"{base}/bulk", {"mode": "each", "items": [item]})
        yield Ask("POST", base, {"name": "by key", "code": code, "note": "new"})
