"""Statements over related records: which records they are, and what is done to each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kith.problems import Words
from kith.rules import mistakes_names, mistakes_types, syntax
from kith.rules.checking import aggregates, names
from kith.rules.checking.checker import Checker, Facts
from kith.rules.checking.entries import entry, writable
from kith.rules.checking.families import type_words
from kith.rules.checking.forgetting import forget
from kith.rules.checking.logic import condition
from kith.rules.checking.narrowing import MARKS, facts
from kith.rules.checking.storing import stored
from kith.rules.program import Action, Amend, Assign, Joining, Range, Remove
from kith.rules.rewriting import own_nodes
from kith.rules.rewriting import statements as within
from kith.rules.scope import Relation
from kith.rules.tree import Aggregate, Node, Path, walk
from kith.rules.types import INT, ref

MOST_REFERENCES = 2
"""References that the path of a `link` may pass."""


def statement(checker: Checker, node: syntax.Statement) -> Action | None:
    """One statement over related records; none where it is another, or has a mistake."""
    match node:
        case syntax.Update():
            return update(checker, node)
        case syntax.Delete(relation=relation, where=where):
            over = ranged(checker, "delete", relation, where)
            return Remove(over, node.start, node.end) if over is not None else None
        case syntax.Join():
            return join(checker, node)
        case _:
            return None


def ranged(checker: Checker, word: str, relation: syntax.Syntax, where: syntax.Syntax | None) -> Range | None:
    """The records of a relation, or of a field of several, for which a condition holds."""
    found = members(checker, relation) or related(checker, word, relation)
    if found is None:
        return None
    with checker.inside(found.scope):
        test = condition(checker, where) if where is not None else None
    if where is not None and test is None:
        return None
    start, end = relation.start, where.end if where is not None else relation.end
    name, entity = found.relation.name, found.relation.entity
    rows = Aggregate(INT, start, end, "count", found.via, name, entity, None, test, None, ())
    return Range(rows, found.relation.inverse_of, tuple(dict.fromkeys(_ahead_of_test(test))))


def members(checker: Checker, node: syntax.Syntax) -> aggregates.Related | None:
    """The records that a field of several values names."""
    path = checker.quietly(node)
    if not isinstance(path, Path) or not path.steps or path.root == "old":
        return None
    last, item = path.steps[-1], path.type.item
    scope = checker.scope.of(item.entity) if item is not None and item.kind == "ref" else None
    if item is None or scope is None or (path.root == "let" and len(path.steps) == 1):
        return None
    relation = Relation(last.name, item.entity, "", owned=False, label=scope.label)
    via = Path(ref(last.entity), path.start, path.end, path.root, path.steps[:-1])
    return aggregates.Related(via, relation, scope, ())


def related(checker: Checker, word: str, node: syntax.Syntax) -> aggregates.Related | None:
    """The records of a relation."""
    head, _ = aggregates.dots(node)
    if isinstance(head, syntax.Name) and not _means(checker, head.text) and checker.scope.of(head.text) is not None:
        # The name of an entity, where records related to this one are wanted.
        checker.report(mistakes_names.NOT_RELATED, node, hint=_relations_to(checker, head.text), name=word)
        return None
    found = aggregates.find(checker, syntax.Invoke(node.start, node.end, word, (node,)))
    if found is not None and found.rest:
        checker.report(mistakes_names.NOT_RELATED, node, name=word)
        return None
    return found


def _means(checker: Checker, name: str) -> bool:
    known = name in names.ROOTS or name in checker.lets
    return known or bool(checker.scope.name(name) or checker.scope.relation(name))


def _relations_to(checker: Checker, entity: str) -> Words | None:
    """The relations of this record that lead to records of an entity."""
    found = [name for name in checker.scope.names() if (one := checker.scope.relation(name)) and one.entity == entity]
    shown = ", ".join(f"`{name}`" for name in found)
    return Words(f"perhaps {shown}?", f"是否想写 {shown}？") if found else None


def update(checker: Checker, node: syntax.Update) -> Action | None:
    """`update relation where c { field: value }`: the values are those of this record."""
    over = ranged(checker, "update", node.relation, node.where)
    scope = checker.scope.of(over.rows.entity) if over is not None else None
    values = [entry(checker, scope, item, node.entries) for item in node.entries]
    if over is None:
        return None
    kept = tuple(value for value in values if value is not None)
    return Amend(over, kept, node.start, node.end)


def join(checker: Checker, node: syntax.Join) -> Action | None:
    """`link path add value`, `unlink path remove value`."""
    word = "unlink" if node.gone else "link"
    value = checker.check(node.value)
    target = checker.check(node.target)
    if not isinstance(target, Path):
        return None
    item = target.type.item
    if target.root not in ("this", "let") or item is None or len(target.steps) > MOST_REFERENCES + 1:
        checker.report(mistakes_names.LINK_TARGET, node.target, name=word, found=type_words(target.type))
        return None
    step = target.steps[-1]
    scope = checker.scope.of(step.entity)
    if not writable(checker, scope.name(step.name) if scope else None, node.target) or value is None:
        return None
    if value.type.kind == "null":
        checker.report(mistakes_types.NULL_ALONE, node.value)
        return None
    fitted = stored(checker, value, item.or_null(), step.name)
    checker.known = forget(checker.known, (target.root, *target.names))
    return Joining(target.steps, target.root, fitted, node.gone, node.start, node.end) if fitted else None


def known_of(name: str, over: Range) -> Facts:
    """What the condition of a `for` tells of its variable."""
    told = facts(over.rows.where, True) if over.rows.where is not None else frozenset()
    found = set()
    for key in told:
        mark = key[:1] if key[0] in MARKS else ()
        root, *names_ = key[len(mark) :]
        if root == "row":
            found.add((*mark, "let", name, *names_))
    return frozenset(found)


def fetched(name: str, over: Range, body: Sequence[Action]) -> Range:
    """The records of a `for` with the ways from its variable to what its body reads and sets."""
    ways = [*over.ahead, *_ahead_of_body(name, body)]
    return Range(over.rows, over.inverse, tuple(dict.fromkeys(ways)))


def _ahead_of_test(test: Node | None) -> Iterator[tuple[str, ...]]:
    for node in walk(test) if test is not None else ():
        if isinstance(node, Path) and node.root == "row" and len(node.steps) > 1:
            yield tuple(step.name for step in node.steps[:-1])


def _ahead_of_body(name: str, body: Iterable[Action]) -> Iterator[tuple[str, ...]]:
    for action in within(body):
        if isinstance(action, Assign) and action.root == "let" and action.target[0].name == name:
            yield tuple(step.name for step in action.target[1:-1])
        for node in (part for root in own_nodes(action) for part in walk(root)):
            if isinstance(node, Path) and node.root == "let" and node.steps[0].name == name:
                yield tuple(step.name for step in node.steps[1:-1])
            elif isinstance(node, Aggregate) and node.via.root == "let" and node.via.steps[0].name == name:
                yield (*(step.name for step in node.via.steps[1:]), node.relation)
