"""References to any record in files: exported with their entity and id, found again by that or by the entity's key."""

from __future__ import annotations

from pathlib import Path

from kith.runtime.transfer.exporting import run_export
from kith.runtime.transfer.importing import Order, run_import
from tests.runtime.about.test_any_reference import DESK
from tests.runtime.write.shop_world import Shop
from tests.support.prepared import installed
from tests.support.worlds import model_of


def test_what_is_exported_is_imported_and_keys_name_records_too(database_url: str, tmp_path: Path) -> None:
    workspace = installed(database_url, model_of(DESK))
    desk = Shop(workspace, workspace.current())
    acme = desk.make("account", {"name": "Acme"})
    desk.make("remark", {"text": "one", "on": f"account/{acme}"})
    out = tmp_path / "out.csv"
    with workspace.database.read() as connection:
        run_export(connection, desk.context(), desk.release, "remark", out, fields=("text", "on"))
    written = out.read_text("utf-8-sig")
    assert f"one,account/{acme}" in written
    file = tmp_path / "in.csv"
    rows = written.splitlines()
    file.write_text(f"{rows[0]}\ntwo,account/Acme\nthree,account/{acme}\nfour,account/Nobody\n", "utf-8")
    result = run_import(workspace.database, desk.context(), desk.release, Order("remark", file, mode="create"))
    assert (result.rows, result.failed) == (3, 1)
    with workspace.database.read() as connection:
        run_export(connection, desk.context(), desk.release, "remark", out, fields=("text", "on"))
    assert sorted(out.read_text("utf-8-sig").splitlines()[1:]) == [
        f"{text},account/{acme}" for text in ("one", "three", "two")
    ]
    desk.close()
