"""Exports: what comes out goes in again, no cell is a formula, and rights hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kith.runtime.context import Actor
from kith.runtime.read.query import Denied
from kith.runtime.transfer.exporting import run_export
from kith.runtime.transfer.opening import open_table
from kith.runtime.transfer.table import Cell, Settings
from tests.runtime.transfer.shop import Shop
from tests.runtime.transfer.test_importing import RECEIPTS


def brought_out(shop: Shop, name: str, file: str, **options: object) -> Path:
    path = shop.folder / file
    with shop.workspace.database.read() as connection:
        run_export(connection, shop.context(), shop.release, name, path, **options)  # type: ignore[arg-type]
    return path


def cells(path: Path) -> list[dict[str, Cell]]:
    table = open_table(path, Settings())
    rows = [dict(row.cells) for row in table.rows]
    table.close()
    return rows


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_what_is_exported_and_imported_elsewhere_is_exported_the_same(
    shop: Shop, sqlite_url: str, tmp_path: Path, kind: str
) -> None:
    shop.bring("receipts", RECEIPTS)
    shop.bring("sponsors", "1 2\n")
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    other = Shop.open(f"sqlite:///{other_folder / 'other.db'}", other_folder)
    for entity in ("member", "receipt", "line"):
        first = brought_out(shop, entity, f"{entity}.{kind}")
        done = other.bring(entity, first)
        assert done.failed == 0, other.errors()
        second = brought_out(other, entity, f"{entity}.{kind}")
        assert sorted(map(repr, cells(first))) == sorted(map(repr, cells(second)))
    assert shop.all("member", "name", "sponsor", "spent") == other.all("member", "name", "sponsor", "spent")
    other.workspace.close()


def test_a_mapping_goes_both_ways(shop: Shop) -> None:
    shop.bring("receipts", RECEIPTS)
    out = cells(brought_out(shop, "receipts", "receipts.csv"))
    assert out[0] == {
        "no": "1",
        "who": "张伟",
        "class": "A",
        "born": "1/31/1990",
        "share": "15.000000",
        "receipt": "R1",
        "line": "1",
        "what": "Tea",
        "amount": "100.125",
    }
    again = shop.bring("receipts", brought_out(shop, "receipts", "receipts.csv"))
    assert (again.failed, again.saved) == (0, 0)


def test_no_cell_is_taken_for_a_formula_and_comes_back_as_it_was(shop: Shop) -> None:
    risky = ["=1+1", "+cmd", "-x", "@sum", "'=quoted", "plain", "-5", "＝1+1", "＠sum"]
    shop.bring("member", shop.file("\n".join(["name", *(f"{name}" for name in risky if name[0] != "'")]), "m.csv"))
    shop.bring("member", shop.file('[{"name": "\'=quoted"}]', "m.json"))
    path = brought_out(shop, "member", "out.csv", fields=["name"])
    lines = path.read_text("utf-8-sig").splitlines()[1:]
    assert sorted(lines) == sorted(["'=1+1", "'+cmd", "'-x", "'@sum", "''=quoted", "plain", "-5", "'＝1+1", "'＠sum"])
    assert sorted(str(row["name"]) for row in cells(path)) == sorted(risky)


def test_fields_and_a_filter_choose_what_is_exported(shop: Shop) -> None:
    shop.bring("receipts", RECEIPTS)
    path = brought_out(shop, "receipt", "r.csv", fields=["number", "member.name", "total"], filter_="total > 55")
    assert path.read_text("utf-8-sig").splitlines() == ["number,member.name,total", "R1,张伟,300.125", "R2,Ann,60.000"]


def test_who_may_not_export_or_import_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    shop = Shop.open(sqlite_url, tmp_path)
    clerk = shop.context().as_(Actor(None, "Cy", frozenset({"clerk"})))
    with shop.workspace.database.read() as connection, pytest.raises(Denied):
        run_export(connection, clerk, shop.release, "member", tmp_path / "m.csv")
    shop.context = lambda language="en": replace(clerk, language=language)  # type: ignore[method-assign]
    with pytest.raises(Denied):
        shop.bring("member", "name\nA\n")
    shop.workspace.close()
