"""Values that rules and formulas give, as fields store them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kith.runtime.coerce import READERS, Misread, Reading, coerce
from kith.runtime.write.messages import failure, misread
from kith.runtime.write.reaching import stored_number

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session


def fitting(session: Session, draft: Draft, name: str, value: Any) -> Any:
    """The value as the field stores it; one that does not fit is a failure of the draft.

    What holds for what people write holds for what rules write: lengths, the least and the largest, forms of addresses.
    """
    declared = draft.plan.entity.fields[name]
    if value is None or value == "":
        return None
    if declared.type.is_number:
        fitted = stored_number(value, declared.type)
        if fitted is None:
            draft.fail(failure(session, "does_not_fit", draft, name, label=declared.label))
            return None
        value = fitted
    if declared.type_name not in READERS or not (declared.type.is_number or declared.type.kind == "text"):
        return value
    try:
        return coerce(declared, value, Reading(session.context.zone))
    except Misread as error:
        draft.fail(misread(session, draft, declared, error))
        return value
