"""Checks of entities: keys, indexes, variants, relations and the cycles that no record could ever start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.checks.forms import needed
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.likeness import ways_of
from kith.metadata.mistakes import model as mistakes
from kith.problems import Problem, Value, Words


@tells(mistakes.NO_FIELD)
def keys_and_indexes_name_fields(c: Checking) -> Iterator[Problem]:
    """Keys, indexes and searches for duplicates name fields of the entity."""
    for document, at in c.documents("entity"):
        entity = c.model.entities[document.name]
        for kind in ("keys", "indexes"):
            for name, _ in at.entries(kind):
                for index, field in enumerate(at.part(kind).texts(name)):
                    yield from c.field_problem(
                        entity, field, c.span("entity", entity.name, kind, name, index), kind == "indexes"
                    )
        for name, part in at.parts("duplicates"):
            for field, _ in part.entries("match"):
                span = c.span("entity", entity.name, "duplicates", name, "match", field, key=True)
                yield from c.field_problem(entity, field, span)
            for index, field in enumerate(part.texts("tell")):
                span = c.span("entity", entity.name, "duplicates", name, "tell", index)
                yield from c.field_problem(entity, field, span)


@tells(mistakes.NO_COMPARISON)
def duplicates_compare_what_can_be_compared(c: Checking) -> Iterator[Problem]:
    """Each way of comparing is for some types, and values that are computed or tell nothing are not compared."""
    for entity in c.model.entities.values():
        for duplicate in entity.duplicates.values():
            for name, how in duplicate.match.items():
                field = entity.fields.get(name)
                if field and how not in ways_of(field):
                    span = c.span("entity", entity.name, "duplicates", duplicate.name, "match", name)
                    ways = ", ".join(ways_of(field)) or "–"
                    yield Problem(mistakes.NO_COMPARISON, span, {"how": how, "type": field.type_name, "ways": ways})


@tells(mistakes.BAD_VARIANTS)
def variants_are_a_required_choice(c: Checking) -> Iterator[Problem]:
    """The field that tells variants apart is a required choice, so that every record is of one."""
    for entity in c.model.entities.values():
        field = entity.fields.get(entity.variants)
        if entity.variants and (field is None or field.type_name != "choice" or not field.required):
            span = c.span("entity", entity.name, "variants")
            yield Problem(mistakes.BAD_VARIANTS, span, {"name": entity.variants})


@tells(mistakes.INVERSE_CLASH)
def relations_have_names_of_their_own(c: Checking) -> Iterator[Problem]:
    """What a reference is called from over there is neither a field over there nor another relation."""
    taken: dict[tuple[str, str], str] = {}
    for entity in c.model.entities.values():
        for field in entity.fields.values():
            targets = (c.model.entities[to] for to in field.refers_to if field.inverse and to in c.model.entities)
            for target in targets:
                other = taken.setdefault((target.name, field.inverse), f"{entity.name}.{field.name}")
                clash: Words | None = None
                if field.inverse in target.fields:
                    clash = Words("a field", "字段")
                elif other != f"{entity.name}.{field.name}":
                    clash = Words(f"the relation that {other} makes", f"由 {other} 产生的关系")
                if clash:
                    span = c.span("entity", entity.name, "fields", field.name, "inverse")
                    values: dict[str, Value] = {"entity": c.called(target.name), "name": field.inverse, "other": clash}
                    yield Problem(mistakes.INVERSE_CLASH, span, values)
                    break


@tells(mistakes.REQUIRED_CYCLE)
def some_record_can_come_first(c: Checking) -> Iterator[Problem]:
    """Required references do not go round in a circle: otherwise no record could ever be created."""
    needs = {
        entity.name: {
            f.to: f
            for f in entity.fields.values()
            if f.to and needed(f) and f.type_name in ("reference", "user", "team")
        }
        for entity in c.model.entities.values()
    }
    told: set[frozenset[str]] = set()
    for start in needs:
        path = _cycle(start, needs)
        if path and frozenset(path) not in told:
            told.add(frozenset(path))
            field = needs[path[0]][path[1]]
            shown = " → ".join(path)
            span = c.span("entity", path[0], "fields", field.name, key=True)
            yield Problem(mistakes.REQUIRED_CYCLE, span, {"path": shown})


def _cycle(start: str, needs: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The way from an entity through required references back to itself, if there is one."""
    came: dict[str, str] = {}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for there in needs.get(here, {}):
            if there == start:
                path = [here]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return [*reversed(path), start]
            if there not in came:
                came[there] = here
                waiting.append(there)
    return []


@tells(mistakes.OWNED_TWICE, mistakes.OWNED_NEEDS)
def lines_have_one_owner(c: Checking) -> Iterator[Problem]:
    """Owned lines belong to one parent, which calls them by a name."""
    for entity in c.model.entities.values():
        owning = [field for field in entity.fields.values() if field.owned]
        for field in owning:
            span = c.span("entity", entity.name, "fields", field.name, "owned")
            if field is not owning[0]:
                yield Problem(mistakes.OWNED_TWICE, span, {"first": owning[0].name})
            if not field.inverse:
                yield Problem(
                    mistakes.OWNED_NEEDS,
                    span,
                    {"wanted": Words('an "inverse", the name of the lines', "inverse（明细行的名称）")},
                )
            if field.to == entity.name:
                yield Problem(
                    mistakes.OWNED_NEEDS, span, {"wanted": Words("a parent of another entity", "另一个实体作为上级")}
                )


@tells(mistakes.RENAMED_TO_ITSELF)
def old_names_are_free(c: Checking) -> Iterator[Problem]:
    """A name that a field or entity was renamed from is no longer in use."""
    for entity in c.model.entities.values():
        for index, old in enumerate(entity.renamed_from):
            if old in c.model.entities:
                yield Problem(
                    mistakes.RENAMED_TO_ITSELF, c.span("entity", entity.name, "renamed_from", index), {"name": old}
                )
        for field in entity.fields.values():
            for index, old in enumerate(field.renamed_from):
                if old in entity.fields:
                    span = c.span("entity", entity.name, "fields", field.name, "renamed_from", index)
                    yield Problem(mistakes.RENAMED_TO_ITSELF, span, {"name": old})


@tells(mistakes.NOT_OF_TYPE)
def money_knows_its_currency(c: Checking) -> Iterator[Problem]:
    """The currency of money is a currency field of the same entity, and the day of its rate a date that is stored there."""
    for entity in c.model.entities.values():
        for field in entity.fields.values():
            for key, wanted in (("currency_field", "currency"), ("rate_on", "date")):
                name = field.params.get(key)
                other = entity.fields.get(name) if isinstance(name, str) else None
                dated = (
                    other is not None and key == "rate_on" and other.type.kind == "date" and other.storage == "stored"
                )
                if name and not dated and (other is None or other.type_name != wanted):
                    span = c.span("entity", entity.name, "fields", field.name, key)
                    yield Problem(mistakes.NOT_OF_TYPE, span, {"name": str(name), "type": FIELD_TYPES[wanted].title})


@tells(mistakes.NO_FIELD, mistakes.NO_SIGHT)
def records_are_seen_with_others(c: Checking) -> Iterator[Problem]:
    """What a record is seen with is named by a reference, to records that are not seen with others themselves."""
    for entity in c.model.entities.values():
        if entity.seen_with is None:
            continue
        span = c.span("entity", entity.name, "seen_with", "field")
        field = entity.fields.get(entity.seen_with.field)
        if field is None:
            yield from c.field_problem(entity, entity.seen_with.field, span)
            continue
        others = [one for one in field.refers_to if one in c.model.entities and c.model.entities[one].seen_with]
        if field.type_name not in ("reference", "any_reference") or field.is_computed or others:
            yield Problem(mistakes.NO_SIGHT, span, {"name": field.name})


CHECKS = (
    keys_and_indexes_name_fields,
    duplicates_compare_what_can_be_compared,
    variants_are_a_required_choice,
    relations_have_names_of_their_own,
    some_record_can_come_first,
    lines_have_one_owner,
    old_names_are_free,
    money_knows_its_currency,
    records_are_seen_with_others,
)
