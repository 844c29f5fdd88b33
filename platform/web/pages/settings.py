"""The settings of the app: those that are editable as a form, whose values are published as a release; all others as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from starlette.responses import Response

from kith.metadata.editing.changing import Put
from kith.metadata.editing.changing import edited as edited_text
from kith.metadata.layers.company import APP, company_of, with_company
from kith.metadata.making.settings import spelled
from kith.metadata.model import Field
from kith.metadata.model_settings import AppSetting
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.ids import new_id
from kith.runtime.read.printing import printer
from kith.runtime.wanted import Wanted, Wrong, layers_at, plan_of
from kith.runtime.write.messages import texts as said
from kith.web import addresses
from kith.web.fields import Maker, State
from kith.web.inputs import FieldInput, FormSection
from kith.web.pages.jobs import administering
from kith.web.pages.proposals import MOST_PROBLEMS, Proposed, mistake
from kith.web.pages.publishing import Told, asked, commission, commissioned, shown
from kith.web.requests import Visit
from kith.web.security import CSRF_FIELD
from kith.web.showing import Reader
from kith.web.typed import RESUME, Raw, raw_of, sent, typed_of
from kith.web.view import Link, Notice


def show(visit: Visit) -> Response:
    """All settings."""
    administering(visit)
    return _page(visit, {}, {})


def save(visit: Visit) -> Response:
    """Publish the values that were typed: at once where that is safe, else after a look at the plan."""
    administering(visit)
    done = commissioned(visit)
    if done is not None:
        return done
    fields = [one.field for one in _editable(visit)]
    # A box without its tick sends nothing.
    boxes: dict[str, Raw] = {one.name: "false" for one in fields if one.type.kind == "bool"}
    typed = boxes | typed_of(visit.form, fields, {}).raw
    values, wrong = _read(visit, fields, typed)
    if wrong or RESUME in visit.form:
        return _page(visit, typed, wrong, 422 if wrong else 200)
    settings = visit.model.app.settings
    changed = {name: value for name, value in values.items() if value != settings[name].value}
    if not changed:
        return _page(visit, typed, {}, notices=[Notice(visit.texts("settings.nothing"))])
    proposed = _proposed(visit, changed)
    if "shown" in visit.form:
        return asked(visit, proposed)
    if proposed.planned is not None and proposed.wanted is not None and proposed.planned.is_safe:
        return commission(visit, proposed, proposed.wanted)
    return shown(visit, proposed, Told())


def _editable(visit: Visit) -> list[AppSetting]:
    return [one for one in visit.model.app.settings.values() if one.editable]


def _read(visit: Visit, fields: Sequence[Field], raw: Mapping[str, Raw]) -> tuple[dict[str, object], dict[str, str]]:
    """The values that were typed, and what is wrong with them."""
    say, language = said(visit.language), visit.language
    values: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for field in fields:
        label = field.label.in_(language)
        try:
            value = coerce(
                field, sent(raw.get(field.name, "")), Reading(visit.context.zone, text=True, percent_points=True)
            )
        except Misread as error:
            wrong[field.name] = say(f"failure.{error.code}", label=label, **error.values)
            continue
        if value is None:
            wrong[field.name] = say("failure.required", label=label)
        elif field.options and value not in field.options:
            wrong[field.name] = say("failure.not_choosable", option=str(value), label=label)
        else:
            values[field.name] = value
    return values, wrong


def _proposed(visit: Visit, values: Mapping[str, object]) -> Proposed:
    """The company layer with other values, and what publishing it would do."""
    workspace, settings = visit.web.doors.workspace, visit.model.app.settings
    base = workspace.current().number
    layers = layers_at(workspace, base)
    own = company_of(layers) or with_company(layers, {})[-1]
    puts = [Put(("settings", name, "value"), spelled(settings[name].field, value)) for name, value in values.items()]
    changed = with_company(layers, {APP: edited_text(own.documents[APP], puts)})
    wanted = Wanted(base, layers=changed)
    title, hidden = visit.texts("settings.title"), [*_sent(visit)]
    try:
        planned = plan_of(workspace, wanted)
    except Wrong as wrong:
        problems = [mistake(one, visit.language) for one in wrong.problems if one.is_error][:MOST_PROBLEMS]
        notice = Notice(visit.texts("settings.unfit"), "danger")
        return Proposed(title, addresses.SETTINGS, notices=[notice], problems=problems)
    return Proposed(title, addresses.SETTINGS, wanted, planned, changed, str(base), hidden=hidden)


def _sent(visit: Visit) -> Iterator[tuple[str, str]]:
    """What the form sent, for another round of it."""
    own = (CSRF_FIELD, RESUME, "shown", "nonce", "note", "consent")
    yield from ((name, str(value)) for name, value in visit.form.multi_items() if name not in own)


def _page(
    visit: Visit,
    raw: Mapping[str, Raw],
    wrong: Mapping[str, str],
    status: int = 200,
    notices: Sequence[Notice] = (),
) -> Response:
    texts = visit.texts
    fields = [_input(visit, one, raw, wrong.get(name, "")) for name, one in visit.model.app.settings.items()]
    origin = Link(texts("plan.origin"), addresses.origin_of("app.settings", ""), "layers")
    return visit.page(
        "settings.html",
        status,
        title=texts("settings.title"),
        crumbs=(Link(texts("menu.releases"), addresses.RELEASES), Link(texts("settings.title"), addresses.SETTINGS)),
        notices=notices,
        section=FormSection(fields),
        editable=any(not one.locked for one in fields),
        action=addresses.SETTINGS,
        nonce=new_id(),
        origin=origin,
    )


def _input(visit: Visit, setting: AppSetting, raw: Mapping[str, Raw], error: str) -> FieldInput:
    """A setting as an input; what is not editable as it is."""
    field, zone = setting.field, visit.context.reader_zone
    maker = Maker(Reader(visit.model, visit.texts, str(zone)), {}, lambda _: (), lambda _: "")
    if not setting.editable:
        option = field.options.get(str(setting.value))
        said_of = printer(field.type, visit.model, visit.language, zone)
        told = option.label.in_(visit.language) if option is not None else said_of(setting.value)
        return maker.input(field, field.name, "", State(locked=visit.texts("settings.fixed"), shown=told))
    typed = raw.get(field.name, raw_of(field, setting.value, zone))
    return maker.input(field, field.name, typed, State(error=error))
