"""The lines of a record as a grid that is edited with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kith.metadata.model import Field, Related
from kith.runtime.read import lines
from kith.runtime.read.query import RecordView
from kith.runtime.write.previewing import Preview
from kith.web import addresses
from kith.web.columns import NUMERIC
from kith.web.fields import Maker, State
from kith.web.forming import Draft, shown_as
from kith.web.inputs import FieldInput, Line, Lines
from kith.web.outline import is_input
from kith.web.subject import Subject
from kith.web.tables import related_columns
from kith.web.typed import Raw, Row, Typed, raw_of
from kith.web.view import Column, Why


def columns_of(subject: Subject, related: Related) -> list[Field]:
    """The fields of a grid: those of its view that stand in the line itself, and what must be filled in besides."""
    inverse = subject.entity.inverses[related.relation]
    entity = subject.visit.model.entities[inverse.entity]
    named = [one.declared for one in related_columns(subject, related) if "." not in one.path and one.declared]
    known = {one.name for one in named}
    needed = [one for one in entity.fields.values() if one.required and one.name not in known and is_input(one)]
    found = [one for one in (*needed, *named) if one.name != inverse.field]
    # What can be typed comes first: what follows from it stands at the end.
    return sorted(found, key=lambda one: not is_input(one))


def typed_columns(subject: Subject, related: Related) -> list[Field]:
    """The fields of a grid that the reader may type into."""
    rights = subject.reader.rights[subject.entity.inverses[related.relation].entity]
    return [
        one
        for one in columns_of(subject, related)
        if is_input(one) and not (rights.writing(one.name, "create").never and rights.writing(one.name, "update").never)
    ]


def kept_lines(subject: Subject) -> dict[str, list[RecordView]]:
    """The lines that a record has, by relation."""
    if subject.view is None:
        return {}
    visit, id_ = subject.visit, subject.view.id
    return {
        one.relation: lines(visit.connection, visit.context, visit.release, subject.entity.name, id_, one.relation)
        for one in subject.outline.grids
    }


def fill_rows(subject: Subject, typed: Typed, kept: dict[str, list[RecordView]]) -> None:
    """Put the lines of a record, or one to begin with, into a form that is shown for the first time."""
    for related in subject.outline.grids:
        fields = typed_columns(subject, related)
        zone = subject.visit.context.reader_zone
        rows = typed.rows.setdefault(related.relation, [])
        for view in kept.get(related.relation, ()):
            raw: dict[str, Raw] = {one.name: raw_of(one, view.values.get(one.name), zone) for one in fields}
            rows.append(Row(view.id, view.id, raw))
            typed.note(f"{related.relation}.{view.id}", raw)
        if not rows:
            typed.add_row(related.relation, blank_row(subject, related))


def blank_row(subject: Subject, related: Related) -> dict[str, Raw]:
    """A new line with what is there by default."""
    zone = subject.visit.context.reader_zone
    return {one.name: raw_of(one, one.default, zone) for one in typed_columns(subject, related)}


def follow_defaults(subject: Subject, typed: Typed, seen: Preview) -> None:
    """Defaults that hang on what has been typed show in the new lines, until somebody types something else."""
    zone = subject.visit.context.reader_zone
    for related in subject.outline.grids:
        fields = {one.name: one for one in typed_columns(subject, related)}
        live = typed.live_rows(related.relation)
        for row, line in zip(live, seen.lines.get(related.relation, ()), strict=False):
            if row.id is not None:
                continue
            for name, raw in list(row.raw.items()):
                place = f"{related.relation}.{row.key}"
                if fields[name].default_from is not None and not typed.is_given(f"{place}.{name}", raw):
                    row.raw[name] = raw_of(fields[name], line.filled.get(name), zone)
                    typed.note(place, {name: row.raw[name]})


def grid_of(draft: Draft, maker: Maker, related: Related) -> Lines:
    """A grid as it stands."""
    subject = draft.subject
    fields = columns_of(subject, related)
    may = {one.name for one in typed_columns(subject, related)}
    language = subject.visit.language
    live = draft.typed.live_rows(related.relation)
    found = []
    for row in draft.typed.rows.get(related.relation, ()):
        number = live.index(row) if row in live else -1
        seen = draft.seen.lines.get(related.relation, ()) if draft.seen is not None else ()
        line = seen[number] if 0 <= number < len(seen) else None
        inputs = [_cell(draft, maker, (related.relation, number, row), one, line, one.name in may) for one in fields]
        found.append(Line(row.key, inputs, draft.refusals.of("", related.relation, number)[0]))
    entity = subject.visit.model.entities[subject.entity.inverses[related.relation].entity]
    return Lines(
        name=related.relation,
        label=related.label.in_(language) or entity.plural.in_(language),
        columns=[_head(one, language) for one in fields],
        lines=found,
        add=bool(may),
        remove=bool(may),
        buttons=_buttons(draft, related.relation),
    )


def _buttons(draft: Draft, relation: str) -> dict[str, str]:
    """With script the buttons renew the form's fields alone; without, the page comes back at the grid."""
    subject = draft.subject
    entity = subject.entity.name
    address = addresses.new_of(entity) if draft.is_new else addresses.edit_of(entity, draft.typed.id)
    return {
        "formnovalidate": "",
        "formaction": f"{address}#lines-{relation}",
        "hx-post": f"{address}/live",
        "hx-target": "#form-fields",
        "hx-swap": "innerMorph",
        "hx-include": "closest form",
    }


def _head(declared: Field, language: str) -> Column:
    broad = declared.type.kind == "ref" or declared.type_name == "long_text"
    return Column(
        declared.name,
        declared.label.in_(language),
        numeric=declared.type.kind in NUMERIC,
        width="broad" if broad else "",
    )


def _cell(
    draft: Draft, maker: Maker, place: tuple[str, int, Row], declared: Field, line: Preview | None, may: bool
) -> FieldInput:
    relation, number, row = place
    name = f"{relation}.{row.key}.{declared.name}"
    texts = draft.subject.visit.texts
    if not may or (line is not None and declared.name in line.locked):
        value = line.values.get(declared.name) if line is not None and _tells(draft, declared) else None
        locked = texts("edit.computed" if not is_input(declared) else "form.locked")
        return maker.input(declared, name, "", State(locked=locked, shown=shown_as(draft, declared, value), cells=True))
    raw = row.raw.get(declared.name, "")
    error, why = draft.refusals.of(declared.name, relation, number)
    state = State(
        required=line is not None and declared.name in line.required,
        error=error,
        why=Why("\n".join(why)) if why else None,
        barred=line.barred.get(declared.name, frozenset()) if line is not None else frozenset(),
        placeholder=_follows(draft, declared, raw, line),
        found=draft.found.get(name, ()),
        cells=True,
    )
    made = maker.input(declared, name, raw, state)
    rows: Sequence[Row] = draft.typed.rows[relation]
    return _labelled(made, texts("form.line", label=made.label, number=rows.index(row) + 1))


def _labelled(made: FieldInput, label: str) -> FieldInput:
    return replace(made, label=label)


def _tells(draft: Draft, declared: Field) -> bool:
    access = draft.subject.reader.access(declared.entity, declared.name)
    return access.read.always and declared.type.kind not in ("ref", "set")


def _follows(draft: Draft, declared: Field, raw: Raw, line: Preview | None) -> str:
    """What a field that was left empty will become by the rules."""
    if raw or line is None or not _tells(draft, declared):
        return ""
    value = line.values.get(declared.name)
    return "" if value is None else shown_as(draft, declared, value)
