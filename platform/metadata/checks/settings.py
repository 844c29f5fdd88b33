"""Checks of settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.checks.fields import limits, number
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Field
from kith.problems import Problem, Value, Words


@tells(mistakes.UNFIT_SETTING)
def settings_have_values(c: Checking) -> Iterator[Problem]:
    """What a setting is set to is a value of its type, and within its bounds."""
    for name, setting in c.model.app.settings.items():
        limit = misfit(setting.field, setting.value)
        if limit is not None:
            values: dict[str, Value] = {"value": str(setting.field.default), "limit": limit}
            yield Problem(mistakes.UNFIT_SETTING, c.span("app", "app", "settings", name, "value"), values)


def misfit(field: Field, value: object) -> Value | None:
    """What a setting allows, where a value is not within that."""
    if value is None:
        # What is not even written as one has been told already.
        pattern = (FIELD_TYPES[field.type_name].value or {}).get("pattern")
        written = isinstance(pattern, str) and re.fullmatch(pattern, str(field.default))
        return ", ".join(field.options) or (field.type_name if written else None)
    found, low, high = number(value), number(field.params.get("min")), number(field.params.get("max"))
    if found is not None and ((low is not None and found < low) or (high is not None and found > high)):
        return limits(field)
    longest = field.params.get("max_length")
    if isinstance(value, str) and isinstance(longest, int) and len(value) > longest:
        return Words(f"at most {longest} characters", f"最多 {longest} 个字符")
    return None


CHECKS = (settings_have_values,)
