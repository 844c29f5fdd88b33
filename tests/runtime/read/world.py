"""A small workspace made by hand: users in teams, accounts, deals with lines, and roles that see parts of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Entity, Field, Grant, Inverse, Model, Role, Segment, View
from kith.problems import Excerpt
from kith.rules.compiling import compile_expression, compile_template
from kith.rules.program import Expression
from kith.rules.scope import Slot
from kith.rules.types import BOOL, DECIMAL, INT, Type, ref
from kith.runtime.context import SYSTEM, Actor, Context, context_of
from kith.runtime.database import Database
from kith.runtime.read.reader import reader_of
from kith.runtime.read.scopes import ReaderScope
from kith.runtime.release import Release, make_release
from kith.runtime.schema import system
from kith.runtime.schema.install import install
from kith.runtime.schema.names import Names, named
from kith.runtime.search import index_records
from kith.runtime.write.sets import relinking
from kith.runtime.write.shelf import shelf_of
from tests.runtime import models
from tests.runtime.models import NOWHERE, entity, field, label

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FORMULAS: Mapping[tuple[str, str], tuple[str, Type, str]] = {
    ("account", "owner_team"): ("owner.team", ref("team").or_null(), "computed"),
    ("account", "big"): ("credit > 1000", BOOL, "stored"),
    ("account", "deal_count"): ("count(deals)", INT, "computed"),
    ("deal", "expected"): ("amount * 2", DECIMAL.or_null(), "computed"),
    ("deal", "days_open"): ("days_between(opened_on, today())", INT.or_null(), "fresh"),
}
TITLES = {"team": "{name}", "user": "{name}", "account": "{name} · {phone}", "deal": "{name} ({account.name})",
          "line": "{product}", "note": "{deal}: {text}"}  # fmt: skip
Grants = Mapping[str, Mapping[str, Any]]
ROLES: Mapping[str, Grants] = {
    "viewer": {
        "team": {"read": True},
        "user": {"read": True, "fields": {"email": "none"}},
        "account": {"read": True, "fields": {"credit": "none", "phone": "mask"}},
        "deal": {"read": True, "fields": {"margin": "none", "memo": "none"}},
        "line": {"read": True},
    },
    "rep": {
        "team": {"read": True},
        "user": {"read": True},
        "account": {"read": "owner == me", "update": "owner == me", "fields": {"credit": "read"}},
        "deal": {
            "read": "owner == me or account.owner == me", "update": "owner == me", "delete": "stage == \"new\"",
            "fields": {"margin": "none"}, "actions": {"win": "owner == me"},
        },
        "line": {"read": True, "update": True},
        "note": {"read": True},
    },
    "lead": {"deal": {"read": "owner.team in me.teams_below", "update": False}},
    "closer": {"deal": {"read": "stage == \"won\"", "other_fields": "read", "fields": {"name": "none"}}},
    "clerk": {"account": {"read": "not vip", "fields": {"phone": "mask", "credit": "none", "place": "mask"}}},
    "stranger": {"team": {"read": True}},
}  # fmt: skip


def _entities() -> list[Entity]:
    options = ["new", "open", "won", "lost"]
    return [
        entity("team", field("name", required=True), field("parent", "reference", to="team")),
        entity("user", field("name", required=True, search=True), field("email", "email", search=True),
               field("team", "reference", to="team", inverse="members")),
        entity(
            "account",
            field("name", required=True, search=True),
            field("phone", "phone", search=True),
            field("owner", "user", inverse="accounts"),
            field("parent", "reference", to="account", inverse="children"),
            field("rating", "choice", options=["low", "middle", "high"]),
            field("kinds", "choices", options=["a", "b", "c"]),
            field("labels", "tags"),
            field("partners", "references", to="account", inverse="partner_of"),
            field("credit", "decimal"),
            field("secret_note", "long_text", search=True, personal="sensitive"),
            field("vip", "boolean", required=True),
            field("place", "address"),
            _formula("account", "owner_team"), _formula("account", "big"), _formula("account", "deal_count"),
            indexes={"by_name": ["name"]},
        ),
        entity(
            "deal",
            field("name", required=True, search=True),
            field("account", "reference", to="account", inverse="deals"),
            field("owner", "user", inverse="deals"),
            field("stage", "choice", options=options, required=True),
            field("amount", "decimal"),
            field("margin", "decimal"),
            field("memo", "text", search=True),
            field("opened_on", "date"),
            field("won_at", "datetime"),
            _formula("deal", "expected"), _formula("deal", "days_open"),
        ),
        entity(
            "line",
            field("deal", "reference", to="deal", inverse="lines", owned=True),
            field("position", "integer"), field("product"), field("quantity", "integer"),
            owner_of_lines="deal",
        ),
        entity("note", field("deal", "reference", to="deal", inverse="notes"), field("text")),
    ]  # fmt: skip


def _formula(of: str, name: str) -> Field:
    text, type_, storage = FORMULAS[of, name]
    return field(name, "formula", type=type_.or_null(), value=models.expression(text, type_), storage=storage)


def _related(found: dict[str, Entity]) -> dict[str, Entity]:
    inverses: dict[str, dict[str, Inverse]] = {name: {} for name in found}
    for one in found.values():
        for item in one.fields.values():
            if item.inverse:
                owned = Inverse(item.inverse, one.name, item.name, item.owned)
                inverses[(item.type.item or item.type).entity][item.inverse] = owned
    return {name: replace(one, inverses=inverses[name], fields=_typed(one)) for name, one in found.items()}


def _typed(one: Entity) -> dict[str, Field]:
    """Fields as the metadata makes their types: nullable where not required, choices with their field's name."""
    typed = {}
    for name, item in one.fields.items():
        type_ = item.type if item.type.kind == "set" else item.type.or_null(not item.required)
        if type_.kind == "choice":
            type_ = replace(type_, field=f"{one.name}.{name}")
        typed[name] = replace(item, type=type_)
    return typed


def make_model() -> Model:
    """The model, its expressions compiled against all of it."""
    found = _related({one.name: one for one in _entities()})
    plain = models.model(*found.values())
    compiled = Compiler(plain)
    entities = {name: compiled.entity(one) for name, one in plain.entities.items()}
    plain = replace(plain, entities=entities)
    compiled = Compiler(plain)
    roles = {name: compiled.role(name, grants) for name, grants in ROLES.items()}
    roles["admin"] = Role("admin", label("admin"), {}, "write", NOWHERE, "test")
    views = {
        "big_margins": compiled.view("big_margins", "deal", "margin > 10"),
        "mine": compiled.view("mine", "deal", "owner == me"),
    }
    segments = {"won": Segment("won", "deal", label("won"), compiled("deal", 'stage == "won"'), NOWHERE, "test")}
    return replace(plain, roles=roles, views=views, segments=segments)


class Compiler:
    """Compiles expressions of documents: they know everything."""

    def __init__(self, model: Model) -> None:
        names = named(model, Names())
        self.release = make_release(1, model, names, _facts())
        self.reader = reader_of(context_of(SYSTEM, NOW, language="en", time_zone="UTC"), self.release)

    def __call__(self, of: str, text: str, type_: Type | None = BOOL) -> Expression:
        slot = Slot("test", type_, actor=True)
        found, problems = compile_expression(Excerpt.whole(text), ReaderScope(self.reader, of, True), slot)
        assert found is not None, [problem.message() for problem in problems]
        return found

    def entity(self, one: Entity) -> Entity:
        """An entity with its title and formulas compiled."""
        scope = ReaderScope(self.reader, one.name, True)
        title, problems = compile_template(Excerpt.whole(TITLES[one.name]), scope, Slot("title", shown=True))
        assert title is not None, [problem.message() for problem in problems]
        fields = {
            name: replace(item, value=self(one.name, FORMULAS[one.name, name][0], item.type)) if item.value else item
            for name, item in one.fields.items()
        }
        return replace(one, title=title, fields=fields)

    def role(self, name: str, grants: Grants) -> Role:
        """A role of its plain grants."""
        made = {of: self.grant(of, grant) for of, grant in grants.items()}
        return Role(name, label(name), made, "", NOWHERE, "test")

    def grant(self, of: str, grant: Mapping[str, Any]) -> Grant:
        """A grant with its scopes compiled."""
        rights = {
            key: self.right(of, value)
            for key, value in grant.items()
            if key not in ("fields", "other_fields", "actions")
        }
        actions = {key: self.right(of, value) for key, value in grant.get("actions", {}).items()}
        return Grant(of, rights, grant.get("fields", {}), grant.get("other_fields", "write"), actions, NOWHERE)

    def right(self, of: str, value: Any) -> Any:
        """True, false, or a scope."""
        return self(of, value) if isinstance(value, str) else value

    def view(self, name: str, of: str, filter_: str) -> View:
        """A view that only filters."""
        return View(name, of, label(name), "table", "", self(of, filter_), (), (), NOWHERE, "test")


def _facts() -> Any:
    from kith.runtime.database import Facts

    return Facts("sqlite", (3, 40, 0), "function")


# --- records -----------------------------------------------------------------------------------------------------------


def id_of(kind: str, number: int) -> str:
    """The id of a record of the world."""
    kinds = ("team", "user", "account", "deal", "line", "note")
    return f"01890000-0000-7000-8000-{kinds.index(kind):04x}{number:08x}"


TEAMS = {1: ("North", None), 2: ("Harbour", 1), 3: ("South", None)}
USERS = {1: ("Ann", 1), 2: ("Bob", 2), 3: ("Cem", 3)}
ACCOUNTS: list[dict[str, Any]] = [
    {"name": "张三", "phone": "+8613800138000", "owner": 1, "rating": "high", "credit": Decimal("5000.00"), "vip": False,
     "kinds": {"b", "a"}, "labels": {"old", "vip"}, "partners": {2, 4}, "secret_note": "zebra one"},
    {"name": "Émile & Co", "phone": "+33123456789", "owner": 2, "rating": "low", "credit": Decimal("10.50"), "vip": True,
     "parent": 1, "kinds": {"c"}, "secret_note": "zebra two"},
    {"name": "Zeta", "phone": None, "owner": 1, "rating": None, "credit": None, "vip": False, "parent": 2},
    {"name": "alpha", "phone": "+8613911112222", "owner": 3, "rating": "middle", "credit": Decimal("700.00"), "vip": False},
    {"name": "单雄信", "phone": "+8613700000000", "owner": None, "rating": "middle", "credit": Decimal("1.00"), "vip": False},
]  # fmt: skip
DEALS: list[dict[str, Any]] = [
    {"name": "Pumps", "account": 1, "owner": 1, "stage": "new", "amount": Decimal("100.00"), "margin": Decimal("11.11"),
     "memo": "quagga", "opened_on": date(2026, 1, 31)},
    {"name": "Valves", "account": 2, "owner": 2, "stage": "won", "amount": Decimal("250.00"), "margin": Decimal("22.22"),
     "memo": "okapi", "opened_on": date(2026, 2, 1), "won_at": datetime(2026, 3, 31, 17, 0, tzinfo=UTC)},
    {"name": "Pipes", "account": 2, "owner": 1, "stage": "won", "amount": None, "margin": Decimal("33.33"),
     "memo": None, "opened_on": date(2026, 2, 28), "won_at": datetime(2026, 3, 31, 15, 0, tzinfo=UTC)},
    {"name": "Cables", "account": None, "owner": 3, "stage": "lost", "amount": Decimal("40.00"), "margin": None,
     "memo": "ibex", "opened_on": None},
    {"name": "Tanks", "account": 4, "owner": 3, "stage": "open", "amount": Decimal("100.00"), "margin": Decimal("55.55"),
     "memo": None, "opened_on": date(2025, 12, 31)},
    {"name": "Ghost", "account": 1, "owner": 1, "stage": "new", "amount": Decimal("9000.00"), "margin": Decimal("77.77"),
     "memo": "ghost", "opened_on": None, "deleted_at": datetime(2026, 5, 1, tzinfo=UTC)},
]  # fmt: skip
LINES = [(1, 2, "Pump B", 3), (1, 1, "Pump A", 1), (2, 1, "Valve", 7), (5, 1, "Tank", 2)]


@dataclass
class World:
    """An open workspace with its records."""

    database: Database
    release: Release

    def context(self, *roles: str, user: int = 1, language: str = "en") -> Context:
        """The context of a user with those roles."""
        name, team = USERS[user]
        below = {1: {1, 2}, 2: {2}, 3: {3}}[team]
        record = {
            "id": id_of("user", user), "name": name, "team": id_of("team", team),
            "teams_below": frozenset(id_of("team", number) for number in below),
        }  # fmt: skip
        actor = Actor(id_of("user", user), name, frozenset(roles), record=record)
        return context_of(actor, NOW, language=language, time_zone="Asia/Shanghai")


def fill(database: Database) -> World:
    """Make the tables and the records."""
    install(database)
    model = make_model()
    release = make_release(1, model, named(model, Names()), database.facts)
    with database.write() as connection:
        release.tables.metadata.create_all(connection)
        for kind, records in _records().items():
            shelf = shelf_of(release, kind)
            shelf.insert(connection, records)
            for name in shelf.table.links:
                sets: dict[str, Any] = {
                    record["id"]: (frozenset(), record.get(name, frozenset())) for record in records
                }
                for write in relinking(
                    connection, shelf, name, {id_: change for id_, change in sets.items() if change[1]}
                ):
                    write.run(connection)
            index_records(connection, release, [(kind, record) for record in records])
        connection.execute(sa.insert(system.history), list(_history(release)))
    return World(database, release)


def _history(release: Release) -> Iterator[dict[str, Any]]:
    """Two versions of the first deal."""
    changes: list[dict[str, tuple[Any, Any]]] = [
        {"name": (None, "Pump"), "amount": (None, "90.00"), "margin": (None, "66.66"), "memo": (None, "walrus"),
         "account": (None, id_of("account", 2)), "opened_on": (None, "2026-01-31")},
        {"name": ("Pump", "Pumps"), "amount": ("90.00", "100.00"), "margin": ("66.66", "11.11"),
         "account": (id_of("account", 2), id_of("account", 1))},
    ]  # fmt: skip
    names = release.names.entities["deal"].columns
    for version, changed in enumerate(changes, start=1):
        values = {names[name]: {"old": old, "new": new, "salt": ["a", "b"]} for name, (old, new) in changed.items()}
        yield {
            "id": id_of("note", 90 + version), "save": id_of("note", 80), "entity": "deal", "record": id_of("deal", 1),
            "version": version, "op": "create" if version == 1 else "update", "release": 1, "actor": id_of("user", 2),
            "channel": "form", "batch": None, "at": NOW, "values": values, "digests": {}, "previous": "", "hash": "",
            "seal": None,
        }  # fmt: skip


def _records() -> dict[str, list[dict[str, Any]]]:
    return {
        "team": [
            _record("team", number, name=name, parent=_id("team", parent)) for number, (name, parent) in TEAMS.items()
        ],
        "user": [
            _record("user", number, name=name, email=f"{name.lower()}@example.com", team=id_of("team", team))
            for number, (name, team) in USERS.items()
        ],
        "account": [_account(number, values) for number, values in enumerate(ACCOUNTS, start=1)],
        "deal": [_deal(number, values) for number, values in enumerate(DEALS, start=1)],
        "line": [
            _record("line", number, deal=id_of("deal", deal), position=position, product=product, quantity=quantity)
            for number, (deal, position, product, quantity) in enumerate(LINES, start=1)
        ],
        "note": [_record("note", 1, deal=id_of("deal", 1), text="call")],
    }


def _account(number: int, values: dict[str, Any]) -> dict[str, Any]:
    credit = values["credit"]
    links = {
        "kinds": frozenset(values.get("kinds", ())),
        "labels": frozenset(values.get("labels", ())),
        "partners": frozenset(id_of("account", partner) for partner in values.get("partners", ())),
        "owner": _id("user", values["owner"]),
        "parent": _id("account", values.get("parent")),
        "place": {"city": "杭州", "street": "Lake Rd"} if number == 1 else None,
        "big": credit is not None and credit > 1000,
    }
    return _record("account", number, **(values | links))


def _deal(number: int, values: dict[str, Any]) -> dict[str, Any]:
    # Half of them have run out: what is stored then is wrong, and must not be read.
    stale = number % 2 == 0
    opened = values["opened_on"]
    links = {
        "deletion": id_of("note", 70) if "deleted_at" in values else None,
        "account": _id("account", values["account"]),
        "owner": _id("user", values["owner"]),
        "days_open": None if opened is None else 999_999 if stale else (date(2026, 11, 22) - opened).days,
        "days_open__until": datetime(2026, 11, 1 if stale else 23, tzinfo=UTC),
    }
    return _record("deal", number, **(values | links))


def _id(kind: str, number: int | None) -> str | None:
    return None if number is None else id_of(kind, number)


def _record(kind: str, number: int, **values: Any) -> dict[str, Any]:
    made = datetime(2026, 1, 1, number, tzinfo=UTC)
    own = {"id": id_of(kind, number), "version": 1, "created_at": made, "created_by": None, "updated_at": made,
           "updated_by": None, "deleted_at": None, "deletion": None, "computed": 0}  # fmt: skip
    return own | {"name": f"{kind} {number}"} | values
