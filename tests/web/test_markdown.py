"""Markdown that people type becomes harmless HTML, whatever they try."""

from __future__ import annotations

import re
import time

import pytest

from kith.web.markdown import LARGEST, SCHEMES, TAGS, rendered

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\nscript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))", "[x](&#106;avascript:alert(1))", "[x](javascript&colon;alert(1))", "<javascript:alert(1)>",
    "![x](https://spy.example/p.png)", "![x](x\" onerror=\"alert(1))", "[x](https://a.example \"t\\\" onclick=\\\"alert(1)\")",
    "[x]: javascript:alert(1)\n\n[x]", "<style>*{display:none}</style>", "<iframe src=//evil.example></iframe>",
    "<form action=//evil.example><input name=password></form>", "`<script>`", "```html\n<script>alert(1)</script>\n```",
    "<!--><script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<math><mtext><style><img src=x onerror=alert(1)>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "\u202e<b>x</b>", "[x](//evil.example)", "# <u>x</u>",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_but_harmless_elements_comes_out(text: str) -> None:
    html = str(rendered(text))
    for tag, attributes in re.findall(r"<([a-zA-Z0-9]+)([^>]*)>", html):
        assert tag in TAGS
        for name, value in re.findall(r'\s([a-z-]+)="([^"]*)"', attributes):
            assert name in ("href", "title", "rel", "start")
            if name == "href":
                assert value.split(":")[0] in SCHEMES or ":" not in value
        assert re.sub(r'\s[a-z-]+="[^"]*"', "", attributes).strip() in ("", "/")
    assert "<script" not in html
    assert "<img" not in html


def test_what_people_write_is_laid_out() -> None:
    text = "# Title\n\nA **bold** [link](https://kith.example) and\n\n* one\n* two\n\n|a|b|\n|-|-|\n|1|2|\n"
    html = str(rendered(text))
    assert "<h3>Title</h3>" in html
    assert "<strong>bold</strong>" in html
    assert 'href="https://kith.example"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "<li>one</li>" in html
    assert "<td>1</td>" in html


def test_headings_keep_below_those_of_the_page() -> None:
    assert re.findall(r"<h(\d)>", str(rendered("\n\n".join(f"{'#' * n} x" for n in range(1, 7))))) == list("345666")


@pytest.mark.parametrize("text", ["[", "*", "> ", "`", "(", "- ", "|", "[a](", "<", "![", "a_b_", "&#"])
def test_no_text_takes_long(text: str) -> None:
    began = time.thread_time()
    assert rendered((text * LARGEST)[:LARGEST])
    assert time.thread_time() - began < 3


def test_what_is_too_long_is_not_laid_out() -> None:
    assert not rendered("x" * (LARGEST + 1))
