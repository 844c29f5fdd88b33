"""`kith fmt` writes expressions anew and touches nothing else of a document."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kith.cli.main import app
from kith.metadata.formatting import SlotText, format_document, slots
from kith.metadata.shapes.kinds import KINDS
from kith.rules import syntax as s
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.printing import print_syntax
from kith.source import Mapping, Node, Scalar, read
from tests.rules.syntax.trees import BLOCKS, EXPRESSIONS, plain

APPS = Path(__file__).parents[2] / "apps"
CASES = Path(__file__).parent / "cases"
OTHERS = sorted(CASES.rglob("*.yaml"))
GOLDEN = sorted(path for path in (Path(__file__).parent / "formatting").iterdir() if path.is_dir())
PARSERS = {"expression": parse_expression, "block": parse_block, "template": parse_template}
COMMENT = re.compile(r"#.*$", re.MULTILINE)

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
    assert meant(formatted) == meant(file.read_text("utf-8"))


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


def test_the_command_shows_a_patch_and_json_and_formats_what_it_is_given(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("view: a\nfilter: (b)\n", "utf-8")
    run = CliRunner().invoke
    patch = f"--- {file}\n+++ {file}\n@@ -1,2 +1,2 @@\n view: a\n-filter: (b)\n+filter: b\n"
    shown = run(app, ["fmt", str(file), "--diff"])
    assert (shown.exit_code, shown.stdout) == (1, patch)
    data = json.loads(run(app, ["fmt", str(file), "--check", "--json"]).stdout)
    assert data == {"changed": [{"path": str(file), "diff": patch}], "problems": []}
    assert "(b)" in file.read_text("utf-8")
    given = run(app, ["fmt", "-"], input="view: a\r\nfilter: (b)\r\n")
    assert (given.exit_code, given.stdout_bytes) == (0, b"view: a\r\nfilter: b\r\n")
    assert run(app, ["fmt", "-", "--diff"], input="view: a\nfilter: b").stdout == ""
    told = json.loads(run(app, ["fmt", "-", "--json"], input="view: a\nfilter: (b)\n").stdout)
    assert [one["path"] for one in told["changed"]] == ["-"]
    broken = run(app, ["fmt", "-", "--json", "--check"], input="view: a\nfilter: b = 1\n")
    assert [problem["code"] for problem in json.loads(broken.stdout)["problems"]] == ["E120"]


def test_the_command_tells_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("view: a\nfilter: b = 1\n", "utf-8")
    result = CliRunner().invoke(app, ["fmt", str(file), "--lang", "en"])
    assert result.exit_code == 1
    assert "E120" in result.stderr
    assert CliRunner().invoke(app, ["fmt", str(tmp_path / "none")]).exit_code == 64


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_a_written_document_is_formatted_like_this(folder: Path, update: bool) -> None:
    written = (folder / "written.yaml").read_text("utf-8")
    formatted, problems = format_document(written, "a.yaml")
    if update:
        (folder / "formatted.yaml").write_text(formatted, "utf-8")
    assert problems == []
    assert formatted == (folder / "formatted.yaml").read_text("utf-8")
    assert format_document(formatted, "a.yaml")[0] == formatted
    assert meant(formatted) == meant(written)
    assert COMMENT.findall(formatted) == COMMENT.findall(written)


@pytest.mark.parametrize("file", OTHERS, ids=lambda file: str(file.relative_to(CASES)))
def test_formatting_a_document_with_mistakes_spoils_nothing(file: Path) -> None:
    text = file.read_bytes().decode(errors="replace")
    formatted, _ = format_document(text, file.name)
    assert format_document(formatted, file.name)[0] == formatted
    assert meant(formatted) == meant(text)


@settings(max_examples=150, deadline=None)
@given(BLOCKS, st.sampled_from(["|", "|-", "|+", "|2", "|4-", '"']), st.integers(0, 3))
def test_a_block_means_the_same_in_every_style_of_yaml(tree: s.Block, style: str, blank: int) -> None:
    printed = print_syntax(tree)
    spread = re.sub(r" ([=:<>+*/,-]+) ", r"  \1   ", printed.replace("\n", "\n" * (blank + 1)))
    text = f"rules: r\nof: x\nitems:\n  a:\n    do: {_in_yaml(spread, style)}  # of YAML\n    on: [create]\n"
    if style != '"':
        text = text.replace("  # of YAML\n    on", "\n    # of YAML\n    on")
    if read(text, "a.yaml")[1]:
        return  # characters that no document may hold
    formatted, problems = format_document(text, "a.yaml")
    assert problems == []
    assert format_document(formatted, "a.yaml")[0] == formatted
    assert meant(formatted) == meant(text)
    assert formatted.count("# of YAML") == 1
    (slot,) = _slots_of(formatted)
    assert re.sub("\n\n+", "\n", slot.scalar.text.strip("\n")) == printed


def _in_yaml(text: str, style: str) -> str:
    """A text as a value at a key in column 4."""
    if style == '"':
        return json.dumps(text, ensure_ascii=False)
    indent = " " * (4 + int(style[1])) if style[1:2].isdigit() else " " * 6
    return f"{style}\n" + "\n".join(indent + line if line else "" for line in text.split("\n"))


def _slots_of(text: str) -> list[SlotText]:
    node, _ = read(text, "a.yaml")
    assert isinstance(node, Mapping)
    return list(slots(next(iter(node.entries)), node))


def meant(text: str) -> object:
    """What a document says, its expressions as trees without their places."""
    node, _ = read(text, "a.yaml")
    if not isinstance(node, Mapping) or not node.entries or next(iter(node.entries)) not in KINDS:
        return text
    trees: dict[Scalar, object] = {}
    for slot in slots(next(iter(node.entries)), node):
        tree, _ = PARSERS[slot.start](slot.scalar.excerpt())
        if tree is not None:
            trees[slot.scalar] = plain(tree)
    return _said(node, trees)


def _said(node: Node, trees: dict[Scalar, object]) -> object:
    if isinstance(node, Scalar):
        return node.text if node.text in {"true", "false"} else trees.get(node, (node.text, node.style))
    if isinstance(node, Mapping):
        return [(name, _said(entry.value, trees)) for name, entry in node.entries.items()]
    return [_said(item, trees) for item in node.items]
