"""Aggregates: one value over the related records of one to-many relation."""

from __future__ import annotations

from dataclasses import dataclass

from kith.problems import Words, did_you_mean
from kith.rules import mistakes_names, mistakes_types, sizes, syntax
from kith.rules.checking import names
from kith.rules.checking.checker import Checker
from kith.rules.checking.families import belongs, type_words
from kith.rules.checking.narrowing import facts
from kith.rules.scope import Relation, Scope
from kith.rules.tree import Aggregate, Constant, Node, Order, Path
from kith.rules.types import BOOL, DURATION, INT, MAX_DIGITS, TEXT, Type

FUNCTIONS = (
    "sum", "count", "any", "all", "avg", "min", "max", "first", "last", "count_distinct", "median", "join",
)  # fmt: skip
VALUED = frozenset(FUNCTIONS) - {"count", "any", "all"}
"""Aggregates over a field of the related records, not over the records themselves."""
ORDERED = frozenset({"first", "last"})
SEPARATOR = ", "
"""What `join` puts between texts where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Related:
    """Where an aggregate looks: the path to the record, its relation, and the names after it."""

    via: Path
    relation: Relation
    scope: Scope
    rest: tuple[syntax.Dot, ...]


def is_aggregate(node: syntax.Invoke) -> bool:
    """Whether `min` and `max` are meant over records: one argument, or a `where`; the others always are."""
    if node.function not in {"min", "max"}:
        return True
    return len(node.args) == 1 or node.where is not None or bool(node.by)


def aggregate(checker: Checker, node: syntax.Invoke) -> Node | None:
    """`sum(lines.amount where not cancelled)` and its kin."""
    if not shape(checker, node):
        return None
    related = find(checker, node)
    if related is None:
        return None
    with checker.inside(related.scope):
        before = len(checker.problems)
        where = condition(checker, node.where) if node.where is not None else None
        with checker.knowing(facts(where, True) if where else frozenset()):
            value = read(checker, node, related)
            test = second(checker, node)
            by = tuple(sort_key(checker, key) for key in node.by)
        failed = any(problem.is_error for problem in checker.problems[before:])
    if failed:
        return None
    type_ = result(checker, node, value)
    if type_ is None:
        return None
    orders = tuple(order for order in by if order is not None)
    function = node.function
    if function == "last":
        # The first from the other end; what has no value stays behind.
        function, orders = "first", tuple(Order(order.value, not order.descending) for order in orders)
    name, entity = related.relation.name, related.relation.entity
    return Aggregate(type_, node.start, node.end, function, related.via, name, entity, value, where, test, orders)


def second(checker: Checker, node: syntax.Invoke) -> Node | None:
    """The test of `all`, or what `join` puts between texts."""
    if node.function == "join" and len(node.args) == 1:
        return Constant(TEXT, node.start, node.end, SEPARATOR)
    if len(node.args) == 1:
        return None
    if node.function == "all":
        return condition(checker, node.args[1])
    between = checker.check(node.args[1])
    if between is not None and not (isinstance(between, Constant) and between.type.kind == "text"):
        checker.report(
            mistakes_types.ARGUMENT, between, name=node.function, wanted=WRITTEN, found=type_words(between.type)
        )
    return between


WRITTEN = Words("a written text", "直接写出的文本")


def shape(checker: Checker, node: syntax.Invoke) -> bool:
    """Whether an aggregate stands where it may and has the arguments it needs."""
    wanted = {2} if node.function == "all" else {1, 2} if node.function == "join" else {1}
    if checker.row is not None:
        checker.report(mistakes_names.NESTED, node)
    elif not checker.slot.relations:
        checker.report(mistakes_names.NO_RELATIONS, node)
    elif len(node.args) not in wanted:
        takes = Words(" or ".join(map(str, sorted(wanted))), f"{' 或 '.join(map(str, sorted(wanted)))} 个")
        checker.report(mistakes_types.ARGUMENTS, node, name=node.function, takes=takes, count=len(node.args))
    elif node.by and node.function not in ORDERED:
        checker.report(mistakes_names.BY_WITHOUT_FIRST, node.by[0].value, name=node.function)
    else:
        return True
    return False


def dots(node: syntax.Syntax) -> tuple[syntax.Syntax, list[syntax.Dot]]:
    """A path as its head and the dots after it."""
    found: list[syntax.Dot] = []
    while isinstance(node, syntax.Dot):
        found.append(node)
        node = node.target
    return node, found[::-1]


def find(checker: Checker, node: syntax.Invoke) -> Related | None:
    """The relation in the first argument: `lines`, `account.opportunities`, `this.lines.amount`."""
    head, rest = dots(node.args[0])
    if not isinstance(head, syntax.Name):
        no_relation(checker, node)
        return None
    if head.text in names.ROOTS:
        root = names.record(checker, head, names.ROOTS[head.text])
        return follow(checker, node, root, rest) if root else None
    relation = checker.scope.relation(head.text)
    if relation and not checker.scope.name(head.text):
        return found(checker, names.record_path(checker.scope, "this", head), relation, rest, head)
    field = checker.check(head)
    if isinstance(field, Path):
        return follow(checker, node, field, rest)
    return None


def follow(checker: Checker, node: syntax.Invoke, path: Path, rest: list[syntax.Dot]) -> Related | None:
    """Along references until a relation."""
    for index, step in enumerate(rest):
        scope = checker.scope.of(path.type.entity) if path.type.kind == "ref" else None
        relation = scope.relation(step.name) if scope else None
        if scope and relation and not scope.name(step.name):
            if path.root == "old":
                no_relation(checker, node)
                return None
            return found(checker, path, relation, rest[index + 1 :], step)
        place = (step.name_start, step.name_start + len(step.name))
        if scope is None:
            checker.report(mistakes_names.NOT_A_REFERENCE, place, found=type_words(path.type), name=step.name)
            return None
        if not scope.name(step.name):
            relations = [name for name in scope.names() if scope.relation(name)]
            hint = did_you_mean(step.name, relations)
            checker.report(mistakes_names.NO_FIELD, place, hint=hint, entity=scope.label, name=step.name)
            return None
        following = names.field(checker, path, step.name, syntax.Name(*place, step.name))
        if following is None:
            return None
        path = following
    several = Words("or give it two or more values", "或给出两个以上的值") if node.function in {"min", "max"} else None
    no_relation(checker, node, several)
    return None


def no_relation(checker: Checker, node: syntax.Invoke, hint: Words | None = None) -> None:
    """What should name related records names none."""
    mistake = mistakes_names.NOT_A_RELATION if node.function in FUNCTIONS else mistakes_names.NOT_RELATED
    checker.report(mistake, node.args[0], hint=hint, name=node.function)


def found(
    checker: Checker, via: Path, relation: Relation, rest: list[syntax.Dot], place: syntax.Syntax
) -> Related | None:
    """The relation with the names of its records."""
    scope = checker.scope.of(relation.entity)
    if scope is None:
        checker.report(mistakes_names.NO_ENTITY, place, name=relation.entity)
        return None
    return Related(via, relation, scope, tuple(rest))


def read(checker: Checker, node: syntax.Invoke, related: Related) -> Node | None:
    """The field of the related record that is summed, or none for `count`, `any` and `all`."""
    valued = node.function in VALUED
    if valued != bool(related.rest):
        mistake = mistakes_names.NEEDS_FIELD if valued else mistakes_names.NEEDS_NO_FIELD
        checker.report(mistake, node.args[0], name=node.function, relation=related.relation.name)
        return None
    if not valued:
        return None
    first = related.rest[0]
    head = syntax.Name(first.name_start, first.name_start + len(first.name), first.name)
    value: syntax.Syntax = head
    for step in related.rest[1:]:
        value = syntax.Dot(head.start, step.end, value, step.name, step.name_start)
    return checker.check(value)


def condition(checker: Checker, part: syntax.Syntax) -> Node | None:
    """A condition over the related record."""
    from kith.rules.checking.logic import condition as check

    return check(checker, part)


def sort_key(checker: Checker, key: syntax.Sort) -> Order | None:
    """One key of `by`."""
    value = checker.check(key.value)
    if value is None:
        return None
    if not belongs(value.type, "ordered"):
        checker.report(mistakes_types.NO_ORDER, key.value, found=type_words(value.type))
        return None
    return Order(value, key.descending)


def result(checker: Checker, node: syntax.Invoke, value: Node | None) -> Type | None:
    """The type of an aggregate: what it gives over nothing decides whether it is nullable."""
    function = node.function
    if function in {"count", "count_distinct"}:
        return counted(checker, node, value)
    if function in {"any", "all"} or value is None:
        return BOOL
    type_ = value.type
    if function == "join" and type_.kind != "text":
        checker.report(
            mistakes_types.ARGUMENT,
            node.args[0],
            name=function,
            wanted=Words("a text", "文本"),
            found=type_words(type_),
        )
        return None
    if (
        function in {"sum", "avg", "median"}
        and not type_.is_number
        and not (function == "sum" and type_.kind == "duration")
    ):
        checker.report(
            mistakes_types.ARGUMENT,
            node.args[0],
            name=function,
            wanted=Words("a number", "数"),
            found=type_words(type_),
        )
        return None
    if function in {"min", "max"} and not belongs(type_, "ordered"):
        checker.report(mistakes_types.NO_ORDER, node.args[0], found=type_words(type_))
        return None
    if function == "sum":
        return DURATION if type_.kind == "duration" else sizes.total(type_)
    if function in {"avg", "median"}:
        return precise(checker, node, sizes.mean(type_).or_null())
    return type_.or_null(type_.kind != "set")


def counted(checker: Checker, node: syntax.Invoke, value: Node | None) -> Type | None:
    """The type of a number of records, or of different values."""
    if value is None or value.type.kind not in {"set", "record", "geo", "file"}:
        return INT
    wanted = Words("a value that can be compared", "可比较的值")
    checker.report(
        mistakes_types.ARGUMENT, node.args[0], name=node.function, wanted=wanted, found=type_words(value.type)
    )
    return None


def precise(checker: Checker, node: syntax.Invoke, type_: Type) -> Type | None:
    """A type that has few enough digits."""
    if type_.precision <= MAX_DIGITS:
        return type_
    checker.report(mistakes_types.TOO_PRECISE, node, digits=type_.precision, limit=MAX_DIGITS)
    return None
