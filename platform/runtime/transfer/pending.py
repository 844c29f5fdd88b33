"""Records of a batch that wait to be saved, with the rows that they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from kith.metadata.model import Field
from kith.runtime.transfer.mapping import Step
from kith.runtime.transfer.result import Result
from kith.runtime.write.change import Change, Failure, Op, Refused, Saved

OPS: Mapping[str, Op] = {"create": "create", "update": "update"}


@dataclass(slots=True)
class Pending:
    """One record, to be made or changed, and the places of its rows in the batch."""

    id: str
    op: str
    values: dict[str, object]
    rows: set[int]

    def merge(self, values: Mapping[str, object], row: int) -> None:
        """What a further row says of the same record."""
        self.values.update(values)
        self.rows.add(row)


@dataclass(slots=True)
class Tree:
    """A record and, where `owner` says by which reference they hang on it, its lines."""

    step: Step
    top: Pending
    owner: Field | None = None
    lines: list[tuple[Step, Pending]] = field(default_factory=list)

    def keep_without(self, failed: Collection[int]) -> bool:
        """Take rows out that have failed; whether something is left to be saved."""
        rows = self.rows
        self.lines = [(step, line) for step, line in self.lines if _left(line, failed)]
        return not rows or any(row not in failed for row in rows)

    def gone(self, failed: Collection[int]) -> dict[str, list[str]]:
        """The records that are not made, by entity."""
        found: dict[str, list[str]] = {}
        rows = self.rows
        if self.top.op == "create" and all(row in failed for row in rows):
            found[self.step.entity.name] = [self.top.id]
        for step, line in self.lines:
            if line.op == "create" and all(row in failed for row in line.rows):
                found.setdefault(step.entity.name, []).append(line.id)
        return found

    def count(self, result: Result, saved: Saved) -> None:
        """Count what was saved."""
        counts = result.of(self.entity)
        if self.top.rows or self.top.values:
            counts.created += saved.created
            counts.updated += not saved.created and saved.changed
            counts.unchanged += not saved.created and not saved.changed
        for step, line in self.lines:
            of_lines = result.of(step.entity.name)
            of_lines.created += line.op == "create"
            of_lines.updated += line.op == "update" and saved.changed
            of_lines.unchanged += line.op == "update" and not saved.changed

    @property
    def rows(self) -> set[int]:
        """The rows that it comes from."""
        return self.top.rows | {row for _, line in self.lines for row in line.rows}

    @property
    def entity(self) -> str:
        """The entity of the record at the top."""
        if self.owner is not None:
            return self.owner.to
        return self.step.entity.name


def _left(line: Pending, failed: Collection[int]) -> bool:
    return any(row not in failed for row in line.rows)


def changes_of(tree: Tree) -> Change:
    """A tree as the write gate takes it."""
    children = {}
    if tree.owner is not None and tree.lines:
        lines = tuple(Change(OPS[line.op], "", line.id, line.values) for _, line in tree.lines)
        children = {tree.owner.inverse: lines}
    return Change(OPS[tree.top.op], tree.entity, tree.top.id, tree.top.values, children)


def failed_rows(tree: Tree, verdict: Refused) -> Iterator[tuple[Collection[int], Step, Failure]]:
    """For each reason the rows that it concerns: those of a line, else all rows of the tree."""
    everyone = tree.rows
    conflicts = [Failure("conflict", one.field, one.field) for one in verdict.conflicts]
    for failure in (*verdict.failures, *conflicts):
        place = failure.at.rpartition(".")[2]
        if place.isdigit() and int(place) < len(tree.lines):
            step, line = tree.lines[int(place)]
            yield line.rows, step, failure
        else:
            yield everyone, tree.step, failure
