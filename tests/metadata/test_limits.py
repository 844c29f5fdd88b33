"""Hostile and huge apps are refused, within two seconds and 200 MB."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.checking import check
from kith.metadata.layers import loading
from tests.metadata.example import BASE, write

FIELDS = "\n".join(f"  f{number}: {{type: text}}" for number in range(10_000))
HOSTILE = {
    "ten_thousand_fields": {"entities/wide.yaml": f"entity: wide\nfields:\n{FIELDS}\n"},
    "a_dunder": {"entities/x.yaml": "entity: x\nfields: {__class__: {type: text}}\n"},
    "a_dunder_entity": {"entities/x.yaml": "entity: __init__\n"},
    "a_look_alike": {"entities/x.yaml": "entity: \u0430ccount\n"},
    "full_width_letters": {"entities/x.yaml": "entity: ａccount\n"},
    "a_route": {"entities/x.yaml": "entity: search\n"},
    "a_word_of_the_language": {"entities/x.yaml": "entity: where\n"},
    "brackets_in_a_slot": {
        "segments/s.yaml": f"segment: s\nof: thing\nfilter: '{'(' * 10_000}due is set{')' * 10_000}'\n"
    },
    "a_long_number": {"segments/s.yaml": f"segment: s\nof: thing\nfilter: amount > {'9' * 5_000}\n"},
    "a_chain_of_formulas": {
        "entities/x.yaml": "entity: x\nfields:\n  f0: {type: formula, value: f999 + 1}\n"
        + "".join(f"  f{n}: {{type: formula, value: f{n - 1} + 1}}\n" for n in range(1, 1_000))
    },
    "cycles_of_required_references": {
        f"entities/e{n}.yaml": f"entity: e{n}\nfields: {{next: {{type: reference, to: e{(n + 1) % 300}, required: true}}}}\n"
        for n in range(300)
    },
    "an_alias_bomb": {"entities/x.yaml": "entity: x\nfields: &a {b: &b [*a, *a]}\n"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_app_is_refused_quickly(name: str, tmp_path: Path) -> None:
    write(tmp_path, BASE | HOSTILE[name])
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    problems = check(tmp_path)
    assert any(problem.is_error for problem in problems)
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_a_long_chain_of_formulas_that_ends_is_no_mistake(tmp_path: Path) -> None:
    chain = "".join(f"  f{n}: {{type: formula, value: f{n + 1} + 1}}\n" for n in range(300))
    write(tmp_path, BASE | {"entities/x.yaml": f"entity: x\nfields:\n{chain}  f300: {{type: integer}}\n"})
    assert check(tmp_path) == []


@pytest.mark.parametrize(("limit", "value"), [("MAX_DOCUMENTS", 3), ("MAX_CHARACTERS", 700)])
def test_an_app_of_too_many_documents_is_refused(
    limit: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, limit, value)
    write(tmp_path, BASE | {f"segments/s{n}.yaml": f"segment: s{n}\nof: thing\nfilter: due is set\n" for n in range(9)})
    assert "D222" in {problem.code for problem in loading.load_layer(tmp_path, "app")[1]}


def big(entities: int) -> dict[str, str]:
    """An app of that many entities, each with 20 fields, 5 rules, a form and two views."""
    files = {"app.yaml": BASE["app.yaml"]}
    for n in range(entities):
        plain = "".join(
            f'  t{k}: {{type: text, max_length: {40 + k}, required_when: status == "done" and amount > {n + k}}}\n'
            f"  d{k}: {{type: date}}\n  i{k}: {{type: integer, min: 0, max: {10 + k}}}\n"
            for k in range(4)
        )
        files[f"entities/e{n}.yaml"] = f"""
entity: e{n}
title: "{{name}} · {{code}}"
fields:
  name: {{type: text, required: true, max_length: 80, search: true}}
  code: {{type: autonumber, pattern: "C{{seq:06}}"}}
  amount: {{type: money, min: 0, default: 0, required: true}}
  rate: {{type: percent}}
  status: {{type: choice, required: true, default: open, options: {{open: {{}}, done: {{}}, late: {{}}}}}}
  parent: {{type: reference, to: e{n // 2}, inverse: kids{n}}}
  owner: {{type: user, default_from: me}}
  total: {{type: formula, value: amount * (1 - (rate ?? {n % 90}%)), result: {{type: money}}}}
{plain}""".lstrip()
        rules = "".join(
            f'  a{k}:\n    when: status == "open" and amount > {k + n}\n'
            f"    require: d{k} is not set or d{k} >= today() - {n + 1}d\n"
            f'    message: "No {{name}} over {{amount}} ({k})."\n    field: d{k}\n'
            for k in range(3)
        )
        files[f"rules/r{n}.yaml"] = f"""
rules: r{n}
of: e{n}
items:
{rules}  b: {{on: [update], when: 'changed(status to "done") and d1 is not set', do: set d1 = today() + {n}d}}
  c: {{on: [update], when: changed(amount), do: 'set i1 = {n % 9}'}}
""".lstrip()
        for v in range(2):
            chosen = f"filter: owner == me and amount > {n}\n" if v else ""
            files[f"views/v{n}_{v}.yaml"] = (
                f"view: v{n}_{v}\nof: e{n}\n{chosen}columns: {{name: {{}}, amount: {{}}, parent.name: {{}}}}\nsort: [-d0]\n"
            )
        own = (f"{kind}{number}" for kind in "tdi" for number in range(4))
        names = ("name", "amount", "status", "rate", "parent", "owner", "total", *own)
        shown = ", ".join(f"{name}: {{}}" for name in names)
        files[f"forms/f{n}.yaml"] = f"form: f{n}\nof: e{n}\nsections: {{a: {{items: {{{shown}}}}}}}\n"
    return files


def test_a_hundred_entities_with_2_000_fields_and_500_rules_are_sound(tmp_path: Path) -> None:
    layers, _ = loading.load(
        write(tmp_path, big(100))
    )  # bench/ says how long that takes: it shall be two seconds at most
    model, problems = build(layers)
    assert model
    assert problems == []
    assert sum(len(entity.fields) for entity in model.entities.values()) >= 2_000
    assert sum(map(len, model.rules.values())) == 500
