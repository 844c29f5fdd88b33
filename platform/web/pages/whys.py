"""Why a record is as it is: what the rules said in one of its saves, and what they say of it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.explaining import RuleTold, explain_rule, explain_save
from kith.web import addresses
from kith.web.answering import page
from kith.web.pages.order import may_see_order
from kith.web.requests import Stop, Visit, Web, parameter
from kith.web.subject import Subject, record_of
from kith.web.templating import wanted
from kith.web.view import Link

ONE = "/records/{entity}/{id}"
ICONS = {"held": "check", "refused": "x", "fired": "zap", "when": "minus", "moved": "refresh-cw"}
ORDER = ("refused", "fired", "held", "when")
MOST_RULES = 100


def routes(web: Web) -> Sequence[Route]:
    """The routes of explanations."""
    return (
        Route(ONE + "/saves/{save}", page(web, show_save), methods=["GET"]),
        Route(ONE + "/rules", page(web, show_rules), methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One rule on the page."""

    label: str
    verdict: str
    icon: str
    lines: Sequence[str]
    did: Sequence[str] = ()


def show_save(visit: Visit) -> Response:
    """What the rules said in one save of a record."""
    subject = record_of(visit, deleted=True)
    save = parameter(visit.request, "save")
    found = explain_save(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id, save)
    if found is None:
        raise Stop(404)
    texts = visit.texts
    now = Link(texts("whys.rules_link"), f"{subject.address}/rules", dialog=True)
    notes = [texts("whys.release", release=str(found.release))]
    notes += [texts(f"whys.{word}") for word in ("erased", "together") if getattr(found, word)]
    # What was done comes first, then what that moved, then what merely held or did not apply.
    rules = {verdict: [_told(subject, one) for one in found.rules if one.verdict == verdict] for verdict in ORDER}
    moved = [f"{one.sentence} · {texts('whys.wave', wave=one.wave)}" for one in found.moved]
    sums = [Told(texts("whys.moved"), texts("whys.verdict.moved"), ICONS["moved"], moved)] if moved else []
    told = [*rules["refused"], *rules["fired"], *sums, *rules["held"], *rules["when"]]
    return _shown(subject, texts("whys.save_title"), notes, told, "none", now)


def show_rules(visit: Visit) -> Response:
    """What every rule of the entity says of the record as it stands."""
    subject = record_of(visit)
    texts = visit.texts
    told = []
    for rule in visit.model.rules.get(subject.entity.name, ())[:MOST_RULES]:
        found = explain_rule(
            visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id, rule.path
        )
        if found is not None:
            verdict = texts("whys.holds" if found.holds else "whys.fails")
            told.append(Told(found.label, verdict, ICONS["held" if found.holds else "when"], found.lines))
    title = texts("whys.rules_title", title=subject.record.title)
    order = Link(texts("whys.order_link"), f"/order/{subject.entity.name}", dialog=True)
    return _shown(subject, title, [], told, "no_rules", order if may_see_order(visit) else None)


def _told(subject: Subject, one: RuleTold) -> Told:
    texts = subject.visit.texts
    of_this = one.record == subject.record.id
    label = one.label if of_this else texts("whys.on", label=one.label, title=one.title)
    if one.wave > 1:
        label = f"{label} · {texts('whys.wave', wave=one.wave)}"
    verdict = texts(f"whys.verdict.{one.verdict}")
    chain = (texts("whys.chain", chain=one.chain),) if one.chain else ()
    lines = (*one.why, *chain) or (() if one.did else (one.sentence,))
    return Told(label, verdict, ICONS.get(one.verdict, "activity"), lines, one.did)


def _shown(
    subject: Subject, title: str, notes: Sequence[str], rules: Sequence[Told], empty: str, further: Link | None = None
) -> Response:
    visit = subject.visit
    context = {
        "title": title,
        "crumbs": (*subject.crumbs, Link(title, visit.here)),
        "notes": notes,
        "rules": rules,
        "empty": visit.texts(f"whys.{empty}"),
        "further": further,
        "back": addresses.record_of(subject.entity.name, subject.record.id),
    }
    if wanted(visit.request, "dialog-body"):
        return visit.block("whys.html", "content", **context)
    return visit.page("whys.html", **context)
