"""Checks of the model: small functions in a list, each named for what must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kith.metadata.checks.checking import Checking
from kith.problems import Problem

Check = Callable[[Checking], Iterable[Problem]]
CHECKS: tuple[Check, ...] = ()

__all__ = ["CHECKS", "Check", "Checking"]
