"""What building carries along: the documents, the problems found so far, texts by language, and how expressions are compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from kith.metadata.layers.documents import APP, Document, Merged
from kith.metadata.making.asked import Asking, Kept, Question
from kith.metadata.making.at import At
from kith.metadata.making.scopes import EntityScope
from kith.metadata.memo import Memo
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Label
from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.missing import where_missing
from kith.problems import Excerpt, Problem, Span, Words
from kith.rules.compiling import checked, compile_program
from kith.rules.parsing import parse_expression, parse_template
from kith.rules.program import Expression, Program
from kith.rules.scope import Scope, Slot
from kith.rules.syntax import Syntax
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence, Style

T = TypeVar("T")
Compiled = tuple[Expression | None, list[Problem]]
Parse = Callable[[Excerpt], tuple[Syntax | None, list[Problem]]]
DEFAULT_LANGUAGES = ("en",)


LABEL_ORDER = (*KINDS, "of", "version", "label", "plural", "title", "help")
"""Keys that stand before the texts of a document or part, and these in their order."""
AFTER_LABEL = ("help", "options", "options_from", "options_when")
"""Keys of a field that stand after its label."""


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A text that is missing in some languages: whose it is, its key, and where it stands or would."""

    what: str
    key: str
    missing: tuple[str, ...]
    span: Span
    hint: Words | None


def unlabelled(at: At, key: str, missing: tuple[str, ...]) -> Unlabelled:
    """A missing text of a part."""
    what = at.span.source.text[at.span.start : at.span.end].split("\n")[0].rstrip(": ")
    entry = at.node.entries.get(key)
    if entry and entry.key.span.source is at.span.source:
        return Unlabelled(what, key, missing, entry.key.span, None)
    order: tuple[str, ...] = LABEL_ORDER
    if at.path[-2:-1] == ("fields",):
        order = (*(name for name in at.node.entries if name not in AFTER_LABEL), key, *AFTER_LABEL)
    span, hint = (None if entry else where_missing(at.node, key, order, at.span.source)) or (at.span, None)
    return Unlabelled(what, key, missing, span, hint)


@dataclass(frozen=True, slots=True)
class Piece:
    """What was made of a whole document, and what making it noted of texts."""

    kept: Kept
    addresses: frozenset[str]
    unlabelled: tuple[Unlabelled, ...]


@dataclass
class Context:
    """The state of one build."""

    merged: Merged
    problems: list[Problem]
    memo: Memo
    advice: bool = True
    """Warnings are told too."""
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    currency: str = "USD"
    strings: dict[str, dict[str, Scalar]] = field(default_factory=dict)
    """By address, by language."""
    addresses: set[str] = field(default_factory=set)
    """Where texts can stand."""
    unlabelled: list[Unlabelled] = field(default_factory=list)
    """Places whose text is missing in some language, for lint."""
    broken: set[str] = field(default_factory=set)
    """Names whose own declaration has a problem: what an expression says of them is not told twice."""
    sound: dict[Hashable, Kept] = field(default_factory=dict)
    """Compiled texts without any problem, by text and place: many conditions stand in a CRM more than once."""
    trail: dict[Question, Any] = field(default_factory=dict)
    """What compilers have asked for since the present piece was begun."""

    @cached_property
    def declared(self) -> object:
        """The same object for as long as all that declares fields is the same."""
        kinds = ("app", "entity", "role")
        sources = tuple(source for kind in kinds for one in self.merged.of(kind) for source in one.sources)
        return self.memo.once(("declared", sources, self.advice), object)

    def made_of(self, document: Document, make: Callable[[], T]) -> T:
        """What is made of a document and of the fields of entities; it is kept where making it told no problem."""
        key = ("made", document.kind, document.sources, self.declared)
        found: T | None = self.memo.get(key)
        if found is None:
            told = len(self.problems)
            found = make()
            if len(self.problems) == told:
                self.memo.put(key, found)
        return found

    @cached_property
    def spoken(self) -> object:
        """The same object for as long as languages, texts apart from documents and the order of layers are the same."""
        sources = tuple(source for kind in ("app", "strings") for one in self.merged.of(kind) for source in one.sources)
        return self.memo.once(("spoken", sources, tuple(self.merged.ranks.items()), self.advice), object)

    def piece_of(
        self,
        what: Hashable,
        document: Document,
        world: Mapping[str, Scope],
        make: Callable[[], T],
        lasts: Callable[[T], bool],
    ) -> T:
        """What is made of a document and of what its texts ask of entities; kept where that told no problem.

        `what` names the piece, with everything else that it hangs on; `lasts` says whether that was possible.
        """
        key = ("piece", what, document.sources, self.spoken)
        piece: Piece | None = self.memo.get(key)
        if piece is None or not piece.kept.holds(world):
            told = len(self.problems)
            outer = self.addresses, self.unlabelled, self.trail
            self.addresses, self.unlabelled, self.trail = set(), [], {}
            made = make()
            piece = Piece(Kept(made, self.trail), frozenset(self.addresses), tuple(self.unlabelled))
            self.addresses, self.unlabelled, self.trail = outer
            if len(self.problems) == told and lasts(made):
                self.memo.put(key, piece)
        self.addresses |= piece.addresses
        self.unlabelled += piece.unlabelled
        found: T = piece.kept.result
        return found

    def report(self, problem: Problem) -> None:
        """Note a problem."""
        self.problems.append(problem)

    def within(self, span: Span, text: str, style: Style = "plain") -> Scalar:
        """A text that a scalar holds, or a key is, as a scalar of its own; every build gets the same one."""
        return self.memo.once(("within", span, text, style), lambda: Scalar(text, style, span))

    def documents(self, kind: str) -> list[tuple[Document, At]]:
        """The documents of a kind, each with its reader."""
        return [(document, self.at(document)) for document in self.merged.of(kind)]

    def at(self, document: Document) -> At:
        """A document's reader."""
        included = any(part.fragment for part in document.parts)
        own = next(part.node for part in document.parts if not part.fragment) if included else document.node
        first = next(iter(own.entries.values()), None)
        span = first.value.span if first else document.node.span
        path = ("app",) if (document.kind, document.name) == APP else (document.kind, document.name)
        return At(document.node, path, span)

    def layer(self, span: Span) -> str:
        """The layer whose file a place is in."""
        return self.merged.layer_at(span)

    # Texts that people see.

    def label(self, at: At, key: str = "label", fallback: str = "", lint: bool = True) -> Label:
        """The text at a key in every language: from the document, else from strings, else made of the name."""
        texts = {language: node.text for language, node in self.texts(at, key).items() if node.text}
        if not texts and not fallback:
            return Label({})
        if lint and (missing := tuple(language for language in self.languages if language not in texts)):
            self.unlabelled.append(unlabelled(at, key, missing))
        texts = texts or {self.languages[0]: fallback}
        first = self.languages[0]
        return Label({first: texts[first], **texts} if first in texts else texts)

    def texts(self, at: At, key: str) -> dict[str, Scalar]:
        """What stands at a key by language, in the document or in strings: where in both, what the higher layer says."""
        address = ".".join((*at.path, key))
        self.addresses.add(address)
        found = self.inline(at.get(key))
        for language, text in self.strings.get(address, {}).items():
            rank = self.rank(text.span)
            here = self.rank(found[language].span) if language in found else -1
            if here == rank:
                self.report(Problem(mistakes.TEXT_TWICE, text.span, {"address": address, "language": language}))
            if rank >= here:
                found[language] = text
        return found

    def rank(self, span: Span) -> int:
        """How many layers lie below the one whose file a place is in."""
        return self.merged.ranks.get(self.layer(span), 0)

    def inline(self, node: Node | None) -> dict[str, Scalar]:
        """The texts that stand in the document itself; one without languages is in the first of its layer's."""
        if isinstance(node, Scalar) and node.text and not node.is_null:
            return {self.first_language(self.layer(node.span)): node}
        if isinstance(node, MappingNode):
            return {name: e.value for name, e in node.entries.items() if isinstance(e.value, Scalar) and e.value.text}
        return {}

    def first_language(self, layer: str) -> str:
        """The language in which a layer writes its texts: the first of its own, else the first of all."""
        return self.first_languages.get(layer, self.languages[0])

    @cached_property
    def first_languages(self) -> dict[str, str]:
        """By layer that names languages, the first of them."""
        document = self.merged.documents.get(APP)
        said = [(part.layer, part.node.get("languages")) for part in document.parts] if document else []
        lists = [(layer, node.items[0]) for layer, node in said if isinstance(node, Sequence) and node.items]
        return {layer: first.text for layer, first in lists if isinstance(first, Scalar)}

    # Expressions.

    def expression(self, node: Node | None, scope: EntityScope | None, slot: Slot) -> Expression | None:
        """The expression of a scalar in its slot; none where there is none, or where it has problems."""
        return self.compiled(self.checked_expression, "expression", node, scope, slot)

    def template(self, node: Node | None, scope: EntityScope | None, slot: Slot) -> Expression | None:
        """A text with holes."""
        return self.compiled(self.checked_template, "template", node, scope, slot)

    def program(self, node: Node | None, scope: EntityScope | None, slot: Slot) -> Program | None:
        """An action block."""
        return self.compiled(compile_program, "program", node, scope, slot)

    def checked_expression(self, excerpt: Excerpt, scope: Scope, slot: Slot) -> Compiled:
        """A compiled expression; a text that stands in several places is parsed once."""
        return self.once(parse_expression, excerpt, scope, slot)

    def checked_template(self, excerpt: Excerpt, scope: Scope, slot: Slot) -> Compiled:
        """A compiled template, parsed once."""
        return self.once(parse_template, excerpt, scope, slot)

    def once(self, parse: Parse, excerpt: Excerpt, scope: Scope, slot: Slot) -> Compiled:
        """Check a text whose syntax tree is kept, since it does not depend on the place."""
        key = ("syntax", parse, excerpt.text)
        syntax: Syntax | None = self.memo.get(key)
        if syntax is not None:
            return checked(excerpt, scope, slot, syntax, ())
        syntax, problems = parse(excerpt)
        if syntax is not None and not problems:
            self.memo.put(key, syntax)
        return checked(excerpt, scope, slot, syntax, problems)

    def compiled(
        self,
        how: Callable[[Excerpt, Scope, Slot], tuple[T | None, list[Problem]]],
        kind: str,
        node: Node | None,
        scope: EntityScope | None,
        slot: Slot,
    ) -> T | None:
        """What the compiler makes of a scalar; problems that follow from a broken declaration are left out."""
        if not isinstance(node, Scalar) or not node.text or node.is_null or scope is None:
            return None
        slot = slot if self.advice else replace(slot, advice=False)
        key = ("compiled", kind, node, scope.entity, slot)
        kept: Kept | None = self.memo.get(key)
        if kept is None or not kept.holds(scope.world):
            kept = self.elsewhere(kind, node, scope, slot)
        if kept is None:
            answers: dict[Question, Any] = {}
            result, problems = how(node.excerpt(), Asking(scope, answers), slot)
            if result is None or problems:
                self.problems += [problem for problem in problems if not self.follows(problem, node.text)]
                return result
            kept = Kept(result, answers)
            self.sound[kind, node.text, scope.entity, slot] = kept
        self.memo.put(key, kept)
        self.trail.update(kept.answers)
        found: T = kept.result
        return found

    def elsewhere(self, kind: str, node: Scalar, scope: EntityScope, slot: Slot) -> Kept | None:
        """The same text of the same entity, compiled for another place."""
        known = self.sound.get((kind, node.text, scope.entity, slot))
        return known and Kept(replace(known.result, excerpt=node.excerpt()), known.answers)

    def follows(self, problem: Problem, text: str) -> bool:
        """Whether a problem of an expression is but the echo of a broken declaration; one of its syntax never is."""
        if not self.broken or not problem.is_error or problem.code.startswith("E1"):
            return False
        return not self.broken.isdisjoint(re.findall(r"[a-z_][a-z0-9_]*", text))


def humanize(name: str) -> str:
    """A name as words: `lifetime_spend` is "Lifetime spend"."""
    return name.replace("_", " ").capitalize()


def strings_of(merged: Merged) -> dict[str, dict[str, Scalar]]:
    """The texts of all documents of strings, by address and language."""
    found: dict[str, dict[str, Scalar]] = {}
    for document in merged.of("strings"):
        texts = document.node.get("texts")
        entries: Mapping[str, object] = texts.entries if isinstance(texts, MappingNode) else {}
        for address in entries:
            value = texts.get(address) if isinstance(texts, MappingNode) else None
            if isinstance(value, Scalar):
                found.setdefault(address, {})[document.name] = value
    return found
