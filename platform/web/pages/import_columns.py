"""What the columns of a file feed, how their texts are read, and how records are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Entity
from kith.runtime import probing
from kith.runtime.importing import drafts, working
from kith.runtime.importing.plans import DATES, MODES, Feed, Plan, problems_of, step_of, ways_of
from kith.runtime.read.query import Denied
from kith.runtime.transfer.importing import authorise
from kith.runtime.transfer.mapping import ID
from kith.web.answering import action, page
from kith.web.importing import Importing, fields_of, importing_of
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go
from kith.web.view import Choice

CONSTANTS = 3
"""Values for all rows that the form has room for."""
LONGEST = 1_000
"""Characters of such a value."""


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column with its first texts, the field that it feeds, and the ways to read it."""

    index: int
    column: str
    sample: str
    field: str
    ways: Sequence[Choice]
    way: str


def routes(web: Web, one: str) -> Sequence[Route]:
    """The routes of this step."""
    return (
        Route(f"{one}/columns", page(web, show), methods=["GET"]),
        Route(f"{one}/columns", action(web, feed, expired), methods=["POST"]),
    )


def show(visit: Visit) -> Response:
    """What the columns feed so far."""
    found = importing_of(visit)
    return go(found.address("result")) if found.draft.run else _page(found, found.draft.plan)


def _page(found: Importing, plan: Plan, mistakes: Sequence[str] = ()) -> Response:
    visit = found.visit
    constants = [*plan.constants.items(), *[("", "")] * CONSTANTS][:CONSTANTS]
    fields = fields_of(found.subject.reader, found.entity)
    known = [Choice(one.name, one.label.in_(visit.language)) for one in fields]
    if plan.mode == "create" or found.subject.reader.administers or plan.key == ID:
        known.append(Choice(ID, visit.texts("imports.id")))
    return visit.page(
        "import_columns.html",
        422 if mistakes else 200,
        **found.frame("columns"),
        mistakes=mistakes,
        modes=[Choice(one, visit.texts(f"imports.mode.{one}")) for one in MODES],
        mode=plan.mode,
        keys=found.finders(),
        key=plan.key,
        fields=known,
        rows=[_row(found, plan, index) for index in range(len(plan.feeds))],
        constants=constants,
        sends=not plan.quiet,
        recalled=found.draft.recalled,
        needed=_needed(found.entity, plan, visit.language),
        back=found.address("file"),
    )


def _row(found: Importing, plan: Plan, index: int) -> ColumnRow:
    feed, say = plan.feeds[index], found.visit.texts
    declared = found.entity.fields.get(feed.field)
    ways = ways_of(found.visit.model, declared)
    choices: list[Choice] = []
    if declared is not None and ways:
        target = found.visit.model.entities.get(declared.to)
        usual = "date" if ways == DATES else "reference" if target is not None else "number"
        choices = [Choice("", say(f"imports.usual.{usual}"))]
        for way in ways:
            label = (
                target.fields[way].label.in_(found.visit.language)
                if target is not None
                else say(f"imports.way.{way}")
                if way == "comma"
                else way
            )
            choices.append(Choice(way, label))
    texts = dict.fromkeys(row[index] for row in found.draft.look.sample if index < len(row) and row[index])
    sample = say("mark.list").join(list(texts)[:3])
    return ColumnRow(index, feed.column, sample[:120], feed.field, choices, feed.way)


def _needed(entity: Entity, plan: Plan, language: str) -> list[str]:
    """Required fields that nothing feeds, where records are made."""
    if plan.mode == "update":
        return []
    fed = {one.field for one in plan.feeds} | {*plan.constants}
    return [
        one.label.in_(language)
        for one in entity.fields.values()
        if one.required and one.name not in fed and one.default is None and one.default_from is None
        and not one.is_computed and one.type_name != "autonumber"
    ]  # fmt: skip


def feed(visit: Visit) -> Response:
    """Keep what was said; then show it anew, or have the whole file tried."""
    found = importing_of(visit)
    if found.draft.run:
        return go(found.address("result"))
    plan = _sent(found)
    if visit.sent("_again"):
        visit.write(
            lambda connection: drafts.keep(connection, visit.context, replace(found.draft, plan=plan, tried=""))
        )
        return go(found.address("columns"))
    if mistakes := _mistakes(found, plan):
        return _page(found, plan, mistakes)
    return tried(found, plan)


def tried(found: Importing, plan: Plan) -> Response:
    """Have the whole file tried by a job."""
    visit, draft = found.visit, replace(found.draft, plan=plan)
    if probing.wait(visit.web.doors, visit.context):
        raise Stop(429)
    visit.write(lambda connection: working.put(connection, visit.context, visit.release, draft, working.TRY))
    return go(found.address("check"))


def _sent(found: Importing) -> Plan:
    """The plan that the form says, as far as the reader may."""
    visit, plan = found.visit, found.draft.plan
    known = {one.name for one in fields_of(found.subject.reader, found.entity)} | {ID}
    feeds: list[Feed] = []
    for index, one in enumerate(plan.feeds):
        name = visit.sent(f"field.{index}")
        name = name if name in known else ""
        same = name == one.field
        ways = ways_of(visit.model, found.entity.fields.get(name))
        way = visit.sent(f"way.{index}")
        feeds.append(Feed(one.column, name, way if way in ways else "", one.map if same else {}))
    mode = visit.sent("mode") if visit.sent("mode") in MODES else plan.mode
    pairs = [(visit.sent(f"constant.{index}"), visit.sent(f"value.{index}")[:LONGEST]) for index in range(CONSTANTS)]
    constants = {name: value for name, value in pairs if name in known and name != ID and value}
    key = visit.sent("key") if visit.sent("key") in {one.value for one in found.finders()} else ""
    quiet = not visit.sent("sends")
    return replace(plan, mode=mode, key=key, feeds=tuple(feeds), constants=constants, quiet=quiet)


def _mistakes(found: Importing, plan: Plan) -> list[str]:
    visit = found.visit
    problems = problems_of(found.entity, plan)
    told = [
        visit.texts(f"imports.wrong.{code}", **{name: found.name(value) for name, value in values.items()})
        for code, values in problems
    ]
    if told:
        return told
    try:
        authorise(visit.context, visit.release, [step_of(visit.model, found.entity, plan)])
    except Denied as denied:
        return [denied.message]
    return []
