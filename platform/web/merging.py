"""A form together with what others have made of its record meanwhile: nothing typed is lost, nothing of theirs is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kith.metadata.model import Field
from kith.runtime.read.query import RecordView
from kith.web import grids
from kith.web.forming import writable
from kith.web.refusing import Ways
from kith.web.subject import Subject
from kith.web.typed import KEEP, Raw, Row, Typed, raw_of

Kept = Mapping[str, Sequence[RecordView]]
"""The lines of a record as they are, by relation."""


def kept_raw(subject: Subject) -> dict[str, Raw]:
    """The values of a record as they stand in its form."""
    zone, may = subject.visit.context.reader_zone, writable(subject)
    fields = {one.name: one for one in subject.outline.fields if one.name in may}
    return {name: raw_of(one, subject.record.values.get(name), zone) for name, one in fields.items()}


def ways_of(typed: Typed) -> Ways:
    """The lines of a form by their ways in the change that it asks for."""
    found: dict[str, tuple[str, bool]] = {}
    for relation in {**typed.rows, **typed.gone}:
        keys = [(row.key, False) for row in typed.live_rows(relation)]
        keys += [(id_, True) for id_ in typed.gone.get(relation, ())]
        found |= {f"{relation}.{number}": (f"{relation}.{key}", gone) for number, (key, gone) in enumerate(keys)}
    return found


def merge(subject: Subject, typed: Typed, kept: Kept) -> bool:
    """Put what others have changed where nobody has typed, and take the record's version: who saves again has been told."""
    given = typed.given()
    current = kept_raw(subject)
    typed.raw |= {name: raw for name, raw in current.items() if name not in given}
    typed.note("", current)
    typed.version = subject.record.version
    return merge_lines(subject, typed, kept)


def merge_lines(subject: Subject, typed: Typed, kept: Kept) -> bool:
    """The same of lines alone; whether one that was typed into is gone, and so has become a new one."""
    parted = False
    for related in subject.outline.grids:
        fields = grids.typed_columns(subject, related)
        parted |= _merge_lines(subject, typed, related.relation, fields, kept.get(related.relation, ()))
    return parted


def _merge_lines(
    subject: Subject, typed: Typed, relation: str, fields: Sequence[Field], kept: Sequence[RecordView]
) -> bool:
    lines = {view.id: _raw(subject, fields, view) for view in kept}
    rows = typed.rows.setdefault(relation, [])
    known = {row.id for row in rows} | {*typed.gone.get(relation, ())}
    parted = [row for row in rows if row.id is not None and row.id not in lines]
    for row in parted:
        if not _given(typed, relation, row):
            rows.remove(row)
            continue
        row.key, row.id = typed.free_key(relation), None
    for row in rows:
        if row.id is not None:
            given = _given(typed, relation, row)
            row.raw |= {name: raw for name, raw in lines[row.id].items() if name not in given}
    rows += [Row(id_, id_, raw) for id_, raw in lines.items() if id_ not in known]
    for id_, raw in lines.items():
        typed.note(f"{relation}.{id_}", raw)
    typed.gone[relation] = [id_ for id_ in typed.gone.get(relation, ()) if id_ in lines]
    return any(row in rows for row in parted)


def _given(typed: Typed, relation: str, row: Row) -> set[str]:
    return {name for name, raw in row.raw.items() if typed.is_given(f"{relation}.{row.key}.{name}", raw)}


def take_theirs(subject: Subject, typed: Typed) -> None:
    """Put what others have written where their value shall hold, by the choices that a conflict offered."""
    chosen = {
        name.removeprefix(f"{KEEP}.")
        for name, value in subject.visit.form.multi_items()
        if name.startswith(f"{KEEP}.") and value == "theirs"
    }
    if not chosen:
        return
    current = kept_raw(subject)
    theirs = {name: current[name] for name in chosen & current.keys()}
    typed.raw |= theirs
    typed.note("", theirs)
    if any("." in name for name in chosen):
        _take_lines(subject, typed, chosen)


def _take_lines(subject: Subject, typed: Typed, chosen: set[str]) -> None:
    kept = grids.kept_lines(subject)
    for related in subject.outline.grids:
        relation, fields = related.relation, grids.typed_columns(subject, related)
        lines = {view.id: _raw(subject, fields, view) for view in kept[relation]}
        for id_ in typed.gone.get(relation, ()):
            if f"{relation}.{id_}" in chosen and id_ in lines:
                typed.gone[relation].remove(id_)
                typed.rows[relation].append(Row(id_, id_, lines[id_]))
                typed.note(f"{relation}.{id_}", lines[id_])
        for row in typed.rows.get(relation, ()):
            theirs = {
                name: raw for name, raw in lines.get(row.key, {}).items() if f"{relation}.{row.key}.{name}" in chosen
            }
            row.raw |= theirs
            typed.note(f"{relation}.{row.key}", theirs)


def _raw(subject: Subject, fields: Sequence[Field], view: RecordView) -> dict[str, Raw]:
    zone = subject.visit.context.reader_zone
    return {one.name: raw_of(one, view.values.get(one.name), zone) for one in fields}
