"""Rows made in Python are those that the macro makes."""

from __future__ import annotations

import re

import pytest

from kith.web.rows import row_maker
from kith.web.templating import Templates
from kith.web.view import Cell, Choice, Column, Row, Table

CELLS = (
    Cell("plain"),
    Cell('<b> & "quotes"'),
    Cell(""),
    Cell("a place", "/records/store/1?a=b&c=d"),
    Cell("Yes", icon="check"),
    Cell("No", tone="muted"),
    Cell("***", icon="eye-off", tone="muted"),
    Cell("Gold, new", chips=(Choice("gold", "Gold <1>", "amber"), Choice("new", "New"))),
)


@pytest.mark.parametrize("number", range(len(CELLS)))
@pytest.mark.parametrize("numeric", [True, False])
def test_a_row_is_the_macros_row(templates: Templates, number: int, numeric: bool) -> None:
    cell = CELLS[number]
    columns = [Column("name", "The “name”", phone="title"), Column("value", "Value", numeric=numeric, phone="hide")]
    plain = Row("a-1", [Cell("Name & all"), cell], "/records/member/a-1")
    maker = row_maker(columns, [Cell, lambda _: cell], 0, "/records/member/", templates.icon)
    quick = Row("a-1", html=maker.row("a-1", ["Name & all", "x"], ""))
    made = [_render(templates, Table(caption="All", columns=columns, rows=[row])) for row in (plain, quick)]
    assert made[0] == made[1]


def test_the_cell_that_names_a_record_is_never_empty(templates: Templates) -> None:
    maker = row_maker([Column("name", "Name", phone="title")], [Cell], 0, "/records/member/", templates.icon)
    assert ">M1 · &lt;b&gt;</a>" in maker.row("a-1", [None], "M1 · <b>")


def _render(templates: Templates, table: Table) -> str:
    html = templates.environments["en"].from_string("{{ ui.data_table(table) }}").render(table=table)
    return re.sub(r"\s+(?=<)", "", html)
