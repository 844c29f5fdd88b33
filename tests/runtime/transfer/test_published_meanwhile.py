"""A release that is published while an import runs: every row is there afterwards, and as the new release wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kith.runtime.doctor import Visit, examine
from kith.runtime.publishing import hooks, system_context
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Query
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.workspace import Workspace
from tests.support.prepared import installed
from tests.support.worlds import app_document, built

ROWS, BATCH, LATE = 90, 30, 1.0
ITEM = """\
entity: item
label: Item
plural: Items
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  price: {type: integer, required: true, label: Price}
  total: {type: formula, value: price * 2, label: Total}
"""
CHANGES: Mapping[str, tuple[Callable[[str], str], tuple[str, ...], Callable[[int], tuple[object, ...]]]] = {
    "a formula is another": (
        lambda text: text.replace("price * 2", "price * 3"),
        ("total",),
        lambda price: (price * 3,),
    ),
    "a field is new and required": (
        lambda text: text + "  size: {type: integer, required: true, default: 7, label: Size}\n",
        ("size",),
        lambda _: (7,),
    ),
    "a field has another type": (
        lambda text: text.replace("price: {type: integer", "price: {type: decimal, scale: 1"),
        ("price", "total"),
        lambda price: (price, price * 2),
    ),
}


def lay(folder: Path, item: str) -> Any:
    (folder / "entities").mkdir(parents=True, exist_ok=True)
    (folder / "app.yaml").write_text(app_document("corner", "item"), "utf-8")
    (folder / "entities/item.yaml").write_text(item, "utf-8")
    return built(folder)


@pytest.fixture
def workspace(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    with closing(installed(database_url, lay(tmp_path / "corner", ITEM))) as opened:
        yield opened


def publish(url: str, candidate: Any) -> None:
    """As another process does it."""
    with closing(Workspace.open(url)) as opened:
        opened.apply(opened.plan(candidate), hooks=hooks(opened.clock), allow_loss=True)


@pytest.mark.parametrize("name", CHANGES)
def test_an_import_goes_on_beside_a_release(name: str, workspace: Workspace, database_url: str, tmp_path: Path) -> None:
    change, fields, wanted = CHANGES[name]
    candidate = lay(tmp_path / "later", change(ITEM))
    sheet = tmp_path / "items.csv"
    sheet.write_text("name,price\n" + "".join(f"{number:03},{number}\n" for number in range(ROWS)), "utf-8")
    publishing = threading.Thread(target=publish, args=(database_url, candidate))

    def progress(rows: int, _: int) -> None:
        if rows == BATCH:
            publishing.start()
            # It gets as far as it can while the import holds what it has written.
            publishing.join(LATE)

    release = workspace.current()
    context = system_context(release, workspace.clock)
    order = Order("item", sheet, mode="create", batch_rows=BATCH)
    result = run_import(workspace.database, context, release, order, progress)
    publishing.join(60)
    assert not publishing.is_alive()
    assert (result.rows, result.failed) == (ROWS, 0)

    workspace.look()
    now = workspace.current()
    assert now.number == release.number + 1
    context = system_context(now, workspace.clock)
    with workspace.database.read() as connection:
        found = list_records(connection, context, now, Query("item", ("name", *fields), limit=500)).rows
    assert {row[2]: tuple(row[3:]) for row in found} == {f"{number:03}": wanted(number) for number in range(ROWS)}
    visit = Visit(workspace.database, now, context, deep=True)
    flaws = [flaw.en for _, told in examine(visit) for flaw in told.flaws if not flaw.en.startswith("fsync")]
    assert flaws == []
