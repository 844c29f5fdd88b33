"""The change of a field's type: what becomes of its values, and which of them do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kith.problems import Value, Words, fill
from kith.runtime.converting.ways import Loss
from kith.runtime.plan.changes import Change
from kith.runtime.plan.spoken import records

SHOWN = 5
"""Values that a plan lists of those that do not fit."""
LOSE = Words(
    "of {count} the value does not fit; what it was stays aside until it is purged",
    "{count}的值不适合；原值会另行保留，直到清除",
)
BECOMES = Words("{record}: {value} becomes {made}. {why}", "{record}：{value} 变为 {made}。{why}")
EMPTIES = Words("{record}: {value} cannot be kept. {why}", "{record}：{value} 无法保留。{why}")
HIDES = Words(
    "of {count} the value goes out of sight; it stays aside until it is purged",
    "{count}的值不再可见；会另行保留，直到清除",
)
MORE = Words("and {count} more", "另有 {count} 条")
BACK = Words(
    "of {count} the value from before comes back, as nobody has changed it since",
    "{count}恢复为之前的值（此后无人改动）",
)
NEWER = Words("of {count} a newer value stays", "{count}保留较新的值")
STAYS = Words("{record}: {value} stays, it was {kept} before", "{record}：保留 {value}，之前是 {kept}")
NOTHING = Words("nothing", "空")


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that loses something: of which record, as people write it, what it becomes ("" for nothing), and why."""

    record: str
    title: str
    value: str
    made: str
    loss: Loss

    def message(self, language: str) -> str:
        """The value as one line."""
        words = BECOMES if self.made else EMPTIES
        values = {"record": self.title or self.record, "value": quoted(self.value), "made": quoted(self.made)}
        return fill(words, {**values, "why": self.loss.message(language)}, language)

    def as_data(self, language: str) -> dict[str, Any]:
        """The value as plain data."""
        return {
            "record": self.record,
            "title": self.title,
            "value": self.value,
            "becomes": self.made or None,
            "why": self.loss.message(language),
        }


@dataclass(frozen=True, slots=True)
class Newer:
    """A value that somebody has changed since: the one that was kept aside, and the one that stays."""

    record: str
    title: str
    kept: str
    value: str

    def message(self, language: str) -> str:
        """The value as one line."""
        nothing = NOTHING.in_(language)
        values = {"value": quoted(self.value) or nothing, "kept": quoted(self.kept) or nothing}
        return fill(STAYS, {"record": self.title or self.record, **values}, language)

    def as_data(self, language: str) -> dict[str, Any]:
        """The value as plain data."""
        return {"record": self.record, "title": self.title, "kept": self.kept or None, "value": self.value or None}


def quoted(text: str) -> str:
    """A value inside a sentence, cut where it is long."""
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”" if text else ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the data says about a change of type.

    How many values there are, how many lose something, how many of those all, how many go out of sight because the field is
    computed from now on; and of those kept aside before, how many come back and how many do not, as a newer one stays.
    """

    values: int = 0
    lost: int = 0
    emptied: int = 0
    hidden: int = 0
    misfits: tuple[Misfit, ...] = ()
    back: int = 0
    newer: int = 0
    stays: tuple[Newer, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeType(Change):
    """A field that is stored otherwise; its values are converted, and stay aside as they were."""

    entity: str
    field: str
    before: str
    after: str
    measured: Measured = Measured()
    words = Words(
        "field {entity}.{field} changes from {before} to {after}", "字段 {entity}.{field} 由 {before} 变为 {after}"
    )

    def values(self) -> dict[str, Value]:
        """What its words need."""
        return {**super(ChangeType, self).values(), "before": self.before, "after": self.after}

    def details(self, language: str) -> Iterator[str]:
        """What comes back, what stays newer, and what does not fit, line by line."""
        found = self.measured
        if found.back:
            yield _counted(BACK, found.back, language)
        if found.newer:
            yield _counted(NEWER, found.newer, language)
            yield from _listed(found.stays, found.newer, language)
        if found.hidden:
            yield _counted(HIDES, found.hidden, language)
        if found.lost:
            yield _counted(LOSE, found.lost, language)
            yield from _listed(found.misfits, found.lost, language)

    def as_data(self, language: str) -> dict[str, object]:
        """The change as plain data."""
        found = self.measured
        data = super(ChangeType, self).as_data(language)
        return data | {
            "measured": {
                "values": found.values,
                "lost": found.lost,
                "emptied": found.emptied,
                "hidden": found.hidden,
                "misfits": [one.as_data(language) for one in found.misfits],
                "back": found.back,
                "newer": found.newer,
                "stays": [one.as_data(language) for one in found.stays],
            }
        }


def _counted(words: Words, count: int, language: str) -> str:
    return fill(words, {"count": records(count)}, language)


def _listed(shown: tuple[Misfit, ...] | tuple[Newer, ...], count: int, language: str) -> Iterator[str]:
    yield from (f"  {one.message(language)}" for one in shown)
    if count > len(shown):
        yield "  " + fill(MORE, {"count": f"{count - len(shown):,}"}, language)
