"""Checks of workflows and named actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.making.at import At
from kith.metadata.making.moving import steps_of
from kith.metadata.mistakes import flows
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Entity, Workflow
from kith.problems import Mistake, Problem, Span, Value, Words, did_you_mean
from kith.source import Mapping as MappingNode
from kith.source import Sequence

RESTORE = "restore"
"""What every record in the recycle bin can be asked for."""


@tells(mistakes.NO_FIELD, flows.NOT_A_CHOICE, flows.FIELD_HAS_WORKFLOW)
def workflows_hold_their_state_in_a_choice(c: Checking) -> Iterator[Problem]:
    """The field of a workflow is a choice of its entity, and that of no other workflow."""
    seen: dict[tuple[str, str], str] = {}
    for flow, entity in _with_entities(c):
        span = c.span("workflow", flow.name, "field")
        yield from c.field_problem(entity, flow.field, span)
        field = entity.fields.get(flow.field)
        if field is not None and (field.type_name != "choice" or field.is_computed):
            yield Problem(flows.NOT_A_CHOICE, span, {"name": flow.field})
        if other := seen.get((flow.of, flow.field)):
            yield Problem(flows.FIELD_HAS_WORKFLOW, span, {"name": other})
        seen.setdefault((flow.of, flow.field), flow.name)


@tells(flows.STATE_WITHOUT_OPTION, flows.OPTION_WITHOUT_STATE)
def states_are_the_options(c: Checking) -> Iterator[Problem]:
    """The states of a workflow and the options of its field are the same set."""
    for flow, entity in _with_entities(c):
        field = entity.fields.get(flow.field)
        if field is None or field.type_name != "choice" or not field.options:
            continue
        called = Words(field.label.in_("en"), field.label.in_("zh-CN"))
        for name in flow.states:
            if name not in field.options:
                span = c.span("workflow", flow.name, "states", name, key=True)
                values: dict[str, Value] = {"name": name, "field": called}
                yield Problem(flows.STATE_WITHOUT_OPTION, span, values, did_you_mean(name, field.options))
        for name in field.options:
            if name not in flow.states and not did_you_mean(name, set(flow.states) - set(field.options)):
                span = c.span("workflow", flow.name, "states", key=True)
                yield Problem(flows.OPTION_WITHOUT_STATE, span, {"name": name, "field": called})


@tells(flows.NO_STATE, flows.FINAL_IS_LEFT, mistakes.NO_FIELD, mistakes.NO_DOCUMENT)
def transitions_go_from_state_to_state(c: Checking) -> Iterator[Problem]:
    """What a workflow names is there: states, fields, roles; and a final state is not left."""
    for flow, entity in _with_entities(c):
        for number, name in enumerate(flow.initial):
            yield from _no_state(flow, name, c.span("workflow", flow.name, "initial", number))
        for state in flow.states.values():
            for number, name in enumerate(state.required):
                span = c.span("workflow", flow.name, "states", state.name, "required", number)
                yield from c.field_problem(entity, name, span)
        for one in flow.transitions.values():
            path = ("transitions", one.name)
            yield from _no_state(flow, one.to, c.span("workflow", flow.name, *path, "to"))
            for number, name in enumerate(one.origins):
                span = c.span("workflow", flow.name, *path, "from", number)
                yield from _no_state(flow, name, span)
                if name in flow.states and flow.states[name].final:
                    yield Problem(flows.FINAL_IS_LEFT, span, {"name": name})
            for number, name in enumerate(one.roles):
                if name not in c.model.roles:
                    values: dict[str, Value] = {"kind": Words("role", "角色"), "name": name}
                    span = c.span("workflow", flow.name, *path, "roles", number)
                    yield Problem(mistakes.NO_DOCUMENT, span, values, did_you_mean(name, c.model.roles))


def _no_state(flow: Workflow, name: str, span: Span) -> Iterator[Problem]:
    if name and name not in flow.states:
        yield Problem(flows.NO_STATE, span, {"name": name}, did_you_mean(name, flow.states))


@tells(flows.UNREACHABLE_STATE, flows.DEAD_END)
def states_are_reached_and_left(c: Checking) -> Iterator[Problem]:
    """Every state can be reached, and one that is not final can be left."""
    for flow in c.model.workflows.values():
        reached = _reached(flow)
        for name, state in flow.states.items():
            span = c.span("workflow", flow.name, "states", name, key=True)
            if name not in reached:
                yield Problem(flows.UNREACHABLE_STATE, span, {"name": name})
            if not state.final and not any(flow.leaving(name)):
                yield Problem(flows.DEAD_END, span, {"name": name})


def _reached(flow: Workflow) -> set[str]:
    """The states that a record can come to; without `initial` it may begin in any, as with one that is misspelt."""
    known = flow.states.keys() >= {*flow.initial, *(one.to for one in flow.transitions.values())}
    reached = set(flow.initial if flow.initial and known else flow.states)
    while more := {one.to for one in flow.transitions.values() if not reached.isdisjoint(one.origins)} - reached:
        reached |= more
    return reached


@tells(flows.MOVE_TWICE)
def moves_have_names_of_their_own(c: Checking) -> Iterator[Problem]:
    """No two actions or transitions of an entity have the same name: people and programs call them by it."""
    seen = {name: {RESTORE, *entity.actions} for name, entity in c.model.entities.items()}
    for entity in c.model.entities.values():
        if RESTORE in entity.actions:
            span = c.span("entity", entity.name, "actions", RESTORE, key=True)
            yield Problem(flows.MOVE_TWICE, span, {"entity": c.called(entity.name), "name": RESTORE})
    for flow, entity in _with_entities(c):
        for name in flow.transitions:
            if name in seen[entity.name]:
                span = c.span("workflow", flow.name, "transitions", name, key=True)
                yield Problem(flows.MOVE_TWICE, span, {"entity": c.called(entity.name), "name": name})
            seen[entity.name].add(name)


@tells(flows.INPUT_IS_FIELD, mistakes.NO_ENTITY)
def inputs_hide_no_field(c: Checking) -> Iterator[Problem]:
    """What an action asks for has the name of no field, and refers to entities that exist."""
    for entity in c.model.entities.values():
        for action in entity.actions.values():
            for name, field in action.inputs.items():
                path = ("actions", action.name, "inputs", name)
                if name in entity.fields:
                    span = c.span("entity", entity.name, *path, key=True)
                    yield Problem(flows.INPUT_IS_FIELD, span, {"entity": c.called(entity.name), "name": name})
                if field.to and field.type_name == "reference":
                    yield from c.entity_problem(field.to, c.span("entity", entity.name, *path, "to"))


@tells(flows.IDLE_ACTION)
def actions_do_something(c: Checking) -> Iterator[Problem]:
    """Some rule waits for every action."""
    for entity in c.model.entities.values():
        awaited = {name for rule in c.model.rules.get(entity.name, ()) for name in rule.trigger.actions}
        for name in entity.actions.keys() - awaited:
            span = c.span("entity", entity.name, "actions", name, key=True)
            yield Problem(flows.IDLE_ACTION, span, {"name": name})


@tells(flows.NO_ACTION, flows.NO_TRANSITION)
def rules_and_tests_name_moves_that_exist(c: Checking) -> Iterator[Problem]:
    """The actions and transitions that rules wait for, and that tests carry out, are there."""
    for document, at in c.documents("rules"):
        for name, part in at.parts("items"):
            node = part.get("on")
            for index, item in enumerate(node.items if isinstance(node, Sequence) else ()):
                if isinstance(item, MappingNode):
                    path = ("rules", document.name, "items", name, "on", index)
                    yield from _named(c, at.text("of"), At(item, part.path, part.span), path)
    for document, at in c.documents("tests"):
        for name, case in at.parts("cases"):
            for index, step in enumerate(steps_of(case)):
                where = ("acts", index) if step is not case else ()
                path = ("tests", document.name, "cases", name, *where, "act")
                yield from _named(c, at.text("of"), step.part("act"), path)


def _named(c: Checking, of: str, at: At, path: tuple[str | int, ...]) -> Iterator[Problem]:
    entity = c.model.entities.get(of)
    if entity is None:
        return
    kind, document, *rest = path
    for key, mistake, known in (
        ("action", flows.NO_ACTION, [*entity.actions]),
        ("transition", flows.NO_TRANSITION, [*transitions(c, of)]),
    ):
        name = at.text(key)
        if name and name not in known:
            yield _unknown(c, mistake, of, name, known, c.span(str(kind), str(document), *rest, key))


@tells(flows.NO_ACTION)
def roles_speak_of_moves(c: Checking) -> Iterator[Problem]:
    """The actions that a role grants are actions or transitions of the entity."""
    for role in c.model.roles.values():
        for grant in role.grants.values():
            entity = c.model.entities.get(grant.entity)
            known = [*entity.actions, *transitions(c, grant.entity)] if entity else []
            for name in grant.actions if entity else ():
                if name not in known:
                    span = c.span("role", role.name, "entities", grant.entity, "actions", name, key=True)
                    yield _unknown(c, flows.NO_ACTION, grant.entity, name, known, span)


def _unknown(c: Checking, mistake: Mistake, of: str, name: str, known: list[str], span: Span) -> Problem:
    hint = did_you_mean(name, known)
    if hint is None and known:
        hint = Words(f"there are {', '.join(known)}", f"可用的有 {'、'.join(known)}")
    return Problem(mistake, span, {"entity": c.called(of), "name": name}, hint)


def transitions(c: Checking, entity: str) -> Iterable[str]:
    """The names of the transitions of an entity."""
    return (name for flow in c.model.workflows_of(entity) for name in flow.transitions)


def _with_entities(c: Checking) -> Iterator[tuple[Workflow, Entity]]:
    for flow in c.model.workflows.values():
        if flow.of in c.model.entities:
            yield flow, c.model.entities[flow.of]


CHECKS = (
    workflows_hold_their_state_in_a_choice,
    states_are_the_options,
    transitions_go_from_state_to_state,
    states_are_reached_and_left,
    moves_have_names_of_their_own,
    inputs_hide_no_field,
    actions_do_something,
    rules_and_tests_name_moves_that_exist,
    roles_speak_of_moves,
)
