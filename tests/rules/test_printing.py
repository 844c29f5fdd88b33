"""Printing a tree and parsing the print gives the same tree; formatting twice is formatting once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.problems import Excerpt, render
from kith.rules import syntax as s
from kith.rules.formatting import format_slot
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.printing import print_lines, print_syntax, print_template
from kith.rules.scanning import scan
from tests.rules.syntax.trees import BLOCKS, EXPRESSIONS, TEXTS, plain

COMMENTS = st.lists(st.sampled_from(["", "# why", "# {\"x\"} 'y'", "#"]), min_size=1, max_size=3)


GOLDEN: dict[str, str] = {
    "( (a) )": "a",
    "(a+b)*c-(d*e)": "(a + b) * c - d * e",
    "a-(b-c)-(d)": "a - (b - c) - d",
    "(a and b) or (c and (d or e))": "a and b or c and (d or e)",
    "not(a==b)": "not a == b",
    "(not a)==b": "(not a) == b",
    "discount??0%<=15%": "discount ?? 0% <= 15%",
    "a*(1-(b??0%))": "a * (1 - (b ?? 0%))",
    "a ?? b*c": "a ?? (b * c)",
    "(a ?? b) ?? c": "(a ?? b) ?? c",
    "a ?? (b ?? c)": "a ?? b ?? c",
    "-(-a)+-(b+c)": "--a + -(b + c)",
    "(if a then b else (if c then d else e))": "if a then b else if c then d else e",
    "first( lines . total where(paid) by due asc,(n) desc )": "first(lines.total where paid by due, n desc)",
    'changed( stage  from"a"to"b" )': 'changed(stage from "a" to "b")',
    '"{ a  +b }\t"': '"{a + b}\\t"',
    "x   is    not set": "x is not set",
    "a # one\n + b": "a  # one\n+ b",
    "a\n and b\n or c": "a and b\nor c",
    "if a\n then b else if c then d\n else e": "if a then b\nelse if c then d\nelse e",
}


@pytest.mark.parametrize(("written", "canonical"), GOLDEN.items(), ids=GOLDEN.keys())
def test_an_expression_has_one_form(written: str, canonical: str) -> None:
    assert format_slot(written, "expression") == canonical
    assert format_slot(canonical, "expression") == canonical


def test_blocks_have_one_form(update: bool) -> None:
    folder = Path(__file__).parent / "syntax"
    written, after = (folder / "block_written.txt").read_text("utf-8"), folder / "block_formatted.txt"
    formatted = format_slot(written, "block")
    assert formatted is not None
    if update:
        after.write_text(formatted + "\n", "utf-8")
    assert formatted + "\n" == after.read_text("utf-8")
    assert format_slot(formatted, "block") == formatted


def test_only_the_holes_of_a_text_are_formatted() -> None:
    text = 'He said "hi",\n  {  name  } \\{x\\} {a+b}!'
    assert format_slot(text, "template") == 'He said "hi",\n  {name} \\{x\\} {a + b}!'


def test_what_has_a_mistake_has_no_form() -> None:
    assert format_slot("a = b", "expression") is None
    assert format_slot("set a", "block") is None
    assert format_slot("{a", "template") is None


def parsed(text: str, tree: s.Syntax | None, problems: list[object]) -> object:
    """The tree that a text must have."""
    assert tree is not None, text + "\n" + "\n".join(render(problem) for problem in problems)  # type: ignore[arg-type]
    return plain(tree)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_an_expression_survives_printing(tree: s.Syntax) -> None:
    text = print_syntax(tree)
    assert "\n" not in text
    again, problems = parse_expression(Excerpt.whole(text))
    assert parsed(text, again, [*problems]) == plain(tree)
    assert again is not None
    assert print_syntax(again) == text


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS)
def test_an_expression_in_lines_is_the_same_expression(tree: s.Syntax) -> None:
    text = print_lines(tree)
    again, problems = parse_expression(Excerpt.whole(text))
    assert parsed(text, again, [*problems]) == plain(tree)
    assert format_slot(text, "expression") == text


@settings(max_examples=100, deadline=None)
@given(BLOCKS)
def test_a_block_survives_printing(tree: s.Block) -> None:
    text = print_syntax(tree)
    again, problems = parse_block(Excerpt.whole(text))
    assert parsed(text, again, [*problems]) == plain(tree)
    assert format_slot(text, "block") == text


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_text_of_a_document_survives_printing(tree: s.Text) -> None:
    text = print_template(tree)
    again, problems = parse_template(Excerpt.whole(text))
    assert parsed(text, again, [*problems]) == plain(tree)
    assert format_slot(text, "template") == text


@settings(max_examples=60, deadline=None)
@given(BLOCKS, st.data())
def test_comments_and_all_a_block_survives_formatting(tree: s.Block, data: st.DataObject) -> None:
    text = commented(print_syntax(tree), "block", data)
    formatted = format_slot(text, "block")
    assert formatted is not None
    again, problems = parse_block(Excerpt.whole(formatted))
    assert parsed(formatted, again, [*problems]) == plain(tree)
    assert again is not None
    assert kept(formatted, "block") == kept(text, "block")
    assert format_slot(formatted, "block") == formatted


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS, st.data())
def test_comments_and_all_an_expression_survives_formatting(tree: s.Syntax, data: st.DataObject) -> None:
    text = commented(print_syntax(tree), "expression", data)
    formatted = format_slot(text, "expression")
    assert formatted is not None
    again, problems = parse_expression(Excerpt.whole(formatted))
    assert parsed(formatted, again, [*problems]) == plain(tree)
    assert kept(formatted, "expression") == kept(text, "expression")
    assert format_slot(formatted, "expression") == formatted


def commented(text: str, start: str, data: st.DataObject) -> str:
    """The text with comments and line breaks strewn between its tokens."""
    pieces = scan(Excerpt.whole(text), start).pieces  # type: ignore[arg-type]
    places = data.draw(st.lists(st.integers(0, len(pieces)), max_size=4, unique=True))
    out, done = "", 0
    for index in sorted(places):
        at = pieces[index - 1].end if index else 0
        lines = data.draw(COMMENTS)
        out += text[done:at] + data.draw(st.sampled_from([" ", "\n"])) + "\n".join(lines) + "\n"
        done = at
    return out + text[done:]


def kept(text: str, start: str) -> list[str]:
    """The comments of a text."""
    comments = scan(Excerpt.whole(text), start).comments  # type: ignore[arg-type]
    return [re.sub(r"\s+$", "", comment.text) for comment in comments if comment.text]


@pytest.mark.parametrize("page", ["grammar.md", "grammar.zh-CN.md"])
def test_the_examples_of_the_manual_are_in_canonical_form(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs/rules" / page).read_text("utf-8")
    examples = re.findall(r"```(expression|block)\n(.*?)\n```", text, re.DOTALL)
    assert len(examples) >= 6
    for start, example in examples:
        for written in [example] if start == "block" else example.split("\n"):
            assert format_slot(written, start) == written
