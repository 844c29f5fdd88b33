"""A workshop with a few jobs: one that is done, some of Wei's, some of nobody's, in all layouts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kith.runtime.accounts import CHEAP, set_password
from kith.runtime.clock import system_clock
from kith.runtime.write.change import Change
from tests.web.shop import PASSWORD, Shop, opened

WEI, GUEST = "wei@example.com", "guest@example.com"
FOLDER = Path(__file__).parent / "workshop"
JOBS: tuple[dict[str, object], ...] = (
    {
        "name": "Lamp",
        "price": "10",
        "kind": "repair",
        "planned": "2026-11-25T16:30:00Z",
        "until": "2026-11-25T18:00:00Z",
    },
    {"name": "Table", "price": "200", "kind": "build", "stay": {"start": "2026-11-20", "end": "2026-11-29"}},
    {"name": "Chair", "kind": "build", "stay": {"start": "2026-11-24", "end": "2026-11-24"}},
    {"name": "Shelf", "state": "doing", "price": "40.50", "planned": "2026-11-27T01:00:00Z"},
)


@contextmanager
def workshop(url: str) -> Iterator[Shop]:
    """A workshop on an empty database; the jobs of odd places are Wei's."""
    with opened(url, str(FOLDER), demo=False) as shop:
        for name, email, role in (("Wei", WEI, "worker"), ("Guest", GUEST, "guest")):
            made = shop.save(
                Change("create", "user", values={"name": name, "email": email, "roles": [role], "active": True})
            )
            shop.users[email] = made.id
            let_in_as_well(shop, made.id)
        for place, job in enumerate(JOBS):
            owner = {"owner": shop.users[WEI]} if place % 2 == 0 else {}
            shop.save(Change("create", "job", values={**job, **owner}))
        yield shop


def let_in_as_well(shop: Shop, user: str) -> None:
    """Give one more person the password of everybody."""
    hashed, now = CHEAP.hash(PASSWORD), system_clock()
    shop.workspace.database.run(lambda connection: set_password(connection, user, hashed, now, must_change=False))


def job(shop: Shop, name: str) -> str:
    """The id of a job."""
    return shop.ids("job", f'name == "{name}"')[0]
