"""What a reader may not read is in no answer of any address, whatever he asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.api.world import Desk

CANARY = "canary-in-the-mine"
MARGIN = "987654.32"
PHONE = "13800138000"


@pytest.fixture(scope="module")
def ids(shared: Desk) -> dict[str, str]:
    """Ann's account, with a secret and a phone; Bob's, with nothing that she may see; and a deal of each."""
    ann, bob = shared.users["ann"], shared.users["bob"]
    mine = shared.make("account", name="Mine", owner=ann, secret=CANARY, phone=PHONE)["id"]
    other = shared.make("account", name=f"{CANARY} Ltd", owner=bob, parent=mine, secret=CANARY)["id"]
    shared.ask("PATCH", f"account/{mine}", body={"parent": other})
    deal = shared.make("deal", name="Deal", account=mine, margin=MARGIN, lines=[{"what": "Pen", "price": 1}])["id"]
    theirs = shared.make("deal", name=CANARY, account=other, margin=MARGIN, lines=[{"what": CANARY, "price": 1}])["id"]
    shared.make("memo", text=CANARY, about=mine)
    return {"mine": mine, "other": other, "deal": deal, "theirs": theirs}


GETS = [
    "account", "account?q=canary", "account?expand=parent", "account?expand=parent.owner,owner", "account?deleted=true",
    "account?fields=name,parent.name", "account?fields=secret", "account?fields=parent.secret", "account?sort=secret",
    "account?sort=parent.name", "account?filter=secret+is+set", "account?filter=starts_with(secret,+%22c%22)",
    "account?filter=parent.name+is+set", "account?filter=phone+is+set", "account?fields=phone&sort=phone",
    "account?filter=count(branches)+%3E+0", "account?filter=count(memos)+%3E+0", "account/{mine}", "account/{other}",
    "account/{other}?deleted=true", "account/{mine}/history", "account/{other}/history", "deal", "deal?fields=margin",
    "deal?expand=account.parent", "deal/{deal}", "deal/{theirs}", "deal/{deal}/history", "deal_line",
    "account/{mine}/explain", "account/{other}/explain", "deal/{deal}/explain", "deal/{theirs}/explain",
    "account/{mine}/explain?field=secret", "account/{mine}?as_of=2026-11-22", "account/{other}?as_of=2026-11-22",
    "deal/{deal}?as_of=2026-11-22", "deal/{theirs}?as_of=2026-11-22",
    "deal_line?expand=deal.account", "deal_line?filter=deal.margin+is+set", "memo", "search?q=canary",
    "search?q=canary&entity=account", "search?q=13800138000", "meta", "openapi.json", "user?fields=accounts",
]  # fmt: skip
POSTS: Mapping[str, Sequence[object]] = {
    "account/aggregate": [
        {"group": ["parent"], "measures": {"n": "count()"}},
        {"group": ["secret"], "measures": {"n": "count()"}},
        {"measures": {"n": "max(secret)"}},
        {"measures": {"n": "count()"}, "filter": "secret is set"},
        {"group": ["phone"], "measures": {"n": "count()"}},
    ],
    "deal/aggregate": [{"measures": {"n": "sum(margin)"}}, {"group": ["account.parent.name"], "measures": {"n": "count()"}}],
    "account/bulk": [
        {"items": [{"op": "upsert", "key": {"name": f"{CANARY} Ltd"}, "values": {"vip": True}}], "mode": "each"},
        {"items": [{"op": "update", "id": "{other}", "values": {"vip": True}}]},
    ],
    "account": [{"name": "Mine"}, {"name": "New", "parent": "{other}", "phone": PHONE[:3]}],
    "deal": [{"name": "x", "account": "{other}"}],
}  # fmt: skip


def sensitive(text: str) -> list[str]:
    """What of the hidden stands in an answer; what the request itself says is no news."""
    return [one for one in (CANARY, MARGIN, PHONE) if one in text]


@pytest.mark.parametrize("path", GETS)
def test_nothing_hidden_is_answered(shared: Desk, ids: dict[str, str], path: str) -> None:
    for name, id_ in ids.items():
        path = path.replace(f"{{{name}}}", id_)
    response = shared.get(path, "ann")
    assert response.status_code < 500, response.text
    text = response.text.replace("13800138000", "") if "q=138" in path else response.text
    assert sensitive(text) == []


@pytest.mark.parametrize(("path", "body"), [(path, body) for path, bodies in POSTS.items() for body in bodies])
def test_nothing_hidden_comes_back_from_what_is_sent(
    shared: Desk, ids: dict[str, str], path: str, body: object
) -> None:
    from json import dumps

    sent = dumps(body)
    for name, id_ in ids.items():
        sent = sent.replace(f"{{{name}}}", id_)
    response = shared.ask("POST", path, "ann", sent.encode())
    assert response.status_code < 500, response.text
    assert [one for one in sensitive(response.text) if one not in sent] == []


def test_a_conflict_shows_the_others_value_only_to_who_may_read_it(shared: Desk) -> None:
    account = shared.make("account", name="Contested", owner=shared.users["ann"], phone=PHONE)["id"]
    shared.ask("PATCH", f"account/{account}", body={"phone": "13900139000"})
    response = shared.ask("PATCH", f"account/{account}", "ann", {"version": 1, "phone": "13700137000"})
    assert "13900139000" not in response.text


def test_a_refusal_prints_hidden_for_what_its_reader_may_not_read(shared: Desk) -> None:
    response = shared.ask("DELETE", f"user/{shared.users['bob']}", "ann")
    assert response.status_code == 403
    assert [error["code"] for error in response.json()["errors"]] == ["may_not_delete"]
