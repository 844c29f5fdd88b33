"""Records as of a day, bringing them back, and batches with undoing them, on the pages."""

from __future__ import annotations

import html

import pytest

from kith.jobs.worker import Worker
from kith.runtime.clock import system_clock
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.ids import new_id
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.gate import save
from tests.web.shop import ADMIN, CLERK, Shop


def member(shop: Shop) -> tuple[str, str]:
    """A member that was called Before until a moment ago, and that moment."""
    id_ = shop.save(Change("create", "member", values={"name": "Before", "wechat": "weichat"})).id
    moment = system_clock().isoformat()
    shop.save(Change("update", "member", id_, {"name": "After", "wechat": None}))
    return id_, moment


def test_a_record_stands_beside_what_it_was(shop: Shop) -> None:
    id_, moment = member(shop)
    client = shop.client(ADMIN)
    told = html.unescape(client.get(f"/records/member/{id_}/past", params={"at": moment}).text)
    assert "Before" in told and "After" in told and "Release 1 was in force" in told
    assert 'name="select" value="name" checked' in told
    early = client.get(f"/records/member/{id_}/past", params={"at": "2020-01-01"}).text
    assert "It was not there yet" in early and '<form class="stack"' not in early
    assert client.get(f"/records/member/{id_}/past", params={"at": "soon"}).status_code == 400
    assert client.get(f"/records/member/{id_}/past").status_code == 200


def test_the_history_leads_to_every_earlier_state_and_says_through_what_it_came(shop: Shop) -> None:
    id_, _ = member(shop)
    text = html.unescape(shop.client(ADMIN).get(f"/records/member/{id_}?tab=history").text)
    assert text.count("As it was then") == 2 and "As of a day" in text


def test_one_value_comes_back_and_the_other_stays(shop: Shop) -> None:
    id_, moment = member(shop)
    client = shop.client(ADMIN)
    path = f"/records/member/{id_}/past"
    assert client.post(path, data={"at": moment, "version": "2"}).status_code == 422
    done = client.post(path, data={"at": moment, "version": "2", "select": "name"})
    assert (done.status_code, done.headers["location"]) == (303, f"/records/member/{id_}")
    history = html.unescape(client.get(f"/records/member/{id_}?tab=history").text)
    assert "back to an earlier state" in history
    late = client.post(path, data={"at": moment, "version": "1", "select": ["name", "wechat"]})
    assert late.status_code == 422 and "was changed meanwhile" in late.text
    assert client.post(path, data={"at": moment, "version": "3", "select": ["name", "wechat"]}).status_code == 303
    assert "weichat" in client.get(f"/records/member/{id_}").text


def bulk(shop: Shop, user: str, id_: str) -> str:
    """A batch of somebody's."""
    release, batch = shop.workspace.current(), new_id()
    context = context_of(SYSTEM, system_clock(), language="en", time_zone="UTC")
    from kith.runtime.accounts.actors import actor_of_user

    with shop.workspace.database.read() as connection:
        actor = actor_of_user(connection, release, shop.users[user])
    assert actor is not None
    change = Change("update", "member", id_, {"name": "Bulk"})
    save(shop.workspace.database, context.as_(actor), release, change, Cause("bulk", batch))
    return batch


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_batch_is_looked_at_and_undone(shop: Shop, language: str) -> None:
    id_, _ = member(shop)
    batch = bulk(shop, ADMIN, id_)
    client = shop.client(ADMIN, language)
    assert f"/batches/{batch}" in client.get(f"/records/member/{id_}?tab=history").text
    page = client.get(f"/batches/{batch}")
    assert page.status_code == 200 and "/undo" in page.text
    assert client.post(f"/batches/{batch}/undo").headers["location"] == f"/batches/{batch}"
    busy = client.get(f"/batches/{batch}").text
    assert "every 1s" in busy and "/undo" not in busy
    worker = Worker(shop.workspace)
    while worker.step():
        pass
    over = html.unescape(client.get(f"/batches/{batch}").text)
    assert ("1 record is as it was" if language == "en" else "1 条记录已恢复原状") in over
    assert "After" in client.get(f"/records/member/{id_}").text
    part = client.get(f"/batches/{batch}", headers={"hx-request": "true", "hx-target": "undoing"})
    assert "<html" not in part.text


def test_a_batch_of_somebody_else_is_not_there(shop: Shop) -> None:
    id_, _ = member(shop)
    batch = bulk(shop, ADMIN, id_)
    clerk = shop.client(CLERK)
    assert clerk.get(f"/batches/{batch}").status_code == 404
    assert clerk.post(f"/batches/{batch}/undo").status_code == 404
    assert shop.client(ADMIN).get("/batches/none").status_code == 404


def test_everybody_finds_his_own_batches(shop: Shop) -> None:
    id_, _ = member(shop)
    batch = bulk(shop, ADMIN, id_)
    admin, clerk = shop.client(ADMIN), shop.client(CLERK)
    assert 'href="/batches"' in clerk.get("/").text
    assert f'href="/batches/{batch}"' in admin.get("/batches").text
    assert batch not in clerk.get("/batches").text
