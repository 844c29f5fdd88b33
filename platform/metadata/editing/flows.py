"""Entries of maps that are written in brackets."""

from __future__ import annotations

from kith.metadata.editing.places import end
from kith.metadata.editing.values import Data, inline, key, plain_data, style_of
from kith.metadata.scalars import Edit
from kith.source import Entry, Mapping


def replaced(entry: Entry, value: Data | Entry) -> list[Edit]:
    """Another value at a key."""
    old = entry.value
    return [Edit(old.span.start, old.span.end, inline(plain_data(value), in_flow=True, style=style_of(old)))]


def added(parent: Mapping, name: str, value: Data | Entry, after: str | None) -> list[Edit]:
    """An entry more: behind the one that is named, at the beginning where that is empty, else at the end."""
    written = f"{key(name, in_flow=True)}: {inline(plain_data(value), in_flow=True)}"
    entries = list(parent.entries.values())
    if not entries:
        return [Edit(parent.span.start, parent.span.end, "{" + written + "}")]
    text = parent.span.source.text
    if after == "":
        place = entries[0].key.span.start
        return [Edit(place, place, f"{written},{_gap(text, parent, entries)}")]
    neighbour = parent.entries.get(after, entries[-1]) if after is not None else entries[-1]
    place = end(neighbour.value)
    return [Edit(place, place, f",{_gap(text, parent, entries)}{written}")]


def _gap(text: str, parent: Mapping, entries: list[Entry]) -> str:
    """What stands between two entries: a line break where the map has one entry a line."""
    before = end(entries[-2].value) if len(entries) > 1 else parent.span.start + 1
    between = text[before : entries[-1].key.span.start]
    return "\n" + between.rsplit("\n", 1)[1] if "\n" in between else " "


def removed(parent: Mapping, entry: Entry) -> list[Edit]:
    """An entry less; where it was the only one, also of a block, empty brackets stay."""
    entries = list(parent.entries.values())
    at = entries.index(entry)
    if len(entries) == 1:
        return [Edit(parent.span.start, end(parent), "{}")]
    if at + 1 < len(entries):
        return [Edit(entry.key.span.start, entries[at + 1].key.span.start, "")]
    return [Edit(end(entries[at - 1].value), end(entry.value), "")]
