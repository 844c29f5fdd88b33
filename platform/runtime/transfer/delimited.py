"""Delimited text: any delimiter or runs of blanks, quoted cells, rows of any length, read line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from kith.runtime.transfer.encodings import encoding_of
from kith.runtime.transfer.safe import SIGNS
from kith.runtime.transfer.table import (
    ERRORS,
    ROW,
    Cell,
    Row,
    Settings,
    Table,
    Unreadable,
    named,
    row_of,
)

BLANKS = "blanks"
DELIMITERS = (",", "\t", ";", "|")
SAMPLE = 20
"""Lines by which the delimiter is found out."""
LONGEST = 1 << 20
"""Characters of one line of the file."""
NEUTRAL = re.compile(rf"'+[{SIGNS}]")
"""A cell that an export has kept from being taken for a formula (`safe_text`)."""

Raw = tuple[int, list[str], str]
"""Number, cells and why they cannot be used ("": they can); the one cell is then what stands in the file."""


def open_delimited(path: Path, settings: Settings) -> Table:
    """A delimited file as a table; raises Unreadable."""
    if not path.stat().st_size:
        raise Unreadable("empty_file")
    encoding = settings.encoding or encoding_of(path)
    try:
        file = path.open(encoding=encoding, newline="", errors="strict")
    except LookupError:
        raise Unreadable("unknown_encoding", encoding=encoding) from None
    try:
        return _opened(file, encoding, settings)
    except BaseException:
        file.close()
        raise


def _opened(file: TextIO, encoding: str, settings: Settings) -> Table:
    lines = _lines(file, encoding)
    body = list(islice(lines, settings.skip, settings.skip + SAMPLE))
    if is_error_file(body):
        # The rows of an import that failed come back in our own form, whatever the first file looked like.
        settings = Settings(format="delimited", delimiter=",", skip=settings.skip)
    delimiter = settings.delimiter or sniff(body)
    source = chain(body, lines)
    rows = _numbered(_blanks(source) if delimiter == BLANKS else _quoted(source, delimiter), settings.skip)
    number, first, problem = next(rows, (0, [], "no_rows"))
    if problem:
        raise Unreadable("bad_header" if number else "no_rows", row=number)
    heads = first if settings.header else [f"column {index}" for index in range(1, len(first) + 1)]
    columns = named(heads, settings.columns)
    data = rows if settings.header else chain([(number, first, problem)], rows)
    found = (_row(raw, columns, len(first)) for raw in data)
    return Table("delimited", columns, found, encoding=encoding, delimiter=delimiter, close=file.close)


def _lines(file: TextIO, encoding: str) -> Iterator[str]:
    try:
        while line := file.readline(LONGEST + 1):
            if len(line) > LONGEST:
                raise Unreadable("long_line", limit=LONGEST)
            if "\0" in line:
                raise Unreadable("binary")
            yield line
    except UnicodeError:
        raise Unreadable("not_encoded", encoding=encoding) from None


def is_error_file(sample: Sequence[str]) -> bool:
    """Whether the first line has the columns that an error file ends with."""
    return bool(sample) and sample[0].rstrip("\r\n").endswith(f"{ROW},{ERRORS}")


def sniff(sample: Sequence[str]) -> str:
    """The delimiter that parts most lines of a sample into equally many cells, at least two."""
    best, score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        except csv.Error:
            counts = [line.count(delimiter) + 1 for line in sample]
        usual = max(set(counts), key=counts.count) if counts else 1
        found = (counts.count(usual) / len(counts), usual) if usual > 1 else (0.0, 0)
        if found > score:
            best, score = delimiter, found
    return best


def _blanks(lines: Iterable[str]) -> Iterator[Raw]:
    for line in lines:
        yield 1, line.split(), ""


class _Watched:
    """Lines on their way to the reader of quotes, kept until a row is complete: an unreadable one is shown as it is."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.taken: list[str] = []

    def __iter__(self) -> _Watched:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.taken.append(line)
        return line


def _quoted(lines: Iterable[str], delimiter: str) -> Iterator[Raw]:
    if len(delimiter) != 1:
        raise Unreadable("bad_delimiter", delimiter=delimiter)
    watched = _Watched(lines)
    reader = csv.reader(watched, delimiter=delimiter, strict=True)
    while True:
        watched.taken.clear()
        try:
            yield 1, next(reader), ""
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                raise Unreadable("open_quote") from None
            if "larger than field limit" in str(error):
                raise Unreadable("long_cell") from None
            yield len(watched.taken), ["".join(watched.taken).rstrip("\r\n")], "bad_quotes"


def _numbered(raw: Iterable[Raw], skipped: int) -> Iterator[Raw]:
    number = skipped
    for rows, cells, problem in raw:
        number += rows
        # Empty lines count as rows and hold none.
        if any(cell.strip() for cell in cells):
            yield number, cells, problem


def _row(raw: Raw, columns: tuple[str, ...], width: int) -> Row:
    number, cells, problem = raw
    if problem:
        return Row(number, {columns[0]: cells[0]}, (problem, {}))
    return row_of(number, columns, [_cell(cell) for cell in cells], width)


def _cell(text: str) -> Cell:
    return text[1:] if text[:1] == "'" and NEUTRAL.match(text) else text
