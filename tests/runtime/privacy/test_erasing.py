"""Nothing of a person who was erased is left in any byte, and what must stay stays."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.doctor.examining import examine
from kith.runtime.doctor.findings import Visit
from kith.runtime.privacy import holding
from kith.runtime.privacy.certificates import certificates
from kith.runtime.privacy.compacting import compact
from kith.runtime.privacy.erasing import Asked, Held, erase
from kith.runtime.schema import system
from kith.runtime.sealing import seal, verify
from tests.api.world import NOW, add_user
from tests.runtime.privacy.canary import Canary, Clinic, found_in_bytes

COUNTS = {
    "anonymised": {"client": 1, "invoice": 1, "visit": 1},
    "doubtful_mentions": 0,
    "erased": {"finding": 1, "visit": 2},
    "mentions": 8,
    "needed_by_others": {"visit": 1},
    "rows": {"answers": 1, "explanations": 15, "history": 26, "job": 1},
}


def erased(house: Clinic, entity: str, *ids: str, **asked: Any) -> dict[str, Any]:
    """Erase, and rewrite the file."""
    done = house.database.run(
        lambda connection: erase(connection, house.context(), house.release, Asked(entity, ids, **asked))
    )
    compact(house.database, NOW)
    return done


def test_not_a_byte_is_left_and_every_chain_is_sound(house: Clinic) -> None:
    one, other = Canary.hatched(1), Canary.hatched(2)
    id_, stays = house.live_through(one), house.live_through(other)
    with house.database.write() as connection:
        seal(connection, NOW)
    assert found_in_bytes(house.database, one.traces())
    certificate = erased(house, "client", id_)
    assert found_in_bytes(house.database, one.traces()) == {}
    assert certificate["counts"] == COUNTS
    with house.database.write() as connection:
        seal(connection, NOW)
        sealed = verify(connection)
        assert (sealed.broken, sealed.rows > 40) == ("", True)
        (found,) = certificates(connection, house.release, verify=True)
    assert (found.row["id"], found.flaws) == (certificate["id"], ())
    visit = Visit(house.database, house.release, house.context())
    assert [flaw.en for one, found in examine(visit) if one.name != "engine" for flaw in found.flaws] == []
    left = house.desk.get(f"client/{id_}").json()["data"]
    assert {name: left[name] for name in ("name", "email", "nicknames", "greeting", "spent", "visits_made")} == {
        "name": "(erased)", "email": None, "nicknames": [], "greeting": "Dear (erased)", "spent": "12.50", "visits_made": 1,
    }  # fmt: skip
    invoice, *_ = house.desk.get("invoice").json()["data"]
    assert (invoice["billed_to"], invoice["client_name"], invoice["remark"]) == ("(erased)", "(erased)", "for (erased)")
    then = house.desk.get(f"client/{id_}?as_of={NOW.date()}")
    assert (then.status_code, one.first in then.text) == (200, False)
    kept = house.desk.get(f"client/{stays}").json()["data"]
    assert (kept["name"], kept["phone"]) == (other.name, f"+86138{other.phone[3:]}")
    assert [hit["label"] for hit in house.desk.get(f"search?q={other.first}&entity=client").json()["data"]] == [
        other.name
    ]
    assert house.desk.get(f"search?q={one.first}").json()["data"] == []


def test_a_certificate_tells_that_somebody_wrote_a_value_back(one_house: Clinic) -> None:
    one = Canary.hatched(3)
    id_ = one_house.live_through(one)
    erased(one_house, "client", id_)
    history = system.history
    with one_house.database.write() as connection:
        connection.execute(
            sa.update(history)
            .where(history.c.record == id_)
            .values({"values": {"name": {"old": None, "new": one.name}}})
        )
        (found,) = certificates(connection, one_house.release, verify=True)
        assert found.flaws == ("values",)
        connection.execute(sa.update(system.erasure).values(counts={}))
        (found,) = certificates(connection, one_house.release)
        assert found.flaws == ("chain",)


def test_what_is_held_by_law_is_not_erased_until_it_is_let_go(one_house: Clinic) -> None:
    one = Canary.hatched(4)
    id_ = one_house.live_through(one)
    invoice = one_house.desk.get("invoice").json()["data"][0]["id"]
    context, release = one_house.context(), one_house.release
    with one_house.database.write() as connection:
        holding.place(connection, context, release, "invoice", invoice, "Tax audit 2027")
    with pytest.raises(Held, match="Tax audit 2027"):
        erased(one_house, "client", id_)
    assert one_house.desk.get(f"client/{id_}").json()["data"]["name"] == one.name
    with one_house.database.write() as connection:
        assert holding.lift(connection, context, release, "invoice", invoice) == 1
    erased(one_house, "client", id_)
    assert found_in_bytes(one_house.database, one.traces()) == {}


def test_of_a_name_that_two_people_have_other_texts_stay_unless_asked(one_house: Clinic) -> None:
    make = one_house.desk.make
    first, second = (make("client", name="Jo March", email=f"{n}@march.example")["id"] for n in (1, 2))
    memo = make("memo", subject="Jo March or 1@march.example")["id"]
    counts = erased(one_house, "client", first)["counts"]
    assert (counts["mentions"], counts["doubtful_mentions"]) == (1, 1)
    assert one_house.desk.get(f"memo/{memo}").json()["data"]["subject"] == "Jo March or (erased)"
    assert one_house.desk.get(f"client/{second}").json()["data"]["name"] == "Jo March"
    third = make("client", name="Jo March")["id"]
    erased(one_house, "client", third, all_mentions=True)
    assert one_house.desk.get(f"memo/{memo}").json()["data"]["subject"] == "(erased) or (erased)"


def test_a_user_goes_with_account_sessions_and_tokens_and_his_deeds_stay_nameless(one_house: Clinic) -> None:
    add_user(one_house.desk, "Peregrine", ("administrator",))
    user = one_house.desk.users["Peregrine"]
    memo = one_house.desk.make("memo", who="Peregrine", subject="Mine")["id"]
    one_house.desk.session("Peregrine")
    erased(one_house, "user", user)
    assert one_house.desk.get("memo", who="Peregrine").status_code == 401
    traces = [b"Peregrine", b"peregrine"]
    assert found_in_bytes(one_house.database, traces) == {}
    assert one_house.desk.get(f"user/{user}").json()["data"]["active"] is False
    entry = one_house.desk.get(f"memo/{memo}/history").json()["data"][0]
    assert entry["actor"]["id"] == user
