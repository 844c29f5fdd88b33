"""Where the parts of a document's maps stand: an entry with its comments, and where the next one would."""

from __future__ import annotations

from kith.source import Entry, Mapping, Node, Scalar


def line_start(text: str, offset: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line of an offset ends: behind its break, or at the end of the text."""
    found = text.find("\n", offset)
    return len(text) if found < 0 else found + 1


def column(text: str, offset: int) -> int:
    """The column of an offset, from 0."""
    return offset - line_start(text, offset)


def is_flow(node: Node) -> bool:
    """Whether a map or list is written in brackets."""
    return node.span.source.text[node.span.start : node.span.start + 1] in ("{", "[")


def end(node: Node) -> int:
    """Where a node's last sign is; the parser counts blank lines and comments behind a block to it."""
    text = node.span.source.text
    if isinstance(node, Scalar):
        if node.style not in ("literal", "folded"):
            return node.span.end
        raw = text[node.span.start : node.span.end]
        kept = "+" in raw.split("\n", 1)[0]
        return node.span.start + len(raw.rstrip("\r\n") if kept else raw.rstrip())
    if is_flow(node):
        return node.span.end
    last = list(node.entries.values())[-1].value if isinstance(node, Mapping) else node.items[-1]
    return end(last)


def starts_line(entry: Entry) -> bool:
    """Whether nothing stands before a key on its line; the first of a list's item follows a dash."""
    text, start = entry.key.span.source.text, entry.key.span.start
    return not text[line_start(text, start) : start].strip()


def region(entry: Entry) -> tuple[int, int]:
    """The lines of an entry of a block map, with the comments right above it and behind it."""
    text = entry.key.span.source.text
    start = line_start(text, entry.key.span.start)
    margin = " " * (entry.key.span.start - start)
    while start:
        above = line_start(text, start - 1)
        if not text[above:start].startswith(margin + "#"):
            break
        start = above
    return start, line_end(text, end(entry.value))


def is_blank_before(text: str, offset: int) -> bool:
    """Whether the line above the one that begins here is blank."""
    return bool(offset) and not text[line_start(text, offset - 1) : offset].strip()
