"""Where a key that a map lacks would be written: beside the keys that usually stand before it."""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import Source, Span, Words
from kith.source import Entry, Mapping, Node

Place = tuple[Span, Words]


def where_missing(node: Node, name: str, order: Sequence[str], source: Source | None = None) -> Place | None:
    """The line beside which a key belongs, and how; none for a map in one line, which shows it by itself.

    `order` is the usual order of the map's keys. Where several layers or fragments speak of it, `source` is the text that counts.
    """
    if not isinstance(node, Mapping) or not node.entries or _on_one_line(node):
        return None
    sources = {entry.key.span.source.path: entry.key.span.source for entry in node.entries.values()}
    source = source or (next(iter(sources.values())) if len(sources) == 1 else None)
    own = {key: entry for key, entry in node.entries.items() if source and entry.key.span.source.path == source.path}
    if not own or source is None:
        return None
    entries = list(own.values())
    earlier = order[: order.index(name)] if name in order else order
    before = next((key for key in reversed(earlier) if key in own), "")
    if not before:
        return entries[0].key.span, _words(name, "before", "之前")
    at = list(own).index(before)
    if _ends_on(entries[at]) == source.position(entries[at].key.span.start)[0]:
        return entries[at].key.span, _words(name, "after", "之后")
    if at + 1 < len(entries):
        return entries[at + 1].key.span, _words(name, "before", "之前")
    return _last_line(entries[at]), _words(name, "after", "之后")


def _words(name: str, en: str, zh: str) -> Words:
    return Words(f'add "{name}" {en} this line', f"请在这一行{zh}加上“{name}”")


def _on_one_line(node: Mapping) -> bool:
    source = node.span.source
    return node.flow and source.position(node.span.start)[0] == source.position(node.span.end - 1)[0]


def _end(entry: Entry) -> int:
    """Where an entry's text ends, without the blanks and comments that the parser counts to a block."""
    source = entry.key.span.source
    if isinstance(entry.value, Mapping) and entry.value.entries and not entry.value.flow:
        return _end(list(entry.value.entries.values())[-1])
    return len(source.text[: max(entry.value.span.end, entry.key.span.end)].rstrip())


def _ends_on(entry: Entry) -> int:
    return entry.key.span.source.position(_end(entry) - 1)[0]


def _last_line(entry: Entry) -> Span:
    source = entry.key.span.source
    number = _ends_on(entry)
    line = source.line(number)
    start = source.line_starts[number - 1]
    return Span(source, start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
