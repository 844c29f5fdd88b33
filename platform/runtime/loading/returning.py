"""Rows that an earlier release took away and that are offered again: their records come back, with their ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from kith.runtime.context import Context
from kith.runtime.loading.memory import Memory, remember
from kith.runtime.loading.offers import Offer, offers_of
from kith.runtime.loading.rows import Rows
from kith.runtime.loading.standing import standings
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import save_within

if TYPE_CHECKING:
    from kith.runtime.release import Release


def bring_back(rows: Rows, context: Context, memories: Iterable[Memory]) -> list[Memory]:
    """Restore what was taken away, is offered again and lies untouched in the recycle bin; all that is remembered then.

    What cannot be restored, because somebody has made such a record meanwhile, is left to be matched by its key.
    """
    memories = list(memories)
    present = {(one.entity, one.key) for one in memories if not one.is_away}
    away = {(one.entity, one.key): one for one in memories if one.is_away and (one.entity, one.key) not in present}
    wanted = {offer.place: offer for offer in offers_of(rows.model, rows.names) if offer.place in away}
    back: dict[tuple[str, str], Memory] = {}
    for entity, offers in groupby(wanted.values(), key=lambda offer: offer.entity.name):
        returned = _restored(rows.release, rows, context, [(offer, away[offer.place]) for offer in offers])
        there = standings(rows.connection, rows.release, entity, [one.record for one in returned])
        back |= {(one.entity, one.record): replace(one, version=there[one.record].version) for one in returned}
    remember(rows.connection, back.values())
    return [back.get((one.entity, one.record), one) for one in memories]


def _restored(release: Release, rows: Rows, context: Context, wanted: list[tuple[Offer, Memory]]) -> list[Memory]:
    entity = wanted[0][0].entity.name
    there = standings(rows.connection, release, entity, [memory.record for _, memory in wanted])
    found: list[Memory] = []
    for offer, memory in wanted:
        standing = there.get(memory.record)
        if standing is None or standing.live or standing.version != memory.left_at:
            continue
        cause = Cause("system", detail=f"data/{offer.data.name}")
        change = Change("restore", entity, memory.record)
        (verdict,) = save_within(rows.connection, context, release, [change], cause, "each")
        if not isinstance(verdict, Refused):
            found.append(memory)
    return found
