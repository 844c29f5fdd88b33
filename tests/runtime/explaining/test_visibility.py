"""Why somebody sees a record or does not, role by role."""

from __future__ import annotations

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.explaining import Visibility, explain_visibility
from tests.runtime.write.shop_world import Shop


def told(shop: Shop, entity: str, id_: str, who: Actor, asker: Actor = SYSTEM) -> Visibility | None:
    with shop.workspace.database.read() as connection:
        return explain_visibility(connection, shop.context(asker), shop.release, entity, id_, who)


def test_the_scope_that_decided_is_told_with_what_it_read(shop: Shop) -> None:
    ann, bob = shop.actor("seller", "Ann"), shop.actor("seller", "Bob")
    mine = shop.make("customer", {"name": "Mine", "owner": ann.id})
    seen, unseen = told(shop, "customer", mine, ann), told(shop, "customer", mine, bob)
    assert seen is not None and unseen is not None
    assert (seen.sees, unseen.sees) == (True, False)
    assert seen.lines[0] == "Seller: some records, and this is one of them: owner == me"
    assert unseen.lines[0] == "Seller: some records, and this is none of them: owner == me"
    assert unseen.lines[1].startswith("  `owner == me` is false: Owner is Ann")


def test_roles_that_read_all_or_nothing_say_so(shop: Shop) -> None:
    seller, chief = shop.actor("seller"), shop.actor("administrator", "Chief")
    wallet = shop.make("wallet", {"name": "W"})
    assert told(shop, "wallet", wallet, seller) == Visibility(False, ("Seller: no record.",))
    found = told(shop, "wallet", wallet, chief)
    assert found is not None and found.sees


def test_who_does_not_see_a_record_is_told_nothing_of_it(shop: Shop) -> None:
    ann, bob = shop.actor("seller", "Ann"), shop.actor("seller", "Bob")
    mine = shop.make("customer", {"name": "Mine", "owner": ann.id})
    assert told(shop, "customer", mine, ann, asker=bob) is None
