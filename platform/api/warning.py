"""What a save that was carried out warns of: records that may be the same."""

from __future__ import annotations

from typing import Any

from kith.runtime.write.change import Alike, Saved


def warnings(saved: Saved) -> dict[str, Any]:
    """The part of an answer that tells of them; nothing where there are none."""
    return {"warnings": [_told(one) for one in saved.alike]} if saved.alike else {}


def _told(one: Alike) -> dict[str, Any]:
    """One of them; `record` is null where the caller may not see it, and `told` what its rule tells all the same."""
    record = {"id": one.id, "label": one.title} if one.id else None
    found: dict[str, Any] = {"code": "may_be_duplicate", "rule": one.rule, "message": one.message, "record": record}
    return found | {"why": list(one.why), "told": dict(one.told)}
