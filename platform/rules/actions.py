"""Runs a checked action block and collects what it wants done, as values; nothing is carried out here.

A block sees its own record as it has set it, the records that it creates by the names it gives them, and what it has set through
references and variables of `for`. Relations it sees as they were when it began.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from kith.rules.effects import (
    CreateRecord,
    DeleteRecord,
    Effect,
    Fresh,
    Link,
    Refuse,
    Send,
    SetField,
    SetThrough,
    Skip,
    Stop,
    Unlink,
    UpdateRecord,
)
from kith.rules.evaluators import unheard
from kith.rules.program import (
    Action,
    Amend,
    Assign,
    Bind,
    Branch,
    Halt,
    Handing,
    Joining,
    Letter,
    Loop,
    Make,
    Notice,
    Payload,
    Post,
    Program,
    Range,
    Refusal,
    Remove,
    Submission,
)
from kith.rules.ranging import chosen, is_cut_off, still_chosen
from kith.rules.reference import evaluate
from kith.rules.travel import written
from kith.rules.tree import Node, Path, Root, Step
from kith.rules.types import Type
from kith.rules.values import Env, Record

MAX_EFFECTS = 10_000
"""Effects of one block on one record, and related records that it goes over."""

Evaluate = Callable[[Node, Env], object]
"""What gives the value of a node: the reference interpreter, or a faster back end."""


class TooManyEffects(Exception):
    """A block wants more done than one save may do."""


@dataclass
class Run:
    """A block on its way: what it has set and created is seen by its later statements."""

    env: Env
    evaluate: Evaluate = evaluate
    tell: Evaluate | None = None
    reached: Callable[[object], None] = unheard
    effects: list[Effect] = field(default_factory=list)
    made: dict[Fresh, Record] = field(default_factory=dict)
    became: dict[tuple[str, object], Record] = field(default_factory=dict)
    rounds: int = 0
    stopped: bool = False

    def load(self, entity: str, id_: object) -> Record | None:
        """A record behind a reference, also one that this block creates, as the block has set it."""
        if isinstance(id_, Fresh):
            return self.made.get(id_)
        return self.became.get((entity, id_)) or self.given.load(entity, id_)

    def __post_init__(self) -> None:
        self.given = self.env
        self.env = replace(self.env, load=self.load)

    def add(self, effect: Effect) -> None:
        """Note an effect; raises TooManyEffects."""
        self.effects.append(effect)
        if len(self.effects) > MAX_EFFECTS:
            raise TooManyEffects

    def value(self, node: Node) -> object:
        """The value of a node here."""
        return self.evaluate(node, self.env)


def run(
    program: Program,
    env: Env,
    value: Evaluate = evaluate,
    tell: Evaluate | None = None,
    reached: Callable[[object], None] = unheard,
) -> tuple[Effect, ...]:
    """The effects of a block on one record, in their order; `tell` gives messages as their reader may read them.

    `reached` hears of every statement before it is taken. Raises TooManyEffects.
    """
    state = Run(env, value, tell, reached)
    for _ in perform(state, program.actions):
        if state.stopped:
            break
    return tuple(state.effects)


def perform(state: Run, actions: Sequence[Action]) -> Iterator[None]:
    """Statement by statement; each leaves its effects in the run."""
    for action in actions:
        state.reached(action)
        match action:
            case Branch():
                yield from within(state, action.then if state.value(action.condition) is True else action.otherwise)
            case Loop():
                yield from repeat(state, action)
            case _:
                take(state, action)
        yield


def within(state: Run, actions: Sequence[Action]) -> Iterator[None]:
    """Statements within a statement: their variables end with them."""
    let = state.env.let
    yield from perform(state, actions)
    state.env = replace(state.env, let=let)


def repeat(state: Run, action: Loop) -> Iterator[None]:
    """`for name in relation where c { … }`: the body once for each record, in the order of their ids."""
    for row in rows_of(state, "for", action.over):
        state.rounds += 1
        if state.rounds > MAX_EFFECTS:
            raise TooManyEffects
        let = state.env.let
        bind(state, action.name, row["id"])
        yield from perform(state, action.body)
        state.env = replace(state.env, let=let)


def rows_of(state: Run, word: str, over: Range) -> list[Record]:
    """The records that a statement is about."""
    if is_cut_off(state.env, over, state.evaluate):
        state.add(Skip(word, over.rows.via.steps))
    return list(chosen(state.env, over, state.evaluate))


def take(state: Run, action: Action) -> None:
    """One statement that has none within it."""
    match action:
        case Bind():
            bind(state, action.name, state.value(action.value))
        case Assign():
            assign(state, action)
        case Make():
            make(state, action)
        case Amend():
            amend(state, action)
        case Remove(over=over):
            entity, still = over.rows.entity, still_chosen(state.env, over, state.evaluate)
            for row in rows_of(state, "delete", over):
                state.add(DeleteRecord(entity, row["id"], still))
        case Joining():
            join(state, action)
        case Refusal():
            said = (state.tell or state.evaluate)(action.message, state.env)
            state.add(Refuse(str(said or ""), action.field))
        case Halt():
            state.add(Stop())
            state.stopped = True
        case _:
            send(state, action)


def bind(state: Run, name: str, value: object) -> None:
    """A variable from here on."""
    state.env = replace(state.env, let={**state.env.let, name: value})


def assign(state: Run, action: Assign) -> None:
    """`set path = value`; a later statement reads the new value."""
    value = stored(state.value(action.value), action.target[-1].type)
    last = action.target[-1]
    if len(action.target) == 1:
        state.add(SetField(last.name, value))
        state.env = replace(state.env, this=state.env.become(state.env.this, last.name, value))
        return
    id_ = holder(state, action.root, action.target)
    state.add(SetThrough(action.target, last.entity, id_, last.name, value))
    become(state, last, id_, value)


def holder(state: Run, root: Root, target: Sequence[Step]) -> object:
    """The id of the record whose field a path ends in; None where a link is null."""
    first, *_ = target
    if len(target) == 1:
        return state.env.this["id"]
    id_ = state.env.let.get(first.name) if root == "let" else state.env.this.get(first.name)
    for before, step in pairwise(target[:-1]):
        record = state.env.load(before.type.entity, id_) if id_ is not None else None
        id_ = record.get(step.name) if record is not None else None
    return id_


def become(state: Run, step: Step, id_: object, value: object) -> None:
    """Let later statements read what another record has become."""
    record = state.env.load(step.entity, id_) if id_ is not None else None
    if record is None:
        return
    after = state.env.become(record, step.name, value)
    if isinstance(id_, Fresh):
        state.made[id_] = after
    else:
        state.became[step.entity, id_] = after


def make(state: Run, action: Make) -> None:
    """`create entity { … } as alias`."""
    values = {name: stored(state.value(value), value.type) for name, value in action.values}
    fresh = Fresh(action.entity, len(state.made))
    state.made[fresh] = {"id": fresh, **values}
    state.add(CreateRecord(action.entity, values, action.alias, fresh))
    if action.alias:
        bind(state, action.alias, fresh)


def amend(state: Run, action: Amend) -> None:
    """`update relation where c { … }`: one set of values for all records."""
    over, entity = action.over, action.over.rows.entity
    values = {name: stored(state.value(value), value.type) for name, value in action.values}
    still = still_chosen(state.env, over, state.evaluate)
    for row in rows_of(state, "update", over):
        state.add(UpdateRecord(entity, row["id"], values, still))


def join(state: Run, action: Joining) -> None:
    """`link path add value`, `unlink path remove value`; nothing where either is null."""
    last = action.target[-1]
    value = stored(state.value(action.value), action.value.type)
    id_ = holder(state, action.root, action.target)
    if value is None or id_ is None:
        state.add(Skip("unlink" if action.gone else "link", action.target))
        return
    state.add((Unlink if action.gone else Link)(last.entity, id_, last.name, value))


def send(state: Run, action: Action) -> None:
    """What goes out of the records; nothing where nobody is to get it."""
    match action:
        case Notice(to=to):
            people = state.value(to)
            message = str(state.value(action.message) or "")
            found = sorted(people, key=str) if isinstance(people, frozenset) else [people]
            sent(state, "notify", to, {"to": tuple(found), "message": message} if people else None)
        case Letter(to=to):
            address = state.value(to)
            sent(state, "email", to, {"to": address, "template": action.template} if address else None)
        case Post():
            state.add(Send("webhook", {"webhook": action.name, "data": payload(state, action.payload)}))
        case Handing():
            state.add(Send("assign", {"field": action.field, "queue": action.queue}))
        case Submission():
            state.add(Send("submit", {"approval": action.approval}))
        case _:
            raise TypeError(f"{type(action).__name__} sends nothing")


def sent(state: Run, kind: str, to: Node, whole: dict[str, object] | None) -> None:
    """A message, or that there is nobody to get it."""
    steps = to.steps if isinstance(to, Path) else ()
    state.add(Send(kind, whole) if whole is not None else Skip(kind, steps))


def payload(state: Run, value: Payload) -> object:
    """What is sent away, as JSON has it."""
    if isinstance(value, tuple):
        return {name: payload(state, one) for name, one in value}
    found = state.value(value)
    return found if isinstance(found, Fresh) else written(found, value.type)


def stored(value: object, type_: Type) -> object:
    """A text as it is stored: in NFC, and null where it is empty."""
    if type_.kind == "text" and isinstance(value, str):
        return unicodedata.normalize("NFC", value) or None
    return value
