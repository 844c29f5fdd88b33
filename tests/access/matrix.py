"""Who may do what: `python -m tests.access.matrix [--seed 1] [--engine sqlite|postgresql]`.

Nine people (six roles, and three unions of two) try seven actions with eight entities that are their own, a colleague's or a
stranger's, by the API, by pages and by files. What comes of it is compared with what the documents of the roles say, read by an
oracle of its own; what lists, records, pages and exports show is compared field by field. Prints the counts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.testclient import TestClient

from kith.runtime.read import list_records
from kith.runtime.read.query import Query, Reference
from tests.access import trying
from tests.access.cases import Case, cases, filled
from tests.access.firm_world import Firm, opened
from tests.access.oracle import ACTIONS, ENTITIES, oracle_of
from tests.access.people import ACTORS
from tests.support import run as folder_of_run
from tests.support.postgresql import clean_up, fresh_schema, server_url

READING = ("read", "export")


@dataclass
class Matrix:
    """What was tried, and what was not as declared."""

    allowed: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, case: Case, came: bool, told: bool | None = None) -> None:
        """Count an attempt; `told` is what its answer said."""
        wanted = trying.expected(case)
        (self.allowed if wanted else self.refused)[case.channel, case.action] += 1
        if came != wanted or (told is not None and told != came):
            self.wrong.append(f"{_about(case)}: declared {wanted}, came {came}, told {told}; {case.facts}")

    def lines(self) -> list[str]:
        """The table."""
        found = [f"{'channel':8} {'action':10} {'allowed':>8} {'refused':>8}"]
        keys = sorted({*self.allowed, *self.refused}, key=lambda key: (key[0], ACTIONS.index(key[1])))
        found += [f"{key[0]:8} {key[1]:10} {self.allowed[key]:8} {self.refused[key]:8}" for key in keys]
        found += [f"{count:,} {what} compared" for what, count in self.compared.items()]
        total = self.allowed.total() + self.refused.total()
        return [*found, f"{total:,} attempts, not as declared: {len(self.wrong)}", *self.wrong[:40]]


def _about(case: Case) -> str:
    return f"{case.me.name} {case.action} {case.entity} ({case.ownership}) by {case.channel}"


def played(url: str, folder: Path, seed: int, share: float = 1.0) -> Matrix:
    """All attempts on an empty database."""
    with opened(url) as firm:
        found = list(cases(seed, share))
        firm.put(filled(firm, [change for _, changes in found for change in changes]))
        matrix, every = Matrix(), [case for case, _ in found]
        client = TestClient(firm.app, base_url="http://kith.test")
        for me in ACTORS:
            _read_all(firm, client, matrix, every, me.name, folder)
        for case in every:
            if case.action == "read":
                _read_one(firm, client, matrix, case)
        write(firm, client, matrix, [case for case in every if case.action not in READING], folder)
    return matrix


def _read_all(firm: Firm, client: TestClient, matrix: Matrix, every: Sequence[Case], who: str, folder: Path) -> None:
    """What somebody's lists and exports have of all records, those made for others too."""
    oracle = oracle_of(next(one for one in ACTORS if one.name == who))
    for entity in ENTITIES:
        listed = trying.all_by_rest(firm, client, who, entity)
        exported = trying.all_exported(firm, who, entity, folder)
        for case in every:
            if case.entity != entity:
                continue
            visible = oracle.allows(entity, "read", case.facts)
            leaves = visible and oracle.allows(entity, "export", case.facts)
            for name, rows, wanted in (("REST list", listed, visible), ("export", exported, leaves)):
                matrix.compared[f"records in a {name}"] += 1
                values = rows.get(case.id)
                faults = trying.wrong_fields(case, oracle, values) if values is not None else []
                if (values is not None) != wanted or faults:
                    matrix.wrong.append(
                        f"{who} {name} {entity}: declared {wanted}, there {values is not None}, {faults}; {case.facts}"
                    )
            if case.action == "export" and case.me.name == who:
                matrix.note(case, case.id in exported)


def _read_one(firm: Firm, client: TestClient, matrix: Matrix, case: Case) -> None:
    oracle = oracle_of(case.me)
    if case.channel == "REST":
        values = trying.one_by_rest(firm, client, case)
        matrix.note(case, values is not None)
        faults = trying.wrong_fields(case, oracle, values) if values is not None else []
    else:
        html = trying.one_by_page(firm, case)
        matrix.note(case, html is not None)
        faults = [
            f"{name} is on the page"
            for name in ("note", "remark")
            if html is not None
            and (case.value(name) in html) != (oracle.shows(case.entity, name, case.facts) == "read")
        ]
    matrix.wrong += [f"{_about(case)}: {fault}" for fault in faults]


def write(firm: Firm, client: TestClient, matrix: Matrix, every: Sequence[Case], folder: Path) -> None:
    told: dict[int, bool | None] = {}
    for case in every:
        if case.channel == "REST":
            told[case.number] = trying.by_rest(firm, client, case)
        elif case.channel == "pages":
            told[case.number] = trying.by_pages(firm, case)
        else:
            told[case.number] = trying.by_file(firm, case, folder)
    standing, names = _standing(firm)
    for case in every:
        matrix.note(case, trying.is_done(firm, case, standing, names), told[case.number])


def _standing(firm: Firm) -> tuple[dict[str, trying.Standing], frozenset[str]]:
    found: dict[str, trying.Standing] = {}
    names: set[str] = set()
    release, context = firm.workspace.current(), firm.context()
    for entity in ENTITIES:
        owner = ("owner",) if "owner" in release.model.entities[entity].fields else ()
        for deleted in (False, True):
            cursor: str | None = ""
            while cursor is not None:
                query = Query(entity, ("name", "note", *owner), limit=500, cursor=cursor, count="none", deleted=deleted)
                with firm.workspace.database.read() as connection:
                    page = list_records(connection, context, release, query)
                at = {column.path: column.index for column in page.columns}
                for row in page.rows:
                    held = row[at["owner"]] if owner else None
                    who = held.id if isinstance(held, Reference) else ""
                    found[str(row[0])] = trying.Standing(str(row[at["note"]] or ""), who, deleted)
                    names.add(str(row[at["name"]]))
                cursor = page.next
    return found, frozenset(names)


def main() -> int:
    """Try everything, and print what came of it; 1 where something was not as declared."""
    parser = argparse.ArgumentParser(prog="python -m tests.access.matrix", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    clean = True
    for engine in [asked.engine] if asked.engine else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as name:
            if engine == "sqlite":
                matrix = played(f"sqlite:///{name}/kith.db", Path(name), asked.seed)
            else:
                with fresh_schema(server_url()) as url:
                    matrix = played(url, Path(name), asked.seed)
        sys.stdout.write("\n".join([engine, *matrix.lines(), ""]))
        sys.stdout.flush()
        clean = clean and not matrix.wrong
    return 0 if clean else 1


if __name__ == "__main__":
    folder_of_run.create()
    try:
        sys.exit(main())
    finally:
        clean_up(folder_of_run.folder())
