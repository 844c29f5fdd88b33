"""What somebody may do with a record, and why: `GET …/{id}/access`."""

from __future__ import annotations

from starlette.responses import Response

from kith.api.calls import Call, answer, known_id
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.runtime.accessing import record_access
from kith.runtime.accessing.told import record_data
from kith.runtime.accounts.actors import actor_of_user


def access(call: Call) -> Response:
    """Answer what the caller may do with a record; who administers may ask about another `user`."""
    given = parameters(call.request, "user")
    who = call.context.actor
    if "user" in given:
        found = actor_of_user(call.connection, call.release, known_id(given["user"]))
        if found is None or not call.reader.administers:
            raise stop(404, "no_such_record")
        who = found
    told = record_access(call.connection, call.context, call.release, call.entity.name, call.id, who)
    if told is None:
        raise stop(404, "no_such_record")
    return answer({"data": record_data(told)})
