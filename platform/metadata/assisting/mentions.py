"""The names in an expression, template or action block: where each stands, what it is, and whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kith.metadata.making.scopes import EntityScope
from kith.problems import Excerpt
from kith.rules import syntax as s
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.scanning import Start
from kith.rules.types import Type

World = Mapping[str, EntityScope]
COMPARING = frozenset({"==", "!=", "in", "not in", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Mention:
    """A name from `start` to `end` of the text; `owner` is an entity, or entity.field for an option."""

    start: int
    end: int
    kind: str
    """entity, field, relation, option, function, variable, or "" where nothing of that name is known."""
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What names mean at a place: bare ones those of `entity`, `this` the record of `this`, and variables."""

    world: World
    entity: str
    this: str
    lets: Mapping[str, str]
    """Variables, each with the entity that it leads to, or ""."""

    def at(self, entity: str) -> Seen:
        """The same where bare names are those of a related record."""
        return replace(self, entity=entity)

    def let(self, name: str, entity: str) -> Seen:
        """The same with one more variable."""
        return replace(self, lets={**self.lets, name: entity})


@dataclass(frozen=True, slots=True)
class Led:
    """Where a piece of syntax leads: to records of an entity, or to values of a choice field `entity.field`."""

    entity: str = ""
    options: str = ""


NOWHERE = Led()


def mentions(
    text: str | Excerpt, start: Start, world: World, entity: str, lets: Mapping[str, str] | None = None
) -> list[tuple[Mention, Seen]]:
    """The names of a text, in no order, each with what names mean there; none where it cannot be parsed."""
    excerpt = Excerpt.whole(text) if isinstance(text, str) else text
    parse = {"expression": parse_expression, "block": parse_block, "template": parse_template}[start]
    tree, _ = parse(excerpt)
    if tree is None:
        return []
    reading = _Reading()
    reading.read(tree, Seen(world, entity, entity, lets or {}))
    return reading.found


class _Reading:
    """Goes through a tree once and notes its names."""

    def __init__(self) -> None:
        self.found: list[tuple[Mention, Seen]] = []

    def note(self, start: int, name: str, kind: str, owner: str, seen: Seen) -> None:
        """Note one name."""
        self.found.append((Mention(start, start + len(name), kind, owner, name), seen))

    def read(self, node: s.Syntax, seen: Seen) -> Led:
        """Note the names of a piece of syntax; where it leads."""
        match node:
            case s.Name(start, _, text):
                return self.name(start, text, seen)
            case s.Dot():
                led = self.read(node.target, seen)
                return self.member(node.name_start, node.name, led.entity, seen)
            case s.Invoke():
                return self.invoke(node, seen)
            case s.Changed():
                led = self.read(node.field, seen)
                for side in (node.before, node.after):
                    self.value(side, led, seen)
            case s.Binary(op=op) if op in COMPARING:
                self.compare(node, seen)
            case s.Binary(op="??"):
                return self.either(node.left, node.right, seen)
            case s.If():
                self.read(node.condition, seen)
                return self.either(node.then, node.otherwise, seen)
            case s.Block():
                self.block(node.statements, seen)
            case _:
                self.rest(node, seen)
        return NOWHERE

    def either(self, left: s.Syntax, right: s.Syntax, seen: Seen) -> Led:
        """Two values of which one is taken."""
        first, second = self.read(left, seen), self.read(right, seen)
        return first if first != NOWHERE else second

    def rest(self, node: s.Syntax, seen: Seen) -> None:
        """What has no meaning of its own but that of its parts."""
        for part in s.parts(node):
            self.read(part, seen)

    def name(self, start: int, text: str, seen: Seen) -> Led:
        """A bare name."""
        if text in ("this", "old", "me"):
            self.note(start, text, "variable", "", seen)
            return Led("user" if text == "me" else seen.this)
        if text in seen.lets:
            self.note(start, text, "variable", "", seen)
            return Led(seen.lets[text])
        return self.member(start, text, seen.entity, seen)

    def member(self, start: int, name: str, entity: str, seen: Seen) -> Led:
        """A field or relation of an entity."""
        scope = seen.world.get(entity)
        found = scope.name(name) if scope else None
        if found is not None:
            self.note(start, name, "field", entity, seen)
            return led_by(found.type)
        relation = scope.relation(name) if scope else None
        self.note(start, name, "relation" if relation else "", entity, seen)
        return Led(relation.entity) if relation else NOWHERE

    def invoke(self, node: s.Invoke, seen: Seen) -> Led:
        """A call; where its first argument is a relation, names behind it are those of the related record."""
        self.note(node.start, node.function, "function", "", seen)
        related = self.related(node.args[0], seen) if node.args else ""
        inner = seen.at(related) if related else seen
        led = [self.read(arg, inner if number else seen) for number, arg in enumerate(node.args)]
        for part in (node.where, *(one.value for one in node.by)):
            if part is not None:
                self.read(part, inner)
        return led[0] if node.function in ("first", "last", "min", "max") else NOWHERE

    def related(self, node: s.Syntax, seen: Seen) -> str:
        """The entity of the relation that an argument goes over; "" where it is none."""
        quiet = _Reading()
        quiet.read(node, seen)
        over = [(one, at) for one, at in quiet.found if one.kind == "relation"]
        if not over:
            return ""
        mention, _ = over[-1]
        relation = seen.world[mention.owner].relation(mention.name)
        return relation.entity if relation else ""

    def compare(self, node: s.Binary, seen: Seen) -> None:
        """A comparison: what is written on one side is a value of the other."""
        left, right = self.read_side(node.left, seen), self.read_side(node.right, seen)
        self.value(node.left, right, seen)
        self.value(node.right, left, seen)

    def read_side(self, node: s.Syntax, seen: Seen) -> Led:
        """One side of a comparison; written texts are noted when the other side is known."""
        return NOWHERE if isinstance(node, s.Text | s.Items) and not _holes(node) else self.read(node, seen)

    def value(self, node: s.Syntax | None, led: Led, seen: Seen) -> None:
        """A value beside, or for, a choice field: a written text is one of its options."""
        if isinstance(node, s.Items):
            for item in node.items:
                self.value(item, led, seen)
        elif isinstance(node, s.Text) and not _holes(node) and led.options:
            self.note(node.start + 1, "".join(map(str, node.parts)), "option", led.options, seen)

    def block(self, statements: tuple[s.Statement, ...], seen: Seen) -> None:
        """Statements, each seeing the variables of those before it."""
        for one in statements:
            seen = self.statement(one, seen)

    def statement(self, node: s.Statement, seen: Seen) -> Seen:
        """Note the names of a statement; what names mean behind it."""
        match node:
            case s.Let():
                return seen.let(node.name, self.read(node.value, seen).entity)
            case s.Create():
                self.note(node.entity_start, node.entity, "entity", "", seen)
                self.entries(node.entries, node.entity, seen)
                return seen.let(node.alias, node.entity) if node.alias else seen
            case s.Choose():
                self.read(node.condition, seen)
                self.block(node.then, seen)
                self.block(node.otherwise, seen)
            case s.For():
                related = self.over(node.relation, node.where, seen)
                self.block(node.body, seen.let(node.name, related))
            case _:
                self.act(node, seen)
        return seen

    def act(self, node: s.Statement, seen: Seen) -> None:
        """A statement that does something to records."""
        match node:
            case s.Set():
                led = self.read(node.target, seen)
                self.given(node.value, led, seen)
            case s.Update():
                self.entries(node.entries, self.over(node.relation, node.where, seen), seen)
            case s.Delete():
                self.over(node.relation, node.where, seen)
            case s.Refuse(field=str(field)):
                self.read(node.message, seen)
                self.member(node.field_start, field, seen.entity, seen)
            case _:
                self.rest(node, seen)

    def over(self, relation: s.Syntax, where: s.Syntax | None, seen: Seen) -> str:
        """The entity of the records that a statement goes over."""
        led = self.read(relation, seen)
        if where is not None:
            self.read(where, seen.at(led.entity))
        return led.entity

    def entries(self, entries: tuple[s.Entry, ...], entity: str, seen: Seen) -> None:
        """The fields of a record that is made or changed, with their values."""
        for entry in entries:
            led = self.member(entry.start, entry.name, entity, seen)
            self.given(entry.value, led, seen)

    def given(self, value: s.Syntax, led: Led, seen: Seen) -> None:
        """A value that a field gets."""
        self.value(value, led, seen)
        if not isinstance(value, s.Text) or _holes(value):
            self.read(value, seen)


def led_by(type_: Type) -> Led:
    """Where a value of a type leads."""
    if type_.kind == "set" and type_.item is not None:
        return led_by(type_.item)
    return Led(type_.entity if type_.kind == "ref" else "", type_.field if type_.kind == "choice" else "")


def _holes(node: s.Syntax) -> bool:
    """Whether it is anything but written texts."""
    if isinstance(node, s.Items):
        return any(_holes(item) for item in node.items)
    return not isinstance(node, s.Text) or any(isinstance(part, s.Syntax) for part in node.parts)
