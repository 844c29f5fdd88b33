"""Putting one document on another: maps merge by key, scalars and lists replace, `~…` clears, removes and places."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from kith.metadata.mistakes import layers as mistakes
from kith.problems import Problem, Value, Words, did_you_mean
from kith.source import Entry, Mapping, Node, Scalar

Report = Callable[[Problem], None]

REMOVE, AFTER, BEFORE = "~remove", "~after", "~before"
DIRECTIVES = (REMOVE, AFTER, BEFORE)
TEXTS = frozenset({"label", "plural", "help", "title", "message", "confirm"})
"""Keys that take one text, or a map of languages."""
VALUES = frozenset({"rows", "given", "me", "update", "create", "values", "inputs", "created"})
"""Keys of data and tests below which a `~` is a value, nothing, and what is no map may stand where a map stood."""


class Nulls(Enum):
    """What `~` means at a place."""

    CLEARS = auto()
    """It takes away what lower layers set, and must find something."""
    MAY_CLEAR = auto()
    """The same in data and tests, where it is left as it came when there is nothing to take away."""
    VALUES = auto()
    """It is a value like any other."""


def merge(lower: Mapping | None, upper: Mapping, report: Report, nulls: Nulls = Nulls.CLEARS) -> Mapping:
    """The upper map on the lower one."""
    if lower is None and "~" not in upper.span.source.text:
        return upper
    entries = dict(lower.entries) if lower else {}
    for name, entry in upper.entries.items():
        if name.startswith("~"):
            _known(entry, report)
        elif isinstance(entry.value, Scalar) and entry.value.is_null and nulls is not Nulls.VALUES:
            _clear(name, entry, entries, report, nulls)
        elif removes(entry.value, report):
            _remove(name, entry, entries, report)
        else:
            _put(name, entry, entries, report, nulls)
    for name, entry in upper.entries.items():
        if name in entries and isinstance(entry.value, Mapping):
            _place(name, entry.value, entries, report)
    below = lower if lower is not None and lower.entries else upper
    return Mapping(entries, below.span, below.flow)


def _known(entry: Entry, report: Report) -> None:
    if entry.key.text not in DIRECTIVES:
        hint = did_you_mean(entry.key.text, DIRECTIVES)
        report(Problem(mistakes.UNKNOWN_DIRECTIVE, entry.key.span, {"name": entry.key.text}, hint))


def _clear(name: str, entry: Entry, entries: dict[str, Entry], report: Report, nulls: Nulls) -> None:
    if name in entries:
        del entries[name]
    elif nulls is Nulls.MAY_CLEAR:
        entries[name] = entry
    else:
        hint = did_you_mean(name, entries)
        report(Problem(mistakes.CLEARS_NOTHING, entry.key.span, {"name": name}, hint))


def _remove(name: str, entry: Entry, entries: dict[str, Entry], report: Report) -> None:
    if entries.pop(name, None) is None:
        report(Problem(mistakes.REMOVES_NOTHING, entry.key.span, {"name": name}, did_you_mean(name, entries)))


def removes(node: Node, report: Report) -> bool:
    """Whether a map says `~remove: true`, and nothing else."""
    directive = node.get(REMOVE) if isinstance(node, Mapping) else None
    if directive is None:
        return False
    if isinstance(directive, Scalar) and directive.text == "true":
        return True
    values: dict[str, Value] = {"name": REMOVE, "wanted": Words("true", "true")}
    report(Problem(mistakes.BAD_DIRECTIVE, directive.span, values))
    return False


def _put(name: str, entry: Entry, entries: dict[str, Entry], report: Report, nulls: Nulls) -> None:
    below, value = entries.get(name), entry.value
    if isinstance(value, Mapping):
        base = below.value if below and isinstance(below.value, Mapping) else None
        value = merge(base, value, report, Nulls.VALUES if nulls is Nulls.MAY_CLEAR and name in VALUES else nulls)
    elif below and isinstance(below.value, Mapping) and name not in TEXTS and nulls is Nulls.CLEARS:
        values: dict[str, Value] = {"name": name, "kind": Words("map", "映射")}
        report(Problem(mistakes.ODD_KIND, entry.value.span, values))
        return
    entries[name] = Entry(below.key if below and isinstance(value, Mapping) else entry.key, value)


def _place(name: str, said: Mapping, entries: dict[str, Entry], report: Report) -> None:
    """Move an entry beside the one that `~after` or `~before` names."""
    for directive in (AFTER, BEFORE):
        wanted = said.get(directive)
        if wanted is None:
            continue
        if not isinstance(wanted, Scalar):
            report(Problem(mistakes.BAD_DIRECTIVE, wanted.span, {"name": directive, "wanted": Words("a name", "名称")}))
        elif wanted.text not in entries or wanted.text == name:
            hint = did_you_mean(wanted.text, entries)
            report(Problem(mistakes.NO_NEIGHBOUR, wanted.span, {"name": wanted.text}, hint))
        else:
            moved = entries.pop(name)
            order = list(entries.items())
            at = [key for key, _ in order].index(wanted.text) + (directive == AFTER)
            entries.clear()
            entries.update([*order[:at], (name, moved), *order[at:]])
