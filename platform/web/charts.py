"""Charts as plain geometry: shares and places in percent of a chart's width, so that it fits any screen without a script."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kith.web.formats import Format

HEIGHT = 168
"""Pixels between the top of a plot and its lowest line."""
TOP = 10
"""Pixels above the highest line, for its label."""
TICKS = 3
"""Lines above zero that a scale has, about."""
LABELS = 12
"""Labels below a wide plot; a narrow one shows half of them."""
FEW = 6
"""Columns that would be too broad if they filled their places."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value on an axis: what it is called, its value (None: there is none), both in words, and where it leads."""

    label: str
    value: Decimal | None
    told: str
    short: str
    href: str
    era: str = ""
    """What it belongs to, such as a year: said below the first label of each."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    y: str
    label: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A point where it is drawn: the stretch that belongs to it, its column and its dot."""

    point: Point
    left: str
    width: str
    center: str
    bar_left: str
    bar_width: str
    y: str
    height: str
    dot: str
    """Where the dot is; "" where there is no value."""
    is_labelled: bool
    is_sparse: bool
    """Whether a narrow chart leaves its label out."""
    second: str = ""
    """What stands below its label in a wide chart, and in a narrow one."""
    second_narrow: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Points over a scale."""

    places: tuple[Place, ...]
    ticks: tuple[Tick, ...]
    strokes: tuple[str, ...]
    """Stretches of a line without a gap, in a square of 100 by the height."""
    areas: tuple[str, ...]
    height: int = TOP + HEIGHT + 2


def plot(points: Sequence[Point], show: Format, *, whole: bool, unit: Decimal) -> Plot:
    """Lay points out; `whole` says that there are no parts of one, `unit` what the steps of the scale are made of."""
    values = [point.value for point in points if point.value is not None]
    low, high, width = _scale(min([*values, Decimal(0)]), max([*values, Decimal(0)]), whole, unit)

    def y(value: Decimal) -> Decimal:
        return TOP + HEIGHT * (high - value) / (high - low)

    count = Decimal(len(points) or 1)
    share = Decimal("0.62") if len(points) >= FEW else Decimal("0.3")
    every = max(1, math.ceil(len(points) / LABELS))
    named = range(0, len(points), every)
    sparsely = named[::2] if len(points) > FEW else named
    wide, narrow = _eras(points, named), _eras(points, sparsely)
    places = []
    for number, point in enumerate(points):
        left, center = 100 * number / count, 100 * (number + Decimal("0.5")) / count
        value = point.value if point.value is not None else Decimal(0)
        top, bottom = y(max(value, Decimal(0))), y(min(value, Decimal(0)))
        labelled, sparse = number in named, number not in sparsely
        places.append(
            Place(
                point, _percent(left), _percent(100 / count), _percent(center),
                _percent(center - 50 * share / count), _percent(100 * share / count),
                _number(top), _number(max(bottom - top, Decimal(2) if value else Decimal(0))),
                _number(y(value)) if point.value is not None else "",
                labelled, sparse, wide.get(number, ""), narrow.get(number, ""),
            )
        )  # fmt: skip
    ticks = [Tick(_number(y(one)), show(one), one == 0) for one in _ticks(low, high, width)]
    strokes = [_stroke(run) for run in _runs(points, y)]
    ground = _number(y(Decimal(0)))
    areas = [f"{run[0][0]},{ground} {_stroke(run)} {run[-1][0]},{ground}" for run in _runs(points, y)]
    return Plot(tuple(places), tuple(ticks), tuple(strokes), tuple(areas))


def _eras(points: Sequence[Point], named: Sequence[int]) -> dict[int, str]:
    """Below which labels it is said what they belong to: the first of each; one that has no room beside the next is left out."""
    first = [at for at, number in enumerate(named) if not at or points[number].era != points[named[at - 1]].era]
    if len(first) > 1 and first[1] == 1:
        first = first[1:]
    return {named[at]: points[named[at]].era for at in first}


def shares(values: Sequence[Decimal | None]) -> list[str]:
    """How long the bar of each value is, in percent of the longest."""
    sizes = [abs(value) if value is not None else Decimal(0) for value in values]
    longest = max(sizes, default=Decimal(0)) or Decimal(1)
    return [_percent(100 * size / longest) for size in sizes]


def _scale(low: Decimal, high: Decimal, whole: bool, unit: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """The lowest and highest line, and the distance between two: 1, 2 or 5 times a power of ten."""
    rough = (high - low) / TICKS / unit
    if rough <= 0:
        return Decimal(0), unit, unit
    power = Decimal(10) ** (math.floor(rough.log10()))
    width = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    width = max(width, Decimal(1)) if whole else width
    width *= unit
    lowest = (low / width).to_integral_value("ROUND_FLOOR")
    return lowest * width, (high / width).to_integral_value("ROUND_CEILING") * width, width


def _ticks(low: Decimal, high: Decimal, width: Decimal) -> list[Decimal]:
    return [low + number * width for number in range(int((high - low) / width) + 1)]


def _runs(points: Sequence[Point], y: Callable[[Decimal], Decimal]) -> list[list[tuple[str, str]]]:
    """Points that have a value, in stretches without a gap."""
    runs: list[list[tuple[str, str]]] = [[]]
    count = Decimal(len(points) or 1)
    for number, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((_number(100 * (number + Decimal("0.5")) / count), _number(y(point.value))))
    return [run for run in runs if run]


def _stroke(run: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"{x},{y}" for x, y in run)


def _percent(value: Decimal) -> str:
    return f"{_number(value)}%"


def _number(value: Decimal) -> str:
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")
