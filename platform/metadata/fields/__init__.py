"""Field types: one table, in which each type says in one place everything that it is."""

from __future__ import annotations

from kith.metadata.fields import choosing, computed, files, links, numbers, texts, times
from kith.metadata.fields.kind import COMMON, FieldType, Setting
from kith.problems import Words

FIELD_TYPES: dict[str, FieldType] = {
    kind.name: kind
    for table in (texts.TYPES, numbers.TYPES, times.TYPES, choosing.TYPES, links.TYPES, files.TYPES, computed.TYPES)
    for kind in table
}
"""Every field type by its name, in the order of the documentation."""

LATER: dict[str, Words] = {
    "secret": Words("it comes with encrypted storage", "将随加密存储提供"),
    "geo": Words("it comes with maps", "将随地图功能提供"),
    "clock": Words("it comes with service levels", "将随服务级别（SLA）功能提供"),
}
"""Field types of the design whose part of the engine does not exist yet."""

MEANT: dict[str, str] = {
    "string": "text",
    "str": "text",
    "varchar": "text",
    "char": "text",
    "textarea": "long_text",
    "number": "integer",
    "int": "integer",
    "float": "decimal",
    "double": "decimal",
    "numeric": "decimal",
    "currency_amount": "money",
    "bool": "boolean",
    "checkbox": "boolean",
    "timestamp": "datetime",
    "select": "choice",
    "enum": "choice",
    "picklist": "choice",
    "multiselect": "choices",
    "link": "reference",
    "relation": "reference",
    "lookup_field": "reference",
    "foreign_key": "reference",
    "owner": "user",
    "computed": "formula",
    "aggregate": "rollup",
    "auto_number": "autonumber",
    "sequence": "autonumber",
}
"""What other systems call a type, and what it is called here."""

__all__ = ["COMMON", "FIELD_TYPES", "LATER", "MEANT", "FieldType", "Setting"]
