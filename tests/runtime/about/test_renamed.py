"""What names a record by its entity goes on naming it when the entity is renamed: in lists, filters, history and undo."""

from __future__ import annotations

import shutil
from pathlib import Path

from kith.runtime.doctor import Visit, examine
from kith.runtime.read import history, list_records
from kith.runtime.read.query import Query, Reference
from kith.runtime.write.change import Saved
from tests.runtime.about.test_any_reference import DESK
from tests.runtime.write.shop_world import Shop
from tests.support.worlds import built


def test_a_renamed_entity_is_named_by_its_new_name(database_url: str, tmp_path: Path) -> None:
    desk = Shop.of(database_url, built(DESK))
    acme = desk.make("account", {"name": "Acme"})
    one = desk.make("remark", {"text": "one", "on": f"account/{acme}"})
    two = desk.make("remark", {"text": "two"})
    folder = tmp_path / "desk"
    shutil.copytree(DESK, folder)
    for path in folder.rglob("*.yaml"):
        path.write_text(path.read_text("utf-8").replace("account", "client"), "utf-8")
    (folder / "entities" / "account.yaml").rename(folder / "entities" / "client.yaml")
    client = folder / "entities" / "client.yaml"
    client.write_text(
        client.read_text("utf-8").replace("entity: client", "entity: client\nrenamed_from: [account]"), "utf-8"
    )
    person = folder / "entities" / "person.yaml"
    person.write_text(person.read_text("utf-8").replace("  client: {", "  client: {renamed_from: [account], "), "utf-8")
    desk.release = desk.workspace.apply(desk.workspace.plan(built(folder)))
    named = Reference(acme, "Acme", True, "client")
    with desk.workspace.database.read() as connection:
        query = Query("remark", ("text", "on"), filter='on.entity == "client"')
        assert [row[2:] for row in list_records(connection, desk.context(), desk.release, query).rows] == [
            ("one", named)
        ]
        entries = history(connection, desk.context(), desk.release, "remark", one)
    assert entries[0].changes["on"] == (None, named)
    assert desk.look("remark", one, "on") == {"on": {"entity": "client", "id": acme}}
    # What was written before, as an old export or the history has it, is understood.
    assert isinstance(desk.change("remark", two, on={"entity": "account", "id": acme}), Saved)
    assert isinstance(desk.change("remark", one, text="again"), Saved)
    assert desk.look("remark", two, "on") == {"on": {"entity": "client", "id": acme}}
    visit = Visit(desk.workspace.database, desk.release, desk.context())
    assert [
        (check.name, found.flaws) for check, found in examine(visit) if found.flaws and check.name != "engine"
    ] == []
    desk.close()
