"""Why a record is as it is: a save, a rule, a computed field, a list that has it or not; under the caller's rights."""

from __future__ import annotations

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.runtime.explaining import explain_list, explain_rule, explain_save
from kith.runtime.explaining.told import save_data, value_data
from kith.runtime.explaining.valuing import explain_value

KNOWN = ("save", "rule", "field", "view", "segment")


def explain(call: Call) -> Response:
    """Answer why: of the latest save or the named one, of a rule (now or at a save), of a computed field, or of a list."""
    given = parameters(call.request, *KNOWN)
    about = (call.connection, call.context, call.release, call.entity.name, call.id)
    if "field" in given:
        value = explain_value(*about, given["field"])
        if value is None:
            raise stop(404, "nothing_to_explain")
        return answer({"data": value_data(given["field"], value)})
    if "view" in given or "segment" in given:
        return in_list(call, given.get("view") or given.get("segment", ""))
    if "rule" in given:
        rule = explain_rule(*about, given["rule"], given.get("save", ""))
        if rule is None:
            raise stop(404, "nothing_to_explain")
        data = {"rule": rule.rule, "label": rule.label, "holds": rule.holds, "lines": list(rule.lines)}
        return answer({"data": data})
    save = explain_save(*about, given.get("save", ""))
    if save is None:
        raise stop(404, "nothing_to_explain")
    return answer({"data": save_data(save)})


def in_list(call: Call, name: str) -> Response:
    """Answer why a record is in the caller's list or is not."""
    about = (call.connection, call.context, call.release, call.entity.name, call.id)
    found = explain_list(*about, name, call.context.actor)
    if found is None:
        raise stop(404, "nothing_to_explain")
    return answer({"data": {"list": name, "label": found.label, "inside": found.inside, "lines": list(found.lines)}})
