"""Building with what the last build left gives what building anew gives, whatever has changed in between."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from kith.metadata.build import build
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from tests.metadata.mutator import APPS, Mutator

CHANGES = 6


@pytest.mark.parametrize("app", APPS)
def test_a_build_after_a_change_is_as_good_as_a_fresh_one(app: str) -> None:
    mutator, rng, memo = Mutator(app), random.Random(7), Memo()  # noqa: S311
    for _ in range(CHANGES):
        mutant = mutator.make(rng)
        documents = {**mutator.texts, mutant.path: mutant.text} if mutant else mutator.texts
        layers = (mutator.layers[0], replace(mutator.layers[-1], documents=documents))
        model, problems = build(layers)
        assert build(layers, memo) == (model, problems), mutant
        errors = [problem for problem in problems if problem.is_error]
        quick, found = build(layers, advice=False)
        assert (quick, [problem for problem in found if problem.is_error]) == (model, errors), mutant


def test_an_unchanged_text_is_compiled_again_where_a_name_it_reads_means_something_else() -> None:
    memo = Memo()
    before, _ = build(layers("integer"), memo)
    after, problems = build(layers("text"), memo)
    assert before and after is None
    assert [problem.span.place for problem in problems if problem.span] == ["shop/views/many.yaml:3:16"]


def test_an_unchanged_text_keeps_its_tree_where_all_that_it_reads_is_as_before() -> None:
    memo = Memo()
    one, _ = build(layers("integer"), memo)
    two, _ = build(layers("integer", "Einträge"), memo)
    assert one and two
    assert one.views["many"].filter is two.views["many"].filter
    assert (one.entities["shop"].label, two.entities["shop"].label) != (one.entities["shop"].label,) * 2


RULES = {
    "rules/plain.yaml": "rules: plain\nof: shop\nitems:\n"
    '  big: {when: size > 3, require: name is set, message: {en: "No {size}"}}\n'
    "  untold: {require: name is set, message: {en: No Chinese}}\n",
    "rules/closing.yaml": "rules: closing\nof: shop\nitems:\n"
    "  reason: {on: [{action: close}], require: because is set, message: {en: No}}\n",
    "rules/later.yaml": "rules: later\nof: shop\nitems:\n"
    '  aged: {due: {field: opened, after: 2d, at: "08:00"}, do: set name = "Old"}\n',
    "strings/zh-CN.yaml": "strings: zh-CN\ntexts: {rules.plain.items.big.message: 不行}\n",
}
SHOP = "  opened: {type: date, label: {en: Opened}}\nactions:\n  close: {label: {en: Close}, inputs: {because: {type: text}}}\n"
# what changes beside the documents of rules: the document, what stands there, what stands there then
BESIDE = {
    "nothing": ("app.yaml", "title", "title"),
    "the type of a field that a condition reads": ("entities/shop.yaml", "type: integer", "type: text"),
    "whether a field may be empty": ("entities/shop.yaml", "{type: integer,", "{type: integer, required: true,"),
    "what an action asks for": ("entities/shop.yaml", "inputs: {because:", "inputs: {why:"),
    "the type of the day that a rule waits for": ("entities/shop.yaml", "type: date", "type: datetime"),
    "the day that a rule waits for": ("entities/shop.yaml", "  opened:", "  begun:"),
    "a text that stands apart": ("strings/zh-CN.yaml", "不行", "不可"),
    "the languages": ("app.yaml", "languages: [en, zh-CN]", "languages: [en]"),
}


@pytest.mark.parametrize("what", BESIDE)
def test_unchanged_rules_are_made_again_where_what_they_hang_on_has_changed(what: str) -> None:
    path, old, new = BESIDE[what]
    (shop,) = layers("integer")
    before = {**shop.documents, **RULES, "entities/shop.yaml": shop.documents["entities/shop.yaml"] + SHOP}
    before["app.yaml"] = before["app.yaml"].replace("[en]", "[en, zh-CN]")
    assert old in before[path]
    memo, first = Memo(), (replace(shop, documents=before),)
    assert build(first, memo)[0]
    then = (replace(shop, documents={**before, path: before[path].replace(old, new, 1)}),)
    assert build(then, memo) == build(then)


def test_unchanged_rules_stay_where_all_that_they_hang_on_is_as_before() -> None:
    (shop,) = layers("integer")
    (other,) = layers("integer", "Einträge")
    memo = Memo()
    one, two = (
        build((replace(each, documents={**each.documents, "rules/plain.yaml": RULES["rules/plain.yaml"]}),), memo)[0]
        for each in (shop, other)
    )
    assert one and two
    assert one.rules["shop"][0] is two.rules["shop"][0]


# what changes beside an entity whose own document stays: the document, what stands there, what stands there then
AROUND = {
    "nothing": ("app.yaml", "title", "title"),
    "the type of what its roll-up adds": ("entities/sale.yaml", "type: integer", "type: decimal"),
    "whether what its roll-up adds exists": ("entities/sale.yaml", "  size:", "  length:"),
    "the lines that lead to it": ("entities/sale.yaml", "inverse: sales", "inverse: deals"),
    "whether the lines are its own": ("entities/sale.yaml", "inverse: sales", "inverse: sales, owned: true"),
    "a role that is an option": ("roles/clerk.yaml", "Clerk", "Seller"),
    "the fragment that it includes": ("fragments/named.yaml", "Name", "Called"),
    "a text that stands apart": ("strings/zh-CN.yaml", "大小", "尺寸"),
    "the currency": ("app.yaml", "currency: EUR", "currency: USD"),
    "the languages": ("app.yaml", "languages: [en]", "languages: [en, zh-CN]"),
}
KEPT = {
    "entities/shop.yaml": "entity: shop\nlabel: {en: Shop}\nplural: {en: Shops}\ninclude: [named]\nfields:\n"
    "  size: {type: integer}\n  price: {type: money, required_when: size > 3, label: {en: Price}}\n"
    "  role: {type: choice, options_from: roles, label: {en: Role}}\n"
    "  sum: {type: rollup, value: sum(sales.size), label: {en: Sum}}\n",
    "entities/sale.yaml": "entity: sale\nlabel: {en: Sale}\nplural: {en: Sales}\nfields:\n"
    "  shop: {type: reference, to: shop, inverse: sales, label: {en: Shop}}\n  size: {type: integer, label: {en: Size}}\n",
    "roles/clerk.yaml": "role: clerk\nlabel: {en: Clerk}\nentities: {}\n",
    "fragments/named.yaml": "fragment: named\nfields: {name: {type: text, label: {en: Name}}}\n",
    "strings/zh-CN.yaml": "strings: zh-CN\ntexts: {entity.shop.fields.size.label: 大小}\n",
}


@pytest.mark.parametrize("what", AROUND)
def test_an_entity_is_made_again_where_what_it_hangs_on_has_changed(what: str) -> None:
    path, old, new = AROUND[what]
    (shop,) = layers("integer")
    before = {**shop.documents, **KEPT}
    assert old in before[path]
    memo = Memo()
    assert build((replace(shop, documents=before),), memo)[0]
    then = (replace(shop, documents={**before, path: before[path].replace(old, new, 1)}),)
    assert build(then, memo) == build(then)
    assert build((replace(shop, documents=before),), memo) == build((replace(shop, documents=before),))


def test_an_entity_stays_where_all_that_it_hangs_on_is_as_before() -> None:
    (shop,) = layers("integer")
    memo, documents = Memo(), {**shop.documents, "entities/sale.yaml": KEPT["entities/sale.yaml"]}
    more = documents["entities/sale.yaml"] + "  note: {type: text, label: {en: Note}}\n"
    one, two = (
        build((replace(shop, documents={**documents, "entities/sale.yaml": sale}),), memo)[0]
        for sale in (documents["entities/sale.yaml"], more)
    )
    assert one and two
    assert one.entities["shop"] is two.entities["shop"]
    assert one.entities["sale"] != two.entities["sale"]


def test_what_a_build_does_not_ask_for_is_forgotten() -> None:
    memo = Memo()
    memo.put("a", 1)
    memo.put("b", 2)
    memo.turn()
    assert (memo.get("a"), memo.once("c", lambda: 3)) == (1, 3)
    memo.turn()
    assert (memo.get("a"), memo.get("b"), memo.get("c")) == (1, None, 3)


def layers(type_: str, label: str = "Shop") -> tuple[Layer, ...]:
    documents = {
        "app.yaml": 'app: shop\nversion: 1.0.0\ntitle: {en: Shop}\nlanguages: [en]\ntime_zone: UTC\ncurrency: EUR\n'
        'requires: {platform: ">=1.0"}\nnavigation: {}\n',
        "entities/shop.yaml": f"entity: shop\nlabel: {{en: {label}}}\nplural: {{en: Shops}}\n"
        f"fields:\n  name: {{type: text, label: {{en: Name}}}}\n  size: {{type: {type_}, label: {{en: Size}}}}\n",
        "views/many.yaml": "view: many\nof: shop\nfilter: size > 3\nlabel: {en: Many}\nlayout: table\ncolumns: {name: {}}\n",
    }  # fmt: skip
    return (Layer("shop", "1.0.0", documents, "", "shop"),)
