"""Rows made all at once are those that the component makes one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from kith.runtime.read.query import Masked, Reference
from kith.web.rows import row_maker
from kith.web.showing import Fixed, Named, Plain, Show, Shower
from kith.web.templating import Templates
from kith.web.view import Cell, Choice, Column, Row, Table

HOSTILE = "<script>alert(1)</script> {{7*7}} \"' & \0 0123456789abcdef-0-"
CELLS = (
    Cell("plain"),
    Cell(HOSTILE),
    Cell(""),
    Cell("a place", "/records/store/1?a=b&c=d"),
    Cell(HOSTILE, HOSTILE),
    Cell("Yes", icon="check"),
    Cell("No", tone="muted"),
    Cell("***", icon="eye-off", tone="muted"),
    Cell("40%", share="40"),
    Cell("Gold, new", chips=(Choice("gold", "Gold <1>", "amber"), Choice("new", HOSTILE))),
)
KNOWN: tuple[tuple[Show, Any], ...] = (
    (Plain(str), HOSTILE),
    (Plain(str), ""),
    (Plain(str), 0),
    (Plain(str), Masked("***")),
    (Plain(str, lambda value: f"tel:{value}"), HOSTILE),
    (Plain(str, lambda value: f"tel:{value}"), Masked("***")),
    (Named("/records/store/", Cell("no access", tone="muted")), Reference("1", HOSTILE)),
    (Named("/records/store/", Cell("no access", tone="muted")), Reference("0123456789", "")),
    (Named("/records/store/", Cell("no access", tone="muted")), Reference("1", "", visible=False)),
    (Named("/records/store/", Cell("no access", tone="muted")), Masked("***")),
    (Fixed({"new": Cell(HOSTILE, chips=(Choice("new", HOSTILE, "red"),))}), "new"),
    (Fixed({True: Cell("Yes", icon="check"), False: Cell("No", tone="muted")}), False),
    (Fixed({}), HOSTILE),
    (Plain(str), None),
)


@pytest.mark.parametrize("number", range(len(CELLS)))
@pytest.mark.parametrize("numeric", [True, False])
def test_a_row_is_the_macros_row(templates: Templates, number: int, numeric: bool) -> None:
    assert _quick(templates, lambda _: CELLS[number], "x", numeric) == _plain(templates, CELLS[number], numeric)


@pytest.mark.parametrize("number", range(len(KNOWN)))
def test_a_value_that_needs_no_cell_is_shown_as_by_its_cell(templates: Templates, number: int) -> None:
    known, value = KNOWN[number]
    show = Shower(known)
    assert _quick(templates, show, value) == _plain(templates, show(value))


def test_the_cell_that_names_a_record_is_never_empty(templates: Templates) -> None:
    maker = row_maker([Column("name", "Name")], [Cell], 0, "/records/member/", templates.ui("en"))
    assert ">M1 · &lt;b&gt;</a>" in maker.body([("a-1", 1, None, "M1 · <b>")], "Member")
    assert ">Member</a>" in maker.body([("a-1", 1, None, "")], "Member")


def _columns(numeric: bool) -> list[Column]:
    return [Column("name", "The “name”", phone="title"), Column("value", "Value", numeric=numeric, phone="hide")]


def _plain(templates: Templates, cell: Cell, numeric: bool = False) -> str:
    row = Row("a-1", [Cell(HOSTILE), cell], "/records/member/a-1")
    return _table(templates, Table(caption="All", columns=_columns(numeric), rows=[row, row]))


def _quick(templates: Templates, show: Callable[[Any], Cell], value: Any, numeric: bool = False) -> str:
    maker = row_maker(_columns(numeric), [Cell, show], 0, "/records/member/", templates.ui("en"))
    body = maker.body([("a-1", 1, HOSTILE, value, "a title")] * 2, "")
    return _table(templates, Table(caption="All", columns=_columns(numeric)), body)


def _table(templates: Templates, table: Table, body: str = "") -> str:
    page = templates.environments["en"].from_string("{{ ui.data_table(table, body=body) }}")
    return re.sub(r"\s+(?=<)", "", page.render(table=table, body=body))
