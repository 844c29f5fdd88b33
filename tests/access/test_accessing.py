"""Who may do what and why: told by role and by the parts of scopes that decide, and never more than the reader may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from kith.cli.main import app
from kith.runtime.accessing import overview_of, record_access
from kith.runtime.accessing.told import overview_text, record_text
from kith.runtime.ids import new_id
from kith.runtime.write.change import Change
from tests.access.cases import COMING, PAST, filled
from tests.access.firm_world import ADMIN, Firm, opened


@dataclass
class Office:
    """The firm with a client of the stranger's that is shared, and an invoice of a client of the clerk's."""

    firm: Firm
    client: str = ""
    invoice: str = ""
    line: str = ""

    def told(self, who: str, entity: str, id_: str, asker: str = "", language: str = "en") -> list[str]:
        """What is told of somebody's access to a record."""
        firm, context = self.firm, replace(self.firm.context(asker or who), language=language)
        with firm.workspace.database.read() as connection:
            found = record_access(connection, context, firm.workspace.current(), entity, id_, firm.context(who).actor)
        return [line for line in record_text(language, found) if line] if found is not None else []

    def api(self, who: str, address: str) -> tuple[int, Any]:
        """What the API answers."""
        answer = TestClient(self.firm.app).get(f"/api/v1/{address}", headers=self.firm.headers(who))
        return answer.status_code, answer.json().get("data")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(f"sqlite:///{tmp_path_factory.mktemp('firm') / 'kith.db'}") as firm:
        yield furnished(firm)


def furnished(firm: Firm) -> Office:
    """The office with its records."""
    share = Change("create", "client_share", None, {"name": "s", "user": "@clerk", "access": "read", "until": COMING})
    over = Change("create", "client_share", None, {"name": "o", "user": "@visitor", "access": "read", "until": PAST})
    shares = {"shares": (share, over)}
    shared = Change("create", "client", None, {"name": "Shared", "owner": "@stranger", "status": "closed"}, shares)
    own = Change("create", "client", None, {"name": "Secretive", "owner": "@clerk"})
    client, of_clerk = firm.put(filled(firm, [shared, own]))
    values = {"name": "Bill", "client": of_clerk, "note": "dear", "fee": "77777"}
    (invoice,) = firm.put([Change("create", "invoice", None, values)])
    line_id = new_id()
    line = Change("create", "client_share", line_id, {"name": "line", "client": client, "team": None, "user": "@lead"})
    firm.put(filled(firm, [line]))
    return Office(firm, client, invoice, line_id)


def test_the_role_and_the_part_of_its_scope_that_decided_are_told(office: Office) -> None:
    told = office.told("clerk", "client", office.client)
    assert told[0] == "clerk sees it."
    assert told[1] == "Read: yes"
    assert told[2].startswith("  Clerk: some records, and this is one of them: owner == me or any(shares where")
    assert told[3].endswith("is true: 1 of 3 records of Shares match")
    assert "Change: no" in told
    assert any("`owner == me` is false: Owner is" in line for line in told[told.index("Change: no") :])
    assert "  Phone: masked (Clerk)" in told


@pytest.mark.parametrize(
    ("language", "asker", "said"),
    [
        ("en", "lead", "your team and those below it is "),
        ("en", ADMIN, "lead's team and those below it is"),
        ("zh-CN", "lead", "您的团队及其下级团队为"),
        ("zh-CN", ADMIN, "lead 的团队及其下级团队为"),
    ],
)
def test_what_a_scope_reads_of_a_person_is_told_with_his_name_to_others(
    office: Office, language: str, asker: str, said: str
) -> None:
    client = Change("create", "client", None, {"name": "Told", "owner": "@clerk"})
    (id_,) = office.firm.put(filled(office.firm, [client]))
    told = office.told("lead", "client", id_, asker=asker, language=language)
    assert any(said in line for line in told), told


def test_everything_is_told_in_chinese_too(office: Office) -> None:
    assert office.told("clerk", "client", office.client, language="zh-CN")[:2] == ["clerk 能看到它。", "查看：可以"]


def test_of_a_line_its_parent_decides_as_well(office: Office) -> None:
    told = office.told("clerk", "client_share", office.line)
    assert told[1:4] == ["Read: yes", "  Clerk: every record.", "  It hangs on another record; Read there:"]
    assert "Change: no" in told


@pytest.mark.parametrize("asker", ["clerk", "director", "lead"])
def test_nobody_is_told_of_another_ones_access_who_does_not_administer(office: Office, asker: str) -> None:
    assert office.told("visitor", "client", office.client, asker=asker) == []
    assert (
        overview_of(office.firm.context(asker), office.firm.workspace.current(), office.firm.context(ADMIN).actor)
        is None
    )
    assert office.api(asker, f"client/{office.client}/access?user={office.firm.users['visitor']}")[0] == 404


def test_who_administers_is_told_of_everybodys_access(office: Office) -> None:
    told = office.told("visitor", "client", office.client, asker=ADMIN)
    assert told[0] == "visitor does not see it."
    assert any('`status == "open"` is false: Status is Closed' in line for line in told)
    status, data = office.api(ADMIN, f"client/{office.client}/access?user={office.firm.users['clerk']}")
    assert (status, data["actions"]["read"]["may"], data["fields"]["remark"]["reads"]) == (200, True, "none")


def test_who_does_not_see_a_record_is_told_nothing(office: Office) -> None:
    assert office.told("visitor", "client", office.client) == []
    assert office.api("visitor", f"client/{office.client}/access")[0] == 404


def test_a_scope_over_what_the_reader_may_not_read_stays_hidden_where_another_role_grants(office: Office) -> None:
    """Clerk sees invoices by a client that he may not read there: it goes without saying only where nothing else grants."""
    alone = office.told("clerk", "invoice", office.invoice)
    assert alone[2] == "  Clerk: some records, and this is one of them: client.owner == me"
    assert "Secretive" not in "".join(alone)
    assert office.told("clerk_director", "invoice", office.invoice)[:3] == [
        "clerk_director sees it.",
        "Read: yes",
        "  Clerk: some records, and this is none of them: client.owner == me",
    ]


def test_hidden_fields_are_not_named_to_who_may_never_read_them(office: Office) -> None:
    assert "Fee" not in "".join(office.told("clerk", "invoice", office.invoice))
    told = office.told("clerk", "invoice", office.invoice, asker=ADMIN)
    assert [line for line in told if "Fee" in line and line.endswith(": hidden (Clerk)")]


def test_all_that_somebody_may_do_is_told_by_role_and_scope(office: Office) -> None:
    firm = office.firm
    context = firm.context("clerk_visitor")
    found = overview_of(context, firm.workspace.current(), context.actor)
    assert found is not None
    told = list(overview_text("en", found))
    assert told[0] == "clerk_visitor: Clerk, Visitor"
    assert '  Delete – Clerk: owner == me and status == "open"' in told
    assert "  phone – clerk: masked, visitor: masked" in told


def test_the_page_says_why_and_to_who_administers_who_else(office: Office) -> None:
    address = f"/records/client/{office.client}"
    mine, all_ = (office.firm.browser(who).get(f"{address}/access").text for who in ("clerk", ADMIN))
    assert "Clerk: some records, and this is one of them" in mine
    assert "Who sees it" not in mine
    assert "clerk – Clerk" in all_
    assert "visitor – Visitor" not in all_
    assert "Why can I see this?" in office.firm.browser("clerk").get(address).text
    assert office.firm.browser("visitor").get(f"{address}/access").status_code == 404


def test_who_may_share_a_record_finds_that_on_its_page(office: Office) -> None:
    firm, address = office.firm, f"/records/client/{office.client}"
    share = f'href="{address}/edit#lines-shares"'
    assert share in firm.browser(ADMIN).get(address).text
    assert 'id="lines-shares"' in firm.browser(ADMIN).get(f"{address}/edit").text
    assert share not in firm.browser("clerk").get(address).text


def test_the_command_tells_the_same(office: Office) -> None:
    url = office.firm.workspace.database.url.render_as_string(hide_password=False)
    run = CliRunner().invoke
    found = run(app, ["access", "clerk@example.com", f"client/{office.client}", "--db", url, "--lang", "en"])
    assert found.output.splitlines()[:2] == ["clerk sees it.", ""]
    found = run(app, ["access", "clerk@example.com", "--db", url, "--json"])
    assert json.loads(found.output)["entities"]["area"]["actions"]["read"][0]["scope"] == "owner == me"
    found = run(app, ["access", "clerk@example.com", "--db", url, "--as", "lead@example.com", "--lang", "zh-CN"])
    assert (found.exit_code, found.output) == (1, "没有这条记录，或无权得知。\n")
    assert run(app, ["access", "clerk@example.com", "clint/1", "--db", url]).exit_code == 64
