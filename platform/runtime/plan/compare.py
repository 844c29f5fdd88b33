"""Two models become a list of changes; nothing here asks the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from kith.metadata.model import App, Entity, Field, Label, Model, NavItem
from kith.rules.operations.business import reads_calendar
from kith.runtime.converting.ways import longest
from kith.runtime.plan.changes import (
    AddEntity,
    AddField,
    AddIndex,
    AddKey,
    AddOption,
    Change,
    ChangeEntity,
    ChangeField,
    ChangeFormula,
    ChangeSearch,
    RemoveEntity,
    RemoveField,
    RemoveIndex,
    RemoveKey,
    RemoveOption,
    RenameEntity,
    RenameField,
    RenameKey,
    RenameOption,
    RequireField,
    RetireOption,
    ReviveOption,
)
from kith.runtime.plan.changes_private import ChangeRetention
from kith.runtime.plan.changes_settings import compare_settings, reads_any, set_anew
from kith.runtime.plan.changes_told import ChangeApp, ChangeDocument, ChangeTexts
from kith.runtime.plan.moves import compare_workflows
from kith.runtime.plan.pairs import Pairs, former_options
from kith.runtime.plan.plain import differing, plain
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.plan.rights import compare_roles
from kith.runtime.schema.storage import is_stored
from kith.runtime.search.matching import searched

TOLD_APART = frozenset({"name", "fields", "keys", "indexes", "retention"})
"""Attributes of an entity that have changes of their own."""
FIELD_TOLD_APART = frozenset({"entity", "name", "type_name", "type", "to", "options", "unique", "value", "search"})
"""Attributes of a field that have changes of their own; `required` has one only when it becomes true."""
TYPE_SAYS = frozenset({"params", "storage"})
"""Attributes that follow from another type."""
DOCUMENTS: Mapping[str, Callable[[Model], Mapping[str, object]]] = {
    "form": lambda model: model.forms,
    "view": lambda model: model.views,
    "segment": lambda model: model.segments,
    "dashboard": lambda model: model.dashboards,
    "rules": lambda model: model.rules,
    "calendar": lambda model: model.calendars,
    "import": lambda model: model.imports,
    "data": lambda model: model.data,
    "tests": lambda model: model.tests,
}


def compare(pairs: Pairs) -> list[Change]:
    """All changes, entities first; refused ones among them."""
    changes = [
        *_entities(pairs),
        *(change for old, new in pairs.kept() for change in _entity(old, new, pairs)),
        *(change for kind, of in DOCUMENTS.items() for change in _documents(kind, of(pairs.before), of(pairs.after))),
        *compare_workflows(pairs),
        *compare_roles(pairs),
        *compare_settings(pairs),
        *_app(pairs),
    ]
    return changes or list(_texts(pairs))


def _entities(pairs: Pairs) -> Iterator[Change]:
    renamed = pairs.renamed()
    for entity in pairs.after.entities.values():
        old = pairs.entity(entity)
        if old is None:
            yield AddEntity(entity.name)
        elif old.name != entity.name:
            yield RenameEntity(entity.name, old.name)
    for name in pairs.before.entities:
        if name not in renamed:
            yield RemoveEntity(name)


def _entity(old: Entity, new: Entity, pairs: Pairs) -> Iterator[Change]:
    aspects = differing(old, new, TOLD_APART)
    if list(old.fields) != list(new.fields) and set(old.fields) == set(new.fields):
        aspects = (*aspects, "order")
    if aspects:
        yield ChangeEntity(new.name, aspects, effect="rights" if "seen_with" in aspects and _told(old, new) else "safe")
    if plain(old.retention) != plain(new.retention):
        yield ChangeRetention(new.name, old.retention, new.retention)
    for field in new.fields.values():
        before = pairs.field(field)
        if before is None:
            yield AddField(new.name, field.name, field.type_name)
        else:
            changes = list(_field(before, field, pairs))
            yield from changes
            if _counted_anew(field, pairs) and not any(isinstance(one, ChangeFormula) for one in changes):
                yield ChangeFormula(new.name, field.name)
    kept = pairs.renamed_fields(new)
    for name in old.fields:
        if name not in kept:
            yield RemoveField(new.name, name)
    yield from _keys(old, new, kept)
    yield from _indexes(old, new, kept)
    if _searched(old, kept) != _searched(new, {}):
        yield ChangeSearch(new.name, effect="backfill")


def _told(old: Entity, new: Entity) -> bool:
    """Whether what records are seen with says anything of those that are there: a new reference names nothing yet."""
    return old.seen_with is not None or (new.seen_with is not None and new.seen_with.field in old.fields)


def _counted_anew(field: Field, pairs: Pairs) -> bool:
    """Whether a stored value goes by a business calendar that changes, or by a setting that is set anew."""
    if field.value is None or field.storage != "stored":
        return False
    moved = pairs.before.calendar != pairs.after.calendar and reads_calendar(field.value.tree)
    return moved or reads_any(field.value.excerpt.text, set_anew(pairs))


def _searched(entity: Entity, kept: Mapping[str, str]) -> set[object]:
    """The fields whose texts are in the search rows, and what records like another are found by; each by its name now."""
    rules = (one.match.items() for one in entity.duplicates.values())
    matches = {frozenset((kept.get(name, name), way) for name, way in match) for match in rules}
    return {kept.get(field.name, field.name) for field in searched(entity)} | matches


def _field(old: Field, new: Field, pairs: Pairs) -> Iterator[Change]:
    if old.name != new.name:
        yield RenameField(new.entity, new.name, old.name)
    retyped = pairs.moves(new)
    if retyped:
        yield ChangeType(new.entity, new.name, *_spelled_apart(old, new))
    aspects = differing(old, new, FIELD_TOLD_APART | (TYPE_SAYS if retyped else frozenset()))
    if new.required and not old.required and is_stored(old):
        yield RequireField(new.entity, new.name)
        aspects = tuple(aspect for aspect in aspects if aspect != "required")
    changed = plain(old.value) != plain(new.value) or (new.is_computed and old.storage != new.storage)
    if changed and not retyped:
        yield ChangeFormula(new.entity, new.name)
        aspects = tuple(aspect for aspect in aspects if aspect != "storage")
    options = list(_options(old, new, back=pairs.pairing.is_back)) if old.options and new.options else []
    if not options and plain(old.options) != plain(new.options):
        aspects = (*aspects, "options")
    if "params" in aspects:
        aspects = (*(aspect for aspect in aspects if aspect != "params"), *_settings(old, new))
    if aspects:
        yield ChangeField(new.entity, new.name, aspects)
    yield from options


def _settings(old: Field, new: Field) -> Iterator[str]:
    """The settings of its type that differ, by name."""
    for name in dict.fromkeys((*old.params, *new.params)):
        if plain(old.params.get(name)) != plain(new.params.get(name)):
            yield ("gapless" if new.params.get(name) else "gaps") if name == "gapless" else name


def _spelled_apart(old: Field, new: Field) -> tuple[str, str]:
    """Both types, with their limits where they are the same but for those."""
    before, after = _spelled(old), _spelled(new)
    return (before, after) if before != after else (f"{before}({longest(old)})", f"{after}({longest(new)})")


def _spelled(field: Field) -> str:
    own = f"currency_field: {field.currency_field}" if field.currency_field else ""
    spelled = str(replace(field.type, nullable=False, currency=own or field.type.currency))
    return spelled if field.type.kind == "ref" or spelled.startswith(field.type_name) else field.type_name


def _options(old: Field, new: Field, *, back: bool) -> Iterator[Change]:
    formers = former_options(old, new, back=back)
    for option in new.options.values():
        former = formers.get(option.key)
        if former is None:
            yield AddOption(new.entity, new.name, option.key)
            continue
        if former != option.key:
            yield RenameOption(new.entity, new.name, option.key, former, effect="backfill")
        if option.retired and not old.options[former].retired:
            yield RetireOption(new.entity, new.name, option.key)
        elif old.options[former].retired and not option.retired:
            yield ReviveOption(new.entity, new.name, option.key)
    for key in old.options:
        if key not in formers.values():
            yield RemoveOption(new.entity, new.name, key)


Keys = dict[str, tuple[object, ...]]


def _keys_of(entity: Entity, kept: Mapping[str, str]) -> Keys:
    """Keys by name; each field stands under its name now, with how it is compared."""

    def compared(name: str) -> tuple[str, bool]:
        return kept.get(name, name), name in entity.fields and entity.fields[name].unique == "folded"

    keys: Keys = {}
    for key in entity.keys.values():
        # The key of a unique field alone is called as the field is, and follows its new name.
        follows = key.fields == (key.name,) and bool(entity.fields[key.name].unique)
        keys[kept.get(key.name, key.name) if follows else key.name] = tuple(map(compared, key.fields))
    for field in entity.fields.values():
        if field.unique:
            keys.setdefault(kept.get(field.name, field.name), (compared(field.name),))
    return keys


def _keys(old: Entity, new: Entity, kept: Mapping[str, str]) -> Iterator[Change]:
    before, after = _keys_of(old, kept), _keys_of(new, {})
    gone = {name: over for name, over in before.items() if after.get(name) != over}
    for name, over in after.items():
        if before.get(name) == over:
            continue
        former = next((key for key, fields in gone.items() if fields == over and key not in after), None)
        if former is not None:
            del gone[former]
            yield RenameKey(new.name, name, former)
        else:
            yield AddKey(new.name, name, _fields_of_key(new, name))
    for name in gone:
        yield RemoveKey(new.name, name)


def _fields_of_key(entity: Entity, name: str) -> tuple[str, ...]:
    return entity.keys[name].fields if name in entity.keys else (name,)


def _indexes(old: Entity, new: Entity, kept: Mapping[str, str]) -> Iterator[Change]:
    before = {tuple(kept.get(name, name) for name in over) for over in old.indexes.values()}
    after = set(new.indexes.values())
    for over in sorted(after - before):
        yield AddIndex(new.name, over)
    for over in sorted(before - after):
        yield RemoveIndex(new.name, over)


def _documents(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Change]:
    for name in after:
        if name not in before:
            yield ChangeDocument(kind, name, "added")
        elif plain(before[name]) != plain(after[name]):
            yield ChangeDocument(kind, name, "changed")
    for name in before:
        if name not in after:
            yield ChangeDocument(kind, name, "removed")


def _app(pairs: Pairs) -> Iterator[Change]:
    aspects = differing(_own_words(pairs.before), _own_words(pairs.after), frozenset({"settings"}))
    if aspects and pairs.before.app.name:
        yield ChangeApp(aspects)


def _own_words(model: Model) -> App:
    """The app without what its navigation only borrows: an entry without a label is called as its entity is."""

    def own(item: NavItem) -> NavItem:
        entity = model.entities.get(item.entity)
        borrowed = entity is not None and item.label in (entity.plural, entity.label)
        return replace(item, label=Label({}) if borrowed else item.label, items=tuple(map(own, item.items)))

    return replace(model.app, navigation=tuple(map(own, model.app.navigation)))


def _texts(pairs: Pairs) -> Iterator[Change]:
    """What differs in writing only; asked for where nothing differs in meaning."""
    before = {layer.name: layer for layer in pairs.before.layers}
    for layer in pairs.after.layers:
        old = before.pop(layer.name, None)
        texts = old.documents if old else {}
        paths = {path for path in {*texts, *layer.documents} if texts.get(path) != layer.documents.get(path)}
        if paths or old is None or old.version != layer.version:
            yield ChangeTexts(layer.name, tuple(sorted(paths)))
    for name in before:
        yield ChangeTexts(name, ())
