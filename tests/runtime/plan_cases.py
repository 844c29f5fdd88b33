"""Pairs of models, each with the data that stands between them; what is planned and made is in `plans/*.txt`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import date
from typing import Any

from kith.metadata.model import Field, Grant, Key, Model, Option, Role, State, Transition, Workflow
from kith.metadata.model_privacy import Retention
from kith.rules.program import Expression
from kith.rules.tree import Path, Step
from kith.rules.types import INT, TEXT
from tests.runtime.models import NOWHERE, entity, expression, field, label, model

ID = "01890000-0000-7000-8000-0000000000{:02d}"


@dataclass(frozen=True)
class Case:
    """`rows` are inserted under the release of `before`, by entity: fields and own columns as the database has them.

    `links` are rows of link tables, by entity and field: numbers of records and values. `between` are the releases on the
    way, one after the other.
    """

    before: Model
    after: Model
    rows: Mapping[str, list[dict[str, Any]]] = dataclass_field(default_factory=dict)
    links: Mapping[tuple[str, str], list[tuple[int, str]]] = dataclass_field(default_factory=dict)
    between: tuple[Model, ...] = ()


def _role(name: str, all_entities: str = "", **grants: Grant) -> Role:
    return Role(name, label(name), grants, all_entities, NOWHERE, "test")


def _grant(entity_name: str, fields: Mapping[str, str] | None = None, **rights: Any) -> Grant:
    return Grant(entity_name, rights, fields or {}, "", {}, NOWHERE)


def _flow(name: str, **roles: tuple[str, ...]) -> Workflow:
    ways = {
        one: Transition(one, label(one), ("a",), "b", None, named, label(""), NOWHERE) for one, named in roles.items()
    }
    states = {key: State(key, label(key), (), final=False, span=NOWHERE) for key in ("a", "b")}
    return Workflow(name, "shop", "kind", label(name), (), states, ways, NOWHERE, "test")


def _title(name: str) -> Expression:
    return expression("{" + name + "}", tree=Path(TEXT, 0, 0, "this", (Step("shop", name, TEXT),)))


def _options(*keys: str, **settings: Any) -> dict[str, Option]:
    return {key: Option(key, label(key), **settings.get(key, {})) for key in keys}


SHOP = entity("shop", field("name"), field("city"))
TWO = {"shop": [{"name": "A"}, {"name": "B"}]}
KIND = field("kind", "choice", options=["a", "b"])
KINDS = field("kinds", "choices", options=["a", "b"])
SHOP_OF_TAGS = entity("shop", field("name"), field("city"), field("tags", "tags"), indexes={"by_city": ["city"]})
VISIT = entity("visit", field("note"), field("shop", "reference", to="shop"), field("tags", "tags"))


LONG_AGO, LONG_AFTER = date(2001, 1, 1), date(2999, 1, 1)
USER = entity("user", field("name"), field("roles", "tags"))

READERS = {
    "clerk": _role("clerk", shop=_grant("shop", read=True)),
    "doctor": _role("doctor", shop=_grant("shop", {"size": "read", "weight": "read", "born": "read"}, read=True)),
    "boss": _role("boss", "read"),
}


def field_of(entity_name: str, *named: Any, **settings: Any) -> Field:
    """A field of an entity that is there already."""
    return replace(field(*named, **settings), entity=entity_name)


CASES: dict[str, Case] = {
    "first_release": Case(model(), model(SHOP, entity("visit", field("shop", "reference", to="shop", owned=True)))),
    "nothing": Case(model(SHOP), model(SHOP)),
    "add_entity_in_a_circle": Case(
        model(entity("shop", field("name"))),
        model(
            entity("shop", field("name"), field("boss", "reference", to="person")),
            entity(
                "person", field("name"), field("shop", "reference", to="shop"), field("shops", "references", to="shop")
            ),
        ),
        TWO,
    ),
    "add_fields": Case(
        model(SHOP),
        model(
            entity(
                "shop",
                field("name"),
                field("city"),
                field("size", "decimal"),
                field("tags", "tags"),
                field("open", "date_range"),
                field("shown", "formula", value=expression("name"), storage="computed"),
                field("parent", "reference", to="shop"),
            )
        ),
        TWO,
    ),
    "add_required_with_default": Case(
        model(SHOP),
        model(
            entity(
                "shop",
                field("name"),
                field("city"),
                field("code", required=True, default="none"),
                field("kind", "choice", options=["a", "b"], required=True, default="b"),
                field("share", "percent", required=True, default="15%"),
                field("tags", "tags", required=True, default=["new", "old"]),
            )
        ),
        TWO,
    ),
    "add_required_without_default": Case(
        model(SHOP), model(entity("shop", field("name"), field("city"), field("code", required=True))), TWO
    ),
    "add_required_to_an_empty_table": Case(
        model(SHOP), model(entity("shop", field("name"), field("city"), field("code", required=True)))
    ),
    "require_field": Case(
        model(SHOP),
        model(entity("shop", field("name", required=True), field("city", required=True, default="Paris"))),
        {"shop": [{"name": "A", "city": "Rome"}, {"name": "B"}]},
    ),
    "require_field_that_is_empty": Case(
        model(SHOP),
        model(entity("shop", field("name", required=True), field("city", required=True))),
        {"shop": [{"name": "A", "city": "Rome"}, {"name": "B"}]},
    ),
    "rename": Case(
        model(SHOP, entity("visit", field("shop", "reference", to="shop"))),
        model(
            entity("branch", field("title", renamed_from=("name",)), field("city"), renamed_from=("shop",)),
            entity("visit", field("branch", "reference", to="branch", renamed_from=("shop",))),
        ),
        TWO,
    ),
    "title_of_another_field": Case(
        model(entity("shop", field("name"), field("city"), title=_title("name"))),
        model(entity("shop", field("name"), field("city"), title=_title("city"))),
        TWO,
    ),
    "remove": Case(model(SHOP, entity("visit", field("on", "date"))), model(entity("shop", field("name"))), TWO),
    "remove_with_what_belongs_to_it": Case(
        model(
            entity(
                "shop",
                field("name"),
                field("code", unique="folded"),
                field("open", "date_range"),
                field("tags", "tags"),
                field("boss", "reference", to="person"),
                field("long", "formula", value=expression("name")),
                keys={"place": ["name", "code"]},
                indexes={"by_code": ["code", "name"]},
            ),
            entity("person", field("name"), field("shops", "references", to="shop")),
        ),
        model(entity("shop", field("name"))),
        {
            "person": [{"name": "Li"}],
            "shop": [{"name": "A", "code": "x", "open__end": None, "boss": ID.format(0)}, {"name": "B"}],
        },
        {("shop", "tags"): [(0, "new"), (0, "old")], ("person", "shops"): [(0, ID.format(1))]},
    ),
    "bring_back_a_field": Case(
        model(SHOP_OF_TAGS),
        model(replace(SHOP_OF_TAGS, keys={"city": Key("city", ("city",))})),
        {"shop": [{"name": "A", "city": "Rome"}, {"name": "B"}, {"name": "C", "city": "Oslo"}]},
        {("shop", "tags"): [(0, "new"), (0, "old"), (1, "new")]},
        between=(model(entity("shop", field("name"))),),
    ),
    "bring_back_a_field_as_another_type": Case(
        model(SHOP),
        model(entity("shop", field("name"), field("city", "integer"))),
        {"shop": [{"name": "A", "city": "Rome"}]},
        between=(model(entity("shop", field("name"))),),
    ),
    "bring_back_what_was_there_last_in_that_type": Case(
        model(SHOP),
        model(SHOP),
        {"shop": [{"name": "A", "city": "Rome"}]},
        between=(
            model(entity("shop", field("name"))),
            model(entity("shop", field("name"), field("city", "integer"))),
            model(entity("shop", field("name"))),
        ),
    ),
    "bring_back_a_field_that_is_required": Case(
        model(SHOP),
        model(entity("shop", field("name"), field("city", required=True))),
        {"shop": [{"name": "A", "city": "Rome"}, {"name": "B"}]},
        between=(model(entity("shop", field("name"))),),
    ),
    "bring_back_a_field_that_gets_a_default": Case(
        model(SHOP),
        model(entity("shop", field("name"), field("city", required=True, default="Paris"))),
        {"shop": [{"name": "A", "city": "Rome"}, {"name": "B"}]},
        between=(model(entity("shop", field("name"))),),
    ),
    "bring_back_a_field_over_doubles": Case(
        model(SHOP),
        model(entity("shop", field("name"), field("city", unique="folded"))),
        {"shop": [{"city": "Rome"}, {"city": "rome"}]},
        between=(model(entity("shop", field("name"))),),
    ),
    "bring_back_a_choice_without_an_option": Case(
        model(entity("shop", field("name"), KIND, KINDS)),
        model(
            entity(
                "shop", field("name"), field("kind", "choice", options=["b"]), field("kinds", "choices", options=["b"])
            )
        ),
        {"shop": [{"kind": "a"}, {"kind": "b"}]},
        {("shop", "kinds"): [(0, "a"), (0, "b")]},
        between=(model(entity("shop", field("name"))),),
    ),
    "bring_back_an_entity": Case(
        model(SHOP, VISIT),
        model(
            entity("shop", field("name"), field("city"), indexes={"x": ["city"]}),
            replace(VISIT, fields={**VISIT.fields, "size": field_of("visit", "size", "integer")}),
        ),
        {"shop": [{"name": "A"}], "visit": [{"note": "x", "shop": ID.format(0)}, {}]},
        {("visit", "tags"): [(0, "new")]},
        between=(model(entity("shop", field("name"))), model(entity("other", field("name")))),
    ),
    "bring_back_an_entity_that_wants_more": Case(
        model(SHOP, VISIT),
        model(
            SHOP, replace(VISIT, fields={**VISIT.fields, "size": field_of("visit", "size", "integer", required=True)})
        ),
        {"shop": [{"name": "A"}], "visit": [{"note": "x", "shop": ID.format(0)}, {}]},
        between=(model(SHOP),),
    ),
    "retype": Case(
        model(entity("shop", field("size", "integer"), field("price", "money"))),
        model(entity("shop", field("size", "decimal"), field("price", "money", type=INT))),
    ),
    "options": Case(
        model(entity("shop", KIND, KINDS)),
        model(
            entity(
                "shop",
                field(
                    "kind", "choice", options=_options("c", "b", "d", c={"renamed_from": ("a",)}, b={"retired": True})
                ),
                field("kinds", "choices", options=_options("a", "b")),
            )
        ),
        {"shop": [{"kind": "a"}, {"kind": "a"}, {"kind": "b"}]},
    ),
    "options_in_use_removed": Case(
        model(entity("shop", KIND)),
        model(entity("shop", field("kind", "choice", options=["b"]))),
        {"shop": [{"kind": "a"}, {"kind": "b"}]},
    ),
    "add_keys": Case(
        model(SHOP),
        model(
            entity("shop", field("name", unique="folded"), field("city"), keys={"place": ["name", "city"]}),
        ),
        {"shop": [{"name": "A", "city": "Rome"}, {"name": "B", "city": "Rome"}, {"name": "A", "deleted_at": True}]},
    ),
    "add_key_over_doubles": Case(
        model(SHOP),
        model(entity("shop", field("name", unique="folded"), field("city", unique="exact"))),
        {"shop": [{"name": "É", "city": "Rome"}, {"name": "é", "city": "rome"}, {"city": "Rome"}]},
    ),
    "rename_and_remove_keys": Case(
        model(entity("shop", field("name", unique="exact"), field("city"), keys={"place": ["name", "city"]})),
        model(entity("shop", field("name"), field("city"), keys={"where": ["name", "city"]})),
    ),
    "rename_a_unique_field": Case(
        model(entity("shop", field("code", unique="exact"), field("city"), keys={"code": ["code"]})),
        model(
            entity(
                "shop",
                field("number", unique="exact", renamed_from=("code",)),
                field("city"),
                keys={"number": ["number"]},
            )
        ),
        {"shop": [{"code": "1", "city": "Rome"}]},
    ),
    "indexes": Case(
        model(entity("shop", field("name"), field("city"), field("size", "integer"), indexes={"x": ["city"]})),
        model(entity("shop", field("name"), field("city"), field("size", "integer"), indexes={"y": ["city", "size"]})),
        TWO,
    ),
    "settings": Case(
        model(SHOP),
        model(
            replace(
                SHOP,
                label=label("Store"),
                fields={
                    "city": replace(SHOP.fields["city"], search=True, personal="contact"),
                    "name": replace(SHOP.fields["name"], help=label("How it is called"), params={"max_length": 5}),
                },
            )
        ),
    ),
    "numbers_without_gaps": Case(
        model(entity("shop", field("no", "autonumber"), field("code", "autonumber", params={"gapless": True}))),
        model(entity("shop", field("no", "autonumber", params={"gapless": True}), field("code", "autonumber"))),
    ),
    "formula": Case(
        model(entity("shop", field("name"), field("long", "formula", value=expression("name")))),
        model(
            entity("shop", field("name"), field("long", "formula", value=expression("name + name"))),
        ),
    ),
    "formula_over_records": Case(
        model(entity("shop", field("name"))),
        model(entity("shop", field("name"), field("long", "formula", type=TEXT, value=expression("name + name")))),
        TWO,
    ),
    "rights": Case(
        model(
            SHOP,
            roles={
                "clerk": _role("clerk", shop=_grant("shop", {"city": "read"}, read=True, create=True)),
                "guest": _role("guest"),
            },
        ),
        model(
            SHOP,
            roles={
                "clerk": _role(
                    "clerk", shop=_grant("shop", {"city": "none"}, read=expression('city == "Rome"'), delete=True)
                ),
                "boss": _role("boss", "write"),
            },
        ),
    ),
    "rights_of_who_there_is": Case(
        model(
            USER,
            entity("shop", field("name"), field("city"), field("size", "integer")),
            roles={
                "clerk": _role("clerk", shop=_grant("shop", {"city": "none", "size": "read"}, read=True)),
                "boss": _role("boss", shop=_grant("shop", read=expression('city == "Rome"'), delete=True)),
                "guest": _role("guest", shop=_grant("shop", read=True)),
            },
        ),
        model(
            USER,
            entity("shop", field("name"), field("town", renamed_from=("city",)), field("size", "integer")),
            roles={
                "clerk": _role("clerk", shop=_grant("shop", {"town": "none"}, read=True)),
                "boss": _role("boss", "read", shop=_grant("shop", read=True)),
                "helper": _role("helper", shop=_grant("shop", {"name": "mask"}, read=True)),
            },
        ),
        {"user": [{"name": "A"}, {"name": "B"}, {"name": "C", "deleted_at": True}]},
        {("user", "roles"): [(0, "clerk"), (1, "clerk"), (2, "clerk"), (0, "guest")]},
    ),
    "personal_data_of_a_class_that_no_role_reads_by_itself": Case(
        model(
            USER,
            entity("shop", field("name"), field("size"), field("born", "date", personal="sensitive"), field("note")),
            roles=READERS,
        ),
        model(
            USER,
            entity(
                "shop",
                field("name"),
                field("weight", renamed_from=("size",), personal="sensitive"),
                field("born", "date", personal="identity"),
                field("note", personal="contact"),
                field("faith", personal="sensitive"),
            ),
            roles=READERS | {"clerk": _role("clerk", shop=_grant("shop", {"faith": "read"}, read=True))},
        ),
        {"user": [{"name": "A"}], "shop": [{"name": "A", "size": "9"}, {"name": "B", "note": "x"}]},
        {("user", "roles"): [(0, "clerk")]},
    ),
    "keep_no_longer": Case(
        model(
            entity("shop", field("name", personal="identity"), field("closed", "date")),
            entity("visit", field("on", "date"), retention=Retention("3y", "on", "erase", NOWHERE)),
            entity("call", field("note"), field("due", "date")),
            entity("lead", field("note")),
        ),
        model(
            entity(
                "shop",
                field("name", personal="identity"),
                field("closed_on", "date", renamed_from=("closed",)),
                retention=Retention("90d", "closed_on", "anonymise", NOWHERE),
            ),
            entity("visit", field("on", "date")),
            entity("call", field("note"), field("due", "date"), retention=Retention("2w", "due", "delete", NOWHERE)),
            entity("lead", field("note"), field("seen", "date"), retention=Retention("18mo", "seen", "erase", NOWHERE)),
        ),
        {
            "shop": [{"name": "A", "closed": LONG_AGO}, {"name": "B", "closed": LONG_AFTER}, {"name": "C"}],
            "visit": [{"on": LONG_AGO}],
            "call": [{"due": LONG_AGO}, {"due": LONG_AGO}, {"due": LONG_AFTER}],
            "lead": [{"note": "x"}],
        },
    ),
    "workflows": Case(
        model(
            SHOP,
            workflows={
                "kinds": _flow("kinds", grow=("clerk",), shrink=(), stay=()),
                "both": _flow("both", grow=("clerk",)),
                "gone": _flow("gone", end=("boss",)),
            },
        ),
        model(
            SHOP,
            workflows={
                "kinds": _flow("kinds", grow=("boss", "clerk"), shrink=("boss",), jump=()),
                "both": replace(_flow("both", grow=("boss",)), label=label("Both ways")),
                "fresh": _flow("fresh", begin=("clerk",), go=()),
            },
        ),
    ),
    "texts_only": Case(
        model(SHOP),
        replace(
            model(SHOP), layers=tuple(replace(one, documents={"a.yaml": "# other\n"}) for one in model(SHOP).layers)
        ),
    ),
}
