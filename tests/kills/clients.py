"""People who work with the club through its API while it is killed, and know what they were told is saved.

Each has members of his own. What was sent and not answered is sent again, with the same key or version: afterwards it is
there once, whether it was saved before the kill or not.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

PAUSE = 0.02
"""Seconds between two tries while nobody answers."""
LATER = (503, 507)
"""Answers that only ask for patience."""
MOST = 6
"""Members of one client; old ones are left as they are."""


@dataclass
class Member:
    """A member as its client was told that it is."""

    id: str
    name: str
    version: int = 1
    state: str = "active"
    notes: int = 0
    visits: dict[str, Decimal] = field(default_factory=dict)
    renamed: set[int] = field(default_factory=set)
    """The versions at which it was renamed while it had notes: each leaves a job."""


@dataclass
class Answer:
    """What came back."""

    status: int
    data: Any


@dataclass
class Client:
    """Somebody who does one thing after the other, and gives up on nothing."""

    name: str
    port: int
    token: str
    chance: random.Random
    over: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)
    members: list[Member] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)
    told: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    last: float = 0.0
    """When something was last acknowledged."""
    refused: int = 0
    _connection: http.client.HTTPConnection | None = None
    _count: int = 0

    def work(self) -> None:
        """Do one thing after the other."""
        while not self.over.is_set() and not self.wrong:
            with self.turn:
                self.step()
        self._hang_up()

    def step(self) -> None:
        """One thing."""
        dice = self.chance.random()
        if not self.members or (dice < 0.1 and self.chance.random() < 1 / len(self.members)):
            self.join()
            return
        member = self.chance.choice(self.members[-MOST:])
        if dice < 0.35:
            self.visit(member)
        elif dice < 0.5:
            self.note(member)
        elif dice < 0.7:
            self.rename(member)
        elif dice < 0.85:
            self.silence(member)
        elif dice < 0.95 and member.visits:
            self.forget(member)
        else:
            self.overdraw(member)

    def join(self) -> None:
        """A new member."""
        name = self._name()
        answer = self.sent("POST", "member", {"name": name}, key=name)
        if self.expects(answer, 201, "join"):
            self.members.append(Member(answer.data["data"]["id"], name))

    def visit(self, member: Member) -> None:
        """What a member spends goes into a sum that is kept `soon`."""
        spent = Decimal(self.chance.randrange(1, 10_000)) / 100
        answer = self.sent("POST", "visit", {"member": member.id, "spent": str(spent)}, key=self._name())
        if self.expects(answer, 201, "visit"):
            member.visits[answer.data["data"]["id"]] = spent

    def note(self, member: Member) -> None:
        """Several notes at once, counted at the member."""
        count = self.chance.randrange(1, 4)
        values = {"member": member.id, "what": "said", "points": "1"}
        body = {"mode": "all", "items": [{"op": "create", "values": values}] * count}
        if self.expects(self.sent("POST", "note/bulk", body, key=self._name()), 200, "notes"):
            member.notes += count

    def rename(self, member: Member) -> None:
        """Another name, which notes have a copy of."""
        name = self._name()
        if self.changed(member, {"name": name}, "rename"):
            member.name = name
            if member.notes:
                member.renamed.add(member.version)

    def silence(self, member: Member) -> None:
        """Another state; falling silent makes a rule write a note."""
        state = "silent" if member.state == "active" else "active"
        if self.changed(member, {"state": state}, "silence"):
            member.state = state
            member.notes += state == "silent"

    def forget(self, member: Member) -> None:
        """A visit goes into the bin."""
        visit = self.chance.choice([*member.visits])
        answer = self.sent("DELETE", f"visit/{visit}", None)
        # Sent again, it finds that nothing is there any more.
        if self.expects(answer, 404 if answer.status == 404 and answer.data == "again" else 204, "forget"):
            del member.visits[visit]

    def overdraw(self, member: Member) -> None:
        """What a rule refuses leaves nothing at all, whoever dies meanwhile."""
        self.refused += 1
        body = {"name": f"refused-{self._name()}", "points": -1}
        self.expects(self.sent("PATCH", f"member/{member.id}", body, version=member.version), 422, "refusal")

    def changed(self, member: Member, values: dict[str, str], what: str) -> bool:
        """A change of a version that is known."""
        answer = self.sent("PATCH", f"member/{member.id}", values, version=member.version)
        if answer.status == 412 and answer.data == "again":
            # It was saved, and only the answer did not arrive.
            found = self.sent("GET", f"member/{member.id}", None).data["data"]
            if found["version"] != member.version + 1 or any(found[name] != value for name, value in values.items()):
                self.wrong.append(f"{what} of {member.id} at version {member.version}: {found}")
                return False
        elif not self.expects(answer, 200, what):
            return False
        else:
            self.last = time.monotonic()
        member.version += 1
        return True

    def expects(self, answer: Answer, status: int, what: str) -> bool:
        """Whether the answer is what it must be."""
        if answer.status == status:
            self.told[what] += 1
            self.last = time.monotonic()
            return True
        if answer.status:
            self.wrong.append(f"{what}: {answer.status} {str(answer.data)[:300]}")
        return False

    def sent(self, method: str, path: str, body: object, *, key: str = "", version: int = 0) -> Answer:
        """Send until somebody answers. What says that it was there already on a second try has `again` as its data."""
        tries = 0
        while not self.given_up.is_set():
            tries += 1
            answer = self._asked(method, path, body, key, version)
            if answer is not None and answer.status not in LATER:
                if tries > 1 and answer.status in (404, 412):
                    return Answer(answer.status, "again")
                return answer
            self.told[f"answer {answer.status}" if answer else "no answer"] += 1
            time.sleep(PAUSE)
        return Answer(0, None)

    def _asked(self, method: str, path: str, body: object, key: str, version: int) -> Answer | None:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        headers |= {"idempotency-key": key} if key else {}
        headers |= {"if-match": f'"{version}"'} if version else {}
        try:
            connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self._connection = connection
            connection.request(method, f"/api/v1/{path}", json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            text = response.read()
            return Answer(response.status, json.loads(text) if text else None)
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return None

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _name(self) -> str:
        self._count += 1
        return f"{self.name}-{self._count}"


@contextmanager
def at_work(clients: list[Client]) -> Iterator[None]:
    """All at work; at the end each finishes what he has begun, where somebody is there to answer."""
    threads = [threading.Thread(target=client.work, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    except BaseException:
        for client in clients:
            client.given_up.set()
        raise
    finally:
        for client in clients:
            client.over.set()
        for thread in threads:
            thread.join()
