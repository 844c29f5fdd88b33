"""Attempts by each channel, and what the oracle says of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.testclient import TestClient

from kith.runtime.read.query import Denied
from kith.runtime.transfer.exporting import run_export
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.transfer.table import Unreadable
from tests.access.cases import VALUES, Case
from tests.access.firm_world import Firm
from tests.access.oracle import PARENT, Facts, Oracle, Person, oracle_of
from tests.access.people import STRANGER
from tests.web.forms import post

NOTED = "changed by "


def expected(case: Case) -> bool:
    """Whether the documents allow an attempt."""
    oracle, facts = oracle_of(case.me), made_of(case) if case.action == "create" else case.facts
    if case.action == "create":
        allows = oracle.allows(case.entity, "create", facts) and oracle.writes(case.entity, "create", sent(case), facts)
        # Nobody has pages of what he may not read at all.
        return allows and (case.channel != "pages" or oracle.reads_some(case.entity))
    if not oracle.allows(case.entity, "read", facts):
        return False
    if case.action in ("read", "delete", "export"):
        return oracle.allows(case.entity, case.action, facts)
    updates = oracle.allows(case.entity, "update", facts) and oracle.writes(
        case.entity, "update", ["owner" if case.action == "transfer" else "note"], facts
    )
    if case.action == "import":
        return updates and any(
            oracle.says(one.get("import", False), facts) for one in oracle.grants.get(case.entity, ())
        )
    return updates and (case.action == "update" or _may_give(oracle, case))


def _may_give(oracle: Oracle, case: Case) -> bool:
    entity, after = case.entity, replace(case.facts, owner=case.new_owner)
    return (
        oracle.allows(entity, "transfer", case.facts)
        and oracle.allows(entity, "update", after)
        and oracle.writes(entity, "update", ["owner"], after)
    )


def sent(case: Case) -> Mapping[str, str]:
    """What a new record is made of."""
    values = {"name": f"made-{case.number:05}", "note": NOTED + "a new one", "status": case.facts.status}
    if case.entity in PARENT:
        values |= {PARENT[case.entity]: case.parent}
    if case.entity == "client_share":
        values |= {"user": f"@{STRANGER.name}"}
    if case.facts.owner:
        values |= {"owner": f"@{case.facts.owner.name}"}
    if case.channel != "pages":
        return values
    # A form has no place for what its reader may write in no record.
    oracle = oracle_of(case.me)
    return {name: value for name, value in values.items() if oracle.writes_some(case.entity, "create", name)}


def made_of(case: Case) -> Facts:
    """What is to become of a new record: what a form has no place for is empty, or has its default."""
    values, facts = sent(case), case.facts
    return replace(facts, status=values.get("status", "open"), owner=facts.owner if "owner" in values else None)


def _values(firm: Firm, case: Case) -> dict[str, str]:
    values = sent(case).items()
    return {name: firm.users[value[1:]] if value.startswith("@") else value for name, value in values}


# ---- writing ----------------------------------------------------------------------------------------------------


def by_rest(firm: Firm, client: TestClient, case: Case) -> bool:
    """Try by the API; whether it says that it was done."""
    headers, address = firm.headers(case.me.name), f"/api/v1/{case.entity}"
    if case.action == "create":
        return client.post(address, json=_values(firm, case), headers=headers).status_code < 400
    one = f"{address}/{case.id}"
    if case.action == "delete":
        return client.delete(one, headers=headers).status_code < 400
    return client.patch(one, json=_change(firm, case), headers=headers).status_code < 400


def _change(firm: Firm, case: Case) -> dict[str, str]:
    if case.action == "transfer":
        return {"owner": firm.users[case.new_owner.name]}
    return {"note": NOTED + case.me.name}


def by_pages(firm: Firm, case: Case) -> bool | None:
    """Try by sending forms, whether or not a page offers them; None: a form leaves out what may not be written."""
    client, address = firm.browser(case.me.name), f"/records/{case.entity}"
    if case.action == "create":
        if case.entity in PARENT:
            above = f"/records/{PARENT[case.entity]}/{case.parent}/edit"
            relation = "shares" if case.entity == "client_share" else "lines"
            fields = [("_row." + relation, "n1"), *((f"{relation}.n1.{n}", v) for n, v in _values(firm, case).items())]
            post(client, above, fields)
        else:
            post(client, f"{address}/new", _values(firm, case).items())
        return None
    one = f"{address}/{case.id}"
    if case.action == "delete":
        return post(client, f"{one}/delete", []).status_code < 400
    post(client, f"{one}/edit", _change(firm, case).items())
    return None


def by_file(firm: Firm, case: Case, folder: Path) -> bool:
    """Try by an import that names the record by its id."""
    path = folder / "import.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["id", "note"], [case.id, NOTED + case.me.name]])
    context, release = firm.context(case.me.name), firm.workspace.current()
    with suppress(Denied):
        order = Order(case.entity, path, mode="update", key="")
        found = run_import(firm.workspace.database, context, release, order)
        # A record that is not seen is not there: its row is skipped.
        return not found.failed and not found.of(case.entity).skipped
    return False


def imported(firm: Firm, me: Person, entity: str, path: Path, key: str, mode: str) -> str:
    """What an import of a file tells."""
    context, release = firm.context(me.name), firm.workspace.current()
    try:
        found = run_import(firm.workspace.database, context, release, Order(entity, path, mode=mode, key=key))
    except (Denied, Unreadable, KeyError) as refused:
        return repr(refused)
    return f"{found.rows} {found.failed} {found.counts} {found.reasons}"


# ---- reading ----------------------------------------------------------------------------------------------------

Found = Mapping[str, Mapping[str, str]]
"""By id what was read of each record: its fields as text."""


def all_by_rest(firm: Firm, client: TestClient, who: str, entity: str) -> Found:
    """Every record that the list of the API has."""
    found: dict[str, Mapping[str, str]] = {}
    cursor = ""
    while True:
        answer = client.get(f"/api/v1/{entity}", params={"limit": "200", "cursor": cursor}, headers=firm.headers(who))
        if answer.status_code >= 400:
            return found
        data = answer.json()
        found |= {one["id"]: {n: str(v) for n, v in one.items() if v is not None} for one in data["data"]}
        if not (cursor := data["next"] or ""):
            return found


def all_exported(firm: Firm, who: str, entity: str, folder: Path) -> Found:
    """Every record that an export has."""
    path = folder / "export.csv"
    try:
        with firm.workspace.database.read() as connection:
            run_export(connection, firm.context(who), firm.workspace.current(), entity, path)
    except Denied:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: {name: value for name, value in row.items() if value} for row in csv.DictReader(file)}


def one_by_rest(firm: Firm, client: TestClient, case: Case) -> Mapping[str, str] | None:
    """One record of the API; None where it is not there."""
    answer = client.get(f"/api/v1/{case.entity}/{case.id}", headers=firm.headers(case.me.name))
    if answer.status_code == 404:
        return None
    return {name: str(value) for name, value in answer.json()["data"].items() if value is not None}


def one_by_page(firm: Firm, case: Case) -> str | None:
    """The page of a record; None where it is not there."""
    answer = firm.browser(case.me.name).get(f"/records/{case.entity}/{case.id}")
    return answer.text if answer.status_code == 200 else None


def wrong_fields(case: Case, me: Oracle, values: Mapping[str, str]) -> list[str]:
    """Fields that are shown otherwise than declared."""
    found = []
    for name in VALUES:
        shown, is_told = me.shows(case.entity, name, case.facts), values.get(name)
        real = case.value(name)
        is_real = is_told is not None and is_told.removesuffix(".00") == real
        if is_real != (shown == "read") or (is_told is not None and shown == "none"):
            found.append(f"{name} is {shown}, told is {is_told!r}")
    return found


@dataclass(frozen=True)
class Standing:
    """What has become of a record."""

    note: str
    owner: str
    deleted: bool


def is_done(firm: Firm, case: Case, standing: Mapping[str, Standing], names: frozenset[str]) -> bool:
    """Whether the attempt has left what it wanted in the database."""
    if case.action == "create":
        return f"made-{case.number:05}" in names
    now = standing[case.id]
    if case.action == "delete":
        return now.deleted
    if case.action == "transfer":
        return now.owner == firm.users[case.new_owner.name]
    return now.note == NOTED + case.me.name
