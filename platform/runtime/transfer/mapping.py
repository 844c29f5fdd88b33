"""What a row of a file feeds: the steps of a mapping, or the columns of a file that are called as fields are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kith.metadata.model import Entity, Field, Import, ImportStep, ImportValue, Model
from kith.runtime.transfer.table import Unreadable

ID = "id"


@dataclass(frozen=True, slots=True)
class Step:
    """One entity that rows feed; `key` are the fields by which records are found, () where each row makes one."""

    name: str
    entity: Entity
    mode: str
    key: tuple[str, ...]
    values: Mapping[str, ImportValue]
    when: str
    parent: str = ""
    """Owned lines: the step that feeds the record they hang on, "" where the rows name it otherwise."""
    saved_with: str = ""
    """The line step with which this step's records are saved, for they are one tree."""

    @property
    def owner(self) -> Field | None:
        """The reference from an owned line to its parent."""
        return self.entity.fields[self.entity.owner_of_lines] if self.entity.owner_of_lines else None

    def column(self, field: str) -> str:
        """What the author of a file calls a field."""
        value = self.values.get(field)
        return value.column if value is not None and value.column else field


def steps_of(model: Model, mapping: Import) -> tuple[Step, ...]:
    """The steps of a document; raises Unreadable where it names no key."""
    steps = [_step(model, step) for step in mapping.steps.values()]
    return tuple(_grouped(steps, index) for index in range(len(steps)))


def _step(model: Model, step: ImportStep) -> Step:
    entity = model.entities[step.entity]
    parent = step.values.get(entity.owner_of_lines).step if entity.owner_of_lines in step.values else ""  # type: ignore[union-attr]
    return Step(step.name, entity, step.mode, key_fields(entity, step.key), step.values, step.when, parent)


def key_fields(entity: Entity, key: str) -> tuple[str, ...]:
    """The fields of a key, or the one field that is a key by itself."""
    if not key:
        return ()
    if key in entity.keys:
        return entity.keys[key].fields
    if key != ID and key not in entity.fields:
        raise Unreadable("no_key", entity=entity.name, key=key)
    return (key,)


def _grouped(steps: Sequence[Step], index: int) -> Step:
    """Records are saved together with the lines of a later step, unless a step in between names them."""
    step = steps[index]
    for later in steps[index + 1 :]:
        if later.parent == step.name:
            return Step(step.name, step.entity, step.mode, step.key, step.values, step.when, step.parent, later.name)
        if any(value.step == step.name for value in later.values.values()):
            return step
    return step


def columns_wanted(steps: Sequence[Step]) -> tuple[str, ...]:
    """The columns that a file must have."""
    found: dict[str, None] = {}
    for step in steps:
        found |= dict.fromkeys(value.column for value in step.values.values() if value.column)
        if step.when:
            found[step.when] = None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Direct:
    """A file whose columns are fields of one entity; `ignored` columns are none, or computed."""

    step: Step
    ignored: tuple[str, ...]


def direct(model: Model, entity: Entity, columns: Sequence[str], *, key: str = "", mode: str = "") -> Direct:
    """The one step of a file without a mapping; raises Unreadable where no column is a field."""
    names = {column: _field_called(entity, column) for column in columns}
    used: dict[str, ImportValue] = {}
    for column, name in names.items():
        if name and name not in used:
            declared = entity.fields.get(name)
            match = _match(model, declared) if declared is not None else ""
            used[name] = ImportValue(column=column, match=match)
    if not used:
        raise Unreadable("nothing_known", entity=entity.name, columns=", ".join(columns))
    fields = key_fields(entity, key) if key else _key(entity, used)
    chosen = mode or ("upsert" if fields else "create")
    step = Step(entity.name, entity, chosen, fields if chosen != "create" else (), used, "")
    return Direct(step, tuple(column for column, name in names.items() if not name))


def _field_called(entity: Entity, column: str) -> str:
    """The field that a column means, by its name or its label in any language; "" for none and for computed ones."""
    wanted = column.strip().casefold()
    if wanted == ID:
        return ID
    for declared in entity.fields.values():
        called = {declared.name, *(text.casefold() for text in declared.label.texts.values())}
        if wanted in called:
            return "" if declared.is_computed else declared.name
    return ""


def _match(model: Model, declared: Field) -> str:
    """The field of the target by which texts name it."""
    target = model.entities.get(declared.to)
    return text_key(target) if target is not None else ""


def text_key(entity: Entity) -> str:
    """The first text by which records of an entity are told apart, or ""."""
    return next((name for name in single_keys(entity) if entity.fields[name].type.kind == "text"), "")


def single_keys(entity: Entity) -> tuple[str, ...]:
    """The fields that are keys by themselves."""
    keyed = [key.fields[0] for key in entity.keys.values() if len(key.fields) == 1]
    found = dict.fromkeys([*(one.name for one in entity.fields.values() if one.unique), *keyed])
    return tuple(name for name in found if name in entity.fields)


def _key(entity: Entity, used: Mapping[str, ImportValue]) -> tuple[str, ...]:
    """The first key of which the file has every field: the id, a unique field, a key."""
    if ID in used:
        return (ID,)
    single = next(((name,) for name in single_keys(entity) if name in used), ())
    return single or next((key.fields for key in entity.keys.values() if all(one in used for one in key.fields)), ())


def as_id(value: object) -> str | None:
    """A text as the id of a record, where it is one."""
    text = str(value).strip()
    if len(text) not in (32, 36):
        return None
    try:
        return str(UUID(text))
    except ValueError:
        return None
