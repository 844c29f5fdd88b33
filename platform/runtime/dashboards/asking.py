"""A tile as questions in the rule language: what holds for its records, and for those behind each of its marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kith.metadata.model import Model
from kith.metadata.model_dashboards import Dashboard, Tile
from kith.rules import syntax as s
from kith.rules.printing import print_syntax
from kith.rules.program import Expression
from kith.runtime.dashboards.periods import Span

ME = "me"
"""In place of a person or a team: the one who looks, and the teams below his."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a reader chooses for all tiles of a dashboard: a period, a person and a team (ids, or `me`), or nothing."""

    period: str = ""
    owner: str = ""
    team: str = ""

    def period_of(self, dashboard: Dashboard, tile: Tile) -> str:
        """The period of a tile: its own, else the chosen one, else the dashboard's; "" where it goes by none."""
        return (tile.period or self.period or dashboard.period) if tile.date is not None else ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds for the records of a tile: what the documents of its view and segment say, and everything else."""

    declared: tuple[str, ...]
    own: tuple[str, ...]

    def all(self, *more: str) -> str:
        """Every condition as one filter."""
        return joined(*self.declared, *self.own, *more)


def conditions_of(model: Model, tile: Tile, chosen: Chosen, span: Span) -> Conditions:
    """What holds for the records of a tile."""
    view, segment = model.views.get(tile.view), model.segments.get(tile.segment)
    viewed = model.segments.get(view.segment) if view is not None else None
    declared = (view.filter if view else None, viewed.filter if viewed else None)
    own = [standing(one) for one in (segment.filter if segment else None, tile.filter) if one is not None]
    if tile.measure is not None and tile.measure.where is not None:
        own.append(standing(tile.measure.where))
    if tile.measure is not None and tile.measure.function == "count" and tile.measure.value is not None:
        # What is counted are values: a record without one is not among the records behind the number.
        own.append(f"{_operand(tile.measure.value)} is set")
    if tile.date is not None:
        own.append(within(tile.date, span))
    if tile.owner is not None:
        own += _whose(tile.owner.excerpt.text, chosen)
    return Conditions(tuple(standing(one) for one in declared if one is not None), tuple(one for one in own if one))


def _whose(path: str, chosen: Chosen) -> list[str]:
    found = []
    if chosen.owner:
        found.append(f"{path} == me" if chosen.owner == ME else f"{path}.id == {quoted(chosen.owner)}")
    if chosen.team:
        mine = f"{path}.team in me.teams_below"
        found.append(mine if chosen.team == ME else f"{path}.team.id == {quoted(chosen.team)}")
    return found


def within(path: Expression, span: Span) -> str:
    """The condition that a day, or an instant of the workspace's days, lies within a span; "" of all days."""
    name, instant = path.excerpt.text, path.type.kind == "datetime"
    found = []
    if span.first is not None:
        found.append(f"{name} >= {_day(span.first, instant)}")
    if span.last is not None:
        found.append(
            f"{name} < {_day(span.last + timedelta(days=1), instant)}" if instant else f"{name} <= @{span.last}"
        )
    return joined(*found)


def _day(day: date, instant: bool) -> str:
    return f"@{day}T00:00" if instant else f"@{day}"


def equal(path: Expression, value: object) -> str:
    """The condition that a path has a value of a group; None is what is missing."""
    name = path.excerpt.text
    if value is None:
        return f"{name} is not set"
    if isinstance(value, bool):
        return f"{name} == {'true' if value else 'false'}"
    if isinstance(value, int):
        return f"{name} == {value}"
    end = ".id" if path.type.kind == "ref" else ""
    return f"{name}{end} == {quoted(str(value))}"


def quoted(text: str) -> str:
    """A text as the language writes it."""
    return print_syntax(s.Text(0, 0, (text,)))


def standing(expression: Expression) -> str:
    """A condition as it can stand beside others, in one line."""
    return either(print_syntax(expression.syntax), expression.syntax)


def either(text: str, syntax: s.Syntax) -> str:
    """A condition in parentheses, where `and` would tear it apart."""
    return f"({text})" if isinstance(syntax, s.If) or (isinstance(syntax, s.Binary) and syntax.op == "or") else text


def _operand(value: Expression) -> str:
    text = print_syntax(value.syntax)
    return text if isinstance(value.syntax, s.Name | s.Dot) else f"({text})"


def joined(*conditions: str) -> str:
    """Conditions that hold together."""
    return " and ".join(one for one in conditions if one)
