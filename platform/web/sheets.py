"""A form in which nothing hangs on what is typed, as one stencil: a request fills in what the record holds, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kith.metadata.model import Field
from kith.runtime.read.query import Reference
from kith.web.drawing import Asked, Fields, fields_of, section_html, sort_of
from kith.web.fields import Maker
from kith.web.forming import Draft, maker_of, parts_of
from kith.web.inputs import FormSection
from kith.web.showing import shower
from kith.web.stencils import Stencil, cut, escaped
from kith.web.subject import Subject
from kith.web.typed import Typed, mark, raw_of

Fill = Callable[[Subject, object], tuple[str, str]]
"""Makes the text or HTML that stands in a field's place of its value, and the sign of what is typed (see `mark`)."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The fields of a form; each name has its place in the stencil, and only those that are `typed` have a sign."""

    names: tuple[str, ...]
    fills: tuple[Fill, ...]
    typed: frozenset[str]
    stencil: Stencil

    def filled(self, subject: Subject) -> tuple[Markup, dict[str, str]]:
        """The fields of a record as HTML, and the signs of what stands in them."""
        values = subject.record.values
        found = [fill(subject, values.get(name)) for name, fill in zip(self.names, self.fills, strict=True)]
        signs = {name: sign for name, (_, sign) in zip(self.names, found, strict=True) if name in self.typed}
        html = self.stencil.fill(escaped([text for text, _ in found]))
        return Markup(html), signs  # noqa: S704 - the template's own, and what was escaped


def sheet_of(subject: Subject) -> Sheet | None:
    """The sheet of a record's form, kept with the release; None where what is typed decides how the form looks."""
    if subject.outline.still is None:
        return None
    visit, record = subject.visit, subject.record
    showing = subject.showing
    key = (
        "sheet",
        subject.reader.key,
        subject.entity.name,
        visit.language,
        showing.zone,
        record.writable,
        record.masked,
    )
    return visit.release.cached(key, lambda: _sheet(subject))


def _sheet(subject: Subject) -> Sheet:
    visit = subject.visit
    drawer = fields_of(visit.release, visit.web.templates, subject.entity.name, visit.language)
    parts = parts_of(Draft(subject, Typed(), None)).parts
    asked = [one for part in parts for one in part.fields]

    def draw(marks: Sequence[str]) -> str:
        places, body = iter(marks), []
        for part in parts:
            section = FormSection((), part.section.label.in_(visit.language), columns=part.section.columns)
            fields = [f"{_outlined(drawer, maker_of(subject, {}), one, next(places))}\n" for one in part.fields]
            body.append(section_html(visit.release, visit.web.templates, visit.language, section, "".join(fields)))
        return "".join(body)

    return Sheet(
        tuple(one.declared.name for one in asked),
        tuple(_fill(subject, drawer, one) for one in asked),
        frozenset(one.declared.name for one in asked if not one.state.locked),
        cut(draw, len(asked)),
    )


def _outlined(drawer: Fields, maker: Maker, asked: Asked, place: str) -> str:
    """A field around its text where only that varies, else the place of the whole field."""
    if asked.state.locked or sort_of(asked.declared, asked.state.widget) == "text":
        return drawer.marked(maker, asked, [place])
    return place


def _fill(subject: Subject, drawer: Fields, asked: Asked) -> Fill:
    """How the place of a field is filled."""
    declared, state, zone = asked.declared, asked.state, subject.visit.context.reader_zone
    if state.locked:
        show = shower(subject.showing, declared.type, declared)
        return lambda subject, value: (show(value).text or "–", "")

    def text(subject: Subject, value: object) -> tuple[str, str]:
        raw = raw_of(declared, value, zone)
        assert isinstance(raw, str)
        return raw, mark(raw)

    def whole(subject: Subject, value: object) -> tuple[str, str]:
        raw = raw_of(declared, value, zone)
        (drawn,) = drawer.drawn(maker_of(subject, _labels(subject, declared, value)), [Asked(declared, raw, state)])
        return Markup(drawn.html), mark(raw)  # noqa: S704 - of a component

    sort = sort_of(declared, state.widget)
    if sort == "named":
        return _named(subject, drawer, asked, whole)
    if sort == "chosen" and declared.type.kind != "set":
        return _chosen(whole)
    return text if sort == "text" else whole


def _chosen(whole: Fill) -> Fill:
    """Each of a few values is drawn once."""
    known: dict[object, tuple[str, str]] = {}

    def fill(subject: Subject, value: object) -> tuple[str, str]:
        if value not in known:
            known[value] = whole(subject, value)
        return known[value]

    return fill


def _named(subject: Subject, drawer: Fields, asked: Asked, whole: Fill) -> Fill:
    """A reference looks one way where it is empty, and another where it names a record."""
    stencil = cut(lambda marks: drawer.marked(maker_of(subject, {}), asked, marks), 2)
    empty, no_access = whole(subject, None), subject.visit.texts("value.no_access")

    def fill(subject: Subject, value: object) -> tuple[str, str]:
        if not isinstance(value, Reference):
            return empty
        html = stencil.fill(escaped((value.id, value.label if value.visible else no_access)))
        return Markup(html), mark(value.id)  # noqa: S704 - the template's own, and what was escaped

    return fill


def _labels(subject: Subject, declared: Field, value: object) -> dict[tuple[str, str], str]:
    """What the members of a set are called."""
    entity, no_access = (declared.type.item or declared.type).entity, subject.visit.texts("value.no_access")
    members = value if isinstance(value, tuple) else ()
    found = [one for one in members if isinstance(one, Reference)]
    return {(entity, one.id): one.label if one.visible else no_access for one in found}
