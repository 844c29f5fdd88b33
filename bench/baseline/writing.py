"""How the baseline creates and updates a ticket: checks, the version, one history row, the search row, one transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from bench.baseline import tickets
from bench.baseline.store import Connection
from kith.runtime.ids import new_id
from kith.runtime.search.terms import index_terms


class Refusal(Exception):
    """A request that is not carried out."""

    def __init__(self, status: int, errors: tuple[Mapping[str, Any], ...] = ()) -> None:
        super().__init__(status)
        self.status, self.errors = status, errors


@dataclass(frozen=True, slots=True)
class Writer:
    """A save of somebody at some moment."""

    connection: Connection
    kind: str
    user: str
    now: datetime
    release: int
    code: str
    """What the search terms of the name begin with."""

    async def create(self, sent: Mapping[str, Any]) -> str:
        """The id of a new ticket."""
        given, wrong = tickets.read(sent)
        values = {**tickets.DEFAULTS, **given}
        wrong += tickets.missing(values)
        if not wrong and values["owner"] != self.user:
            raise Refusal(403)
        await self.check_references(values, {}, wrong)
        if wrong:
            raise Refusal(422, tuple(wrong))
        id_ = new_id()
        row = {**tickets.columns(values, self.kind), "id": id_, "me": self.user, "now": self.at(self.now)}
        await self.connection.do("insert", row)
        await self.keep_history(id_, 1, "create", dict.fromkeys(values), values, "")
        await self.index(id_, values["name"])
        return id_

    async def update(self, id_: str, sent: Mapping[str, Any]) -> None:
        """Change a ticket that nobody else has changed since."""
        sent = dict(sent)
        expected = sent.pop("version", None)
        found = await self.connection.rows("lock", {"id": id_, "me": self.user})
        if not found:
            raise Refusal(404)
        version, *own = found[0]
        before = tickets.values_of(tuple(own), self.kind)
        given, wrong = tickets.read(sent)
        if expected is not None and expected != version:
            raise Refusal(412, tuple({"field": name, "code": "conflict"} for name in given))
        values = {**before, **given}
        wrong += tickets.missing(values)
        if not wrong and values["owner"] != self.user:
            raise Refusal(403)
        await self.check_references(values, before, wrong)
        if wrong:
            raise Refusal(422, tuple(wrong))
        if values == before:
            return
        row = {**tickets.columns(values, self.kind), "id": id_, "me": self.user, "now": self.at(self.now)}
        if await self.connection.do("update", row | {"version": version}) != 1:
            raise Refusal(412)
        last = await self.connection.rows("last", {"id": id_, "version": version})
        await self.keep_history(id_, version + 1, "update", before, values, last[0][0] if last else "")
        if values["name"] != before["name"]:
            await self.index(id_, values["name"])

    async def check_references(
        self, values: Mapping[str, Any], before: Mapping[str, Any], wrong: list[dict[str, str]]
    ) -> None:
        """Newly named records must be there."""
        for name, table in (("company", "company"), ("owner", "user")):
            id_ = values[name]
            if id_ is None or id_ == before.get(name):
                continue
            if not await self.connection.rows(table, {"id": id_}):
                wrong.append({"field": name, "code": "no_such_record"})

    async def keep_history(
        self, id_: str, version: int, op: str, before: Mapping[str, Any], after: Mapping[str, Any], previous: str
    ) -> None:
        """One row: old and new with a salt each, their digests, and the hash that chains it to the row before."""
        values, digests = {}, {}
        for name, new in after.items():
            old = before[name]
            if old != new:
                told = {"old": plain(old), "new": plain(new), "salt": [secrets.token_hex(8), secrets.token_hex(8)]}
                values[name] = told
                digests[name] = [
                    hashlib.sha256(salt.encode() + orjson.dumps(told[side])).hexdigest()
                    for side, salt in zip(("old", "new"), told["salt"], strict=True)
                ]
        row = {
            "id": new_id(), "save": new_id(), "record": id_, "version": version, "op": op, "release": self.release,
            "actor": self.user, "at": self.at(self.now), "previous": previous, "digests": digests,
        }  # fmt: skip
        covered = row | {"at": self.now.isoformat(), "entity": "ticket"}
        row["hash"] = hashlib.sha256(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).hexdigest()
        await self.connection.do("history", row | {"values": self.json(values), "digests": self.json(digests)})

    async def index(self, id_: str, name: str) -> None:
        """What search finds the ticket by."""
        await self.connection.do("search", {"record": id_, "terms": " ".join(index_terms(self.code, name))})

    def at(self, moment: datetime) -> Any:
        """An instant as the database keeps it."""
        return tickets.instant(moment) if self.kind == "sqlite" else moment

    def json(self, data: Any) -> Any:
        """Data as the database keeps it."""
        return orjson.dumps(data).decode() if self.kind == "sqlite" else Jsonb(data, dumps=orjson.dumps)


def plain(value: Any) -> Any:
    """A value as history keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
