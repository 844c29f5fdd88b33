"""What became of edits: each is looked for in the history, in its place, and what it overwrote must be what its author saw."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["acknowledged", "told", "wrong"]
UNSEEN = object()


@dataclass(slots=True)
class Edit:
    """One attempt of somebody to give a field a value that nobody else gives it, and what he was answered.

    `saw` is what stood there when he looked, where he said which version that was; `version` what the answer called the
    record's, where it did. Instants are seconds of a clock that all processes share.
    """

    channel: str
    record: str
    field: str
    value: str
    began: float
    ended: float = 0.0
    outcome: Outcome = "wrong"
    version: int | None = None
    is_versioned: bool = False
    saw: Any = None
    said: str = ""
    """What was answered, where that was wrong."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the history: old and new by the field's name."""

    record: str
    version: int
    op: str
    values: Mapping[str, tuple[Any, Any]]


@dataclass
class Judgement:
    """What was found, one line for each thing that is not as it must be."""

    edits: Sequence[Edit]
    lost: list[Edit] = field(default_factory=list)
    """Edits that were acknowledged and are not there, or that overwrote what their author had not seen."""
    flaws: list[str] = field(default_factory=list)
    counted: Mapping[str, int] = field(default_factory=dict)
    """What was acknowledged of things that only add up, and is looked for in counters and sums."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost and nobody was answered wrongly."""
        return not self.lost and not self.flaws and not any(one.outcome == "wrong" for one in self.edits)

    def lines(self) -> Iterator[str]:
        """The table by channel, then what is wrong."""
        yield f"{'channel':<28}{'sent':>7}{'acknowledged':>14}{'told':>7}{'wrong':>7}{'lost':>7}"
        lost = Counter(one.channel for one in self.lost)
        whole: Counter[str] = Counter()
        by_channel: dict[str, Counter[str]] = defaultdict(Counter)
        for one in self.edits:
            by_channel[one.channel][one.outcome] += 1
        for channel, counts in [*sorted(by_channel.items()), ("all", whole)]:
            whole.update(counts if channel != "all" else {})
            gone = lost[channel] if channel != "all" else len(self.lost)
            cells = "".join(
                f"{counts[name]:>{width}}" for name, width in (("acknowledged", 14), ("told", 7), ("wrong", 7))
            )
            yield f"{channel:<28}{counts.total():>7}{cells}{gone:>7}"
        yield "counted: " + ", ".join(f"{count} {what}" for what, count in sorted(self.counted.items()))
        wrong = [f"{one.channel}: {one.said}" for one in self.edits if one.outcome == "wrong"]
        yield from [*dict.fromkeys(wrong)][:20]
        yield from [f"lost: {one}" for one in self.lost][:10]
        yield from self.flaws[:20]


def judged(edits: Sequence[Edit], rows: Iterable[Kept], now: Mapping[str, Mapping[str, Any]]) -> Judgement:
    """Look for each edit in the history of its record; `now` are the values of records as they are in the end."""
    found = Judgement(edits)
    by_record: dict[str, list[Kept]] = defaultdict(list)
    for row in rows:
        by_record[row.record].append(row)
    for record, history in by_record.items():
        history.sort(key=lambda row: row.version)
        found.flaws += _broken(record, history, now.get(record, {}))
        _look(found, [one for one in edits if one.record == record], history)
    found.flaws += [f"no history of {one.record}" for one in edits if one.record not in by_record]
    return found


def _broken(record: str, history: Sequence[Kept], now: Mapping[str, Any]) -> Iterator[str]:
    """Gaps, values that changed without a row, and an end that is not what the last row says."""
    known: dict[str, Any] = {}
    for number, row in enumerate(history, 1):
        if row.version != number:
            yield f"{record}: version {row.version} stands in place {number}"
        for name, (old, new) in row.values.items():
            if known.get(name) != old:
                yield f"{record}: {name} was {known.get(name)!r}, version {row.version} found {old!r}"
            known[name] = new
    for name, value in now.items():
        if known.get(name) != value:
            yield f"{record}: {name} is {value!r}, the last edit said {known.get(name)!r}"


def _look(found: Judgement, edits: Sequence[Edit], history: Sequence[Kept]) -> None:
    places = {(name, new): row for row in history for name, (_, new) in row.values.items() if isinstance(new, str)}
    done: list[tuple[Edit, int]] = []
    for one in edits:
        row = places.get((one.field, one.value))
        if one.outcome == "acknowledged" and (row is None or one.version not in (None, row.version)):
            found.lost.append(one)
        elif one.outcome == "acknowledged" and row is not None:
            done.append((one, row.version))
            if one.is_versioned and row.values[one.field][0] != one.saw:
                found.lost.append(one)
        elif row is not None:
            found.flaws.append(f"{one.channel}: refused, yet it is there: {one.value}")
    found.flaws += _out_of_order(done)


def _out_of_order(done: Sequence[tuple[Edit, int]]) -> Iterator[str]:
    """Edits that began after another had been acknowledged, and yet have the lower version."""
    ended = sorted(done, key=lambda pair: pair[0].ended)
    latest, place = 0, 0
    for one, version in sorted(done, key=lambda pair: pair[0].began):
        while place < len(ended) and ended[place][0].ended < one.began:
            latest = max(latest, ended[place][1])
            place += 1
        if version <= latest:
            yield f"{one.channel}: {one.value} has version {version}, which was acknowledged before it began"
