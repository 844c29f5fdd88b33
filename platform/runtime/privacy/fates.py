"""What erasing does with each record: it goes, or stays without its personal data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.privacy.ties import Ids, about, held_by_others
from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class Fates:
    """The records that go, those that stay emptied, and of the latter those that had to go but that others need."""

    gone: Ids
    emptied: Ids
    needed: Ids

    @property
    def all(self) -> dict[str, list[str]]:
        """Every record, by entity."""
        names = dict.fromkeys((*self.gone, *self.emptied))
        return {name: [*self.gone.get(name, ()), *self.emptied.get(name, ())] for name in names}


def fates_of(connection: sa.Connection, release: Release, entity: str, ids: Iterable[str], do: str = "") -> Fates:
    """What becomes of records and of all that hang on them; `do` is what their own retention says, where that is why."""
    found = about(connection, release, entity, ids)
    going = {name: set(some) for name, some in found.items() if _goes(release, name, entity, do)}
    needed: dict[str, set[str]] = {}
    while held := held_by_others(connection, release, going):
        for name, some in held.items():
            going[name] -= set(some)
            needed.setdefault(name, set()).update(some)
        going = {name: some for name, some in going.items() if some}
    return Fates(
        {name: sorted(some) for name, some in going.items()},
        {name: left for name, some in found.items() if (left := sorted(set(some) - going.get(name, set())))},
        {name: sorted(some) for name, some in needed.items()},
    )


def _goes(release: Release, name: str, top: str, do: str) -> bool:
    """Whether records go; lines share the fate of their parent."""
    entity = release.model.entities[name]
    if do and name == top:
        return do == "erase"
    if entity.owner_of_lines:
        return _goes(release, entity.fields[entity.owner_of_lines].to, top, do)
    return entity.erasure == "erase"
