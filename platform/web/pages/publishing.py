"""Publishing what waits in the folder, and going back: the plan, the consent, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.responses import Response

from kith.runtime import commissions
from kith.runtime.commissions import Commission
from kith.runtime.database import Connection
from kith.runtime.ids import new_id
from kith.runtime.plan.planning import DRIFT, REFUSED, Plan
from kith.runtime.read.cursors import ID
from kith.runtime.wanted import Wanted, layers_at
from kith.web import addresses
from kith.web.inputs import FieldInput
from kith.web.pages.jobs import administering
from kith.web.pages.plans import TextChanges, classes_of_plan, shown_digest
from kith.web.pages.proposals import Proposed, offered, older
from kith.web.requests import Visit, go
from kith.web.typed import RESUME
from kith.web.view import Link, Notice

LONGEST_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class Told:
    """What is told beside the plan where a form was sent that is not carried out."""

    status: int = 200
    notices: Sequence[Notice] = ()
    note: str = ""
    consent: str = field(default="", kw_only=True)


def waiting(visit: Visit) -> Response:
    """What the folder offers to the release."""
    administering(visit)
    return shown(visit, offered(visit), Told())


def publish(visit: Visit) -> Response:
    """Have it published."""
    administering(visit)
    return commissioned(visit) or asked(visit, offered(visit))


def going_back(visit: Visit) -> Response:
    """What going back to a release would do."""
    administering(visit)
    return shown(visit, older(visit), Told())


def go_back(visit: Visit) -> Response:
    """Have it gone back to."""
    administering(visit)
    return commissioned(visit) or asked(visit, older(visit))


def commissioned(visit: Visit) -> Response | None:
    """Where a form that was sent already leads: a second click asks for nothing more."""
    found = commissions.find(visit.connection, visit.sent("nonce"))
    return go(addresses.publishing_of(found)) if found else None


def asked(visit: Visit, proposed: Proposed) -> Response:
    """Put the wish into the queue if it is what was shown, and what is lost was agreed to; else show it again."""
    texts, planned, wanted = visit.texts, proposed.planned, proposed.wanted
    note = visit.sent("note")[:LONGEST_NOTE]
    if RESUME in visit.form:
        # Who had to sign in again looks once more before he publishes.
        return shown(visit, proposed, Told(notices=[Notice(texts("plan.resumed"), "success")], note=note))
    if planned is None or wanted is None or planned.is_refused or planned.is_empty or not proposed.may_go:
        return shown(visit, proposed, Told(409, [Notice(texts("plan.not_now"), "warning")], note))
    if visit.sent("shown") != shown_digest(planned):
        return shown(visit, proposed, Told(409, [Notice(texts("plan.changed"), "warning")], note))
    name = planned.model.app.name
    if planned.needs_consent and visit.sent("consent").strip() != name:
        return shown(visit, proposed, Told(422, note=note, consent=texts("plan.consent_wrong", name=name)))
    return commission(visit, proposed, wanted, note, allow_loss=planned.needs_consent)


def commission(
    visit: Visit, proposed: Proposed, wanted: Wanted, note: str = "", *, allow_loss: bool = False
) -> Response:
    """Put the wish into the queue, and show how far it is."""
    nonce = visit.sent("nonce") if ID.fullmatch(visit.sent("nonce")) else new_id()
    wish = Commission(wanted, visit.context.actor, nonce, note, allow_loss, proposed.folder)
    workspace = visit.web.doors.workspace

    def work(connection: Connection) -> str:
        return commissions.put(connection, workspace, wish, visit.context.now)

    return go(addresses.publishing_of(workspace.database.run(work)))


def shown(visit: Visit, proposed: Proposed, told: Told) -> Response:
    """The plan with what is told beside it."""
    texts, planned = visit.texts, proposed.planned
    changes = (
        TextChanges(layers_at(visit.web.doors.workspace, planned.base_number), proposed.layers) if planned else None
    )
    return visit.page(
        "plan.html",
        told.status,
        title=proposed.title,
        crumbs=(Link(texts("menu.releases"), addresses.RELEASES), Link(proposed.title, visit.path)),
        notices=[*_under_way(visit), *told.notices, *proposed.notices],
        problems=proposed.problems,
        head=_head(visit, planned) if planned else "",
        classes=classes_of_plan(visit, planned, changes, proposed.of) if planned and changes else (),
        drift=[one.message(visit.language) for one in planned.drift] if planned else (),
        drift_label=DRIFT.in_(visit.language),
        differences=changes.shown() if changes else (),
        more=changes.more if changes else 0,
        form=_form(visit, proposed, planned, told) if planned and proposed.may_go else None,
        refused=REFUSED.in_(visit.language) if planned and planned.is_refused else "",
    )


def _under_way(visit: Visit) -> list[Notice]:
    found = commissions.under_way(visit.connection)
    if not found:
        return []
    texts = visit.texts
    return [Notice(texts("plan.under_way"), "info", actions=(Link(texts("plan.see"), addresses.publishing_of(found)),))]


def _head(visit: Visit, planned: Plan) -> str:
    app, number = planned.model.app, planned.base_number
    return visit.texts("plan.head", base=number, next=number + 1, app=app.name, version=app.version)


@dataclass(frozen=True, slots=True)
class Form:
    """What is sent: where, what stays hidden, the fields, and the button."""

    action: str
    hidden: Sequence[tuple[str, str]]
    fields: Sequence[FieldInput]
    label: str
    danger: bool


def _form(visit: Visit, proposed: Proposed, planned: Plan, told: Told) -> Form | None:
    """The form that has it carried out; none where there is nothing to do, or something cannot be done."""
    if planned.is_empty or planned.is_refused:
        return None
    texts, name = visit.texts, planned.model.app.name
    note = FieldInput(
        name="note", label=texts("plan.note"), value=told.note, attributes={"maxlength": str(LONGEST_NOTE)}
    )
    consent = FieldInput(
        name="consent",
        label=texts("plan.consent", name=name),
        help=texts("plan.consent_help"),
        error=told.consent,
        required=True,
        attributes={"autofocus": ""} if told.consent else {},
    )
    label = texts("plan.go_back" if planned.back else "plan.publish", number=planned.back or planned.base_number + 1)
    hidden = (*proposed.hidden, ("shown", shown_digest(planned)), ("nonce", new_id()))
    fields = (note, consent) if planned.needs_consent else (note,)
    return Form(proposed.action, hidden, fields, label, planned.needs_consent)
