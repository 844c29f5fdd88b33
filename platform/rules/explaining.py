"""Why a condition holds or not: the smallest reason, in the reader's language and within what he may read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kith.problems import Words, fill
from kith.rules.plain import plain
from kith.rules.reference import evaluate, holds, related, start
from kith.rules.tree import Aggregate, Call, Changed, Constant, Convert, Node, Path, Step, Template, children, walk
from kith.rules.types import DATE, TEXT, Type
from kith.rules.values import Env

MayRead = Callable[[str, str], bool]
"""Whether the reader may read a field of an entity."""
MaySee = Callable[[str, object], bool]
"""Whether the reader may see the record of an entity with that id."""
NameOf = Callable[[str, str], str]
"""What readers call a field of an entity; without a field, what they call its records."""
TitleOf = Callable[[str, object], str]
"""What the record of an entity with that id is called."""

VERDICT = Words("`{text}` is {truth}: {values}", "`{text}` {truth}：{values}")
BARE_VERDICT = Words("`{text}` is {truth}", "`{text}` {truth}")
TRUE, FALSE = Words("true", "成立"), Words("false", "不成立")
IS = Words("{name} is {value}", "{name} 为 {value}")
EMPTY = Words("empty", "空")
HIDDEN = Words("(hidden)", "（隐藏）")
HIDDEN_PART = Words("`{text}`: (hidden)", "`{text}`：（隐藏）")
MATCH = Words("{matching} of {count} records of {relation} match", "{relation} 的 {count} 条记录中有 {matching} 条符合")
FROM_TO = Words("{name} was {before} and is {after}", "{name} 原为 {before}，现为 {after}")
BY_ZERO = Words("`{text}` is empty: it divides by zero", "`{text}` 为空：除数为零")
AND = Words(", ", "，")
YOURS, BEFORE = Words("your {name}", "您的{name}"), Words("{name} before", "原{name}")
OF_ANOTHER = Words("{who}'s {name}", "{who} 的{name}")
WHERE = Words("{name} where `{text}`", "{name}（`{text}`）")
TOTALS = {
    "count": Words("the number of {relation}", "{relation}的数量"),
    "sum": Words("the sum of {name} of {relation}", "{relation}的{name}合计"),
    "avg": Words("the average {name} of {relation}", "{relation}的{name}平均值"),
    "min": Words("the smallest {name} of {relation}", "{relation}的{name}最小值"),
    "max": Words("the largest {name} of {relation}", "{relation}的{name}最大值"),
    "median": Words("the median of {name} of {relation}", "{relation}的{name}中位数"),
    "count_distinct": Words("the number of different {name} of {relation}", "{relation}中不同的{name}数量"),
    "join": Words("all {name} of {relation}", "{relation}的全部{name}"),
    "first": Words("the first {name} of {relation}", "{relation}的首个{name}"),
}
HAN = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]"
EDGE = "\0"
"""Stands at both ends of a value that is put into a Chinese sentence; no text of data has it."""
GAP = re.compile(f"(?<={HAN}{EDGE}) (?={EDGE}?{HAN})|(?<={HAN}) (?={EDGE}{HAN})")
"""A space of the sentence, not of a value, with Chinese on both sides: there it has none."""
DIVISIONS = frozenset({"divide", "mod", "div", "duration_divide", "duration_ratio"})


@dataclass(frozen=True)
class Reader:
    """Who asks, and about which text and record.

    `text` is the expression's text, `env.show` prints values as the reader is used to. Without `name_of` fields are told as the
    author wrote them. A part that reads what the reader may not is told without its values, and where even its verdict
    would be news, without that.
    """

    text: str
    env: Env
    may_read: MayRead
    language: str
    may_see: MaySee = lambda _entity, _id: True
    lets: Mapping[str, Sequence[Node]] = field(default_factory=dict)
    """What each variable of a block may have been given."""
    name_of: NameOf | None = None
    title_of: TitleOf | None = None
    whose: str = ""
    """What `me` is called where that is not the reader himself."""

    def say(self, words: Words, **values: str | int | Words) -> str:
        """A sentence in the reader's language."""
        if not self.language.startswith("zh"):
            return fill(words, values, self.language)
        shown = {name: one.in_(self.language) if isinstance(one, Words) else one for name, one in values.items()}
        text = fill(words, {name: f"{EDGE}{one}{EDGE}" for name, one in shown.items()}, self.language)
        return GAP.sub("", text).replace(EDGE, "")

    def part(self, node: Node) -> str:
        """What the author wrote there."""
        return " ".join(self.text[node.start : node.end].split())

    def name(self, node: Path) -> str:
        """What the reader calls a field, through references: `Store · Name`."""
        if self.name_of is None or node.root == "let":
            return self.part(node)
        name = " · ".join(self.name_of(step.entity, step.path) for step in node.steps)
        if node.root == "me" and self.whose:
            return self.say(OF_ANOTHER, who=self.whose, name=name)
        words = {"me": YOURS, "old": BEFORE}.get(node.root)
        return self.say(words, name=name) if words else name

    def relation(self, node: Aggregate) -> str:
        """What the reader calls the records that an aggregate is over."""
        if self.name_of is None:
            return node.relation
        plural = self.name_of(node.entity, "")
        return f"{self.name(node.via)} · {plural}" if node.via.steps else plural

    def total(self, node: Aggregate) -> str:
        """What the reader calls what an aggregate adds up: `the sum of Amount of Lines`."""
        simple = node.value is None or (isinstance(node.value, Path) and node.value.root == "row")
        if self.name_of is None or not simple:
            return self.part(node)
        value = self.name(node.value) if isinstance(node.value, Path) else ""
        said = self.say(TOTALS[node.function], name=value, relation=self.relation(node))
        return self.say(WHERE, name=said, text=self.part(node.where)) if node.where is not None else said

    def value(self, value: object, type_: Type) -> str:
        """A value as the reader sees it."""
        if value is None or value == frozenset():
            return EMPTY.in_(self.language)
        if isinstance(value, frozenset) and type_.item:
            return AND.in_(self.language).join(sorted(self.value(member, type_.item) for member in value))
        if type_.kind == "ref" and self.title_of is not None:
            return self.title_of(type_.entity, value)
        if isinstance(value, Mapping) and value.keys() == {"entity", "id"} and self.title_of is not None:
            return self.title_of(str(value["entity"]), value["id"])
        if isinstance(value, Mapping):
            parts = [(part, DATE if isinstance(part, date) else TEXT) for part in value.values() if part is not None]
            return ", ".join(self.value(part, of) for part, of in parts)
        return (self.env.show or plain)(value, type_)

    def reads(self, node: Node) -> bool:
        """Whether the reader may read every field that a part of the expression reads."""
        return all(self.sees(part) for part in walk(node))

    def sees(self, node: Node) -> bool:
        """Whether the reader may read what one node reads."""
        match node:
            case Path():
                known = self.lets.get(node.steps[0].name, ()) if node.root == "let" and node.steps else ()
                fields = all(self.may_read(step.entity, step.name) for step in node.steps if step.entity)
                return fields and all(map(self.reads, known)) and self.sees_along(node)
            case Changed():
                return self.may_read(node.entity, node.field)
            case _:
                return True

    def sees_along(self, node: Path) -> bool:
        """Whether the reader may see the record at which a path starts, and every one that it names on its way."""
        record = start(node, self.env) if node.root in ("this", "old") and node.steps else None
        if record is not None and not self.may_see(node.steps[0].entity, record.get("id")):
            return False
        for length, step in enumerate(node.steps, start=1):
            if step.type.kind == "ref":
                id_ = evaluate(replace(node, steps=node.steps[:length], type=step.type), self.env)
                if id_ is not None and not self.may_see(step.type.entity, id_):
                    return False
        return True


def told(reader: Reader, tree: Node) -> str:
    """A message with its values, as far as the reader may read them."""
    hidden = HIDDEN.in_(reader.language)
    if isinstance(tree, Template):
        parts = (part if isinstance(part, str) or reader.reads(part) else hidden for part in tree.parts)
        return str(evaluate(replace(tree, parts=tuple(parts)), reader.env))
    return str(evaluate(tree, reader.env) or "") if reader.reads(tree) else hidden


def reasons(reader: Reader, node: Node) -> list[str]:
    """The smallest reason for the verdict of a node."""
    truth = holds(node, reader.env)
    match node:
        case Call(op="not"):
            return reasons(reader, node.args[0])
        case Call(op="and" | "or") if (node.op == "and") == truth:
            # All parts are needed: every one of a true `and`, every one of a false `or`.
            return unique(line for arg in node.args for line in reasons(reader, arg))
        case Call(op="and" | "or"):
            return one_of(reader, node, truth)
        case Call(op="if"):
            chosen = node.args[1] if holds(node.args[0], reader.env) else node.args[2]
            told = [*reasons(reader, node.args[0]), *reasons(reader, chosen)]
            return unique(told) if reader.reads(node.args[0]) else [reader.say(HIDDEN_PART, text=reader.part(node))]
        case Constant():
            return [reader.say(BARE_VERDICT, text=reader.part(node), truth=TRUE if truth else FALSE)]
        case _:
            return leaf(reader, node, truth)


def unique(lines: Iterator[str] | list[str]) -> list[str]:
    """Lines without doubles."""
    return list(dict.fromkeys(lines))


def one_of(reader: Reader, node: Call, truth: bool) -> list[str]:
    """One part decides: the one with the shortest reason that the reader may read."""
    deciding = [arg for arg in node.args if holds(arg, reader.env) == truth]
    readable = [arg for arg in deciding if reader.reads(arg)]
    if readable:
        return min((reasons(reader, arg) for arg in readable), key=len)
    # Which of the hidden parts decides is more than the reader may know.
    return unique(reader.say(HIDDEN_PART, text=reader.part(arg)) for arg in node.args if not reader.reads(arg))


def leaf(reader: Reader, node: Node, truth: bool) -> list[str]:
    """A test with the values that it read, and where something was divided by zero."""
    facts = unique(list(values(reader, node)))
    head = VERDICT if facts else BARE_VERDICT
    joined = AND.in_(reader.language).join(facts)
    line = reader.say(head, text=reader.part(node), truth=TRUE if truth else FALSE)
    return [line.replace("{values}", joined), *unique(list(zeros(reader, node)))]


def facts(reader: Reader, node: Node) -> list[str]:
    """What makes a value what it is: of an `if` why it took its way, and what was read on that."""
    if isinstance(node, Convert):
        return facts(reader, node.arg)
    if not (isinstance(node, Call) and node.op == "if"):
        return unique(list(values(reader, node)))
    condition, then, otherwise = node.args
    if not reader.reads(condition):
        return [reader.say(HIDDEN_PART, text=reader.part(condition))]
    chosen = then if holds(condition, reader.env) else otherwise
    return unique([*reasons(reader, condition), *facts(reader, chosen)])


def values(reader: Reader, node: Node) -> Iterator[str]:
    """What a test read: `discount is 20%`."""
    match node:
        case Path() if node.root != "row" and node.steps:
            value = reader.value(evaluate(node, reader.env), node.steps[-1].type) if reader.sees(node) else HIDDEN
            yield reader.say(IS, name=reader.name(node), value=value)
        case Aggregate():
            yield aggregate(reader, node)
        case Changed():
            yield changed(reader, node)
        case Constant() if node.setting:
            yield reader.say(IS, name=f"settings.{node.setting}", value=reader.value(node.value, node.type))
        case _:
            for child in children(node):
                yield from values(reader, child)


def aggregate(reader: Reader, node: Aggregate) -> str:
    """What an aggregate found; of `any` and `all`, how many records match."""
    tests = node.function in {"any", "all"}
    name = reader.part(node) if tests else reader.total(node)
    records = list(related(node, reader.env)) if reader.reads(node) else []
    if not reader.reads(node) or not all(reader.may_see(node.entity, record.get("id")) for record in records):
        return reader.say(IS, name=name, value=HIDDEN)
    if not tests:
        return reader.say(IS, name=name, value=reader.value(evaluate(node, reader.env), node.type))
    rows = [replace(reader.env, row=row) for row in records]
    rows = [row for row in rows if node.where is None or holds(node.where, row)] if node.function == "all" else rows
    test = node.test if node.function == "all" else node.where
    matching = sum(test is None or holds(test, row) for row in rows)
    return reader.say(MATCH, matching=matching, count=len(rows), relation=reader.relation(node))


def changed(reader: Reader, node: Changed) -> str:
    """What a field was before the save and is now."""
    field = Step(node.entity, node.field, node.of, node.part).path
    name = reader.name_of(node.entity, field) if reader.name_of else node.field
    if not reader.sees(node):
        return reader.say(IS, name=name, value=HIDDEN)
    before, after = (reader.env.old or {}).get(node.key), reader.env.this.get(node.key)
    if before == after:
        return reader.say(IS, name=name, value=reader.value(after, node.of))
    return reader.say(FROM_TO, name=name, before=reader.value(before, node.of), after=reader.value(after, node.of))


def zeros(reader: Reader, node: Node) -> Iterator[str]:
    """Divisions by zero inside a test, which make a value empty."""
    if isinstance(node, Aggregate):
        return
    if isinstance(node, Call) and node.op in DIVISIONS and reader.reads(node):
        divisor = evaluate(node.args[1], reader.env)
        if divisor is not None and not divisor:
            yield reader.say(BY_ZERO, text=reader.part(node))
    for child in children(node):
        yield from zeros(reader, child)
