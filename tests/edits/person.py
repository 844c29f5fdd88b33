"""Somebody at work: requests to the crowd's application, and what he noted of each edit."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from httpx2 import AsyncClient, Response

from tests.edits.judging import Edit
from tests.edits.world import Crowd

TOLD = frozenset({404, 409, 412, 422})
"""Answers by which somebody knows that his edit is not there, and why."""


@dataclass
class Person:
    """One client; `edits` are what he tried, `counts` what was acknowledged of things that only add up."""

    name: str
    crowd: Crowd
    client: AsyncClient
    chance: random.Random
    edits: list[Edit] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Answers that nobody should get, where no edit stands for them."""

    async def api(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Ask the API."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["authorization"] = f"Bearer {self.crowd.token}"
        return await self.client.request(method, f"/api/v1/{path}", json=body, headers=sent)

    async def page(self, path: str, **headers: str) -> Response:
        """Open a page, or a part of one."""
        sent = self.crowd.headers() | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers=sent)

    async def send(self, path: str, fields: Mapping[str, str], **headers: str) -> Response:
        """Send a form."""
        sent = self.crowd.headers() | {name.replace("_", "-"): value for name, value in headers.items()}
        sent["content-type"] = "application/x-www-form-urlencoded"
        return await self.client.post(path, content=urlencode(fields), headers=sent)

    def edit(self, channel: str, record: str, name: str) -> Edit:
        """A new attempt, with a value of its own."""
        value = f"{self.name}-{len(self.edits)}"
        made = Edit(channel, record, name, value, time.monotonic())
        self.edits.append(made)
        return made

    def conclude(self, edit: Edit, answer: Response, *, acknowledged: bool, told: bool) -> None:
        """Note how it was answered."""
        edit.ended = time.monotonic()
        edit.outcome = "acknowledged" if acknowledged else "told" if told else "wrong"
        if edit.outcome == "wrong":
            edit.said = f"{answer.status_code} {answer.text[:300]}"

    def count(self, what: str, record: str, answer: Response) -> bool:
        """Note something that adds up; whether it was acknowledged."""
        done = answer.status_code in (200, 201, 204, 303)
        if done:
            self.counts[what, record] += 1
        elif answer.status_code not in TOLD:
            self.wrong.append(f"{what}: {answer.status_code} {answer.text[:300]}")
        return done


class _Controls(HTMLParser):
    """What a form without choices would send: its inputs and texts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "input" and given.get("name"):
            self.found[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self.text = given.get("name", "")
            self.found[self.text] = ""

    def handle_data(self, data: str) -> None:
        if self.text:
            self.found[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.text = ""


def controls(html: str) -> dict[str, str]:
    """The controls of a part of a page."""
    reader = _Controls()
    reader.feed(html)
    return reader.found
