"""Requests and their answers: each `cases/NAME.http` is asked of both databases, and `NAME.txt` is what must come back.

A case is a list of requests, parted by empty lines: `METHOD path [as USER] [-> NAME] [HEADER=value …]`, then the body.
`{NAME}` in later requests is the id of what that request has made, `{next}` the last cursor. `--update` writes the answers anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.api.world import Desk

CASES = sorted((Path(__file__).parent / "cases").glob("*.http"))
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHOWN = ("etag", "location", "allow", "www-authenticate", "idempotent-replayed", "retry-after")
STAMPS = ("created_at", "created_by", "updated_at", "updated_by")


@dataclass
class Talk:
    """A conversation with a desk; ids get names in the order in which they show up."""

    desk: Desk
    names: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def answer(self, text: str) -> Iterator[str]:
        """The lines of what comes back for each request of a case."""
        for block in re.split(r"\n\s*\n", text.strip()):
            lines = [line for line in block.splitlines() if not line.startswith("#")]
            if lines:
                yield from self.ask(lines[0], "\n".join(lines[1:]))

    def ask(self, first: str, body: str) -> Iterator[str]:
        """Send one request."""
        line, *headers = re.split(r" (?=[A-Za-z-]+=)", self.filled(first))
        match = re.fullmatch(r"(\S+) (.*?)(?: as (\w*))?(?: -> (\w+))?", line)
        assert match is not None, first
        method, path, who, name = match.groups(default="")
        sent = {key.replace("-", "_"): value for key, _, value in (header.partition("=") for header in headers)}
        content = self.filled(body).encode() if body else None
        response = self.desk.ask(method, path.replace(" ", "%20").replace("+", "%2B"), who or "admin", content, **sent)
        data: Any = response.json() if response.content else None
        if isinstance(data, dict) and isinstance(data.get("next"), str):
            # It holds an id.
            self.names["next"], data["next"] = data["next"], "<next>"
        if name:
            self.names[name] = data["data"]["id"]
        yield f"> {first}"
        shown = "  ".join(f"{key}: {response.headers[key]}" for key in SHOWN if key in response.headers)
        yield self.normal(f"{response.status_code}  {shown}".rstrip())
        if data is not None:
            yield self.normal(json.dumps(without_stamps(data), ensure_ascii=False, indent=1))
        yield ""

    def filled(self, text: str) -> str:
        """A text with the ids of what was made."""
        found = {**self.names, **self.desk.users}
        return re.sub(r"\{(\w+)\}", lambda match: found.get(match[1], match[0]), text)

    def normal(self, text: str) -> str:
        """A text with names in place of ids."""
        given = {id_: name for name, id_ in {**self.desk.users, **self.names}.items()}
        return ID.sub(lambda match: "<" + (given.get(match[0]) or self.number(match[0])) + ">", text)

    def number(self, id_: str) -> str:
        """A number for an id that has no name."""
        return self.known.setdefault(id_, str(len(self.known) + 1))


def without_stamps(data: object) -> object:
    """An answer without when and by whom, which stand in every record and are looked at once."""
    if isinstance(data, dict):
        return {name: without_stamps(value) for name, value in data.items() if name not in STAMPS}
    return [without_stamps(one) for one in data] if isinstance(data, list) else data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_requests_are_answered_as_written(desk: Desk, case: Path, update: bool) -> None:
    expected = case.with_suffix(".txt")
    text = "\n".join(Talk(desk).answer(case.read_text(encoding="utf-8"))).rstrip() + "\n"
    if update:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
