"""Why a record is as it is: a save, a rule or a computed field, under the caller's rights."""

from __future__ import annotations

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.runtime.explaining import explain_rule, explain_save
from kith.runtime.explaining.told import save_data, value_data
from kith.runtime.explaining.valuing import explain_value

KNOWN = ("save", "rule", "field")


def explain(call: Call) -> Response:
    """Answer why: of the latest save, of the named one, of a rule (now or at a save), or of a computed field."""
    given = parameters(call.request, *KNOWN)
    about = (call.connection, call.context, call.release, call.entity.name, call.id)
    if "field" in given:
        value = explain_value(*about, given["field"])
        if value is None:
            raise stop(404, "nothing_to_explain")
        return answer({"data": value_data(given["field"], value)})
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
