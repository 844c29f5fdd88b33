"""A batch of rows: step by step read into changes, saved set-wise through the write gate, failures tied to their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import ImportValue
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.transfer.identity import Identity
from kith.runtime.transfer.mapping import ID, Step, as_id, text_key
from kith.runtime.transfer.pending import Pending, Tree, changes_of, failed_rows
from kith.runtime.transfer.result import Result
from kith.runtime.transfer.table import Row
from kith.runtime.transfer.values import cell_of, raw_of, typed
from kith.runtime.write.change import Cause, Failure, Refused, Saved
from kith.runtime.write.gate import save_within
from kith.runtime.write.messages import texts

if TYPE_CHECKING:
    from kith.runtime.release import Release

REMEMBERED = 200_000
"""Rows of which is remembered which record they mean."""
Values = dict[str, object]
Said = tuple[object, ...]
"""What a row says to a step: its cells, and the records of earlier steps."""


@dataclass(slots=True)
class Writer:
    """One import at work: what all its batches share."""

    connection: sa.Connection
    context: Context
    release: Release
    cause: Cause
    steps: tuple[Step, ...]
    result: Result
    identity: Identity
    taken: dict[str, int]
    """How many values of keys were taken, by entity."""
    told: Callable[[int, str, Failure], None] | None = None
    """Learns of each reason as it is found: the place of the row in its batch, its column or "", and the reason."""
    seen: dict[Said, tuple[Said, str]] = field(default_factory=dict)
    """By step and key what the last row said of a record, and its id: a row that says the same is not sent again."""

    def say(self, key: str, /, **values: object) -> str:
        """A sentence in the language of the import."""
        return texts(self.context.language)(f"import.{key}", **values)

    def write(self, rows: Sequence[Row]) -> dict[int, list[str]]:
        """Save what a batch of rows feeds; the reasons of those that failed, by their place in the batch."""
        if len(self.seen) > REMEMBERED:
            self.seen.clear()
        batch = Batch(self, rows)
        for step in self.steps:
            batch.run(step)
        return batch.errors


@dataclass(slots=True)
class Batch:
    """Some rows on their way; `ids` are the records that each row means, by step."""

    writer: Writer
    rows: Sequence[Row]
    errors: dict[int, list[str]] = field(default_factory=dict)
    ids: dict[str, dict[int, str]] = field(default_factory=dict)
    latest: dict[str, dict[Said, tuple[Said, int]]] = field(default_factory=dict)
    """By step and key the last row of this batch that says something new."""
    waiting: dict[str, dict[str, Pending]] = field(default_factory=dict)
    """Records to be saved with their lines, by step."""

    def __post_init__(self) -> None:
        say = texts(self.writer.context.language)
        for index, row in enumerate(self.rows):
            if row.problem is not None:
                code, values = row.problem
                self.errors[index] = [say(f"row.{code}", **values)]

    def run(self, step: Step) -> None:
        """Read one step for all rows, so that each tells all that is wrong with it, and save those that have not failed."""
        self.ids[step.name] = {}
        fed = [index for index, row in enumerate(self.rows) if row.problem is None and self.is_fed(step, index)]
        first, again = self.told_apart(step, [index for index in fed if index not in self.errors])
        values = dict(self.read(step, [*first, *(index for index in fed if index in self.errors)]))
        self.match(step, values)
        self.match_any(step, values)
        self.tell_the_rest(step, values)
        records = self.records(step, {index: row for index, row in values.items() if index not in self.errors})
        self.repeat(step, again, records)
        if step.entity.owner_of_lines:
            self.save(step, self.trees(step, records))
        elif step.saved_with:
            self.waiting[step.name] = records
        else:
            self.save(step, [Tree(step, pending) for pending in records.values()])

    # Reading

    def is_fed(self, step: Step, index: int) -> bool:
        """Whether a row feeds a step."""
        return not step.when or self.rows[index].cells.get(step.when) not in (None, "")

    def told_apart(self, step: Step, rows: Sequence[int]) -> tuple[list[int], dict[int, int | str]]:
        """The rows that say something new to a step, and for the others the row or the record that they repeat."""
        if not step.key or step.mode == "update" or step.entity.owner_of_lines:
            return list(rows), {}
        first: list[int] = []
        again: dict[int, int | str] = {}
        latest: dict[Said, tuple[Said, int]] = {}
        for index in rows:
            key = (step.name, *self.said(step, index, step.key))
            all_ = self.said(step, index, step.values)
            if key in latest and latest[key][0] == all_:
                again[index] = latest[key][1]
            elif key not in latest and key in self.writer.seen and self.writer.seen[key][0] == all_:
                again[index] = self.writer.seen[key][1]
            else:
                first.append(index)
                latest[key] = (all_, index)
        self.latest[step.name] = latest
        return first, again

    def said(self, step: Step, index: int, names: Iterable[str]) -> Said:
        """What a row says of some fields, before it is read."""
        cells = self.rows[index].cells
        found: list[object] = []
        for name in names:
            value = step.values.get(name)
            if value is not None:
                said = self.ids[value.step].get(index) if value.step in self.ids else cells.get(value.column)
                # JSON may bring a list.
                found.append(repr(said) if isinstance(said, list) else said)
        return tuple(found)

    def repeat(self, step: Step, again: Mapping[int, int | str], records: Mapping[str, Pending]) -> None:
        """Give rows that repeat others the records, or the failures, of those."""
        ids = self.ids[step.name]
        for key, (said, index) in self.latest.pop(step.name, {}).items():
            if index in ids:
                self.writer.seen[key] = (said, ids[index])
        for index, same in again.items():
            id_ = ids.get(same) if isinstance(same, int) else same
            if id_ is not None:
                ids[index] = id_
                if id_ in records:
                    records[id_].rows.add(index)
            elif isinstance(same, int) and same in self.errors:
                self.errors[index] = list(self.errors[same])

    def read(self, step: Step, rows: Sequence[int]) -> Iterator[tuple[int, Values]]:
        """What can be read of rows, references to earlier steps resolved; empty cells give none."""
        for index in rows:
            found: Values = {}
            for name, value in step.values.items():
                try:
                    raw = self.value(step, index, name, value)
                except Misread as error:
                    self.fail(index, step, self._misread(step, name, error))
                    continue
                if raw is not None:
                    found[name] = raw
            yield index, found

    def value(self, step: Step, index: int, name: str, value: ImportValue) -> object:
        """One value of a row."""
        if value.step:
            return self.ids.get(value.step, {}).get(index)
        cells = self.rows[index].cells
        declared = step.entity.fields.get(name)
        if declared is None:
            return cell_of(value, cells)
        return raw_of(value, declared, cells, self.writer.context.zone)

    def _misread(self, step: Step, name: str, error: Misread) -> Failure:
        declared = step.entity.fields[name]
        language = self.writer.context.language
        message = texts(language)(f"failure.{error.code}", label=declared.label.in_(language), **error.values)
        return Failure(error.code, message, name)

    def match(self, step: Step, values: dict[int, Values]) -> None:
        """References that a column names by a key of the target, for all rows in one statement."""
        writer = self.writer
        for name, value in step.values.items():
            declared = step.entity.fields.get(name)
            if not value.match or declared is None or value.step:
                continue
            target = writer.release.model.entities[declared.to]
            field_ = target.fields[value.match]
            found = {
                index: key
                for index, row in values.items()
                if name in row and (as_id(row[name]) is None or field_.type.kind != "text")
                for key in [(typed(field_, row[name], writer.context.zone),)]
            }
            writer.identity.look_up(target.name, (value.match,), found.values())
            for index, key in found.items():
                id_ = writer.identity.find(target.name, (value.match,), key)
                if id_ is None:
                    self._no_record(step, index, name, values[index].pop(name))
                else:
                    values[index][name] = id_

    def match_any(self, step: Step, values: dict[int, Values]) -> None:
        """References to any record that a column names by a key, such as `account/ACME`: one statement for each entity."""
        model, zone = self.writer.release.model, self.writer.context.zone
        for name in step.values:
            declared = step.entity.fields.get(name)
            if declared is None or not declared.targets:
                continue
            wanted: dict[str, dict[int, str]] = {}
            for index, row in values.items():
                entity, slash, text = str(row.get(name) or "").partition("/")
                entity = model.entity_called(entity.strip())
                if slash and entity in declared.targets and as_id(text) is None:
                    wanted.setdefault(entity, {})[index] = text.strip()
            for entity, texts_ in wanted.items():
                key = text_key(model.entities[entity])
                known = model.entities[entity].fields.get(key)
                if known is None:
                    continue
                found = {index: (typed(known, text, zone),) for index, text in texts_.items()}
                self.writer.identity.look_up(entity, (key,), found.values())
                for index, one in found.items():
                    if (id_ := self.writer.identity.find(entity, (key,), one)) is not None:
                        values[index][name] = f"{entity}/{id_}"

    def tell_the_rest(self, step: Step, values: Mapping[int, Values]) -> None:
        """Of rows that have failed also tell what the write gate, which does not get them, would not be able to read."""
        reading = Reading(zone=self.writer.context.zone, text=True)
        for index in values.keys() & self.errors.keys():
            for name, raw in values[index].items():
                declared = step.entity.fields.get(name)
                if declared is None or declared.to:
                    continue
                try:
                    coerce(declared, raw, reading)
                except Misread as error:
                    self.fail(index, step, self._misread(step, name, error))

    def _no_record(self, step: Step, index: int, name: str, text: object) -> None:
        value, language = step.values[name], self.writer.context.language
        target = self.writer.release.model.entities[step.entity.fields[name].to]
        label = target.fields[value.match].label.in_(language)
        message = self.writer.say("not_found", entity=target.label.in_(language), value=str(text), field=label)
        self.fail(index, step, Failure("not_found", message, name))

    # Which records

    def records(self, step: Step, values: Mapping[int, Values]) -> dict[str, Pending]:
        """The records that the rows mean, each once however many rows name it."""
        keys = {index: self.key(step, row) for index, row in values.items()} if step.key else {}
        if step.key:
            self.writer.identity.look_up(step.entity.name, step.key, keys.values())
        found: dict[str, Pending] = {}
        for index, row in values.items():
            id_, op = self.record(step, index, keys.get(index))
            if id_ is None:
                continue
            self.ids[step.name][index] = id_
            row.pop(ID, None)
            if id_ in found:
                found[id_].merge(row, index)
            elif op:
                found[id_] = Pending(id_, op, row, {index})
        return found

    def key(self, step: Step, row: Values) -> tuple[object, ...]:
        """The key of a row, its parts as values of their fields."""
        zone = self.writer.context.zone
        return tuple(
            as_id(row.get(ID)) if name == ID else typed(step.entity.fields[name], row.get(name), zone)
            for name in step.key
        )

    def record(self, step: Step, index: int, key: tuple[object, ...] | None) -> tuple[str | None, str]:
        """The id of the record that a row means and what is done with it: create, update or nothing."""
        identity = self.writer.identity
        known = identity.find(step.entity.name, step.key, key) if key is not None else None
        if known is not None:
            return known, "" if step.mode == "match" else "update"
        if step.mode == "match":
            self.fail(index, step, Failure("no_match", self._no_match(step, key)))
            return None, ""
        if step.mode == "update":
            self.writer.result.of(step.entity.name).skipped += 1
            return None, ""
        new = str(key[0]) if key is not None and step.key == (ID,) and key[0] else new_id()
        if key is not None:
            identity.remember(step.entity.name, step.key, key, new)
        return new, "create"

    def _no_match(self, step: Step, key: tuple[object, ...] | None) -> str:
        entity = step.entity.label.in_(self.writer.context.language)
        return self.writer.say("no_match", entity=entity, key=" + ".join(str(part) for part in key or ()))

    # Saving

    def trees(self, step: Step, lines: Mapping[str, Pending]) -> list[Tree]:
        """Lines under their parents, and parents that waited for lines which did not come."""
        owner = step.owner
        assert owner is not None
        parents = self.waiting.pop(step.parent, {}) if step.parent else {}
        above = next((one for one in self.writer.steps if one.name == step.parent), None)
        found = {id_: Tree(above or step, pending, owner) for id_, pending in parents.items()}
        for line in lines.values():
            parent = line.values.pop(owner.name, None)
            if not isinstance(parent, str):
                found[line.id] = Tree(step, line)
                continue
            if parent not in found:
                found[parent] = Tree(above or step, Pending(parent, "update", {}, set()), owner)
            found[parent].lines.append((step, line))
        return list(found.values())

    def save(self, step: Step, trees: list[Tree]) -> None:
        """Save trees of records; rows that are refused leave their tree, and the rest of it is tried again."""
        while trees := [tree for tree in trees if tree.keep_without(self.errors)]:
            writer = self.writer
            verdicts = save_within(
                writer.connection,
                writer.context,
                writer.release,
                [changes_of(tree) for tree in trees],
                writer.cause,
                "each",
            )
            again: list[Tree] = []
            for tree, verdict in zip(trees, verdicts, strict=True):
                if isinstance(verdict, Saved):
                    tree.count(writer.result, verdict)
                    if verdict.alike:
                        first = self.rows[min(tree.rows)].number
                        writer.result.warns(first, [one.message for one in verdict.alike])
                else:
                    self.refuse(tree, verdict)
                    again.append(tree)
            trees = again

    def refuse(self, tree: Tree, verdict: Refused) -> None:
        """Tie the reasons of a refusal to the rows that they come from."""
        for indexes, owner, failure in failed_rows(tree, verdict):
            taken = self.writer.taken
            taken[owner.entity.name] = taken.get(owner.entity.name, 0) + (failure.code == "taken")
            for index in indexes:
                self.fail(index, owner, failure)
        gone = tree.gone(self.errors)
        for entity, ids in gone.items():
            self.writer.identity.forget(entity, frozenset(ids))
        lost = {id_ for ids in gone.values() for id_ in ids}
        for key in [key for key, (_, id_) in self.writer.seen.items() if id_ in lost]:
            del self.writer.seen[key]

    def fail(self, index: int, step: Step, failure: Failure) -> None:
        """Note why a row cannot be used, with the name of its column."""
        message = failure.message
        if self.writer.told is not None:
            read = step.values.get(failure.field)
            self.writer.told(index, read.column if read is not None else "", failure)
        if failure.field:
            message = self.writer.say("at_column", column=step.column(failure.field), message=message)
        reasons = self.errors.setdefault(index, [])
        if message not in reasons:
            reasons.append(message)
