"""The demo record that the examples of the language are compiled against."""

from __future__ import annotations

from kith.rules.evalscope import DictScope, declare, entity_scope, scope_of
from kith.rules.scope import Slot
from kith.rules.types import BOOL, DATETIME, TEXT, Type, money, ref

ENTITY = "opportunity"
FIELDS: dict[str, object] = {
    "name": "text",
    "note": "text?",
    "code": "int",
    "quantity": "int",
    "weight": "decimal(10,3)",
    "ratio": "decimal(10,2)?",
    "price": "money(15,2,CNY)",
    "amount": "money(15,2,CNY)?",
    "budget": "money(15,2,USD)?",
    "discount": "percent?",
    "margin": "percent",
    "stage": "choice<new,proposal,negotiation,won,lost>",
    "priority": "choice<low,high>?",
    "rating": "choice<low,high>?",
    "closes_on": "date?",
    "starts_on": "date",
    "ends_at": "datetime?",
    "effort": "duration?",
    "opens": "time?",
    "vip": "bool",
    "flag": "bool?",
    "paid": "bool",
    "active": "bool",
    "tags": "set<text>",
    "account": "ref<account>?",
    "owner": "ref<user>",
    "lines": {
        "amount": "decimal(10,2)?",
        "quantity": "int",
        "label": "text?",
        "cancelled": "bool",
        "due": "date?",
        "product": "ref<product>?",
        "product.name": "text",
    },
}
BEHIND: dict[str, dict[str, object]] = {
    "account": {
        "name": "text",
        "note": "text?",
        "owner": "ref<user>",
        "parent": "ref<account>?",
        "visits": {"quantity": "int"},
    },
    "user": {"name": "text", "team": "ref<team>?", "teams": "set<ref<team>>"},
    "team": {"name": "text"},
    "task": {"subject": "text", "due": "date?", "owner": "ref<user>?", "effort": "duration?"},
}


def demo() -> DictScope:
    """A fresh scope of the demo record and of what it refers to."""
    scope = scope_of(FIELDS, ENTITY)
    for entity, types in BEHIND.items():
        for name, type_ in types.items():
            declare(entity_scope(scope, entity), [name], type_)
    lines = scope.world["account"].world[scope.world["account"].relations["visits"].entity]
    lines.relate("lines", scope.relations["lines"].entity)
    scope.world["task"].add("subject", scope.world["task"].fields["subject"].type, needed=True)
    for holder in (scope, scope.world["account"]):
        holder.add("home", Type("record", nullable=True, entity=":home"))
    for part, type_ in {"city": "text?", "since": "date?"}.items():
        declare(entity_scope(scope, ":home"), [part], type_)
    scope.add("paid_in", TEXT.or_null())
    scope.add("deposit", money("CNY").or_null(), currency="paid_in")
    scope.add("created_at", DATETIME, writable=False)
    scope.add("created_by", ref("user"), writable=False)
    return scope


ANY = Slot("value", saving=True, actor=True)
"""A place that allows everything."""
WHEN = Slot("when", BOOL, saving=True, actor=True)
REQUIRE = Slot("require", BOOL, saving=True, actor=True, guarded=True)
FILTER = Slot("filter", BOOL)
