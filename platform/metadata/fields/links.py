"""Field types whose value is a record of an entity, or several."""

from __future__ import annotations

from kith.metadata.fields.kind import EQUALITY, INPUT, PRESENCE, SETS, FieldType
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words
from kith.rules.types import TEXT, Type, ref, set_of

_TO = parts.refers("The entity that it refers to.", to="entity")
_INVERSE = parts.name("field", "What the records over there call the records here.")
_ON_DELETE = parts.one_of(
    ("restrict", "set_null", "cascade"),
    "What happens here when the record over there is deleted; restrict unless it is said.",
)
_OWNED = parts.flag(
    "The records here are lines of the record over there: saved, locked, deleted and authorised with it."
)
_TO_ANY = parts.list_of(
    parts.refers(to="entity"),
    "The entities whose records it may name; without it and `among`, those of every entity.",
    least=1,
)
_AMONG = parts.one_of(("activities", "notes"), "It may name records of the entities that keep these.")
_NAMED: Schema = {
    **parts.text("A record, as its entity and what it is known by.", pattern=r"^[a-z][a-z0-9_]*/.+$"),
    "kith:wanted": Words("an entity and a record of it, such as account/ACME", "实体及其记录（如 account/ACME）"),
}
_ONE, _MANY = parts.refers(), parts.list_of(parts.refers())
_EQUAL = (*EQUALITY, "is me", "is mine or below")

TYPES = (
    FieldType(
        "reference",
        Words("Reference", "引用"),
        Words("A link to a record of an entity.", "指向某实体记录的链接。"),
        lambda at: ref(at.to),
        "reference",
        "{type: reference, to: account, inverse: contacts}",
        _ONE,
        {"to": _TO, "inverse": _INVERSE, "on_delete": _ON_DELETE, "owned": _OWNED},
        needs=("to",),
        common=INPUT | {"unique"},
        operators=EQUALITY,
        unique="exact",
    ),
    FieldType(
        "references",
        Words("References", "多引用"),
        Words("Links to records of an entity, many to many.", "多对多的链接。"),
        lambda at: set_of(ref(at.to)),
        "link table",
        "{type: references, to: product, inverse: campaigns}",
        _MANY,
        {"to": _TO, "inverse": _INVERSE},
        needs=("to",),
        common=INPUT,
        operators=SETS,
        sortable=False,
    ),
    FieldType(
        "any_reference",
        Words("Any reference", "任意引用"),
        Words(
            "A link to a record of one of several entities. Expressions ask `about is set`, `about.entity` and `about.id`;"
            " in data and tests it is written `account/ACME`.",
            "指向多个实体之一的某条记录的链接。表达式可用 `about is set`、`about.entity` 和 `about.id`；"
            "在数据和测试中写作 `account/ACME`。",
        ),
        lambda _: Type("record", entity=":any_reference"),
        "two columns: the table of the entity, and the id",
        "{type: any_reference, to: [user, team], inverse: notes}",
        _NAMED,
        {"to": _TO_ANY, "among": _AMONG, "inverse": _INVERSE, "on_delete": _ON_DELETE},
        common=INPUT,
        operators=PRESENCE,
        sortable=False,
        parts={"entity": TEXT, "id": TEXT},
    ),
    FieldType(
        "user",
        Words("User", "用户"),
        Words("A person who signs in.", "可登录的用户。"),
        lambda _: ref("user"),
        "reference",
        "{type: user, default_from: me}",
        _ONE,
        {"inverse": _INVERSE, "on_delete": _ON_DELETE},
        common=INPUT | {"unique"},
        operators=_EQUAL,
        unique="exact",
    ),
    FieldType(
        "users",
        Words("Users", "多用户"),
        Words("People who sign in.", "多个可登录的用户。"),
        lambda _: set_of(ref("user")),
        "link table",
        "{type: users}",
        _MANY,
        {"inverse": _INVERSE},
        common=INPUT,
        operators=SETS,
        sortable=False,
    ),
    FieldType(
        "team",
        Words("Team", "团队"),
        Words("A team of users.", "用户团队。"),
        lambda _: ref("team"),
        "reference",
        "{type: team, default_from: me.team}",
        _ONE,
        {"inverse": _INVERSE, "on_delete": _ON_DELETE},
        common=INPUT,
        operators=_EQUAL,
    ),
)
