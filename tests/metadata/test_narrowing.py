"""What a rule's `when` (and the `for` of a schedule) tells its `require` and `do`: nobody need guard against it again."""

from __future__ import annotations

from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.rules.tree import Path as PathNode
from kith.rules.tree import walk
from tests.metadata.example import write
from tests.support.worlds import app_document

DEAL = """\
entity: deal
label: Deal
plural: Deals
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  note: {type: text, label: Note}
  share: {type: percent, label: Share}
  total: {type: decimal, label: Total}
  pieces: {type: integer, label: Pieces}
  firm: {type: decimal, required: true, label: Firm}
  due: {type: date, label: Due}
  parent: {type: reference, to: deal, inverse: parts, label: Parent}
"""
# name: the rule but for `on`, and the codes of its problems
RULES: dict[str, tuple[str, list[str]]] = {
    "require_without_when": ("require: share <= 15%, message: No", ["E401"]),
    "require": ("when: share is set, require: share <= 15%, message: No", []),
    "require_of_another_field": ("when: note is set, require: share <= 15%, message: No", ["E401"]),
    "require_of_either": ("when: share is set or note is set, require: share <= 15%, message: No", ["E401"]),
    "require_after_a_comparison": ("when: total > 10, require: total < 20, message: No", []),
    "require_where_it_is_not_set": ("when: share is not set, require: share <= 15%, message: No", ["E401"]),
    "require_behind_a_reference": ("when: parent.total is set, require: parent.total < 20, message: No", []),
    "require_of_a_quotient": ("when: total is set and pieces > 0, require: total / pieces > 1, message: No", []),
    "require_of_a_quotient_by_any": ("when: total is set and pieces is set, require: total / pieces > 1, message: No", ["E401"]),
    "set": ("when: note is set, do: set name = note", []),
    "set_without_when": ("do: set name = note", ["E402"]),
    "set_of_a_product": ("when: total is set, do: set firm = total * 2", []),
    "set_by_a_name": ("when: total is set, do: 'let double = total * 2\n\n\n      set firm = double'", []),
    "set_after_another": ("when: note is set, do: 'set note = parent.note\n\n\n      set name = note'", ["E402"]),
    "set_in_time": ("every: day at 06:00, for: note is set, do: set name = note", []),
    "set_before_the_due_time": ("every: day at 06:00, for: due is set, do: set name = note", ["E402"]),
}  # fmt: skip


def test_what_when_tells_holds_in_what_follows(tmp_path: Path) -> None:
    files = {"app.yaml": app_document("corner", "deal"), "entities/deal.yaml": DEAL}
    for name, (text, _) in RULES.items():
        rule = text if "every" in text else f"on: [create, update], {text}"
        files[f"rules/{name}.yaml"] = f"rules: {name}\nof: deal\nitems: {{it: {{{rule}}}}}\n"
    _, problems = build(load(write(tmp_path, files))[0])
    found: dict[str, list[str]] = {name: [] for name in RULES}
    for one in problems:
        if one.span is not None and one.mistake.code.startswith("E"):
            found[Path(one.span.source.path).stem].append(one.mistake.code)
    assert found == {name: codes for name, (_, codes) in RULES.items()}


def test_what_is_told_changes_no_type(tmp_path: Path) -> None:
    rules = "rules: deals\nof: deal\nitems:\n  few: {when: share is set, require: share <= 15%, message: No}\n"
    files = {"app.yaml": app_document("corner", "deal"), "entities/deal.yaml": DEAL, "rules/deals.yaml": rules}
    model, problems = build(load(write(tmp_path, files))[0])
    assert model is not None, [one.message() for one in problems]
    (rule,) = model.rules["deal"]
    assert rule.require is not None
    # Back ends that evaluate the text for itself still see that it may be missing.
    assert [node.type.nullable for node in walk(rule.require.tree) if isinstance(node, PathNode)] == [True]
