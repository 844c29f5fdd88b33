"""The files of the proposed app: what stands in each, with the reasons as comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kith.inferring.drafts import Entity, Field, Import, Proposal
from kith.inferring.readme import readme
from kith.inferring.rolling import adds_up
from kith.inferring.shaping import labels
from kith.inferring.yaml import comment, flow, lines
from kith.problems import Words

COLUMNS = 8
"""Columns of a list."""
HIGHLIGHTS = 4
FIGURES = 2
"""Columns that are kept for counts and sums."""
WIDE = frozenset({"long_text", "markdown", "address"})
UNLISTED = WIDE | {"choices", "tags", "url"}
ICONS: Mapping[str, tuple[str, ...]] = {
    "building-2": ("account", "company", "customer", "client", "supplier", "vendor", "partner"),
    "contact": ("contact", "person", "people", "employee", "staff", "agent", "name"),
    "package": ("product", "item", "goods", "article"),
    "receipt": ("order", "invoice", "receipt", "payment", "transaction"),
    "list": ("line", "detail"),
    "undo-2": ("return", "refund"),
    "map-pin": ("city", "region", "area", "province", "country", "street", "location", "office"),
    "users": ("team", "group", "department"),
    "calendar": ("event", "meeting", "visit", "activity"),
    "list-todo": ("task", "todo", "issue", "ticket"),
    "trending-up": ("pipeline", "sale", "forecast"),
}
"""Icons by words of an entity's name."""


def documents(proposal: Proposal) -> dict[str, str]:
    """All files of the app by their path."""
    found = {"app.yaml": "\n".join(_app(proposal)) + "\n"}
    for entity in proposal.entities.values():
        found[f"entities/{entity.name}.yaml"] = "\n".join(_entity(entity)) + "\n"
        found[f"forms/{entity.name}_main.yaml"] = "\n".join(_form(proposal, entity)) + "\n"
        found[f"views/all_{entity.plural_name}.yaml"] = "\n".join(_view(entity)) + "\n"
    for one in proposal.imports:
        found[f"imports/{one.name}.yaml"] = "\n".join(_import(one)) + "\n"
    found["roles/user.yaml"] = "\n".join(_role(proposal, "user", Words("User", "用户"), _WORKS)) + "\n"
    found["roles/manager.yaml"] = "\n".join(_role(proposal, "manager", Words("Manager", "经理"), _MANAGES)) + "\n"
    found["README.md"] = readme(proposal, "en")
    found["README.zh-CN.md"] = readme(proposal, "zh-CN")
    return found


_WORKS = {"read": True, "create": True, "update": True}
_MANAGES = _WORKS | {"delete": True, "import": True, "export": True}


def both(words: Words) -> str:
    """A reason in both languages on one line."""
    return f"{words.en} / {words.zh}" if words.en != words.zh else words.en


def icon_of(entity: Entity) -> str:
    """The icon of an entity, by its name."""
    parts = entity.name.split("_")
    return next((icon for icon, words in ICONS.items() if any(part in words for part in reversed(parts))), "table")


def _app(proposal: Proposal) -> Iterator[str]:
    yield comment(
        "Proposed by `kith infer` from spreadsheets; change it as you like. / 由 kith infer 根据表格生成，可自由修改。"
    )
    yield from lines("app", proposal.name)
    yield "version: 0.1.0"
    yield from lines("title", labels(proposal.title))
    yield 'requires: {platform: ">=1.0"}'
    yield from lines("languages", list(proposal.languages))
    yield from lines("time_zone", proposal.time_zone)
    yield from lines("currency", proposal.currency)
    yield "accent: teal"
    yield "navigation:"
    for entity in proposal.entities.values():
        if not entity.lines_of:
            view = {"entity": entity.name, "view": f"all_{entity.plural_name}", "icon": icon_of(entity)}
            yield from lines(entity.plural_name, view, 2)
    yield "settings: {}"


def _entity(entity: Entity) -> Iterator[str]:
    yield comment(both(entity.why))
    yield from lines("entity", entity.name)
    yield from lines("label", labels(entity.label))
    yield from lines("plural", labels(entity.plural))
    yield f"title: {flow(entity.title)}"
    yield from lines("icon", icon_of(entity))
    yield "fields:"
    for one in entity.fields.values():
        yield comment(both(one.why), 2)
        yield from lines(one.name, _field(one), 2)
    if len(entity.key) > 1:
        yield from lines("keys", {entity.key_name: list(entity.key)})


def _field(one: Field) -> dict[str, object]:
    keys = {name: value for name, value in one.keys.items() if name not in ("options", "value", "result")}
    last: dict[str, object] = {name: one.keys[name] for name in ("value", "result", "options") if name in one.keys}
    return {"type": one.type, **keys, "label": labels(one.label), **last}


def _form(proposal: Proposal, entity: Entity) -> Iterator[str]:
    yield from lines("form", f"{entity.name}_main")
    yield from lines("of", entity.name)
    yield from lines("label", labels(entity.label))
    shown = [one for one in entity.fields.values() if not one.keys.get("owned")]
    short = [one.name for one in shown if one.type in ("choice", "money", "date", "rollup", "integer", "percent")]
    if highlights := [name for name in short if f"{{{name}}}" not in entity.title][:HIGHLIGHTS]:
        yield from lines("highlights", highlights)
    yield "sections:"
    sections = (
        ("basics", entity.label, 2, [one for one in shown if one.type not in WIDE and one.type != "rollup"]),
        ("figures", Words("Figures", "统计"), 2, [one for one in shown if one.type == "rollup"]),
        ("details", Words("Details", "详情"), 1, [one for one in shown if one.type in WIDE]),
    )
    for name, label, columns, fields in sections:
        if fields:
            yield f"  {name}:"
            yield from lines("label", labels(label), 4)
            yield f"    columns: {columns}"
            yield from lines("items", {one.name: {} for one in fields}, 4)
    related = {
        str(one.keys["inverse"]): {"view": f"all_{other.plural_name}", "label": labels(_label_of(other, entity, one))}
        for other in proposal.entities.values()
        for one in other.fields.values()
        if one.keys.get("to") == entity.name and "inverse" in one.keys
    }
    if related:
        yield "related:"
        for inverse, part in related.items():
            yield from lines(inverse, part, 2)


def _label_of(other: Entity, entity: Entity, one: Field) -> Words:
    """What related records are called: with the field where several lead here."""
    several = sum(field.keys.get("to") == entity.name for field in other.fields.values()) > 1 or other is entity
    if not several:
        return other.plural
    return Words(f"{other.plural.en} ({one.label.en})", f"{other.plural.zh}（{one.label.zh}）")


def _view(entity: Entity) -> Iterator[str]:
    yield from lines("view", f"all_{entity.plural_name}")
    yield from lines("of", entity.name)
    yield from lines(
        "label", labels(Words(f"All {entity.plural.en[:1].lower()}{entity.plural.en[1:]}", f"全部{entity.plural.zh}"))
    )
    yield "layout: table"
    yield from lines("columns", {one.name: _column(one) for one in listed(entity)})
    if sort := _sort(entity):
        yield from lines("sort", sort)


def listed(entity: Entity) -> list[Field]:
    """The fields of the list: what the title shows in its order, then what is short and filled; room is kept for figures."""
    fields = [one for one in entity.fields.values() if one.type not in UNLISTED]
    titled = sorted(
        (one for one in fields if f"{{{one.name}}}" in entity.title),
        key=lambda one: entity.title.index(f"{{{one.name}}}"),
    )
    empty = [one for one in fields if one.column is not None and not one.filled]
    rest = [one for one in fields if one not in titled and one not in empty and one.type != "rollup"]
    figures = [one for one in fields if one.type == "rollup"]
    room = COLUMNS - len(titled)
    shown = rest[: max(room - min(len(figures), FIGURES), 0)]
    return [*titled, *shown, *figures[: room - len(shown)]] or list(entity.fields.values())[:1]


def _column(one: Field) -> dict[str, object]:
    return {"total": "sum"} if adds_up(one) else {}


def _sort(entity: Entity) -> list[str]:
    """By the title's first field: it is the key or a name."""
    fields = [one for one in entity.fields.values() if one.type != "reference" and one.type not in UNLISTED]
    return [one.name for one in fields if f"{{{one.name}}}" in entity.title][:1]


def _import(one: Import) -> Iterator[str]:
    yield comment(f"{one.path.name}: {one.rows:,} rows / {one.rows:,} 行")
    yield from lines("import", one.name)
    yield from lines("label", labels(one.label))
    yield f"file: {flow(one.file)}"
    yield "steps:"
    for step in one.steps:
        yield f"  {step.name}:"
        yield from lines("entity", step.entity, 4)
        yield from lines("key", step.key, 4) if step.key else lines("mode", "create", 4)
        if step.when:
            yield from lines("when", step.when, 4)
        yield "    values:"
        for name, value in step.values.items():
            yield from lines(name, value, 6)


def _role(proposal: Proposal, name: str, label: Words, rights: Mapping[str, bool]) -> Iterator[str]:
    yield from lines("role", name)
    yield from lines("label", labels(label))
    yield "entities:"
    for entity in proposal.entities.values():
        own = {**rights, **({"delete": True} if entity.lines_of else {})}
        yield from lines(entity.name, own, 2)
    yield "  user: {read: true, fields: {roles: none}}"
    yield "  team: {read: true}"
