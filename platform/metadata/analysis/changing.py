"""What the block of a rule may change: records that come, change and go, with all that is computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kith.metadata.analysis.steps import own_reads
from kith.metadata.model import Model, Rule
from kith.rules.program import Action, Amend, Assign, Branch, Halt, Joining, Loop, Make, Remove
from kith.rules.rewriting import statements
from kith.rules.tree import Aggregate, Call, Constant, Convert, Node, Path, walk

Computed = Mapping[tuple[str, str], frozenset[str]]
"""By entity and field, the computed fields of the same record that follow it; by no field, what a new record is given."""
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a record of an entity that a block may make.

    `op` is create, update or delete; "same" where a block before the write sets fields of its own record, which is written once;
    "" where only records of a relation change. `set_fields` are those that are set, `fields` also what is computed from them and
    what a new record is given, `relations` the relations of the entity of which a record changes. `sure`: it happens whenever the
    block runs, and changes something each time.
    """

    entity: str
    op: str
    set_fields: frozenset[str] = NONE
    fields: frozenset[str] = NONE
    relations: frozenset[str] = NONE
    sure: bool = False


def computed_with(model: Model) -> Computed:
    """What follows each field within its record."""
    found: dict[tuple[str, str], set[str]] = {}
    for entity in model.entities.values():
        for field in entity.fields.values():
            for name in own_reads(field.value.tree) if field.value is not None else ():
                found.setdefault((entity.name, name), set()).add(field.name)
            if field.default is not None or field.default_from is not None:
                found.setdefault((entity.name, ""), set()).add(field.name)
    return {key: frozenset(names) for key, names in found.items()}


def events_of(model: Model, rule: Rule, computed: Computed) -> Iterator[Event]:
    """What the block of a rule may change, also in records whose sums count what it changes."""
    waiting = list(_caused(rule))
    told: set[tuple[str, str, frozenset[str], frozenset[str]]] = set()
    while waiting:
        event = waiting.pop(0)
        event = replace(event, fields=_closure(event, computed))
        key = (event.entity, event.op, event.fields, event.relations)
        if key not in told or event.sure:
            told.add(key)
            yield event
            waiting += [one for one in _above(model, event) if _key(one, computed) not in told]


def _key(event: Event, computed: Computed) -> tuple[str, str, frozenset[str], frozenset[str]]:
    return (event.entity, event.op, _closure(event, computed), event.relations)


def _closure(event: Event, computed: Computed) -> frozenset[str]:
    found = {*event.set_fields, *(computed.get((event.entity, ""), NONE) if event.op == "create" else ())}
    waiting = list(found)
    while waiting:
        more = computed.get((event.entity, waiting.pop()), NONE) - found
        found |= more
        waiting += more
    return frozenset(found)


def _caused(rule: Rule) -> Iterator[Event]:
    actions = rule.do.actions if rule.do is not None else ()
    sure = {id(action) for action in _certain(actions)}
    for action in statements(actions):
        for event in _of_action(action):
            if rule.before:
                yield replace(event, op="same", sure=False)
            else:
                yield replace(event, sure=event.sure and id(action) in sure)


def _certain(actions: Iterable[Action]) -> Iterator[Action]:
    """The statements that are taken whenever a block runs."""
    for action in actions:
        if isinstance(action, (Branch, Loop)):
            if any(isinstance(one, Halt) for one in statements([action])):
                return
        elif isinstance(action, Halt):
            return
        else:
            yield action


def _of_action(action: Action) -> Iterator[Event]:
    match action:
        case Make(entity=entity, values=values):
            yield Event(entity, "create", frozenset(name for name, _ in values), sure=True)
        case Assign(target=target, value=value):
            names = frozenset({target[-1].name})
            yield Event(
                target[-1].entity, "update", names, sure=len(target) == 1 and _grows(action.target[0].name, value)
            )
        case Joining(target=target):
            yield Event(target[-1].entity, "update", frozenset({target[-1].name}))
        case Amend(over=over, values=values):
            yield Event(over.rows.entity, "update", frozenset(name for name, _ in values))
        case Remove(over=over):
            yield Event(over.rows.entity, "delete")
        case _:
            pass


def _grows(name: str, value: Node) -> bool:
    """Whether a field gets another value each time: itself and a number that is not zero."""
    while isinstance(value, Convert):
        value = value.arg
    if not isinstance(value, Call) or value.op not in ("add", "subtract") or len(value.args) != 2:
        return False
    left, right = value.args
    own = isinstance(left, Path) and left.root == "this" and [step.name for step in left.steps] == [name]
    return own and isinstance(right, Constant) and bool(right.value)


def _above(model: Model, event: Event) -> Iterator[Event]:
    """The changes of records whose rules watch, or whose sums count, the records of an entity."""
    for parent in model.entities.values():
        relations = frozenset(
            one.name
            for one in parent.inverses.values()
            # A new record that names no parent is none of anybody's.
            if one.entity == event.entity and (event.op != "create" or one.field in event.fields)
        )
        if not relations:
            continue
        fed = frozenset(
            field.name
            for field in parent.fields.values()
            if field.value is not None and field.storage != "computed" and _counts(field.value.tree, relations, event)
        )
        if fed:
            yield Event(parent.name, "update", fed, relations=relations)
        else:
            yield Event(parent.name, "", relations=relations)


def _counts(tree: Node, relations: frozenset[str], event: Event) -> bool:
    """Whether a sum may move: records come or go, or a field that it reads changes."""
    for node in walk(tree):
        if isinstance(node, Aggregate) and not node.via.steps and node.relation in relations:
            if event.op in ("create", "delete"):
                return True
            reads = {
                part.steps[0].name
                for part in walk(node)
                if isinstance(part, Path) and part.root == "row" and part.steps
            }
            if not event.fields.isdisjoint(reads):
                return True
    return False
