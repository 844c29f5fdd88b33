"""What is kept aside: the columns of fields that have left the model, until they are purged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from kith.metadata.model import Field
from kith.rules.types import TEXT, Type


@dataclass(frozen=True, slots=True)
class KeptField:
    """Columns that no field of the model uses any more, and what is in them.

    `field` is how the field was called last, `stored` how its values are stored (`stored_as`), `since` the first release
    without it. `successor` is the base name of the columns in which its values go on, where they were converted: it is
    what going back compares them with. Names of releases keep it by the base name of the columns; every column called
    so, or so and `__…`, and the link table `<table>__<base>` belong to it.
    """

    field: str
    stored: str
    since: int
    successor: str = ""

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return {name: value for name, value in asdict(self).items() if value != ""}


def columns_of(there: Iterable[str], base: str) -> list[str]:
    """The columns among some that belong to a base name."""
    return [name for name in there if name.partition("__")[0] == base]


def points_to(stored: str) -> str:
    """The table that such values point to, "" for others."""
    return stored.partition("ref(")[2].partition(")")[0]


def stored_as(field: Field, tables: Mapping[str, str]) -> str:
    """How a field's values are stored, as one word: fields of which it is the same can take over each other's columns.

    References are told by the table that they point to, so that an entity may be renamed meanwhile.
    """
    parts = [field.type_name, _spelled(field.type, tables)]
    if field.params.get("currency_field"):
        parts.append("own_currency")
    if field.is_computed:
        # What is computed is of one expression, and is never taken over by what somebody enters.
        parts.append("computed")
    return " ".join(parts)


def as_stored(field: Field, stored: str, entities: Mapping[str, str]) -> Field:
    """A field as it was while its values were stored so: what histories are read with. `entities` are named by table.

    What it referred to and is no longer there is but a text; options that it has no more are their keys.
    """
    type_name, spelled, *_ = stored.split(" ")
    return replace(field, type_name=type_name, type=_type(type_name, spelled, entities), params={})


def type_of(stored: str) -> tuple[str, Type]:
    """The field type that values are stored as, and their type; what they point to is not told."""
    type_name, spelled, *_ = stored.split(" ")
    return type_name, _type(type_name, spelled, {points_to(stored): ""})


def _type(type_name: str, spelled: str, entities: Mapping[str, str]) -> Type:
    kind, _, inside = spelled.removesuffix(")").partition("(")
    if kind == "set":
        return Type("set", item=_type(type_name, inside, entities))
    if kind == "ref":
        return Type("ref", entity=entities[inside]) if inside in entities else TEXT
    sizes = [part for part in inside.split(",") if part]
    numbers = [int(part) for part in sizes if part.isdigit()]
    precision, scale, *_ = *numbers, 0, 0
    currency = "".join(part for part in sizes if not part.isdigit())
    return Type(kind, precision=precision, scale=scale, currency=currency, entity=f":{type_name}")  # type: ignore[arg-type]


def _spelled(type_: Type, tables: Mapping[str, str]) -> str:
    sizes = [str(part) for part in (type_.precision, type_.scale, type_.currency) if part]
    if type_.entity and type_.kind == "ref":
        sizes.append(tables.get(type_.entity, type_.entity))
    if type_.item:
        sizes.append(_spelled(type_.item, tables))
    return f"{type_.kind}({','.join(sizes)})" if sizes else type_.kind
