"""Apps inferred from real files, checked, fed with them, and asked what is known: `python -m bench.inferring FOLDER`.

Rows that no import can read are told by the report beforehand; no other row may fail.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from bench.realdata import World, told
from kith.inferring.inferring import Inferred, infer
from kith.inferring.proving import built
from kith.runtime.publishing import hooks, system_context
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.workspace import Workspace

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """Files, what is known of them as (entity, measure, filter), and how many rows can be read by no import."""

    files: tuple[str, ...]
    figures: Mapping[str, tuple[str, str, str, object]]
    unreadable: int = 0


SETS = {
    "maven_crm": Known(
        tuple(f"maven_crm/{name}.csv" for name in ("accounts", "products", "sales_teams", "sales_pipeline")),
        {
            "accounts": ("account", "count()", "", 85),
            "deals": ("sales_pipeline", "count()", "", 8_800),
            "won": ("sales_pipeline", "count()", 'deal_stage == "won"', 4_238),
            "won, worth": ("sales_pipeline", "sum(close_value)", 'deal_stage == "won"', Decimal("10005534.00")),
            "lost": ("sales_pipeline", "count()", 'deal_stage == "lost"', 2_473),
            "engaging": ("sales_pipeline", "count()", 'deal_stage == "engaging"', 1_589),
            "prospecting": ("sales_pipeline", "count()", 'deal_stage == "prospecting"', 500),
            "without an account": ("sales_pipeline", "count()", "account is not set", 1_425),
            "of GTX Pro, also where it is spelled GTXPro": (
                *("sales_pipeline", "count()"),
                *('product.product == "GTX Pro"', 1_480),
            ),
            "products": ("product", "count()", "", 7),
            "roll-ups of products": ("product", "sum(close_value_of_sales_pipelines)", "", Decimal("10005534.00")),
        },
    ),
    "superstore_zh": Known(
        ("superstore_zh/示例-超市.xls",),
        {
            "customers": ("customer", "count()", "", 790),
            "orders": ("order", "count()", "", 4_985),
            "lines": ("order_line", "count()", "", 10_000),
            "returns": ("return", "count()", "", 296),
            "sales": ("order_line", "sum(sales_amount)", "", Decimal("16117548.237")),
            "roll-ups of orders": ("order", "sum(sales_amount_of_lines)", "", Decimal("16117548.237")),
            "roll-ups of customers": ("customer", "sum(sales_amount_of_orders)", "", Decimal("16117548.237")),
        },
    ),
    "leads": Known(
        ("x_education_leads/Leads.csv",),
        {
            "leads": ("lead", "count()", "", 9_240),
            "converted": ("lead", "count()", "converted", 3_561),
        },
    ),
    "cdnow": Known(
        ("cdnow/CDNOW_sample.txt",),
        {"purchases": ("cdnow_sample", "count()", "", 6_919)},
    ),
    "divisions": Known(
        tuple(f"zh_divisions/{name}.csv" for name in ("provinces", "cities", "areas")),
        {
            "areas": ("area", "count()", "", 2_978),
            "areas whose city is in their own province": (
                *("area", "count()"),
                *("city_code.province_code == province_code", 2_978),
            ),
        },
    ),
    "people twice": Known(
        ("febrl/dataset1.csv", "febrl/dataset2.csv"),
        {"the first": ("dataset_1", "count()", "", 1_000), "the second": ("dataset_2", "count()", "", 5_000)},
    ),
    "baskets": Known(
        ("groceries/groceries.csv",), {"baskets of four": ("grocery", "count()", "", 1_005)}, unreadable=8_830
    ),
}


def play(name: str, known: Known, folder: Path) -> bool:
    """Infer, check, import and count one set; whether all is as known."""
    cpu = time.process_time()
    found = infer([folder / file for file in known.files], name)
    cpu = time.process_time() - cpu
    model, problems = built(found.proposal, found.documents)
    rows = sum(one.rows for one in found.proposal.imports)
    print(
        f"{name}: {rows:,} rows, {len(found.proposal.entities)} entities, {len(found.proposal.doubts)} doubts "
        f"in {cpu:.1f} s of this process's time; {len(problems)} problems"
    )
    assert model is not None, [problem.message() for problem in problems]
    with tempfile.TemporaryDirectory(prefix="kith-infer-") as place:
        workspace = Workspace.open(f"sqlite:///{Path(place) / 'inferred.db'}", clock=lambda: NOW)
        try:
            release = workspace.apply(workspace.plan(model), hooks=hooks(workspace.clock))
            world = World(workspace, release, system_context(release, workspace.clock, "en"))
            return fed(world, found, known.unreadable) & right(world, known) & (not problems)
        finally:
            workspace.close()


def fed(world: World, found: Inferred, unreadable: int) -> bool:
    """Import all files; whether no row failed that can be read."""
    failed = 0
    for one in found.proposal.imports:
        done = run_import(world.workspace.database, world.context, world.release, Order(one.name, one.path))
        failed += done.failed
        print(
            f"  {one.name}: {done.rows:,} rows, {done.failed:,} failed, {done.saved:,} records in {done.seconds:.1f} s"
        )
    return failed == unreadable == sum(one.unreadable for one in found.proposal.imports)


def right(world: World, known: Known) -> bool:
    """Compare the figures."""
    fine = True
    for what, (entity, measure, filter_, wanted) in known.figures.items():
        answer = world.ask(entity, measure, filter_)
        fine &= answer == wanted
        print(
            f"  {'ok ' if answer == wanted else 'BAD'} {what}: {told(answer)}", "" if answer == wanted else told(wanted)
        )
    return fine


def damaged(paths: Sequence[Path]) -> bool:
    """Infer from each file that was damaged on purpose: an app without problems, or a sentence."""
    apps = sentences = told_of = 0
    fine = True
    for path in paths:
        found = infer([path])
        apps += bool(found.proposal.entities)
        sentences += not found.proposal.entities and bool(found.proposal.notes)
        told_of += bool(found.proposal.entities) and any(
            "cannot be read" in note.words.en for note in found.proposal.notes
        )
        fine &= not found.problems and bool(found.proposal.entities or found.proposal.notes)
    print(
        f"damaged files: {len(paths)}; {apps} apps, {told_of} of them with rows told to fail; {sentences} refused with a sentence"
    )
    return fine


def large(rows: int) -> None:
    """The time and memory for a made file of 20 columns."""
    random = Random(1)  # noqa: S311  (a made file, the same in every run)
    with tempfile.TemporaryDirectory(prefix="kith-infer-") as place:
        path = Path(place) / "large.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(",".join(f"column {letter}" for letter in "abcdefghijklmnopq") + ",email,phone,joined on\n")
            for number in range(rows):
                cells = [f"{random.randrange(10 ** (place % 7 + 1))}" for place in range(9)]
                cells += [f"text {random.randrange(10 ** (place % 5 + 1))}" for place in range(8)]
                day = f"{random.randrange(1, 13)}/{random.randrange(1, 29)}/2025"
                file.write(",".join([*cells, f"a{number}@example.com", f"138{number:08}", day]) + "\n")
        cpu = time.process_time()
        infer([path])
        cpu = time.process_time() - cpu
    print(f"made file: {rows:,} rows of 20 columns in {cpu:.1f} s of this process's time")


def main() -> int:
    """Play all sets; 1 where something is not as known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the data sets are")
    parser.add_argument("--only", default="", help="one set: " + ", ".join(SETS))
    wanted = parser.parse_args()
    results = [play(name, known, wanted.folder) for name, known in SETS.items() if wanted.only in ("", name)]
    fine = all(results)
    if not wanted.only:
        fine &= damaged(sorted((wanted.folder / "pollock" / "polluted").glob("*.csv")))
        large(10_000)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {memory:,.0f} MB; {'all as known' if fine else 'NOT as known'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
