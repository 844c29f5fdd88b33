"""Which columns hold keys of another sheet, or of their own: by coverage, with what does not fit told by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kith.inferring.columns import Column
from kith.inferring.findings import Doubt, sample
from kith.inferring.guessing.choosing import squash
from kith.inferring.hints import stem
from kith.inferring.keys import TEXTS, folded
from kith.inferring.naming import identifier, singular, tokens
from kith.inferring.tables import Link, Table
from kith.problems import Words

LINKABLE = TEXTS | {"integer", "choice", "person_name"}
COVERED = 0.9
"""The part of rows, and of different values, that must be keys."""
WITHOUT_A_WORD = 3
"""Different values that a column needs where its heading does not speak of the other sheet."""


def link(tables: Sequence[Table]) -> None:
    """Find the references among sheets; none goes round in a circle but to its own sheet."""
    keyed = [table for table in tables if len(table.key) == 1 and table.sheet.rows >= 2]
    indexes = {id(table): _index(table.column(table.key[0])) for table in keyed}
    found = [
        candidate
        for table in tables
        for name in table.columns
        if table.guesses[name].type in LINKABLE and table.column(name).filled
        for target in keyed
        if not (target is table and name == table.key[0])
        for candidate in _candidate(table, name, target, indexes[id(target)])
    ]
    found.sort(key=lambda one: (-one[0], one[2].target.count))
    for _, table, one in found:
        if one.column not in table.links and not _reaches(one.target, table):
            table.links[one.column] = one
    for table in tables:
        for one in table.links.values():
            table.doubts += _told(table, one)
        table.doubts += _no_keys(table, tables)


def _reaches(start: Table, end: Table) -> bool:
    """Whether references lead from one table to another one."""
    if start is end:
        return False
    seen, waiting = {id(start)}, [start]
    while waiting:
        for one in waiting.pop().links.values():
            if one.target is end:
                return True
            if id(one.target) not in seen:
                seen.add(id(one.target))
                waiting.append(one.target)
    return False


def _index(column: Column) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The keys as they are compared, and without blanks and signs; what two keys share there is none."""
    exact = {folded(text): text for _, text, _ in column.each()}
    loose: dict[str, str] = {}
    for text in exact.values():
        key = squash(text)
        loose[key] = "" if key in loose else text
    return exact, loose


def _candidate(
    table: Table, name: str, target: Table, index: tuple[Mapping[str, str], Mapping[str, str]]
) -> Iterator[tuple[float, Table, Link]]:
    """The link of a column to a table, with how much speaks for it."""
    column, related = table.column(name), speaks_of(table.column(name).header, target)
    first = next(column.each())[1]
    if not related and (first.isdigit() or column.distinct < WITHOUT_A_WORD):
        return
    exact, loose = index
    map_: dict[str, str] = {}
    misses: list[str] = []
    missing = 0
    for _, text, count in column.each():
        if same := exact.get(folded(text)):
            # Numbers that identify are compared as they stand.
            map_ |= {text: same} if same != text else {}
            continue
        if key := loose.get(squash(text)):
            map_[text] = key
            continue
        misses.append(text)
        missing += count
        if missing > column.filled * (1 - COVERED):
            return
    if len(misses) > column.distinct * (1 - COVERED) and len(misses) > 1:
        return
    if (misses or target is table) and table.guesses[name].reading.get("empty"):
        return
    covered = column.filled - missing
    why = Words(
        f"{covered:,} of {column.filled:,} values are keys of “{target.about}” "
        f"({column.distinct:,} of its {target.count:,} come).",
        f"{column.filled:,} 个值中有 {covered:,} 个是“{target.about}”的键"
        f"（其 {target.count:,} 个键中出现 {column.distinct:,} 个）。",
    )
    weight = related + covered / column.filled
    yield weight, table, Link(name, target, map_, tuple(misses), missing, why)


def speaks_of(header: str, target: Table) -> bool:
    """Whether a heading speaks of a table: by the name of its sheet, or of its key."""
    key = target.column(target.key[0]).header
    about = {singular(identifier(target.about)), identifier(stem(key))} - {""}
    words = identifier(stem(header))
    if words in about or singular(words) in about:
        return True
    plain = {word for word in tokens(header) if len(word) > 2}
    generic = identifier(stem(key)) in {"code", "id", "no", "number", "key", "name"}
    named = plain & {singular(word) for word in tokens(target.about)}
    return bool(named) if generic else header.strip().casefold() == key.strip().casefold()


def _no_keys(table: Table, tables: Sequence[Table]) -> Iterator[Doubt]:
    """Tell of a key that another sheet has under the same heading, where it comes again: it cannot be referred to."""
    for name in table.key if len(table.key) == 1 and table.key[0] not in table.links else ():
        column = table.column(name)
        for other in tables:
            there = next((one for one in other.sheet.columns if one.header == column.header), None)
            if (
                other is table
                or there is None
                or there.name in other.links
                or there.name in other.key[:1]
                or there.filled <= there.distinct
            ):
                continue
            known = {folded(text) for _, text, _ in there.each()}
            shared = sum(count for _, text, count in column.each() if folded(text) in known)
            if shared >= column.filled * COVERED:
                yield Doubt(
                    f"{table.sheet.name}.{column.header}",
                    Words(
                        f"{shared:,} of {column.filled:,} values come in “{other.about}”, where they are no key "
                        f"({there.distinct:,} for {there.filled:,} rows): no reference.",
                        f"{column.filled:,} 个值中有 {shared:,} 个出现在“{other.about}”中，但在那里不是键"
                        f"（{there.filled:,} 行只有 {there.distinct:,} 个）：不作引用。",
                    ),
                    Words("Related by a key of their own, they could be linked.", "若有各自的键，则可建立引用。"),
                )


def _told(table: Table, one: Link) -> Iterator[Doubt]:
    """What was mended, and what is made for keys that are missing."""
    place = f"{table.sheet.name}.{table.column(one.column).header}"
    if one.map:
        rows = table.column(one.column).count_of(one.map)
        listed = sample(f"{text} → {key}" for text, key in one.map.items())
        yield Doubt(
            place,
            Words(f"{rows:,} rows are spelled otherwise: {listed}.", f"{rows:,} 行写法不同：{listed}。"),
            Words("Without `map:` they would be records of their own.", "去掉 `map:` 则会成为单独的记录。"),
        )
    if one.misses:
        listed = sample(one.misses)
        yield Doubt(
            place,
            Words(
                f"{one.missing:,} rows name what “{one.target.about}” does not have: {listed}. "
                "Records with that key alone are made.",
                f"{one.missing:,} 行所指的记录在“{one.target.about}”中不存在：{listed}。将创建只有该键的记录。",
            ),
            Words("With `empty:` in the import they would name nothing.", "在导入中用 `empty:` 则不指向任何记录。"),
        )
