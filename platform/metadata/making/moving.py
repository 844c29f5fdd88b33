"""Imports, data and tests: records that come with the app, into it, or through its rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.scopes import EntityScope, Shell
from kith.metadata.model import Act, Case, DataSet, Import, ImportStep, ImportValue, TestSet
from kith.metadata.shapes.acting import FILE
from kith.metadata.shapes.reading import data_of
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence

World = dict[str, EntityScope]


def imports_of(context: Context, _: World) -> dict[str, Import]:
    """All imports."""
    found: dict[str, Import] = {}
    for document, at in context.documents("import"):
        label = context.label(at, fallback=humanize(document.name))
        steps = {name: step_of(name, part) for name, part in at.parts("steps")}
        found[document.name] = Import(document.name, label, at.map("file", FILE), steps, at.span)
    return found


def step_of(name: str, at: At) -> ImportStep:
    """One entity that each row feeds."""
    values = {field: value_of(part) for field, part in at.parts("values")}
    mode = at.text("mode", "upsert" if at.text("key") else "create")
    return ImportStep(name, at.text("entity"), at.text("key"), mode, values, at.text("when"))


def value_of(at: At) -> ImportValue:
    """Where a field's value comes from."""
    empty = at.texts("empty") or ((at.text("empty"),) if at.text("empty") else ())
    constant = at.scalar("constant")
    return ImportValue(
        column=at.text("column"),
        step=at.text("step"),
        constant=constant.text if constant else None,
        map={key: node.text for key, node in at.entries("map") if isinstance(node, Scalar)},
        date=at.text("date"),
        percent=at.text("percent"),
        decimal=at.text("decimal"),
        match=at.text("match"),
        empty=empty,
    )


def data_sets_of(context: Context, world: World) -> dict[str, DataSet]:
    """All data, demo data marked by its folder."""
    found: dict[str, DataSet] = {}
    for document, at in context.documents("data"):
        scope = world.get(at.text("of"))
        demo = all(part.path.startswith("data/demo/") for part in document.parts)
        rows = context.made_of(document, partial(_rows_of, context, scope, at))
        found[document.name] = DataSet(document.name, at.text("of"), at.text("key"), rows, demo, at.span)
    return found


def _rows_of(context: Context, scope: EntityScope | None, at: At) -> dict[str, dict[str, object]]:
    return {name: row_of(context, scope, node) for name, node in rows_in(at)}


def rows_in(at: At) -> list[tuple[str, MappingNode]]:
    """The rows of a document of data: by their key, or numbered."""
    node = at.get("rows")
    if isinstance(node, Sequence):
        return [(str(index), item) for index, item in enumerate(node.items, 1) if isinstance(item, MappingNode)]
    return [(name, item) for name, item in at.entries("rows") if isinstance(item, MappingNode)]


def row_of(context: Context, scope: EntityScope | None, node: MappingNode) -> dict[str, object]:
    """The values of one record; `today()` and `now()` with a span make an expression."""
    return {name: cell_of(context, scope, name, entry.value) for name, entry in node.entries.items()}


def cell_of(context: Context, scope: EntityScope | None, name: str, node: Node) -> object:
    """One value, read as its field says; owned lines are rows of their own."""
    shell = scope.shells.get(name) if scope else None
    if shell is not None:
        if shell.type and is_dated(node, shell):
            return context.expression(node, scope, slots.row_value(shell.type))
        return data_of(node, shell.kind.value or {})
    relation = scope.relations.get(name) if scope else None
    behind = scope.world.get(relation.entity) if scope and relation else None
    if isinstance(node, Sequence):
        return [row_of(context, behind, item) for item in node.items if isinstance(item, MappingNode)]
    return data_of(node, {})


IS_SET = "is set"
"""What a case expects of a value that it cannot or need not know, such as a number that is given out."""


def is_dated(node: Node, shell: Shell) -> bool:
    """Whether a value of a date field is told relative to the day it is loaded."""
    dated = shell.kind.name in ("date", "datetime")
    return dated and isinstance(node, Scalar) and node.text.startswith(("today()", "now()"))


def tests_of(context: Context, world: World) -> dict[str, TestSet]:
    """All tests."""
    found: dict[str, TestSet] = {}
    for document, at in context.documents("tests"):
        scope = world.get(at.text("of"))
        cases = context.made_of(document, partial(_cases_of, context, scope, at))
        found[document.name] = TestSet(document.name, at.text("of"), cases, at.span)
    return found


def _cases_of(context: Context, scope: EntityScope | None, at: At) -> dict[str, Case]:
    return {name: case_of(context, scope, name, part) for name, part in at.parts("cases")}


def case_of(context: Context, scope: EntityScope | None, name: str, at: At) -> Case:
    """One case, its parts as plain data."""
    given = at.get("given")
    # The time of a case is that of its first act; the others follow the act before.
    acts = [
        act_of(context, scope, step, at.text("as"), "" if n else at.text("at")) for n, step in enumerate(steps_of(at))
    ]
    me = at.get("me")
    user = scope.world.get("user") if scope else None
    return Case(
        name,
        values_of(context, scope, given) if given else {},
        tuple(acts),
        at.span,
        values_of(context, user, me) if me else {},
    )


def steps_of(case: At) -> list[At]:
    """The acts of a case: those of its list, or the one that stands in the case itself."""
    node = case.get("acts")
    if not isinstance(node, Sequence):
        return [case]
    return [At(item, (*case.path, "acts"), item.span) for item in node.items if isinstance(item, MappingNode)]


def act_of(context: Context, scope: EntityScope | None, at: At, role: str, begins: str) -> Act:
    """One act with what is expected of it."""
    act: dict[str, object] = {}
    for key, node in at.entries("act"):
        # What an action asks for are no fields of the record.
        own = key != "inputs" and isinstance(node, MappingNode)
        act[key] = values_of(context, scope, node) if own else data_of(node, {})
    expect: dict[str, object] = {}
    for key, node in at.entries("expect"):
        own = key == "values" and isinstance(node, MappingNode)
        expect[key] = values_of(context, scope, node) if own else data_of(node, {})
    return Act(at.text("at") or begins, at.text("as") or role, at.text("form"), act, expect or {"saved": True}, at.span)


def values_of(context: Context, scope: EntityScope | None, node: Node) -> Mapping[str, object]:
    """Values by field, as in a row of data; a map for a reference is a record made along."""
    found: dict[str, object] = {}
    for name, entry in node.entries.items() if isinstance(node, MappingNode) else ():
        shell = scope.shells.get(name) if scope else None
        if shell and shell.to and scope and isinstance(entry.value, MappingNode):
            found[name] = values_of(context, scope.world.get(shell.to), entry.value)
        elif shell and shell.targets and scope and isinstance(entry.value, MappingNode):
            inner = entry.value.entries.items()
            found[name] = {of: values_of(context, scope.world.get(of), one.value) for of, one in inner}
        elif isinstance(entry.value, Scalar) and entry.value.is_null:
            found[name] = None
        else:
            found[name] = cell_of(context, scope, name, entry.value)
    return found
