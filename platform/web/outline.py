"""How a record is laid out for a reader: what its form document says, or the usual where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kith.metadata.fields.files import FILES
from kith.metadata.model import Entity, Field, Form, FormItem, Label, Related, Section
from kith.rules.tree import Aggregate, Path, walk
from kith.runtime.read.reader import Reader
from kith.runtime.write.previewing import Preview

UNTITLED = Label({})


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of a record's pages that the reader may see; `grids` are lines that are edited with the record."""

    entity: Entity
    highlights: tuple[str, ...]
    tabs: Mapping[str, Label]
    sections: tuple[Section, ...]
    related: tuple[Related, ...]
    grids: tuple[Related, ...]
    conditional: bool
    """Whether anything shows only under conditions."""
    moving: frozenset[str]
    """Computed fields that change with what is typed into the form."""
    inputs: frozenset[str]
    """The entity's fields that people write."""
    filed: bool
    """Whether the form may bring files along."""
    live: bool
    """Whether the form has to follow what one types."""
    still: frozenset[str] | None
    """The required fields of a form in which nothing hangs on what is typed; None where something does."""

    @property
    def fields(self) -> Iterator[Field]:
        """Every field that stands in some section."""
        for section in self.sections:
            for name in section.items:
                yield self.entity.fields[name]

    def shown(self, seen: Preview | None) -> list[Section]:
        """The sections and items that show for a record as it stands."""
        if seen is None or not self.conditional:
            return list(self.sections)
        found = []
        for section in self.sections:
            if not self._is_for(section.only_for, seen) or not seen.holds(section.visible_when):
                continue
            items = {name: item for name, item in section.items.items() if self._shows(item, seen)}
            if items:
                found.append(replace(section, items=items))
        return found

    def _shows(self, item: FormItem, seen: Preview) -> bool:
        return self._is_for(item.only_for, seen) and seen.holds(item.visible_when)

    def _is_for(self, variants: tuple[str, ...], seen: Preview) -> bool:
        return not variants or seen.values.get(self.entity.variants) in variants


def outline_of(reader: Reader, entity: str) -> Outline:
    """The outline of an entity's records, made once for a reader's roles."""
    found: Outline = reader.release.cached(("outline", reader.key, entity), lambda: _outline(reader, entity))
    return found


def may_know(reader: Reader, entity: str, name: str) -> bool:
    """Whether the reader may see a field in some record, masked or not."""
    access = reader.access(entity, name)
    return not (access.read.never and access.mask.never)


def _outline(reader: Reader, name: str) -> Outline:
    entity = reader.entity(name)
    form = next((form for form in reader.release.model.forms.values() if form.of == name), None) or _usual(entity)
    sections = tuple(section for one in form.sections.values() if (section := _section(reader, name, one)).items)
    related = [one for one in form.related.values() if _may_list(reader, entity, one.relation)]
    named = {one.relation for one in related}
    # Lines are part of the record, also where the form forgets them.
    for relation, inverse in entity.inverses.items():
        if inverse.owned and relation not in named and _may_list(reader, entity, relation):
            related.insert(0, Related(relation, "", reader.entity(inverse.entity).plural))
    grids = tuple(one for one in related if entity.inverses[one.relation].owned)
    used = {section.tab for section in sections}
    lines = [reader.entity(entity.inverses[one.relation].entity) for one in grids]
    conditional, moving = any(_is_conditional(section) for section in sections), _moving(entity)
    return Outline(
        entity=entity,
        highlights=tuple(one for one in form.highlights if one in entity.fields and may_know(reader, name, one)),
        tabs={tab: label for tab, label in form.tabs.items() if tab in used},
        sections=sections,
        related=tuple(one for one in related if one not in grids),
        grids=grids,
        conditional=conditional,
        moving=moving,
        inputs=frozenset(one.name for one in entity.fields.values() if is_input(one)),
        filed=any(one.type_name in FILES for of in (entity, *lines) for one in of.fields.values()),
        live=conditional or bool(moving) or any(_follows(one) for one in (entity, *lines)),
        still=None if conditional or grids else _still(entity, sections, moving),
    )


def _follows(entity: Entity) -> bool:
    """Whether what one types decides what may, must or can be typed elsewhere."""
    fields = entity.fields.values()
    return any(one.required_when or one.options_when or one.default_from or one.value for one in fields)


def _still(entity: Entity, sections: Sequence[Section], moving: frozenset[str]) -> frozenset[str] | None:
    fields = [entity.fields[name] for section in sections for name in section.items]
    for one in fields:
        if one.name in moving or one.required_when or one.locked_when or one.options_when:
            return None
    return frozenset(one.name for one in fields if one.required)


def _section(reader: Reader, entity: str, section: Section) -> Section:
    fields = reader.entity(entity).fields
    items = {
        name: item
        for name, item in section.items.items()
        if name in fields and may_know(reader, entity, name) and not _names_nothing(fields[name])
    }
    return replace(section, items=items)


def _names_nothing(declared: Field) -> bool:
    """Whether it is a reference to any record in an app where there is none that it may name."""
    return declared.type_name == "any_reference" and not declared.targets


def _is_conditional(section: Section) -> bool:
    items = section.items.values()
    return bool(section.visible_when or section.only_for or any(item.visible_when or item.only_for for item in items))


def _may_list(reader: Reader, entity: Entity, relation: str) -> bool:
    inverse = entity.inverses.get(relation)
    if inverse is None or not reader.may_read(inverse.entity):
        return False
    return not reader.access(inverse.entity, inverse.field).read.never


def _usual(entity: Entity) -> Form:
    """Where no form is declared: all fields in their order, and all that refers to the record."""
    items = {name: FormItem(name, None, (), "", field.span) for name, field in entity.fields.items()}
    section = Section("fields", UNTITLED, 2, "", items, None, ())
    related = {name: Related(name, "", UNTITLED) for name, inverse in entity.inverses.items() if not inverse.owned}
    return Form(
        name="",
        of=entity.name,
        label=entity.label,
        tabs={},
        highlights=(),
        sections={"fields": section},
        related=related,
        span=entity.span,
        layer=entity.layer,
    )


def is_input(field: Field) -> bool:
    """Whether people write the field."""
    return not field.is_computed and field.type_name not in ("autonumber", "secret")


def _moving(entity: Entity) -> frozenset[str]:
    """The computed fields that hang on inputs of the record or on its lines, directly or through one another."""
    found: set[str] = {name for name, field in entity.fields.items() if is_input(field)}
    inputs = frozenset(found)
    for _ in entity.fields:
        more = {
            name
            for name, field in entity.fields.items()
            if name not in found
            and field.value is not None
            and any(_moves(entity, node, found) for node in walk(field.value.tree))
        }
        if not more:
            break
        found |= more
    return frozenset(found - inputs)


def _moves(entity: Entity, node: object, moving: set[str]) -> bool:
    if isinstance(node, Path):
        return node.root == "this" and bool(node.steps) and node.steps[0].name in moving
    if isinstance(node, Aggregate) and not node.via.steps:
        inverse = entity.inverses.get(node.relation)
        return inverse is not None and inverse.owned
    return False
