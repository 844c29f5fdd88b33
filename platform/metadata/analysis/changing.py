"""What the block of a rule may change: records that come, change and go, with all that is computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kith.metadata.analysis.copies import Copied, copies
from kith.metadata.analysis.steps import own_reads
from kith.metadata.model import Entity, Model, Rule
from kith.rules.program import Action, Amend, Assign, Branch, Halt, Joining, Loop, Make, Remove
from kith.rules.rewriting import statements
from kith.rules.tree import Aggregate, Call, Constant, Convert, Node, Path, walk

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


@dataclass(frozen=True, slots=True)
class Sum:
    """A stored roll-up of a parent over a relation, with the fields of the related record that it reads."""

    name: str
    relation: str
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Above:
    """A kind of record on which records of an entity hang: by relation their reference, and the sums over them."""

    entity: str
    references: Mapping[str, str]
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class World:
    """What follows what in a model: computed fields their record's fields, sums the records that they count."""

    computed: Mapping[tuple[str, str], frozenset[str]]
    """By entity and field; by no field, what a new record is given."""
    above: Mapping[str, Sequence[Above]]
    copied: Mapping[str, Sequence[Copied]]

    def settled(self, event: Event) -> Event:
        """An event with all that is computed from what is set."""
        given = self.computed.get((event.entity, ""), NONE) if event.op == "create" else NONE
        found = {*event.set_fields, *given}
        waiting = list(found)
        while waiting:
            more = self.computed.get((event.entity, waiting.pop()), NONE) - found
            found |= more
            waiting += more
        return replace(event, fields=frozenset(found))

    def spread(self, event: Event) -> Iterator[Event]:
        """An event, and those of the records whose rules watch, whose sums count or whose copies follow what it changes."""
        waiting, told = [self.settled(event)], set[Event]()
        while waiting:
            one = waiting.pop(0)
            if one not in told:
                told.add(one)
                yield one
                waiting += [self.settled(other) for other in (*self._higher(one), *self._copies(one))]

    def _higher(self, event: Event) -> Iterator[Event]:
        for parent in self.above.get(event.entity, ()):
            # A new record that names no parent is none of anybody's.
            names = {
                name
                for name, reference in parent.references.items()
                if event.op != "create" or reference in event.fields
            }
            whole = event.op in ("create", "delete")
            moved = [
                one.name
                for one in parent.sums
                if one.relation in names and (whole or not event.fields.isdisjoint(one.reads))
            ]
            if names:
                yield Event(parent.entity, "update" if moved else "", frozenset(moved), relations=frozenset(names))

    def _copies(self, event: Event) -> Iterator[Event]:
        for copied in self.copied.get(event.entity, ()) if event.op == "update" else ():
            if not event.fields.isdisjoint(copied.reads):
                yield Event(copied.entity, "update", frozenset({copied.field}))


def world_of(model: Model) -> World:
    """What follows what in a model."""
    computed: dict[tuple[str, str], set[str]] = {}
    above: dict[str, list[Above]] = {}
    for entity in model.entities.values():
        for field in entity.fields.values():
            for name in own_reads(field.value.tree) if field.value is not None else ():
                computed.setdefault((entity.name, name), set()).add(field.name)
            if field.default is not None or field.default_from is not None:
                computed.setdefault((entity.name, ""), set()).add(field.name)
        sums = tuple(_sums(entity))
        by_child: dict[str, dict[str, str]] = {}
        for inverse in entity.inverses.values():
            by_child.setdefault(inverse.entity, {})[inverse.name] = inverse.field
        for child, references in by_child.items():
            mine = tuple(one for one in sums if one.relation in references)
            above.setdefault(child, []).append(Above(entity.name, references, mine))
    return World({key: frozenset(names) for key, names in computed.items()}, above, copies(model))


def _sums(entity: Entity) -> Iterator[Sum]:
    for field in entity.fields.values():
        for node in walk(field.value.tree) if field.value is not None and field.storage != "computed" else ():
            if isinstance(node, Aggregate) and not node.via.steps:
                paths = (part for part in walk(node) if isinstance(part, Path) and part.root == "row" and part.steps)
                reads = frozenset(part.steps[0].name for part in paths)
                reference = entity.inverses[node.relation].field if node.relation in entity.inverses else ""
                yield Sum(field.name, node.relation, reads | {reference})


def caused_by(rule: Rule) -> Iterator[Event]:
    """What the block of a rule itself does to records."""
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
