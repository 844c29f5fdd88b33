"""What building makes of documents: types, storage, order, titles, labels, navigation."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.checking import check
from kith.metadata.layers import load
from kith.metadata.layers.loading import CORE, load_layer
from kith.metadata.model import Layer, Model
from kith.rules.program import Expression
from tests.metadata.example import BASE, files_of

ROOT = Path(__file__).resolve().parents[2]


def model_of(example: str) -> Model:
    core, _ = load_layer(CORE, "platform/core")
    model, problems = build([core, Layer("example", "1.0.0", files_of(example), "", "example")])
    assert [problem.message() for problem in problems] == []
    assert model
    return model


@pytest.mark.parametrize("app", ["retail_crm", "b2b_crm"])
def test_a_shipped_app_is_clean(app: str) -> None:
    assert [problem.message() for problem in check(ROOT / "apps" / app) if problem.is_error] == []


@pytest.mark.parametrize(
    ("declared", "type_"),
    [
        ("type: text", "text?"),
        ("type: text, required: true", "text"),
        ("type: integer", "int?"),
        ("type: decimal, precision: 9, scale: 3", "decimal(9,3)?"),
        ("type: money", "money(15,2,EUR)?"),
        ("type: money, currency: USD, scale: 4", "money(15,4,USD)?"),
        ("type: percent", "percent?"),
        ("type: boolean, required: true, default: true", "bool"),
        ("type: date", "date?"),
        ("type: datetime", "datetime?"),
        ("type: duration", "duration?"),
        ("type: choice, options: {a: {}, b: {}}", "choice<a,b>?"),
        ("type: choices, options: {a: {}}", "set<choice<a>>"),
        ("type: tags", "set<text>"),
        ("type: reference, to: thing", "ref<thing>?"),
        ("type: reference, to: thing, inverse: boxes, owned: true", "ref<thing>"),
        ("type: references, to: thing", "set<ref<thing>>"),
        ("type: user", "ref<user>?"),
        ("type: team", "ref<team>?"),
        ("type: address", "record?"),
        ("type: formula, value: size + 1", "int?"),
        (
            'type: formula, value: \'if size > 3 then "big" else "small"\', result: {type: choice, options: {small: {}, big: {}}}',
            "choice<small,big>",
        ),
        ("type: rollup, value: count(downs)", "int"),
        ("type: rollup, value: avg(downs.size)", "decimal(18,6)?"),
    ],
)
def test_a_field_has_a_type_in_expressions(declared: str, type_: str) -> None:
    others = "size: {type: integer}, up: {type: reference, to: box, inverse: downs}"
    text = f"entity: box\nfields: {{{others}, x: {{{declared}}}}}\n"
    assert str(model_of(text).entities["box"].fields["x"].type) == type_


STORAGE = """
entity: box
fields:
  size: {type: integer}
  due: {type: date}
  up: {type: reference, to: box, inverse: downs}
  own: {type: formula, value: size * 2}
  own_of_own: {type: formula, value: own + 1}
  rolled: {type: rollup, value: sum(downs.size)}
  rolled_twice: {type: rollup, value: sum(downs.rolled)}
  behind: {type: formula, value: up.size}
  behind_kept: {type: formula, value: up.size, keep: copy}
  on_behind: {type: formula, value: behind + 1}
  looked: {type: lookup, value: up.due}
  today: {type: formula, value: due < today()}
  on_today: {type: formula, value: not today}
  rolled_today: {type: rollup, value: count(downs where due < today())}
  now: {type: formula, value: created_at < now()}
  on_now: {type: formula, value: not now}
""".lstrip()


def test_where_a_computed_value_is_kept() -> None:
    fields = model_of(STORAGE).entities["box"].fields
    assert {name: field.storage for name, field in fields.items() if field.is_computed} == {
        "own": "stored",
        "own_of_own": "stored",
        "rolled": "stored",
        "rolled_twice": "stored",
        "behind": "computed",
        "behind_kept": "stored",
        "on_behind": "computed",
        "looked": "computed",
        "today": "fresh",
        "on_today": "fresh",
        "rolled_today": "fresh",
        "now": "computed",
        "on_now": "computed",
    }


def test_a_formula_reads_fields_that_are_declared_after_it() -> None:
    fields = (
        model_of(
            "entity: box\nfields: {a: {type: formula, value: b + 1}, b: {type: formula, value: c + 1}, c: {type: integer}}"
        )
        .entities["box"]
        .fields
    )
    assert str(fields["a"].type) == "int?"


def test_before_rules_run_after_those_whose_result_they_read() -> None:
    rules = """# entities/box.yaml
entity: box
fields: {a: {type: integer}, b: {type: integer}, c: {type: integer}}
# rules/r.yaml
rules: r
of: box
items:
  needs_b: {on: [create], do: set c = b}
  checks: {require: c is not set or c > 0, message: No.}
  needs_a: {on: [create], when: a is set, do: set b = 1}
  first: {on: [create], do: set a = 1}
  later: {on: [create], do: 'create thing { name: "x" }'}
"""
    found = model_of(rules).rules["box"]
    assert [rule.name for rule in found] == ["first", "needs_a", "needs_b", "checks", "later"]
    assert [rule.before for rule in found] == [True, True, True, False, False]
    assert found[3].trigger.events == ("create", "update")


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ("{size: {type: integer}, name: {type: text}}", "{name}"),
        ("{size: {type: integer}, no: {type: autonumber}}", "{no}"),
        ("{size: {type: integer}}", "{id}"),
    ],
)
def test_a_record_without_a_title_is_called_by_its_most_telling_field(fields: str, title: str) -> None:
    assert model_of(f"entity: box\nfields: {fields}").entities["box"].title.excerpt.text == title


def test_texts_come_from_the_document_or_from_strings_or_from_the_name() -> None:
    example = """# app.yaml
languages: [en, zh-CN]
title: {en: Example, zh-CN: 示例}
# entities/box.yaml
entity: box
label: {en: Box, zh-CN: 盒子}
fields: {big_size: {type: integer}}
# strings/zh-CN.yaml
strings: zh-CN
texts: {entity.box.fields.big_size.label: 大小}
# strings/en.yaml
strings: en
texts: {entity.box.fields.big_size.label: Size}
"""
    box = model_of(example).entities["box"]
    assert box.fields["big_size"].label.texts == {"en": "Size", "zh-CN": "大小"}
    assert box.label.in_("zh-CN") == "盒子"
    assert box.plural.texts == box.label.texts
    plain = model_of("entity: box\nfields: {big_size: {type: integer}}").entities["box"]
    assert plain.fields["big_size"].label.in_("en") == "Big size"


def test_relations_go_both_ways() -> None:
    example = """entity: box
fields:
  thing: {type: reference, to: thing, inverse: boxes, owned: true}
  many: {type: references, to: thing, inverse: crates}
"""
    model = model_of(example)
    inverses = model.entities["thing"].inverses
    assert {name: (found.entity, found.field, found.owned) for name, found in inverses.items()} == {
        "parts": ("thing", "part_of", False),
        "boxes": ("box", "thing", True),
        "crates": ("box", "many", False),
    }
    assert model.entities["box"].owner_of_lines == "thing"


def test_roles_are_the_options_of_a_users_roles() -> None:
    options = model_of("role: clerk\nentities: {thing: {read: true}}").entities["user"].fields["roles"].options
    assert list(options) == ["administrator", "clerk"]


def test_rights_are_truths_or_conditions() -> None:
    grant = (
        model_of("role: clerk\nentities: {thing: {read: created_by == me, create: true, delete: false}}")
        .roles["clerk"]
        .grants["thing"]
    )
    assert isinstance(grant.rights["read"], Expression)
    assert (grant.rights["create"], grant.rights["delete"], "update" in grant.rights) == (True, False, False)


def test_the_navigation_ends_with_what_administrators_need() -> None:
    example = "# app.yaml\n" + BASE["app.yaml"] + "navigation: {things: {entity: thing, icon: box}}\n"
    items = model_of(example).app.navigation
    assert [item.name for item in items] == ["things", "administration"]
    assert items[0].label.in_("en") == "Thing"
    assert [inner.name for inner in items[1].items] == ["users", "teams", "exchange_rates"]


def test_a_day_in_data_may_be_told_from_today() -> None:
    rows = (
        model_of("data: d\nof: thing\nrows: [{name: a, due: today() + 3d, amount: 12.50, status: open}]").data["d"].rows
    )
    due = rows["1"].pop("due")  # type: ignore[attr-defined]  # rows are plain dicts
    assert isinstance(due, Expression)
    assert str(rows["1"]["amount"]) == "12.50"


def test_conditions_for_variants_become_conditions_of_options() -> None:
    example = """entity: box
variants: kind
fields:
  kind: {type: choice, required: true, default: a, options: {a: {}, b: {}}}
  size: {type: choice, options: {s: {}, m: {}, l: {}}, options_when: {m: {only_for: [b]}, l: kind == "b"}}
"""
    field = model_of(example).entities["box"].fields["size"]
    assert {name: found.excerpt.text for name, found in field.options_when.items()} == {
        "m": 'kind in ["b"]',
        "l": 'kind == "b"',
    }


def test_the_layers_of_a_model_are_the_ones_it_was_built_of() -> None:
    layers, _ = load(ROOT / "apps/b2b_crm")
    model, _ = build(layers)
    assert model
    assert model.layers == layers
