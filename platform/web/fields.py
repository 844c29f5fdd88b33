"""Fields of the model as the inputs of a form: by type and widget, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import numbers

from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.metadata.parts import LABELS
from kith.rules.types import Type
from kith.runtime.files.described import Described
from kith.web import addresses
from kith.web.filing import endings_of, link_of
from kith.web.formats import locale_of
from kith.web.inputs import FieldInput
from kith.web.showing import NAMES, Reader, chip_of
from kith.web.typed import PARTS, Raw
from kith.web.view import Choice, Why
from kith.web.widgets import rated

Candidates = Callable[[Field], Sequence[Choice]]
KINDS: Mapping[str, str] = {
    "external_id": "text",
    "references": "choices",
    "users": "choices",
    "user": "reference",
    "team": "reference",
    "any_reference": "reference",
    "image": "file",
}
"""Field types that are typed in as another kind."""
WIDGETS: Mapping[str, str] = {"radio": "radio", "toggle": "toggle", "rating": "radio"}
WIDE = frozenset({"long_text", "markdown", "json", "address"})
PART_KINDS: Mapping[str, str] = {"country": "country", "start": "date", "end": "date"}
WIDE_PARTS = frozenset({"street"})


@dataclass(frozen=True, slots=True)
class State:
    """What holds for a field at the moment, beyond what is typed."""

    required: bool = False
    locked: str = ""
    shown: str = ""
    why: Why | None = None
    error: str = ""
    widget: str = ""
    barred: frozenset[str] = frozenset()
    placeholder: str = ""
    found: Sequence[Choice] = ()
    """What was looked for without script."""
    cells: bool = False
    """Whether it stands in a grid, whose heads say what its fields are."""
    autofocus: bool = False


FREE = State()


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes inputs for one reader and form.

    `labels` tells what referred-to records are called; `candidates` gives what a set of references may hold; `lookup`
    the address that finds what a reference may name.
    """

    reader: Reader
    labels: Mapping[tuple[str, str], str]
    candidates: Candidates
    lookup: Callable[[Field], str]
    languages: Sequence[str] = field(default=("en", "zh-CN"))

    def input(self, declared: Field, name: str, raw: Raw, state: State = FREE) -> FieldInput:
        """The input of a field."""
        kind = kind_of(declared, state.widget)
        language = self.reader.language
        single = raw if isinstance(raw, str) else ""
        return FieldInput(
            name=name,
            label=declared.label.in_(language),
            kind=kind,
            value=single,
            values=raw if isinstance(raw, tuple) else (),
            choices=self._choices(declared, kind, raw, state),
            parts=self._parts(declared, name, raw),
            required=state.required,
            help="" if state.cells else declared.help.in_(language) if declared.help.texts else "",
            error=state.error,
            locked=state.locked,
            shown=state.shown,
            why=state.why,
            unit="" if state.cells or declared.currency_field else self._unit(declared.type),
            suffix="%" if declared.type.kind == "percent" else "",
            placeholder=state.placeholder,
            lookup=self.lookup(declared) if kind == "reference" else "",
            wide=kind in WIDE,
            attributes=_attributes(declared),
            **_filing(declared, raw, language),
            autofocus=state.autofocus,
        )

    def _unit(self, type_: Type) -> str:
        if type_.kind != "money" or not type_.currency:
            return ""
        return str(numbers.get_currency_symbol(type_.currency, locale_of(self.reader.language)))

    def _choices(self, declared: Field, kind: str, raw: Raw, state: State) -> Sequence[Choice]:
        if kind == "reference":
            found = [one for one in state.found if one.value != raw]
            return [*self._named(declared.type, raw), *found]
        if declared.type.kind == "set" and declared.type.item is not None and declared.type.item.kind == "ref":
            known = list(self.candidates(declared))
            here = {choice.value for choice in known}
            return [*known, *(one for one in self._named(declared.type.item, raw) if one.value not in here)]
        if kind == "radio" and declared.type.kind == "int":
            return rated(declared)
        if declared.options:
            chosen = {raw} if isinstance(raw, str) else set(raw)
            options = declared.options.values()
            open_ = (one for one in options if one.key in chosen or not (one.retired or one.key in state.barred))
            return [chip_of(one, self.reader.language) for one in open_]
        return self._codes(declared.type_name)

    def _named(self, type_: Type, raw: Raw) -> Sequence[Choice]:
        ids = (raw,) if isinstance(raw, str) else tuple(raw)
        return [Choice(id_, self.labels.get(named(type_, id_), id_)) for id_ in ids if id_]

    def _codes(self, kind: str) -> Sequence[Choice]:
        if kind == "language":
            return [choice for choice in codes(kind, self.reader.language) if choice.value in self.languages]
        return codes(kind, self.reader.language) if kind in (*NAMES, "time_zone") else ()

    def _parts(self, declared: Field, name: str, raw: Raw) -> Sequence[FieldInput]:
        values = raw if isinstance(raw, Mapping) else {}
        return [
            FieldInput(
                name=f"{name}.{part}",
                label=LABELS[part].in_(self.reader.language),
                kind=PART_KINDS.get(part, "text"),
                value=values.get(part, ""),
                choices=codes("country", self.reader.language) if part == "country" else (),
                wide=part in WIDE_PARTS,
            )
            for part in PARTS.get(declared.type_name, ())
        ]


def named(type_: Type, raw: str) -> tuple[str, str]:
    """Which record a typed reference names: its id alone, or its entity and id."""
    entity, slash, id_ = raw.partition("/")
    return (entity, id_) if slash else (type_.entity, raw)


def _filing(declared: Field, raw: Raw, language: str) -> Mapping[str, Any]:
    """What the input of files knows besides."""
    if declared.type_name not in FILES:
        return {}
    values = (raw,) if isinstance(raw, str) else tuple(raw)
    links = tuple(link_of(one, language) for value in values if (one := Described.of(value)) is not None)
    upload = addresses.with_query(addresses.UPLOADS, [("for", f"{declared.entity}.{declared.name}")])
    return {"files": links, "upload": upload, "accept": endings_of(declared)}


def kind_of(declared: Field, widget: str) -> str:
    """How a field is typed in."""
    widget = WIDGETS.get(widget or str(declared.params.get("widget", "")), "")
    return widget or KINDS.get(declared.type_name, declared.type_name)


def _attributes(declared: Field) -> Mapping[str, str]:
    longest = declared.params.get("max_length")
    found = {"maxlength": str(longest)} if isinstance(longest, int) and declared.type_name != "markdown" else {}
    if declared.type_name == "phone":
        # Whose number it is: the browser would offer that of the one who types.
        found["autocomplete"] = "off"
    return {**found, "autocomplete": "off"} if declared.type_name in ("email", "url") else found


@lru_cache(maxsize=32)
def codes(kind: str, language: str) -> tuple[Choice, ...]:
    """All codes of a kind with their names, in the order of the names."""
    if kind == "time_zone":
        return tuple(
            Choice(zone, zone.replace("_", " "))
            for zone in sorted(available_timezones())
            if "/" in zone and not zone.startswith("Etc/")
        )
    table: Mapping[str, Any] = getattr(locale_of(language), NAMES[kind])
    if kind == "language":
        # The languages of an app are tags with a country, which the tables write another way or leave out.
        tags = {tag.replace("_", "-"): name for tag, name in table.items()}
        tags.setdefault("zh-CN", tags.get("zh-Hans", tags.get("zh", "zh-CN")))
        return tuple(Choice(tag, str(name)) for tag, name in tags.items())
    size = 3 if kind == "currency" else 2
    found = ((key, str(name)) for key, name in table.items() if len(key) == size and key.isalpha() and key.isupper())
    return tuple(Choice(key, name) for key, name in sorted(found, key=lambda pair: pair[1]))
