"""A record's page and its form, as a browser without script has them, on both engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest

from kith.runtime.clock import system_clock
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.read.reader import reader_of
from kith.runtime.write.change import Change
from kith.web.outline import outline_of
from tests.web.forms import Form, form_of, post
from tests.web.shop import ADMIN, CLERK, Shop, opened


def text_of(html: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def a_member(shop: Shop, **values: object) -> str:
    """A new member of a test's own."""
    return shop.save(
        Change("create", "member", values={"name": "测试会员", "email": "someone@lanting.example", **values})
    ).id


def a_product(shop: Shop) -> str:
    return shop.ids("product", 'name == "羊毛围巾 Wool scarf"')[0]


# ---- the page -----------------------------------------------------------------------------------------------------


def test_a_record_shows_its_values_in_the_readers_language(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    english = text_of(shop.client(ADMIN).get(f"/records/member/{member}").text)
    chinese = text_of(shop.client(ADMIN, "zh-CN").get(f"/records/member/{member}").text)
    assert "Spend in 12 months" in english
    assert "近12个月消费" in chinese
    assert "Home store" in english
    assert "归属门店" in chinese


@pytest.mark.parametrize("path", ["/records/member/{}", "/records/member/{}?tab=history", "/records/member/{}/edit"])
def test_these_pages_cost_few_statements(shop: Shop, path: str) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    client = shop.client(ADMIN)
    client.get(path.format(member))
    with shop.statements() as run:
        assert client.get(path.format(member)).status_code == 200
    assert len([one for one in run if not one.startswith(("BEGIN", "SET"))]) <= 12


def test_a_section_shows_under_its_condition_alone(shop: Shop) -> None:
    person, company = a_member(shop, kind="person"), a_member(shop, kind="company")
    client = shop.client(ADMIN)
    assert "<dt>Birthday</dt>" in client.get(f"/records/member/{person}").text
    assert "<dt>Birthday</dt>" not in client.get(f"/records/member/{company}").text


def test_a_record_tells_its_history_in_words(shop: Shop) -> None:
    member = a_member(shop, wechat="wx_before")
    client = shop.client(ADMIN)
    form_of(client.get(f"/records/member/{member}/edit").text).fill(wechat="wx_after").send(client)
    said = text_of(client.get(f"/records/member/{member}?tab=history").text)
    assert "Ada Admin changed this in a form today" in said
    assert "WeChat from wx_before to wx_after" in said
    assert "created this" in said


def test_a_computed_value_says_why(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    client = shop.client(ADMIN)
    assert f'href="/records/member/{member}/why/tier"' in client.get(f"/records/member/{member}?tab=value").text
    said = text_of(client.get(f"/records/member/{member}/why/tier").text)
    assert "if spend_12mo >= 30000" in said
    assert "Spend in 12 months is CN¥" in said
    assert client.get(f"/records/member/{member}/why/name").status_code == 404


def test_a_related_list_comes_alone_when_asked_for(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    answer = shop.client(ADMIN).get(f"/records/member/{member}/related/purchases")
    assert answer.text.startswith("<section")
    assert answer.text.count("<tr") > 1


def test_a_record_out_of_ones_scope_is_not_there(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    client = shop.client(CLERK)
    for path in ("", "/edit", "/delete", "/why/tier", "/related/purchases"):
        assert client.get(f"/records/member/{member}{path}").status_code == 404


# ---- the form -----------------------------------------------------------------------------------------------------


def a_purchase(shop: Shop, client: object, **values: str) -> Form:
    """The form of a new purchase of a new member, with one line filled in."""
    member = a_member(shop)
    form = form_of(client.get(f"/records/purchase/new?member={member}").text)  # type: ignore[attr-defined]
    return form.fill(lines__n1__product=a_product(shop), lines__n1__quantity="2", **values)


def test_a_new_record_begins_with_its_defaults_and_what_the_address_says(shop: Shop) -> None:
    member = a_member(shop)
    form = form_of(shop.client(ADMIN).get(f"/records/purchase/new?member={member}").text)
    assert form["member"] == member
    assert (form["status"], form["channel"], form["earns_points"]) == ("draft", "store", "true")
    assert form["lines.n1.quantity"] == "1"


def test_a_record_is_saved_with_its_lines(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client, status="settled", paid_on="2026-01-05", ordered_on="2026-01-05")
    answer = form.send(client)
    assert answer.status_code == 303
    said = text_of(client.get(answer.headers["location"]).text)
    assert "Created." in said
    assert "Created." not in text_of(client.get(answer.headers["location"]).text)
    assert "羊毛围巾 Wool scarf 2 CN¥399.00" in said
    assert "Total CN¥798.00" in said
    member = text_of(client.get(f"/records/member/{form['member']}").text)
    assert "Points 798" in member


def test_sending_a_new_record_twice_makes_one(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client)
    first, second = form.send(client), form.send(client)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"].partition("?")[0] == second.headers["location"]


def test_the_form_follows_what_is_typed(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = form_of(client.get("/records/member/new").text)
    answer = form.fill(kind="company", name="岚庭").send(client, path="/records/member/new/live")
    assert answer.status_code == 200
    assert 'id="f-birthday"' not in answer.text
    assert 'value="岚庭"' in answer.text
    assert "<html" not in answer.text


def test_a_default_follows_what_it_hangs_on_until_it_is_typed_over(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client)

    def followed(form: Form) -> Form:
        html = form.send(client, path="/records/purchase/new/live").text
        return form_of(f'<form class="record-form" action="/records/purchase/new">{html}</form>')

    once = followed(form)
    assert once["lines.n1.unit_price"] == "399.00"
    other = shop.ids("product", "list_price == 499")[0]
    again = followed(once.fill(lines__n1__product=other))
    assert again["lines.n1.unit_price"] == "499.00"
    typed = followed(again.fill(lines__n1__unit_price="450"))
    assert followed(typed.fill(lines__n1__product=a_product(shop)))["lines.n1.unit_price"] == "450"


def test_a_field_becomes_required_by_what_is_typed(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = form_of(client.get("/records/purchase_return/new").text)
    marked = re.compile(r'<label for="f-amount">[^<]*<span class="required"')
    path = "/records/purchase_return/new/live"
    assert not marked.search(form.send(client, path=path).text)
    assert marked.search(form.fill(status="refunded").send(client, path=path).text)


def test_a_locked_field_says_by_which_condition(shop: Shop) -> None:
    client = shop.client(ADMIN)
    purchase = shop.ids("purchase", 'status == "settled" and member is set')[0]
    html = client.get(f"/records/purchase/{purchase}/edit").text
    assert "coupon" not in form_of(html)
    assert "Locked by a rule." in html
    assert '`status != "draft"` is true: Status is Settled' in text_of(html)


def test_every_mistake_is_told_beside_its_field_and_in_the_summary(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client, status="", spend_per_point="abc").fill(lines__n1__quantity="0")
    answer = form.send(client)
    assert answer.status_code == 422
    for place in ("f-status", "f-spend_per_point", "f-lines-n1-quantity"):
        assert f'href="#{place}"' in answer.text
        assert f'id="{place}-error"' in answer.text
    assert form_of(answer.text)["spend_per_point"] == "abc"


def test_a_refusal_says_which_rule_and_why(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = form_of(client.get("/records/coupon_type/new").text)
    form = form.fill(code=f"C{shop.workspace.database.kind}", name="Give-away", kind="amount_off")
    answer = form.fill(amount_off="50", min_spend="20", starts_on="2026-01-01").send(client)
    assert answer.status_code == 422
    said = text_of(answer.text)
    assert "would give goods away" in said
    assert "min_spend >= amount_off" in said
    assert form_of(answer.text)["amount_off"] == "50"


def test_what_was_refused_is_told_until_it_is_typed_over(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = form_of(a_purchase(shop, client, spend_per_point="abc").send(client).text)
    path = "/records/purchase/new/live"
    assert 'id="f-spend_per_point-error"' in form.fill(note="later").send(client, path=path).text
    assert 'id="f-spend_per_point-error"' not in form.fill(spend_per_point="2").send(client, path=path).text


def test_lines_come_and_go_without_script(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client)
    more = form_of(form.send(client, ("_add", "lines")).text)
    assert more.named("_row.lines") == ["_row.lines"] * 2
    assert more["lines.n1.quantity"] == "2"
    saved = more.fill(lines__n2__product=a_product(shop)).send(client)
    page = saved.headers["location"].partition("?")[0]
    edit = form_of(client.get(f"{page}/edit").text)
    (first, _) = [value for name, value in edit.fields if name == "_row.lines"]
    fewer = form_of(edit.send(client, ("_remove", f"lines.{first}")).text)
    assert fewer.named("_gone.lines") == ["_gone.lines"]
    assert fewer.send(client).status_code == 303
    assert len(form_of(client.get(f"{page}/edit").text).named("_row.lines")) == 1


def test_a_reference_is_found_without_script(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = form_of(client.get("/records/purchase/new").text)
    answer = form.fill(**{"_find.member": "韩诗"}).send(client, ("_find", "member"))
    assert form_of(answer.text)["member"] == shop.ids("member", 'name == "韩诗雨"')[0]


def test_a_reference_offers_what_matches(shop: Shop) -> None:
    answer = shop.client(ADMIN).get("/records/purchase/choices/member?q=hanshi")
    assert answer.text.count('role="option"') == 1
    assert "韩诗雨" in answer.text
    assert shop.client(ADMIN).get("/records/purchase/choices/total").status_code == 401
    assert shop.client().get("/records/purchase/choices/member?q=hanshi").status_code == 401


def test_a_part_that_fails_leaves_the_page_as_it_is(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client)
    assert form.send(shop.client(), path="/records/purchase/new/live").status_code == 204
    assert form.send(client, path="/records/nothing/new/live").status_code == 204


def test_two_people_do_not_stand_in_each_others_way(shop: Shop) -> None:
    member = a_member(shop, wechat="old", note="old")
    mine, theirs = shop.client(ADMIN), shop.client(ADMIN)
    form = form_of(mine.get(f"/records/member/{member}/edit").text)
    form_of(theirs.get(f"/records/member/{member}/edit").text).fill(note="theirs").send(theirs)
    assert form.fill(wechat="mine").send(mine).status_code == 303
    kept = form_of(mine.get(f"/records/member/{member}/edit").text)
    assert (kept["wechat"], kept["note"]) == ("mine", "theirs")


@pytest.mark.parametrize(("keep", "holds"), [("yours", "mine"), ("theirs", "theirs")])
def test_a_conflict_shows_both_and_keeps_what_was_typed(shop: Shop, keep: str, holds: str) -> None:
    member = a_member(shop)
    # Nobody else has these: two with one would be asked about.
    mine, theirs = f"mine-{keep}", f"theirs-{keep}"
    client = shop.client(ADMIN)
    form = form_of(client.get(f"/records/member/{member}/edit").text)
    form.fill(wechat=theirs).send(client)
    answer = form.fill(wechat=mine, note="typed as well").send(client)
    assert answer.status_code == 412
    assert f"Yours {mine}" in text_of(answer.text)
    assert f"Theirs {theirs}" in text_of(answer.text)
    again = form_of(answer.text)
    assert (again["wechat"], again["note"]) == (mine, "typed as well")
    assert again.fill(**{"_keep.wechat": keep}).send(client).status_code == 303
    kept = form_of(client.get(f"/records/member/{member}/edit").text)
    assert (kept["wechat"], kept["note"]) == (f"{holds}-{keep}", "typed as well")


def test_a_session_that_ended_loses_nothing_that_was_typed(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client, note="typed for long")
    client.cookies.delete("kith")
    answer = form.send(client)
    assert answer.status_code == 401
    typed = {"_typed." + name for name, _ in form.fields if name != "_csrf"}
    assert all(f'name="{name}"' in answer.text for name in typed)
    again = shop.client(ADMIN)
    back = post(again, "/records/purchase/new", [("_resume", "1"), *form.fields])
    assert back.status_code == 200
    assert form_of(back.text)["note"] == "typed for long"
    assert form_of(back.text)["lines.n1.quantity"] == "2"


def test_what_nobody_may_write_is_not_taken_from_a_form(shop: Shop) -> None:
    client = shop.client(ADMIN)
    form = a_purchase(shop, client)
    assert "total" not in form
    answer = form.fill(total="1").send(client)
    assert answer.status_code == 303
    assert "Total CN¥798.00" in text_of(client.get(answer.headers["location"]).text)


def test_forms_are_closed_to_those_who_may_not_write(shop: Shop) -> None:
    client = shop.client(CLERK)
    assert client.get("/records/region/new").status_code == 403
    assert client.get("/records/purchase_line/new").status_code in (403, 404)
    assert post(client, "/records/region/new", [("name", "x")]).status_code == 403


def test_a_forged_form_is_refused(shop: Shop) -> None:
    client = shop.client(ADMIN)
    del client.headers["x-csrf-token"]
    assert post(client, "/records/region/new", [("name", "x")]).status_code == 403
    assert post(client, "/records/region/new", [("name", "x"), ("_csrf", "guess")]).status_code == 403


def test_a_field_is_edited_alone(shop: Shop) -> None:
    member = a_member(shop, wechat="old")
    client = shop.client(ADMIN)
    address = f"/records/member/{member}/field/wechat"
    html = client.get(address, headers={"hx-request": "true"}).text
    sent = re.findall(r'name="(_was|_version)" value="([^"]*)"', html)
    fields = [(name, unescape(value)) for name, value in sent]
    answer = post(client, address, [*fields, ("wechat", "new")])
    assert answer.headers["hx-refresh"] == "true"
    stale = post(client, address, [*fields, ("wechat", "mine")])
    assert "Somebody else has changed this to “new”" in unescape(stale.text)
    for name in ("tier", "member_no", "nothing"):
        assert client.get(f"/records/member/{member}/field/{name}").status_code == 404
    deleted = shop.client(CLERK).get(address)
    assert deleted.status_code == 404


# ---- into the bin and back ----------------------------------------------------------------------------------------


def test_a_record_goes_into_the_bin_and_comes_back(shop: Shop) -> None:
    member = a_member(shop)
    client = shop.client(ADMIN)
    page = f"/records/member/{member}"
    assert "Delete “测试会员" in text_of(client.get(f"{page}/delete").text)
    assert client.post(f"{page}/delete").headers["location"] == "/records/member"
    html = client.get(page).text
    assert "This record is in the recycle bin" in html
    assert f'href="{page}/edit"' not in html
    assert client.get(f"{page}/edit").status_code == 404
    assert client.post(f"{page}/restore").headers["location"] == page
    assert "This record is in the recycle bin" not in client.get(page).text


def test_a_record_in_the_bin_shows_the_lines_that_went_with_it(shop: Shop) -> None:
    client = shop.client(ADMIN)
    page = a_purchase(shop, client).send(client).headers["location"].partition("?")[0]
    assert "羊毛围巾 Wool scarf 2" in text_of(client.get(page).text)
    client.post(f"{page}/delete")
    html = client.get(page).text
    assert "This record is in the recycle bin" in html
    assert "羊毛围巾 Wool scarf 2" in text_of(html)
    assert f'href="{page}/edit"' not in html


def test_a_record_in_use_stays_and_says_so(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    answer = shop.client(ADMIN).post(f"/records/member/{member}/delete")
    assert answer.status_code == 409
    assert "It cannot be deleted" in answer.text


# ---- what apps declare, and what they do not ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Yield the other app that Kith comes with."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('deals') / 'kith.db'}", "b2b_crm") as found:
        yield found


def test_new_lines_are_numbered_on(deals: Shop) -> None:
    client = deals.client(ADMIN)
    account, product = deals.ids("account")[0], deals.ids("product")[0]
    form = form_of(client.get(f"/records/quote/new?account={account}").text)
    assert form["lines.n1.position"] == "1"
    more = form_of(
        form.fill(lines__n1__product=product, lines__n1__unit_price="10").send(client, ("_add", "lines")).text
    )
    assert more["lines.n2.position"] == "2"
    answer = more.send(client)
    assert answer.status_code == 303, text_of(answer.text)


def test_every_record_of_both_apps_has_its_pages(deals: Shop) -> None:
    client = deals.client(ADMIN)
    for entity in deals.workspace.current().model.entities:
        for id_ in deals.ids(entity)[:1]:
            for path in ("", "?tab=history", "/edit", "/delete"):
                answer = client.get(f"/records/{entity}/{id_}{path}")
                assert answer.status_code == 200, f"{entity}{path}"


def test_without_a_form_document_everything_shows(deals: Shop) -> None:
    release = deals.workspace.current()
    bare = replace(release, model=replace(release.model, forms={}), _cache={})
    reader = reader_of(context_of(SYSTEM, system_clock(), language="en", time_zone="UTC"), bare)
    outline = outline_of(reader, "quote")
    assert {field.name for field in outline.fields} == set(release.model.entities["quote"].fields)
    assert [grid.relation for grid in outline.grids] == ["lines"]
