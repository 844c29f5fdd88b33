"""What became of a case: nothing to say, or each thing that was expected and what happened instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kith.problems import Span


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that did not come true; `why` are the reasons that the gate gave."""

    what: str
    expected: str
    found: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case that was run; it has passed where nothing differs."""

    test: str
    case: str
    span: Span
    mismatches: tuple[Mismatch, ...]
    backend: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.mismatches

    @property
    def place(self) -> str:
        """Where the case stands, as editors understand it."""
        return self.span.place

    def as_data(self) -> Mapping[str, Any]:
        """For `--json`."""
        return {
            "test": self.test,
            "case": self.case,
            "place": self.place,
            "backend": self.backend,
            "passed": self.passed,
            "mismatches": [
                {"what": one.what, "expected": one.expected, "found": one.found, "why": list(one.why)}
                for one in self.mismatches
            ],
        }
