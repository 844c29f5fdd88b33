"""Lists: what shows to whom, found, filtered, sorted and paged by address alone."""

from __future__ import annotations

import gzip
import re
from html import unescape
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from tests.web.shop import ADMIN, CLERK, HEAD_OFFICE, Shop


@pytest.fixture
def shop(lone_shop: Shop) -> Shop:
    """Return a shop in which nobody else adds records."""
    return lone_shop


def names(html: str) -> list[str]:
    """What the rows of a list are called."""
    return [unescape(name) for name in re.findall(r'class="record-link" href="[^"]*">([^<]*)<', html)]


def heads(html: str) -> list[str]:
    """The labels of a list's columns."""
    return [unescape(label) for label in re.findall(r'data-label="([^"]*)"', html.split("</tr>")[1])]


def filters(html: str) -> list[str]:
    """The filters in force, in words."""
    chips = re.findall(r'<li class="filter">(.*)</li>', html)
    return [unescape(" ".join(re.findall(r"<span[^>]*>([^<]+)<", chip))) for chip in chips]


def removals(html: str) -> list[str]:
    """Where the filters in force lead that are taken away."""
    return [unescape(address) for address in re.findall(r'class="filter-remove" href="([^"]*)"', html)]


def test_the_first_view_shows_with_its_columns_and_count(shop: Shop) -> None:
    html = shop.client(ADMIN).get("/records/member").text
    assert heads(html)[:4] == ["Member number", "Name", "Mobile", "Tier"]
    assert len(names(html)) == 46
    assert "1–46 of 46" in html
    assert '<a class="" href="/records/member" aria-current="page"><span class="text">All members</span></a>' in html


def test_labels_options_and_values_are_in_the_readers_language(shop: Shop) -> None:
    html = shop.client(ADMIN, "zh-CN").get("/records/member?q=韩诗雨").text
    for words in ('<html lang="zh-CN"', "会员</span>", "会员等级", "第 1–1 条，共 1 条", "¥", "年"):
        assert words in html


@pytest.mark.parametrize(
    ("typed", "found"),
    [("韩诗", "韩诗雨"), ("hanshi", "韩诗雨"), ("hsy", "韩诗雨"), ("okafor", "Daniel Okafor"), ("31607920", "韩诗雨")],
)
def test_a_person_is_found_by_characters_pinyin_initials_letters_and_digits(shop: Shop, typed: str, found: str) -> None:
    assert found in names(shop.client(ADMIN).get(f"/records/member?q={quote(typed)}").text)


@pytest.mark.parametrize(
    ("query", "expression", "words"),
    [
        ("field=tier&op=is&value=gold", 'tier == "gold"', "Tier: Gold"),
        ("field=tier&op=is&value=Gold", 'tier == "gold"', "Tier: Gold"),
        ("field=name&op=contains&value=诗", 'contains(fold(name), fold("诗"))', "Name contains “诗”"),
        ("field=name&op=is&value={x}", 'name == "\\{x\\}"', "Name: {x}"),
        ("field=points&op=gt&value=1,000", "points > 1000", "Points > 1,000"),
        ("field=joined_on&op=ge&value=2026-01-31", "joined_on >= @2026-01-31", "Joined on from Jan 31, 2026"),
        ("field=sms_allowed&op=is&value=true", "sms_allowed == true", "Marketing by SMS: Yes"),
        (
            "field=store&op=contains&value=SH",
            'contains(fold(store.code), fold("SH"))',
            "Home store · Code contains “SH”",
        ),
        ("field=address.city&op=is&value=上海", 'address.city == "上海"', "Address · City: 上海"),
        ("field=address&op=not_set", "address is not set", "Address is empty"),
        ("field=advisor&op=me", "advisor == me", "Personal advisor is me"),
        ("field=joined_on&op=today", "joined_on == today()", "Joined on today"),
        (
            "field=joined_on&op=last_30_days",
            "joined_on between today() - 30d and today()",
            "Joined on in the last 30 days",
        ),
        (
            "field=joined_on&op=this_quarter",
            "joined_on between start_of_quarter(today()) and end_of_quarter(today())",
            "Joined on this quarter",
        ),
        ("field=birthday&op=not_set", "birthday is not set", "Birthday is empty"),
        ("field=interests&op=has&value=茶", '"茶" in interests', "Interests includes 茶"),
    ],
)
def test_a_row_of_the_filter_becomes_an_expression(shop: Shop, query: str, expression: str, words: str) -> None:
    client = shop.client(ADMIN)
    answer = client.get(f"/records/member?{query}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/records/member?filter=" + quote(expression, safe="").replace("%20", "+")
    html = client.get(answer.headers["location"]).text
    assert filters(html) == [words]


@pytest.mark.parametrize(("field", "label"), [("joined_on", "Joined on"), ("created_at", "Created")])
def test_spans_of_days_are_said_as_they_were_picked(shop: Shop, field: str, label: str) -> None:
    client = shop.client(ADMIN)
    spans = {"this_week": "this week", "this_month": "this month", "this_quarter": "this quarter", "today": "today"}
    for span, words in spans.items():
        answer = client.get(client.get(f"/records/member?field={field}&op={span}").headers["location"])
        assert (answer.status_code, filters(answer.text)) == (200, [f"{label} {words}"])


def test_a_condition_holds_beside_another_one(shop: Shop) -> None:
    client = shop.client(ADMIN)
    path = "/records/member?" + urlencode({"filter": 'store is set and tier == "gold"'})
    for value, words in (
        ("silver", "Tier: Gold or Tier: Silver"),
        ("basic", "Tier: Gold or Tier: Silver or Tier: Basic"),
    ):
        answer = client.get(f"{path}&field=tier&op=is&value={value}&beside=1")
        path = answer.headers["location"]
        assert filters(client.get(path).text) == ["Home store is filled in", words]
    assert parse_qs(urlsplit(path).query)["filter"] == [
        'store is set and (tier == "gold" or tier == "silver" or tier == "basic")'
    ]
    assert "Or else: Tier: Gold or Tier: Silver or Tier: Basic" in client.get(path).text
    added = client.get(f"{path}&field=points&op=gt&value=10&beside=7").headers["location"]
    assert filters(client.get(added).text)[2:] == ["Points > 10"]


@pytest.mark.parametrize(
    ("filter_", "left"),
    [
        ('tier == "gold" or tier == "silver"', ['tier == "silver"', 'tier == "gold"']),
        (
            'points > 1 and (tier == "gold" or tier == "silver" or sms_allowed) and store is set',
            [
                '(tier == "gold" or tier == "silver" or sms_allowed) and store is set',
                'points > 1 and (tier == "silver" or sms_allowed) and store is set',
                'points > 1 and (tier == "gold" or sms_allowed) and store is set',
                'points > 1 and (tier == "gold" or tier == "silver") and store is set',
                'points > 1 and (tier == "gold" or tier == "silver" or sms_allowed)',
            ],
        ),
        (
            'tier == "gold" and points > 1 or (if store is set then sms_allowed else true)',
            ["(if store is set then sms_allowed else true)", 'tier == "gold" and points > 1'],
        ),
    ],
)
def test_each_of_several_alternatives_is_taken_away_by_itself(shop: Shop, filter_: str, left: list[str]) -> None:
    html = shop.client(ADMIN).get("/records/member?" + urlencode({"filter": filter_})).text
    assert [parse_qs(urlsplit(address).query)["filter"][0] for address in removals(html)] == left


def test_an_order_is_chosen_where_no_heads_show(shop: Shop) -> None:
    client = shop.client(ADMIN)
    html = client.get("/records/member?sort=-name&q=1").text
    assert '<option value="-name" selected>Name, highest first</option>' in html
    assert 'form="list-sort" name="q" value="1"' in html
    assert 'form="list-sort" name="sort"' not in html


def test_filters_add_up_and_are_taken_away_one_by_one(shop: Shop) -> None:
    client = shop.client(ADMIN)
    before = quote('(tier == "gold" or tier == "silver") and store is set')
    answer = client.get(f"/records/member?filter={before}&field=points&op=gt&value=10")
    html = client.get(answer.headers["location"]).text
    assert filters(html)[1:] == ["Home store is filled in", "Points > 10"]
    assert filters(client.get(removals(html)[0]).text) == ["Tier: Silver", "Home store is filled in", "Points > 10"]
    assert filters(client.get(removals(html)[2]).text) == ["Tier: Gold or Tier: Silver", "Points > 10"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/records/member?filter=tiier+%3D%3D+%22gold%22", "did you mean"),
        ("/records/member?filter=%29", "alert"),
        ("/records/member?field=points&op=gt&value=many", "“many” is not a whole number"),
        ("/records/member?after=nonsense", "cursor"),
    ],
)
def test_a_mistake_is_told_in_the_list_and_nothing_is_lost(shop: Shop, path: str, said: str) -> None:
    answer = shop.client(ADMIN).get(path)
    assert answer.status_code == 400
    assert said in answer.text
    assert 'id="list-search"' in answer.text


def test_a_list_is_sorted_by_its_heads(shop: Shop) -> None:
    client = shop.client(ADMIN)
    html = client.get("/records/member?sort=-lifetime_spend").text
    assert 'aria-sort="descending"' in html
    assert 'href="/records/member?sort=lifetime_spend"' in html
    turned = names(client.get("/records/member?sort=lifetime_spend").text)
    assert turned != names(html)
    assert set(turned) == set(names(html))


def test_pages_follow_one_another_both_ways(shop: Shop) -> None:
    client = shop.client(ADMIN)
    seen, html = list[str](), ""
    address = "/records/purchase?sort=number"
    while address:
        html = client.get(address).text
        seen += re.findall(r'id="row-([^"]*)"', html)
        following = re.search(r'href="([^"]*after=[^"]*)"', html)
        address = unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == len(shop.ids("purchase"))
    assert "101–" in html
    back = re.search(r'href="([^"]*before=[^"]*)"', html)
    assert back
    assert "51–100 of" in client.get(unescape(back[1])).text


def test_how_many_there_are_is_told_when_the_page_is_there(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.runtime.read.lists.CAP", 20)
    many = len(shop.ids("purchase"))
    client = shop.client(ADMIN)
    html = client.get("/records/purchase?sort=-created_at").text
    assert "1–50 of more than 20<" in html
    (address,) = re.findall(r'hx-get="(/records/purchase/count[^"]*)"', html)
    assert client.get(address.replace("&amp;", "&")).text == f"1–50 of {many:,}"
    (following,) = re.findall(r'href="([^"]*)" rel="next"', html)
    following = client.get(following.replace("&amp;", "&")).text
    (address,) = re.findall(r'hx-get="(/records/purchase/count[^"]*)"', following)
    shown = min(many, 100)
    assert client.get(address.replace("&amp;", "&")).text == f"51–{shown} of {many:,}"


@pytest.mark.parametrize(("language", "said"), [("en", "of about"), ("zh-CN", "条，约")])
def test_where_there_are_too_many_to_be_counted_an_estimate_is_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr("kith.runtime.read.counting.COUNTED", {"postgresql": 20, "sqlite": 20})
    with shop.workspace.database.write() as connection:
        # What it keeps of how values are spread, as it does by itself in time.
        connection.exec_driver_sql("ANALYZE")
    text = shop.client(ADMIN, language).get("/records/purchase/count?filter=created_at+is+set").text
    more = {"en": "of more than 20", "zh-CN": "条，超过 20 条"}[language]
    assert (said if shop.workspace.database.kind == "postgresql" else more) in text


def test_what_somebody_may_not_read_is_not_counted(shop: Shop) -> None:
    address, own = "/records/purchase/count?rows=1", re.compile(r"of ([\d,]+)")
    everything, mine = (int(*own.findall(shop.client(user).get(address).text)) for user in (ADMIN, CLERK))
    assert mine < everything
    assert shop.client(CLERK).get("/records/nothing/count").status_code == 404
    assert shop.client().get(address).status_code == 303


def test_columns_are_chosen_by_the_address(shop: Shop) -> None:
    html = shop.client(ADMIN).get("/records/member?columns=name&columns=store,store.region,created_at,nonsense").text
    assert heads(html) == ["Name", "Home store", "Home store · Region", "Created"]


def test_a_reader_sees_his_records_fields_and_views_only(shop: Shop) -> None:
    client = shop.client(CLERK)
    html = client.get("/records/member").text
    assert 0 < len(names(html)) < 46
    assert "Lifetime spend" not in html
    assert client.get("/records/member?columns=name,lifetime_spend").text.count("Lifetime spend") == 0
    assert "Gold and diamond" in html
    for path in ("/records/exchange_rate", "/records/nothing", "/records/member?view=nothing"):
        assert client.get(path).status_code == 404
    for forbidden in ("lifetime_spend > 0", "basket_value is set"):
        assert client.get("/records/member", params={"filter": forbidden}).status_code == 400


def test_totals_that_a_view_asks_for_stand_below(shop: Shop) -> None:
    html = shop.client(HEAD_OFFICE).get("/records/member").text
    foot = html.split("<tfoot")[1]
    assert re.search(r'data-label="Lifetime spend" class="number">[^<]*\d', foot)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/records/member?q=zzzz", "Clear search and filters"),
        ("/records/exchange_rate", "Exchange rates that you create show up here."),
    ],
)
def test_an_empty_list_says_why_and_what_to_do(shop: Shop, path: str, words: str) -> None:
    assert words in unescape(shop.client(ADMIN).get(path).text)


def test_htmx_gets_the_results_alone(shop: Shop) -> None:
    html = (
        shop.client(ADMIN).get("/records/member?q=a", headers={"hx-request": "true", "hx-target": "div#results"}).text
    )
    assert "<html" not in html
    assert "data-table" in html
    assert 'form="list-filter" name="q" value="a"' in html


def test_a_row_of_the_filter_fits_its_field(shop: Shop) -> None:
    html = shop.client(ADMIN).get("/records/member/filter?field=tier").text
    assert '<option value="gold">Gold</option>' in html
    assert "<html" not in html


@pytest.mark.parametrize("entity", ["member", "purchase", "product", "consent", "points_entry", "user", "store"])
def test_a_list_costs_few_statements_and_is_light(shop: Shop, entity: str) -> None:
    client = shop.client(ADMIN)
    client.get(f"/records/{entity}")
    with shop.statements() as run:
        html = client.get(f"/records/{entity}").text
    assert len([text for text in run if not text.startswith(("BEGIN", "SET"))]) <= 8
    assert len(gzip.compress(html.encode())) <= 40_000
    assert len(re.findall(r"<[a-z]", html)) <= 1_600


HOSTILE = (
    "q=%00",
    "q=%ED%A0%80",
    "filter=%00",
    "filter=name+%3D%3D+%22%00%22",
    "filter=" + "%28" * 2_000,
    "filter=null",
    "filter=now%28%29",
    "field=name&op=contains&value=%00",
    "field=points&op=gt&value=" + "9" * 500,
    "field=joined_on&op=ge&value=9999-99-99",
    "sort=store.region.name,-points,interests,id,x.y.z,--name",
    "columns=store.store.store.store.store,created_by.name,id,$title,%00",
    "after=AAAA&before=AAAA",
    "at=99999999999999999999",
    "view=%00",
)


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_address_is_answered_in_words(shop: Shop, query: str) -> None:
    for path in ("/records/member", "/records/member/filter", "/search", "/bin/member"):
        answer = shop.client(ADMIN).get(f"{path}?{query}")
        assert answer.status_code in (200, 303, 400, 404)
