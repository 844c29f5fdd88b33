"""The model: what all layers of an app say together, validated, typed and frozen.

Maps keep the order of the documents. Every object knows the span of the YAML that declared it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kith.metadata.model_calendars import Calendar, standard
from kith.metadata.model_dashboards import Dashboard
from kith.metadata.model_flows import NamedAction, State, Transition, Workflow
from kith.metadata.model_privacy import Purpose, Retention
from kith.metadata.model_records import Act, Case, DataSet, Import, ImportStep, ImportValue, TestSet
from kith.metadata.model_rights import Grant, Role
from kith.metadata.model_screens import Column, Form, FormItem, Related, Section, SortKey, View
from kith.metadata.model_settings import AppSetting
from kith.metadata.timing import Due, Schedule
from kith.problems import Span

if TYPE_CHECKING:
    from kith.rules.calendars import BusinessCalendar
    from kith.rules.program import Expression, Program
    from kith.rules.types import Type

EMPTY: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Label:
    """A text that a person sees, by language; `in_` falls back to the app's default language, then to any."""

    texts: Mapping[str, str]

    def in_(self, language: str) -> str:
        """The text in that language."""
        return self.texts.get(language) or next(iter(self.texts.values()), "")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice option; a retired one stays readable and cannot be chosen."""

    key: str
    label: Label
    color: str = ""
    retired: bool = False
    renamed_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entity.

    `type_name` is the word of metadata.md ("text", "rollup"), `type` the type its value has in expressions; `params`
    are the
    type's own settings as its schema reads them (max_length, pattern, region, currency, precision, scale, min, max,
    widget …).
    """

    entity: str
    name: str
    type_name: str
    type: Type
    label: Label
    help: Label
    span: Span
    layer: str
    required: bool = False
    unique: str = ""
    """"" not unique, "exact" or "folded"."""
    search: bool = False
    personal: str = ""
    """"" or a class of personal data: identity, contact, sensitive."""
    default: object = None
    default_from: Expression | None = None
    required_when: Expression | None = None
    locked_when: Expression | None = None
    invalid_when: Expression | None = None
    options_when: Mapping[str, Expression] = field(default_factory=dict)
    """For each option key that is not always choosable, the condition under which it is."""
    options: Mapping[str, Option] = field(default_factory=dict)
    to: str = ""
    """reference, references: the entity referred to."""
    targets: tuple[str, ...] = ()
    """any_reference: the entities whose records it may name."""
    inverse: str = ""
    on_delete: str = "restrict"
    owned: bool = False
    value: Expression | None = None
    """formula, rollup, lookup: what it is computed from."""
    storage: str = "stored"
    """stored; "computed": by the query; "fresh": stored with `fresh_until`; "soon": stored but for what waits."""
    renamed_from: tuple[str, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_computed(self) -> bool:
        """Whether Kith makes its value: nobody writes it."""
        return self.value is not None

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The entities whose records it may name."""
        return (self.to,) if self.to else self.targets

    @property
    def currency_field(self) -> str:
        """The field that holds the currency of an amount which has one of its own, else ""."""
        return str(self.params.get("currency_field") or "")

    @property
    def is_copy(self) -> bool:
        """Whether its stored value is made of fields of referenced records, which a job follows."""
        if self.value is None or self.storage == "computed" or self.type_name == "rollup":
            return False
        return any(use.through for use in self.value.uses)


@dataclass(frozen=True, slots=True)
class Key:
    """A set of fields that is unique among live records."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """When two records may be the same: how each field is compared (`likeness.WAYS`), and whether to warn or refuse.

    With the action `ask` nothing happens at saving: it serves whoever looks for a record by a few values.

    `tell` names the fields that are told even of a record which the reader may not see, such as whose it is.
    """

    name: str
    match: Mapping[str, str]
    action: str
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inverse:
    """A to-many relation of an entity: the records of `entity` whose `field` points here."""

    name: str
    entity: str
    field: str
    owned: bool


@dataclass(frozen=True, slots=True)
class SeenWith:
    """That records are read only by who may read the record that `field` names; where `besides` holds, also by others."""

    field: str
    besides: Expression | None


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of record."""

    name: str
    label: Label
    plural: Label
    help: Label
    icon: str
    title: Expression
    """A template over the record: what a person calls it."""
    fields: Mapping[str, Field]
    inverses: Mapping[str, Inverse]
    keys: Mapping[str, Key]
    indexes: Mapping[str, tuple[str, ...]]
    span: Span
    layer: str
    variants: str = ""
    history: bool = True
    owner_of_lines: str = ""
    """Where the records are owned lines: the reference field that names the parent."""
    renamed_from: tuple[str, ...] = ()
    duplicates: Mapping[str, Duplicate] = field(default_factory=dict)
    actions: Mapping[str, NamedAction] = field(default_factory=dict)
    person: bool = False
    """Whether each record is a human being, whose data can be exported and erased as a whole."""
    erasure: str = "anonymise"
    """What becomes of its records when the person they are about is erased: anonymise or erase."""
    retention: Retention | None = None
    consents: Mapping[str, Purpose] = field(default_factory=dict)
    """What a person can agree to, by purpose."""
    activities: bool = False
    """Whether activities about its records are kept."""
    notes: bool = False
    """Whether notes about its records are kept."""
    seen_with: SeenWith | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A named filter."""

    name: str
    of: str
    label: Label
    filter: Expression
    span: Span
    layer: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What wakes a rule: events (create update delete restore), changed fields, changed owned or inverse children.

    `transitions` and `actions` are those that wake it when they are taken, or carried out.
    """

    events: tuple[str, ...]
    fields: tuple[str, ...] = ()
    child: str = ""
    transitions: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    def meets(self, other: Trigger) -> bool:
        """Whether one change of a record can wake both: what waits for an action never meets what waits for a create."""
        return not self._ops.isdisjoint(other._ops)

    @property
    def _ops(self) -> frozenset[str]:
        found = {*self.events, *(("create", "update") if self.fields or self.child else ())}
        found |= {"update"} if self.transitions or self.actions else set()
        return frozenset(found or {"create", "update", "delete", "restore"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule: either `require` with its message, or `do`."""

    name: str
    set_name: str
    of: str
    label: Label
    trigger: Trigger
    when: Expression | None
    require: Expression | None
    message: Mapping[str, Expression]
    """By language: a template over the record."""
    field: str
    do: Program | None
    before: bool
    """Whether `do` runs before the write (only lets, ifs, stops, refuses and sets of own fields)."""
    span: Span
    layer: str
    every: Schedule | None = None
    """Time wakes it, again and again."""
    due: Due | None = None
    """Time wakes it once for each record, by the day that a field names."""
    over: Expression | None = None
    """Beside `every` and `due`: which records, as a condition that runs in the database."""

    @property
    def path(self) -> str:
        """`rule set/rule`, as messages and the history name it."""
        return f"{self.set_name}/{self.name}"

    @property
    def schedule(self) -> Schedule | None:
        """When time wakes it, or looks for records whose day has come."""
        return self.due.schedule if self.due else self.every


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation: an entity (with an optional view) or a group of entries."""

    name: str
    label: Label
    entity: str
    view: str
    icon: str
    items: tuple[NavItem, ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    """The app as a whole."""

    name: str
    version: str
    title: Label
    languages: tuple[str, ...]
    time_zone: str
    currency: str
    accent: str
    navigation: tuple[NavItem, ...]
    settings: Mapping[str, AppSetting]


@dataclass(frozen=True, slots=True)
class Layer:
    """One folder of documents as it came: path inside the folder → text."""

    name: str
    version: str
    documents: Mapping[str, str]
    digest: str
    root: str = ""
    """How messages name the folder that it came from, or ""."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything a running CRM is made of."""

    app: App
    entities: Mapping[str, Entity]
    forms: Mapping[str, Form]
    views: Mapping[str, View]
    segments: Mapping[str, Segment]
    roles: Mapping[str, Role]
    rules: Mapping[str, tuple[Rule, ...]]
    """By entity, in the order in which they run."""
    imports: Mapping[str, Import]
    data: Mapping[str, DataSet]
    tests: Mapping[str, TestSet]
    layers: tuple[Layer, ...]
    workflows: Mapping[str, Workflow] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    dashboards: Mapping[str, Dashboard] = field(default_factory=dict)

    @property
    def calendar(self) -> BusinessCalendar:
        """When people of the workspace work."""
        return standard(self.calendars)

    def entity_called(self, name: str) -> str:
        """What an entity is called now that has, or had, that name; "" where there is none."""
        if name in self.entities:
            return name
        return next((one.name for one in self.entities.values() if name in one.renamed_from), "")

    def workflows_of(self, entity: str) -> tuple[Workflow, ...]:
        """The workflows of an entity, each over a field of its own."""
        return tuple(one for one in self.workflows.values() if one.of == entity)


__all__ = [
    "Act",
    "App",
    "Calendar",
    "Case",
    "Column",
    "DataSet",
    "Duplicate",
    "Entity",
    "Field",
    "Form",
    "FormItem",
    "Grant",
    "Import",
    "ImportStep",
    "ImportValue",
    "Inverse",
    "Key",
    "Label",
    "Layer",
    "Model",
    "NamedAction",
    "NavItem",
    "Option",
    "Purpose",
    "Related",
    "Retention",
    "Role",
    "Rule",
    "Section",
    "SeenWith",
    "Segment",
    "SortKey",
    "State",
    "TestSet",
    "Transition",
    "Trigger",
    "View",
    "Workflow",
]
