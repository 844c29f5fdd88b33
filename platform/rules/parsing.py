"""Texts of the language → syntax trees, or the problems that stand in the way; the one door to Lark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any, TypeVar, cast

from lark import Lark, TextSlice, Token, v_args
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lark import PostLex
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from kith.compiled import beside_modules
from kith.problems import Excerpt, Problem, in_order
from kith.rules import lexical
from kith.rules import mistakes_literals as literals
from kith.rules import mistakes_syntax as m
from kith.rules import syntax as s
from kith.rules.findings import Findings
from kith.rules.misparsing import Stuck, explain
from kith.rules.scanning import MAX_DEPTH, MAX_NODES, Scan, Start, scan

T = TypeVar("T", bound=s.Syntax)
_lock = Lock()


def parse_expression(excerpt: Excerpt) -> tuple[s.Syntax | None, list[Problem]]:
    """Parse an expression; there is a tree exactly where there are no problems."""
    first = scan(excerpt, "expression")
    tree = None if first.failed else _parse(first, first, "expression", 0, len(excerpt.text))
    return _checked(tree, first.found)


def parse_block(excerpt: Excerpt) -> tuple[s.Block | None, list[Problem]]:
    """Parse an action block; there is a tree exactly where there are no problems."""
    first = scan(excerpt, "block")
    tree = None if first.failed else _parse(first, first, "block", 0, len(excerpt.text))
    block = replace(tree, comments=tuple(first.comments)) if isinstance(tree, s.Block) else None
    return _checked(block, first.found)


def parse_template(excerpt: Excerpt) -> tuple[s.Text | None, list[Problem]]:
    """Parse a text of a document, which is the text itself without quotes, with `{expression}` holes."""
    first = scan(excerpt, "template")
    tree = None if first.failed else _template(first, 0, 0, len(excerpt.text))
    return _checked(tree, first.found)


class _WholeWords(PostLex):
    """Lets the lexer see a name wherever it looks, lest it take `sett` for `set` and `t` where no name may stand."""

    always_accept = ("NAME",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Change nothing."""
        return stream


def build(strict: bool = False) -> Lark:
    """Build the parser; `strict` refuses any conflict in the grammar (and needs `interegular`).

    The tables of the grammar take half a second to make, which every command would wait for, so they are kept.
    """
    kept = beside_modules(__file__) if not strict else None
    grammar = (files("kith.rules") / "grammar.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=["expression", "block"],
        propagate_positions=True,
        maybe_placeholders=False,
        postlex=_WholeWords(),
        strict=strict,
        cache=str(kept / "grammar.tables") if kept else False,
    )


@cache
def _built() -> Lark:
    return build()


def _parser() -> Lark:
    """Return the one parser of the process; the lock keeps threads from building it twice."""
    with _lock:
        return _built()


def _parse(whole: Scan, part: Scan, start: Start, begin: int, end: int) -> s.Syntax | None:
    """Parse a stretch of a text without mistakes in its tokens: all of it, or a hole."""
    if not part.pieces:
        whole.found.add(m.EMPTY, begin, end)
        return None
    text = whole.found.excerpt.text
    try:
        tree = _parser().parse(TextSlice(text, begin, end), start=start)
    except UnexpectedInput as error:
        explain(_stuck(error, part, start, begin))
        return None
    return cast(s.Syntax, _Builder(whole).transform(tree))


def _stuck(error: UnexpectedInput, part: Scan, start: Start, begin: int) -> Stuck:
    """What the parser would have accepted: asked before it looked at the token that does not fit, which makes it reduce."""
    pieces, text = part.pieces, part.found.excerpt.text
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    index = len(pieces)
    if not ended:
        at = cast(int, error.pos_in_stream)
        index = next((i for i, piece in enumerate(pieces) if piece.end > at), index)
    end = pieces[index].start if index < len(pieces) else pieces[-1].end
    before: Any = _parser().parse_interactive(TextSlice(text, begin, end), start=start)
    before.exhaust_lexer()
    return Stuck(part.found, tuple(pieces), index, frozenset(before.accepts()), start == "block")


def _template(whole: Scan, key: int, start: int, end: int) -> s.Text:
    parts: list[str | s.Syntax] = []
    for part in whole.texts[key]:
        if isinstance(part, str):
            parts.append(part)
        elif hole := _parse(whole, whole.holes[part[0]], "expression", *part):
            parts.append(hole)
    return s.Text(start, end, tuple(parts))


def _checked(tree: T | None, found: Findings) -> tuple[T | None, list[Problem]]:
    """Hold the tree against the bounds, without recursion."""
    level: list[s.Syntax] = [tree] if tree and not found.problems else []
    count = depth = 0
    while level and not found.problems:
        count, depth = count + len(level), depth + 1
        if depth > MAX_DEPTH:
            found.add(m.TOO_DEEP, level[0].start, level[0].end, limit=MAX_DEPTH)
        elif count > MAX_NODES:
            found.add(m.TOO_MANY, level[0].start, level[0].end, limit=MAX_NODES)
        level = [part for item in level for part in s.parts(item)]
    return (None if found.problems else tree), in_order(found.problems)


Part = Any  # what the rules below make: syntax, tokens, and marked parts of calls


@v_args(meta=True)
class _Builder(Transformer_NonRecursive[Token, Part]):
    """Makes syntax of Lark's trees: a method for each rule of the grammar, under its name."""

    def __init__(self, whole: Scan) -> None:
        super().__init__(visit_tokens=False)
        self.whole, self.found = whole, whole.found

    def if_(self, meta: Meta, parts: list[Part]) -> s.If:
        return s.If(meta.start_pos, meta.end_pos, *parts)

    def binary(self, meta: Meta, parts: list[Part]) -> s.Binary:
        left, op, right = parts
        return s.Binary(meta.start_pos, meta.end_pos, str(op), left, right, op.start_pos)

    def not_in(self, meta: Meta, parts: list[Part]) -> s.Binary:
        left, word, _, right = parts
        return s.Binary(meta.start_pos, meta.end_pos, "not in", left, right, word.start_pos)

    def unary(self, meta: Meta, parts: list[Part]) -> s.Unary:
        return s.Unary(meta.start_pos, meta.end_pos, str(parts[0]), parts[1])

    def between(self, meta: Meta, parts: list[Part]) -> s.Between:
        return s.Between(meta.start_pos, meta.end_pos, *parts)

    def is_set(self, meta: Meta, parts: list[Part]) -> s.IsSet:
        return s.IsSet(meta.start_pos, meta.end_pos, parts[0], negated=False)

    def is_not_set(self, meta: Meta, parts: list[Part]) -> s.IsSet:
        return s.IsSet(meta.start_pos, meta.end_pos, parts[0], negated=True)

    def number(self, meta: Meta, parts: list[Part]) -> s.Number | s.Amount:
        text = str(parts[0])
        digits = text.rstrip("%abcdefghijklmnopqrstuvwxyz")
        unit = text[len(digits) :]
        if unit in {"", "%"}:
            return s.Number(meta.start_pos, meta.end_pos, digits, percent=unit == "%")
        return s.Amount(meta.start_pos, meta.end_pos, digits, unit)

    def moment(self, meta: Meta, parts: list[Part]) -> s.Moment:
        return s.Moment(meta.start_pos, meta.end_pos, str(parts[0])[1:])

    def word(self, meta: Meta, parts: list[Part]) -> s.Word:
        return s.Word(meta.start_pos, meta.end_pos, str(parts[0]))

    def text(self, meta: Meta, parts: list[Part]) -> s.Text:
        return _template(self.whole, meta.start_pos, meta.start_pos, meta.end_pos)

    def items(self, meta: Meta, parts: list[Part]) -> s.Items:
        return s.Items(meta.start_pos, meta.end_pos, tuple(parts))

    def name(self, meta: Meta, parts: list[Part]) -> s.Name:
        return s.Name(meta.start_pos, meta.end_pos, str(parts[0]))

    def dot(self, meta: Meta, parts: list[Part]) -> s.Dot:
        return s.Dot(meta.start_pos, meta.end_pos, parts[0], str(parts[1]), parts[1].start_pos)

    def paren(self, meta: Meta, parts: list[Part]) -> s.Syntax:
        """Parentheses are no syntax of their own, but belong to the stretch of what they hold."""
        inner: s.Syntax = parts[0]
        return replace(inner, start=meta.start_pos, end=meta.end_pos)

    def arguments(self, meta: Meta, parts: list[Part]) -> list[Part]:
        return parts

    def where(self, meta: Meta, parts: list[Part]) -> tuple[str, Part]:
        return "where", parts[0]

    def by(self, meta: Meta, parts: list[Part]) -> tuple[str, Part]:
        return "by", tuple(parts)

    def before(self, meta: Meta, parts: list[Part]) -> tuple[str, Part]:
        return "before", parts[0]

    def after(self, meta: Meta, parts: list[Part]) -> tuple[str, Part]:
        return "after", parts[0]

    def sort(self, meta: Meta, parts: list[Part]) -> s.Sort:
        return s.Sort(meta.start_pos, meta.end_pos, parts[0], descending=parts[1:] == ["desc"])

    def call(self, meta: Meta, parts: list[Part]) -> s.Syntax:
        function, given = parts[0], parts[1] if len(parts) > 1 else []
        args = [part for part in given if isinstance(part, s.Syntax)]
        marked: dict[str, Part] = dict(part for part in given if isinstance(part, tuple))
        if function == "changed":
            if len(args) != 1 or not marked.keys() <= {"before", "after"}:
                self.found.add(m.CHANGED_FORM, meta.start_pos, meta.end_pos)
                return s.Invoke(meta.start_pos, meta.end_pos, "changed", tuple(args))
            return s.Changed(meta.start_pos, meta.end_pos, args[0], marked.get("before"), marked.get("after"))
        if marked.keys() & {"before", "after"}:
            self.found.add(m.FROM_TO, meta.start_pos, meta.end_pos)
        return s.Invoke(
            meta.start_pos, meta.end_pos, str(function), tuple(args), marked.get("where"), marked.get("by", ())
        )

    def block(self, meta: Meta, parts: list[Part]) -> s.Block:
        return s.Block(meta.start_pos, meta.end_pos, tuple(parts))

    def let(self, meta: Meta, parts: list[Part]) -> s.Let:
        name, _, value = parts
        return s.Let(meta.start_pos, meta.end_pos, self.own(name), value)

    def set_(self, meta: Meta, parts: list[Part]) -> s.Set:
        target, _, value = parts
        return s.Set(meta.start_pos, meta.end_pos, target, value)

    def create(self, meta: Meta, parts: list[Part]) -> s.Create:
        entity, *rest = parts
        alias = self.own(rest[-1]) if len(rest) > 1 and isinstance(rest[-1], Token) else None
        return s.Create(meta.start_pos, meta.end_pos, str(entity), entity.start_pos, self.entries(rest), alias)

    def entries(self, parts: list[Part]) -> tuple[s.Entry, ...]:
        """The values of a record or an object, each given once."""
        entries = tuple(part for part in parts if isinstance(part, s.Entry))
        names = [entry.name for entry in entries]
        for index, entry in enumerate(entries):
            if entry.name in names[:index]:
                self.found.add(m.TWICE, entry.start, entry.start + len(entry.name), name=entry.name)
        return entries

    def object(self, meta: Meta, parts: list[Part]) -> s.Object:
        return s.Object(meta.start_pos, meta.end_pos, self.entries(parts))

    def for_(self, meta: Meta, parts: list[Part]) -> s.For:
        name, _, relation, *rest = parts
        return s.For(meta.start_pos, meta.end_pos, self.own(name), relation, _where(rest), rest[-1])

    def update(self, meta: Meta, parts: list[Part]) -> s.Update:
        relation, *rest = parts
        return s.Update(meta.start_pos, meta.end_pos, relation, _where(rest), self.entries(rest))

    def delete(self, meta: Meta, parts: list[Part]) -> s.Delete:
        relation, *rest = parts
        return s.Delete(meta.start_pos, meta.end_pos, relation, _where(rest))

    def link(self, meta: Meta, parts: list[Part]) -> s.Join:
        return s.Join(meta.start_pos, meta.end_pos, parts[0], parts[1], gone=False)

    def unlink(self, meta: Meta, parts: list[Part]) -> s.Join:
        return s.Join(meta.start_pos, meta.end_pos, parts[0], parts[1], gone=True)

    def notify(self, meta: Meta, parts: list[Part]) -> s.Notify:
        return s.Notify(meta.start_pos, meta.end_pos, *parts)

    def email(self, meta: Meta, parts: list[Part]) -> s.Email:
        return s.Email(meta.start_pos, meta.end_pos, *parts)

    def webhook(self, meta: Meta, parts: list[Part]) -> s.Webhook:
        return s.Webhook(meta.start_pos, meta.end_pos, *parts)

    def assign(self, meta: Meta, parts: list[Part]) -> s.Hand:
        return s.Hand(meta.start_pos, meta.end_pos, *parts)

    def submit(self, meta: Meta, parts: list[Part]) -> s.Submit:
        return s.Submit(meta.start_pos, meta.end_pos, *parts)

    def entry(self, meta: Meta, parts: list[Part]) -> s.Entry:
        return s.Entry(meta.start_pos, meta.end_pos, str(parts[0]), parts[1])

    def choose(self, meta: Meta, parts: list[Part]) -> s.Choose:
        condition, then, *rest = parts
        otherwise = rest[0] if rest else ()
        return s.Choose(
            meta.start_pos,
            meta.end_pos,
            condition,
            then,
            (otherwise,) if isinstance(otherwise, s.Choose) else otherwise,
        )

    def branch(self, meta: Meta, parts: list[Part]) -> tuple[Part, ...]:
        return tuple(parts)

    def refuse(self, meta: Meta, parts: list[Part]) -> s.Refuse:
        field = parts[1] if len(parts) > 1 else None
        at = field.start_pos if field else meta.start_pos
        return s.Refuse(meta.start_pos, meta.end_pos, parts[0], str(field) if field else None, at)

    def stop(self, meta: Meta, parts: list[Part]) -> s.Stop:
        return s.Stop(meta.start_pos, meta.end_pos)

    def own(self, name: Token) -> str:
        """The name that an author gives to something: not one that means a record already."""
        if name in lexical.RECORDS:
            self.found.add(literals.RESERVED_NAME, name.start_pos or 0, name.end_pos or 0, name=str(name))
        return str(name)


def _where(parts: list[Part]) -> s.Syntax | None:
    """The condition among the parts of a statement over related records."""
    marked = parts[0] if parts else None
    return marked[1] if isinstance(marked, tuple) and marked[:1] == ("where",) else None
