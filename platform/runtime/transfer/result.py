"""What an import did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REMEMBERED = 5
"""Failed rows whose reasons are told without a file of errors."""


@dataclass(slots=True)
class Counts:
    """Records of one entity: made, changed, found as they were to be, left out because there is none to update."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    def as_data(self) -> Mapping[str, int]:
        """For `--json`."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
        }


@dataclass(slots=True)
class Result:
    """An import from beginning to end; `batch` names it in the history of every record that it touched."""

    batch: str
    dry_run: bool
    rows: int = 0
    failed: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    format: str = ""
    encoding: str = ""
    ignored: tuple[str, ...] = ()
    seconds: float = 0.0
    reasons: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """Of the first rows that failed, their numbers in the file and why."""
    alike: int = 0
    """Records that were saved and look like others."""
    warnings: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """Of the first of these, the row in the file and the others."""

    def fails(self, row: int, reasons: Sequence[str]) -> None:
        """Count a row that failed."""
        self.failed += 1
        if len(self.reasons) < REMEMBERED:
            self.reasons.append((row, tuple(reasons)))

    def warns(self, row: int, messages: Sequence[str]) -> None:
        """Count a record that looks like others."""
        self.alike += 1
        if len(self.warnings) < REMEMBERED:
            self.warnings.append((row, tuple(messages)))

    def of(self, entity: str) -> Counts:
        """The counts of an entity."""
        return self.counts.setdefault(entity, Counts())

    @property
    def saved(self) -> int:
        """Records made or changed."""
        return sum(one.created + one.updated for one in self.counts.values())

    def as_data(self) -> Mapping[str, Any]:
        """For `--json`."""
        return {
            "batch": self.batch,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "failed": self.failed,
            "reasons": [{"row": row, "reasons": list(reasons)} for row, reasons in self.reasons],
            "alike": self.alike,
            "warnings": [{"row": row, "messages": list(messages)} for row, messages in self.warnings],
            "counts": {name: one.as_data() for name, one in self.counts.items()},
            "format": self.format,
            "encoding": self.encoding,
            "ignored": list(self.ignored),
            "seconds": round(self.seconds, 2),
        }
