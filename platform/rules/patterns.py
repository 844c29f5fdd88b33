"""The patterns of `matches`: read once, run in time that grows with the text alone, and spelled for PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kith.problems import Words

MAX_COUNT, MAX_DEPTH, MAX_STATES = 100, 16, 300
"""The largest number in braces, how deep groups nest, and how many steps a pattern may have with its repetitions written out."""
CACHED = 2_000
"""Moves that a matcher remembers before it starts anew."""

Range = tuple[int, int]
CLASSES: dict[str, tuple[Range, ...]] = {
    "d": ((48, 57),),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "s": ((9, 10), (13, 13), (32, 32)),
}
"""Digits; Latin letters, digits and the underscore; what `trim` takes away."""
ENTRIES = {"n": "\n", "r": "\r", "t": "\t"}
LAST = 0x10FFFF


class BadPattern(ValueError):
    """A text is no pattern, for this reason."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Chars:
    """One code point out of some ranges, or outside of them."""

    ranges: tuple[Range, ...]
    negated: bool = False

    def has(self, point: int) -> bool:
        """Whether the code point is one of them."""
        return any(low <= point <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times; without a limit where `most` is none."""

    part: Part
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Branches:
    """One of several rows of parts."""

    rows: tuple[tuple[Part, ...], ...]


Part = Chars | Repeat | Branches
ANY = Chars(((0, LAST),))


COUNTS = re.compile("([0-9]{1,3})(,([0-9]{1,3})?)?")
NO_COUNTS = Words(
    f"in braces stands one number, or two in their order, up to {MAX_COUNT}",
    f"花括号内为一个数或由小到大的两个数，不超过 {MAX_COUNT}",
)


class Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.place, self.depth = text, 0, 0

    def peek(self) -> str:
        """The next character, "" at the end."""
        return self.text[self.place : self.place + 1]

    def take(self) -> str:
        """The next character, which is then read."""
        found = self.peek()
        self.place += 1
        return found

    def branches(self) -> Branches:
        """Rows between bars."""
        rows = [self.row()]
        while self.peek() == "|":
            self.take()
            rows.append(self.row())
        return Branches(tuple(rows))

    def row(self) -> tuple[Part, ...]:
        """Parts one after another."""
        parts: list[Part] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.part()))
        return tuple(parts)

    def repeated(self, part: Part) -> Part:
        """A part with what is said of how often it comes."""
        sign = self.peek()
        if sign not in ("*", "+", "?", "{"):
            return part
        self.take()
        least, most = self.counts() if sign == "{" else {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        if self.peek() in ("*", "+", "?", "{"):
            raise BadPattern(Words("a repetition is repeated; put it into ( )", "重复符号之后又有重复符号；请加 ( )"))
        return Repeat(part, least, most)

    def counts(self) -> tuple[int, int | None]:
        """`2}`, `2,}`, `2,5}`."""
        end = self.text.find("}", self.place)
        found = COUNTS.fullmatch(self.text[self.place : max(end, 0)])
        least = int(found[1]) if found else 0
        most = -1 if not found else None if found[2] and not found[3] else int(found[3] or least)
        if least > MAX_COUNT or (most is not None and not least <= most <= MAX_COUNT):
            raise BadPattern(NO_COUNTS)
        self.place = end + 1
        return least, most

    def part(self) -> Part:
        """A character, a class or a group."""
        match sign := self.take():
            case "(":
                return self.group()
            case "[":
                return self.bracket()
            case ".":
                return ANY
            case "\\":
                return Chars(self.escape())
            case "^" | "$":
                raise BadPattern(
                    Words(f"`{sign}` is not needed: the whole text is compared", f"不需要“{sign}”：总是比较整段文本")
                )
            case "*" | "+" | "?" | "{":
                raise BadPattern(Words(f"`{sign}` repeats nothing", f"“{sign}”之前没有可重复的内容"))
            case _:
                return Chars(((ord(sign), ord(sign)),))

    def group(self) -> Part:
        """What stands in parentheses."""
        self.depth += 1
        if self.peek() == "?" or self.depth > MAX_DEPTH:
            raise BadPattern(Words("groups are plain parentheses, and not too many", "分组只用普通括号，且不可过深"))
        found = self.branches()
        if self.take() != ")":
            raise BadPattern(Words("a parenthesis is not closed", "括号未闭合"))
        self.depth -= 1
        return found

    def escape(self) -> tuple[Range, ...]:
        """What stands behind a backslash."""
        sign = self.take()
        if sign in CLASSES and sign:
            return CLASSES[sign]
        plain = ENTRIES.get(sign, sign)
        if not sign or (sign.isalnum() and sign not in ENTRIES):
            raise BadPattern(Words(f"`\\{sign}` means nothing", f"“\\{sign}”没有含义"))
        return ((ord(plain), ord(plain)),)

    def bracket(self) -> Part:
        """`[a-z_]`, `[^0-9]`."""
        negated = self.peek() == "^"
        self.place += negated
        ranges: list[Range] = []
        while self.peek() not in ("", "]"):
            ranges += self.member()
        if self.take() != "]" or not ranges:
            raise BadPattern(Words("a bracket is empty or not closed", "方括号为空或未闭合"))
        return Chars(tuple(ranges), negated)

    def member(self) -> tuple[Range, ...]:
        """A character of a class, or a range."""
        sign = self.take()
        found = self.escape() if sign == "\\" else ((ord(sign), ord(sign)),)
        ahead = self.text[self.place : self.place + 2]
        if len(found) != 1 or found[0][0] != found[0][1] or ahead[:1] != "-" or ahead[1:] in ("", "]"):
            return found
        self.take()
        end = self.take()
        other = self.escape() if end == "\\" else ((ord(end), ord(end)),)
        if len(other) != 1 or other[0][0] != other[0][1] or other[0][0] < found[0][0]:
            raise BadPattern(Words("a range goes from a character to a later one", "区间应由前一字符到后一字符"))
        return ((found[0][0], other[0][0]),)


@dataclass(frozen=True, slots=True)
class Step:
    """A state of a matcher: it takes a character, or (without one) leads on to others."""

    chars: Chars | None
    next: tuple[int, ...]


class Matcher:
    """A pattern as a machine that is in several states at once, and so looks at each character but once."""

    def __init__(self, tree: Part) -> None:
        self.steps: list[Step] = [Step(None, ())]
        self.first = self.closed([self.add(tree, 0)])
        self.moves: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def put(self, chars: Chars | None, *next_: int) -> int:
        """A new state."""
        if len(self.steps) >= MAX_STATES:
            raise BadPattern(Words("with its repetitions written out it is too long", "展开重复后过长"))
        self.steps.append(Step(chars, next_))
        return len(self.steps) - 1

    def add(self, part: Part, end: int) -> int:
        """The state from which a part leads to another state."""
        match part:
            case Chars():
                return self.put(part, end)
            case Branches(rows):
                return self.put(None, *(self.row(row, end) for row in rows))
            case Repeat(inner, least, most):
                return self.repeat(inner, least, most, end)

    def row(self, parts: Sequence[Part], end: int) -> int:
        """The same for parts one after another."""
        for part in reversed(parts):
            end = self.add(part, end)
        return end

    def repeat(self, part: Part, least: int, most: int | None, end: int) -> int:
        """The same for a part that may come several times."""
        if most is None:
            loop = self.put(None)
            self.steps[loop] = Step(None, (self.add(part, loop), end))
            end = loop
        else:
            out = end
            for _ in range(most - least):
                end = self.put(None, self.add(part, end), out)
        for _ in range(least):
            end = self.add(part, end)
        return end

    def closed(self, states: Sequence[int]) -> frozenset[int]:
        """The states that take a character (or are the end), with those that others lead on to."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                if self.steps[state].chars is None:
                    waiting += self.steps[state].next
        return frozenset(state for state in found if not state or self.steps[state].chars is not None)

    def matches(self, text: str) -> bool:
        """Whether the whole text is one that the pattern describes."""
        states = self.first
        for character in text:
            if not states:
                return False
            key = (states, character)
            if key not in self.moves:
                if len(self.moves) >= CACHED:
                    self.moves.clear()
                self.moves[key] = self.move(states, ord(character))
            states = self.moves[key]
        return 0 in states

    def move(self, states: frozenset[int], point: int) -> frozenset[int]:
        """Where a character leads."""
        steps = (self.steps[state] for state in states)
        return self.closed([step.next[0] for step in steps if step.chars is not None and step.chars.has(point)])


def parse(text: str) -> Part:
    """The tree of a pattern; `BadPattern` where it is none."""
    reader = Reader(text)
    tree = reader.branches()
    if reader.peek():
        raise BadPattern(Words("a parenthesis is closed that is not open", "多出右括号"))
    return tree


@lru_cache(maxsize=200)
def matcher(text: str) -> Matcher:
    """The machine of a pattern."""
    return Matcher(parse(text))


@lru_cache(maxsize=200)
def spelled(text: str) -> str:
    """The pattern as a regular expression of PostgreSQL, each character by its number."""
    return f"^{_spell(parse(text))}$"


def _spell(part: Part) -> str:
    match part:
        case Chars(ranges, negated):
            if part == ANY:
                return "."
            inside = "".join(f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
            return f"[{'^' * negated}{inside}]"
        case Branches(rows):
            return f"(?:{'|'.join(''.join(map(_spell, row)) for row in rows)})"
        case Repeat(inner, least, most):
            return f"(?:{_spell(inner)}){{{least},{'' if most is None else most}}}"
