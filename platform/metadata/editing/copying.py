"""The text of an entry for a block map: copied from another document with its comments, or written anew."""

from __future__ import annotations

from kith.metadata.editing.places import column, end, line_end, line_start, region
from kith.metadata.editing.values import Data, data_of, entry_lines, same
from kith.source import Entry, Mapping, read


def block_text(name: str, value: Data | Entry, margin: int, *, comments: bool = True) -> str:
    """An entry as whole lines, its key in column `margin`."""
    if isinstance(value, Entry):
        return _copied(value, name, margin, comments) or block_text(name, data_of(value.value), margin)
    first, *rest = entry_lines(name, value, margin)
    return "\n".join([" " * margin + first, *rest]) + "\n"


def _copied(entry: Entry, name: str, margin: int, comments: bool) -> str:
    """The lines of an entry in another column; nothing where they do not say the same when they stand alone."""
    text, start = entry.key.span.source.text, entry.key.span.start
    if entry.key.text != name:
        return ""
    first, last = region(entry) if comments else (line_start(text, start), line_end(text, end(entry.value)))
    shift = margin - column(text, start)
    lines = text[first:last].replace("\r\n", "\n").rstrip("\n").split("\n")
    copied = "\n".join(_shifted(line, shift) for line in lines) + "\n"
    node, problems = read(copied, "")
    if problems or not isinstance(node, Mapping) or list(node.entries) != [name]:
        return ""
    return copied if same(node.entries[name].value, entry.value) else ""


def _shifted(line: str, shift: int) -> str:
    if not line.strip() or shift == 0:
        return line
    if shift > 0:
        return " " * shift + line
    return line[min(-shift, len(line) - len(line.lstrip(" "))) :]
