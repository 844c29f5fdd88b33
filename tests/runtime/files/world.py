"""A studio whose records have files, behind its API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from httpx2 import Response

from tests.api.world import Desk, opened

STUDIO = Path(__file__).parent / "studio"


@contextmanager
def studio(url: str) -> Iterator[Desk]:
    """A studio in an empty database."""
    with opened(url, STUDIO) as desk:
        yield desk


def send(desk: Desk, data: bytes, name: str = "a.txt", who: str = "ann", for_: str = "", **parts: bytes) -> Response:
    """Upload a file."""
    files = {"file": (name, data), **{part: (part, more) for part, more in parts.items()}}
    query = {"for": for_} if for_ else {}
    headers = {"authorization": f"Bearer {desk.tokens[who]}"}
    return desk.client.post("/api/v1/files", files=files, params=query, headers=headers)


def uploaded(desk: Desk, data: bytes, name: str = "a.txt", who: str = "ann") -> dict[str, Any]:
    """A file that was taken."""
    response = send(desk, data, name, who)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()["data"]
    return found


def fetched(desk: Desk, id_: str, who: str = "ann", **headers: str) -> Response:
    """A file as somebody gets it."""
    return desk.get(f"files/{id_}", who, **headers)
