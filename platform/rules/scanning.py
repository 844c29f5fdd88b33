"""A first look at a text of the language, before the parser: its tokens, comments, texts and holes, and what is wrong with them.

It is linear and never recursive, so that the parser behind it only sees texts of bounded size and nesting.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from kith.problems import Excerpt, Words
from kith.rules import lexical
from kith.rules import mistakes_syntax as m
from kith.rules.findings import Findings
from kith.rules.syntax import Comment

MAX_BYTES = 65_536
MAX_DEPTH = 64
MAX_NODES = 2_000
MAX_TOKENS = 12_000
"""No text of 2,000 nodes needs more."""
MAX_PROBLEMS = 20
"""After so many in one text, the rest would hardly be read."""

Start = Literal["expression", "block", "template"]

ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t", "{": "{", "}": "}"}
_QUOTES = Words("a hole cannot hold a text in quotes", "占位中不能有引号中的文本")
_UNCOUNTED = frozenset({"(", ")", "[", "]", "{", "}", ",", "asc", "else"})
_CLOSERS = {"(": ")", "[": "]", "{": "}"}

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<comment>\#[^\n]*)
    | (?P<text>"(?:[^"\\\n]|\\[^\n])*\\?"?)
    | (?P<quoted>'[^'\n]*'?|`[^`\n]*`?|[“”„‟＂「][^“”„‟＂」"\n]*[“”„‟＂」"]?|[‘’][^‘’\n]*[‘’]?)
    | (?P<moment>@[0-9]{4}-[0-9]{2}-[0-9]{2}
        (?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?
        (?![\w:./]|[+-][0-9]{1,2}:|[+-][0-9]{4}(?!\w))
        |@[0-9A-Za-z:./+-]*)
    | (?P<number>[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:%|[^\W\d]\w*)?)
    | (?P<wide>[\u3000\xa0。、【】×÷−–—≠≤≥\uff01-\uff5e]+)
    | (?P<word>[^\W\d]\w*)
    | (?P<foreign>===|!==|&&|\|\||=<|=>|<>|\?[.:]|\*\*|//|/\*|[-+*/:]=)
    | (?P<sign>[=!<>]=|\?\?|[-=<>+*/.,:()\[\]{}])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A token: `text word number moment sign`, or what is no token of the language."""

    kind: str
    text: str
    start: int
    end: int


@dataclass
class Scan:
    """What the first look found; `texts` gives the parts of each text by its offset: decoded strings and holes' stretches."""

    found: Findings
    pieces: list[Piece] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    texts: dict[int, list[str | tuple[int, int]]] = field(default_factory=dict)
    holes: dict[int, Scan] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.found.problems)


def scan(excerpt: Excerpt, start: Start) -> Scan:
    """Look at a whole slot."""
    result = Scan(Findings(excerpt))
    text = excerpt.text
    size = len(text) if len(text) > MAX_BYTES else len(text.encode(errors="replace"))
    if size > MAX_BYTES:
        result.found.add(m.TOO_LONG, 0, 1, size=size, limit=MAX_BYTES)
    elif start == "template":
        _split(result, 0, len(text), 0, inside=False)
    else:
        _Scanner(result, 0, len(text), start).run()
    return result


def counts(piece: Piece) -> bool:
    """Whether a token counts for the places of comments: not what printing may add or leave away."""
    return piece.text not in _UNCOUNTED


class _Scanner:
    """Goes once over a stretch of a text."""

    def __init__(self, result: Scan, start: int, end: int, kind: Start | Literal["hole"]) -> None:
        self.result, self.found = result, result.found
        self.text = result.found.excerpt.text
        self.start, self.end, self.kind = start, end, kind
        self.open: list[Piece] = []
        self.counted = self.braces = 0

    def run(self) -> None:
        """Look at every token, until one too many."""
        at = self.start
        while at < self.end:
            match = _TOKEN.match(self.text, at, self.end)
            assert match is not None and match.lastgroup is not None  # `.` takes anything
            at = match.end()
            if not self.take(match.lastgroup, match.group(), match.start()):
                return
        for piece in self.open[-1:]:
            self.found.add(m.UNCLOSED_BRACKET, piece.start, piece.end, bracket=piece.text, closer=_CLOSERS[piece.text])

    def take(self, kind: str, text: str, start: int) -> bool:
        """Look at one token; false ends the look."""
        if kind == "comment" and self.kind == "hole":
            kind, text = "other", "#"
        if kind == "space":
            if self.kind == "block" and text.count("\n") > 1:
                self.result.comments.append(Comment(start, start, "", self.counted, self.braces, own_line=True))
            return True
        if kind == "comment":
            self.comment(text, start)
            return True
        piece = Piece(kind, text, start, start + len(text))
        self.result.pieces.append(piece)
        if len(self.found.problems) >= MAX_PROBLEMS:
            return False
        if len(self.result.pieces) > MAX_TOKENS:
            self.found.add(m.TOO_MANY, start, piece.end, limit=MAX_NODES)
            return False
        self.count(piece)
        return self.judge(piece)

    def judge(self, piece: Piece) -> bool:
        """Report what is wrong with one token alone; false ends the look."""
        match piece.kind:
            case "text":
                self.quote(piece)
            case "quoted":
                lexical.quoted(self.found, piece.start, piece.text)
            case "moment":
                lexical.moment(self.found, piece.start, piece.text)
            case "number":
                lexical.number(self.found, piece.start, piece.text)
            case "word":
                lexical.word(self.found, piece.start, piece.text)
            case "wide":
                good = lexical.wide(self.found, piece.start, piece.text)
                return all(self.bracket(Piece("wide", sign, piece.start, piece.end)) for sign in good)
            case "sign" if piece.text == "=":
                self.equals(piece)
            case "sign" if piece.text == ":" and self.kind == "hole" and not self.open:
                self.found.add(m.HOLE_FORMAT, piece.start, self.end)
                return False
            case "sign":
                return self.bracket(piece)
            case _:
                lexical.operator(self.found, piece.start, piece.text)
        return True

    def bracket(self, piece: Piece) -> bool:
        """Keep account of brackets; false where they nest too deeply."""
        if piece.text in _CLOSERS:
            self.open.append(piece)
            if len(self.open) > MAX_DEPTH:
                self.found.add(m.TOO_DEEP, piece.start, piece.end, limit=MAX_DEPTH)
                return False
        elif piece.text in {")", "]", "}"}:
            if self.open and _CLOSERS[self.open[-1].text] == piece.text:
                self.open.pop()
            else:
                return self.mismatch(piece)
        return True

    def equals(self, piece: Piece) -> None:
        """Report `=` where nothing is set."""
        if self.kind != "block" or not self.statement_before():
            self.found.add(m.SINGLE_EQUALS, piece.start, piece.end, mend="==")

    def statement_before(self) -> bool:
        """Whether the path before the last token begins a line, or stands behind `let` or `set`."""
        pieces = self.result.pieces
        first = len(pieces) - 2
        while first >= 2 and pieces[first - 1].text == ".":
            first -= 2
        if first < 1 or pieces[first - 1].text in {"let", "set", "{", "}"}:
            return True
        before = pieces[first - 1]
        misspelt = before.kind == "word" and before.text not in {"if", *lexical.RESERVED}
        return self.begins_line(first) or (misspelt and self.begins_line(first - 1))

    def begins_line(self, index: int) -> bool:
        """Whether a token is the first of its line."""
        piece = self.result.pieces[index]
        line = self.text.rfind("\n", self.start, piece.start) + 1
        return not self.text[max(line, self.start) : piece.start].strip()

    def mismatch(self, piece: Piece) -> bool:
        """Report a closing bracket that does not fit; what follows would only confuse."""
        if self.open:
            last = self.open[-1]
            self.found.add(m.UNCLOSED_BRACKET, last.start, last.end, bracket=last.text, closer=_CLOSERS[last.text])
        else:
            self.found.add(m.STRAY_BRACKET, piece.start, piece.end, bracket=piece.text)
        return False

    def count(self, piece: Piece) -> None:
        """Count what stands before the next comment."""
        if piece.text == "}":
            self.braces += 1
        elif counts(piece):
            self.counted, self.braces = self.counted + 1, 0

    def comment(self, text: str, start: int) -> None:
        """Keep a comment, and whether it has its line for itself."""
        line = self.text.rfind("\n", 0, start) + 1
        own_line = not self.text[line:start].strip()
        text = text.rstrip()
        self.result.comments.append(Comment(start, start + len(text), text, self.counted, self.braces, own_line))

    def quote(self, piece: Piece) -> None:
        """Look into a text in quotes."""
        closed = len(piece.text) > 1 and piece.text.endswith('"') and _closes(piece.text)
        wrong = None if closed else re.search("[“”＂]", piece.text)
        if wrong:
            at = piece.start + wrong.start()
            self.found.add(m.FULL_WIDTH, at, at + 1, mend='"', text=wrong[0], good='`"`')
        elif not closed and not self.found.has(m.UNCLOSED_TEXT):
            self.found.add(m.UNCLOSED_TEXT, piece.start, piece.start + 1)
        elif closed:
            _split(self.result, piece.start + 1, piece.end - 1, piece.start, inside=True)


def _closes(text: str) -> bool:
    """Whether the last quote of a text is no escaped one."""
    body = text[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 0


def _split(result: Scan, start: int, end: int, key: int, inside: bool) -> None:
    """Part a text into decoded strings and holes; `inside` quotes, where a line may not end."""
    text, parts, at = result.found.excerpt.text, list[str | tuple[int, int]](), start
    run: list[str] = []
    result.texts[key] = parts
    while at < end and len(result.found.problems) < MAX_PROBLEMS:
        character = text[at]
        width = 1
        if character == "\\":
            width = 2
            run.append(_escape(result.found, text[at : min(at + 2, end)], at))
        elif character == "{":
            width = _hole(result, at, end)
            if not width:
                return
            _flush(parts, run)
            parts.append((at + 1, at + width - 1))
        elif character == "}" and result.found.has(m.BAD_HOLE):
            return
        elif character == "}":
            result.found.add(m.STRAY_BRACE, at, at + 1)
        elif (
            (ord(character) < 32 or ord(character) == 127) and (inside or character not in "\n\r") and character != "\t"
        ):
            result.found.add(m.CONTROL, at, at + 1, code=f"U+{ord(character):04X}")
        else:
            run.append(character)
        at += width
    _flush(parts, run)


def _flush(parts: list[str | tuple[int, int]], run: list[str]) -> None:
    if run:
        parts.append(unicodedata.normalize("NFC", "".join(run)))
        run.clear()


def _escape(found: Findings, text: str, at: int) -> str:
    meaning = ESCAPES.get(text[1:])
    if meaning is None:
        found.add(m.UNKNOWN_ESCAPE, at, at + len(text), mend="\\" + text, text=text)
    return meaning or ""


def _hole(result: Scan, at: int, end: int) -> int:
    """Look into a hole; return its width with its braces, 0 where it is not closed."""
    stop = re.compile(r'[{}"]').search(result.found.excerpt.text, at + 1, end)
    if len(result.holes) >= MAX_NODES or len(result.found.problems) >= MAX_PROBLEMS:
        result.found.add(m.TOO_MANY, at, at + 1, limit=MAX_NODES)
        return 0
    if stop is None or stop.group() != "}":
        hint = _QUOTES if stop and stop.group() == '"' else None
        result.found.add(m.BAD_HOLE, at, stop.start() if stop else at + 1, hint=hint)
        return 0
    inner = Scan(result.found)
    _Scanner(inner, at + 1, stop.start(), "hole").run()
    result.holes[at + 1] = inner
    return stop.end() - at
