"""From files to a proposed app: read, guess, link, split, shape, write down, and prove that every value goes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kith.inferring.columns import Sheet
from kith.inferring.documents import documents
from kith.inferring.drafts import Proposal
from kith.inferring.findings import Doubt, Note
from kith.inferring.guessing import as_text, guesses
from kith.inferring.guessing.guess import Guess
from kith.inferring.importing import imports_of
from kith.inferring.keys import set_key
from kith.inferring.linking import link
from kith.inferring.naming import HAN, identifier, label_of, name_for
from kith.inferring.opening import open_all
from kith.inferring.proving import built, misfits
from kith.inferring.rolling import roll_up
from kith.inferring.shaping import shape
from kith.inferring.splitting import split
from kith.inferring.tables import Table
from kith.problems import Problem

CHINESE, ENGLISH = ("CNY", "CN", "Asia/Shanghai"), ("USD", "US", "UTC")
"""Currency, region of telephone numbers and time zone, by the language of most headings."""
QUOTABLE = 1_000
"""Characters of a text that an import may name."""


@dataclass(frozen=True)
class Asked:
    """What an app is to be like, as far as no sheet says it."""

    name: str
    currency: str
    region: str
    time_zone: str
    languages: tuple[str, str]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Inferred:
    """A proposed app with its files; problems are our own mistakes."""

    proposal: Proposal
    documents: Mapping[str, str]
    problems: Sequence[Problem]


def infer(paths: Sequence[Path], name: str = "", currency: str = "") -> Inferred:
    """Propose an app for files; one without entities where none could be read.

    Columns with values that their field would not take are made texts, and what not even a text takes is left out.
    """
    sheets, notes = open_all(paths)
    is_chinese = speaks_chinese(sheets)
    money, region, zone = CHINESE if is_chinese else ENGLISH
    asked = Asked(
        name or _name(paths),
        currency or money,
        region,
        zone,
        ("zh-CN", "en") if is_chinese else ("en", "zh-CN"),
        tuple(notes),
    )
    forced: dict[tuple[str, str], tuple[str, ...]] = {}
    settled: set[tuple[str, str]] = set()
    while True:
        proposal = proposed(sheets, asked, forced)
        if not proposal.entities:
            return Inferred(proposal, {}, ())
        files = documents(proposal)
        model, problems = built(proposal, files)
        strange = misfits(model, proposal, sheets) if model is not None else []
        fresh = {(one.sheet, one.column): one.texts for one in strange}
        if not fresh.keys() - settled:
            return Inferred(proposal, files, problems)
        # A column that misfits becomes text first; what a text does not take either is left out then.
        settled |= fresh.keys() & forced.keys()
        for key, texts in fresh.items():
            forced[key] = tuple(text for text in texts if len(text) <= QUOTABLE) if key in forced else ()


def proposed(sheets: Sequence[Sheet], asked: Asked, forced: Mapping[tuple[str, str], tuple[str, ...]]) -> Proposal:
    """An app for sheets; `forced` columns are texts, without the texts that are named."""
    tables = tables_of(sheets, asked, forced)
    found = shape(tables)
    roll_up(found)
    return Proposal(
        name_for(asked.name, "name", (), "crm"),
        label_of(asked.name),
        asked.languages,
        asked.currency,
        asked.time_zone,
        found.entities,
        imports_of(found, tables),
        _doubts(tables),
        [*asked.notes, *(note for sheet in sheets for note in sheet.notes)],
    )


def speaks_chinese(sheets: Sequence[Sheet]) -> bool:
    """Whether most headings are Chinese."""
    headers = [column.header for sheet in sheets for column in sheet.columns]
    return sum(bool(HAN.search(header)) for header in headers) * 2 > len(headers)


def tables_of(
    sheets: Sequence[Sheet], asked: Asked, forced: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType({})
) -> list[Table]:
    """The tables of all sheets, parts that were split off before what they were split from."""
    whole = []
    for sheet in sheets:
        if sheet.rows and sheet.columns:
            guessed = guesses(sheet, asked.currency, asked.region)
            for (place, column), texts in forced.items():
                if place == sheet.name and column in guessed:
                    guessed[column] = as_text(sheet, column, texts)
            whole.append(table_of(sheet, guessed))
    for table in whole:
        set_key(table)
    link(whole)
    links = [(table, one) for table in whole for one in table.links.values()]
    named = {id(one.target) for table, one in links if one.misses or one.target is table}
    found: list[Table] = []
    for table in whole:
        # What comes into being by being named cannot be made of parts.
        found += [table] if id(table) in named else [*split(table), table]
    return found


def table_of(sheet: Sheet, guessed: dict[str, Guess]) -> Table:
    """A sheet as a table; columns without any value are left out unless there is nothing else."""
    columns = [column.name for column in sheet.columns if column.filled] or [sheet.columns[0].name]
    return Table(sheet, sheet.name, columns, guessed, count=sheet.rows)


def _doubts(tables: Sequence[Table]) -> list[Doubt]:
    """All doubts once, in the order of sheets; what became a reference has none about its type."""
    found: dict[Doubt, None] = {}
    for table in tables:
        for column in table.columns:
            if column not in table.links and column not in table.parts:
                found |= dict.fromkeys(table.guesses[column].doubts)
        found |= dict.fromkeys(table.doubts)
    return list(found)


def _name(paths: Sequence[Path]) -> str:
    """What to call the app: as the folder, or the only file."""
    first = paths[0].resolve()
    called = first.name if first.is_dir() else first.stem
    return called if identifier(called) else "crm"
