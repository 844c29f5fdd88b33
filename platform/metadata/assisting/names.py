"""What is declared, by what it is and whose: what names in documents and expressions can lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from kith.metadata.assisting.project import State
from kith.metadata.assisting.spots import Spot, spots
from kith.metadata.making.scopes import EntityScope, Shell
from kith.problems import Span, Words
from kith.rules.types import Type, spell
from kith.source import Mapping as MappingNode
from kith.source import Scalar, Sequence

DOCUMENTS = {"view": "of", "segment": "of", "form": "of", "role": "", "fragment": "", "calendar": "", "import": ""}
"""Kinds of documents that others name, with the key that says whose they are."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Something that has a name: `kind` is what it is, `owner` whose (an entity, or entity.field for an option)."""

    kind: str
    owner: str
    name: str
    label: Words
    detail: str = ""
    span: Span | None = None
    """Where it is declared; None for what Kith itself gives every record."""
    help: Words | None = None


def known(state: State, to: str, owner: str, spot: Spot | None = None) -> Mapping[str, Declared]:
    """All that a name of that sort can lead to."""
    return {one.name: one for one in _known(state, to, owner, spot)}


def _known(state: State, to: str, owner: str, spot: Spot | None) -> Iterator[Declared]:
    scope = state.built.world.get(owner)
    if to in DOCUMENTS:
        return documents_of(state, to, owner)
    if to in ("step", "tab"):
        return _own_parts(to, spot) if spot else iter(())
    if to == "option":
        return options_of(state, owner)
    if to == "variant":
        return options_of(state, variants_of(state, owner))
    return OF_ENTITIES[to](state, owner, scope) if to in OF_ENTITIES else iter(())


def sought(state: State, spot: Spot) -> tuple[str, str]:
    """What sort of name stands at a spot, and whose; ("", …) where none does."""
    to, owner = spot.to, spot.owner
    if spot.is_key:
        if spot.kind == "workflow" and spot.path[:1] == ("states",) and len(spot.path) == 2:
            return "option", f"{owner}.{_text(spot.root, 'field')}"
        if to == "field" and spot.path[-2:-1] == ("inputs",):
            return "input", owner
        return ("value" if to == "field" and spot.kind in ("tests", "data") else to), owner
    if to == "view" and spot.path[:1] == ("related",):
        return to, led(state, owner, spot.path[1])
    if not to and spot.field:
        return "option", f"{owner}.{spot.field}"
    return ("key", led(state, owner, spot.path[-2])) if to == "match" else (to, owner)


def _own_parts(to: str, spot: Spot) -> Iterator[Declared]:
    """The tabs of the form itself; the steps of the import itself, in a step only those before it."""
    for one in parts_within(spot.root, (f"{to}s",), to, f"{spot.kind}.{_text(spot.root, spot.kind)}"):
        if to == "step" and spot.path[1:2] == (one.name,) and not spot.is_key:
            return
        yield one


Scoped = Callable[[State, str, "EntityScope | None"], Iterator[Declared]]


def _keys(state: State, owner: str, scope: EntityScope | None) -> Iterator[Declared]:
    yield from parts_of(state, ("entity", owner), ("keys",), "key", owner)
    if scope is not None:
        yield from (one for one in fields_of(scope) if one.name in scope.shells and _unique(scope, one.name))


def _refusals(state: State, owner: str, scope: EntityScope | None) -> Iterator[Declared]:
    """What a save may be refused by, its own rules first; a name that several have means the first of them."""
    told: set[str] = set()
    sorts = (
        ("rule", owner),
        *((sort, owner) for sort in ("field", "key", "action", "input", "transition")),
        ("rule", ""),
    )
    for sort, whose in sorts:
        for one in OF_ENTITIES[sort](state, whose, scope):
            if one.name not in told:
                told.add(one.name)
                yield one


def _values(state: State, owner: str, scope: EntityScope | None) -> Iterator[Declared]:
    """What a record is given values of: fields, and relations with records that are made along."""
    yield from OF_ENTITIES["field"](state, owner, scope)
    yield from OF_ENTITIES["relation"](state, owner, scope)


def _within(kind: str, part: str, to: str) -> Scoped:
    """The named parts of the documents of a kind that are about an entity."""

    def found(state: State, owner: str, scope: EntityScope | None) -> Iterator[Declared]:
        for document in state.built.documents.of(kind):
            of = _text(document.node, "of")
            if owner in ("", of):
                yield from parts_of(state, (kind, document.name), (part,), to, of)

    return found


def _inputs(state: State, owner: str, scope: EntityScope | None) -> Iterator[Declared]:
    """What the named actions of an entity ask for."""
    for action in known(state, "action", owner):
        yield from parts_of(state, ("entity", owner), ("actions", action, "inputs"), "input", owner)


OF_ENTITIES: Mapping[str, Scoped] = {
    "entity": lambda state, owner, scope: entities(state),
    "field": lambda state, owner, scope: fields_of(scope) if scope else iter(()),
    "path": lambda state, owner, scope: fields_of(scope) if scope else iter(()),
    "relation": lambda state, owner, scope: relations_of(scope) if scope else iter(()),
    "key": _keys,
    "value": _values,
    "refusal": _refusals,
    "action": lambda state, owner, scope: parts_of(state, ("entity", owner), ("actions",), "action", owner),
    "input": _inputs,
    "transition": _within("workflow", "transitions", "transition"),
    "state": _within("workflow", "states", "state"),
    "rule": _within("rules", "items", "rule"),
}
"""What belongs to an entity, by what it is."""


def led(state: State, entity: str, name: str) -> str:
    """The entity that a field or relation of an entity leads to."""
    scope = state.built.world.get(entity)
    if scope is None:
        return ""
    if (relation := scope.relation(name)) is not None:
        return relation.entity
    found = scope.name(name)
    type_ = found.type.item or found.type if found else None
    return type_.entity if type_ else ""


def spots_of(state: State, kind: str, root: MappingNode) -> Iterator[Spot]:
    """The keys and values of a document; those of a fragment are read as of the first entity that includes it."""
    owner = next(including(state, _text(root, kind)), "") if kind == "fragment" else ""
    name = "" if kind == "app" else _text(root, kind)
    document = state.built.documents.documents.get((kind, name))
    whole = document.node if document and len(document.parts) > 1 else None
    return spots(kind, root, partial(led, state), owner, whole)


def including(state: State, fragment: str) -> Iterator[str]:
    """The entities that include a fragment."""
    for document in state.built.documents.of("entity"):
        if any(part.fragment == fragment for part in document.parts):
            yield document.name


def same(state: State, declared: Declared) -> Iterator[Declared]:
    """It, and what is declared at the same place: what a fragment has belongs to every entity that includes it."""
    yield declared
    entity, dot, field = declared.owner.partition(".")
    for other in state.built.world if declared.kind in ("field", "option", "key") and declared.span else ():
        twin = known(state, declared.kind, f"{other}{dot}{field}").get(declared.name) if other != entity else None
        if twin and twin.span and declared.span and twin.span.place == declared.span.place:
            yield twin


def entities(state: State) -> Iterator[Declared]:
    """All entities."""
    for scope in state.built.world.values():
        document = state.built.documents.documents[("entity", scope.entity)]
        own = next(part.node for part in document.parts if not part.fragment)
        span = next(iter(own.entries.values())).value.span
        yield Declared("entity", "", scope.entity, scope.label, "entity", span)


def fields_of(scope: EntityScope) -> Iterator[Declared]:
    """The fields of an entity, those that every record has last."""
    for name in scope.names():
        if name in scope.relations and name not in scope.shells:
            continue
        found, shell = scope.name(name), scope.shells.get(name)
        if found is not None:
            help_ = _help(shell)
            detail = written(found.type)
            yield Declared("field", scope.entity, name, found.label, detail, shell.at.span if shell else None, help_)


def written(type_: Type) -> str:
    """A type in a word or two."""
    if type_.kind == "choice":
        return "choice"
    return spell(type_) + ("?" if type_.nullable else "")


def relations_of(scope: EntityScope) -> Iterator[Declared]:
    """The relations of an entity; one is declared at the reference that it is the other side of."""
    for relation in scope.relations.values():
        if relation.name in scope.shells:
            continue  # A field with several references is a field.
        other = scope.world.get(relation.entity)
        shell = other.shells.get(relation.inverse_of) if other else None
        said = shell.at.get("inverse") if shell else None
        span = said.span if said else shell.at.span if shell else None
        yield Declared("relation", scope.entity, relation.name, relation.label, f"list of {relation.entity}", span)


def options_of(state: State, owner: str) -> Iterator[Declared]:
    """The options of a choice field `entity.field`."""
    entity, _, name = owner.partition(".")
    scope = state.built.world.get(entity)
    shell = scope.shells.get(name) if scope else None
    if shell is None:
        return
    node = shell.at.node.get("options")
    for key, option in shell.options.items():
        entry = node.entries.get(key) if isinstance(node, MappingNode) else None
        words = Words(option.label.in_("en") or key, option.label.in_("zh-CN") or key)
        yield Declared("option", owner, key, words, name, entry.key.span if entry else shell.at.span)


def inputs(spot: Spot, state: State) -> Mapping[str, str]:
    """What the named actions that wake the rule at a spot ask for, each with the entity that it leads to, or ""."""
    if spot.kind != "rules" or spot.path[:1] != ("items",) or len(spot.path) < 3:
        return {}
    rules = spot.root.get("items")
    rule = rules.get(spot.path[1]) if isinstance(rules, MappingNode) else None
    on = rule.get("on") if isinstance(rule, MappingNode) else None
    found: dict[str, str] = {}
    document = state.built.documents.documents.get(("entity", spot.owner))
    for trigger in on.items if isinstance(on, Sequence) else ():
        action = _text(trigger, "action") if isinstance(trigger, MappingNode) else ""
        node: object = document.node if document and action else None
        for step in ("actions", action, "inputs"):
            node = node.get(step) if isinstance(node, MappingNode) else None
        for name, entry in node.entries.items() if isinstance(node, MappingNode) else ():
            found[name] = _entity_of_input(entry.value)
    return found


def _entity_of_input(node: object) -> str:
    if not isinstance(node, MappingNode):
        return ""
    type_ = _text(node, "type")
    return type_ if type_ in ("user", "team") else _text(node, "to")


def variants_of(state: State, entity: str) -> str:
    """The choice field whose options are the variants of an entity, as `entity.field`."""
    document = state.built.documents.documents.get(("entity", entity))
    return f"{entity}.{_text(document.node, 'variants')}" if document else ""


def documents_of(state: State, kind: str, owner: str) -> Iterator[Declared]:
    """The documents of a kind that belong to an entity, or all where they belong to none."""
    whose = DOCUMENTS[kind]
    for document in state.built.documents.of(kind):
        if whose and owner and _text(document.node, whose) != owner:
            continue
        first = next(iter(document.node.entries.values()))
        yield Declared(kind, "", document.name, _label(document.node, document.name), kind, first.value.span)


def parts_of(
    state: State, document: tuple[str, str], path: tuple[str, ...], kind: str, owner: str
) -> Iterator[Declared]:
    """The named parts of a document."""
    found = state.built.documents.documents.get(document)
    if found is not None:
        yield from parts_within(found.node, path, kind, owner)


def parts_within(root: MappingNode, path: tuple[str, ...], kind: str, owner: str) -> Iterator[Declared]:
    """The entries of the map at a path."""
    node: object = root
    for step in path:
        node = node.get(step) if isinstance(node, MappingNode) else None
    for name, entry in node.entries.items() if isinstance(node, MappingNode) else ():
        yield Declared(kind, owner, name, _label(entry.value, name), kind, entry.key.span)


def _unique(scope: EntityScope, name: str) -> bool:
    return bool(scope.shells[name].at.text("unique"))


def _help(shell: Shell | None) -> Words | None:
    return _words(shell.at.get("help")) if shell else None


def _label(node: object, name: str) -> Words:
    found = _words(node.get("label")) if isinstance(node, MappingNode) else None
    text = name.replace("_", " ").capitalize()
    return found or Words(text, text)


def _words(node: object) -> Words | None:
    if isinstance(node, Scalar):
        return Words(node.text, node.text)
    if isinstance(node, MappingNode):
        texts = {key: entry.value.text for key, entry in node.entries.items() if isinstance(entry.value, Scalar)}
        any_ = next(iter(texts.values()), "")
        return Words(texts.get("en", any_), texts.get("zh-CN", any_)) if texts else None
    return None


def _text(node: MappingNode, key: str) -> str:
    found = node.get(key)
    return found.text if isinstance(found, Scalar) else ""
