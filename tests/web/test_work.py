"""What is to be done about a record, as its page and the start page show it: without script on both engines, and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from kith.runtime.write.change import Change
from tests.web.browsing import Look, visiting
from tests.web.forms import form_of, post
from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_gallery import grave
from tests.web.test_records import a_member, text_of


def a_case(shop: Shop, **values: object) -> str:
    """A service case of a test's own."""
    topic = shop.ids("case_topic", "")[0]
    found = {"subject": "Lost button", "member": a_member(shop), "topic": topic, **values}
    return shop.save(Change("create", "service_case", values=found)).id


def an_activity(shop: Shop, case: str, **values: object) -> str:
    """Something to do about a case."""
    found = {"subject": "Ring back", "about": f"service_case/{case}", **values}
    return shop.save(Change("create", "activity", values=found)).id


def test_what_is_written_down_shows_at_once(shop: Shop) -> None:
    case, client = a_case(shop), shop.client(ADMIN)
    page = f"/records/service_case/{case}"
    assert "Nothing to do at the moment." in text_of(client.get(page).text)
    added = form_of(client.get(page).text, f"{page}/activities").fill(subject="Look for it", due_on="2020-01-01")
    answer = added.send(client)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}#work")
    post(client, f"{page}/activities", [("kind", "call"), ("subject", "Told her")])
    post(client, f"{page}/notes", [("text", "She likes **blue**.")])
    html = client.get(page).text
    said = text_of(html)
    assert "To do 1 Mark" not in said
    assert "Look for it Overdue Task" in said
    assert "Done 1 Told her Phone call" in said
    assert "<strong>blue</strong>" in html
    assert shop.ids("activity", f'about.id == "{case}" and owner.name == "Ada Admin"') != []


def test_one_click_says_that_it_has_been_done(shop: Shop) -> None:
    case, client = a_case(shop), shop.client(ADMIN)
    one, page = an_activity(shop, case), f"/records/service_case/{case}"
    done = form_of(client.get(page).text, f"/records/activity/{one}/done")
    assert done.send(client).headers["location"] == f"{page}#work"
    assert shop.ids("activity", f'about.id == "{case}" and status == "done" and happened_at is set') == [one]
    assert f"/records/activity/{one}/done" not in client.get(page).text
    assert client.post(f"/records/service_case/{case}/done").status_code == 404


def test_what_is_refused_stays_typed(shop: Shop) -> None:
    case, client = a_case(shop), shop.client(ADMIN)
    page = f"/records/service_case/{case}"
    answer = post(client, f"{page}/activities", [("kind", "call"), ("subject", ""), ("due_on", "2026-01-02")])
    assert answer.status_code == 422
    assert 'value="2026-01-02"' in answer.text
    assert "Subject" in text_of(answer.text)
    part = client.post(f"{page}/notes", data={"text": ""}, headers={"hx-request": "true", "hx-target": "section#work"})
    assert "<html" not in part.text
    assert 'role="alert"' in part.text


def test_ones_own_next_steps_stand_on_the_start_page_overdue_first(shop: Shop) -> None:
    case, client = a_case(shop), shop.client(CLERK)
    for subject, day in (("Later", "2999-01-01"), ("Late", "2020-01-01")):
        an_activity(shop, case, subject=subject, due_on=day, owner=shop.users[CLERK])
    said = text_of(client.get("/").text)
    assert said.index("Late Overdue Task") < said.index("Later Task")
    late = shop.ids("activity", f'about.id == "{case}" and subject == "Late"')[0]
    answer = form_of(client.get("/").text, f"/records/activity/{late}/done").send(client)
    assert answer.headers["location"] == "/"
    assert "Late Overdue" not in text_of(client.get("/").text)


def test_an_entity_that_keeps_none_of_it_shows_none(shop: Shop) -> None:
    (store,) = shop.ids("store", 'code == "SZ01"')
    client = shop.client(ADMIN)
    assert 'id="work"' not in client.get(f"/records/store/{store}").text
    assert post(client, f"/records/store/{store}/notes", [("text", "x")]).status_code == 404


@pytest.mark.parametrize("path", ["/records/service_case/{}", "/", "/records/activity", "/records/activity/{}/edit"])
def test_these_pages_cost_few_statements(shop: Shop, path: str) -> None:
    case = shop.ids("service_case", 'external_id == "SC-0004"')[0]
    one = shop.ids("activity", f'about.id == "{case}"')[0]
    address, client = path.format(one if "activity" in path else case), shop.client(ADMIN)
    client.get(address)
    with shop.statements() as run:
        assert client.get(address).status_code == 200
    assert len([each for each in run if not each.startswith(("BEGIN", "SET"))]) <= 12


def test_the_form_offers_records_of_every_entity_that_keeps_activities(shop: Shop) -> None:
    case, client = a_case(shop, subject="Unmistakable"), shop.client(ADMIN)
    found = client.get("/records/activity/choices/about?q=Unmistakable").text
    assert f'data-value="service_case/{case}"' in found
    assert "<small>Service case</small>" in found
    form = form_of(client.get("/records/activity/new").text)
    answer = form.fill(subject="Ask", about=f"service_case/{case}").send(client)
    assert answer.status_code == 303
    shown = client.get(answer.headers["location"]).text
    assert f'href="/records/service_case/{case}"' in shown


@pytest.mark.parametrize("look", [Look(), Look("zh-CN", "dark", 360)], ids=str)
def test_by_keyboard_a_task_is_added_and_done(chromium: Browser, served_shop: tuple[Shop, str], look: Look) -> None:
    shop = served_shop[0]
    case = a_case(shop)
    with visiting(chromium, served_shop, look, path=f"/records/service_case/{case}") as page:
        work = page.locator("#work")
        work.locator("summary").first.focus()
        page.keyboard.press("Enter")
        work.locator("[name=subject]").focus()
        page.keyboard.type("Ring back tomorrow")
        page.keyboard.press("Enter")
        expect(work.get_by_role("link", name="Ring back tomorrow")).to_be_visible()
        expect(work.locator("details[open]")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width
        assert grave(page, "a page with a task") == []
        work.locator("button.done").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#work button.done")).to_have_count(0)
        expect(page.locator("#work").get_by_role("link", name="Ring back tomorrow")).to_be_visible()
