"""Going back to what a record was: the change that the write gate is asked for, with all that it checks of any other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

from kith.rules.plain import duration_text
from kith.runtime.past.asof import PastRecord, Then
from kith.runtime.read.query import Masked
from kith.runtime.release import Release
from kith.runtime.write.change import Cause, Change


def cause_of(past: PastRecord) -> Cause:
    """Where such a change comes from."""
    return Cause("revert", detail=f"{past.entity}/{past.id}@{past.version}")


def returnable(release: Release, past: PastRecord) -> list[Then]:
    """The fields that could return: known today, of the type of that day, told as they are, and other than now."""
    fields = release.model.entities[past.entity].fields
    return [
        one
        for one in past.fields
        if one.differs
        and one.name in fields
        and not isinstance(one.value, Masked)
        and not fields[one.name].is_computed
        and fields[one.name].type_name == one.field.type_name
        and one.field.type_name != "autonumber"
    ]


def going_back(
    release: Release,
    past: PastRecord,
    names: Collection[str] | None = None,
    *,
    lines: bool = False,
    version: int | None = None,
) -> Change:
    """The change that brings fields back, all that could return where none are named, with `lines` the owned lines as well."""
    chosen = [one for one in returnable(release, past) if names is None or one.name in names]
    children = _children(release, past) if lines else {}
    return Change("update", past.entity, past.id, _values(chosen), children, version=version)


def lines_differ(release: Release, past: PastRecord) -> bool:
    """Whether going back would do anything to the owned lines."""
    return bool(_children(release, past))


def _children(release: Release, past: PastRecord) -> dict[str, tuple[Change, ...]]:
    found = {name: tuple(_lines(release, lines)) for name, lines in past.lines.items()}
    return {name: changes for name, changes in found.items() if changes}


def _lines(release: Release, lines: Sequence[PastRecord]) -> Iterator[Change]:
    for line in lines:
        if not line.is_there:
            if not line.deleted_now:
                yield Change("delete", "", line.id)
            continue
        values, children = _values(returnable(release, line)), _children(release, line)
        if line.deleted_now or values or children:
            yield Change("restore" if line.deleted_now else "update", "", line.id, values, children)


def _values(chosen: Sequence[Then]) -> dict[str, Any]:
    return {one.name: raw_of(one) for one in chosen}


def raw_of(then: Then) -> Any:
    """A value of the history as somebody would send it."""
    if then.raw is not None and then.field.type.kind == "duration":
        return duration_text(timedelta(microseconds=then.raw))
    return then.raw
