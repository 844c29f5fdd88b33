"""A retention rule that is new or another meets the data: how many records the next night takes."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from kith.metadata.model_privacy import STAMPS, Retention
from kith.runtime.context import Context
from kith.runtime.plan.changes import Change
from kith.runtime.plan.changes_private import ChangeRetention
from kith.runtime.plan.pairs import Pairs
from kith.runtime.privacy.overdue import overdue
from kith.runtime.release import Release
from kith.runtime.schema.storage import is_stored


def retained(
    change: ChangeRetention, connection: sa.Connection, context: Context, pairs: Pairs, base: Release
) -> Change:
    """The change with the records that have been kept long enough by it; what is erased or emptied does not come back."""
    rule = _by_former_names(change, pairs)
    if rule is None:
        return change
    wanted = overdue(context, base, pairs.former(change.entity).name, rule)
    rows = int(connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0)
    return replace(change, rows=rows, effect=("backfill" if rule.do == "delete" else "loses") if rows else "safe")


def _by_former_names(change: ChangeRetention, pairs: Pairs) -> Retention | None:
    """The rule as the release before would say it; None where nothing is kept by it yet."""
    rule = change.after
    if rule is None or rule.from_field in STAMPS:
        return rule
    former = pairs.field(pairs.after.entities[change.entity].fields[rule.from_field])
    if former is None or former.type.kind not in ("date", "datetime") or not is_stored(former):
        return None
    return replace(rule, from_field=former.name)
