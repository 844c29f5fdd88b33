"""In which order data is loaded."""

from __future__ import annotations

from kith.metadata.model import DataSet, Model


def in_order(model: Model, *, demo: bool) -> list[DataSet]:
    """The reference data, or the demo data, such that what is referred to comes first."""
    waiting = [data for data in model.data.values() if data.demo == demo]
    ordered: list[DataSet] = []
    while waiting:
        pending = {data.of for data in waiting}
        # Where sets wait for one another, a second set about the same records, which completes them, has to wait.
        begun = {data.of for data in ordered}
        chosen = min(
            waiting,
            key=lambda data: (
                len(_named(model, data) & (pending - begun - {data.of})),
                len(_named(model, data) & (pending - {data.of})),
            ),
        )
        waiting.remove(chosen)
        ordered.append(chosen)
    return ordered


def _named(model: Model, data: DataSet) -> set[str]:
    """The entities that the rows of a data set refer to."""
    entity = model.entities[data.of]
    used = {name for row in data.rows.values() for name in row}
    found = {to for name in used if name in entity.fields for to in entity.fields[name].refers_to}
    for name in used & entity.inverses.keys():
        line = model.entities[entity.inverses[name].entity]
        found |= {to for one in line.fields.values() for to in one.refers_to}
    return found - {data.of, ""}
