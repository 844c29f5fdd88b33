"""What differs between the texts of two stacks of layers, and which document speaks of a setting."""

from __future__ import annotations

import pytest

from kith.metadata.layers import layer_of
from kith.metadata.layers.textual import Speaking, differing_documents
from kith.metadata.model import Layer

SHOP = "entity: shop\ninclude: [placed]\nfields:\n  name: {type: text}\n"
PLACED = "fragment: placed\nfields:\n  city: {type: text}\n"
ROLE = "role: clerk\nentities:\n  shop: {read: true}\n"


def stack(shop: str | None = SHOP, placed: str = PLACED, company: str = "") -> list[Layer]:
    documents = {"entities/shop.yaml": shop, "fragments/placed.yaml": placed, "roles/clerk.yaml": ROLE}
    layers = [layer_of({path: text for path, text in documents.items() if text}, "/somewhere/base", "base")]
    return [*layers, layer_of({"entities/shop.yaml": company}, "ours", "ours")] if company else layers


CHANGED = stack(SHOP.replace("{type: text}", "{type: text, label: Name}"))
MOVED = stack(placed=PLACED.replace("city", "town"))
OURS = stack(company="entity: shop\nfields:\n  size: {type: text}\n")


@pytest.mark.parametrize(
    ("after", "setting", "document"),
    [
        (CHANGED, "entity.shop.fields.name", ("base", "entities/shop.yaml")),
        (CHANGED, "entity.shop.fields.name.label", ("base", "entities/shop.yaml")),
        (CHANGED, "entity.shop.keys.name", ("base", "entities/shop.yaml")),
        (CHANGED, "role.clerk.entities.shop", None),
        (CHANGED, "view.shops", None),
        (MOVED, "entity.shop.fields.town", ("base", "fragments/placed.yaml")),
        (MOVED, "entity.shop.fields.city", ("base", "fragments/placed.yaml")),
        (OURS, "entity.shop.fields.size", ("ours", "entities/shop.yaml")),
        (stack(None), "entity.shop", ("base", "entities/shop.yaml")),
    ],
)
def test_the_document_that_says_something_else_of_a_setting_is_found(
    after: list[Layer], setting: str, document: tuple[str, str] | None
) -> None:
    before = stack()
    assert Speaking(before, after, differing_documents(before, after)).of(setting) == document


def test_documents_that_come_change_and_go_are_told_line_by_line() -> None:
    assert differing_documents(stack(), stack()) == []
    (changed,) = differing_documents(stack(), CHANGED)
    assert (changed.sign, changed.lines[-2:]) == ("~", ["-  name: {type: text}", "+  name: {type: text, label: Name}"])
    (gone,) = differing_documents(stack(), stack(None))
    assert (gone.sign, gone.lines[1]) == ("-", "-entity: shop")
    (new,) = differing_documents(stack(), OURS)
    assert (new.sign, new.layer, new.lines[1]) == ("+", "ours", "+entity: shop")
