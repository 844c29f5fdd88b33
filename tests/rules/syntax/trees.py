"""Random syntax trees over the whole grammar, and what of a tree counts when two are compared."""

from __future__ import annotations

import unicodedata
from dataclasses import fields

from hypothesis import strategies as st

from kith.rules import syntax as s

NAMES = st.sampled_from(
    ["amount", "a", "x9", "set", "to", "from", "stop", "let", "email", "on", "as", "create", "notify", "for", "delete"]
)
OWN_NAMES = st.sampled_from(["gap", "for", "using", "b_2"])
PATH_STARTS = st.one_of(NAMES, st.sampled_from(["me", "this", "old"]))
STRINGS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('"\\\n\r\t{}# '), min_size=1, max_size=8
)
COMPARISONS = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
OPERATORS = ["or", "and", "+", "-", "*", "/", "??", *COMPARISONS]


def plain(value: object) -> object:
    """A tree as nested tuples, without offsets and comments."""
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, s.Syntax):
        names = [item.name for item in fields(value)]
        kept = [name for name in names if name not in {"start", "end", "comments"} and not name.endswith("_start")]
        return (type(value).__name__, *(plain(getattr(value, name)) for name in kept))
    return value


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


LEAVES = st.one_of(
    st.builds(s.Name, st.just(0), st.just(0), PATH_STARTS),
    st.builds(s.Number, st.just(0), st.just(0), st.sampled_from(["0", "12", "1_000.50"]), st.booleans()),
    st.builds(s.Word, st.just(0), st.just(0), st.sampled_from(["true", "false", "null"])),
    st.builds(s.Moment, st.just(0), st.just(0), st.sampled_from(["2026-01-31", "2026-01-31T09:00:01.5+08:00"])),
    st.builds(s.Amount, st.just(0), st.just(0), st.sampled_from(["3", "90"]), st.sampled_from(["min", "mo", "d", "y"])),
)


def _invoke(function: str, args: list[s.Syntax], where: s.Syntax | None, by: list[s.Sort]) -> s.Invoke:
    """A call; `by` leaves room for one argument, and neither goes without any."""
    if not args:
        return s.Invoke(0, 0, function, ())
    return s.Invoke(0, 0, function, tuple(args[:1] if by else args), where, tuple(by))


def _branches(inner: st.SearchStrategy[s.Syntax]) -> st.SearchStrategy[s.Syntax]:
    zero, one = st.just(0), inner
    sorts = st.builds(s.Sort, zero, zero, one, st.booleans())
    return st.one_of(
        st.builds(s.If, zero, zero, one, one, one),
        st.builds(s.Binary, zero, zero, st.sampled_from(OPERATORS), one, one, zero),
        st.builds(s.Unary, zero, zero, st.sampled_from(["not", "-"]), one),
        st.builds(s.Between, zero, zero, one, one, one),
        st.builds(s.IsSet, zero, zero, one, st.booleans()),
        st.builds(s.Items, zero, zero, st.lists(one, max_size=3).map(tuple)),
        st.builds(s.Dot, zero, zero, one, NAMES, zero),
        st.builds(s.Changed, zero, zero, one, st.none() | one, st.none() | one),
        st.builds(_invoke, NAMES, st.lists(one, max_size=3), st.none() | one, st.lists(sorts, max_size=2)),
    )


IN_HOLES = st.recursive(LEAVES, _branches, max_leaves=3)


def _joined(parts: list[str | s.Syntax]) -> s.Text:
    """A text whose neighbouring strings are one."""
    joined: list[str | s.Syntax] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] = joined[-1] + part
        else:
            joined.append(part)
    return s.Text(0, 0, tuple(_nfc(part) if isinstance(part, str) else part for part in joined))


TEXTS = st.lists(st.one_of(STRINGS, IN_HOLES), max_size=4).map(_joined)
EXPRESSIONS = st.recursive(LEAVES | TEXTS, _branches, max_leaves=8)


def _paths(names: list[str]) -> s.Syntax:
    path: s.Syntax = s.Name(0, 0, names[0])
    for name in names[1:]:
        path = s.Dot(0, 0, path, name, 0)
    return path


def _entries(values: dict[str, s.Syntax]) -> tuple[s.Entry, ...]:
    return tuple(s.Entry(0, 0, name, value) for name, value in values.items())


ENTRIES = st.dictionaries(NAMES, EXPRESSIONS, max_size=3).map(_entries)


def _objects(inner: st.SearchStrategy[s.Syntax]) -> st.SearchStrategy[s.Syntax]:
    return st.dictionaries(NAMES, inner, max_size=3).map(lambda values: s.Object(0, 0, _entries(values)))


OBJECTS = _objects(st.recursive(EXPRESSIONS, _objects, max_leaves=3))
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(_paths)
LITERALS = STRINGS.map(lambda text: s.Text(0, 0, (_nfc(text),)))
SOME_ENTRIES = st.dictionaries(NAMES, EXPRESSIONS, min_size=1, max_size=3).map(_entries)
ZERO = st.just(0)
SIMPLE: st.SearchStrategy[s.Statement] = st.one_of(
    st.builds(s.Let, st.just(0), st.just(0), OWN_NAMES, EXPRESSIONS),
    st.builds(s.Set, ZERO, ZERO, PATHS, EXPRESSIONS),
    st.builds(s.Update, ZERO, ZERO, PATHS, st.none() | EXPRESSIONS, SOME_ENTRIES),
    st.builds(s.Delete, ZERO, ZERO, PATHS, st.none() | EXPRESSIONS),
    st.builds(s.Join, ZERO, ZERO, PATHS, EXPRESSIONS, st.booleans()),
    st.builds(s.Notify, ZERO, ZERO, EXPRESSIONS, TEXTS),
    st.builds(s.Email, ZERO, ZERO, EXPRESSIONS, LITERALS),
    st.builds(s.Webhook, ZERO, ZERO, LITERALS, OBJECTS),
    st.builds(s.Hand, ZERO, ZERO, PATHS, LITERALS),
    st.builds(s.Submit, ZERO, ZERO, LITERALS),
    st.builds(s.Create, st.just(0), st.just(0), NAMES, st.just(0), ENTRIES, st.none() | OWN_NAMES),
    st.builds(s.Refuse, st.just(0), st.just(0), TEXTS, st.none() | NAMES, st.just(0)),
    st.builds(s.Stop, st.just(0), st.just(0)),
)


def _choices(inner: st.SearchStrategy[s.Statement]) -> st.SearchStrategy[s.Statement]:
    lists = st.lists(inner, max_size=3).map(tuple)
    loops = st.builds(s.For, ZERO, ZERO, OWN_NAMES, PATHS, st.none() | EXPRESSIONS, lists)
    return st.builds(s.Choose, st.just(0), st.just(0), EXPRESSIONS, lists, lists) | loops


STATEMENTS = st.recursive(SIMPLE, _choices, max_leaves=4)
BLOCKS = st.lists(STATEMENTS, min_size=1, max_size=4).map(lambda items: s.Block(0, 0, tuple(items)))
