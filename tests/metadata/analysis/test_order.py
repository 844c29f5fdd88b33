"""The order of a save, for an app in which every stage has something to do."""

from __future__ import annotations

import pytest

from kith.metadata.analysis.order import Act, Because, order_of
from kith.metadata.analysis.order_told import STAGES, act_lines, order_data, order_text
from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from tests.metadata.example import BASE, write

FILES = BASE | {
    "entities/deal.yaml": """
entity: deal
title: "{name}"
fields:
  name: {type: text, required: true, max_length: 80}
  thing: {type: reference, to: thing, inverse: deals}
  grade: {type: text, max_length: 1, default: C}
  note: {type: text, max_length: 80, default_from: name, required_when: grade == "A"}
  weighted: {type: formula, value: net * 2}
  lines_total: {type: rollup, value: sum(lines.price)}
  net: {type: integer}
  again: {type: formula, value: length(name)}
""".lstrip(),
    "entities/deal_line.yaml": """
entity: deal_line
title: "{deal.name}"
fields:
  deal: {type: reference, to: deal, inverse: lines, owned: true, required: true, on_delete: cascade}
  price: {type: integer}
""".lstrip(),
    "rules/deals.yaml": """
rules: deals
of: deal
items:
  tell:
    on: [create]
    do: |
      # Whoever made it hears of it.
      create thing { name: name }
      set thing.name = "sold"
  net_of_lines:
    on: [create, update]
    when: lines_total > 0
    do: set net = lines_total
  has_name: {require: length(name) > 1, message: Longer}
""".lstrip(),
    "rules/things.yaml": """
rules: things
of: thing
items:
  few: {require: count(deals) <= 9, message: Too many}
""".lstrip(),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    layers, _ = load(write(tmp_path_factory.mktemp("app"), FILES))
    model, problems = build(layers)
    assert model is not None, problems
    return model


def named(acts: tuple[Act, ...]) -> list[str]:
    return [f"{act.stage} {act.kind} {act.name}" for act in acts]


def test_everything_a_save_does_stands_in_the_order_in_which_it_happens(model: Model) -> None:
    assert named(order_of(model, model.entities["deal"])) == [
        "input input deal",
        "defaults default grade",
        "defaults default_from note",
        "lines lines lines",
        "rollups rollup lines_total",
        "before formula again",
        "before do deals/net_of_lines",
        "before formula weighted",
        "fields required_when note",
        "requires require deals/has_name",
        "write write deal",
        "others require things/few",
        "after do deals/tell",
    ]


def test_a_step_says_after_whom_it_comes_and_why(model: Model) -> None:
    acts = {act.name: act for act in order_of(model, model.entities["deal"]) if act.stage == "before"}
    assert acts["weighted"].because == (Because("deals/net_of_lines", ("net",)),)
    assert acts["again"].because == (Because(),)
    assert list(act_lines(acts["weighted"], "en")) == [
        "- formula weighted: net * 2",
        "    reads net",
        "    after deals/net_of_lines, which makes net",
    ]


def test_a_rule_says_what_it_writes_elsewhere(model: Model) -> None:
    tell = order_of(model, model.entities["deal"])[-1]
    assert tell.writes == ("thing", "thing.name")
    assert tell.text == 'create thing { name: name } set thing.name = "sold"'


def test_lines_name_the_rollup_that_they_feed(model: Model) -> None:
    fed = [act for act in order_of(model, model.entities["deal_line"]) if act.stage == "others"]
    assert [(act.name, act.because) for act in fed] == [("deal.lines_total", (Because("deal_line", ("deal",)),))]


@pytest.mark.parametrize(("language", "words"), [("en", "1. What was sent"), ("zh-CN", "1. 读取所提交的内容")])
def test_the_page_is_told_in_both_languages(model: Model, language: str, words: str) -> None:
    acts = order_of(model, model.entities["deal"])
    text = order_text(model.entities["deal"], acts, language)
    assert words in text
    assert len([line for line in text.splitlines() if line[:1].isdigit()]) == len(STAGES)
    assert [one["name"] for one in order_data(acts, language)] == [act.name for act in acts]
