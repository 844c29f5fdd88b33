"""A form as its template takes it: sections, grids, what is wrong, and what travels along unseen."""

from __future__ import annotations

import json
from collections.abc import Sequence

from kith.web.forming import Draft, labels, maker_of, sections_of
from kith.web.grids import grid_of
from kith.web.inputs import FormSection, Lines
from kith.web.refusing import carried
from kith.web.typed import WAS

MOSTLY = 0.6
"""From which share of computed fields a section counts as one that adds the lines up."""


def page_context(draft: Draft) -> dict[str, object]:
    """What the template of a form needs beyond its frame."""
    maker = maker_of(draft, labels(draft))
    sections = sections_of(draft, maker)
    grids: list[Lines] = [grid_of(draft, maker, related) for related in draft.subject.outline.grids]
    inputs = [one for section in sections.sections for one in section.fields]
    inputs += [one for grid in grids for line in grid.lines for one in line.inputs]
    shown = {one.name for one in inputs}
    return {
        "sections": sections.sections,
        "hidden": sections.hidden,
        "grids": grids,
        "grids_at": _place_of_grids(draft, sections.sections),
        "told": carried(draft.refusals, draft.typed),
        "gone": [(relation, id_) for relation, ids in draft.typed.gone.items() for id_ in ids],
        "wrong": inputs,
        "messages": draft.refusals.general(draft.subject, shown),
        "was_name": WAS,
        "was": json.dumps(draft.typed.was, separators=(",", ":")),
        "typed": draft.typed,
        "live": bool(draft.subject.outline.conditional or draft.subject.outline.moving or _follows(draft)),
    }


def _follows(draft: Draft) -> bool:
    """Whether what one types decides what may, must or can be typed elsewhere."""
    model = draft.subject.visit.model
    lines = [model.entities[draft.subject.entity.inverses[one.relation].entity] for one in draft.subject.outline.grids]
    fields = [one for entity in (draft.subject.entity, *lines) for one in entity.fields.values()]
    return any(one.required_when or one.options_when or one.default_from or one.value for one in fields)


def _place_of_grids(draft: Draft, sections: Sequence[FormSection]) -> int:
    """Lines stand before the sections that only add them up, and before those of further tabs."""
    for place, section in enumerate(sections):
        if place and sum(bool(one.locked) for one in section.fields) > len(section.fields) * MOSTLY:
            return place
    return _first_tab(draft)


def _first_tab(draft: Draft) -> int:
    """How many sections the first tab has."""
    outline = draft.subject.outline
    first = next(iter(outline.tabs), "")
    return sum(section.tab in ("", first) for section in outline.shown(draft.seen))
