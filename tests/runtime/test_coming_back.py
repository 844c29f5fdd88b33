"""An entity that leaves and comes back, with what hangs on it: sums over it, lines, what search finds, history, numbers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.plan.planning import plan
from kith.runtime.publishing import hooks, system_context
from kith.runtime.read import get_record, history, search
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.metadata.example import write

APP = """
app: corner
version: 1.0.0
title: {en: Corner}
languages: [en]
time_zone: UTC
currency: EUR
navigation: {shops: {entity: shop}}
"""
SHOP = """
entity: shop
label: {en: Shop}
plural: {en: Shops}
title: "{name}"
fields:
  name: {type: text, label: {en: Name}, search: true}
"""
CITY = """
  city: {type: text, label: {en: City}, search: true}
"""
SUM = """
  sold: {type: rollup, value: sum(visits.amount), label: {en: Sold}}
"""
VISIT = """
entity: visit
label: {en: Visit}
plural: {en: Visits}
title: "{number}"
fields:
  number: {type: autonumber, pattern: "V{seq:03}", label: {en: Number}}
  shop: {type: reference, to: shop, inverse: visits, label: {en: Shop}}
  amount: {type: money, currency: EUR, label: {en: Amount}}
  note: {type: text, label: {en: Note}, search: true}
  double: {type: formula, value: amount * 2, label: {en: Double}}
"""


def model_of(folder: Path, **entities: str) -> Model:
    files = {"app.yaml": APP, **{f"entities/{name}.yaml": text for name, text in entities.items()}}
    model, problems = build(load(write(folder, files))[0])
    assert model is not None, [one.message() for one in problems]
    return model


def test_what_hangs_on_an_entity_comes_back_with_it(database_url: str, tmp_path: Path) -> None:
    whole = model_of(tmp_path / "whole", shop=SHOP + CITY + SUM, visit=VISIT)
    small = model_of(tmp_path / "small", shop=SHOP)
    workspace = Workspace.open(database_url)

    def publish(candidate: Model) -> None:
        workspace.apply(workspace.plan(candidate), hooks=hooks(workspace.clock), allow_loss=True)

    def saved(what: str, entity: str, id_: str | None = None, **values: object) -> str:
        release = workspace.current()
        context = system_context(release, workspace.clock)
        done = save(workspace.database, context, release, Change(what, entity, id_, values), Cause("system"))  # type: ignore[arg-type]
        assert isinstance(done, Saved), done
        return done.id

    def found(text: str) -> list[str]:
        release = workspace.current()
        context = system_context(release, workspace.clock)
        with workspace.database.read() as connection:
            return [hit.title for hit in search(connection, context, release, text)]

    publish(whole)
    shop = saved("create", "shop", name="Alpha", city="Rome")
    visit = saved("create", "visit", shop=shop, amount=Decimal(7), note="lantern")
    assert (found("lantern"), found("Rome")) == (["V001"], ["Alpha"])

    publish(small)
    assert (found("lantern"), found("Rome"), found("Alpha")) == ([], [], ["Alpha"])
    saved("update", "shop", shop, name="Beta")
    release = workspace.current()
    with workspace.database.read() as connection:
        versions = history(connection, system_context(release, workspace.clock), release, "shop", shop)
    # The first version also had a city, which is no field any more.
    assert [sorted(one.changes) for one in versions] == [["name"], ["name"]]

    publish(whole)
    assert (found("lantern"), found("Rome"), found("Beta")) == (["V001"], ["Beta"], ["Beta"])
    release = workspace.current()
    context = system_context(release, workspace.clock)
    with workspace.database.read() as connection:
        record = get_record(connection, context, release, "shop", shop)
        back = get_record(connection, context, release, "visit", visit)
    assert record is not None
    assert back is not None
    assert (record.values["city"], record.values["sold"]) == ("Rome", Decimal(7))
    assert (back.values["note"], back.values["double"]) == ("lantern", Decimal(14))
    another = saved("create", "visit", shop=shop, amount=Decimal(1))
    with workspace.database.read() as connection:
        new = get_record(connection, context, release, "visit", another)
    assert new is not None
    # Numbers go on where they were.
    assert str(new.values["number"]) > "V001"
    assert plan(whole, release, workspace.database).is_empty
    workspace.close()
