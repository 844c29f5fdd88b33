"""Text to tree or to problems: cases as data, positions, bounds, and a grammar without conflicts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings

from kith.problems import Excerpt, Problem, Source, render
from kith.rules import lexical, parsing
from kith.rules import syntax as s
from kith.rules.parsing import build, parse_block, parse_expression, parse_template
from kith.rules.printing import print_syntax
from tests.rules.syntax.trees import EXPRESSIONS, plain

FOLDER = Path(__file__).parent / "syntax"
PARSERS: dict[str, Callable[[Excerpt], tuple[s.Syntax | None, list[Problem]]]] = {
    "expressions": parse_expression,
    "expression_mistakes": parse_expression,
    "blocks": parse_block,
    "block_mistakes": parse_block,
    "templates": parse_template,
}


WORDS = {*lexical.STATEMENTS, *"add remove as from to on using queue approval".split()} - {"if"}
"""Words of statements: free as names."""


def cases(file: str) -> Iterator[str]:
    """The texts of a file: what stands behind the bars of each paragraph."""
    for paragraph in (FOLDER / f"{file}.txt").read_text("utf-8").strip().split("\n\n"):
        yield "\n".join(line[2:] for line in paragraph.split("\n") if line.startswith("|"))


def outcome(file: str, text: str) -> str:
    """A case with what comes of it: its tree, or its problems as a terminal shows them."""
    tree, problems = PARSERS[file](Excerpt.whole(text.replace("␠", " ").replace("␉", "\t"), "case"))
    assert (tree is None) == bool(problems)
    shown = "\n".join(f"| {line}".rstrip() for line in text.split("\n"))
    result = sexpr(plain(tree)) if tree else "\n".join(map(render, problems))
    return shown + "\n" + "\n".join(line.rstrip() for line in result.split("\n"))


def sexpr(value: object) -> str:
    """A tree in one line: `(Binary "+" (Name "a") (Number "1" no))`."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case str():
            return '"' + value.replace("\n", "\\n") + '"'
        case (str(name), *parts) if hasattr(s, name):
            return f"({' '.join([name, *map(sexpr, parts)])})"
        case tuple():
            return f"[{' '.join(map(sexpr, value))}]"
        case _:
            raise TypeError(value)


@pytest.mark.parametrize("file", PARSERS)
def test_each_text_gives_its_tree_or_its_problems(file: str, update: bool) -> None:
    result = "\n\n".join(outcome(file, text) for text in cases(file)) + "\n"
    path = FOLDER / f"{file}.txt"
    if update:
        path.write_text(result, "utf-8")
    assert result == path.read_text("utf-8")


def test_the_grammar_has_no_conflict() -> None:
    build(strict=True)


def test_a_statement_word_is_never_expected_where_a_name_is() -> None:
    states = build().parser.parser._parse_table.states.values()
    words = {terminal.name for terminal in build().terminals if str(terminal.pattern.value) in WORDS}
    assert not [state for state in states if "NAME" in state and words & state.keys()]


def test_no_word_is_taken_for_two() -> None:
    for text in ["a orb", "a inb", "a is setx", "notb c", "f(a byb)"]:
        assert parse_expression(Excerpt.whole(text))[1], text
    for text in ["sett = 1", "set a = 1 stopx", "stopset a = 1", 'refuse "a" onb', "create a {} asb"]:
        assert parse_block(Excerpt.whole(text))[1], text
    assert parse_expression(Excerpt.whole("notb or is_set and orb"))[1] == []


def test_the_words_of_the_grammar_are_those_of_the_scanner() -> None:
    grammar = build()
    words = {str(terminal.pattern.value) for terminal in grammar.terminals if str(terminal.pattern.value).isalpha()}
    assert words - WORDS == lexical.RESERVED


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS)
def test_every_piece_knows_its_stretch(tree: s.Syntax) -> None:
    text = print_syntax(tree)
    whole, _ = parse_expression(Excerpt.whole(text))
    assert whole is not None
    waiting: list[s.Syntax] = [whole]
    while waiting:
        piece = waiting.pop()
        again, _ = parse_expression(Excerpt.whole(text[piece.start : piece.end]))
        assert plain(again) == plain(piece)
        waiting += s.parts(piece)


def test_positions_are_those_of_the_document_around() -> None:
    source = Source("a.yaml", "when: 'x == ''y'' + '\n")
    text = "x == 'y' + "
    offsets = (*range(7, 13), *range(14, 16), *range(17, 22))[: len(text) + 1]
    _, problems = parse_expression(Excerpt(text, source, offsets))
    assert [problem.span.place for problem in problems if problem.span] == ["a.yaml:1:13"]


HOSTILE = {
    "nested parentheses": "(" * 20_000 + "a" + ")" * 20_000,
    "nested parentheses within 64 KiB": "(" * 30_000 + "a" + ")" * 30_000,
    "a long number": "9" * 5_000,
    "a megabyte of text": '"' + "a" * 1_000_000 + '"',
    "a megabyte of sums": "a + " * 250_000 + "a",
    "a long sum": "a+" * 30_000 + "a",
    "many signs": "-" * 60_000 + "a",
    "many nots": "not " * 16_000 + "a",
    "many holes": '"' + "{a}" * 20_000 + '"',
    "a long path": "a." * 30_000 + "a",
    "a long list": "[" + "a," * 30_000 + "a]",
    "nested ifs": "if a then b else " * 3_800 + "c",
    "strange characters": "~" * 60_000,
    "quotes": '"' * 60_001,
    "single quotes": "'" * 60_001,
    "full-width brackets": "（" * 20_000,
    "bad escapes": '"' + "\\q" * 30_000 + '"',
    "stray braces": '"' + "}" * 60_000 + '"',
    "underscores": "a" + "_" * 60_000,
    "closing brackets": ")" * 60_000,
    "statements": "set a = 1\n" * 6_000,
    "nested blocks": "if a { " * 9_000,
    "else ifs": "if a { stop } " + "else if a { stop } " * 3_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("parse", [parse_expression, parse_block, parse_template])
def test_hostile_texts_are_refused_soon(
    parse: Callable[[Excerpt], tuple[s.Syntax | None, list[Problem]]], text: str
) -> None:
    parse_expression(Excerpt.whole("a"))  # builds the parser, which is not what is measured
    begin = time.process_time()
    tree, problems = parse(Excerpt.whole(text))
    assert time.process_time() - begin < 2
    assert (tree is None) == bool(problems)
    assert len(problems) <= 21


def test_what_fits_the_bounds_is_taken() -> None:
    texts = ["(" * 64 + "a" + ")" * 64, "[" + ", ".join(["1"] * 1_999) + "]", "9" * 38, " + ".join(["a"] * 64)]
    for text in texts:
        assert parse_expression(Excerpt.whole(text))[1] == []
    assert [problem.code for problem in parse_expression(Excerpt.whole(" + ".join(["a"] * 65)))[1]] == ["E104"]


def test_threads_share_one_parser() -> None:
    parsing._built.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(parse_expression, [Excerpt.whole(f"a{i} + {i} * 2") for i in range(64)]))
    assert all(tree is not None for tree, _ in trees)
    assert parsing._built.cache_info().misses == 1
