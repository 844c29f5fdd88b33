"""Which fields the columns of a file mean, by what they are called and how their texts look."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.runtime.importing.guessing import guessed
from tests.support.worlds import model_of

APPS = Path(__file__).resolve().parents[2] / "apps"
MODEL = model_of(APPS / "retail_crm")


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("name", "name"),
        ("姓名", "name"),
        ("Member", "name"),
        ("member_name", "name"),
        ("会员", "name"),
        ("会员手机号", "mobile"),
        ("联系电话", "mobile"),
        ("E-MAIL address", "email"),
        ("微信号", "wechat"),
        ("Home store", "store"),
        ("id", "id"),
        ("_row", ""),
        ("tier", ""),
        ("nothing of ours", ""),
    ],
)
def test_a_column_means_the_field(column: str, field: str) -> None:
    member = MODEL.entities["member"]
    fields = [one for one in member.fields.values() if not one.is_computed]
    assert guessed(MODEL, member, fields, [column], []).feeds[0].field == field


@pytest.mark.parametrize(
    ("texts", "way"),
    [
        (["1990-12-31"], ""),
        (["31/12/1990", "1/2/1991"], "D/M/YYYY"),
        (["12/31/1990", "1/2/1991"], "M/D/YYYY"),
        (["31.12.1990"], "D.M.YYYY"),
        (["31/12/1990", "nonsense"], ""),
    ],
)
def test_a_column_of_dates_is_read_as_its_texts_look(texts: list[str], way: str) -> None:
    member = MODEL.entities["member"]
    sample = [[text] for text in texts]
    assert guessed(MODEL, member, [member.fields["birthday"]], ["birthday"], sample).feeds[0].way == way


def test_the_first_key_that_the_file_has_finds_records() -> None:
    member = MODEL.entities["member"]
    fields = [one for one in member.fields.values() if not one.is_computed]
    plan = guessed(MODEL, member, fields, ["name", "mobile"], [])
    assert (plan.mode, plan.key) == ("upsert", "mobile")
    assert guessed(MODEL, member, fields, ["name"], []).mode == "create"
