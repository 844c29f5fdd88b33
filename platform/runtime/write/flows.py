"""Named actions and the states of workflows: which way a change of state takes, and whether it may be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kith.metadata.model import NamedAction, Transition, Workflow
from kith.runtime.coerce import Misread, coerce
from kith.runtime.rights import moving
from kith.runtime.write.authorising import holds, is_free, may_see
from kith.runtime.write.change import Change, Failure
from kith.runtime.write.explaining import why
from kith.runtime.write.messages import failure, misread, texts
from kith.runtime.write.noting import note_guard
from kith.runtime.write.plans import compiled
from kith.runtime.write.readings import reading_of
from kith.runtime.write.storing import as_json

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session, Values

BROUGHT_ALONG = frozenset({"import", "system"})
"""Channels that bring records as they are elsewhere: those begin in any state."""


def transition_of(flows: tuple[Workflow, ...], name: str) -> tuple[Workflow, Transition] | None:
    """The transition of that name among workflows of one entity."""
    return next(((flow, flow.transitions[name]) for flow in flows if name in flow.transitions), None)


def take_up(session: Session, draft: Draft, change: Change) -> None:
    """Read what is to be done with a record: an action with its inputs, or a transition, which sets the state."""
    name = change.action
    action = draft.plan.entity.actions.get(name)
    found = transition_of(draft.plan.flows, name)
    draft.action = name
    if action is not None:
        told = len(draft.failures)
        draft.inputs = read_inputs(session, draft, action, change.inputs)
        if len(draft.failures) == told:  # what rules say of inputs that are wrong would only echo that
            draft.events |= {f"action:{name}"}
    elif found is not None:
        flow, transition = found
        draft.after[flow.field] = transition.to
        draft.given |= {flow.field}
    else:
        draft.fail(failure(session, "unknown_action", draft, name=name, entity=draft.plan.entity.label))


def read_inputs(session: Session, draft: Draft, action: NamedAction, raw: Mapping[str, object]) -> Mapping[str, object]:
    """What was sent along with an action, as values of its inputs; each mistake is tied to its input."""
    for name in raw.keys() - action.inputs.keys():
        draft.fail(failure(session, "unknown_field", draft, name, name=name))
    found: dict[str, object] = {}
    for name, declared in action.inputs.items():
        value: object = declared.default
        try:
            value = coerce(declared, raw[name], reading_of(session, declared)) if name in raw else value
        except Misread as error:
            draft.fail(misread(session, draft, declared, error))
            continue
        if value is None and declared.required:
            draft.fail(failure(session, "required", draft, name, label=declared.label))
        if value is not None and declared.options and value not in declared.options:
            draft.fail(failure(session, "not_choosable", draft, name, option=str(value), label=declared.label))
        found[name] = value
    return found


def check_action(session: Session, draft: Draft) -> None:
    """A named action is carried out only where its condition holds on the record as it was."""
    action = draft.plan.entity.actions.get(draft.action)
    if action is None or draft.before is None or session.wave > 1:
        return
    for name, declared in action.inputs.items():
        if declared.to and draft.inputs.get(name) is not None:
            check_input(session, draft, name, declared.to)
    path, held = f"action {action.name}", True
    if action.when is not None:
        env = session.env_of(draft.before)
        held = bool(compiled(session.release, action.when)(env))
        if not held:
            said = texts(session.context.language)("failure.not_now", label=in_words(session, action))
            draft.fail(Failure("not_now", said, "", path, draft.at, why(session, action.when, env)))
    note_guard(session, path, action.when, draft, before=True)
    inputs = {name: as_json(value) for name, value in draft.inputs.items()}
    session.consider(path, draft, "held" if held else "refused", inputs)


def check_input(session: Session, draft: Draft, name: str, target: str) -> None:
    """A record that an input names must be there, live, and one that the actor may see."""
    record = session.load(target, draft.inputs[name])
    if record is None or record["deleted_at"] is not None or not may_see(session, target, record):
        label = session.release.model.entities[target].label
        draft.fail(failure(session, "no_such_record", draft, name, entity=label))


def follow(session: Session, draft: Draft) -> None:
    """Note the transitions that a draft takes, as it now stands, so that they wake rules."""
    if not draft.plan.flows or draft.op != "update":
        return
    ways = (way(session, draft, flow) for flow in draft.plan.flows)
    taken = {f"transition:{one.name}" for one in ways if one is not None}
    draft.events = frozenset(one for one in draft.events if not one.startswith("transition:")) | taken


def way(session: Session, draft: Draft, flow: Workflow) -> Transition | None:
    """The transition by which a draft changes its state: the one that was asked for, else the first that may be taken."""
    before, after = state_before(draft, flow), draft.after[flow.field]
    asked = draft.action if draft.action in flow.transitions else ""
    if before == after and not asked:
        return None
    ways = [one for one in flow.leaving(before) if one.to == after and asked in ("", one.name)]
    if len(ways) < 2:
        return next(iter(ways), None)
    allowed = [one for one in ways if may_take(session, draft, flow, one)]
    open_ = (one for one in allowed if guard_holds(session, draft, one))
    return next(open_, None) or next(iter(allowed or ways), None)


def state_before(draft: Draft, flow: Workflow) -> object:
    """The state that a draft comes from."""
    return draft.before[flow.field] if draft.before is not None else None


def check_flows(session: Session, draft: Draft) -> None:
    """A new record begins where it may, and a change of state follows a transition that may be taken.

    The way back to a state that stood there before needs no transition.
    """
    if session.cause.returns:
        return
    for flow in draft.plan.flows:
        if flow.field in draft.unread:
            continue
        if draft.before is None or (draft.op == "update" and draft.before[flow.field] is None):
            check_beginning(session, draft, flow)
        elif draft.op == "update" and (draft.changed(flow.field) or draft.action in flow.transitions):
            check_way(session, draft, flow)


def check_beginning(session: Session, draft: Draft, flow: Workflow) -> None:
    """A record begins in an initial state, unless it is brought along from elsewhere."""
    state = draft.after[flow.field]
    if state is None or not flow.initial or state in flow.initial or session.cause.channel in BROUGHT_ALONG:
        return
    language = session.context.language
    names = joined(language, (flow.states[name].label.in_(language) for name in flow.initial if name in flow.states))
    draft.fail(
        failure(session, "not_initial", draft, flow.field, state=state_label(session, flow, state), states=names)
    )


def check_way(session: Session, draft: Draft, flow: Workflow) -> None:
    """There is a transition, the actor may take it, and its guard holds."""
    one = way(session, draft, flow)
    if one is None:
        draft.fail(no_way(session, draft, flow))
        return
    path = flow.path(one.name)
    if not may_take(session, draft, flow, one):
        refused = failure(session, "may_not_move", draft, flow.field, label=one.label)
        draft.fail(Failure(refused.code, refused.message, flow.field, path, draft.at))
        return
    held = guard_holds(session, draft, one)
    if not held and one.when is not None:
        said = texts(session.context.language)("failure.guard", label=one.label.in_(session.context.language))
        draft.fail(Failure("guard", said, flow.field, path, draft.at, why(session, one.when, session.env(draft))))
    note_guard(session, path, one.when, draft)
    session.consider(path, draft, "held" if held else "refused")


def guard_holds(session: Session, draft: Draft, one: Transition) -> bool:
    """Whether the guard of a transition holds of the record as it will be."""
    return one.when is None or bool(compiled(session.release, one.when)(session.env(draft)))


def may_take(session: Session, draft: Draft, flow: Workflow, one: Transition) -> bool:
    """Whether the actor may take a transition; what a rule does, it does with the rights of the release."""
    if draft.chain or flow.field not in draft.given:
        return True
    return draft.before is not None and may_move(session, flow, one, draft.before)


def may_move(session: Session, flow: Workflow, one: Transition, record: Values) -> bool:
    """Whether the actor may take a transition of a record as it is, guards aside."""
    if is_free(session):
        return True
    roles = session.context.actor.roles
    key = ("moving", roles, flow.name, one.name)
    allowed = session.release.cached(key, lambda: moving(session.release.model, roles, flow, one))
    return holds(session, allowed, record)


def no_way(session: Session, draft: Draft, flow: Workflow) -> Failure:
    """That no transition leads from this state to that, with those that the actor may take from here."""
    language = session.context.language
    before, after = state_before(draft, flow), draft.after[flow.field]
    if draft.action in flow.transitions:
        asked, state = flow.transitions[draft.action].label, state_label(session, flow, before)
        return failure(session, "not_from", draft, flow.field, label=asked, state=state)
    ways = dict.fromkeys(one.to for one in open_ways(session, draft.before, flow))
    values = {
        "label": draft.plan.entity.fields[flow.field].label,
        "before": state_label(session, flow, before),
        "after": state_label(session, flow, after),
        "ways": joined(language, (state_label(session, flow, name) for name in ways)),
    }
    return failure(session, "no_transition" if ways else "no_transition_at_all", draft, flow.field, **values)


def open_ways(session: Session, record: Values | None, flow: Workflow) -> Iterator[Transition]:
    """The transitions that the actor may take of a record as it is, guards aside."""
    if record is not None:
        yield from (one for one in flow.leaving(record[flow.field]) if may_move(session, flow, one, record))


def state_label(session: Session, flow: Workflow, state: object) -> str:
    """A state in words; none is a dash."""
    found = flow.states.get(str(state))
    return found.label.in_(session.context.language) if found is not None else str(state or "–")


def in_words(session: Session, action: NamedAction) -> str:
    """What an action is called."""
    return action.label.in_(session.context.language)


def joined(language: str, names: Iterator[str]) -> str:
    """Names in a row, in quotation marks where the language has them."""
    return (
        "、".join(f"“{name}”" for name in names)
        if language.startswith("zh")
        else ", ".join(f"“{one}”" for one in names)
    )
