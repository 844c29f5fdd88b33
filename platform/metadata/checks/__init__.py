"""Checks of the model: small functions in a list, each named for what must hold."""

from __future__ import annotations

from kith.metadata.checks import (
    acting,
    calendars,
    cases,
    dashboards,
    drawing,
    entities,
    fields,
    filing,
    flows,
    forms,
    given,
    keeping,
    layouts,
    naming,
    private,
    records,
    ruling,
    serving,
    settings,
    using,
)
from kith.metadata.checks.checking import Check, Checking, finds_errors, told_by

CHECKS: tuple[Check, ...] = (
    *naming.CHECKS,
    *entities.CHECKS,
    *fields.CHECKS,
    *filing.CHECKS,
    *forms.CHECKS,
    *layouts.CHECKS,
    *acting.CHECKS,
    *cases.CHECKS,
    *dashboards.CHECKS,
    *flows.CHECKS,
    *calendars.CHECKS,
    *records.CHECKS,
    *given.CHECKS,
    *keeping.CHECKS,
    *private.CHECKS,
    *ruling.CHECKS,
    *serving.CHECKS,
    *settings.CHECKS,
    *using.CHECKS,
    *drawing.CHECKS,
)
"""All checks, in the order of the documentation; what they tell is sorted by place anyhow."""

__all__ = ["CHECKS", "Check", "Checking", "finds_errors", "told_by"]
