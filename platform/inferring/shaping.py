"""Tables become entities with fields, keys and references, and imports that feed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kith.inferring.drafts import Entity, Field
from kith.inferring.findings import joined, one_line
from kith.inferring.guessing.guess import Guess
from kith.inferring.hints import hints_of
from kith.inferring.keys import TEXTS, is_unique
from kith.inferring.naming import label_of, name_for, plural, singular, unused
from kith.inferring.tables import Link, Table
from kith.problems import Words

CORE = frozenset({"user", "team", "exchange_rate", "activity", "note", "file"})
"""Entities of the platform, which an app must not change by accident."""
ENOUGH = 10
"""Rows, for a column without gaps to be required."""
SEARCHED = frozenset({"email", "phone", "external_id", "person_name"})
PERSONAL = {"email": "contact", "phone": "contact", "address": "contact", "person_name": "identity"}
UNPRINTABLE = frozenset({"address", "person_name", "choices", "tags", "long_text"})
"""Types of which a record cannot be called by."""
LENGTHS = (40, 80, 120, 255)


@dataclass
class Shape:
    """Entities by table, and the field of each column."""

    entities: dict[str, Entity] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    """By identity of the table: its entity."""
    fields: dict[tuple[int, str], str] = field(default_factory=dict)
    """By table and column: its field."""

    def entity(self, table: Table) -> Entity:
        """The entity of a table."""
        return self.entities[self.names[id(table)]]

    def field(self, table: Table, column: str) -> str:
        """The field of a column."""
        return self.fields[id(table), column]


def shape(tables: Sequence[Table]) -> Shape:
    """The entities of tables, things before what refers to them."""
    found = Shape()
    stubs = {id(one.target) for table in tables for one in table.links.values() if one.misses or one.target is table}
    for table in tables:
        _entity(found, table)
    for table in tables:
        _fields(found, table, can_be_required=id(table) not in stubs)
    for table in tables:
        _title(found.entity(table), table, found)
    return found


def _entity(found: Shape, table: Table) -> None:
    """The entity of a table, with its name and labels."""
    about = table.about
    name = singular(name_for(about, "entity", (), "record"))
    label = label_of(about)
    single = Words(singular(label.en), label.zh)
    owner = table.owner
    if owner is not None and name == singular(name_for(owner.about, "entity", (), "record")):
        name, single = f"{name}_line", Words(f"{single.en} line", f"{single.zh}明细")
    name = f"{name}_record" if name in CORE else name
    name = unused(name, found.entities)
    plural_label = Words(plural(single.en), single.zh)
    found.names[id(table)] = name
    why = joined([one for one in (table.why or _sheet_said(table), table.why_key) if one.en])
    found.entities[name] = Entity(name, single, plural_label, plural(name), table.count, why)


def _sheet_said(table: Table) -> Words:
    sheet = table.sheet
    place = one_line(sheet.path.name + (f" · {sheet.settings.sheet}" if sheet.settings.sheet else ""), 80)
    return Words(f"{place}: {sheet.rows:,} rows.", f"{place}：{sheet.rows:,} 行。")


def _fields(found: Shape, table: Table, *, can_be_required: bool) -> None:
    entity = found.entity(table)
    if table.owner is not None:
        _parent(found, table, entity)
    for column, part in table.parts.items():
        if part is not table.owner:
            _to_part(found, table, column, part, can_be_required=can_be_required)
    for column in _in_order(table):
        link = table.links.get(column)
        guess = table.guesses[column]
        name = name_for(guess.column.header, "field", entity.fields, entity.name)
        found.fields[id(table), column] = name
        made = _reference(found, table, entity, name, link) if link else _plain(table, entity, name, guess)
        _requires(made, table, entity, column, can_be_required=can_be_required)
        entity.fields[name] = made
    entity.key = tuple(dict.fromkeys(_field_of(found, table, column) for column in table.key))
    if len(entity.key) == 1:
        only = entity.fields[entity.key[0]]
        only.keys["unique"] = "exact" if only.type in ("text", "email") and not _folds(table) else True


def _field_of(found: Shape, table: Table, column: str) -> str:
    """The field of a part of the key: where it went to the parent, the reference there."""
    if (id(table), column) in found.fields or table.owner is None:
        return found.fields[id(table), column]
    return found.fields[id(table), f"\0{id(table.owner)}"]


def _folds(table: Table) -> bool:
    column = table.column(table.key[0])
    return len({text.casefold() for _, text, _ in column.each()}) == column.distinct


def _in_order(table: Table) -> list[str]:
    """The key first, then the others as they stand."""
    own = [name for name in table.columns if name not in table.parts or table.parts[name] is table.owner]
    own = [name for name in own if table.owner is None or name not in table.owner.columns]
    return sorted(own, key=lambda name: name not in table.key[:1])


def _parent(found: Shape, table: Table, entity: Entity) -> None:
    """The reference from lines to what they are lines of."""
    assert table.owner is not None
    parent = found.entity(table.owner)
    name = name_for(parent.name, "field", entity.fields, "parent")
    keys: dict[str, object] = {"to": parent.name, "inverse": "lines", "owned": True}
    said = Words(
        f"{table.count:,} lines belong to {parent.count:,} records: owned.",
        f"{table.count:,} 条明细属于 {parent.count:,} 条记录：归其所有。",
    )
    entity.fields[name] = Field(name, parent.label, "reference", keys, said)
    entity.lines_of = parent.name
    found.fields[id(table), f"\0{id(table.owner)}"] = name


def _to_part(found: Shape, table: Table, column: str, part: Table, *, can_be_required: bool) -> None:
    """The reference to a part that was split off."""
    entity, target = found.entity(table), found.entity(part)
    name = name_for(target.name, "field", entity.fields, "thing")
    keys: dict[str, object] = {"to": target.name, "inverse": inverse_of(found, target, entity, name)}
    if can_be_required:
        keys["required"] = True
    entity.fields[name] = Field(name, target.label, "reference", keys, part.why or Words("", ""))
    found.fields[id(table), column] = name
    entity.fields[name].filled = table.count


def inverse_of(found: Shape, target: Entity, source: Entity, name: str) -> str:
    """What the records over there call these: a name that no field and no other reference has there."""
    used = {*target.fields} | {
        str(one.keys["inverse"])
        for entity in found.entities.values()
        for one in entity.fields.values()
        if one.keys.get("to") == target.name and "inverse" in one.keys
    }
    wanted = f"{source.plural_name}_by_{name}"[:48] if source is target else source.plural_name
    if wanted in used:
        wanted = f"{source.plural_name}_by_{name}"[:48].strip("_")
    return unused(wanted, used)


def _reference(found: Shape, table: Table, entity: Entity, name: str, link: Link) -> Field:
    target, column = found.entity(link.target), table.column(link.column)
    keys: dict[str, object] = {"to": target.name, "inverse": inverse_of(found, target, entity, name)}
    return Field(name, label_of(column.header), "reference", keys, link.why, column, column.filled)


def _plain(table: Table, entity: Entity, name: str, guess: Guess) -> Field:
    column = guess.column
    type_, keys = guess.type, dict(guess.keys)
    if type_ == "person_name" and guess.column.name in table.key:
        type_ = "text"
    if type_ == "choice" and column.name in table.key:
        type_, keys = "text", {}
    if type_ == "text":
        longest = max((len(text) for _, text, _ in column.each()), default=0)
        keys["max_length"] = next((size for size in LENGTHS if longest * 1.5 <= size), 255)
    if type_ in SEARCHED or (type_ == "text" and (column.name in table.key or "name" in hints_of(column.header))):
        keys["search"] = True
    if type_ in PERSONAL:
        keys["personal"] = PERSONAL[type_]
    identifies = type_ in ("email", "external_id") and column.name not in table.key and not table.is_split
    if identifies and table.sheet.rows >= ENOUGH and is_unique(guess, table.sheet.rows):
        keys["unique"] = True
    return Field(name, label_of(column.header), type_, keys, guess.why, column, column.filled)


def _requires(made: Field, table: Table, entity: Entity, column: str, *, can_be_required: bool) -> None:
    """A column without gaps is required, unless records come into being by being named only."""
    is_key = column in table.key
    if is_key or (
        can_be_required and table.column(column).is_full and table.sheet.rows >= ENOUGH and made.type != "boolean"
    ):
        made.keys["required"] = True
        said = Words("Never empty: required.", "从不为空：必填。")
        made.why = joined((made.why, said))


def _title(entity: Entity, table: Table, found: Shape) -> None:
    """What a record is called: its name, with the number where that is the key; else its first text, else what it refers to."""
    texts = [one for one in entity.fields.values() if one.type in TEXTS]
    named = next(
        (one for one in texts if one.column and "name" in hints_of(one.column.header) and "required" in one.keys), None
    )
    key = entity.fields[entity.key[0]] if entity.key else None
    if key is not None and named is not None and named is not key:
        entity.title = f"{{{named.name}}}" if key.type == "integer" else f"{{{named.name}}} · {{{key.name}}}"
    elif key is not None and key.type != "reference":
        entity.title = f"{{{key.name}}}"
    elif named or texts:
        entity.title = f"{{{(named or texts[0]).name}}}"
    else:
        first = next((one.name for one in entity.fields.values() if one.type not in UNPRINTABLE), "created_at")
        entity.title = f"{{{first}}}"
    # A composite key reads best with all that is short in it.
    if len(entity.key) > 1 and not named:
        short = [name for name in entity.key if entity.fields[name].type in TEXTS | {"date", "reference"}]
        entity.title = " · ".join(f"{{{name}}}" for name in short[:2]) or entity.title


def labels(words: Words) -> Mapping[str, str]:
    """A label as documents write it."""
    return {"en": words.en, "zh-CN": words.zh}
