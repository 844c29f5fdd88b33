"""A share of the matrix of rights, drawn anew by the seed of the day; the whole runs by night."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.access.matrix import played
from tests.access.oracle import SCOPES, documents

SHARE = 0.03


def test_what_people_may_do_is_as_the_roles_declare_it(sqlite_url: str, tmp_path: Path) -> None:
    seed = datetime.now(UTC).toordinal()
    matrix = played(sqlite_url, tmp_path, seed, SHARE)
    assert matrix.allowed.total() > 5
    assert matrix.refused.total() > 10
    assert matrix.wrong == [], f"seed {seed}"


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_every_scope_that_the_oracle_knows_is_declared(scope: str) -> None:
    grants = [grant for role in documents().values() for grant in role.get("entities", {}).values()]
    assert scope in {right for grant in grants for right in grant.values() if isinstance(right, str)}
