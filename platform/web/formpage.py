"""A form as its template takes it: sections, grids, what is wrong, and what travels along unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from kith.metadata.model import Section
from kith.web.alike import is_looked_at
from kith.web.drawing import Drawn, fields_of, section_html
from kith.web.forming import NO_REFUSALS, Draft, Part, labels, maker_of, parts_of
from kith.web.grids import grid_of
from kith.web.inputs import FormSection, Lines
from kith.web.refusing import carried
from kith.web.requests import Visit
from kith.web.sheets import Sheet
from kith.web.subject import Subject
from kith.web.templating import Drawing
from kith.web.typed import GONE, TOLD, WAS

SIGNS = json.JSONEncoder(separators=(",", ":"))
MOSTLY = 0.6
"""From which share of computed fields a section counts as one that adds the lines up."""


def drawing_of(draft: Draft, block: str, around: Mapping[str, str]) -> Drawing:
    """A block of the form's template; `around` are texts that stand around its fields."""
    typed = draft.typed
    return _drawing(draft.subject, block, typed.version, typed.id, typed.was, {**around, **_fields(draft)})


def drawing_of_sheet(sheet: Sheet, subject: Subject, around: Mapping[str, str]) -> Drawing:
    """The whole form of a record of which the sheet draws the fields."""
    body, was = sheet.filled(subject)
    record, fields = subject.record, {"body": body, "unseen": "", "summary": ""}
    return _drawing(subject, "content", record.version, record.id, was, {**around, **fields})


def _drawing(
    subject: Subject, block: str, version: int | None, id_: str, was: Mapping[str, str], texts: Mapping[str, str]
) -> Drawing:
    live, versioned = subject.outline.live, version is not None
    filed, asks = subject.outline.filed, is_looked_at(subject)
    fixed = {
        "icon_name": subject.icon,
        "live": live,
        "versioned": versioned,
        "filed": filed,
        "asks": asks,
        "was_name": WAS,
    }
    texts = {"alike": "", **texts, "was": SIGNS.encode(was), "id": id_, "version": str(version)}
    return Drawing("form.html", block, (subject.icon, live, versioned, filed, asks), texts, lambda: fixed)


def _fields(draft: Draft) -> dict[str, str]:
    """The fields, what the form carries along unseen, and the summary of what is wrong, as HTML."""
    visit, maker, found = draft.subject.visit, maker_of(draft.subject, labels(draft)), parts_of(draft)
    ui = visit.web.templates.ui(visit.language)
    drawer = fields_of(visit.release, visit.web.templates, draft.subject.entity.name, visit.language)
    drawn = [drawer.drawn(maker, part.fields) for part in found.parts]
    body = [_section(visit, part.section, fields) for part, fields in zip(found.parts, drawn, strict=True)]
    grids: list[Lines] = [grid_of(draft, maker, related) for related in draft.subject.outline.grids]
    place = _place_of_grids(draft, found.parts) if grids else 0
    body[place:place] = [ui.grid(grid) for grid in grids]
    unseen = [*found.hidden, *((f"{GONE}.{name}", id_) for name, ids in draft.typed.gone.items() for id_ in ids)]
    unseen += draft.typed.left
    if told := carried(draft.refusals, draft.typed):
        unseen.append((TOLD, told))
    return {
        "body": Markup("".join(body)),  # noqa: S704 - of components alone
        "unseen": ui.hidden_fields(unseen) if unseen else "",
        "summary": _summary(draft, [one for fields in drawn for one in fields], grids, ui),
    }


def _section(visit: Visit, section: Section, fields: Sequence[Drawn]) -> str:
    plain = FormSection((), section.label.in_(visit.language), columns=section.columns)
    html = "".join([f"{one.html}\n" for one in fields])
    return section_html(visit.release, visit.web.templates, visit.language, plain, html)


def _summary(draft: Draft, fields: Sequence[Drawn], grids: Sequence[Lines], ui: Any) -> str:
    if draft.refusals is NO_REFUSALS:
        return ""
    cells = [one for grid in grids for line in grid.lines for one in line.inputs]
    shown = {one.name for one in fields} | {one.name for one in cells}
    messages = draft.refusals.general(draft.subject, shown)
    wrong = [*(one.wrong for one in fields if one.wrong), *(one for one in cells if one.error)]
    html: str = ui.error_summary(wrong, messages) if wrong or messages else ""
    return html


def _place_of_grids(draft: Draft, parts: Sequence[Part]) -> int:
    """Lines stand before the sections that only add them up, and before those of further tabs."""
    for place, part in enumerate(parts):
        if place and sum(bool(one.state.locked) for one in part.fields) > len(part.fields) * MOSTLY:
            return place
    return _first_tab(draft)


def _first_tab(draft: Draft) -> int:
    """How many sections the first tab has."""
    outline = draft.subject.outline
    first = next(iter(outline.tabs), "")
    return sum(section.tab in ("", first) for section in outline.shown(draft.seen))
