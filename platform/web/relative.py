"""Days as people say them, "this week": conditions of the rule language, and back."""

from __future__ import annotations

from kith.problems import Excerpt
from kith.rules import syntax as s
from kith.rules.parsing import parse_expression
from kith.rules.printing import print_syntax

SPANS = {
    "today": "{day} == today()",
    "this_week": "{day} between start_of_week(today()) and end_of_week(today())",
    "this_month": "{day} between start_of_month(today()) and end_of_month(today())",
    "last_30_days": "{day} between today() - 30d and today()",
    "this_quarter": "{day} between start_of_quarter(today()) and end_of_quarter(today())",
}
"""The spans of days that a row of a filter offers, as conditions on a date: a field between two days can use an index."""


def within(path: str, kind: str, span: str) -> str:
    """The condition that a date or an instant lies within a span."""
    return SPANS[span].format(day=f"local_date({path})" if kind == "datetime" else path)


def span_of(part: s.Syntax, path: str, kind: str) -> str:
    """The span that a condition on a field is about, "" where it is none of ours."""
    own = print_syntax(part)
    for span in SPANS:
        tree, _ = parse_expression(Excerpt.whole(within(path, kind, span)))
        if tree is not None and print_syntax(tree) == own:
            return span
    return ""


def field_of(part: s.Syntax) -> s.Syntax:
    """What a condition begins with: the field that it may be about."""
    match part:
        case s.Between(value=first) | s.Binary(left=first) | s.Invoke(args=(first, *_)):
            return field_of(first)
        case _:
            return part
