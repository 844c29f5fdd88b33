"""What is wrong, where, and what to do: authors' mistakes as values, with positions and words in every language."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

LANGUAGES = ("en", "zh-CN")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in English and in Simplified Chinese; `{name}` marks a place for a value."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """The text in that language, English where the language is not Chinese."""
        return self.zh if language.lower().startswith("zh") else self.en


Value = str | int | Words


@dataclass(frozen=True)
class Source:
    """A text that authors wrote, and where it stands; offsets count characters."""

    path: str
    text: str

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which the lines begin."""
        starts = [0]
        for index, character in enumerate(self.text):
            if character == "\n":
                starts.append(index + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: from `start` up to, not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def place(self) -> str:
        """`path:line:column`, as editors understand it."""
        line, column = self.source.position(self.start)
        return f"{self.source.path}:{line}:{column}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A decoded text inside a source, such as an expression in a quoted YAML scalar.

    `offsets[i]` is where character `i` stands in the source; one more entry marks the end.
    """

    text: str
    source: Source
    offsets: tuple[int, ...]

    @classmethod
    def whole(cls, text: str, path: str = "<expression>") -> Excerpt:
        """An excerpt that is its own source."""
        return cls(text, Source(path, text), tuple(range(len(text) + 1)))

    def span(self, start: int, end: int) -> Span:
        """The place in the source of a stretch of this text; an empty stretch is one character wide."""
        last = len(self.offsets) - 1
        begin = self.offsets[min(start, last)]
        stop = self.offsets[min(end, last)] if end <= start else self.offsets[min(end - 1, last)] + 1
        return Span(self.source, begin, max(stop, begin + 1))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A kind of mistake: its code, its sentence, and an example of it and of its mend for the documentation.

    `bad` and `good` are what a test feeds to the checker: `bad` must raise exactly this code, `good` nothing.
    """

    code: str
    words: Words
    bad: str
    good: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement of a stretch of source that mends a problem."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that has to do with a problem, and what stands there."""

    span: Span
    words: Words


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake at one place, with the values that its sentence needs."""

    mistake: Mistake
    span: Span | None
    values: Mapping[str, Value] = field(default_factory=dict)
    hint: Words | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    other_fix: Fix | None = None
    """A second way to mend it, where the author has to say which of two things is meant."""

    @property
    def code(self) -> str:
        """The code of the kind of mistake."""
        return self.mistake.code

    @property
    def is_error(self) -> bool:
        """Whether it stops the document from being used; a warning does not."""
        return self.mistake.severity == "error"

    def message(self, language: str = "en") -> str:
        """The sentence in that language, with the values put in."""
        return fill(self.mistake.words, self.values, language)

    def as_data(self, language: str = "en") -> dict[str, object]:
        """The problem as plain data, for `--json` and editors."""
        data: dict[str, object] = {
            "code": self.code,
            "severity": self.mistake.severity,
            "message": self.message(language),
            "hint": self.hint.in_(language) if self.hint else None,
        }
        if self.span:
            line, column = self.span.source.position(self.span.start)
            end_line, end_column = self.span.source.position(self.span.end)
            data |= {"path": self.span.source.path, "line": line, "column": column}
            data |= {"end_line": end_line, "end_column": end_column}
        if self.related:
            data["related"] = [_place_data(one, language) for one in self.related]
        return data


def _place_data(one: Related, language: str) -> dict[str, object]:
    line, column = one.span.source.position(one.span.start)
    return {"path": one.span.source.path, "line": line, "column": column, "message": one.words.in_(language)}


def fill(words: Words, values: Mapping[str, Value], language: str) -> str:
    """Put values into a text, each in the language of the text."""
    text = words.in_(language)
    for name, value in values.items():
        shown = value.in_(language) if isinstance(value, Words) else str(value)
        text = text.replace("{" + name + "}", shown)
    return text


def render(problem: Problem, language: str = "en") -> str:
    """A problem as a terminal shows it: place and sentence, the line, a caret span and the hint."""
    if problem.span is None:
        head = f"{problem.code}  {problem.message(language)}"
        return f"{head}\n    {problem.hint.in_(language)}" if problem.hint else head
    source, start = problem.span.source, problem.span.start
    number, column = source.position(start)
    text = source.line(number).replace("\t", " ")
    length = max(1, min(problem.span.end, start + len(text) - column + 1) - start)
    gutter = f"{number:>3} | "
    blank = " " * (len(gutter) - 2) + "| "
    caret = " " * width(text[: column - 1]) + "^" * max(1, width(text[column - 1 : column - 1 + length]))
    hint = f"  {problem.hint.in_(language)}" if problem.hint else ""
    also = "".join(f"\n      {one.span.place}  {one.words.in_(language)}" for one in problem.related)
    head = f"{problem.code} {problem.span.place}  {problem.message(language)}"
    return f"{head}\n{gutter}{text}\n{blank}{caret}{hint}{also}"


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Han and other wide characters take two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems without doubles, by file and position; those without a place come first."""

    def key(problem: Problem) -> tuple[str, int, str]:
        return (problem.span.source.path, problem.span.start, problem.code) if problem.span else ("", 0, problem.code)

    seen: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        seen.setdefault((*key(problem), problem.message()), problem)
    return sorted(seen.values(), key=key)


def did_you_mean(name: str, known: Iterable[str]) -> Words | None:
    """A hint with the nearest known name, or none where nothing is near."""
    near = nearest(name, known)
    return Words(f'did you mean "{near}"?', f"是否想写“{near}”？") if near else None


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like another; "" where none is."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""
