"""Values as cells: in the reader's language, locale and time zone, by the type of the field they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kith.metadata.fields.files import FILES, MEMBER
from kith.metadata.model import Field, Label, Model, Option
from kith.rules.types import Type
from kith.runtime import phones
from kith.runtime.read.query import Amount, Masked, Reference
from kith.texts import Texts
from kith.web import addresses
from kith.web.filing import file_cell
from kith.web.formats import Format, formatter, locale_of
from kith.web.look import COLOURS
from kith.web.view import Cell, Choice, Person
from kith.web.widgets import LOOKS, barcode, checklist

Show = Callable[[Any], Cell]
"""Makes the cell of a value. Where it is a Shower, what it knows of its cells lets a long list do without them."""
NOTHING = Cell()
SHORT = 120
"""Characters of a long text that a list shows."""
NEAR = {"slate": "gray", "yellow": "amber", "violet": "purple"}
"""Colours that apps may name, and the one of ours that stands for each."""
NAMES = {"country": "territories", "currency": "currencies", "language": "languages"}
"""Field types whose values are codes, and Babel's table of their names."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How somebody reads: his words, and the name of his time zone."""

    model: Model
    texts: Texts
    zone: str

    @property
    def language(self) -> str:
        """The tag of his language."""
        return self.texts.language


def colour_of(name: str) -> str:
    """A colour of ours for one that an app names."""
    name = NEAR.get(name, name)
    return name if name in COLOURS else "gray"


def inline(label: Label, language: str) -> str:
    """A label inside a sentence: English writes it small there, but for words that are capitals altogether."""
    text = label.in_(language)
    return text[:1].lower() + text[1:] if language == "en" and text[1:2].islower() else text


def chip_of(option: Option, language: str) -> Choice:
    """An option as a chip."""
    return Choice(option.key, option.label.in_(language), colour_of(option.color))


@dataclass(frozen=True, slots=True)
class Plain:
    """Shows every value as a text, perhaps one that leads somewhere."""

    text: Format
    href: Format | None = None

    def __call__(self, value: Any) -> Cell:
        """The cell of a value."""
        return Cell(self.text(value), self.href(value) if self.href is not None else "")


@dataclass(frozen=True, slots=True)
class Fixed:
    """Shows each of a few values by the same cell; another value as it is."""

    cells: Mapping[Any, Cell]

    def __call__(self, value: Any) -> Cell:
        """The cell of a value."""
        return self.cells.get(value) or Cell(str(value))


@dataclass(frozen=True, slots=True)
class Named:
    """Shows references by their labels, which lead to the records; `start` is their addresses' beginning."""

    start: str
    hidden: Cell

    def __call__(self, value: Any) -> Cell:
        """The cell of a value."""
        if not isinstance(value, Reference):
            return Cell(str(value))
        if not value.visible:
            return self.hidden
        return Cell(value.label or value.id[:8], self.start + value.id)


@dataclass(frozen=True, slots=True)
class Anywhere:
    """Shows references to records of any entity like those to records of one."""

    hidden: Cell

    def __call__(self, value: Any) -> Cell:
        """The cell of a value."""
        if not isinstance(value, Reference):
            return Cell(str(value))
        return (
            Cell(value.label or value.id[:8], addresses.record_of(value.entity, value.id))
            if value.visible
            else self.hidden
        )


@dataclass(frozen=True, slots=True)
class Shower:
    """Shows the values of a field, also what is missing or masked."""

    known: Show

    def __call__(self, value: Any) -> Cell:
        """The cell of a value."""
        if value is None:
            return NOTHING
        return Cell(str(value), icon="eye-off", tone="muted") if isinstance(value, Masked) else self.known(value)


def shower(reader: Reader, type_: Type, declared: Field | None = None, *, short: bool = False) -> Shower:
    """What makes cells of a field's values; `short` is for lists. Ask once for a column, not for each cell."""
    return Shower(_shower(reader, type_, declared, short))


def _shower(reader: Reader, type_: Type, declared: Field | None, short: bool) -> Show:
    look = str(declared.params.get("widget", "")) if declared is not None else ""
    return (look and declared is not None and _looked(reader, declared, look, short)) or _usual(
        reader, type_, declared, short
    )


def _looked(reader: Reader, declared: Field, look: str, short: bool) -> Show | None:
    """The cells of a look that differs from the usual one of its type."""
    type_ = declared.type
    if look == "barcode":
        return None if short else barcode
    if look == "checklist":
        chips = _set(reader, type_, declared)
        return checklist(sum(not one.retired for one in declared.options.values()), chips) if short else None
    if look == "badge" and type_.kind == "choice":
        options = options_of(reader, type_, declared).values()
        return Fixed(
            {one.key: Cell(one.label.in_(reader.language), chips=(chip_of(one, reader.language),)) for one in options}
        )
    return LOOKS[look](declared, _text_of(reader, declared)) if look in LOOKS else None


def _text_of(reader: Reader, declared: Field) -> Format:
    """What prints a value of a field as a text."""
    usual = _usual(reader, declared.type, declared, short=True)
    return lambda value: usual(value).text


def _usual(reader: Reader, type_: Type, declared: Field | None, short: bool) -> Show:
    match type_.kind:
        case "choice":
            return _choice(options_of(reader, type_, declared), reader.language)
        case "set":
            return _set(reader, type_, declared)
        case "ref":
            return Named(addresses.record_of(type_.entity, ""), Cell(reader.texts("value.no_access"), tone="muted"))
        case "bool":
            return _boolean(reader)
        case "text":
            return _text(reader, declared, short)
        case "record":
            return _parts(reader, type_, declared)
        case "money" if declared is not None and declared.currency_field:
            return Plain(_amount(reader, type_))
        case _:
            return Plain(format_of(reader, type_))


def format_of(reader: Reader, type_: Type) -> Format:
    """What prints numbers, dates and spans of a type."""
    language = reader.language
    match type_.kind:
        case "int":
            return formatter("integer", language)
        case "decimal":
            return formatter("decimal", language, scale=type_.scale)
        case "money":
            if not type_.currency:
                return formatter("decimal", language, scale=type_.scale)
            return formatter("money", language, currency=type_.currency)
        case "percent":
            return _percent(language)
        case "date" | "time":
            return formatter(type_.kind, language, width="medium" if type_.kind == "date" else "short")
        case "datetime":
            return formatter("instant", language, zone=reader.zone)
        case "duration":
            return formatter("duration", language)
        case _:
            return str


def _amount(reader: Reader, type_: Type) -> Format:
    """Amounts in the currencies of their records; what comes without one is but a number."""
    language = reader.language
    bare = formatter("decimal", language, scale=type_.scale)

    def show(value: Any) -> str:
        currency = value.currency if isinstance(value, Amount) else None
        return (formatter("money", language, currency=currency) if currency else bare)(value)

    return show


def _percent(language: str) -> Format:
    """As many decimals as the value has, two at most."""
    whole, exact = formatter("percent", language, scale=0), formatter("percent", language, scale=2)

    def show(value: Any) -> str:
        hundredths = value * 100
        return whole(value) if hundredths == int(hundredths) else exact(value)

    return show


def options_of(reader: Reader, type_: Type, declared: Field | None) -> Mapping[str, Option]:
    """The options that a choice is one of, also where its field is computed from another one."""
    if declared is not None and declared.options:
        return declared.options
    entity, _, name = type_.field.partition(".")
    owner = reader.model.entities.get(entity)
    return owner.fields[name].options if owner is not None and name in owner.fields else {}


def _choice(options: Mapping[str, Option], language: str) -> Show:
    cells: dict[str, Cell] = {}
    for key, option in options.items():
        chip = chip_of(option, language)
        cells[key] = Cell(chip.label, chips=(chip,)) if option.color else Cell(chip.label)
    return Fixed(cells)


def _set(reader: Reader, type_: Type, declared: Field | None) -> Show:
    item = type_.item
    if item is not None and item.entity == MEMBER.entity:
        return lambda values: file_cell(values, reader.language)
    if item is not None and item.kind == "ref":
        return lambda values: Cell(reader.texts("mark.list").join(label_of(one, reader.texts) for one in values))
    chips = {key: chip_of(option, reader.language) for key, option in (declared.options if declared else {}).items()}
    return lambda values: _chips(chips, values)


def _chips(known: Mapping[str, Choice], values: Iterable[Any]) -> Cell:
    chips = tuple(known.get(str(value)) or Choice(str(value), str(value)) for value in values)
    return Cell(", ".join(chip.label for chip in chips), chips=chips) if chips else NOTHING


def label_of(reference: Reference, texts: Texts) -> str:
    """What a reference is called to the reader."""
    return reference.label if reference.visible else texts("value.no_access")


def _boolean(reader: Reader) -> Show:
    yes, no = Cell(reader.texts("value.yes"), icon="check"), Cell(reader.texts("value.no"), tone="muted")
    return Fixed({True: yes, False: no})


def _text(reader: Reader, declared: Field | None, short: bool) -> Show:
    match declared.type_name if declared else "":
        case "phone":
            region = str(declared.params.get("region") or "CN") if declared else "CN"
            return Plain(lambda value: phones.written(value, region), lambda value: f"tel:{value}")
        case "email":
            return Plain(str, lambda value: f"mailto:{value}")
        case "url":
            return Plain(lambda value: value.partition("://")[2].removesuffix("/"), str)
        case "country" | "currency" | "language" as name:
            table: Mapping[str, str] = getattr(locale_of(reader.language), NAMES[name])
            return Plain(lambda value: table.get(value) or table.get(value.replace("-", "_")) or _tag(value, table))
        case "long_text" | "markdown" if short:
            return Plain(_shortened)
        case _:
            return Plain(str)


def _tag(value: str, table: Mapping[str, str]) -> str:
    """`zh-CN` is called as `zh` where there is no name for the whole."""
    return table.get(value.partition("-")[0], value)


def _shortened(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"


def _parts(reader: Reader, type_: Type, declared: Field | None) -> Show:
    chinese = reader.language.startswith("zh")
    if type_.entity == ":any_reference":
        return Anywhere(Cell(reader.texts("value.no_access"), tone="muted"))
    if type_.entity.removeprefix(":") in FILES:
        return lambda value: file_cell([value], reader.language)
    match declared.type_name if declared else "":
        case "person_name":
            order = ("family", "given") if chinese else ("given", "family")
            return lambda value: Cell(
                ("" if chinese else " ").join(str(value[part]) for part in order if value.get(part))
            )
        case "date_range":
            show = formatter("date", reader.language)
            return lambda value: Cell(" – ".join(show(day) for day in (value.get("start"), value.get("end")) if day))
        case _:
            return lambda value: Cell((" " if chinese else ", ").join(str(part) for part in value.values() if part))


def as_person(cell: Cell) -> Cell:
    """A reference to a user as a person."""
    return replace(cell, href="", person=Person(cell.text, cell.href)) if cell.text else cell
