"""Which rules set each other off: what never ends is refused, what may go on is named, and the rest is let be."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from tests.metadata.example import write

ENTITIES = """
entity: box
fields:
  a: {type: integer}
  b: {type: integer}
  c: {type: formula, value: a + 1}
  d: {type: integer, default: 1}
  inside: {type: reference, to: box, inverse: boxes}
  pile: {type: reference, to: pile, inverse: boxes}
"""
PILE = """
entity: pile
fields:
  n: {type: integer}
  total: {type: rollup, value: sum(boxes.a)}
  top: {type: reference, to: box}
"""
NEVER, PERHAPS = "E604", "W507"

CASES: dict[str, tuple[list[str], list[tuple[str, str]]]] = {
    "a rule makes what wakes it": (
        ["of: box\nitems: {more: {on: [create], do: 'create box { a: 1 }'}}"],
        [(NEVER, "r0/more → r0/more")],
    ),
    "two rules make what wakes the other": (
        [
            "of: box\nitems: {up: {on: [create], do: 'create pile { n: 1 }'}}",
            "of: pile\nitems: {down: {on: [create], do: 'create box { pile: this }'}}",
        ],
        [(NEVER, "r0/up → r1/down → r0/up")],
    ),
    "a counter that counts its own counting": (
        ["of: box\nitems: {up: {on: [update], do: 'set a = a + 1 notify created_by \"x\"'}}"],
        [(NEVER, "r0/up → r0/up")],
    ),
    "a condition may end it": (
        ["of: box\nitems: {more: {on: [create], when: a > 0, do: 'create box { a: a - 1 }'}}"],
        [(PERHAPS, "r0/more → r0/more")],
    ),
    "an if may end it": (
        ["of: box\nitems: {more: {on: [create], do: 'if a > 0 { create box { a: a - 1 } }'}}"],
        [(PERHAPS, "r0/more → r0/more")],
    ),
    "a stop may end it": (
        ["of: box\nitems: {more: {on: [create], do: 'if a == 0 { stop } create box { a: 1 }'}}"],
        [(PERHAPS, "r0/more → r0/more")],
    ),
    "a sum wakes the rule that moves it": (
        ["of: pile\nitems: {spread: {on: [{field: [total]}], do: 'update boxes { a: n }'}}"],
        [(PERHAPS, "r0/spread → r0/spread")],
    ),
    "a formula wakes the rule that moves it": (
        ["of: box\nitems: {up: {on: [{field: [c]}], do: 'set inside.a = c'}}"],
        [(PERHAPS, "r0/up → r0/up")],
    ),
    "a value that new records are given wakes as well": (
        ["of: box\nitems: {up: {on: [{field: [d]}], when: d == 1, do: 'create box { a: 1 }'}}"],
        [(PERHAPS, "r0/up → r0/up")],
    ),
    "a rule before the write wakes one after it": (
        [
            "of: box\nitems: {first: {on: [{field: [a]}], do: 'set b = a'}}",
            "of: box\nitems: {then_up: {on: [{field: [b]}], do: 'set inside.a = b'}}",
        ],
        [(PERHAPS, "r0/first → r1/then_up → r0/first")],
    ),
    "a relation wakes who waits for it": (
        ["of: pile\nitems: {each: {on: [{child: boxes}], do: 'for box in boxes { set box.b = n }'}}"],
        [(PERHAPS, "r0/each → r0/each")],
    ),
    "what it sets wakes nobody": (
        [
            "of: box\nitems: {up: {on: [{field: [a]}], do: 'set inside.b = a'}}",
            "of: pile\nitems: {note: {on: [update], do: 'create box { b: 1 }'}}",
        ],
        [],
    ),
    "a rule sets its own field before the write": (
        ["of: box\nitems: {up: {on: [update], do: 'set b = (b ?? 0) + 1'}}"],
        [],
    ),
    "a change that the other does not make": (
        ["of: box\nitems: {up: {on: [update], when: changed(b), do: 'set inside.a = 1'}}"],
        [],
    ),
    "a new record is not a change": (
        ["of: box\nitems: {up: {on: [create, update], when: is_new() and a > 1, do: 'set inside.a = 1'}}"],
        [],
    ),
    "what is deleted comes to an end": (
        ["of: box\nitems: {down: {on: [create], do: 'delete boxes'}}"],
        [],
    ),
}


@pytest.mark.parametrize(("rules", "told"), CASES.values(), ids=CASES.keys())
def test_rules_that_come_round(tmp_path: Path, rules: list[str], told: list[tuple[str, str]]) -> None:
    files = {f"rules/r{number}.yaml": f"rules: r{number}\n{text}" for number, text in enumerate(rules)}
    folder = write(tmp_path, {"entities/box.yaml": ENTITIES, "entities/pile.yaml": PILE, **files})
    _, problems = build(load(folder)[0])
    found = [(one.code, str(one.values.get("path", ""))) for one in problems if one.code in (NEVER, PERHAPS)]
    assert found == told
