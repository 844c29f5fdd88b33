"""Complaints of the YAML parser in the words of an author, at the place where an author would mend them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kith.problems import Fix, Problem, Source, Span, Words
from kith.yaml_mistakes import CUT, QUOTE, STARTS, SYNTAX, TAB, problem_at


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the parser says: its words, where it stopped, and where what it was reading began (-1: nowhere)."""

    problem: str
    context: str
    at: int
    began: int


_DEEPER = Words(
    "this line is indented deeper than those that follow, or the key above it is missing",
    "这一行的缩进比后面的行更深，或上面缺少它所属的键",
)
_ONE_LESS = Words("there is one closing bracket too many", "多了一个右括号")
_NO_COLON = Words('this line has no ":" after its key', "这一行的键后面缺少“:”")
_WHY = (
    ("unexpected end of stream", "the quote that opens here is never closed", "这里的引号没有结束"),
    ("violates indentation", "a tab stands in the indentation", "缩进中有制表符"),
    (
        "mapping values",
        'no ":" can follow here: wrong indent, or quotes are missing',
        "这里不能有“:”：缩进不对，或缺少引号",
    ),
    ("could not find expected ':'", _NO_COLON.en, _NO_COLON.zh),
    ("expected ',' or '}'", 'in this map a "," or "}" is missing', "这个映射缺少“,”或“}”"),
    ("expected ',' or ']'", 'in this list a "," or "]" is missing', "这个列表缺少“,”或“]”"),
    ("expected key", "this line is not indented as its neighbours", "这一行的缩进与相邻行不一致"),
    ("expected '-' indicator", 'a "-" is missing, or the indent is wrong', "缺少“-”，或缩进不对"),
    (
        "comment or line break",
        'after "|" or ">" the text begins on the next line, further indented',
        "“|”或“>”后面不能有内容：文本从下一行开始，并再缩进",
    ),
    ("document start", "what stands here belongs to nothing above it", "这里的内容不属于上面的任何部分"),
    ("node content", "a value is missing here", "这里缺少值"),
    ("escape", "a double-quoted text knows no such escape", "双引号文本里没有这种转义"),
)
"""What a complaint of the parser contains, and what it means to an author."""
STEP = 2
"""Blanks by which documents are usually indented."""
_BLANKS = {"\t": Words("a tab", "制表符"), "\u3000": Words("a full-width space", "全角空格")}


def explain(source: Source, said: Complaint) -> Problem:
    """Say in our words what the parser did not understand, and where an author would look for it."""
    at = said.at
    if named := _named(source, at):
        return named
    if odd := odd_indent(source, at):
        return odd
    if source.text[at : at + 1] in ("}", "]") and "expected key" in said.problem:
        return problem_at(SYNTAX, source, at, at + 1, why=_ONE_LESS)
    if "expected key" in said.problem and (deeper := _deeper(source, at)) is not None:
        return problem_at(SYNTAX, source, deeper, deeper + 1, why=_DEEPER)
    if (bare := _bare_line(source, said)) is not None:
        return problem_at(SYNTAX, source, *bare, why=_NO_COLON)
    other_line = said.began >= 0 and source.position(said.began)[0] != source.position(at)[0]
    if said.began >= 0 and ("end of stream" in said.problem or ("flow" in said.context and other_line)):
        at = said.began
    why = next((Words(en, zh) for sign, en, zh in _WHY if sign in said.problem), Words(said.problem, said.problem))
    return problem_at(SYNTAX, source, at, at + 1, why=why)


def odd_indent(source: Source, at: int) -> Problem | None:
    """The problem that a line is indented by something else than spaces."""
    start = source.text.rfind("\n", 0, at) + 1
    indent = re.match(r"[^\S\n]*", source.text[start:])
    odd = re.search(r"[^ \r]", indent.group()) if indent else None
    if indent is None or odd is None:
        return None
    what = _BLANKS.get(odd.group(), Words("a non-breaking space", "不换行空格"))
    return problem_at(TAB, source, start + odd.start(), start + indent.end(), what=what)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _deeper(source: Source, at: int) -> int | None:
    """Where a block begins that is indented too deep, when the line after it tells how deep it should be."""
    bad = source.position(at)[0]
    there, first = _indent(source.line(bad)), 0
    for number in range(bad - 1, 0, -1):
        line = source.line(number)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if _indent(line) <= there:
            alike = there - _indent(line) == STEP != _indent(source.line(first or bad)) - _indent(line)
            return source.line_starts[first - 1] + _indent(source.line(first)) if first and alike else None
        first = number
    return None


def _bare_line(source: Source, said: Complaint) -> tuple[int, int] | None:
    """A line above the one complained of that has no ":" at all: the parser joined the two."""
    if "expected ':'" in said.problem and said.began >= 0:
        line = source.position(said.began)[0]
    elif "mapping values" in said.problem:
        line = source.position(said.at)[0] - 1
    else:
        return None
    text = source.line(line) if line >= 1 else ""
    below = source.line(source.position(said.at)[0])
    plain = text.strip() and ":" not in text and not re.match(r"\s*([#-]|\.\.\.)", text)
    if not plain or (_indent(text) != _indent(below) and line != source.position(said.began)[0]):
        return None
    start = source.line_starts[line - 1] + _indent(text)
    return start, source.line_starts[line - 1] + len(text.rstrip())


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
        hint = _DOUBLED if value[0] == "'" else QUOTE
        return Problem(STARTS, span, {"sign": value[0]}, hint, None if value[0] == "'" else fix)
    if flow and value[0] not in "\"'[{" and at < len(source.text) and source.text[at] in "[{":
        return Problem(CUT, Span(source, start, at + 1), {"text": source.text[start:at].strip()}, QUOTE)
    return None


_DOUBLED = Words("inside of single quotes write '' for one '", "单引号内的 ' 要写成 ''")


def _closed(value: str, length: int) -> bool:
    """Whether the quote or bracket that a value starts with has closed within that length, and a text follows on the line."""
    close = {'"': '"', "'": "'", "[": "]", "{": "}"}.get(value[0])
    return close is not None and close in value[1:length] and bool(re.match(r"\s*[^\s#,:}\]]", value[length:]))
