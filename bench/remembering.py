"""Memory: what commands that go through all records hold at most, with many records beside a tenth of them."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench.altering import CHANNEL, Alteration, added
from bench.measuring import Figure
from bench.observed import observed
from bench.world import APP, World, opened
from kith.runtime.database import normal_url

MORE = 1.25
"""How much more a process may hold for ten times as many records: what it starts with is most of it."""
IMPORTED = 10
"""Of so many records one is imported, which takes longest."""
FORMULA = added(
    "a stored formula", "ticket",
    "due: {type: formula, value: (amount ?? 0) * 2, result: {type: money, currency: CNY}, label: {en: Due, zh-CN: 应付}}",
)  # fmt: skip
DECIMAL = Alteration("another type", "ticket", "score: {type: integer,", "score: {type: decimal, scale: 1,")
REQUIRED = added("a required field", "ticket", CHANNEL)
REMOVED = Alteration("a removal", "ticket", f"  {CHANNEL}\n", "")


def memory(where: str, fresh: Callable[[], str], rows: int) -> Iterator[Figure]:
    """Each command with a tenth of the records, then with all."""
    few, many = (_held(fresh(), count) for count in (rows // 10, rows))
    for what, held in many.items():
        note = f"{held:.0f} MB with {rows:,} records, {few[what]:.0f} MB with {rows // 10:,}"
        yield Figure(where, f"memory of {what}, ten times the records", MORE, held / few[what], note=note)


def _held(url: str, count: int) -> Mapping[str, float]:
    """Megabytes at most of each command over so many records."""
    database = normal_url(url).render_as_string(hide_password=False)
    with opened(url, tickets=count) as world, tempfile.TemporaryDirectory(prefix="kith-bench-") as name:
        folder, sheet = Path(name) / "app", Path(name) / "tickets.csv"
        shutil.copytree(APP, folder)
        found: dict[str, float] = {}

        def run(what: str, *arguments: str) -> None:
            done = observed([*arguments, "--db", database])
            if done.code != 0:
                raise RuntimeError(done.said)
            found[what] = done.memory

        run("an apply of nothing", "apply", str(folder))
        for one in (FORMULA, REQUIRED, DECIMAL, REMOVED):
            one.write(folder)
            run(one.what, "apply", str(folder), "--allow-loss")
        run("going back over a removal", "rollback", "--allow-loss")
        run("going back over another type", "rollback", "3", "--allow-loss")
        run("a purge", "purge", "--yes")
        _write(sheet, world, max(1, count // IMPORTED))
        run("an import", "import", "ticket", str(sheet), "--mode", "create")
        return found


def _write(sheet: Path, world: World, count: int) -> None:
    """New tickets as a sheet."""
    with sheet.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("name", "stage", "amount", "opened_on", "note"))
        for ticket in world.tickets(count):
            out.writerow([ticket.get(name, "") for name in ("name", "stage", "amount", "opened_on", "note")])
