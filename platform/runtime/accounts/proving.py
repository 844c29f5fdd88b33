"""Whether somebody is still who he was a moment ago is asked along with what he asks for: one journey to PostgreSQL, not two.

What he was is remembered; nothing is answered before the database has said that it still holds, so that a token that is
revoked, a role that is taken away and a team that moves hold at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.runtime import driver
from kith.runtime.driver import Row

LONGEST = 4_000
"""Characters of a statement up to which the driver remembers where its parameters stand."""
SELECT, OWN = "SELECT ", "who_"
PARAMETER = re.compile(r"%\((\w+)\)s")


class Unproven(Exception):
    """Somebody is not who he was: what was begun for him is thrown away."""


@dataclass(slots=True)
class Proof:
    """What is still to be asked: a digest of everything that makes somebody who he is, as a column of any statement."""

    column: str
    parameters: Mapping[str, Any]
    expected: str
    pending: bool = True

    def goes_with(self, text: str) -> bool:
        """Whether the proof can ride along with a plain statement."""
        return self.pending and text.startswith(SELECT) and len(text) + len(self.column) < LONGEST

    def fetch(self, connection: sa.Connection, text: str, parameters: Mapping[str, Any]) -> list[Row]:
        """The rows of a statement; raises Unproven. Where there are none, nothing is proven yet."""
        rows = proving(connection, self.column, text, {**parameters, **self.parameters})
        if rows:
            if rows[0][0] != self.expected:
                raise Unproven
            self.pending = False
        return [row[1:] for row in rows]

    def holds(self, connection: sa.Connection) -> bool:
        """Ask now, where nothing has taken the proof along."""
        if self.pending:
            ((found,),) = driver.fetch(connection, f"{SELECT}{self.column}", self.parameters)
            self.pending = found != self.expected
        return not self.pending


def proving(connection: sa.Connection, column: str, text: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The rows of a statement, each with the digest before it."""
    return driver.fetch(connection, f"{SELECT}{column}, {text[len(SELECT) :]}", parameters)


def proof_column(text: str) -> str:
    """The digest of the one row that a statement finds, as a column; null where it finds none."""
    about = PARAMETER.sub(rf"%({OWN}\1)s", text)
    return f"(SELECT encode(sha256(convert_to((who.*)::text, 'UTF8')), 'hex') FROM ({about}) AS who)"


def proof_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of that column, which are no others' in the statement that it rides along with."""
    return {f"{OWN}{name}": value for name, value in given.items()}
