"""Fields as they are declared: their type, options and settings, before any expression is looked at."""

from __future__ import annotations

from copy import copy
from functools import partial

from kith.metadata.fields import COMMON, FIELD_TYPES, FieldType, Setting
from kith.metadata.layers.documents import Document
from kith.metadata.making.at import At, fraction
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.scopes import EntityScope, Shell, label_words
from kith.metadata.model import Option
from kith.metadata.shapes.reading import data_of
from kith.rules.scope import Relation
from kith.rules.types import Type

APART = frozenset({
    "options", "options_from", "options_when", "to", "inverse", "on_delete", "owned", "value", "result", *COMMON,
})  # fmt: skip
"""Keys that the model holds by themselves; the others of a type are its settings."""
ANY = "any_reference"
LINKS = {"user": "user", "users": "user", "team": "team"}
"""Field types that always lead to the same entity."""


def scopes_of(context: Context, currency: str) -> dict[str, EntityScope]:
    """The scopes of all entities, with the types of all fields that people write."""
    world: dict[str, EntityScope] = {}
    for document, at in context.documents("entity"):
        label = context.label(at, fallback=humanize(document.name), lint=False)
        scope = EntityScope(document.name, label_words(label, document.name), world)
        world[document.name] = scope
        make = partial(_shells_of, context, document, at, currency)
        shells = context.piece_of("shells", document, world, make, _are_whole)
        # What is kept stays as it was declared: a build goes on to give its own ones their types and expressions.
        scope.shells = {name: copy(shell) for name, shell in shells.items()}
    _bind_roles(context, world)
    _aim(context, world)
    for scope in world.values():
        _relate(scope, world)
        context.broken |= {shell.name for shell in scope.shells.values() if shell.to and shell.to not in world}
    return world


def _shells_of(context: Context, document: Document, at: At, currency: str) -> dict[str, Shell]:
    """The fields of an entity."""
    return {name: shell_of(context, document.name, name, field, currency) for name, field in at.parts("fields")}


def _are_whole(shells: dict[str, Shell]) -> bool:
    """Whether nothing is wrong with any of some fields, so that a build which finds them kept notes no broken name."""
    return not any(shell.broken for shell in shells.values())


def shell_of(context: Context, entity: str, name: str, at: At, currency: str) -> Shell:
    """One field."""
    kind = FIELD_TYPES.get(at.text("type"))
    label = context.label(at, fallback=humanize(name))
    known = kind or FIELD_TYPES["text"]
    to = LINKS.get(known.name) or ("" if known.name == ANY else at.text("to"))
    options = options_of(context, at) if "options" in known.keys else {}
    params = settings_of(at, known)
    owned = at.flag("owned")
    required = owned or (at.flag("required") and "required" in known.common)
    shell = Shell(entity, name, at, known, None, label, required, params, options, to, broken=kind is None)
    shell.given = any(at.get(key) is not None for key in ("default", "default_from")) or known.name == "autonumber"
    if kind is None:
        context.broken.add(name)
    _type(shell, currency)
    return shell


def _type(shell: Shell, currency: str) -> None:
    """Give the field the type of its values; those of computed fields wait for their expressions."""
    setting = Setting(shell.entity, shell.name, shell.params, tuple(shell.options), shell.to, currency)
    if shell.kind.type_of is None:
        shell.declared = declared_result(shell, currency)
        return
    type_ = shell.kind.type_of(setting)
    shell.type = type_.or_null(not shell.required and type_.kind != "set")
    shell.state = "done"


def declared_result(shell: Shell, currency: str) -> Type | None:
    """The type that a formula or roll-up says it shows as."""
    at = shell.at.part("result")
    kind = FIELD_TYPES.get(at.text("type"))
    if kind is None or kind.type_of is None:
        return None
    params = settings_of(at, kind)
    return kind.type_of(Setting(shell.entity, shell.name, params, tuple(shell.options), "", currency)).or_null()


def settings_of(at: At, kind: FieldType) -> dict[str, object]:
    """The settings of a field that belong to its type."""
    found: dict[str, object] = {}
    for key, schema in kind.keys.items():
        node = at.get(key)
        if node is not None and key not in APART:
            found[key] = fraction(data_of(node, schema)) if kind.name == "percent" else data_of(node, schema)
    for key in ("keep", "widget", "options_from"):
        if text := at.text(key):
            found[key] = text
    return found


def options_of(context: Context, at: At) -> dict[str, Option]:
    """The options of a choice, in their order."""
    found: dict[str, Option] = {}
    for key, option in at.parts("options"):
        label = context.label(option, fallback=humanize(key))
        found[key] = Option(key, label, option.text("color"), option.flag("retired"), option.texts("renamed_from"))
    return found


def _bind_roles(context: Context, world: dict[str, EntityScope]) -> None:
    """Give fields with `options_from: roles` the app's roles as options, and formulas those of their result."""
    roles = {
        document.name: Option(document.name, context.label(at, fallback=humanize(document.name), lint=False))
        for document, at in context.documents("role")
    }
    for scope in world.values():
        for shell in scope.shells.values():
            if shell.params.get("options_from") == "roles":
                shell.options = dict(roles)
                _type(shell, "")
            result = shell.at.part("result")
            if shell.computed and result.get("options") is not None:
                shell.options = options_of(context, result)
                shell.declared = declared_result(shell, "") if result.text("type") == "choice" else shell.declared


def _aim(context: Context, world: dict[str, EntityScope]) -> None:
    """Tell references to any record what they may name: entities that are listed, that keep such, or all that stand alone."""
    shells = [one for scope in world.values() for one in scope.shells.values() if one.kind.name == ANY]
    if not shells:
        return
    entities = context.documents("entity")
    for shell in shells:
        listed, kept = shell.at.texts("to"), shell.at.text("among")
        shell.targets = tuple(
            document.name
            for document, at in entities
            if (document.name in listed if listed else at.flag(kept) if kept else _stands_alone(at))
        )


def _stands_alone(entity: At) -> bool:
    """Whether records are neither lines of others nor seen only with them."""
    return entity.get("seen_with") is None and not any(at.flag("owned") for _, at in entity.parts("fields"))


def _relate(scope: EntityScope, world: dict[str, EntityScope]) -> None:
    """Enter the relations that the links of an entity make, here and over there."""
    for shell in scope.shells.values():
        target = world.get(shell.to) if shell.to else None
        if target is None or shell.computed:
            continue
        many = shell.kind.name in ("references", "users")
        if many:
            label = label_words(shell.label, shell.name)
            scope.relations[shell.name] = Relation(shell.name, shell.to, "", owned=False, label=label)
        if (inverse := shell.at.text("inverse")) and inverse not in target.relations:
            own = "" if many else shell.name
            target.relations[inverse] = Relation(inverse, scope.entity, own, shell.at.flag("owned"), scope.label)
