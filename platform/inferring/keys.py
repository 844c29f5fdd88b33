"""By which columns the rows of a sheet are told apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import combinations

from kith.inferring.columns import Column, combined
from kith.inferring.findings import Doubt
from kith.inferring.guessing.guess import Guess
from kith.inferring.hints import hints_of
from kith.inferring.tables import Table
from kith.problems import Words

TEXTS = frozenset({"text", "external_id", "email", "phone", "url"})
KEYS = TEXTS | {"integer"}
PARTS = KEYS | {"date", "choice", "country"}
LONGEST = 100
ENOUGH = 10
"""Rows, for a pair of columns to be believed."""
"""Characters of a key."""
MOST_PARTS = 12
"""Columns of which pairs are tried."""


def set_key(table: Table) -> None:
    """Find the key of a sheet: one column, else two, else none."""
    rows = table.sheet.rows
    if rows < 2:
        return
    single = [name for name in table.columns if is_unique(table.guesses[name], rows)]
    if single:
        best = min(single, key=lambda name: (_rank(table, name), table.columns.index(name)))
        table.key = (best,)
        table.why_key = Words(
            f"{rows:,} of {rows:,} rows have a value, no two the same: the key.",
            f"{rows:,} 行都有值且互不相同：作为键。",
        )
        return
    _almost(table, rows)
    _merged(table, rows)
    _pair(table, rows)


def _rank(table: Table, name: str) -> int:
    """How much a unique column looks like the key: lower is more."""
    hints, type_ = hints_of(table.column(name).header), table.guesses[name].type
    if hints & {"id", "code"} and not hints & {"post", "phone", "place"}:
        return 0
    return 1 if type_ == "text" else 2


def is_unique(guess: Guess, rows: int) -> bool:
    """Whether a column tells all rows apart, as a unique field compares them."""
    column = guess.column
    if guess.type not in KEYS or not column.is_full or column.distinct != rows:
        return False
    if guess.type == "integer" and not hints_of(column.header) & {"id", "code"} and not is_counted(column):
        return False
    return len({folded(text) for _, text, _ in column.each()}) == rows and all(
        len(text) <= LONGEST for _, text, _ in column.each()
    )


def is_counted(column: Column) -> bool:
    """Whether a column numbers the rows one after the other."""
    first = column.texts[column.codes[0]]
    return first.isdigit() and all(
        column.texts[code] == str(number) for number, code in enumerate(column.codes, int(first))
    )


def folded(text: str) -> str:
    """A text as keys of texts compare it."""
    return unicodedata.normalize("NFC", text).casefold().strip()


def _almost(table: Table, rows: int) -> None:
    """Tell of a column that would be the key but for a few rows."""
    for name in table.columns:
        column, hints = table.column(name), hints_of(table.column(name).header)
        odd = rows - column.distinct
        if hints & {"id", "code"} and table.guesses[name].type in KEYS and 0 < odd <= max(1, rows // 100):
            table.doubts.append(
                Doubt(
                    f"{table.sheet.name}.{column.header}",
                    Words(
                        f"It would be the key, but {odd:,} of {rows:,} rows are empty or repeat a value.",
                        f"本可作为键，但 {rows:,} 行中有 {odd:,} 行为空或重复。",
                    ),
                    Words("With these mended it can be `unique: true`.", "修正后可写 `unique: true`。"),
                )
            )


def _merged(table: Table, rows: int) -> None:
    """Tell of a column that is filled in the first row of each group only, as merged cells are."""
    others = any(table.column(name).is_full for name in table.columns)
    for name in table.columns[:2]:
        column = table.column(name)
        groups = column.filled
        if others and 1 < groups * 2 <= rows and column.codes[0] and column.distinct == groups:
            empty = rows - groups
            table.doubts.append(
                Doubt(
                    f"{table.sheet.name}.{column.header}",
                    Words(
                        f"{empty:,} of {rows:,} rows are empty below {groups:,} values that come once each, as merged cells are.",
                        f"{rows:,} 行中有 {empty:,} 行为空，其上方的 {groups:,} 个值各出现一次，像是合并单元格。",
                    ),
                    Words("Filled down, each row would say to what it belongs.", "向下填充后，每行即可说明其归属。"),
                )
            )


def _pair(table: Table, rows: int) -> None:
    full = [name for name in table.columns if table.guesses[name].type in PARTS and table.column(name).is_full]
    for one, other in combinations(full[:MOST_PARTS] if rows >= ENOUGH else [], 2):
        if not {table.guesses[one].type, table.guesses[other].type} & TEXTS:
            continue
        columns = (table.column(one), table.column(other))
        if columns[0].distinct * columns[1].distinct >= rows and _tells_apart(columns, rows):
            table.key = (one, other)
            table.why_key = Words(
                f"{rows:,} rows, no two with the same pair of values: the key.",
                f"{rows:,} 行中没有两行具有相同的组合：作为键。",
            )
            return


def _tells_apart(columns: Sequence[Column], rows: int) -> bool:
    return len(set(combined(columns))) == rows
