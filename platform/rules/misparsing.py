"""Where the grammar does not go on: what an author probably meant, in words.

Each function of the list at the end knows one kind of mistake; the first that recognises it reports it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from kith.problems import Words
from kith.rules import lexical
from kith.rules import mistakes_literals as literals
from kith.rules import mistakes_syntax as m
from kith.rules.findings import Findings
from kith.rules.scanning import Piece


@dataclass(frozen=True, slots=True)
class Stuck:
    """A parser that cannot go on at token `index` (one past the last: at the end), and the terminals it would accept."""

    found: Findings
    pieces: tuple[Piece, ...]
    index: int
    accepts: frozenset[str]
    block: bool

    def piece(self, offset: int = 0) -> Piece | None:
        """A token counted from the one that does not fit; none beyond either end."""
        at = self.index + offset
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def text(self, offset: int = 0) -> str:
        """Its text; empty beyond either end."""
        piece = self.piece(offset)
        return piece.text if piece else ""

    @property
    def span(self) -> tuple[int, int]:
        """The stretch of the token, or of the last one's end."""
        piece = self.piece()
        if piece:
            return piece.start, piece.end
        return (self.pieces[-1].end, self.pieces[-1].end) if self.pieces else (0, 0)

    @property
    def after_value(self) -> bool:
        """Whether a whole value stands before."""
        return bool(self.accepts & {"OR", "AND", "PLUS", "STAR"})

    @property
    def wants_value(self) -> bool:
        """Whether a value must follow."""
        return {"NAME", "NUMBER", "MINUS"} <= self.accepts

    @property
    def wants_statement(self) -> bool:
        """Whether a statement may follow."""
        return "LET" in self.accepts


KNOWN = ", ".join(lexical.STATEMENTS)
_NULLS = frozenset({"null", "none", "nil", "empty", "missing", "blank", "undefined"})
_LIKES = frozenset({"like", "ilike", "contains", "matches", "startswith", "endswith", "starts_with", "ends_with"})
_LOOPS = frozenset({"while", "foreach", "repeat", "loop", "until", "do"})
_END = Words("the end", "末尾")


def shown(piece: Piece | None) -> Words:
    """A token for a message."""
    if piece is None:
        return _END
    text = piece.text if len(piece.text) <= 40 else piece.text[:40] + "…"
    return Words(f"`{text}`", f"`{text}`")


def explain(stuck: Stuck) -> None:
    """Report why the parser cannot go on."""
    for recognise in _RECOGNISERS:
        if recognise(stuck):
            return


def is_null(stuck: Stuck) -> bool:
    """`x is null`, `x is not empty`."""
    piece, negated = stuck.piece(), stuck.text(-1) == "not" and stuck.text(-2) == "is"
    first = stuck.piece(-2 if negated else -1)
    if not piece or not first or first.text != "is" or "SET" not in stuck.accepts:
        return False
    if piece.text in _NULLS:
        stuck.found.add(m.IS_NULL, first.start, piece.end, mend="is set" if negated else "is not set")
    else:
        op = "!=" if negated else "=="
        stuck.found.add(m.IS_WHAT, first.start, piece.end, hint=Words(f"write `{op}`", f"请写 `{op}`"))
        stuck.found.mend(first.start, stuck.pieces[stuck.index - 1].end, op)
    return True


def double_equals(stuck: Stuck) -> bool:
    """`set x == 1`."""
    if "ASSIGN" not in stuck.accepts or stuck.text() != "==":
        return False
    stuck.found.add(m.DOUBLE_EQUALS, *stuck.span, mend="=")
    return True


def chained(stuck: Stuck) -> bool:
    """`a < b < c`, `a == b is set`."""
    piece = stuck.piece()
    compares = re.fullmatch(r"[=!<>]=|[<>]|in|not|is|between", stuck.text())
    if not piece or not compares or not stuck.after_value or "COMPARE" in stuck.accepts:
        return False
    middle = _operand_before(stuck)
    hint = Words(f"`… and {middle} {piece.text} …`", f"`… and {middle} {piece.text} …`") if middle else None
    stuck.found.add(m.CHAINED, piece.start, piece.end, hint=hint)
    if middle:
        stuck.found.mend(piece.start, piece.start, f"and {middle} ")
    return True


def _operand_before(stuck: Stuck) -> str:
    """The simple operand between the two comparisons, or nothing."""
    at = stuck.index - 1
    while at > 0 and (stuck.pieces[at].text == "." or stuck.pieces[at].kind in {"word", "number"}):
        at -= 1
    first, last = stuck.pieces[at + 1 :][0], stuck.pieces[stuck.index - 1]
    simple = re.fullmatch(r"[=!<>]=|[<>]", stuck.pieces[at].text)
    text = stuck.found.excerpt.text[first.start : last.end]
    return text if simple and not re.search(r"\s", text) else ""


def inside(stuck: Stuck) -> bool:
    """`1 + if …`, `a == not b`."""
    if stuck.text() not in {"if", "not"} or "NAME" not in stuck.accepts or not stuck.wants_value:
        return False
    stuck.found.add(m.IF_INSIDE if stuck.text() == "if" else m.NOT_INSIDE, *stuck.span)
    return True


def reserved(stuck: Stuck) -> bool:
    """`account.where`, `let if = 1`."""
    if stuck.text() not in lexical.RESERVED or "NAME" not in stuck.accepts or stuck.wants_value:
        return False
    stuck.found.add(literals.RESERVED_NAME, *stuck.span, name=stuck.text())
    return True


def no_value(stuck: Stuck) -> bool:
    """`a +`, `a == and b`, `f(, b)`, `[a, ]`; not where something else could stand as well."""
    piece = stuck.piece()
    if not stuck.wants_value or (piece and piece.kind != "sign" and piece.text not in lexical.RESERVED):
        return False
    if piece and piece.text in {"[", "{"}:
        return False
    stuck.found.add(m.NO_VALUE, *stuck.span, found=shown(piece))
    return True


def no_value_before_statement(stuck: Stuck) -> bool:
    """`let x =` and on the next line `set y = 1`, where `set` was taken for a name."""
    before, word = stuck.piece(-2), stuck.piece(-1)
    if not stuck.block or not before or not word or word.text not in lexical.STATEMENTS:
        return False
    line_ends = "\n" in stuck.found.excerpt.text[before.end : word.start]
    if (before.kind == "word" and before.text not in lexical.RESERVED) or not line_ends:
        return False
    stuck.found.add(m.NO_VALUE, word.start, word.end, found=shown(word))
    return True


def else_if(stuck: Stuck) -> bool:
    """`elif`, `elsif`."""
    if stuck.text() not in {"elif", "elsif", "elseif"}:
        return False
    stuck.found.add(m.ELSE_IF, *stuck.span, mend="else if", text=stuck.text())
    return True


def statement(stuck: Stuck) -> bool:
    """A word where a statement begins that begins none."""
    piece, before = stuck.piece(), stuck.piece(-1)
    if not piece or not stuck.wants_statement or (piece.kind == "sign" and piece.text != "}"):
        return False
    new_line = before is None or "\n" in stuck.found.excerpt.text[before.end : piece.start] or before.text in {"{", "}"}
    if not new_line or piece.text in lexical.RESERVED:
        return False
    if piece.text in _LOOPS:
        stuck.found.add(m.NO_LOOP, piece.start, piece.end, text=piece.text)
    else:
        _unknown_statement(stuck, piece)
    return True


def _unknown_statement(stuck: Stuck, piece: Piece) -> None:
    hint = None
    sets = re.match(r"((?:\.[a-z][a-z0-9_]*)*)\s*=", stuck.found.excerpt.text[piece.end :])
    near = difflib.get_close_matches(piece.text, lexical.STATEMENTS, n=1, cutoff=0.6)
    if sets:
        path = piece.text + (sets[1] or "")
        hint = Words(f"write `set {path} = …`", f"请写 `set {path} = …`")
    elif near:
        hint = Words(f"did you mean `{near[0]}`?", f"是否想写 `{near[0]}`？")
    stuck.found.add(m.UNKNOWN_STATEMENT, piece.start, piece.end, hint=hint, text=shown(piece), known=KNOWN)
    if sets:
        stuck.found.mend(piece.start, piece.start, "set ")


def braces(stuck: Stuck) -> bool:
    """`if c then …`, `if c: …`, `if c stop`, `else: …`, `for v in lines do …` among statements."""
    if "LBRACE" not in stuck.accepts or stuck.piece(-1) is None:
        return False
    if stuck.text() not in {"then", "do", ":", *lexical.STATEMENTS}:
        return False
    stuck.found.add(m.BRACES, *stuck.span)
    return True


def no_else(stuck: Stuck) -> bool:
    """`if c then a` without `else`; `if c { a }` as a value."""
    for terminal in ("THEN", "ELSE"):
        if terminal in stuck.accepts and stuck.after_value:
            word = terminal.lower()
            stuck.found.add(m.NO_ELSE, *_if_before(stuck), word=word)
            return True
    return False


def _if_before(stuck: Stuck) -> tuple[int, int]:
    for piece in reversed(stuck.pieces[: stuck.index]):
        if piece.text == "if":
            return piece.start, piece.end
    return stuck.span


def after_value(stuck: Stuck) -> bool:
    """What other languages would put after a value."""
    piece, before = stuck.piece(), stuck.piece(-1)
    if not piece or not before or not stuck.after_value:
        return False
    if piece.text in _LIKES:
        stuck.found.add(m.LIKE, piece.start, piece.end, text=piece.text)
    elif piece.text == "if":
        stuck.found.add(m.TERNARY, piece.start, piece.end)
    elif piece.text == "[":
        stuck.found.add(m.SUBSCRIPT, piece.start, piece.end)
    elif piece.text == "(" and stuck.text(-2) == ".":
        stuck.found.add(m.METHOD, before.start, before.end, name=before.text)
    elif before.kind == "number" and before.text.endswith("%") and piece.kind in {"number", "word"}:
        stuck.found.add(m.MODULO, before.end - 1, before.end)
    else:
        return False
    return True


def number_form(stuck: Stuck) -> bool:
    """`.5`, `5.`, `1,000`."""
    piece, before, after = stuck.piece(), stuck.piece(-1), stuck.piece(1)
    if not piece:
        return False
    if piece.text == "." and after and after.kind == "number" and stuck.wants_value:
        stuck.found.add(literals.NUMBER_FORM, piece.start, after.end, mend="0" + piece.text + after.text)
    elif piece.text in {".", ","} and before and before.kind == "number" and stuck.after_value:
        end = after.end if after and after.kind == "number" else piece.end
        hint = Words("thousands are written `1_000`", "千位写作 `1_000`") if piece.text == "," else None
        stuck.found.add(literals.NUMBER_FORM, before.start, end, hint=hint)
    else:
        return False
    return True


def otherwise(stuck: Stuck) -> bool:
    """What is expected here, in words."""
    stuck.found.add(m.EXPECTED, *stuck.span, expected=expected(stuck), found=shown(stuck.piece()))
    return True


_SIGNS = {
    "ASSIGN": "=", "COLON": ":", "RPAR": ")", "RSQB": "]", "LBRACE": "{", "RBRACE": "}", "COMMA": ",", "THEN": "then",
    "ELSE": "else", "USING": "using", "ADD": "add", "REMOVE": "remove", "FROM": "from", "QUEUE": "queue",
    "APPROVAL": "approval", "WHERE": "where",
}  # fmt: skip


def expected(stuck: Stuck) -> Words:
    """The kinds of things that could stand here."""
    accepts = stuck.accepts
    kinds = (
        (stuck.wants_value, Words("a value", "值")),
        ("NAME" in accepts and not stuck.wants_value, Words("a name", "名称")),
        ("TEXT" in accepts and not stuck.wants_value, Words("a text in quotes", "引号中的文本")),
        (stuck.after_value, Words("an operator", "运算符")),
        ("AND" in accepts and "OR" not in accepts and "COMPARE" not in accepts, Words("`and`", "`and`")),
        ("IN" in accepts and not stuck.after_value, Words("`in`", "`in`")),
        ("IS" not in accepts and "SET" in accepts and "NOT" in accepts, Words("`not set`", "`not set`")),
        ("SET" in accepts and not stuck.wants_statement, Words("`set`", "`set`")),
        *((terminal in accepts, Words(f"`{sign}`", f"`{sign}`")) for terminal, sign in _SIGNS.items()),
        ("LPAR" in accepts and not stuck.wants_value and not stuck.after_value, Words("`(`", "`(`")),
        (stuck.wants_statement, Words("a statement", "语句")),
        ("$END" in accepts, _END),
    )
    words = [word for holds, word in kinds if holds]
    english = [word.en for word in words]
    joined = " or ".join([", ".join(english[:-1]), english[-1]] if len(english) > 1 else english)
    return Words(joined, "或".join(word.zh for word in words))


_RECOGNISERS: tuple[Callable[[Stuck], bool], ...] = (
    else_if,
    is_null,
    double_equals,
    chained,
    no_value_before_statement,
    number_form,
    inside,
    reserved,
    no_value,
    braces,
    statement,
    after_value,
    no_else,
    otherwise,
)
