"""One generated function: its local names, what it reads, and what it has read already where a piece of code runs."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from kith.rules.python import building as py
from kith.rules.python.helpers import NAMES
from kith.rules.tree import Aggregate, Call, Node, Path, Root, Step, children

Key = tuple[str, ...]
"""A value that may be read several times: root and names of a path, with "&" in front for the record it leads to."""
TODAY: Key = ("today()",)
LOCAL: tuple[Root, ...] = ("this", "row")
"""Records that functions hold in a local variable; the others are seldom read."""


@dataclass
class Module:
    """What all functions of one expression share: their constants and the functions themselves."""

    lenient: bool
    """Whether records may lack fields: then each is asked for politely, which costs a little."""
    names: dict[str, object] = field(default_factory=lambda: dict(NAMES))
    functions: list[ast.stmt] = field(default_factory=list)

    def known(self, value: object) -> ast.expr:
        """A constant that code objects cannot hold, by a name of its own."""
        title = f"k{len(self.names)}"
        self.names[title] = value
        return py.name(title)

    def title(self, prefix: str) -> str:
        """A name for another function."""
        return f"{prefix}{len(self.functions)}"


class Writer:
    """Writes one function; pieces are written in the order in which they will run.

    `held` are the reads whose local variable is certainly set where the next piece runs: what stands behind `and`, `or`, `if`
    and `??` may not run, so what it reads counts only there.
    """

    def __init__(self, module: Module, nodes: Sequence[Node]) -> None:
        self.module = module
        self.reads = Counter(key for node in nodes for key in _keys(node))
        self.held: dict[Key, str] = {}
        self.temporaries = 0

    @contextmanager
    def maybe(self) -> Iterator[None]:
        """Write a piece that may not run."""
        before = dict(self.held)
        try:
            yield
        finally:
            self.held = before

    def temporary(self) -> str:
        """A new local variable."""
        self.temporaries += 1
        return f"v{self.temporaries}"

    def read(self, key: Key, value: Callable[[], ast.expr]) -> ast.expr:
        """A value that is read once for all where it is wanted more often."""
        if key in self.held:
            return py.name(self.held[key])
        written = value()
        if self.reads[key] < 2:
            return written
        title = self.held[key] = self.temporary()
        return py.keep(title, written)

    # --- records ---------------------------------------------------------------------------------------------------

    def path(self, path: Path) -> ast.expr:
        """A field through references: None where any link is."""
        if not path.steps:
            return self.field(path.root, self.start(path.root), "id")
        return self.read((path.root, *path.names), lambda: self._through(path, len(path.steps)))

    def _through(self, path: Path, length: int) -> ast.expr:
        """The value of the first steps of a path."""
        last = path.steps[length - 1]
        if length == 1:
            return _part(self.field(path.root, self.start(path.root), last.key), last)
        found, missing = self.target(path, length - 1)
        return py.choose(missing, py.NONE, _part(self.field("", found, last.key), last))

    def target(self, path: Path, length: int) -> tuple[ast.expr, ast.expr]:
        """The record that the first steps of a path lead to, and the test (to run before) whether there is none."""
        names = tuple(step.name for step in path.steps[:length])
        key = ("&", path.root, *names)
        if key in self.held:
            return py.name(self.held[key]), py.is_none(py.name(self.held[key]))
        record = self.temporary()
        loaded = self._loaded(path, length)
        if self.reads[key] > 1:
            self.held[key] = record
        return py.name(record), py.is_none(py.keep(record, loaded))

    def _loaded(self, path: Path, length: int) -> ast.expr:
        """The record behind the first steps, or None."""
        names, step = tuple(step.name for step in path.steps[:length]), path.steps[length - 1]
        value = self.read((path.root, *names), lambda: self._through(path, length))
        if isinstance(value, ast.Name):
            id_, test = value, py.is_none(value)
        else:
            title = value.target.id if isinstance(value, ast.NamedExpr) else self.temporary()
            kept = value if isinstance(value, ast.NamedExpr) else py.keep(title, value)
            id_, test = ast.Name(title, py.LOAD), py.is_none(kept)
        load = py.method(py.name("env"), "load", py.constant(step.type.entity), id_)
        return py.choose(test, py.NONE, load)

    def start(self, root: str) -> ast.expr:
        """The record that a path starts at."""
        return py.name(root) if root in LOCAL else py.attribute(py.name("env"), root)

    def field(self, root: str, record: ast.expr, name: str) -> ast.expr:
        """A field of a record."""
        if root == "old":
            return py.call("placed", record, py.constant(name))
        if root in ("me", "let") or self.module.lenient:
            return py.method(record, "get", py.constant(name))
        return py.item(record, name)


def _part(value: ast.expr, step: Step) -> ast.expr:
    """The part that a step names of a value of several."""
    inside = step.part and step.key == step.name
    return py.call("part", value, py.constant(step.part)) if inside else value


def own_parts(node: Node) -> Iterator[Node]:
    """The parts of a tree that run in the same function: those of an aggregate's rows run in another."""
    yield node
    if isinstance(node, Aggregate):
        yield from own_parts(node.via)
        return
    for child in children(node):
        yield from own_parts(child)


def _keys(node: Node) -> Iterator[Key]:
    for part in own_parts(node):
        if isinstance(part, Path):
            yield from _path_keys(part)
        elif isinstance(part, Aggregate):
            names = tuple(step.name for step in part.via.steps)
            if names:
                yield ("&", part.via.root, *names)
        elif isinstance(part, Call) and part.op == "today":
            yield TODAY


def _path_keys(path: Path) -> Iterator[Key]:
    names = tuple(step.name for step in path.steps)
    if names:
        yield (path.root, *path.names)
    for length in range(1, len(names)):
        yield ("&", path.root, *names[:length])
        yield (path.root, *names[:length])


def roots(*nodes: Node) -> list[Root]:
    """Which of `this` and `row` paths start at, outside of the rows of aggregates."""
    found = {part.root for node in nodes for part in own_parts(node) if isinstance(part, Path)}
    return [root for root in LOCAL if root in found]
