"""The imports of the proposed app: one for each sheet, which feeds all that was found in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kith.inferring.columns import Sheet
from kith.inferring.drafts import Import, Step, Value
from kith.inferring.naming import label_of, name_for
from kith.inferring.shaping import Shape
from kith.inferring.tables import Link, Table


def imports_of(shape: Shape, tables: Sequence[Table]) -> list[Import]:
    """One import for each sheet, in an order in which what is referred to comes before."""
    found: list[Import] = []
    names: set[str] = set()
    for sheet in _in_order(tables):
        own = [table for table in tables if table.sheet is sheet]
        name = name_for(sheet.name, "name", names, "rows")
        names.add(name)
        steps = [step for table in own for step in _steps(shape, table)]
        label = label_of(sheet.name)
        found.append(Import(name, label, _file(sheet), sheet.path, sheet.rows, steps, sheet.unreadable))
    return found


def _in_order(tables: Sequence[Table]) -> list[Sheet]:
    """The sheets, those that others refer to first."""
    needs: dict[int, set[int]] = {id(table.sheet): set() for table in tables}
    for table in tables:
        needs[id(table.sheet)] |= {id(link.target.sheet) for link in table.links.values()} - {id(table.sheet)}
    sheets = {id(table.sheet): table.sheet for table in tables}
    done: list[int] = []
    while len(done) < len(sheets):
        ready = [key for key in sheets if key not in done and needs[key] <= set(done)]
        done += ready or [next(key for key in sheets if key not in done)]
    return [sheets[key] for key in done]


def _file(sheet: Sheet) -> dict[str, object]:
    said = sheet.settings
    found: dict[str, object] = {"format": said.format}
    if said.format == "delimited":
        found |= {"delimiter": said.delimiter, "encoding": said.encoding}
    if said.sheet:
        found["sheet"] = said.sheet
    found["header"] = said.header
    if said.skip:
        found["skip"] = said.skip
    if said.columns:
        found["columns"] = list(said.columns)
    return found


def _steps(shape: Shape, table: Table) -> Iterator[Step]:
    """The steps of one table: first the records that are only named, then its own."""
    entity = shape.entity(table)
    values: dict[str, Value] = {}
    if table.owner is not None:
        values[shape.field(table, f"\0{id(table.owner)}")] = {"step": shape.entity(table.owner).name}
    for column, part in table.parts.items():
        if part is not table.owner:
            values[shape.field(table, column)] = {"step": shape.entity(part).name}
    for column in table.columns:
        if (id(table), column) not in shape.fields or shape.fields[id(table), column] in values:
            continue
        name, link = shape.fields[id(table), column], table.links.get(column)
        if link is None:
            values[name] = {"column": column, **table.guesses[column].reading}
        elif link.misses or link.target is table:
            stub = _stub(shape, entity.name, name, link)
            yield stub
            values[name] = {"step": stub.name}
        else:
            values[name] = {"column": column, "match": shape.entity(link.target).key_name, **_map(link, table)}
    ordered = {name: values[name] for name in entity.fields if name in values}
    yield Step(entity.name, entity.name, entity.key_name, ordered)


def _stub(shape: Shape, entity: str, field: str, link: Link) -> Step:
    """A step that makes the records which are only named."""
    target = shape.entity(link.target)
    key = target.key_name
    value: Value = {"column": link.column, **_map(link, None)}
    name = f"{entity}_{field}"[:48].strip("_")
    return Step(name, target.name, key, {key: value}, when=link.column)


def _map(link: Link, table: Table | None) -> dict[str, object]:
    found: dict[str, object] = {"map": dict(link.map)} if link.map else {}
    empty = table.guesses[link.column].reading.get("empty") if table is not None else None
    return found | ({"empty": empty} if empty else {})
