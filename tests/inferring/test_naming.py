"""Headings as names and labels, and what they hint at: tables."""

from __future__ import annotations

import pytest

from kith.inferring.hints import hints_of, stem
from kith.inferring.naming import label_of, name_for, plural, singular
from kith.inferring.yaml import flow
from kith.metadata.names import is_name
from kith.source import Mapping, Scalar, read

HEADINGS = (
    ("opportunity_id", "opportunity_id", "Opportunity ID", "商机编号"),
    ("TotalVisits", "total_visits", "Total visits", "总访问次数"),
    ("SALES AMOUNT", "sales_amount", "Sales amount", "销售额"),
    ("Amount (USD)", "amount_usd", "Amount (USD)", "Amount (USD)"),
    ("客户名称", "customer_name", "Customer name", "客户名称"),
    ("客户 ID", "customer_id", "Customer ID", "客户 ID"),
    ("省/自治区", "province", "Province", "省/自治区"),
    ("吉祥物", "ji_xiang_wu", "吉祥物", "吉祥物"),
    ("Größe", "grosse", "Größe", "Größe"),
    ("2024", "n_2024", "2024", "2024"),
    ("id", "thing_id", "ID", "编号"),
    ("select", "select", "Select", "Select"),
    ("or", "thing_or", "Or", "Or"),
    ("🙂", "thing", "🙂", "🙂"),
    ("line\nbreak", "line_break", "Line break", "Line break"),
)


@pytest.mark.parametrize(("header", "name", "en", "zh"), HEADINGS)
def test_a_heading_gives_a_name_and_a_label_in_both_languages(header: str, name: str, en: str, zh: str) -> None:
    label = label_of(header)
    assert (name_for(header, "field", (), "thing"), label.en, label.zh) == (name, en, zh)
    assert is_name(name)


def test_names_that_are_taken_are_numbered() -> None:
    assert name_for("Name", "field", {"name", "name_2"}, "thing") == "name_3"


@pytest.mark.parametrize(
    ("one", "several"),
    [("company", "companies"), ("box", "boxes"), ("day", "days"), ("address", "addresses"), ("series", "series")],
)
def test_one_and_several(one: str, several: str) -> None:
    assert (plural(one), singular(several)) == (several, one)


@pytest.mark.parametrize(
    ("header", "about", "hints"),
    [
        ("Customer ID", "customer", {"id"}),
        ("客户名称", "客户", {"name"}),
        ("订单号", "订单", {"code", "document"}),
        ("cityCode", "city", {"code", "place"}),
        ("销售额", "销售额", {"money"}),
        ("是否启用", "是否启用", {"truth"}),
        ("mobile phone", "mobile phone", {"phone"}),
    ],
)
def test_a_heading_hints_at_what_stands_below_it(header: str, about: str, hints: set[str]) -> None:
    assert (stem(header), set(hints_of(header))) == (about, hints)


STRANGE = (
    *(
        "plain",
        "a: b",
        "# no comment",
        "- item",
        "yes",
        "~",
        "null",
        "",
        " blanks ",
        'quo"te',
        "back\\slash",
        "tab\there",
    ),
    *("两\n行", "\u2028", "\x85", "007", "1e3", "{x}", "[y]", "&a", "*b", "!c", "%d", "@e", "`f`", "😀", "a #b", "x:"),
)


@pytest.mark.parametrize("text", STRANGE)
def test_any_text_stands_in_a_document_as_it_was(text: str) -> None:
    node, problems = read(f"key: {flow({'a': [text, text], text: 1})}\n", "")
    assert problems == []
    assert isinstance(node, Mapping)
    inner = node.get("key")
    assert isinstance(inner, Mapping)
    items = inner.get("a")
    assert items is not None
    assert [item.text for item in getattr(items, "items", ()) if isinstance(item, Scalar)] == [text, text]
    assert text in inner.entries
