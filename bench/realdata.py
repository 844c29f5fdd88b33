"""Real files through the apps' own imports, with the figures that are known of them: `python -m bench.realdata FOLDER [--db]`.

Everything goes through the two gates. The digest of all values must be the same on both databases.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.context import Context
from kith.runtime.publishing import hooks, system_context
from kith.runtime.read.aggregates import aggregate
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import AggregateQuery, Group, Query, Reference, Sort
from kith.runtime.release import Release
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.transfer.opening import open_table
from kith.runtime.transfer.table import Settings, Unreadable
from kith.runtime.workspace import Workspace
from tests.support import postgresql, run

APPS = Path(__file__).parents[1] / "apps"
NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
"""A fixed time, so that formulas over today's date come out the same in every run."""
ORDERS = "superstore_zh/示例-超市.xls"


@dataclass(frozen=True, slots=True)
class World:
    """An open workspace with an app."""

    workspace: Workspace
    release: Release
    context: Context

    def ask(self, entity: str, measure: str, filter_: str = "", group: str = "") -> Any:
        """A measure of an entity; by group, that of the group with the most, with its name."""
        groups = (Group("by", group),) if group else ()
        sort = (Sort("value", descending=True),) if group else ()
        query = AggregateQuery(entity, groups, {"value": measure}, filter_, sort, 1)
        with self.workspace.database.read() as connection:
            row = aggregate(connection, self.context, self.release, query)[0]
        return (str(row["by"].label), row["value"]) if group else row["value"]


@dataclass(frozen=True, slots=True)
class Scene:
    """An app, the files that go into it by mapping, and what is known to come out."""

    app: str
    files: tuple[tuple[str, str], ...]
    figures: Mapping[str, tuple[Callable[[World], Any], Any]]


SCENES = {
    "maven_crm": Scene(
        "b2b_crm",
        (
            ("sales_teams", "maven_crm/sales_teams.csv"),
            ("accounts", "maven_crm/accounts.csv"),
            ("products", "maven_crm/products.csv"),
            ("pipeline", "maven_crm/sales_pipeline.csv"),
        ),
        {
            "accounts": (lambda w: w.ask("account", "count()"), 85),
            "deals": (lambda w: w.ask("opportunity", "count()"), 8_800),
            "won": (lambda w: w.ask("opportunity", "count()", 'stage == "won"'), 4_238),
            "won, worth": (lambda w: w.ask("opportunity", "sum(amount)", 'stage == "won"'), Decimal(10_005_534)),
            "lost": (lambda w: w.ask("opportunity", "count()", 'stage == "lost"'), 2_473),
            "engaging": (lambda w: w.ask("opportunity", "count()", 'stage == "engaging"'), 1_589),
            "prospecting": (lambda w: w.ask("opportunity", "count()", 'stage == "prospecting"'), 500),
            "without an account": (lambda w: w.ask("opportunity", "count()", "account is not set"), 1_425),
            "of GTX Pro": (lambda w: w.ask("opportunity", "count()", 'product.name == "GTX Pro"'), 1_480),
            "best seller": (
                lambda w: w.ask("opportunity", "sum(amount)", 'stage == "won"', "owner"),
                ("Darcel Schlecht", Decimal(1_153_214)),
            ),
            "roll-ups of products": (lambda w: w.ask("product", "sum(won_value)"), Decimal(10_005_534)),
        },
    ),
    "superstore_zh": Scene(
        "retail_crm",
        (
            ("superstore_regions", ORDERS),
            ("superstore_orders", ORDERS),
            ("superstore_returns", ORDERS),
        ),
        {
            "customers": (lambda w: w.ask("member", "count()"), 790),
            "lines": (lambda w: w.ask("purchase_line", "count()"), 10_000),
            "purchases": (lambda w: w.ask("purchase", "count()"), 4_985),
            "returns": (lambda w: w.ask("purchase_return", "count()"), 296),
            "regions": (lambda w: w.ask("region", "count()"), 6),
            "sales": (lambda w: w.ask("purchase_line", "sum(amount)"), Decimal("16117548.237")),
            "roll-ups of purchases": (lambda w: w.ask("purchase", "sum(total)"), Decimal("16117548.237")),
            "roll-ups of members": (lambda w: w.ask("member", "sum(lifetime_spend)"), Decimal("16117548.237")),
            "roll-ups of products": (lambda w: w.ask("product", "sum(goods_total)"), Decimal("16117548.237")),
        },
    ),
    "cdnow": Scene(
        "retail_crm",
        (("cdnow_purchases", "cdnow/CDNOW_sample.txt"),),
        {
            "customers": (lambda w: w.ask("member", "count()"), 2_357),
            "purchases": (lambda w: w.ask("purchase", "count()"), 6_919),
            "roll-ups of members": (lambda w: w.ask("member", "sum(purchase_count)"), 6_919),
            "spent, by lines and by members": (
                lambda w: w.ask("purchase_line", "sum(amount)") - w.ask("member", "sum(lifetime_spend)"),
                Decimal(0),
            ),
        },
    ),
}


def model_of(app: str) -> Model:
    """The model of a shipped app."""
    layers, problems = load(APPS / app)
    model, found = build(layers)
    assert model is not None, [problem.message() for problem in (*problems, *found)]
    return model


@contextmanager
def world_of(url: str, app: str) -> Iterator[World]:
    """A new workspace with an app and its reference data."""
    workspace = Workspace.open(url, clock=lambda: NOW)
    try:
        release = workspace.apply(workspace.plan(model_of(app)), hooks=hooks(workspace.clock))
        yield World(workspace, release, system_context(release, workspace.clock, "en"))
    finally:
        workspace.close()


def play(scene: Scene, folder: Path, url: str) -> tuple[str, bool]:
    """Import the files of a scene; the digest of what is there then, and whether all figures came out."""
    fine = True
    with world_of(url, scene.app) as world:
        for name, file in scene.files:
            cpu = time.process_time()
            done = run_import(world.workspace.database, world.context, world.release, Order(name, folder / file))
            cpu = time.process_time() - cpu
            fine &= done.failed == 0
            print(
                f"  {name}: {done.rows:,} rows, {done.failed} failed, {done.saved:,} records in {done.seconds:.1f} s"
                f" ({done.saved / done.seconds:,.0f}/s; {done.saved / cpu:,.0f} per second of this process's time)"
            )
        for name, (asked, known) in scene.figures.items():
            found = asked(world)
            fine &= found == known
            print(
                f"  {'ok ' if found == known else 'BAD'} {name}: {told(found)}", "" if found == known else told(known)
            )
        return digest(world), fine


def told(value: Any) -> str:
    """A figure as it is printed."""
    if isinstance(value, tuple):
        return f"{value[0]} {told(value[1])}"
    return f"{value:,}" if isinstance(value, (int, Decimal)) else str(value)


def digest(world: World) -> str:
    """A digest of all values of all records, references by what they are called, in an order of its own."""
    whole = hashlib.sha256()
    for entity in world.release.model.entities:
        for line in sorted(lines_of(world, entity)):
            whole.update(line.encode())
    return whole.hexdigest()[:16]


def lines_of(world: World, entity: str) -> Iterator[str]:
    """Every record of an entity as a line."""
    fields = tuple(world.release.model.entities[entity].fields)
    cursor: str | None = ""
    while cursor is not None:
        query = Query(entity, fields, limit=1_000, cursor=cursor, count="none")
        with world.workspace.database.read() as connection:
            page = list_records(connection, world.context, world.release, query)
        for row in page.rows:
            # Versions count saves, and how many rows are one save depends on where batches end.
            values = [row[column.index] for column in page.columns]
            yield entity + repr([plain(value) for value in values]) + "\n"
        cursor = page.next


def plain(value: Any) -> Any:
    """A value without what differs from run to run."""
    if isinstance(value, Reference):
        return value.label
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (frozenset, set, tuple, list)):
        return sorted(str(plain(one)) for one in value)
    return value


@contextmanager
def database_urls(named: str) -> Iterator[Callable[[], Any]]:
    """What makes a new, empty database of a kind: a file, or a schema of a server."""
    if named == "sqlite":
        with tempfile.TemporaryDirectory(prefix="kith-real-") as folder:

            @contextmanager
            def file() -> Iterator[str]:
                yield f"sqlite:///{Path(folder) / f'{time.monotonic_ns()}.db'}"

            yield file
        return
    if named != "postgresql":
        server = "postgresql+psycopg://" + named.split("://", 1)[1]
        yield lambda: postgresql.fresh_schema(server)
        return
    folder_of_run = run.create()
    try:
        server = postgresql.server_url()
        yield lambda: postgresql.fresh_schema(server)
    finally:
        postgresql.clean_up(folder_of_run)


def damaged(folder: Path) -> bool:
    """Read files that were damaged on purpose: each is read, or refused with a reason."""
    tally: dict[str, int] = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            table = open_table(path, Settings())
            found = [row.problem[0] for row in table.rows if row.problem is not None]
            table.close()
            what = f"read, but rows that are {', '.join(sorted(set(found)))}" if found else "read"
        except Unreadable as refused:
            what = f"refused: {refused.code}"
        tally[what] = tally.get(what, 0) + 1
    print(f"damaged files: {tally}")
    return bool(tally)


def main() -> int:
    """Play the scenes on each database; 1 where a figure is wrong or the databases differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the data sets are")
    parser.add_argument("--db", default="", help="sqlite, postgresql or the URL of a server; else both in turn")
    parser.add_argument("--only", default="", help="one scene: " + ", ".join(SCENES))
    wanted = parser.parse_args()
    digests: dict[str, set[str]] = {}
    fine = True
    for named in [wanted.db] if wanted.db else ["sqlite", "postgresql"]:
        with database_urls(named) as new:
            for name, scene in SCENES.items():
                if wanted.only not in ("", name):
                    continue
                print(f"{name} on {named.split(':', 1)[0]}")
                with new() as url:
                    found, right = play(scene, wanted.folder, url)
                print(f"  values {found}", flush=True)
                digests.setdefault(name, set()).add(found)
                fine &= right
    if not wanted.only:
        fine &= damaged(wanted.folder / "pollock" / "polluted")
    same = all(len(found) == 1 for found in digests.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {memory:,.0f} MB; values {'equal' if same else 'DIFFER'} on the databases")
    return 0 if fine and same else 1


if __name__ == "__main__":
    sys.exit(main())
