"""What stands in a form: texts as they are typed, what they were when the form was shown, and the change they make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from hashlib import blake2s
from uuid import UUID

from starlette.datastructures import FormData

from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.runtime.coerce.choosing import listing
from kith.runtime.coerce.composed import ADDRESS, NAME, RANGE
from kith.runtime.files.described import Described
from kith.runtime.read.query import Reference
from kith.runtime.write.change import Change, Failure, Op

Raw = str | tuple[str, ...] | Mapping[str, str]
PARTS: Mapping[str, tuple[str, ...]] = {"address": ADDRESS, "person_name": NAME, "date_range": RANGE}
MANY = frozenset({"choices", "references", "users", "files"})
FILED = FILES - {"files"}
"""One file: the box of the one that is there, without whose tick nothing is sent, and what is uploaded."""
SEVERAL = frozenset({*PARTS, *MANY, *FILED})
"""What is made up of several controls, and so is not edited in its place."""
WAS, VERSION, ID, ROW, GONE = "_was", "_version", "_id", "_row", "_gone"
ADD, REMOVE, KEEP, RESUME, TOLD, FIND = "_add", "_remove", "_keep", "_resume", "_told", "_find"
"""Names of what a form sends beside its fields."""
MOST_ROWS = 500
POSITION = "position"
"""The field that puts lines in order; new lines are numbered on."""


@dataclass(slots=True)
class Row:
    """One line of a grid; `id` is None where it is new."""

    key: str
    id: str | None
    raw: dict[str, Raw]


@dataclass(slots=True)
class Typed:
    """A form as it stands: what is typed, by field and by line, and marks of what was shown at first."""

    raw: dict[str, Raw] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    was: dict[str, str] = field(default_factory=dict)
    version: int | None = None
    id: str = ""
    left: list[tuple[str, str]] = field(default_factory=list)
    """What was typed where nothing can be typed any more, as the form sent it."""
    unfit: tuple[Failure, ...] = ()
    """Why files that the form brought along were not taken."""

    def is_given(self, name: str, raw: Raw) -> bool:
        """Whether somebody has typed something else than what was shown."""
        return mark(raw) != self.was.get(name, BLANK)

    def given(self) -> set[str]:
        """The fields of the record itself that were typed into."""
        return {name for name, raw in self.raw.items() if self.is_given(name, raw)}

    def is_blank(self, relation: str, row: Row) -> bool:
        """Whether a line is new and nothing has been typed into it."""
        return row.id is None and not any(
            self.is_given(f"{relation}.{row.key}.{name}", raw) for name, raw in row.raw.items() if name != POSITION
        )

    def live_rows(self, relation: str) -> list[Row]:
        """The lines that count."""
        return [row for row in self.rows.get(relation, ()) if not self.is_blank(relation, row)]

    def add_row(self, relation: str, raw: dict[str, Raw]) -> None:
        """Put a new line at the end."""
        rows, key = self.rows.setdefault(relation, []), self.free_key(relation)
        rows.append(Row(key, None, raw))
        if POSITION in raw and not raw[POSITION]:
            raw[POSITION] = str(1 + max((self._position(row) for row in rows), default=0))
        # Its position is given, though nobody has typed it.
        self.note(f"{relation}.{key}", {name: value for name, value in raw.items() if name != POSITION})

    def free_key(self, relation: str) -> str:
        """The key of a line that is new."""
        keys = [row.key[1:] for row in self.rows.get(relation, ()) if row.id is None]
        return f"n{1 + max((int(key) for key in keys if key.isdecimal()), default=0)}"

    def _position(self, row: Row) -> int:
        found = row.raw.get(POSITION, "")
        return int(found) if isinstance(found, str) and found.isdecimal() and len(found) < 10 else 0

    def remove_row(self, relation: str, key: str) -> None:
        """Take a line away."""
        for row in [row for row in self.rows.get(relation, ()) if row.key == key]:
            self.rows[relation].remove(row)
            if row.id is not None:
                self.gone.setdefault(relation, []).append(row.id)

    def note(self, prefix: str, raw: Mapping[str, Raw]) -> None:
        """Remember that these values are what is shown at first."""
        for name, value in raw.items():
            self.was[f"{prefix}.{name}" if prefix else name] = mark(value)

    def change(self, op: Op, entity: str, without: Iterable[str] = ()) -> Change:
        """The change that the form asks for: what was typed, all lines in their order, then those that go."""
        names = self.given() - set(without)
        values = {name: sent(self.raw[name]) for name in self.raw if name in names}
        children = {
            relation: (*(self._line(relation, row) for row in self.live_rows(relation)), *self._going(relation))
            for relation in {**self.rows, **self.gone}
            # Of lines that are only shown nothing is asked.
            if any(row.raw for row in self.rows.get(relation, ())) or self.gone.get(relation)
        }
        children = {relation: lines for relation, lines in children.items() if lines}
        return Change(op, entity, self.id or None, values, children, self.version if op == "update" else None)

    def _line(self, relation: str, row: Row) -> Change:
        prefix = f"{relation}.{row.key}."
        values = {name: sent(raw) for name, raw in row.raw.items() if self.is_given(prefix + name, raw)}
        return Change("create" if row.id is None else "update", "", row.id, values)

    def _going(self, relation: str) -> Iterator[Change]:
        return (Change("delete", "", id_) for id_ in self.gone.get(relation, ()))


def mark(raw: Raw) -> str:
    """A short sign of a value, to tell later whether it has been changed."""
    if raw == "":
        return BLANK
    plain = raw if isinstance(raw, str) else json.dumps(list(raw.items()) if isinstance(raw, Mapping) else list(raw))
    return blake2s(plain.replace("\r\n", "\n").strip().encode(), digest_size=6).hexdigest()


BLANK = blake2s(digest_size=6).hexdigest()


def sent(raw: Raw) -> object:
    """A typed value as the write gate takes it."""
    if isinstance(raw, str):
        return raw
    return dict(raw) if isinstance(raw, Mapping) else list(raw)


# ---- values as they are typed -------------------------------------------------------------------------------------


def raw_of(declared: Field, value: object, zone: tzinfo) -> Raw:
    """A value as its control holds it."""
    if declared.type_name in FILED:
        found = Described.of(value)
        return found.as_text() if found is not None else ""
    if declared.type_name in PARTS:
        parts = value if isinstance(value, Mapping) else {}
        return {name: _text(declared, parts.get(name), zone) for name in PARTS[declared.type_name]}
    if declared.type.kind == "set":
        members = [_text(declared, one, zone) for one in value] if isinstance(value, (tuple, list, frozenset)) else []
        return tuple(sorted(members)) if declared.type_name in MANY else listing(members, ", ")
    return value if isinstance(value, str) else _text(declared, value, zone)


def _named(declared: Field, value: object) -> str | None:
    """A reference as its control holds it; None where a value is none."""
    if isinstance(value, Reference):
        return raw_reference(declared, value.entity, value.id)
    if isinstance(value, Mapping) and declared.type_name == "any_reference":
        return raw_reference(declared, value["entity"], value["id"])
    return None


def raw_reference(declared: Field, entity: str, id_: str) -> str:
    """A record as the control of a reference holds it."""
    return f"{entity}/{id_}" if declared.type_name == "any_reference" else id_


def _text(declared: Field, value: object, zone: tzinfo) -> str:
    if (named := _named(declared, value)) is not None:
        return named
    match value:
        case None:
            return "false" if declared.type.kind == "bool" else ""
        case bool():
            return "true" if value else "false"
        case int() | Decimal() if declared.type.kind in ("decimal", "money", "percent"):
            return _number(declared, Decimal(value))
        case datetime():
            return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        case time():
            return value.strftime("%H:%M")
        case date():
            return value.isoformat()
        case timedelta():
            return _duration(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, indent=1)
        case _:
            return str(value)


def _number(declared: Field, value: Decimal) -> str:
    text = f"{value * 100 if declared.type.kind == 'percent' else value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if declared.type.kind != "money" or declared.type.scale < 2:
        return text
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def _duration(value: timedelta) -> str:
    minutes = round(abs(value.total_seconds()) / 60)
    sizes = (("d", 1440), ("h", 60), ("m", 1))
    parts = []
    for letter, size in sizes:
        count, minutes = divmod(minutes, size)
        parts += [f"{count}{letter}"] if count else []
    return ("-" if value < timedelta() else "") + (" ".join(parts) or "0m")


# ---- forms as they arrive -----------------------------------------------------------------------------------------


def typed_of(form: FormData, fields: Sequence[Field], grids: Mapping[str, Sequence[Field]]) -> Typed:
    """Read a form: the fields that it may have, and of its grids by relation."""
    typed = Typed(was=marks_of(form), version=whole(form.get(VERSION)), id=_id(form.get(ID)))
    typed.raw = dict(_read(form, "", fields, typed.was))
    for relation, columns in grids.items():
        keys = [str(key) for key in form.getlist(f"{ROW}.{relation}")][:MOST_ROWS]
        typed.rows[relation] = [
            Row(key, _id(key) or None, dict(_read(form, f"{relation}.{key}.", columns, typed.was)))
            for key in dict.fromkeys(keys)
        ]
        typed.gone[relation] = [id_ for key in form.getlist(f"{GONE}.{relation}") if (id_ := _id(key))]
    return typed


def _read(form: FormData, prefix: str, fields: Sequence[Field], was: Mapping[str, str]) -> Iterator[tuple[str, Raw]]:
    for declared in fields:
        name = prefix + declared.name
        if declared.type_name in PARTS:
            parts = {part: _one(form, f"{name}.{part}") for part in PARTS[declared.type_name]}
            if any(f"{name}.{part}" in form for part in parts):
                yield declared.name, parts
        elif declared.type_name in MANY:
            if name in form or name in was:
                yield declared.name, tuple(sorted(str(value) for value in form.getlist(name) if value))
        elif declared.type.kind == "bool" or declared.type_name in FILED:
            # A box without its tick sends nothing: the marks tell that it was there.
            if name in form or name in was:
                yield declared.name, _ticked(form, name, declared)
        elif name in form:
            yield declared.name, _one(form, name)


def _ticked(form: FormData, name: str, declared: Field) -> str:
    found = _one(form, name)
    return found if declared.type_name in FILED else "true" if found == "true" else "false"


def _one(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def marks_of(form: FormData) -> dict[str, str]:
    """The marks of what a form showed at first, by the names of its controls."""
    try:
        found = json.loads(_one(form, WAS) or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(sign) for name, sign in found.items()} if isinstance(found, dict) else {}


def whole(value: object) -> int | None:
    """A version as a form carries it along."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else None


def _id(value: object) -> str:
    """A record's id, or "" where it is none."""
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) == 36 else ""
    except ValueError:
        return ""
