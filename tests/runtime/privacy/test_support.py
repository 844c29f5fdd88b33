"""A copy for support works like the original and has nothing of it that says who somebody is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.model import Field
from kith.runtime.doctor.examining import examine
from kith.runtime.doctor.findings import Visit
from kith.runtime.privacy.disguising import Disguise
from kith.runtime.privacy.support import copy_for_support
from kith.runtime.publishing import system_context
from kith.runtime.workspace import Workspace
from tests.api.world import NOW
from tests.runtime.privacy.canary import Canary, Clinic, clinic_model, found_in_bytes


def test_no_byte_of_a_person_is_in_the_copy_and_the_doctor_finds_it_sound(house: Clinic, tmp_path: Path) -> None:
    people = [Canary.hatched(number) for number in (21, 22)]
    ids = [house.live_through(one) for one in people]
    file = tmp_path / "copy.db"
    count = copy_for_support(house.database, house.context(), house.release, file)
    copy = Workspace.open(f"sqlite:///{file}")
    release, context = copy.current(), system_context(copy.current(), lambda: NOW)
    traces = [trace for one in people for trace in one.traces()]
    assert found_in_bytes(copy.database, [*traces, b"Somebody Else", b"House"]) == {}
    assert [flaw.en for _, found in examine(Visit(copy.database, release, context)) for flaw in found.flaws] == []
    assert copy.plan(clinic_model()).changes == ()
    with copy.database.read() as connection:
        table = release.tables["client"]
        rows = connection.execute(table.table.select().where(table.id.in_(ids))).mappings().all()
    assert count > 20
    assert len({row["email"] for row in rows}) == len(rows) == 2
    assert all(row["email"].endswith("@example.invalid") and row["greeting"] == f"Dear {row['name']}" for row in rows)
    copy.close()


FIELDS = clinic_model().entities["client"].fields


@pytest.mark.parametrize(
    ("name", "value", "like"),
    [
        ("name", "Ann Lee", "Aaa Aaa"),
        ("chinese_name", "欧阳槿萱", "甲甲甲甲"),
        ("card_number", "C-1203", "A-0000"),
        ("visits_made", 3, 3),
        ("blood", "ab", None),
    ],
)
def test_a_disguise_has_the_shape_of_the_value_and_is_the_same_for_the_same(
    name: str, value: object, like: object
) -> None:
    disguise, field = Disguise(), FIELDS[name]
    made = disguise.value(field, value)
    assert made == disguise.value(field, value)
    assert _shape(made) == like
    assert made is None or made == 3 or (made != value and made != Disguise().value(field, value))


def _shape(value: object) -> object:
    if not isinstance(value, str):
        return value
    kinds = {"A": str.isupper, "a": str.islower, "0": str.isdigit, "甲": str.isalpha}
    return "".join(next((kind for kind, test in kinds.items() if test(one)), one) for one in value)


def test_days_that_are_personal_move_and_others_stay() -> None:
    born, closed = FIELDS["born_on"], FIELDS["closed_on"]
    disguise: Disguise = Disguise()
    assert isinstance(born, Field)
    assert disguise.value(born, "1990-02-10") != "1990-02-10"
    assert disguise.value(closed, "2020-02-10") == "2020-02-10"
