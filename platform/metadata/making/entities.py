"""Entities: their fields with all conditions, relations, keys, indexes and titles."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from kith.metadata.layers.documents import Document
from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.flowing import actions_of
from kith.metadata.making.private import purposes_of, retention_of
from kith.metadata.making.scopes import EntityScope, Shell
from kith.metadata.model import Duplicate, Entity, Field, Inverse, Key, SeenWith
from kith.problems import Excerpt
from kith.rules.compiling import compile_expression, compile_template
from kith.rules.program import Expression
from kith.rules.scope import Slot
from kith.rules.types import TEXT
from kith.source import Mapping as MappingNode
from kith.source import Scalar

TITLES = ("name", "title", "subject", "label", "number", "code")
"""Names of fields that a record is called by, where the entity does not say."""


def entities_of(context: Context, world: dict[str, EntityScope]) -> dict[str, Entity]:
    """All entities."""
    all_inverses = inverses_of(world)
    found: dict[str, Entity] = {}
    for document, at in context.documents("entity"):
        scope, inverses = world[document.name], all_inverses.get(document.name, {})
        make = partial(entity_of, context, scope, inverses, document, at)
        what = ("entity", *inverses.values(), *_computed(scope), *(shell.targets for shell in scope.shells.values()))
        found[document.name] = context.piece_of(what, document, world, make, partial(_hangs_on_itself, context))
    return found


def _computed(scope: EntityScope) -> list[Hashable]:
    """What other documents have a say in: the computed fields. An expression that is kept is the same one every time."""
    shells = [shell for shell in scope.shells.values() if shell.computed]
    return [(shell.type, shell.storage, id(shell.expression)) for shell in shells]


def _hangs_on_itself(context: Context, entity: Entity) -> bool:
    """Whether an entity is what its document says: no role gives options, and no broken name silences an expression."""
    return not context.broken and not any("options_from" in field.params for field in entity.fields.values())


def entity_of(context: Context, scope: EntityScope, inverses: dict[str, Inverse], document: Document, at: At) -> Entity:
    """One entity."""
    label = context.label(at, fallback=humanize(document.name))
    plural = context.label(at, "plural", lint=False)
    owner = next((shell.name for shell in scope.shells.values() if shell.at.flag("owned")), "")
    return Entity(
        name=document.name,
        label=label,
        plural=plural if plural.texts else label,
        help=context.label(at, "help"),
        icon=at.text("icon"),
        title=title_of(context, scope, at),
        fields={shell.name: field_of(context, scope, shell) for shell in scope.shells.values()},
        inverses=inverses,
        keys=keys_of(scope, at),
        indexes={name: texts for name, _ in at.entries("indexes") if (texts := at.part("indexes").texts(name))},
        span=at.span,
        layer=document.layer,
        variants=at.text("variants"),
        history=at.flag("history", default=True),
        owner_of_lines=owner,
        renamed_from=at.texts("renamed_from"),
        duplicates={name: duplicate_of(name, part) for name, part in at.parts("duplicates")},
        actions=actions_of(context, scope, at),
        person=at.flag("person"),
        erasure=at.text("erasure", "anonymise"),
        retention=retention_of(at),
        consents=purposes_of(context, at),
        activities=at.flag("activities"),
        notes=at.flag("notes"),
        seen_with=seen_with_of(context, scope, at),
    )


def seen_with_of(context: Context, scope: EntityScope, at: At) -> SeenWith | None:
    """What its records are seen with, where the entity says so."""
    part = at.part("seen_with")
    field = part.text("field")
    return SeenWith(field, context.expression(part.get("besides"), scope, slots.SCOPE)) if field else None


def duplicate_of(name: str, at: At) -> Duplicate:
    """A search for duplicates."""
    match = {field: node.text for field, node in at.entries("match") if isinstance(node, Scalar)}
    return Duplicate(name, match, at.text("action", "warn"), at.texts("tell"))


def title_of(context: Context, scope: EntityScope, at: At) -> Expression:
    """What a record is called; without a title, by its most telling field."""
    written = context.template(at.get("title"), scope, slots.TITLE)
    return written or default_title(scope)


def default_title(scope: EntityScope) -> Expression:
    """A title made of the field that names a record best."""
    candidates = [name for name in TITLES if _names(scope, name)]
    candidates += [name for name in scope.shells if _names(scope, name)]
    text = "{" + (candidates[0] if candidates else "id") + "}"
    found, _ = compile_template(Excerpt.whole(text), scope, slots.TITLE)
    if found is None:  # the field's own problem; any record has an id
        found, _ = compile_template(Excerpt.whole("{id}"), scope, slots.TITLE)
    if found is None:
        raise AssertionError("a title of the id compiles")
    return found


def _names(scope: EntityScope, name: str) -> bool:
    """Whether a field may stand for its record."""
    shell = scope.shells.get(name)
    return shell is not None and not shell.broken and shell.type is not None and shell.type.kind == TEXT.kind


def keys_of(scope: EntityScope, at: At) -> dict[str, Key]:
    """What is unique: the keys, and the unique fields as keys of one field."""
    part = at.part("keys")
    keys = {name: Key(name, part.texts(name)) for name, _ in at.entries("keys") if part.texts(name)}
    for shell in scope.shells.values():
        if unique_of(shell) and shell.name not in keys:
            keys[shell.name] = Key(shell.name, (shell.name,))
    return keys


def unique_of(shell: Shell) -> str:
    """How a field is unique: "", exact or folded."""
    said = shell.at.text("unique")
    return shell.kind.unique if said == "true" else said if said in ("exact", "folded") and shell.kind.unique else ""


def inverses_of(world: dict[str, EntityScope]) -> dict[str, dict[str, Inverse]]:
    """By entity, the to-many relations that other entities' references make there."""
    found: dict[str, dict[str, Inverse]] = {}
    for scope in world.values():
        for shell in scope.shells.values():
            name = shell.at.text("inverse")
            for to in (shell.to, *shell.targets) if name and not shell.computed else ():
                if to:
                    inverse = Inverse(name, scope.entity, shell.name, shell.at.flag("owned"))
                    found.setdefault(to, {}).setdefault(name, inverse)
    return found


def field_of(context: Context, scope: EntityScope, shell: Shell) -> Field:
    """One field with its conditions."""
    at, type_ = shell.at, shell.type or TEXT.or_null()
    schema = shell.kind.value

    def condition(key: str, slot: Slot) -> Expression | None:
        return context.expression(at.get(key), scope, slot)

    return Field(
        entity=scope.entity,
        name=shell.name,
        type_name=at.text("type") if not shell.broken or shell.computed else "text",
        type=type_,
        label=shell.label,
        help=context.label(at, "help"),
        span=at.span,
        layer=context.layer(at.span),
        required=shell.required,
        unique=unique_of(shell),
        search=at.flag("search"),
        personal=at.text("personal"),
        default=at.data("default", schema) if schema is not None else None,
        default_from=condition(
            "default_from", slots.default_from(type_, str(shell.params.get("currency_field") or ""))
        ),
        required_when=condition("required_when", slots.REQUIRED_WHEN),
        locked_when=condition("locked_when", slots.LOCKED_WHEN),
        invalid_when=condition("invalid_when", slots.INVALID_WHEN),
        options_when=options_when(context, scope, at),
        options=shell.options,
        to=shell.to,
        targets=shell.targets,
        inverse=at.text("inverse"),
        on_delete="cascade" if at.flag("owned") else at.text("on_delete", "restrict"),
        owned=at.flag("owned"),
        value=shell.expression,
        storage=shell.storage,
        renamed_from=at.texts("renamed_from"),
        params=shell.params,
    )


def options_when(context: Context, scope: EntityScope, at: At) -> dict[str, Expression]:
    """The conditions of options: expressions, and variants put as one."""
    found: dict[str, Expression] = {}
    for option, node in at.entries("options_when"):
        expression = None
        if isinstance(node, Scalar):
            expression = context.expression(node, scope, slots.OPTIONS_WHEN)
        elif isinstance(node, MappingNode):
            part = At(node, (*at.path, "options_when", option), at.span)
            expression = context.expression(node.get("when"), scope, slots.OPTIONS_WHEN)
            expression = expression or _for_variants(context, scope, part.texts("only_for"))
        if expression:
            found[option] = expression
    return found


def _for_variants(context: Context, scope: EntityScope, variants: tuple[str, ...]) -> Expression | None:
    """The condition that a record is of one of some variants."""
    document = context.merged.documents.get(("entity", scope.entity))
    field = context.at(document).text("variants") if document else ""
    if not field or not variants:
        return None
    listed = ", ".join(f'"{variant}"' for variant in variants)
    return compile_expression(Excerpt.whole(f"{field} in [{listed}]"), scope, slots.OPTIONS_WHEN)[0]
