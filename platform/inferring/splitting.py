"""Parts of a flat file that are about something of their own: what a key decides, row after row, belongs to it."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence

from kith.inferring.columns import NOTHING, Column, combined
from kith.inferring.findings import Doubt
from kith.inferring.hints import hints_of, stem
from kith.inferring.keys import TEXTS
from kith.inferring.tables import Table
from kith.problems import Words

LEAST_ROWS = 12
REPEATED = 1.25
"""Rows for each key on the average, at least."""
BY_CHANCE = 1e-6
"""How likely a column may be to follow a key by chance."""
NEARLY = 0.02
"""The part of rows that may differ where something is nearly decided."""
MOST_KEYS = 8
MOST_COLUMNS = 200
"""A wider sheet is left as it is."""


def split(table: Table) -> list[Table]:
    """The parts of a sheet, things before what names them; the table keeps the rest. None where nothing is decided."""
    rows = table.sheet.rows
    if rows < LEAST_ROWS or len(table.columns) > MOST_COLUMNS:
        return []
    things = _things(table)
    document = _document(table, things)
    for part in things:
        _nearly(table, part)
        _move(table, part)
    if document is not None:
        _move(table, document)
        for column, part in list(table.parts.items()):
            if part is not document and (
                column in document.key or is_decided(_codes(table, document.key), table.column(column))
            ):
                document.parts[column] = table.parts.pop(column)
        for column in [name for name in table.links if name in document.columns]:
            document.links[column] = table.links.pop(column)
        table.owner = document
    return [*things, document] if document is not None else things


def _move(table: Table, part: Table) -> None:
    """Take the columns of a part out of its table."""
    gone = set(part.columns) - set(table.parts)
    table.columns = [name for name in table.columns if name not in gone]
    for name in [name for name in table.links if name in gone]:
        part.links[name] = table.links.pop(name)
    table.parts[part.key[0]] = part


def _things(table: Table) -> list[Table]:
    """What single columns decide: each column goes to the key with the fewest values that decides it."""
    keys = sorted(
        (name for name in table.columns if _may_be_key(table, name)), key=lambda name: table.column(name).distinct
    )
    decided: dict[str, list[str]] = {}
    taken: set[str] = set()
    for key in keys[:MOST_KEYS]:
        column = table.column(key)
        own = [
            name
            for name in table.columns
            if name not in taken
            and name != key
            and name not in table.key
            and is_decided(column.codes, table.column(name))
        ]
        own = [name for name in own if not _is_key_of_more(table, name, column)]
        # What has lines is looked for by itself, for it may need more than its number.
        if own and key not in taken and "document" not in hints_of(column.header) and _are_about(table, key, own):
            decided[key] = own
            taken |= {key, *own}
    return [_part(table, (key,), [key, *own]) for key, own in decided.items()]


def _may_be_key(table: Table, name: str) -> bool:
    """Whether a column may name things: a number or name that comes again and again."""
    column, guess = table.column(name), table.guesses[name]
    if name in table.links or (name,) == table.key or guess.type not in TEXTS or column.distinct < 2:
        return False
    if not column.is_full or column.filled < REPEATED * column.distinct:
        return False
    return all(len(text) <= 100 for _, text, _ in column.each())


def _is_key_of_more(table: Table, name: str, key: Column) -> bool:
    """Whether a column that a key decides names things itself, and more of them: it is no mere property."""
    return _may_be_key(table, name) and table.column(name).distinct > key.distinct


def _are_about(table: Table, key: str, own: Sequence[str]) -> bool:
    """Whether a key and what it decides are about one thing: it identifies by its heading, or shares a word with others."""
    if hints_of(table.column(key).header) & {"id", "code"}:
        return True
    about = stem(table.column(key).header)
    return any(stem(table.column(name).header).startswith(about) for name in own)


def is_decided(codes: array[int], column: Column) -> bool:
    """Whether rows of one key never differ in a column, and this is no chance."""
    if column.distinct < 2:
        return False
    seen: dict[int, int] = {}
    again = 0
    for key, value in zip(codes, column.codes, strict=True):
        if not key or not value:
            continue
        known = seen.setdefault(key, value)
        if known != value:
            return False
        again += 1
    again -= len(seen)
    same = sum((count / column.filled) ** 2 for count in column.counts[1:])
    return again > 0 and same**again < BY_CHANCE


def _nearly(table: Table, part: Table) -> None:
    """Tell of columns that a thing would decide but for a few rows: they stay where each row has its own."""
    column = table.column(part.key[0])
    for name in table.columns:
        other = table.column(name)
        if name in part.columns or other.distinct < max(3, column.distinct // 2) or name in table.key:
            continue
        missed = _misses(column.codes, other)
        if 0 < missed <= len(column.codes) * NEARLY:
            table.doubts.append(
                Doubt(
                    f"{table.sheet.name}.{other.header}",
                    Words(
                        f"{missed:,} of {len(column.codes):,} rows differ for the same {column.header}: it stays with the rows.",
                        f"{len(column.codes):,} 行中有 {missed:,} 行在同一 {column.header} 下不同：留在明细中。",
                    ),
                    Words(
                        f"Moved to “{part.about}”, the last row of each would win.",
                        f"若移到“{part.about}”，则以最后一行为准。",
                    ),
                )
            )


def _document(table: Table, things: Sequence[Table]) -> Table | None:
    """What has lines: a number that comes again, by itself or with a thing and a day, and decides what stands on top."""
    moved = {name for part in things for name in part.columns}
    heads = [
        name
        for name in table.columns
        if name not in moved
        and _may_be_key(table, name)
        and hints_of(table.column(name).header) & {"id", "code", "document"}
    ]
    for head in heads[:3]:
        key = _grown(table, [head], things)
        codes = _codes(table, key)
        groups = len(set(codes))
        if NOTHING in codes or groups * REPEATED > table.sheet.rows:
            continue
        own = [name for name in table.columns if name not in moved and name not in table.key and name not in key]
        own = [name for name in own if is_decided(codes, table.column(name))]
        if len(own) >= 2 or (own and len(key) == 1):
            return _part(table, tuple(key), [*(name for name in key if name not in moved), *own])
    return None


def _grown(table: Table, key: list[str], things: Sequence[Table]) -> list[str]:
    """A key with what it needs besides to decide most: numbers that begin anew for each customer or day."""
    more = [part.key[0] for part in things] + [name for name in table.columns if table.guesses[name].type == "date"]
    score = _decides(table, key)
    while len(key) < 3:
        tried = [(_decides(table, [*key, name]), -more.index(name), name) for name in more if name not in key]
        best = max(tried, default=((-1.0, 0), 0, ""))
        if best[0] <= score or not best[2]:
            return key
        score = best[0]
        key = [*key, best[2]]
    return key


def _decides(table: Table, key: Sequence[str]) -> tuple[float, int]:
    """How many columns a key decides, all but for a few rows, and for how many rows together it does not."""
    codes = _codes(table, key)
    groups = len(set(codes))
    if groups * REPEATED > table.sheet.rows:
        return (-1.0, 0)
    misses = [
        _misses(codes, table.column(name))
        for name in table.columns
        if name not in key and table.column(name).distinct > 1
    ]
    near = [count for count in misses if count <= table.sheet.rows * NEARLY]
    return (float(len(near) + len(key)), -sum(near))


def _misses(codes: array[int], column: Column) -> int:
    """For how many rows a column differs from the first row of their key; stops where it is no rule any more."""
    seen: dict[int, int] = {}
    most = len(codes) * NEARLY
    count = 0
    for key, value in zip(codes, column.codes, strict=True):
        if seen.setdefault(key, value) != value:
            count += 1
            if count > most:
                break
    return count


def _codes(table: Table, key: Sequence[str]) -> array[int]:
    return table.column(key[0]).codes if len(key) == 1 else combined([table.column(name) for name in key])


def _part(table: Table, key: tuple[str, ...], columns: list[str]) -> Table:
    """The part of a table that a key decides."""
    codes = Counter(_codes(table, key))
    codes.pop(NOTHING, None)
    rows, count = table.sheet.rows, len(codes)
    headers = " + ".join(table.column(name).header for name in key)
    others = ", ".join(table.column(name).header for name in columns if name not in key)
    why = Words(
        f"{rows:,} rows name {count:,} different {headers}; each has one and the same: {others}.",
        f"{rows:,} 行中有 {count:,} 个不同的 {headers}；每个对应唯一的：{others}。",
    )
    ordered = [name for name in table.sheet.by_name if name in columns]
    said = Words(
        f"{count:,} different values in {rows:,} rows: the key.", f"{rows:,} 行中有 {count:,} 个不同的值：作为键。"
    )
    return Table(
        table.sheet, stem(table.column(key[0]).header), ordered, table.guesses, key, said, count=count, why=why
    )
