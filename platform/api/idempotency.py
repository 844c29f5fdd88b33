"""`Idempotency-Key`: a POST that is sent twice is carried out once and answered twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kith.api.calls import Call
from kith.api.problems import stop
from kith.runtime import idempotency
from kith.runtime.database import Connection

LONGEST = 200
Made = tuple[int, dict[str, str], bytes]
"""An answer: its status, headers and body."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that a request carries, and what the request was."""

    call: Call
    key: str
    request: str

    def take(self, connection: Connection) -> Made | None:
        """The answer that was given to this request already, else None: it is this one that is carried out."""
        owner = self.call.caller.identity
        kept = idempotency.claim(connection, owner, self.key, self.request, self.call.context.now)
        return None if kept is None else self._again(kept)

    def _again(self, kept: idempotency.Kept) -> Made:
        if kept.request != self.request:
            raise stop(422, "key_reused")
        return kept.status, {**kept.answer["headers"], "idempotent-replayed": "true"}, kept.answer["body"].encode()

    def known(self) -> Made | None:
        """The answer that was given to this request already, of work that has transactions of its own."""
        with self.call.doors.workspace.database.read() as connection:
            kept = idempotency.find(connection, self.call.caller.identity, self.key)
        return None if kept is None else self._again(kept)

    def taken_or_kept(self, made: Made) -> Made:
        """The answer that was given to this request meanwhile, else this one, which is kept."""

        def work(connection: Connection) -> Made:
            taken = self.take(connection)
            if taken is None:
                self.keep(connection, made)
            return taken or made

        return self.call.doors.workspace.database.run(work)

    def keep(self, connection: Connection, made: Made) -> None:
        """Keep the answer, in the transaction of the save."""
        status, headers, body = made
        # As it was sent: the database would sort the names of an object.
        kept = {"headers": headers, "body": body.decode()}
        idempotency.keep(connection, self.call.caller.identity, self.key, status, kept)
        if self.request.startswith("00"):
            # Now and then, on whichever server it is.
            idempotency.forget_old(connection, self.call.context.now)


def claim_of(call: Call) -> Claim | None:
    """The claim of a request with a key."""
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise stop(400, "bad_idempotency_key", limit=LONGEST)
    digest = hashlib.sha256(f"{call.request.method} {call.request.url.path}\n".encode() + call.body)
    return Claim(call, key, digest.hexdigest())
