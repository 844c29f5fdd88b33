"""The part of the model that is about records which come with an app, into it, or through its rules; `model` has it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kith.problems import Span

if TYPE_CHECKING:
    from kith.metadata.model import Label


@dataclass(frozen=True, slots=True)
class ImportStep:
    """One entity fed by each row of a flat file; `values` maps fields to how their value is found."""

    name: str
    entity: str
    key: str
    """A key of the entity, a unique field, or "" (always create)."""
    mode: str
    """upsert, create, update or match (only look up)."""
    values: Mapping[str, ImportValue]
    when: str
    """A column that must be filled for the step to run, or ""."""


@dataclass(frozen=True, slots=True)
class ImportValue:
    """Where a field's value comes from: a column, an earlier step's record, or a constant; and how it is read."""

    column: str = ""
    step: str = ""
    constant: object = None
    map: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    percent: str = ""
    """points (15 means 15 %) or fraction (0.15)."""
    decimal: str = ""
    """comma: 1.234,5 is what elsewhere is 1,234.5."""
    match: str = ""
    """For a reference read from a column: the key or unique field of the target that the column holds."""
    empty: tuple[str, ...] = ()
    """Texts of the column that mean "empty"."""


@dataclass(frozen=True, slots=True)
class Import:
    """A mapping from a flat file to records of several entities."""

    name: str
    label: Label
    file: Mapping[str, object]
    steps: Mapping[str, ImportStep]
    span: Span


@dataclass(frozen=True, slots=True)
class DataSet:
    """Reference data (`demo` false: applied with the release) or demo data, matched by key."""

    name: str
    of: str
    key: str
    rows: Mapping[str, Mapping[str, object]]
    demo: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a case with what is expected of it, its parts as plain data; `at` "" means the time of the act before."""

    at: str
    as_role: str
    form: str
    act: Mapping[str, object]
    expect: Mapping[str, object]
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """A given / act / expect case; most have one act."""

    name: str
    given: Mapping[str, object]
    acts: tuple[Act, ...]
    span: Span
    me: Mapping[str, object] = field(default_factory=dict)
    """The user who acts."""


@dataclass(frozen=True, slots=True)
class TestSet:
    """A document of kind tests."""

    __test__ = False
    name: str
    of: str
    cases: Mapping[str, Case]
    span: Span
