"""What the cases of an app reach: each branch and statement, each comparison true and false, each operand null and set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from kith.problems import Span, Words
from kith.rules.program import Expression, Program
from kith.rules.rewriting import own_nodes, statements
from kith.rules.tracing import Side
from kith.rules.tree import Aggregate, Call, Constant, Node, Path, children
from kith.runtime.testing.sites import Site

LOGIC = frozenset({"and", "or", "not", "if", "coalesce"})
ASKS_NULL = frozenset({"is_set", "is_not_set"})
"""Operations that are there to ask for null: being true and false says it all."""
MISSED: dict[Side, Words] = {
    "true": Words("never true", "从未为真"),
    "false": Words("never false", "从未为假"),
    "null": Words("never empty", "从未为空"),
    "set": Words("never filled", "从未有值"),
    "reached": Words("never reached", "从未执行"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that cases should reach: a node or statement, on one side."""

    site: int
    part: int
    """The id of the node or statement."""
    side: Side
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A place that cases do not reach as they should, with all that is missing there."""

    span: Span
    text: str
    sides: tuple[Side, ...]

    def said(self, language: str) -> str:
        """What is missing, in words."""
        between = "、" if language.lower().startswith("zh") else ", "
        return f"{self.text}: " + between.join(MISSED[side].in_(language) for side in self.sides)


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something is reached."""

    name: str
    reached: int
    total: int
    missing: tuple[Missing, ...] = ()

    @property
    def percent(self) -> float:
        """In per cent, with one digit, and never rounded up to 100."""
        return int(1000 * self.reached / self.total) / 10 if self.total else 100.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an app its cases reach, by document."""

    documents: tuple[Share, ...]

    @property
    def total(self) -> Share:
        """All documents together."""
        reached, total = (sum(getattr(one, name) for one in self.documents) for name in ("reached", "total"))
        return Share("", reached, total)

    def as_data(self, language: str) -> dict[str, object]:
        """For `--json`."""
        return {
            "percent": self.total.percent,
            "reached": self.total.reached,
            "total": self.total.total,
            "documents": [
                {
                    "document": one.name,
                    "percent": one.percent,
                    "missing": [
                        {
                            "place": miss.span.place,
                            "text": miss.text,
                            "sides": miss.sides,
                            "message": miss.said(language),
                        }
                        for miss in one.missing
                    ],
                }
                for one in self.documents
            ],
        }


def coverage_of(sites: Sequence[Site], seen: Set[tuple[int, Side]]) -> Coverage:
    """Hold what was seen against everything that there is."""
    points = [point for number, site in enumerate(sites) for point in points_of(number, site)]
    documents = {sites[point.site].document: None for point in points}
    found = []
    for document in documents:
        mine = [point for point in points if sites[point.site].document == document]
        missed = [point for point in mine if (point.part, point.side) not in seen]
        found.append(Share(document, len(mine) - len(missed), len(mine), _together(missed)))
    return Coverage(tuple(sorted(found, key=lambda one: one.name)))


def _together(missed: Sequence[Point]) -> tuple[Missing, ...]:
    """What is missing at one place in one line, and nothing of what stands inside something that is never reached."""
    at: dict[int, list[Point]] = {}
    for point in missed:
        at.setdefault(point.part, []).append(point)
    found = [Missing(points[0].span, points[0].text, tuple(point.side for point in points)) for points in at.values()]
    return tuple(sorted(found, key=lambda one: (one.span.start, one.span.end)))


def points_of(number: int, site: Site) -> Iterator[Point]:
    """Everything that cases should reach at a place."""
    code = site.code
    for part, sides in parts_of(code, is_test=site.is_test or (site.kind == "rule" and isinstance(code, Expression))):
        start, end = int(getattr(part, "start", 0)), int(getattr(part, "end", 0))
        text = " ".join(code.excerpt.text[start:end].split())
        for side in sides:
            yield Point(number, id(part), side, code.excerpt.span(start, end), shortened(text))


def parts_of(code: Expression | Program, *, is_test: bool) -> Iterator[tuple[object, tuple[Side, ...]]]:
    """The parts to be reached, each with the sides on which it should be seen."""
    if isinstance(code, Expression):
        yield from _of_tree(code.tree, is_test=is_test)
        return
    for statement in statements(code.actions):
        yield statement, ("reached",)
        condition = getattr(statement, "condition", None)
        for node in own_nodes(statement):
            yield from _of_tree(node, is_test=node is condition)


def _of_tree(node: Node, *, is_test: bool) -> Iterator[tuple[Node, tuple[Side, ...]]]:
    """`is_test`: whether the node as a whole decides something."""
    logic = isinstance(node, Call) and node.op in LOGIC
    if node.type.kind == "bool" and not isinstance(node, Constant) and (is_test or not logic):
        yield node, ("true", "false")
    tested = node.args[0] if isinstance(node, Call) and node.op == "if" else None
    for part in children(node):
        if isinstance(node, Aggregate) and part is node.via:
            continue
        yield from _of_tree(part, is_test=part is tested)
        if _is_operand(node, part):
            yield part, ("null", "set")


def _is_operand(node: Node, part: Node) -> bool:
    """Whether it matters that a part may be null."""
    if not isinstance(node, Call) or part.type.kind == "bool" or not part.type.nullable:
        return False
    if node.op == "coalesce":
        return part is not node.args[-1] and not isinstance(part, Constant)
    return node.op not in LOGIC and node.op not in ASKS_NULL and isinstance(part, Path | Aggregate)


def shortened(text: str) -> str:
    """A text that fits into a line."""
    return text if len(text) <= 72 else f"{text[:71]}…"
