"""Runs a checked action block and collects what it wants done, as values; nothing is carried out here."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from kith.rules.evaluators import unheard
from kith.rules.program import Action, Assign, Bind, Branch, Halt, Make, Program, Refusal
from kith.rules.reference import evaluate
from kith.rules.tree import Node, Step
from kith.rules.types import Type
from kith.rules.values import Env, Record


@dataclass(frozen=True, slots=True)
class Fresh:
    """Stands for the id of a record that this block creates; whoever carries the effects out puts the id in."""

    entity: str
    number: int


@dataclass(frozen=True, slots=True)
class SetField:
    """A field of the record itself gets a value."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class SetThrough:
    """A field of another record gets a value.

    `path` are the references and the field, `id` the record they lead to, None where a link is null: then nothing is set.
    """

    path: tuple[Step, ...]
    entity: str
    id: object
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class CreateRecord:
    """A record of an entity is created; `fresh` stands for its id in later effects."""

    entity: str
    values: Mapping[str, object]
    alias: str
    fresh: Fresh


@dataclass(frozen=True, slots=True)
class Refuse:
    """The save is refused; `field` is "" where the message belongs to the whole record."""

    message: str
    field: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The block ended early."""


Effect = SetField | SetThrough | CreateRecord | Refuse | Stop


Evaluate = Callable[[Node, Env], object]
"""What gives the value of a node: the reference interpreter, or a faster back end."""


@dataclass
class Run:
    """A block on its way: what it has set and created is seen by its later statements."""

    env: Env
    evaluate: Evaluate = evaluate
    tell: Evaluate | None = None
    reached: Callable[[object], None] = unheard
    effects: list[Effect] = field(default_factory=list)
    made: dict[Fresh, Record] = field(default_factory=dict)
    stopped: bool = False

    def load(self, entity: str, id_: object) -> Record | None:
        """A record behind a reference, also one that this block creates."""
        return self.made.get(id_) if isinstance(id_, Fresh) else self.given.load(entity, id_)

    def __post_init__(self) -> None:
        self.given = self.env
        self.env = replace(self.env, load=self.load)


def run(
    program: Program,
    env: Env,
    value: Evaluate = evaluate,
    tell: Evaluate | None = None,
    reached: Callable[[object], None] = unheard,
) -> tuple[Effect, ...]:
    """The effects of a block on one record, in their order; `tell` gives messages as their reader may read them.

    `reached` hears of every statement before it is taken.
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
            case Bind():
                bind(state, action.name, state.evaluate(action.value, state.env))
            case Assign():
                assign(state, action)
            case Make():
                make(state, action)
            case Branch():
                branch = action.then if state.evaluate(action.condition, state.env) is True else action.otherwise
                let = state.env.let
                yield from perform(state, branch)
                state.env = replace(state.env, let=let)
            case Refusal():
                said = (state.tell or state.evaluate)(action.message, state.env)
                state.effects.append(Refuse(str(said or ""), action.field))
            case Halt():
                state.effects.append(Stop())
                state.stopped = True
        yield


def bind(state: Run, name: str, value: object) -> None:
    """A variable from here on."""
    state.env = replace(state.env, let={**state.env.let, name: value})


def assign(state: Run, action: Assign) -> None:
    """`set path = value`; a later statement reads the record's own new value."""
    value = stored(state.evaluate(action.value, state.env), action.target[-1].type)
    *links, last = action.target
    if not links:
        state.effects.append(SetField(last.name, value))
        state.env = replace(state.env, this=state.env.become(state.env.this, last.name, value))
        return
    id_: object = state.env.this.get(links[0].name)
    for before, step in pairwise(links):
        record = state.env.load(before.type.entity, id_) if id_ is not None else None
        id_ = record.get(step.name) if record is not None else None
    state.effects.append(SetThrough(action.target, last.entity, id_, last.name, value))


def make(state: Run, action: Make) -> None:
    """`create entity { … } as alias`."""
    values = {name: stored(state.evaluate(value, state.env), value.type) for name, value in action.values}
    fresh = Fresh(action.entity, len(state.made))
    state.made[fresh] = {"id": fresh, **values}
    state.effects.append(CreateRecord(action.entity, values, action.alias, fresh))
    if action.alias:
        bind(state, action.alias, fresh)


def stored(value: object, type_: Type) -> object:
    """A text as it is stored: in NFC, and null where it is empty."""
    if type_.kind == "text" and isinstance(value, str):
        return unicodedata.normalize("NFC", value) or None
    return value
