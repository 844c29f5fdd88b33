"""Days as people say them, "this week": conditions of the rule language, and back."""

from __future__ import annotations

from kith.problems import Excerpt
from kith.rules import syntax as s
from kith.rules.parsing import parse_expression
from kith.rules.printing import print_syntax

MONDAY = "today() - 1d * mod(days_between(@1900-01-01, today()), 7)"
"""The first day of this week: 1 January 1900 was a Monday."""
FIRST = "today() - 1d * (day(today()) - 1)"
SPANS = {
    "today": "{day} == today()",
    "this_week": f"{{day}} between {MONDAY} and {MONDAY} + 6d",
    "this_month": f"{{day}} between {FIRST} and {FIRST} + 1mo - 1d",
    "last_30_days": "{day} between today() - 30d and today()",
    "this_quarter": "year({day}) * 4 + quarter({day}) == year(today()) * 4 + quarter(today())",
}
"""The spans of days that a row of a filter offers, as conditions on a date."""


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
