"""What forms show: fields of every kind and grids of lines, as plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kith.web.view import Cell, Choice, Column, FileLink, Why


@dataclass(frozen=True, slots=True)
class Control:
    """How a kind of field is typed in: the attributes of its `<input>`."""

    type: str = "text"
    inputmode: str = ""
    autocomplete: str = "off"
    numeric: bool = False


CONTROLS: Mapping[str, Control] = {
    "text": Control(),
    "integer": Control(inputmode="numeric", numeric=True),
    "decimal": Control(inputmode="decimal", numeric=True),
    "money": Control(inputmode="decimal", numeric=True),
    "percent": Control(inputmode="decimal", numeric=True),
    "date": Control("date"),
    "datetime": Control("datetime-local"),
    "time": Control("time"),
    "duration": Control(),
    "tags": Control(),
    "email": Control("email", "email"),
    "phone": Control("tel", "tel"),
    "url": Control("url", "url"),
    "password": Control("password", autocomplete="current-password"),
    "new_password": Control("password", autocomplete="new-password"),
    "one_time_code": Control(autocomplete="one-time-code"),
    "search": Control("search"),
    "hidden": Control("hidden"),
}
"""The kinds that are one `<input>`; a number is text with a keypad, since browsers mangle what `type=number` gets."""

GROUPED = frozenset({"person_name", "address", "date_range", "radio", "choices", "file", "files"})
"""The kinds that are several controls under one legend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInput:
    """One field of a form: `kind` is the field type or its widget, `value` is what is typed or chosen.

    `locked` is the reason why it may not be changed; then `shown` is the value in words. `lookup` is the address that
    answers a reference's type-ahead, and is sent the fields `lookup_with`. `parts` are the controls of a grouped
    kind. `attributes` go to the control as they are.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    values: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    parts: Sequence[FieldInput] = ()
    required: bool = False
    help: str = ""
    error: str = ""
    locked: str = ""
    shown: str = ""
    why: Why | None = None
    unit: str = ""
    suffix: str = ""
    placeholder: str = ""
    lookup: str = ""
    lookup_with: Sequence[str] = ()
    wide: bool = False
    rows: int = 4
    files: Sequence[FileLink] = ()
    """The files that are there; `upload` is where script sends new ones, `accept` the endings of what is taken."""
    upload: str = ""
    accept: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    autofocus: bool = False

    @property
    def id(self) -> str:
        """The id of the control; error, help and label derive theirs from it."""
        return "f-" + self.name.replace(".", "-")

    @property
    def control(self) -> Control:
        """How it is typed in."""
        return CONTROLS.get(self.kind, CONTROLS["text"])

    @property
    def grouped(self) -> bool:
        """Whether it is a group of controls with a legend in place of a label."""
        return self.kind in GROUPED

    @property
    def described_by(self) -> str:
        """The ids of its error and help, for `aria-describedby`."""
        said = (("error", self.error), ("help", self.help), ("lock", self.locked))
        return " ".join(f"{self.id}-{name}" for name, text in said if text)


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields under one heading; a note explains the section."""

    fields: Sequence[FieldInput]
    label: str = ""
    note: str = ""
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an edited grid; its inputs stand in the order of the columns."""

    key: str
    inputs: Sequence[FieldInput]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Owned records edited as a grid; without JavaScript the buttons `_add` and `_remove` submit the form.

    `buttons` are attributes of these buttons, with which a page lets them renew the grid alone.
    """

    name: str
    label: str
    columns: Sequence[Column]
    lines: Sequence[Line] = ()
    totals: Sequence[Cell] = ()
    add: bool = True
    remove: bool = True
    error: str = ""
    buttons: Mapping[str, str] = field(default_factory=lambda: {"formnovalidate": ""})
