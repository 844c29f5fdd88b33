"""YAML to nodes: every scalar stays the text that was written, and every node knows its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from kith.offsets import offsets_of
from kith.problems import Excerpt, Fix, Mistake, Problem, Source, Span, Value, Words

MAX_TEXT = 1_048_576
"""Characters of one document."""
MAX_SCALAR = 65_536
"""Characters of one value: 64 KiB, as for a slot of the language."""
MAX_DEPTH = 48
"""Maps and lists inside each other."""
MAX_NODES = 100_000

Style = Literal["plain", "single", "double", "literal", "folded"]
_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as text; `style` tells how it was written, for a plain `~` is "nothing" and a quoted one is a text."""

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

SYNTAX = Mistake("D101", Words("this is not YAML: {why}", "这不是合法的 YAML：{why}"), "app: [a", "app: a")
DUPLICATE = Mistake(
    "D102",
    Words('"{name}" stands here twice; the first is in line {line}', "“{name}”重复出现，第一次在第 {line} 行"),
    "entity: a\nicon: user\nicon: box",
    "entity: a\nicon: user",
)
ALIAS = Mistake(
    "D103",
    Words("anchors (&) and aliases (*) are not used here", "这里不使用锚点（&）和别名（*）"),
    "entity: a\nicon: &i user",
    "entity: a\nicon: user",
)
TAG = Mistake(
    "D104",
    Words('YAML reads "{tag}" as a tag and drops it', "YAML 会把“{tag}”当作标签并丢弃"),
    "view: a\nfilter: !done",
    "view: a\nfilter: not done",
)
MERGE = Mistake(
    "D105",
    Words('merge keys (<<) are not used here; "include" takes fragments', "这里不使用合并键（<<），请用 include"),
    "entity: a\n<<: {icon: user}",
    "entity: a\nicon: user",
)
DEEP = Mistake(
    "D106",
    Words("maps and lists are nested deeper than {limit}", "映射和列表的嵌套超过 {limit} 层"),
    "[" * 60,
    "app: a",
)
HUGE = Mistake(
    "D107",
    Words("{what} is too large: at most {limit} are allowed", "{what}过大：最多允许 {limit}"),
    "app: " + "a" * 70_000,
    "app: a",
)
CHARACTER = Mistake(
    "D108",
    Words("the character {code} may not stand in a document", "文档中不能有字符 {code}"),
    "app: a\u202eb",
    "app: ab",
)
TAB = Mistake(
    "D109",
    Words("a tab stands where only spaces may indent", "缩进只能用空格，这里是制表符"),
    "app:\n\ta: b",
    "app: a",
)
SEVERAL = Mistake("D110", Words("one file holds one document", "一个文件只放一个文档"), "app: a\n---\napp: b", "app: a")
EMPTY = Mistake("D111", Words("the document is empty", "文档是空的"), "# nothing\n", "app: a")
CUT = Mistake(
    "D112",
    Words(
        'in a { } map YAML ends a plain value at a comma or bracket: only "{text}" is left of this one',
        "在 { } 映射里，YAML 遇到 , [ ] { } 就结束不带引号的值：这里只剩“{text}”",
    ),
    "view: a\nfilter: {a: min(b, c)}",
    "view: a\nfilter: {a: 'min(b, c)'}",
)
STARTS = Mistake(
    "D113",
    Words("YAML gives a value that starts with {sign} another meaning", "以 {sign} 开头的值在 YAML 里另有含义"),
    "view: a\nfilter: @2026-01-31 < due",
    "view: a\nfilter: '@2026-01-31 < due'",
)
KEY = Mistake("D114", Words("a key must be a plain name", "键必须是普通的名称"), "view: a\n? [b]\n: c", "view: a")
NO_VALUE = Mistake(
    "D115",
    Words('"{name}" has no value', "“{name}”没有值"),
    "view: a\nfilter:",
    "view: a\nfilter: done",
)
MISTAKES = (
    SYNTAX, DUPLICATE, ALIAS, TAG, MERGE, DEEP, HUGE, CHARACTER, TAB, SEVERAL, EMPTY, CUT, STARTS, KEY, NO_VALUE,
)  # fmt: skip

QUOTE = Words("put the whole value into single quotes", "请把整个值放进单引号")
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
    """Read the one document of a file; there is no node where a problem made the rest unreadable."""
    source = Source(path, text)
    reader = _Reader(source)
    try:
        _check_text(source)
        return reader.document(), reader.problems
    except _Refused as refused:
        return None, [*reader.problems, refused.problem]
    except yaml.YAMLError as error:
        return None, [*reader.problems, _explain(source, error)]


def _check_text(source: Source) -> None:
    if len(source.text) > MAX_TEXT:
        what = Words("the document", "文档")
        raise _Refused(_problem(HUGE, source, 0, 1, what=what, limit=f"{MAX_TEXT:,}"))
    if bad := _FORBIDDEN.search(source.text):
        code = f"U+{ord(bad.group()):04X}"
        hint = Words("save the file as UTF-8 without a byte order mark", "请把文件保存为不带 BOM 的 UTF-8")
        raise _Refused(
            _problem(CHARACTER, source, bad.start(), bad.end(), hint if bad.start() == 0 else None, code=code)
        )


def _problem(
    mistake: Mistake, source: Source, start: int, end: int, hint: Words | None = None, **values: Value
) -> Problem:
    size = len(source.text)
    start = min(start, max(size - 1, 0))
    return Problem(mistake, Span(source, start, max(start + 1, min(end, size))), values, hint)


class _Reader:
    """Makes nodes of the parser's events, one by one, so that a limit stops the work and not only its result."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.count = 0

    def document(self) -> Node | None:
        """The document."""
        events = yaml.parse(self.source.text, Loader=yaml.CSafeLoader)
        next(events)  # the start of the stream
        if isinstance(next(events), yaml.StreamEndEvent):
            raise _Refused(_problem(EMPTY, self.source, 0, 1))
        node = self.node(next(events), events, 0)
        next(events)  # the end of the document
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.report(SEVERAL, after)
        if isinstance(node, Scalar) and not node.text:
            raise _Refused(_problem(EMPTY, self.source, 0, 1))
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
            key = self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if isinstance(key, Scalar):
                entry = Entry(key, value)
                if self.fits(entry, entries, start.flow_style, last):
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
            items.append(self.node(event, events, depth + 1))
            event = next(events)
        return Sequence(tuple(items), self.between(start, event))

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
        start, end = event.start_mark.index, event.end_mark.index
        return _problem(mistake, self.source, start, end, hint, **values)

    def span(self, event: Any) -> Span:
        """Where an event stands."""
        return self.between(event, event)

    def between(self, start: Any, end: Any) -> Span:
        """From one event to another."""
        return Span(self.source, start.start_mark.index, end.end_mark.index)


_WHY = (
    ("unexpected end of stream", "the quote that opens here is never closed", "这里的引号没有结束"),
    ("violates indentation", "a tab stands in the indentation", "缩进中有制表符"),
    (
        "mapping values",
        'no ":" can follow here: wrong indent, or quotes are missing',
        "这里不能有“:”：缩进不对，或缺少引号",
    ),
    ("could not find expected ':'", 'this line has no ":" after its key', "这一行的键后面缺少“:”"),
    ("expected ',' or '}'", 'in this map a "," or "}" is missing', "这个映射缺少“,”或“}”"),
    ("expected ',' or ']'", 'in this list a "," or "]" is missing', "这个列表缺少“,”或“]”"),
    ("expected key", "this line is not indented as its neighbours", "这一行的缩进与相邻行不一致"),
    ("expected '-' indicator", 'a "-" is missing, or the indent is wrong', "缺少“-”，或缩进不对"),
    ("node content", "a value is missing here", "这里缺少值"),
    ("escape", "a double-quoted text knows no such escape", "双引号文本里没有这种转义"),
)
"""What a complaint of the parser contains, and what it means to an author."""


def _explain(source: Source, error: yaml.YAMLError) -> Problem:
    """Say in our words what the parser did not understand, and where an author would look for it."""
    problem = str(getattr(error, "problem", None) or "")
    mark: Any = getattr(error, "problem_mark", None)
    context: Any = getattr(error, "context_mark", None)
    at = mark.index if mark else 0
    if named := _named(source, at):
        return named
    line_start = source.text.rfind("\n", 0, at) + 1
    if "\t" in (indent := re.match(r"\s*", source.text[line_start:]).group()) and "\n" not in indent:  # type: ignore[union-attr]
        return _problem(TAB, source, line_start + indent.index("\t"), line_start + len(indent))
    flow = "flow" in str(getattr(error, "context", ""))
    if context and ("end of stream" in problem or (flow and context.line != mark.line)):
        at = context.index
    why = next((Words(en, zh) for sign, en, zh in _WHY if sign in problem), Words(problem, problem))
    return _problem(SYNTAX, source, at, at + 1, why=why)


def _named(source: Source, at: int) -> Problem | None:
    """The mistake of a value that YAML takes for something else: `@…`, `"…" == x`, `[…] …`, `{…} …`, or one cut short."""
    line_start = source.text.rfind("\n", 0, at) + 1
    line = source.text[line_start:].split("\n", 1)[0]
    found = None
    for match in re.finditer(r"(?:^|[\s{,])[\w~.-]+:\s+(?=\S)", line):
        if line_start + match.end() <= at:
            found = match
    if not found:
        return None
    start, value = line_start + found.end(), line[found.end() :]
    flow = line[: found.end()].count("{") > line[: found.end()].count("}")
    starts = start == at if value[0] in "@`%" else start < at and _closed(value, at - start)
    if starts:
        fix = None if flow else Fix(Span(source, start, line_start + len(line)), "'" + value.replace("'", "''") + "'")
        span = Span(source, start, line_start + len(line.rstrip()))
        return Problem(STARTS, span, {"sign": value[0]}, QUOTE, fix)
    if flow and value[0] not in "\"'[{" and at < len(source.text) and source.text[at] in "[{":
        return Problem(CUT, Span(source, start, at + 1), {"text": source.text[start:at].strip()}, QUOTE)
    return None


def _closed(value: str, length: int) -> bool:
    """Whether the quote or bracket that a value starts with has closed within that length, and a text follows on the line."""
    close = {'"': '"', "[": "]", "{": "}"}.get(value[0])
    return close is not None and close in value[1:length] and bool(re.match(r"\s*[^\s#,:}\]]", value[length:]))
