"""What no template may hold: scripts and styles within, words of its own, what a strict policy breaks."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from starlette.requests import Request

from kith.texts import load_texts, placeholders
from kith.web.templating import STRINGS, Templates, wanted
from kith.web.view import Cell, Choice, Column, Row, Table

WEB = Path(__file__).resolve().parents[2] / "platform" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
BANNED = {
    "htmx evaluates it, and the policy forbids that": r"\bhx-on\b|\bhx-on:|\bjs:|\bhx-live\b|\bhx-csp\b",
    "a trigger filter is evaluated": r"hx-trigger=\"[^\"]*\[",
    "an inline style": r"\sstyle=|<style\b",
    "an inline script": r"<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:",
    "an address of another host": r"(?:src|href|action)=\"(?:https?:)?//",
    "text marked safe": r"\|\s*safe\b",
}


def _id(file: Path) -> str:
    return str(file.relative_to(WEB / "templates"))


@pytest.mark.parametrize("reason", BANNED)
def test_no_template_holds(reason: str) -> None:
    assert [_id(file) for file in TEMPLATES if re.search(BANNED[reason], _markup(file))] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=_id)
def test_a_template_has_no_words_of_its_own(file: Path) -> None:
    shown = re.sub(r"<[^>]*>", " ", re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", _body(file), flags=re.DOTALL))
    attributes = re.findall(r'\s(?:title|aria-label|placeholder|alt)="([^"{]*[^\W\d_][^"{]*)"', _markup(file))
    assert re.findall(r"[^\W\d_]{2,}", shown) + attributes == []


def _body(file: Path) -> str:
    """Return what shows: not the attributes that a macro or block puts together."""
    text = re.sub(r"\{% macro states.*?endmacro %\}", "", _markup(file), flags=re.DOTALL)
    return re.sub(r"\{% block body_class %\}\w+\{% endblock %\}|\bdata-[\w-]+", "", text)


def _markup(file: Path) -> str:
    """Return a template without its comments."""
    return re.sub(r"\{#.*?#\}", "", file.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("file", TEMPLATES, ids=_id)
def test_a_template_compiles_in_every_language(templates: Templates, file: Path) -> None:
    for environment in templates.environments.values():
        environment.get_template(_id(file))


def test_all_languages_have_the_same_keys_and_placeholders() -> None:
    english, chinese = load_texts(STRINGS)["en"], load_texts(STRINGS)["zh-CN"]
    assert english.entries.keys() == chinese.entries.keys()
    for key, entry in english.entries.items():
        assert placeholders(entry) == placeholders(chinese.entries[key]), key


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    sources = "\n".join(file.read_text("utf-8") for file in [*TEMPLATES, *WEB.rglob("*.py")])
    whole = set(re.findall(r"""["']([a-z_]+(?:\.\w+)+)["']""", sources)) & load_texts(STRINGS)["en"].entries.keys()
    named = set(re.findall(r"""\b(?:t|texts)\(\s*["']([\w.]+)["']\s*[,)]""", sources))
    prefixes = tuple(re.findall(r"""\bt\(\s*["']([\w.]+\.)["']\s*~""", sources)) + tuple(
        re.findall(r'f"([\w.]+\.)\{', sources)
    )
    texts = load_texts(STRINGS)["en"]
    assert named - texts.entries.keys() == set()
    assert [key for key in texts.entries if key not in whole and not key.startswith(prefixes)] == []


def test_a_block_renders_alone_with_the_components(templates: Templates) -> None:
    html = templates.block("fragments/lookup.html", "options", "zh-CN", choices=(), query="陈", create="")
    assert "没有找到“陈”" in html


def test_values_are_escaped(templates: Templates) -> None:
    html = templates.block("fragments/lookup.html", "options", "en", choices=(), query="<b>&", create="")
    assert "&lt;b&gt;&amp;" in html


@pytest.mark.parametrize(
    ("headers", "block"),
    [
        ({}, ""),
        ({"hx-request": "true", "hx-target": "div#results"}, "results"),
        ({"hx-request": "true", "hx-target": "body"}, ""),
        ({"hx-request": "true", "hx-target": "div#other"}, ""),
        ({"hx-request": "true", "hx-target": "div#results", "hx-history-restore-request": "true"}, ""),
    ],
)
def test_htmx_gets_the_block_it_swaps_and_the_history_the_page(headers: dict[str, str], block: str) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert wanted(Request({"type": "http", "headers": raw}), "results", "form") == block


def test_a_list_of_fifty_rows_is_light(templates: Templates) -> None:
    columns = [Column(str(n), f"Column {n}", phone="show" if n else "title") for n in range(8)]
    cells = [Cell("A name"), *[Cell(f"value {n}") for n in range(6)], Cell(chips=[Choice("a", "Active", "green")])]
    rows = [Row(f"r{n}", cells, f"/r/{n}") for n in range(50)]
    table = Table(caption="All", columns=columns, rows=rows, selectable=True)
    html = templates.environments["en"].from_string("{{ ui.data_table(table) }}").render(table=table)
    assert len(re.findall(r"<[a-z]", html)) <= 1000
    assert len(gzip.compress(html.encode())) <= 8_000
    assert html.count('<a class="record-link"') == 50
