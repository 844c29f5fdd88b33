"""Two rules that set a field in one save undo each other, unless something keeps them apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.mistakes import lint
from tests.metadata.example import BASE, write

ENTITY = """
entity: box
title: "{name}"
fields:
  name: {type: text, required: true}
  n: {type: integer}
  due: {type: date}
  stage: {type: choice, required: true, default: new, options: {new: {}, open: {}, shut: {}}}
  is_open: {type: formula, value: stage == "open"}
  sealer: {type: user}
  sealed: {type: date}
  task: {type: reference, to: box, inverse: tasks}
actions: {seal: {label: Seal}, open: {label: Open}}
"""
CLAIM = 'rules: idle\nof: box\nitems: {idle: {on: [{action: seal}, {action: open}], do: notify me "x"}}\n'
CONFLICT = {
    "nothing parts them": ("on: [update], do: set n = 1", "on: [update], do: set n = 2"),
    "their conditions overlap": (
        "on: [update], when: n > 1, do: set due = today()",
        "on: [update], when: n > 5, do: set due = null",
    ),
    "one is woken by a field": ("on: [{field: [due]}], do: set n = 1", "on: [update], do: set n = 2"),
    "an if within one": (
        "on: [update], do: 'if n > 3 { set due = today() }'",
        "on: [update], when: n > 2, do: set due = null",
    ),
    "one makes way for the other": (
        "on: [update], do: 'set stage = \"shut\" set n = 1'",
        'on: [update], when: stage == "shut", do: set n = 2',
    ),
    "a condition on what the first sets in some cases": (
        "on: [update], do: 'if due is set { set stage = \"shut\" } set n = 1'",
        'on: [update], when: stage == "shut", do: set n = 2',
    ),
}
APART = {
    "the same value": ("on: [update], do: set due = today()", "on: [update], when: n > 1, do: set due = today()"),
    "numbers": ("on: [update], when: n > 5, do: set due = today()", "on: [update], when: n <= 5, do: set due = null"),
    "a formula": ("on: [update], when: is_open, do: set n = 1", 'on: [update], when: stage == "shut", do: set n = 2'),
    "one on create": ("on: [create], do: set n = 1", "on: [update], do: set n = 2"),
    "one asks whether it is new": (
        "on: [create, update], when: is_new(), do: set n = 1",
        "on: [update], do: set n = 2",
    ),
    "one fills only": ("on: [update], when: n is not set, do: set n = 1", "on: [update], do: set n = 2"),
    "one adds only": ("on: [update], do: set n = n + 1", "on: [update], when: due is set, do: set n = 2"),
    "two actions": ("on: [{action: seal}], do: set n = 1", "on: [{action: open}], do: set n = 2"),
    "an action and a field that nobody sets": (
        "on: [{action: seal}], do: set n = 1",
        "on: [{field: [name]}], do: set n = 2",
    ),
    "an action and records below": ("on: [{action: seal}], do: set n = 1", "on: [{child: tasks}], do: set n = 2"),
    "what the first sets": (
        "on: [{action: seal}], do: 'set sealer = me set sealed = today()'",
        "on: [update], when: changed(sealer), do: 'if sealer is set { set sealed = today() } else { set sealed = null }'",
    ),
    "the two sides of an if": (
        "on: [update], do: 'if n > 1 { set due = today() } else { set due = null }'",
        "on: [update], do: set sealer = me",
    ),
    "a stop before": (
        "on: [update], do: 'if n > 5 { stop } set due = today()'",
        "on: [update], when: n > 6, do: set due = null",
    ),
}


def conflicts(folder: Path, rules: tuple[str, str]) -> int:
    """How many conflicts two rules have."""
    items = "".join(f"  r{number}: {{{rule}}}\n" for number, rule in enumerate(rules))
    files = {
        "entities/box.yaml": ENTITY.lstrip(),
        "rules/r.yaml": f"rules: r\nof: box\nitems:\n{items}",
        "rules/idle.yaml": CLAIM,
    }
    model, problems = build(load(write(folder, BASE | files))[0])
    assert model is not None, [problem.message() for problem in problems if problem.is_error]
    return sum(problem.code == lint.CONFLICT.code for problem in problems)


@pytest.mark.parametrize("name", CONFLICT)
def test_rules_undo_each_other(name: str, tmp_path: Path) -> None:
    assert conflicts(tmp_path, CONFLICT[name]) == 1


@pytest.mark.parametrize("name", APART)
def test_rules_are_kept_apart_by(name: str, tmp_path: Path) -> None:
    assert conflicts(tmp_path, APART[name]) == 0
