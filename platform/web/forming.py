"""A record's form as it stands: what is typed, what the rules say of it, and how all of it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kith.metadata.model import Entity, Field, FormItem, Section
from kith.runtime.read import choices
from kith.runtime.read.labels import labels_of
from kith.runtime.read.query import RecordView, Reference
from kith.runtime.write.previewing import Preview
from kith.web import addresses
from kith.web.drawing import Asked
from kith.web.fields import FREE, Maker, State, named
from kith.web.outline import is_input
from kith.web.refusing import Refusals
from kith.web.requests import Visit
from kith.web.showing import shower
from kith.web.subject import Subject
from kith.web.typed import Raw, Typed
from kith.web.view import Choice, Why

MOST_CANDIDATES = 60
"""What a set of references offers to tick."""
NO_REFUSALS = Refusals()


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that a form page shows; `lines` are the lines as they are kept, `found` what was looked for by hand."""

    subject: Subject
    typed: Typed
    seen: Preview | None
    lines: Mapping[str, Sequence[RecordView]] = field(default_factory=dict)
    refusals: Refusals = NO_REFUSALS
    found: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    fresh: bool = False
    """Whether it is shown for the first time: only then may it take the focus."""

    @property
    def is_new(self) -> bool:
        """Whether it makes a new record."""
        return self.subject.view is None


def writable(subject: Subject) -> frozenset[str]:
    """The fields that the reader may type into."""
    inputs = subject.outline.inputs
    if subject.view is not None:
        return inputs & subject.view.writable - subject.view.masked
    rights = subject.reader.rights[subject.entity.name]
    return frozenset(name for name in inputs if not rights.writing(name, "create").never)


# ---- what records are called --------------------------------------------------------------------------------------


def labels(draft: Draft) -> dict[tuple[str, str], str]:
    """What the records are called that the form refers to: most are known already, the rest is asked for."""
    subject, visit = draft.subject, draft.subject.visit
    views = [*([subject.view] if subject.view else []), *(view for some in draft.lines.values() for view in some)]
    found = dict(_known(visit.model.entities, views))
    wanted: dict[str, set[str]] = {}
    for entity, id_ in _referred(draft):
        if (entity, id_) not in found:
            wanted.setdefault(entity, set()).add(id_)
    for entity, ids in wanted.items():
        for id_, reference in labels_of(visit.connection, visit.context, subject.reader, entity, ids).items():
            found[entity, id_] = reference.label if reference.visible else visit.texts("value.no_access")
    return found


def _known(entities: Mapping[str, Entity], views: Iterable[RecordView]) -> Iterator[tuple[tuple[str, str], str]]:
    for view in views:
        fields = entities[view.entity].fields
        for name, value in view.values.items():
            type_ = fields[name].type if name in fields else None
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Reference) and one.visible and type_ is not None:
                    yield (one.entity or (type_.item or type_).entity, one.id), one.label


def _referred(draft: Draft) -> Iterator[tuple[str, str]]:
    model = draft.subject.visit.model
    yield from _referred_by(draft.subject.entity.fields, draft.typed.raw)
    for relation, rows in draft.typed.rows.items():
        line = model.entities[draft.subject.entity.inverses[relation].entity]
        for row in rows:
            yield from _referred_by(line.fields, row.raw)


def _referred_by(fields: Mapping[str, Field], raw: Mapping[str, Raw]) -> Iterator[tuple[str, str]]:
    for name, value in raw.items():
        type_ = fields[name].type.item or fields[name].type
        if type_.kind == "ref" or type_.entity == ":any_reference":
            for one in (value,) if isinstance(value, str) else value:
                entity, id_ = named(type_, one)
                if len(id_) == 36:
                    yield entity, id_


def choice_of(visit: Visit, found: Reference) -> Choice:
    """A record that a reference may name; among several entities with what it is."""
    if not found.entity:
        return Choice(found.id, found.label)
    kind = visit.model.entities[found.entity].label.in_(visit.language)
    return Choice(f"{found.entity}/{found.id}", found.label, note=kind)


def maker_of(subject: Subject, known: Mapping[tuple[str, str], str]) -> Maker:
    """What makes the inputs of a form; `known` tells what records are called."""
    visit = subject.visit

    def candidates(declared: Field) -> Sequence[Choice]:
        found = choices(
            visit.connection,
            visit.context,
            visit.release,
            declared.entity,
            declared.name,
            "",
            limit=MOST_CANDIDATES,
        )
        return [choice_of(visit, one) for one in found]

    def lookup(declared: Field) -> str:
        return f"{addresses.list_of(declared.entity)}/choices/{declared.name}"

    return Maker(subject.showing, known, candidates, lookup, visit.model.app.languages)


# ---- the fields ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a form as it shows now."""

    section: Section
    fields: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Parts:
    """The sections of a form, and what is typed into fields that do not show at the moment."""

    parts: Sequence[Part]
    hidden: Sequence[tuple[str, str]]


def parts_of(draft: Draft) -> Parts:
    """The sections as they show now."""
    subject, found = draft.subject, []
    shown: set[str] = set()
    may = writable(subject)
    for section in subject.outline.shown(draft.seen):
        asked = [one for item in section.items.values() if (one := _item(draft, item, may)) is not None]
        shown |= section.items.keys()
        if asked:
            found.append(Part(section, asked))
    if draft.fresh:
        _focus(found)
    hidden = [pair for name, raw in draft.typed.raw.items() if name not in shown for pair in flat(name, raw)]
    return Parts(found, hidden)


def _focus(parts: list[Part]) -> None:
    """The first field that waits for something takes the focus."""
    for number, part in enumerate(parts):
        for place, one in enumerate(part.fields):
            waits = not one.raw or not isinstance(one.raw, str)
            if waits and not one.state.locked and one.declared.type.kind != "bool":
                fields = [*part.fields]
                fields[place] = replace(one, state=replace(one.state, autofocus=True))
                parts[number] = replace(part, fields=fields)
                return


def flat(name: str, raw: Raw) -> Iterator[tuple[str, str]]:
    """A typed value as the hidden inputs that carry it along."""
    if isinstance(raw, Mapping):
        yield from ((f"{name}.{part}", text) for part, text in raw.items())
    elif isinstance(raw, tuple):
        yield from ((name, one) for one in raw)
    elif raw != "false":
        yield name, raw


def _item(draft: Draft, item: FormItem, may: frozenset[str]) -> Asked | None:
    subject = draft.subject
    declared = subject.entity.fields[item.field]
    if declared.name in may:
        return Asked(declared, draft.typed.raw.get(declared.name, ""), _state(draft, declared, item.widget))
    if not is_input(declared) and (declared.name not in subject.outline.moving or draft.seen is None):
        return None
    if is_input(declared) and draft.is_new:
        return None
    return Asked(declared, "", _fixed(draft, declared))


def _state(draft: Draft, declared: Field, widget: str) -> State:
    """What holds for a field that can be typed into, unless a condition locks it."""
    seen = draft.seen
    if seen is None and draft.refusals is NO_REFUSALS and not draft.found:
        required = declared.name in (draft.subject.outline.still or ())
        return State(required=required, widget=widget) if required or widget else FREE
    texts = draft.subject.visit.texts
    error, why = draft.refusals.of(declared.name)
    reasons = seen.locked.get(declared.name) if seen is not None else None
    if reasons is not None:
        told = Why("\n".join(reasons)) if reasons else None
        return State(locked=texts("edit.locked"), shown=_kept(draft, declared), error=error, why=told)
    return State(
        required=declared.name in (draft.subject.outline.still or () if seen is None else seen.required),
        error=error,
        why=Why("\n".join(why)) if why else None,
        widget=widget,
        barred=seen.barred.get(declared.name, frozenset()) if seen is not None else frozenset(),
        found=draft.found.get(declared.name, ()),
    )


def _fixed(draft: Draft, declared: Field) -> State:
    """What holds for a field that nobody, or not this reader, types into."""
    subject, texts = draft.subject, draft.subject.visit.texts
    if is_input(declared):
        masked = subject.view is not None and declared.name in subject.view.masked
        return State(locked=texts("edit.masked" if masked else "edit.no_right"), shown=_kept(draft, declared))
    error, why = draft.refusals.of(declared.name)
    state = State(locked=texts("edit.computed"), error=error, why=Why("\n".join(why)) if why else None)
    plain = declared.type.kind not in ("ref", "set")
    if draft.seen is None or not plain or not subject.reader.access(declared.entity, declared.name).read.always:
        return replace(state, shown=_kept(draft, declared))
    return replace(state, shown=shown_as(draft, declared, draft.seen.values.get(declared.name)))


def _kept(draft: Draft, declared: Field) -> str:
    """The value that the record has, in words."""
    view = draft.subject.view
    return shown_as(draft, declared, view.values.get(declared.name)) if view is not None else "–"


def shown_as(draft: Draft, declared: Field, value: object) -> str:
    """A value in words."""
    return shower(draft.subject.showing, declared.type, declared)(value).text or "–"
