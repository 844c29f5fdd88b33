"""A plan: everything that publishing a candidate would do, counted on the data and shown before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Label, Model
from kith.problems import Words, fill
from kith.runtime.clock import system_clock
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.database import Database
from kith.runtime.loading.planned import changes_of_data, first_data
from kith.runtime.plan.changes import AddKey, Change, Effect, RemoveOption
from kith.runtime.plan.changes_private import ChangeRetention
from kith.runtime.plan.changes_told import ChangeRights
from kith.runtime.plan.compare import compare
from kith.runtime.plan.counting import Counting
from kith.runtime.plan.doubling import Doubling
from kith.runtime.plan.lineage import Past, past_of
from kith.runtime.plan.narrowing import narrowed
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.retained import retained
from kith.runtime.plan.returning import Returning
from kith.runtime.plan.retyped import Retyping
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.plan.rights import people_of
from kith.runtime.plan.room import MakeRoom, Room
from kith.runtime.plan.shown import lines_of
from kith.runtime.release import Release
from kith.runtime.schema.drift import Drift, find_drift
from kith.runtime.schema.names import Names, named
from kith.runtime.schema.pairing import BY_NAME, Pairing
from kith.runtime.schema.tables import Tables

NOTHING = Words("Nothing to do: the database is on this release ({base}).", "无需变更：数据库已是此发布（{base}）。")
HEAD = Words("Release {base} → {next} of {app} {version}", "{app} {version}：发布 {base} → {next}")
DRIFT = Words("changed by hand in the database", "数据库中被手工改动")
REFUSED = Words(
    "Nothing can be applied while something above cannot be done.", "上面有无法执行的变更，处理之前不能应用。"
)
CONSENT = Words(
    "Applying this needs consent, because of what is lost: `--allow-loss`.",
    "因为会丢失数据，应用此计划需要确认：`--allow-loss`。",
)


@dataclass(frozen=True)
class Plan:
    """What lies between the current release (`base`, None where there is none) and a candidate."""

    base: Release | None
    model: Model
    names: Names
    changes: tuple[Change, ...]
    drift: tuple[Drift, ...] = ()
    pairing: Pairing = BY_NAME
    """How the entities and fields of both are told to be the same."""
    past: Past = field(default_factory=dict)
    """Columns kept aside that stand between those that a field has and those it goes back to."""
    back: int = 0
    """The number of the older release that it goes back to, 0 where it does not."""

    @property
    def base_number(self) -> int:
        """The number of the current release, 0 where there is none."""
        return self.base.number if self.base else 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changes

    @property
    def is_refused(self) -> bool:
        """Whether something in it cannot be done."""
        return any(change.effect == "refused" for change in self.changes)

    @property
    def needs_consent(self) -> bool:
        """Whether data goes out of sight or is lost, which somebody has to allow."""
        return not self.is_refused and any(self.of("loses"))

    @property
    def is_safe(self) -> bool:
        """Whether it may be applied without asking anybody."""
        return all(change.effect == "safe" for change in self.changes)

    def of(self, effect: Effect) -> Iterator[Change]:
        """The changes of a class."""
        return (change for change in self.changes if change.effect == effect)

    def as_data(self, language: str = "en") -> dict[str, Any]:
        """The plan as plain data."""
        return {
            "base": self.base_number,
            "app": self.model.app.name,
            "version": self.model.app.version,
            "refused": self.is_refused,
            "safe": self.is_safe,
            "needs_consent": self.needs_consent,
            "changes": [change.as_data(language) for change in self.changes],
            "drift": [item.as_data(language) for item in self.drift],
        }

    def as_text(self, language: str = "en", *, allowed: bool = False) -> str:
        """The plan as a terminal shows it: the gravest class first; where loss is `allowed` already, nobody is asked for that."""
        lines = [self._head(language), *lines_of(self.changes, language, first=self.base is None)]
        if self.drift:
            lines += ["", f"{DRIFT.in_(language)}:", *(f"  ! {item.message(language)}" for item in self.drift)]
        if self.is_refused:
            lines += ["", REFUSED.in_(language)]
        elif self.needs_consent and not allowed:
            lines += ["", CONSENT.in_(language)]
        return "\n".join(lines) + "\n"

    def _head(self, language: str) -> str:
        app = self.model.app
        words = NOTHING if self.is_empty else HEAD
        numbers = {"base": self.base_number, "next": self.base_number + 1}
        return fill(words, {**numbers, "app": app.name, "version": app.version}, language)


def plan(candidate: Model, base: Release | None, database: Database | None, pairing: Pairing = BY_NAME) -> Plan:
    """Compare a candidate with the current release and with the data; without a release no database is asked."""
    if base is None:
        after = named(candidate, Names())
        changes = [*compare(Pairs(empty_like(candidate), candidate, Names())), *first_data(candidate, after)]
        return Plan(base, candidate, after, tuple(changes))
    if database is not None:
        with database.read() as connection:
            told = Pairs(base.model, candidate, base.names, pairing=pairing)
            pairing = pairing.moving_apart(narrowed(connection, told, base.tables))
    after = named(candidate, base.names, base.model, base.number + 1, pairing)
    pairs = Pairs(base.model, candidate, base.names, after, pairing)
    changes = compare(pairs)
    if database is None:
        return Plan(base, candidate, after, tuple(changes), pairing=pairing)
    with database.read() as connection:
        tables = Tables(candidate, after, database.kind)
        past = past_of(connection, pairs, base, after)
        changes = list(_counted(changes, connection, pairs, base, tables, past))
        room = list(Room(connection, base, tables).changes(changes))
        changes = [*room, *changes]
        after = _roomier(after, room)
        changes += changes_of_data(connection, candidate, after, base)
        drift = find_drift(connection, base.tables, base.names)
    return Plan(base, candidate, after, tuple(changes), drift, pairing, past)


def _roomier(names: Names, room: Sequence[MakeRoom]) -> Names:
    """Names that know nothing of what is left out of tables that are made anew."""
    left_out = {one.table: one.without for one in room}
    return replace(
        names,
        entities={
            name: replace(
                of, kept={base: item for base, item in of.kept.items() if base not in left_out.get(of.table, ())}
            )
            for name, of in names.entities.items()
        },
    )


def _counted(
    changes: Sequence[Change], connection: sa.Connection, pairs: Pairs, base: Release, after: Tables, past: Past
) -> Iterator[Change]:
    """The changes with what the data says about each."""
    counting = Counting(connection, pairs, base.tables, Returning(connection, base.names, after, pairs.pairing.is_back))
    app = pairs.after.app
    context = context_of(SYSTEM, system_clock(), language=app.languages[0], time_zone=app.time_zone)
    retyping = Retyping(pairs, base, after, past, context)
    looking = retyping.looking(connection)
    doubling = Doubling(retyping, looking, [change for change in changes if isinstance(change, ChangeType)])
    people = people_of(connection, base.tables) if any(isinstance(one, ChangeRights) for one in changes) else {}
    for change in changes:
        if isinstance(change, ChangeRights):
            yield replace(change, people=people.get(change.role, 0))
        elif isinstance(change, ChangeRetention):
            yield retained(change, connection, context, pairs, base)
        elif isinstance(change, ChangeType):
            measured = retyping.measured(change, looking, counting.all_of, lenient=pairs.pairing.is_back)
            yield doubling.type(measured)
        elif isinstance(change, AddKey) and (key := doubling.key(change)):
            yield key
        elif isinstance(change, RemoveOption) and pairs.moves(pairs.after.entities[change.entity].fields[change.field]):
            # What becomes of its records is told with the field.
            yield change
        else:
            yield counting.counted(change)


def empty_like(model: Model) -> Model:
    """The model before the first release."""
    documents = "entities", "forms", "views", "segments", "dashboards", "roles", "rules", "imports", "data", "tests"
    parts: dict[str, Any] = {name: {} for name in documents}
    app = replace(model.app, name="", version="", title=Label({}))
    return replace(model, **parts, app=app, layers=())
