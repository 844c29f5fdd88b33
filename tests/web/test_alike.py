"""Records that may be the same on the pages: while one types, when one saves, on the record, when one asks, and merged."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.clock import system_clock
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.ids import new_id
from kith.runtime.likeness import searching
from kith.runtime.schema import system
from kith.runtime.write.change import Change
from tests.web.forms import form_of
from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_records import text_of

BORN = "1987-03-04"


def a_member(shop: Shop, name: str, **values: object) -> str:
    """A member with a birthday of these tests' own."""
    reached = {"email": f"{new_id()}@lanting.example"}
    return shop.save(Change("create", "member", values={"name": name, "birthday": BORN, **reached, **values})).id


def test_a_form_stops_once_shows_what_was_found_and_saves_all_the_same(shop: Shop) -> None:
    known = a_member(shop, "司马甲乙")
    client = shop.client(ADMIN)
    form = form_of(client.get("/records/member/new").text).fill(
        name="司马甲艺", birthday=BORN, email="jiayi@lanting.example"
    )
    stopped = form.send(client)
    assert stopped.status_code == 422
    said = text_of(stopped.text)
    assert "This may exist already" in said
    assert "Name: 司马甲艺 ~ 司马甲乙" in said
    assert f'href="/records/member/{known}"' in stopped.text
    saved = form_of(stopped.text).send(client)
    assert saved.status_code == 303


def test_while_one_types_the_form_says_what_looks_like_it_and_saving_does_not_stop_again(shop: Shop) -> None:
    known = a_member(shop, "司马丙丁")
    client = shop.client(ADMIN, "zh-CN")
    form = form_of(client.get("/records/member/new").text).fill(name="司马丙丁", email="bingding@lanting.example")
    assert form.send(client, path="/records/member/new/alike").text == ""
    form = form.fill(birthday=BORN)
    seen = form.send(client, path="/records/member/new/alike")
    assert "该记录可能已存在" in seen.text
    assert f'name="_alike" value="{known}"' in seen.text
    assert form.fill(_alike=known).send(client).status_code == 303


def test_a_record_shows_what_looks_like_it_and_both_are_merged(shop: Shop) -> None:
    kept, gone = a_member(shop, "司马戊己"), a_member(shop, "司马戊已", wechat="wx_wuji")
    (ada,) = shop.ids("user", f'email == "{ADMIN}"')
    shop.save(Change("create", "task", values={"subject": "Call", "member": gone, "owner": ada}))
    client = shop.client(ADMIN)
    page = client.get(f"/records/member/{kept}")
    assert "Others look like this one" in page.text
    way = f"/records/member/{kept}/merge/{gone}"
    assert f'href="{way}"' in page.text
    side_by_side = client.get(way)
    assert "What hangs on it moves along: Task (1)" in text_of(side_by_side.text)
    form = form_of(side_by_side.text, way)
    assert form["take.wechat"] == "gone"
    done = form.send(client)
    assert (done.status_code, done.headers["location"]) == (303, f"/records/member/{kept}")
    after = client.get(f"/records/member/{kept}").text
    assert "wx_wuji" in after
    assert "Others look like this one" not in after
    away = client.get(f"/records/member/{gone}")
    assert "It was merged into another record." in away.text
    assert f'href="/records/member/{kept}"' in away.text


def test_who_may_not_delete_merges_nothing(shop: Shop) -> None:
    kept, gone = a_member(shop, "司马庚辛"), a_member(shop, "司马庚新")
    client = shop.client(CLERK)
    assert client.get(f"/records/member/{kept}/merge/{gone}").status_code in (403, 404)
    assert client.get(f"/records/member/{kept}/merge/{kept}").status_code in (403, 404)


def test_one_asks_whether_there_is_such_a_record_by_a_few_values(shop: Shop) -> None:
    a_member(shop, "欧阳壬癸", mobile="13900001234")
    client = shop.client(ADMIN)
    form = form_of(client.get("/records/member/check").text, "/records/member/check")
    for values in ({"name": "ouyang rengui"}, {"mobile": "139 0000 1234"}):
        found = form.fill(name="", mobile="").fill(**values).send(client)
        assert "欧阳壬癸" in found.text
    none = form.fill(name="Nobody Atall", mobile="").send(client)
    assert "Nothing was found" in none.text
    unread = form.fill(name="", birthday="soon").send(client)
    assert unread.status_code == 422
    assert "Nothing was found" not in unread.text
    assert client.get("/records/store/check").status_code == 404


def test_pairs_are_searched_by_a_job_and_kept_apart_where_they_are_not_the_same(shop: Shop) -> None:
    one, other = a_member(shop, "司马寅卯"), a_member(shop, "司马寅昴")
    client, way = shop.client(ADMIN), "/records/member/duplicates"
    assert f'href="{way}"' in client.get("/records/member/check").text
    assert "Nobody has searched yet." in client.get(way).text
    assert form_of(client.get(way).text, way).send(client).status_code == 303
    assert "Searching: 0 records so far" in client.get(way).text
    with shop.workspace.database.write() as connection:
        context = context_of(SYSTEM, system_clock(), language="en", time_zone="UTC")
        noted, more = searching.advance(connection, context, shop.workspace.current(), {"entity": "member"}, {})
        assert not more
        done = sa.update(system.job).where(system.job.c.kind == searching.KIND)
        connection.execute(done.values(state="done", result=noted))
    found = client.get(way).text
    apart = f"/records/member/{one}/apart/{other}"
    assert "司马寅卯" in text_of(found)
    assert form_of(found, apart).send(client).headers["location"] == way
    assert "司马寅卯" not in text_of(client.get(way).text)
    assert "Others look like this one" not in client.get(f"/records/member/{one}").text
    assert shop.client(CLERK).get(way).status_code == 404
