"""Personal data for those who administer: everything about one person, erasing it, and what the person agreed to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from kith.api.calls import Call, answer, proven
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.api.reading import only
from kith.runtime.database import Connection
from kith.runtime.privacy import consents as log
from kith.runtime.privacy.certificates import Certificate
from kith.runtime.privacy.dossier import as_data, dossier
from kith.runtime.privacy.erasing import Asked, Held, erase, look
from kith.runtime.privacy.spoken import certificate_data
from kith.runtime.privacy.ties import is_there


def subject(call: Call) -> Response:
    """Answer everything that is known about a person."""
    entity, id_ = _person(call, call.connection)
    found = dossier(call.connection, call.context, call.release, entity, id_)
    if found is None:
        raise stop(404, "no_such_record")
    return answer({"data": as_data(call.release, found)})


def erasing(call: Call) -> Response:
    """Erase a person and answer the certificate; with `preview` only what that would do. The file is rewritten by night."""
    parameters(call.request)
    body = call.json() if call.body.strip() else {}
    only(body, ("preview", "all_mentions"))
    preview, all_mentions = (_flag(body, name) for name in ("preview", "all_mentions"))

    def work(connection: Connection) -> dict[str, Any]:
        entity, id_ = _person(call, connection)
        asked = Asked(entity, (id_,), all_mentions=all_mentions)
        if preview:
            return look(connection, call.release, asked).counts()
        proven(call, connection)
        return certificate_data(Certificate(erase(connection, call.context, call.release, asked), ()))

    try:
        return answer({"data": call.doors.workspace.database.run(work)})
    except Held as held:
        raise stop(409, "held_by_law", reason=held.holds[0].reason) from None


def consents(call: Call) -> Response:
    """Answer what a person agreed to, by purpose, and all that was ever noted of it."""
    parameters(call.request)
    return answer({"data": _consents(call, call.connection)})


def consent(call: Call) -> Response:
    """Note that a person agreed to something or took it back, and answer how it stands."""
    parameters(call.request)
    body = call.json()
    only(body, ("purpose", "given", "how", "at"))
    for name in ("purpose", "given"):
        if name not in body:
            raise stop(400, "missing_part", name=name)
    given, at = _flag(body, "given"), _instant(body)

    def work(connection: Connection) -> dict[str, Any]:
        proven(call, connection)
        person = _person(call, connection)
        about = connection, call.context, call.release, person, str(body["purpose"])
        log.note(*about, given=given, how=str(body.get("how", "other")), at=at)
        return _consents(call, connection)

    try:
        return answer({"data": call.doors.workspace.database.run(work)})
    except ValueError as wrong:
        purposes, name = ", ".join(call.entity.consents), "how" if str(wrong) == body.get("how") else "purpose"
        name = "at" if at is not None and str(wrong) == str(at) else name
        expected = {"how": " | ".join(log.HOW), "purpose": purposes or "–", "at": "≤ now"}[name]
        raise stop(400, "bad_part", name=name, expected=expected) from None


def _person(call: Call, connection: Connection) -> tuple[str, str]:
    if not call.reader.administers or not is_there(connection, call.release, call.entity.name, call.id):
        raise stop(404, "no_such_record")
    return call.entity.name, call.id


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise stop(400, "bad_part", name=name, expected="true | false")
    return value


def _instant(body: dict[str, Any]) -> datetime | None:
    if body.get("at") is None:
        return None
    try:
        found = datetime.fromisoformat(str(body["at"]))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise stop(400, "bad_part", name="at", expected="2026-01-31T09:00:00+08:00")


def _consents(call: Call, connection: Connection) -> dict[str, Any]:
    entity, id_ = _person(call, connection)
    said = log.said_by(connection, call.release, entity, id_)
    shown = ("purpose", "given", "at", "how", "version", "noted_at", "actor")
    return {
        "purposes": {one.purpose.name: {"given": one.given, "outdated": one.outdated} for one in said},
        "log": [{name: row[name] for name in shown} for row in log.log_of(connection, call.release, entity, [id_])],
    }
