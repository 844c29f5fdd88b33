"""`kith fmt` writes expressions anew and touches nothing else of a document."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

from kith.cli.main import app
from kith.metadata.formatting import format_document, slots
from kith.rules import syntax as s
from kith.rules.printing import print_syntax
from kith.source import Mapping, read
from tests.rules.syntax.trees import EXPRESSIONS

APPS = Path(__file__).parents[2] / "apps"

WRITTEN = """\
# What must hold.
rules: discounts
of: opportunity
items:
  quoted:
    on: [create,   update]           # spaces of YAML stay
    when: '(stage   == "won")'
    require: 'stage in ["a","b"] or not(paid)'
    message: {en: "Discount {  discount } is over 15%: \\"pick\\"", zh-CN: '折扣 {discount??0%} \\{x\\}'}
  literal:
    on: [update]
    when: |
      stage=="won" # why

    do: |-   # a comment of YAML
        set a=1
        if b{stop}

    label: {en: (a) , zh-CN: (b)}
  folded:
    on: [update]
    when: >
      stage == "won"
      and  paid
    require: >-
      stage == "won"
      and paid
    message: >
      Very {a+b} long
      text
"""
FORMATTED = """\
# What must hold.
rules: discounts
of: opportunity
items:
  quoted:
    on: [create,   update]           # spaces of YAML stay
    when: stage == "won"
    require: stage in ["a", "b"] or not paid
    message: {en: "Discount {discount} is over 15%: \\"pick\\"", zh-CN: '折扣 {discount ?? 0%} \\{x\\}'}
  literal:
    on: [update]
    when: |
      stage == "won"  # why

    do: |-   # a comment of YAML
        set a = 1
        if b { stop }

    label: {en: (a) , zh-CN: (b)}
  folded:
    on: [update]
    when: >
      stage == "won" and paid
    require: >-
      stage == "won"
      and paid
    message: >
      Very {a + b} long
      text
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_expressions_change(newline: str) -> None:
    written, formatted = WRITTEN.replace("\n", newline), FORMATTED.replace("\n", newline)
    problems = format_document(written, "a.yaml")[1]
    assert problems == []
    assert format_document(written, "a.yaml")[0] == formatted
    assert format_document(formatted, "a.yaml")[0] == formatted


def test_a_slot_with_a_mistake_stays_and_is_told() -> None:
    text = "view: a\nof: b\nfilter: c = 1\ncolumns: {d: {}}\n"
    formatted, problems = format_document(text, "a.yaml")
    assert formatted == text
    assert [(problem.code, problem.span and problem.span.place) for problem in problems] == [("E120", "a.yaml:3:11")]


def test_what_is_no_document_stays() -> None:
    for text in ["services: {a: 'b   == c'}\n", "[a, b]\n", "a: [\n"]:
        assert format_document(text, "a.yaml")[0] == text


@settings(max_examples=120, deadline=None)
@given(EXPRESSIONS)
def test_a_written_slot_reads_as_the_expression(tree: s.Syntax) -> None:
    text = print_syntax(tree)
    quoted = text.replace("'", "''")
    for before, after in (("filter: '", "'\n"), ("{view: v, filter: '", "', of: x}\n")):
        document = f"view: v\n{before}{quoted}{after}" if before[0] == "f" else f"{before}{quoted}{after}"
        node, problems = read(document, "a.yaml")
        if problems:
            continue  # characters that no document may hold
        formatted, problems = format_document(document, "a.yaml")
        assert problems == []
        node, problems = read(formatted, "a.yaml")
        assert problems == []
        assert isinstance(node, Mapping)
        assert [slot.scalar.text for slot in slots("view", node)] == [text]
        assert format_document(formatted, "a.yaml")[0] == formatted


@pytest.mark.parametrize("file", sorted(APPS.rglob("*.yaml")), ids=lambda file: str(file.relative_to(APPS)))
def test_formatting_an_app_twice_is_formatting_it_once(file: Path) -> None:
    formatted, problems = format_document(file.read_text("utf-8"), file.name)
    assert problems == []
    assert format_document(formatted, file.name)[0] == formatted


def test_the_command_changes_files_or_only_says_so(tmp_path: Path) -> None:
    file, hidden = tmp_path / "views/a.yaml", tmp_path / ".cache/a.yaml"
    for path in (file, hidden):
        path.parent.mkdir()
        path.write_text("view: a\nfilter: (b)\n", "utf-8")
    run = CliRunner().invoke
    checked = run(app, ["fmt", str(tmp_path), "--check", "--lang", "en"])
    assert (checked.exit_code, checked.stdout) == (1, f"{file} would change\n")
    assert "(b)" in file.read_text("utf-8")
    assert run(app, ["fmt", str(tmp_path), "--lang", "zh-CN"]).stdout == f"{file} 已更改\n"
    assert file.read_text("utf-8") == "view: a\nfilter: b\n"
    assert "(b)" in hidden.read_text("utf-8")
    done = run(app, ["fmt", str(file), "--check", "--lang", "en"])
    assert (done.exit_code, done.stdout) == (0, "Nothing to change.\n")


def test_the_command_tells_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("view: a\nfilter: b = 1\n", "utf-8")
    result = CliRunner().invoke(app, ["fmt", str(file), "--lang", "en"])
    assert result.exit_code == 1
    assert "E120" in result.stderr
    assert CliRunner().invoke(app, ["fmt", str(tmp_path / "none")]).exit_code == 64
