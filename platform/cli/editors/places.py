"""Places as editors count them: lines from 0, and within a line units of UTF-16."""

from __future__ import annotations

from lsprotocol import types as lsp

from kith.problems import Source, Span


def position_of(source: Source, offset: int) -> lsp.Position:
    """A place as editors count: lines from 0, and units of UTF-16."""
    line, column = source.position(min(offset, len(source.text)))
    before = source.text[source.line_starts[line - 1] : source.line_starts[line - 1] + column - 1]
    return lsp.Position(line - 1, len(before.encode("utf-16-le")) // 2)


def range_of(span: Span) -> lsp.Range:
    """A stretch as editors count."""
    return lsp.Range(position_of(span.source, span.start), position_of(span.source, span.end))


def offset_of(source: Source, position: lsp.Position) -> int:
    """The offset of a place that an editor names."""
    if position.line >= len(source.line_starts):
        return len(source.text)
    start = source.line_starts[position.line]
    line = source.line(position.line + 1)
    units = line.encode("utf-16-le")[: position.character * 2]
    return start + len(units.decode("utf-16-le", "ignore"))
