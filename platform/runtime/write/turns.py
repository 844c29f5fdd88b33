"""Which changes of a batch must wait for others, so that a batch gives the verdicts that one save after the other would."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kith.metadata.model import Entity, Field, Model, Rule
from kith.rules.program import Action, Make
from kith.rules.rewriting import statements
from kith.rules.tree import Aggregate, Node, Path, walk
from kith.runtime.write.change import Change
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from kith.runtime.release import Release


def records_apart(changes: Sequence[Change]) -> list[list[int]]:
    """The indexes of changes in groups such that no two of one record share a group."""
    return _grouped([list(_own(change)) for change in changes])


def turns(connection: sa.Connection, release: Release, changes: Sequence[Change]) -> list[list[int]]:
    """The indexes of changes in groups that can be saved together, one group after the other.

    Two changes of one record never share a group, nor do two that move what the other's rules read: records whose rules
    look at a roll-up of the record they hang on, for instance the entries of an account that must not be overdrawn.
    """
    if len(changes) < 2:
        return [list(range(len(changes)))]
    parents = _parents(connection, release, changes)
    return _grouped([[*_own(change), *_named(release, change, parents)] for change in changes])


def _grouped(wanted: Sequence[Sequence[Hashable]]) -> list[list[int]]:
    groups: list[list[int]] = []
    free: dict[Hashable, int] = {}
    for index, keys in enumerate(wanted):
        turn = max((free.get(key, 0) for key in keys), default=0)
        if turn == len(groups):
            groups.append([])
        groups[turn].append(index)
        free.update(dict.fromkeys(keys, turn + 1))
    return groups


def _own(change: Change) -> Iterator[Hashable]:
    if change.id:
        yield (change.entity, change.id)
    if change.key:
        yield (change.entity, tuple(sorted((name, str(value)) for name, value in change.key.items())))


def _named(
    release: Release, change: Change, parents: Mapping[tuple[str, str], Mapping[str, object]]
) -> Iterator[Hashable]:
    known = parents.get((change.entity, change.id or ""), {})
    for name in serial_fields(release, change.entity):
        for value in (change.values.get(name), known.get(name)):
            id_ = value.get("id") if isinstance(value, Mapping) else value
            if id_:
                yield (name, str(id_))


def _parents(
    connection: sa.Connection, release: Release, changes: Sequence[Change]
) -> dict[tuple[str, str], Mapping[str, object]]:
    """What records that are to be changed hang on now, where that matters."""
    wanted: dict[str, list[str]] = {}
    for change in changes:
        if change.id and change.op != "create" and serial_fields(release, change.entity):
            wanted.setdefault(change.entity, []).append(change.id)
    return {
        (entity, record["id"]): record
        for entity, ids in wanted.items()
        for record in shelf_of(release, entity).select(connection, ids, lock=False)
    }


def serial_fields(release: Release, entity: str) -> frozenset[str]:
    """The references by which records of an entity wait for one another."""
    found: frozenset[str] = release.cached(("serial", entity), lambda: _serial(release.model, entity, deep=True))
    return found


def _serial(model: Model, name: str, *, deep: bool) -> frozenset[str]:
    entity = model.entities[name]
    rules = model.rules.get(name, ())
    found = {
        field.name
        for field in entity.fields.values()
        if field.type.kind == "ref" and not field.is_computed and _is_read_back(model, entity, rules, field)
    }
    if deep:
        # A rule that creates such records makes their makers wait as well.
        for action in (action for rule in rules if rule.do is not None for action in _makes(rule.do.actions)):
            waiting = _serial(model, action.entity, deep=False)
            for made, value in action.values:
                if made in waiting and isinstance(value, Path) and value.root == "this" and len(value.steps) == 1:
                    found.add(value.steps[0].name)
    return frozenset(found)


def reading_back(release: Release, entity: str) -> frozenset[str]:
    """The rules because of which records of an entity wait for one another.

    Where none of them is woken, records that are saved together come out as one save after the other would.
    """
    found: frozenset[str] = release.cached(
        ("reading back", entity), lambda: frozenset(_reading_back(release.model, entity, deep=True))
    )
    return found


def _reading_back(model: Model, name: str, *, deep: bool) -> Iterator[str]:
    entity, rules = model.entities[name], model.rules.get(name, ())
    for field in entity.fields.values():
        if field.type.kind == "ref" and not field.is_computed:
            yield from _rules_back(model, entity, rules, field)
    if deep:
        for action in (action for rule in rules if rule.do is not None for action in _makes(rule.do.actions)):
            yield from _reading_back(model, action.entity, deep=False)


def _makes(actions: Sequence[Action]) -> Iterator[Make]:
    yield from (action for action in statements(actions) if isinstance(action, Make))


def _is_read_back(model: Model, entity: Entity, rules: Sequence[Rule], field: Field) -> bool:
    """Whether rules read, through a reference or on the record it names, what records of this entity add up to there."""
    return next(_rules_back(model, entity, rules, field), None) is not None


def _rules_back(model: Model, entity: Entity, rules: Sequence[Rule], field: Field) -> Iterator[str]:
    if field.type.entity not in model.entities:
        return
    parent = model.entities[field.type.entity]
    fed = _fed(parent, entity.name, field.name)
    for rule in rules:
        if any(_looks_back(node, field.name, fed) for tree in _conditions(rule) for node in walk(tree)):
            yield rule.path
    for rule in model.rules.get(parent.name, ()):
        if any(_reads(parent, tree, fed, entity.name) for tree in _conditions(rule)):
            yield rule.path


def _looks_back(node: Node, reference: str, fed: frozenset[str]) -> bool:
    if isinstance(node, Path) and len(node.steps) > 1 and node.steps[0].name == reference:
        return node.steps[1].name in fed
    return isinstance(node, Aggregate) and bool(node.via.steps) and node.via.steps[0].name == reference


def _conditions(rule: Rule) -> Iterator[Node]:
    if rule.require is not None:
        yield rule.require.tree
        if rule.when is not None:
            yield rule.when.tree


def _reads(parent: Entity, tree: Node, fed: frozenset[str], child: str) -> bool:
    for node in walk(tree):
        if isinstance(node, Aggregate) and not node.via.steps and node.entity == child:
            return True
        if isinstance(node, Path) and node.root == "this" and node.steps and node.steps[0].name in fed:
            return True
    return False


def _fed(parent: Entity, child: str, reference: str) -> frozenset[str]:
    """The roll-ups of a parent over a relation, and the formulas that follow them."""
    relations = {name for name, one in parent.inverses.items() if one.entity == child and one.field == reference}
    found: set[str] = set()
    for _ in range(len(parent.fields)):
        more = {
            field.name
            for field in parent.fields.values()
            if field.value is not None
            and field.name not in found
            and any(
                (isinstance(node, Aggregate) and not node.via.steps and node.relation in relations)
                or (isinstance(node, Path) and node.root == "this" and node.steps and node.steps[0].name in found)
                for node in walk(field.value.tree)
            )
        }
        if not more:
            break
        found |= more
    return frozenset(found)
