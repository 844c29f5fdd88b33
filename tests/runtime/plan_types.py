"""Pairs of models between which fields change their types, each with data that fits and data that does not."""

from __future__ import annotations

from typing import Any

from kith.metadata.model import Option
from kith.rules.types import decimal
from tests.runtime.models import entity, expression, field, label, model
from tests.runtime.plan_cases import ID, Case

COLOURS = {"red": Option("red", label("Deep red")), "blue": Option("blue", label("Blue"), renamed_from=("navy",))}
SIZES = {"shop": [{"name": "A", "size": "12"}, {"name": "B", "size": " 3 "}, {"name": "C"}]}
ODD_SIZES = {"shop": [*SIZES["shop"], {"name": "D", "size": "many"}, {"name": "E", "size": "1.5"}]}


def _shop(*fields: Any, **settings: Any) -> Any:
    return entity("shop", field("name"), *fields, **settings)


def _both(old: Any, new: Any, *values: Any, **settings: Any) -> Case:
    """One field that changes its type, and the values of some records as the database has them."""
    rows = [{"name": chr(65 + index), old.name: value} for index, value in enumerate(values)]
    return Case(model(_shop(old)), model(_shop(new, **settings)), {"shop": rows})


CASES: dict[str, Case] = {
    "retype_that_fits": Case(model(_shop(field("size"))), model(_shop(field("size", "integer"))), SIZES),
    "retype_that_does_not_fit": Case(model(_shop(field("size"))), model(_shop(field("size", "integer"))), ODD_SIZES),
    "retype_and_rename": Case(
        model(_shop(field("size")), entity("visit", field("shop", "reference", to="shop"))),
        model(
            entity("branch", field("name"), field("area", "decimal", renamed_from=("size",)), renamed_from=("shop",)),
            entity("visit", field("at", "references", to="branch", renamed_from=("shop",))),
        ),
        {**SIZES, "visit": [{"shop": ID.format(0)}, {}]},
    ),
    "retype_to_a_required_field": Case(
        model(_shop(field("size"))), model(_shop(field("size", "integer", required=True, default=7))), ODD_SIZES
    ),
    "retype_to_a_required_field_without_default": Case(
        model(_shop(field("size", required=True))),
        model(_shop(field("size", "integer", required=True))),
        {"shop": [{"name": "A", "size": "12"}, {"name": "B", "size": "many"}]},
    ),
    "retype_of_a_key": Case(
        model(_shop(field("size", unique="exact"))),
        model(_shop(field("size", "integer", unique="exact"), indexes={"by_size": ["size"]})),
        SIZES,
    ),
    "retype_to_text": _both(field("size", "integer"), field("size", unique="folded"), 12, 3, None),
    "retype_wider": _both(field("size", "integer"), field("size", "decimal", type=decimal(18, 2)), 12, 3),
    "retype_choice": Case(
        model(_shop(field("colour"), field("tint", "choice", options=COLOURS))),
        model(_shop(field("colour", "choice", options=COLOURS), field("tint", "choices", options=COLOURS))),
        {"shop": [{"name": "A", "colour": "Deep red", "tint": "red"}, {"name": "B", "colour": "navy"}]},
    ),
    "shorter_texts_that_clash_in_a_key": Case(
        model(_shop(field("note", unique="exact"), field("size"))),
        model(_shop(field("note", unique="exact", params={"max_length": 3}), field("size", params={"max_length": 3}))),
        {
            "shop": [
                {"name": "A", "note": "abcd", "size": "12"},
                {"name": "B", "note": "abc"},
                {"name": "C", "note": "x"},
            ]
        },
    ),
    "shorter_texts": Case(
        model(_shop(field("note"))),
        model(_shop(field("note", params={"max_length": 3}))),
        {"shop": [{"name": "A", "note": "abcd"}, {"name": "B", "note": "abc"}]},
    ),
    "retype_that_means_nothing": _both(field("size", "date"), field("size", "integer"), None),
    "retype_that_means_nothing_with_values": Case(
        model(_shop(field("open", "boolean"))),
        model(_shop(field("open", "reference", to="shop"))),
        {"shop": [{"name": "A", "open": 1}]},
    ),
    "retype_to_a_formula": Case(
        model(_shop(field("size"))),
        model(_shop(field("size", "formula", value=expression("name")))),
        SIZES,
    ),
    "retype_of_a_formula": Case(
        model(_shop(field("size", "formula", value=expression("name")))), model(_shop(field("size"))), {}
    ),
}
