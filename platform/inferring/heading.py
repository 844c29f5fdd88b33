"""Where the table of a sheet begins and what its columns are called, told from its first rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kith.problems import Words
from kith.runtime.transfer.table import Cell

NUMBER = re.compile(r"[-+]?[¥$€£]?\s*\d[\d,.\s]*%?")
DAY = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?([ T]\d{1,2}:\d{2}(:\d{2})?)?")
YEAR = re.compile(r"(19|20)\d\d")
NOTHING = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nan"})
LONGEST = 120
"""Characters of a heading."""

Line = tuple[int, list[Cell]]
"""A row of the file: its number and its cells, without the empty ones behind the last."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Rows to leave out at the top, whether one names the columns then, and what they are called."""

    skip: int
    header: bool
    names: tuple[str, ...]
    """As an import names them; each once."""
    shown: tuple[str, ...]
    """As people read them."""
    is_told: bool
    """Whether the names must be told to an import, for the file does not say them so."""
    notes: tuple[Words, ...] = ()


def heading_of(lines: Sequence[Line]) -> Heading:
    """The heading of a table from its first rows; there is at least one."""
    usual = Counter(len(cells) for _, cells in lines).most_common(1)[0][0]
    start = _first_of_table(lines, usual)
    number, first = lines[start]
    body = [cells for _, cells in lines[start + 1 :]]
    if not is_header(first, body):
        return numbered(len(first), number - 1)
    if body and is_second_header(first, body):
        return _doubled(lines, start)
    notes = _left_out(lines[:start])
    return _named(number - 1, [text_of(cell) for cell in first], notes)


def numbered(width: int, skip: int) -> Heading:
    """The heading of a table whose columns no row names."""
    names = tuple(f"column {index}" for index in range(1, max(width, 1) + 1))
    said = Words("No row names the columns: they are numbered.", "没有标题行：各列按序号命名。")
    return Heading(skip, False, names, names, is_told=False, notes=(said,))


def _first_of_table(lines: Sequence[Line], usual: int) -> int:
    """The first row that has more than a title in it, where the rows below it have."""
    if usual < 2:
        return 0
    for index, (_, cells) in enumerate(lines[:-1]):
        filled = sum(text_of(cell) != "" for cell in cells)
        if filled > 1 or (filled == 1 and len(cells) > 1 and text_of(cells[0]) == ""):
            return index
    return 0


def _left_out(lines: Sequence[Line]) -> tuple[Words, ...]:
    if not lines:
        return ()
    count = len(lines)
    return (Words(f"{count} rows above the table are left out.", f"表格上方的 {count} 行不导入。"),)


def is_header(first: Sequence[Cell], body: Sequence[Sequence[Cell]]) -> bool:
    """Whether a row names columns: it is text, and none of it comes again in the column below."""
    filled = [cell for cell in first if text_of(cell) not in NOTHING]
    if not filled:
        return False
    texts = [cell for cell in filled if is_word(cell)]
    if len(texts) * 2 < len(filled):
        return False
    recurring = sum(
        text_of(cell) in {text_of(row[index]) for row in body if index < len(row)}
        for index, cell in enumerate(first)
        if text_of(cell)
    )
    return recurring * 4 <= len(filled)


def is_second_header(first: Sequence[Cell], body: Sequence[Sequence[Cell]]) -> bool:
    """Whether the row below the first names columns, too: all text, where the rows below have numbers or days."""
    below, rest = body[0], body[1:]
    is_grouped = "" in [text_of(cell) for cell in first] or len(first) < len(below)
    if len(rest) < 2 or not all(names_a_column(cell, is_grouped) for cell in below):
        return False
    strict = 0
    for index in range(len(below)):
        column = [row[index] for row in rest if index < len(row) and text_of(row[index]) not in NOTHING]
        if len(column) >= 2 and not any(is_word(cell) for cell in column):
            if index >= len(below) or text_of(below[index]).lower() in NOTHING:
                return False
            strict += 1
    return strict > 0


def names_a_column(cell: Cell, is_grouped: bool) -> bool:
    """Whether a cell may be a heading below groups of columns: years may stand there, too."""
    text = text_of(cell)
    return text in NOTHING or is_word(cell) or (is_grouped and bool(YEAR.fullmatch(text)))


def _doubled(lines: Sequence[Line], start: int) -> Heading:
    """Two rows of headings: groups above columns (merged cells), or the same columns in two languages."""
    (_, above), (number, below) = lines[start], lines[start + 1]
    texts, group = [], ""
    for index in range(max(len(above), len(below))):
        upper = text_of(above[index]) if index < len(above) else ""
        lower = text_of(below[index]) if index < len(below) else ""
        group = upper or group
        is_grouped = "" in [text_of(cell) for cell in above] or len(above) < len(below)
        texts.append(_both(group, lower) if is_grouped else upper or lower)
    said = Words("Two rows name the columns: they are read together.", "标题占两行：合并读取。")
    found = _named(number - 1, texts, (*_left_out(lines[:start]), said))
    return Heading(found.skip, True, found.names, found.shown, is_told=True, notes=found.notes)


def _both(group: str, text: str) -> str:
    return group if not text else text if not group or group == text else f"{group} {text}"


def _named(skip: int, texts: list[str], notes: tuple[Words, ...]) -> Heading:
    """The names of columns; those without one are numbered, and those of one name told apart."""
    while texts and not texts[-1]:
        texts.pop()
    names: dict[str, None] = {}
    doubled: list[str] = []
    for index, text in enumerate(texts, 1):
        name = text or f"column {index}"
        if name in names:
            doubled.append(name)
            name = next(
                f"{name} {n}" for n in range(2, len(texts) + 2) if f"{name} {n}" not in names | {}.fromkeys(texts)
            )
        names[name] = None
    if doubled:
        listed = ", ".join(dict.fromkeys(doubled))
        notes += (
            Words(f"Several columns are called {listed}: they are numbered.", f"有多列名为 {listed}：已加序号。"),
        )
    if blank := texts.count(""):
        notes += (Words(f"{blank} columns have no heading: they are numbered.", f"{blank} 列没有标题：按序号命名。"),)
    return Heading(skip, True, tuple(names), tuple(names), is_told=bool(doubled), notes=notes)


def text_of(cell: Cell) -> str:
    """A cell as the text that a heading may be."""
    return "" if cell is None else str(cell).strip()


def is_word(cell: Cell) -> bool:
    """Whether a cell is text, and not a number, a day or too long for a heading."""
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    return (
        bool(text)
        and len(text) <= LONGEST
        and not NUMBER.fullmatch(text)
        and not DAY.fullmatch(text)
        and "@" not in text
    )
