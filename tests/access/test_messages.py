"""What a rule sends says what its author wrote, to whom he named, whoever saves; everybody else is told what he may read of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from kith.runtime.schema import system
from kith.runtime.write.change import Change
from tests.access.cases import filled
from tests.access.firm_world import ADMIN, Firm, opened

REMARK = "heron remark"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Firm, str]]:
    """A firm whose rule sends the owner of a client what he may not read, and that client."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('firm') / 'kith.db'}") as firm:
        values = {"name": "Acme", "owner": "@clerk", "status": "open", "remark": REMARK, "fee": "7000"}
        (client,) = firm.put(filled(firm, [Change("create", "client", None, values)]))
        yield firm, client


def test_a_notice_says_what_its_rule_says_and_nothing_else(told: tuple[Firm, str]) -> None:
    firm, client = told
    with firm.workspace.database.read() as connection:
        asked = sa.select(system.job.c.payload).where(system.job.c.kind == "notify")
        (payload,) = connection.scalars(asked)
    assert payload == {
        "entity": "client",
        "record": client,
        "rule": "client_rules/told",
        "to": [firm.users["clerk"]],
        "message": f"Acme: {REMARK}, 7,000",
    }


@pytest.mark.parametrize(("who", "reads"), [("clerk", False), (ADMIN, True)])
def test_who_asks_why_is_told_of_a_message_what_he_may_read(told: tuple[Firm, str], who: str, reads: bool) -> None:
    firm, client = told
    api = TestClient(firm.app, base_url="http://kith.test")
    ways = (f"/api/v1/client/{client}/explain", f"/api/v1/client/{client}/history")
    answers = [api.get(way, headers=firm.headers(who)).text for way in ways]
    pages = [firm.browser(who).get(f"/records/client/{client}{end}").text for end in ("", "?tab=history", "/rules")]
    assert any(REMARK in one for one in (*answers, *pages)) is reads


def test_jobs_and_what_they_carry_are_shown_to_who_administers_alone(told: tuple[Firm, str]) -> None:
    firm, _ = told
    api = TestClient(firm.app, base_url="http://kith.test")
    seen = {who: api.get("/api/v1/jobs", headers=firm.headers(who)) for who in ("clerk", "director", ADMIN)}
    assert {who: answer.status_code for who, answer in seen.items()} == {"clerk": 404, "director": 404, ADMIN: 200}
