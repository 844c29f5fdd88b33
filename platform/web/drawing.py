"""The fields of a form as HTML: of a stencil for each field and state while nothing is wrong, else by the component itself."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.runtime.release import Release
from kith.web.fields import Maker, State, kind_of
from kith.web.inputs import FieldInput, FormSection
from kith.web.stencils import Stencil, cut, escaped
from kith.web.templating import Templates
from kith.web.typed import PARTS, Raw

FEW = 40
"""Options up to which a choice has a stencil for each of them."""
MOST = 200
"""Stencils of one field that are kept at once."""
Sort = Literal["text", "named", "chosen", "parts", "never"]
LISTS = frozenset({"choice", "choices", "country", "currency", "language", "radio", "time_zone"})
"""Kinds that ask which of their options is chosen."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field as it shall show: what is typed, and what holds for it."""

    declared: Field
    raw: Raw
    state: State


@dataclass(frozen=True, slots=True)
class Drawn:
    """A field as HTML; `wrong` is what the summary of mistakes tells of it."""

    name: str
    html: str
    wrong: FieldInput | None = None


@dataclass(slots=True)
class Fields:
    """Draws the fields of an entity's form in one language."""

    templates: Templates
    language: str
    stencils: dict[str, dict[Hashable, Stencil]] = field(default_factory=dict)
    sorts: dict[tuple[str, str], Sort] = field(default_factory=dict)

    def drawn(self, maker: Maker, asked: Sequence[Asked]) -> list[Drawn]:
        """The fields as they show, their texts escaped all at once."""
        texts: list[str] = []
        found = [self._found(maker, one, texts) for one in asked]
        safe = iter(escaped(texts))
        return [
            Drawn(one.declared.name, stencil.fill([next(safe) for _ in range(count)]))
            if stencil is not None
            else self._plain(maker, one)
            for one, (stencil, count) in zip(asked, found, strict=True)
        ]

    def _found(self, maker: Maker, asked: Asked, into: list[str]) -> tuple[Stencil | None, int]:
        """The stencil of a field, and how many texts were added that fill it."""
        declared, state = asked.declared, asked.state
        if state.error or state.why is not None or state.found or state.placeholder:
            return None, 0
        texts: tuple[str, ...]
        if state.locked:
            key: Hashable
            key, texts = ("locked", state.locked), (state.shown,)
        else:
            varying = texts_of(maker, declared, asked.raw, self._sort(declared, state.widget))
            if varying is None:
                return None, 0
            form, texts = varying
            key = (form, state.required, state.widget, state.autofocus, state.barred)
        kept = self.stencils.setdefault(declared.name, {})
        stencil = kept.get(key)
        if stencil is None:
            if len(kept) >= MOST:
                kept.clear()
            stencil = kept[key] = cut(lambda marks: self.marked(maker, asked, marks), len(texts))
        into += texts
        return stencil, len(texts)

    def _sort(self, declared: Field, widget: str) -> Sort:
        found = self.sorts.get((declared.name, widget))
        if found is None:
            found = self.sorts[declared.name, widget] = sort_of(declared, widget)
        return found

    def _plain(self, maker: Maker, asked: Asked) -> Drawn:
        made = maker.input(asked.declared, asked.declared.name, asked.raw, asked.state)
        return Drawn(made.name, str(self.templates.ui(self.language).field(made)), made if made.error else None)

    def marked(self, maker: Maker, asked: Asked, marks: Sequence[str]) -> str:
        """The field with marks in the places of its texts."""
        declared, raw, state = asked.declared, asked.raw, asked.state
        if state.locked:
            raw, state = "", replace(state, shown=marks[0])
        elif isinstance(raw, Mapping):
            raw = dict(zip(PARTS[declared.type_name], marks, strict=True))
        elif len(marks) == 2:
            raw, maker = marks[0], replace(maker, labels={(declared.type.entity, marks[0]): marks[1]})
        elif marks:
            raw = marks[0]
        return self._plain(maker, Asked(declared, raw, state)).html


def sort_of(declared: Field, widget: str) -> Sort:
    """What of a field's input varies: its text, its parts, what it refers to, or which of a few options is chosen."""
    if declared.type_name in FILES or declared.type_name == "any_reference":
        return "never"
    if declared.type_name in PARTS:
        return "never" if "country" in PARTS[declared.type_name] else "parts"
    if declared.type.kind == "bool":
        return "chosen"
    if declared.options:
        return "chosen" if len(declared.options) <= FEW else "never"
    if declared.type.kind == "ref":
        return "named"
    return "never" if kind_of(declared, widget) in LISTS else "text"


def texts_of(maker: Maker, declared: Field, raw: Raw, sort: Sort) -> tuple[str, tuple[str, ...]] | None:
    """What decides how an input looks, and the texts that it only prints; None where it is made anew each time."""
    if isinstance(raw, str):
        if sort == "text":
            return "", (raw,)
        if sort == "named":
            return ("named", (raw, maker.labels.get((declared.type.entity, raw), raw))) if raw else ("", ())
        known = raw in ("", "true", "false") or raw in declared.options
        return (raw, ()) if sort == "chosen" and known else None
    if sort == "parts" and isinstance(raw, Mapping):
        return "", tuple([raw.get(part, "") for part in PARTS[declared.type_name]])
    return None


def fields_of(release: Release, templates: Templates, entity: str, language: str) -> Fields:
    """What draws the fields of an entity, kept with the release."""
    return release.cached(("drawn fields", entity, language), lambda: Fields(templates, language))


def section_html(release: Release, templates: Templates, language: str, section: FormSection, fields: str) -> str:
    """A section of a form around its fields."""
    key = ("drawn section", language, section.label, section.columns)
    form_section = templates.ui(language).form_section
    stencil: Stencil = release.cached(key, lambda: cut(lambda marks: form_section(section, marks[0]), 1))
    return stencil.fill((fields,))
