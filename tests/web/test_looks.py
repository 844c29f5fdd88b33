"""What `widget` makes of values where they are read, and of what one chooses them from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kith.web.showing import Reader, shower
from kith.web.templating import Templates
from kith.web.view import Cell, Choice
from kith.web.widgets import rated
from tests.runtime.models import entity, field, model

DONE = ("id", "income", "source")
# type and settings of a field, its value, and its cell in a list
CELLS: tuple[tuple[str, dict[str, Any], Any, Cell], ...] = (
    ("integer", {}, 1947, Cell("1,947")),
    ("integer", {"widget": "digits"}, 1947, Cell("1947")),
    ("integer", {"widget": "rating"}, 4, Cell("4 / 5", icon="star", tone="warning")),
    ("integer", {"widget": "rating", "max": 10}, 4, Cell("4 / 10", icon="star", tone="warning")),
    ("integer", {"widget": "score"}, 20, Cell("20", chips=(Choice("", "20", "red"),))),
    ("integer", {"widget": "score"}, 100, Cell("100", chips=(Choice("", "100", "green"),))),
    ("integer", {"widget": "score", "min": 300, "max": 900}, 600, Cell("600", chips=(Choice("", "600", "amber"),))),
    ("integer", {"widget": "progress"}, 250, Cell("250", share="100")),
    ("integer", {"widget": "progress", "min": 10, "max": 30}, 15, Cell("15", share="25")),
    ("percent", {"widget": "progress"}, Decimal("0.4"), Cell("40%", share="40")),
    ("choice", {"widget": "badge", "options": DONE}, "id", Cell("id", chips=(Choice("id", "id", "gray"),))),
    ("choices", {"widget": "checklist", "options": DONE}, ["id", "income"], Cell("2 / 3", share="67")),
    ("text", {"widget": "barcode"}, "M00000017", Cell("M00000017")),
)


def shown(templates: Templates, type_: str, settings: dict[str, Any], value: Any, *, short: bool) -> Cell:
    """The cell of a value, in a list or on its record's page."""
    options = settings.get("options", ())
    params = {key: value for key, value in settings.items() if key != "options"}
    app = model(entity("thing", field("name"), field("seen", type_, params=params, options=options)))
    declared = app.entities["thing"].fields["seen"]
    return shower(Reader(app, templates.texts["en"], "UTC"), declared.type, declared, short=short)(value)


@pytest.mark.parametrize(("type_", "settings", "value", "cell"), CELLS)
def test_a_look_shows_its_value_so_in_a_list(
    templates: Templates, type_: str, settings: dict[str, Any], value: Any, cell: Cell
) -> None:
    assert shown(templates, type_, settings, value, short=True) == cell


def test_a_records_page_shows_a_code_to_scan_and_what_of_a_checklist_is_done(templates: Templates) -> None:
    code = shown(templates, "text", {"widget": "barcode"}, "M00000017", short=False)
    assert code.text == "M00000017" and code.code and code.code[0] > 0
    chips = shown(templates, "choices", {"widget": "checklist", "options": DONE}, ["id"], short=False).chips
    assert [chip.label for chip in chips] == ["id"]


def test_what_is_too_long_for_a_scanner_has_no_code(templates: Templates) -> None:
    assert shown(templates, "text", {"widget": "barcode"}, "x" * 300, short=False).code is None


def test_a_rating_is_chosen_from_its_least_to_its_greatest() -> None:
    declared = field("stars", "integer", params={"widget": "rating", "min": 0, "max": 3})
    assert [choice.value for choice in rated(declared)] == ["1", "2", "3"]
