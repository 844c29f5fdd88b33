"""A token lets no more be done than the roles that it was made with, however many its user has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kith.runtime.accounts import issue_token
from tests.access import trying
from tests.access.cases import cases, filled
from tests.access.firm_world import Firm, opened
from tests.access.matrix import Matrix, write
from tests.access.oracle import ENTITIES, Person, oracle_of
from tests.access.people import ACTORS

SHARE = 0.05
UNIONS = [(one, one.roles[-1]) for one in ACTORS if len(one.roles) > 1]


def with_token(firm: Firm, me: Person, *roles: str) -> Firm:
    """The firm as seen by one who sends a token that was made with these roles."""
    with firm.workspace.database.write() as connection:
        secret = issue_token(connection, "narrow", firm.clock.now, user=firm.users[me.name], roles=roles)[1]
    return replace(firm, tokens={**firm.tokens, me.name: secret})


@pytest.mark.parametrize(("me", "role"), UNIONS, ids=[f"{one.name} with {role}" for one, role in UNIONS])
def test_a_token_with_one_of_two_roles_does_what_that_role_declares(
    me: Person, role: str, sqlite_url: str, tmp_path: Path
) -> None:
    narrow = replace(me, roles=(role,))
    with opened(sqlite_url) as whole:
        mine = [(replace(one, me=narrow), changes) for one, changes in cases(7, SHARE) if one.me == me]
        mine = [(one, changes) for one, changes in mine if one.channel == "REST"]
        whole.put(filled(whole, [change for _, changes in mine for change in changes]))
        firm, oracle, matrix = with_token(whole, me, role), oracle_of(narrow), Matrix()
        client = TestClient(firm.app, base_url="http://kith.test")
        for entity in ENTITIES:
            listed = trying.all_by_rest(firm, client, me.name, entity)
            for case in (one for one, _ in mine if one.entity == entity):
                values = listed.get(case.id)
                assert (values is not None) == oracle.allows(entity, "read", case.facts)
                assert values is None or trying.wrong_fields(case, oracle, values) == []
        write(firm, client, matrix, [one for one, _ in mine if one.action not in ("read", "export")], tmp_path)
    assert matrix.refused.total() > 0
    assert matrix.wrong == []


def test_a_token_has_no_role_that_its_user_has_not(sqlite_url: str) -> None:
    clerk = next(one for one in ACTORS if one.name == "clerk")
    with opened(sqlite_url) as whole:
        firm = with_token(whole, clerk, "director")
        client = TestClient(firm.app, base_url="http://kith.test")
        assert all(client.get(f"/api/v1/{one}", headers=firm.headers("clerk")).status_code == 404 for one in ENTITIES)
