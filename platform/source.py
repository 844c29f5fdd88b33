"""YAML to nodes: every scalar stays the text that was written, and every node knows its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import yaml

from kith.offsets import offsets_of
from kith.problems import Excerpt, Fix, Mistake, Problem, Source, Span, Value, Words
from kith.yaml_errors import Complaint, explain
from kith.yaml_mistakes import (
    ALIAS,
    CHARACTER,
    CUT,
    DEEP,
    DUPLICATE,
    EMPTY,
    HUGE,
    KEY,
    MERGE,
    NO_VALUE,
    ORDER_MARK,
    QUOTE,
    SEVERAL,
    TAG,
    problem_at,
)
from kith.yaml_slips import (
    LONGEST,
    MOST_REPAIRS,
    OPENING,
    Draft,
    Slip,
    candidates,
    first_that_help,
    slip_of_indent,
    slip_of_item,
    slip_of_key,
    slip_of_value,
)

MAX_TEXT = 1_048_576
"""Characters of one document."""
MAX_SCALAR = 65_536
"""Characters of one value: 64 KiB, as for a slot of the language."""
MAX_DEPTH = 48
"""Maps and lists inside each other."""
MAX_NODES = 100_000

Style = Literal["plain", "single", "double", "literal", "folded"]
_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A value as text; `style` tells how it was written, for a plain `~` is "nothing" and a quoted one is a text.

    It is the same only as itself, so that what was made of it can be kept under it.
    """

    text: str
    style: Style
    span: Span

    @property
    def is_null(self) -> bool:
        """Whether it is `~`."""
        return self.text == "~" and self.style == "plain"

    def excerpt(self) -> Excerpt:
        """The text with the place in the source of each of its characters."""
        span = self.span
        raw = span.source.text[span.start : span.end]
        return Excerpt(self.text, span.source, offsets_of(self.style, raw, span.start, self.text))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map and what stands there."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map; its order is the order of the document."""

    entries: dict[str, Entry]
    span: Span
    flow: bool = False

    def get(self, name: str) -> Node | None:
        """What stands at a key."""
        entry = self.entries.get(name)
        return entry.value if entry else None


Node = Scalar | Sequence | Mapping

MOST_LINES = 12
"""Lines above the one where the parser stopped, in which a slip is looked for."""
_MARK = "\ufeff"
_UTF8 = Words("save the file as UTF-8 without a byte order mark", "请把文件保存为不带 BOM 的 UTF-8")
_CLEAR = Words("write ~ to clear what a lower layer set, or leave the key out", "用 ~ 清除下层的设置，或去掉这个键")

# What YAML's readers never need, or what makes a text look like another: controls, lone carriage returns, the line ends of
# YAML 1.1, byte order marks, and marks that turn the direction of writing.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\r(?!\n)|[\u2028-\u202e\u2066-\u2069\ufeff]"
)


class _Refused(Exception):
    """Ends the reading of a document; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read(text: str, path: str) -> tuple[Node | None, list[Problem]]:
    """Read the one document of a file; there is no node where a problem made the rest unreadable.

    Slips that can be undone are told and undone, so that everything else is told in the same run.
    """
    source = Source(path, text)
    draft, found = Draft(source, text), list[Problem]()
    try:
        _check_text(source)
    except _Refused as refused:
        return None, [refused.problem]
    if text.startswith(_MARK):
        found.append(problem_at(ORDER_MARK, source, 0, 1, _UTF8))
        draft = draft.without([Slip(((0, 1, ""),))])
    while True:
        node, problems, slips = _attempt(_Reader(draft))
        found += map(draft.told, slips)
        if not slips or len(found) > MOST_REPAIRS or len(text) > LONGEST:
            return node, found + problems
        draft = draft.without(slips)


def _attempt(reader: _Reader) -> tuple[Node | None, list[Problem], list[Slip]]:
    """Read a draft: its node, its problems, and the slips without which more could be read."""
    try:
        node = reader.document()
    except _Refused as refused:
        return None, [*reader.problems, refused.problem], []
    except yaml.YAMLError as error:
        said = _complaint(error)
        if slips := _slips_behind(reader.draft, said):
            return None, [], slips
        return None, [*reader.problems, _explained(reader.draft, said)], []
    return node, reader.problems, reader.slips


def _complaint(error: yaml.YAMLError) -> Complaint:
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    return Complaint(
        str(getattr(error, "problem", None) or ""),
        str(getattr(error, "context", None) or ""),
        mark.index if mark else 0,
        context.index if context else -1,
    )


def _explained(draft: Draft, said: Complaint) -> Problem:
    """What the parser did not understand, at its place in the source."""
    if draft.places is None:
        return explain(draft.source, said)
    problem = explain(Source(draft.source.path, draft.text), said)
    span = problem.span and Span(draft.source, draft.at(problem.span.start), draft.at(problem.span.end))
    return replace(problem, span=span, fix=None)


def _slips_behind(draft: Draft, said: Complaint) -> list[Slip]:
    """The slips that made the parser stop: on the line where it did, or on those that it was reading."""
    text = draft.text
    source = Source("", text)
    if len(text) > LONGEST:
        return []
    last = source.position(min(said.at, len(text)))[0]
    above = next((line for line in range(last - 1, 0, -1) if source.line(line).strip()), last)
    first = min(above, source.position(said.began)[0] if said.began >= 0 else last)
    while first > 1 and any(candidates(text, source.line_starts[first - 2], source.line_starts[first - 1])):
        first -= 1
    numbers = range(max(first, last - MOST_LINES), last + 1)
    lines = [(source.line_starts[number - 1], len(source.line(number))) for number in numbers]
    return first_that_help(text, [(start, start + length) for start, length in lines], _reads_to, said.at)


def _reads_to(text: str) -> int:
    """How far a text can be read."""
    try:
        _Reader(Draft(Source("", text), text)).document()
    except yaml.YAMLError as error:
        return _complaint(error).at
    except _Refused:
        return 0
    return len(text) + 1


def _check_text(source: Source) -> None:
    if len(source.text) > MAX_TEXT:
        what = Words("the document", "文档")
        raise _Refused(problem_at(HUGE, source, 0, 1, what=what, limit=f"{MAX_TEXT:,}"))
    if bad := _FORBIDDEN.search(source.text, source.text.startswith(_MARK)):
        code = f"U+{ord(bad.group()):04X}"
        raise _Refused(problem_at(CHARACTER, source, bad.start(), bad.end(), code=code))


class _Reader:
    """Makes nodes of the parser's events, one by one, so that a limit stops the work and not only its result."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.source = draft.source
        self.problems: list[Problem] = []
        self.slips: list[Slip] = []
        self.count = 0

    def document(self) -> Node | None:
        """The document."""
        events = yaml.parse(self.draft.text, Loader=yaml.CSafeLoader)
        next(events)  # the start of the stream
        if isinstance(next(events), yaml.StreamEndEvent):
            raise _Refused(problem_at(EMPTY, self.source, 0, 1))
        node = self.node(next(events), events, 0)
        next(events)  # the end of the document
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.report(SEVERAL, after)
        if isinstance(node, Scalar) and not node.text:
            raise _Refused(problem_at(EMPTY, self.source, 0, 1))
        return node

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        """The node that begins with an event."""
        self.count += 1
        if depth > MAX_DEPTH:
            raise _Refused(self.problem(DEEP, event, limit=MAX_DEPTH))
        if self.count > MAX_NODES:
            what = Words("the number of values", "值的数量")
            raise _Refused(self.problem(HUGE, event, what=what, limit=f"{MAX_NODES:,}"))
        if isinstance(event, yaml.AliasEvent):
            self.report(ALIAS, event)
            return Scalar("", "plain", self.span(event))
        if event.anchor:
            self.report(ALIAS, event)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if event.tag:
            self.tagged(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event, events, depth)
        return self.sequence(event, events, depth)

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        """A value as text."""
        if len(event.value) > MAX_SCALAR:
            raise _Refused(self.problem(HUGE, event, what=Words("the value", "值"), limit=f"{MAX_SCALAR:,}"))
        if event.tag:
            self.tagged(event)
        return Scalar(event.value, _STYLES.get(event.style, "plain"), self.span(event))

    def mapping(self, start: Any, events: Iterator[Any], depth: int) -> Mapping:
        """A map, with doubles and cut values named."""
        entries: dict[str, Entry] = {}
        last: Entry | None = None
        event: Any = next(events)
        while not isinstance(event, yaml.MappingEndEvent):
            key, key_event = self.node(event, events, depth + 1), event
            event = next(events)
            value = self.node(event, events, depth + 1)
            if isinstance(key, Scalar):
                entry = Entry(key, value)
                if not self.slipped(entry, key_event, event) and self.fits(entry, entries, start.flow_style, last):
                    entries[key.text] = entry
                last = entry
            else:
                self.problems.append(Problem(KEY, key.span))
            event = next(events)
        return Mapping(entries, self.between(start, event), start.flow_style)

    def sequence(self, start: Any, events: Iterator[Any], depth: int) -> Sequence:
        """A list."""
        items: list[Node] = []
        event: Any = next(events)
        while not isinstance(event, yaml.SequenceEndEvent):
            item = self.node(event, events, depth + 1)
            items.append(item)
            if isinstance(item, Scalar) and item.style == "plain" and not item.text.isascii():
                slip = slip_of_item(self.draft.text, event.start_mark.index, event.end_mark.index)
                self.slips += [slip] if slip else []
            event = next(events)
        return Sequence(tuple(items), self.between(start, event))

    def slipped(self, entry: Entry, key: Any, value: Any) -> bool:
        """Whether a slip made a key or its value what it is; it is noted."""
        text, name, inner = self.draft.text, entry.key, entry.value
        slip = None
        if name.style == "plain" and (not name.text.isascii() or ":" in name.text):
            has_value = not (isinstance(inner, Scalar) and inner.style == "plain" and not inner.text)
            slip = slip_of_indent(text, key.start_mark.index + 1)
            slip = slip or slip_of_key(text, key.start_mark.index, key.end_mark.index, has_value)
        if slip is None and isinstance(inner, Scalar) and inner.style == "plain":
            where = value.start_mark.index, value.end_mark.index
            if inner.text[:1] in OPENING:
                slip = slip_of_value(text, *where)
            elif value.start_mark.line > key.start_mark.line and (":" in inner.text or "：" in inner.text):
                slip = slip_of_key(text, *where, False)
        self.slips += [slip] if slip else []
        return slip is not None

    def fits(self, entry: Entry, entries: dict[str, Entry], flow: bool, last: Entry | None) -> bool:
        """Whether an entry is as it was meant; if not, a problem says so."""
        key, value = entry.key, entry.value
        if key.text == "<<" and key.style == "plain":
            self.problems.append(Problem(MERGE, key.span))
            return False
        if isinstance(value, Scalar) and not value.text and value.style == "plain":
            if flow and last and not self.source.text[key.span.end :].lstrip().startswith(":"):
                self.cut(last, key)
                return False
            if self.source.text[value.span.start : value.span.start + 1] not in ("!", "*", "&"):
                self.problems.append(Problem(NO_VALUE, key.span, {"name": key.text}, _CLEAR))
        if first := entries.get(key.text):
            line = self.source.position(first.key.span.start)[0]
            self.problems.append(Problem(DUPLICATE, key.span, {"name": key.text, "line": line}))
            return False
        return True

    def cut(self, last: Entry, rest: Scalar) -> None:
        """A plain value that YAML ended at a comma: the text after it became a key."""
        span = Span(self.source, last.value.span.start, rest.span.end)
        whole = self.source.text[span.start : span.end]
        kept = last.value.text if isinstance(last.value, Scalar) else last.key.text
        fix = Fix(span, "'" + whole.replace("'", "''") + "'") if "\n" not in whole else None
        self.problems.append(Problem(CUT, span, {"text": kept}, QUOTE, fix))

    def tagged(self, event: Any) -> None:
        """A tag, most often `!x` where `not x` is meant."""
        raw = self.source.text[event.start_mark.index :].split("\n", 1)[0]
        hint = QUOTE
        if re.match(r"![a-z(]", raw):
            hint = Words('"not" is the word: not ' + raw[1:].strip(), "否定用 not：not " + raw[1:].strip())
        self.report(TAG, event, hint, tag=event.tag)

    def report(self, mistake: Mistake, event: Any, hint: Words | None = None, **values: Value) -> None:
        """Note a problem and go on."""
        self.problems.append(self.problem(mistake, event, hint, **values))

    def problem(self, mistake: Mistake, event: Any, hint: Words | None = None, **values: Value) -> Problem:
        """A problem at an event."""
        span = self.span(event)
        return problem_at(mistake, self.source, span.start, span.end, hint, **values)

    def span(self, event: Any) -> Span:
        """Where an event stands."""
        return self.between(event, event)

    def between(self, start: Any, end: Any) -> Span:
        """From one event to another."""
        if self.draft.places is None:
            return Span(self.source, start.start_mark.index, end.end_mark.index)
        return Span(self.source, self.draft.at(start.start_mark.index), self.draft.at(end.end_mark.index))
