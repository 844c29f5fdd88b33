"""What the components show: plain frozen values, made by page handlers and read by macros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from kith.web.look import Look


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose, or the chosen thing: a stored value, its label and perhaps a colour name."""

    value: str
    label: str
    colour: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go; `danger` marks what destroys, `dialog` opens the place in the dialog where there is JavaScript.

    `key` names the key of the keyboard that goes there (`edit`, `create`, …; see docs/contributor/look.md).
    """

    label: str
    href: str
    icon: str = ""
    current: bool = False
    badge: str = ""
    danger: bool = False
    dialog: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Links of the side navigation under one heading; without a heading they come first."""

    links: Sequence[Link]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the reader: `info`, `success`, `warning` or `danger`, with things to do about it."""

    text: str
    tone: str = "info"
    title: str = ""
    actions: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is as it is: a sentence, and the page that explains it down to the values."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as shown beside what they did; initials stand for a picture, those of the name unless they are given."""

    name: str
    href: str = ""
    colour: str = "gray"
    letters: str = ""

    @property
    def initials(self) -> str:
        """The last two characters of a Chinese name, else the first letters of the first and last word."""
        if self.letters:
            return self.letters
        words = self.name.split()
        if not words:
            return "?"
        if ord(words[0][0]) > 0x2E80:
            return words[0][-2:]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What surrounds every page: the app, the reader, the navigation and the reader's choices."""

    app: str
    here: str
    look: Look = field(default_factory=Look)
    languages: Sequence[Choice] = (Choice("en", "English"), Choice("zh-CN", "简体中文"))
    navigation: Sequence[NavGroup] = ()
    bar: Sequence[Link] = ()
    user: Person | None = None
    user_menu: Sequence[Link] = ()
    sign_out: str = ""
    create: Sequence[Link] = ()
    search: str = "/search"
    palette: str = ""
    """Where the palette gets what it offers; "" where there is none."""
    query: str = ""
    inbox: Link | None = None
    events: str = ""
    """Where open pages hear how much is unread."""
    csrf: str = ""
    home: str = "/"
    icon: str = "layers"
    notices: Sequence[Notice] = ()
    acted_by: str = ""
    """Who looks at the CRM as this reader: told on each page, with the way back."""


# ---- tables -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `sort` is the link that sorts by it, `sorted` is `ascending` or `descending` when it does.

    `phone` says where a card on a phone shows it: `title`, `show` or `hide`.
    """

    key: str
    label: str
    sort: str = ""
    sorted: str = ""
    numeric: bool = False
    phone: str = "show"
    width: str = ""
    why: str = ""

    @property
    def tag(self) -> tuple[Markup, bool]:
        """The beginning of its cells' tag, made once for all rows, and whether it is the one that names the record."""
        classes = f"number phone-{self.phone}" if self.numeric else f"phone-{self.phone}"
        tag = Markup('<td role="cell" data-label="{}" class="{}"').format(self.label, classes)
        return tag, self.phone == "title"


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file: its name and size in words, where it is, where its small picture is, and the value of its box in a form."""

    name: str
    size: str
    href: str
    preview: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as text, with a link, the chips of its choices, a person, files, or the address of its editor."""

    text: str = ""
    href: str = ""
    chips: Sequence[Choice] = ()
    person: Person | None = None
    icon: str = ""
    tone: str = ""
    edit: str = ""
    lang: str = ""
    files: Sequence[FileLink] = ()
    share: str = ""
    """How far it has come, in hundredths, as a bar beside the text."""
    code: tuple[int, str] | None = None
    """A code for a scanner: its side and its dots as a path."""

    @property
    def plain(self) -> bool:
        """Whether it is a text and nothing else."""
        return not (
            self.href or self.chips or self.person or self.icon or self.tone or self.files or self.share or self.code
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table: its key, its page and one cell for each column."""

    key: str
    cells: Sequence[Cell] = ()
    href: str = ""
    selected: bool = False
    actions: Sequence[Link] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading, with its count and totals."""

    label: str
    rows: Sequence[Row]
    chip: Choice | None = None
    count: str = ""
    totals: Sequence[Cell] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty place teaches: why it is empty and the one next thing to do."""

    title: str
    text: str = ""
    icon: str = "inbox"
    action: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of records; `selectable` puts a checkbox named `select` before each row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row] = ()
    groups: Sequence[RowGroup] = ()
    totals: Sequence[Cell] = ()
    selectable: bool = False
    empty: Empty | None = None

    @property
    def parts(self) -> Sequence[RowGroup]:
        """The groups, or all rows as one group without a heading."""
        return self.groups or (RowGroup("", self.rows),)

    @property
    def blank(self) -> bool:
        """Whether there is no row at all."""
        return not any(part.rows for part in self.parts)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list paged by key: the range as words (`1–50 of 1,234`) and the two neighbours."""

    label: str
    previous: str = ""
    next: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter in force, in words, and the address without it."""

    label: str
    remove: str
    edit: str = ""


# ---- record pages -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value on a record page, with the reason where it is locked, hidden or computed."""

    label: str
    cell: Cell
    why: Why | None = None
    edit: str = ""
    wide: bool = False
    as_of: str = ""
    """Of a copy, since when it stands like this."""
    prose: str = ""
    """A text in markdown, laid out."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a path: `done`, `current`, `next` (may be moved to), `blocked` or `todo`.

    `href` is where the move is asked for, in the dialog where there is JavaScript.
    """

    value: str
    label: str
    state: str = "todo"
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a timeline: who did what when, the changes it made, and the actions on it."""

    text: str
    when: str
    instant: str
    icon: str = "activity"
    person: Person | None = None
    body: str = ""
    changes: Sequence[Change] = ()
    actions: Sequence[Link] = ()
    why: Why | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field's value before and after, in words; of a `first` one there is no before."""

    label: str
    before: str
    after: str
    first: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that leads to the records behind it; `tone` colours the comparison."""

    label: str
    value: str
    href: str = ""
    comparison: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process: `done`, `current` or `todo`."""

    label: str
    state: str = "todo"
    href: str = ""
