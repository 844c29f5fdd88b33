"""What is kept aside: the columns of fields that have left the model, until they are purged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kith.metadata.model import Field
from kith.rules.types import Type


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


def _spelled(type_: Type, tables: Mapping[str, str]) -> str:
    sizes = [str(part) for part in (type_.precision, type_.scale, type_.currency) if part]
    if type_.entity and type_.kind == "ref":
        sizes.append(tables.get(type_.entity, type_.entity))
    if type_.item:
        sizes.append(_spelled(type_.item, tables))
    return f"{type_.kind}({','.join(sizes)})" if sizes else type_.kind
