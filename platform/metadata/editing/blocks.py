"""Entries of maps that are written in lines."""

from __future__ import annotations

from kith.metadata.editing.copying import block_text
from kith.metadata.editing.places import (
    column,
    end,
    is_blank_before,
    is_flow,
    line_end,
    line_start,
    region,
    starts_line,
)
from kith.metadata.editing.values import Data, inline, is_single, plain_data, style_of, value_lines
from kith.metadata.scalars import Edit
from kith.source import Entry, Mapping, Node, Scalar


def added(parent: Mapping, name: str, value: Data | Entry, after: str | None) -> list[Edit]:
    """An entry more: behind the one that is named, at the beginning where that is empty, else at the end."""
    text = parent.span.source.text
    entries = list(parent.entries.values())
    margin = column(text, entries[0].key.span.start)
    written = block_text(name, value, margin)
    if after == "":
        return _before(text, entries[0], written, margin)
    neighbour = parent.entries.get(after, entries[-1]) if after is not None else entries[-1]
    place = region(neighbour)[1]
    parted = [is_blank_before(text, region(entry)[0]) for entry in entries[1:]]
    gap = "\n" if 2 * sum(parted) > len(parted) else ""
    return [Edit(place, place, ("" if text[:place].endswith("\n") else "\n") + gap + written)]


def _before(text: str, entry: Entry, written: str, margin: int) -> list[Edit]:
    if starts_line(entry):
        place = line_start(text, entry.key.span.start) if margin == 0 else region(entry)[0]
        return [Edit(place, place, written)]
    place = entry.key.span.start
    return [Edit(place, place, written.lstrip(" ") + " " * margin)]


def stands_alone(holder: Entry) -> bool:
    """Whether a value in brackets stands behind a key of a block, so that it may become a block itself."""
    return starts_line(holder) and _ends_line(holder)


def _ends_line(holder: Entry) -> bool:
    text, last = holder.key.span.source.text, end(holder.value)
    rest = text[last : line_end(text, last)].strip()
    return not rest or rest.startswith("#")


def opened(holder: Entry, name: str, value: Data | Entry) -> list[Edit]:
    """Empty brackets behind a key become lines."""
    text = holder.key.span.source.text
    margin = column(text, holder.key.span.start)
    below = block_text(name, value, margin + 2).rstrip("\n")
    start = text.index(":", holder.key.span.end) + 1
    stop = line_end(text, end(holder.value))
    rest = text[end(holder.value) : stop].strip()
    return [Edit(start, stop, (f"  {rest}" if rest else "") + "\n" + below + "\n")]


def removed(parent: Mapping, entry: Entry) -> list[Edit]:
    """An entry less, of several; of two blank lines that meet then one goes, too."""
    text = parent.span.source.text
    if not starts_line(entry):
        following = list(parent.entries.values())[1]
        return [Edit(entry.key.span.start, following.key.span.start, "")]
    start, stop = region(entry)
    if is_blank_before(text, start) and (stop == len(text) or not text[stop : line_end(text, stop)].strip()):
        start = line_start(text, start - 1)
    return [Edit(start, stop, "")]


def replaced(entry: Entry, value: Data | Entry) -> list[Edit]:
    """Another value at a key: on the same line where both fit there, and in the old one's style where it has quotes."""
    old, data = entry.value, plain_data(value)
    text, margin = entry.key.span.source.text, column(entry.key.span.source.text, entry.key.span.start)
    stays = _is_on_one_line(old) and is_single(data)
    if isinstance(value, Entry) and not stays and starts_line(entry):
        copied = block_text(entry.key.text, value, margin, comments=False)
        return [Edit(line_start(text, entry.key.span.start), line_end(text, end(old)), copied)]
    opened = not isinstance(old, Scalar) and not is_flow(old)
    lines = value_lines(data, margin, column(text, entry.key.span.end) + 2, opened=opened)
    if _is_on_one_line(old) and len(lines) == 1:
        short = inline(data, in_flow=False, style=style_of(old)) if is_single(data) else lines[0]
        return [Edit(old.span.start, end(old), short)]
    return _rewritten(entry, lines)


def _rewritten(entry: Entry, lines: list[str]) -> list[Edit]:
    """Other lines behind a key; a comment on the key's line stays there."""
    text, old = entry.key.span.source.text, entry.value
    colon = text.index(":", entry.key.span.end) + 1
    first = text[colon : line_end(text, colon)]
    last = line_end(text, end(old)) if _ends_line(entry) else end(old)
    behind = text[end(old) : last].strip() if _is_on_one_line(old) else ""
    comment = first.strip() if "\n" in text[colon : old.span.start] else behind
    head = (f" {lines[0]}" if lines[0] else "") + (f"  {comment}" if comment else "")
    return [Edit(colon, last, "\n".join([head, *lines[1:]]) + ("\n" if last > end(old) else ""))]


def _is_on_one_line(node: Node) -> bool:
    if isinstance(node, Scalar):
        return (
            node.style not in ("literal", "folded")
            and "\n" not in node.span.source.text[node.span.start : node.span.end]
        )
    return is_flow(node) and "\n" not in node.span.source.text[node.span.start : node.span.end]
