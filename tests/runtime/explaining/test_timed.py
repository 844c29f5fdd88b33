"""Why time wakes a rule for a record, or does not: whom it is for, and on which day the record comes up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.explaining import explain_rule
from tests.runtime.write.board_world import Boards

RULES = {
    "card.silent": 'every:\n  cron: "0 6 * * 1-5"\nfor: status == "open" and points < 3\ndo: set points = 3',
    "card.reminder": 'due:\n  {field: due, before: 3d, at: "06:00"}\nwhen: status == "open"\ndo: set points = 0',
}
ROLE = "role: blind\nlabel: {en: Blind, zh-CN: 盲}\nentities: {card: {read: true, fields: {due: none}}}\n"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Boards]:
    """Boards on Sunday, the 22nd of November 2026, at noon."""
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "blind.yaml").write_text(ROLE, "utf-8")
    opened = Boards.with_rules(database_url, tmp_path, RULES)
    yield opened
    opened.close()


def told(world: Boards, card: str, rule: str, actor: Actor = SYSTEM, language: str = "en") -> tuple[str, ...]:
    with world.workspace.database.read() as connection:
        found = explain_rule(connection, world.context(actor, language), world.release, "card", card, rule)
    assert found is not None
    return found.lines


def test_a_schedule_tells_which_part_of_its_for_is_false(world: Boards) -> None:
    card = world.make("card", {"name": "C", "points": 5})
    assert told(world, card, "silent") == (
        "Time wakes it, saves do not.",
        "It runs at: 0 6 * * 1-5; the next time is Nov 23, 2026, 6:00:00\u202fAM.",
        "The record is none of those that it is for:",
        "`points < 3` is false: Points is 5",
    )


@pytest.mark.parametrize(
    ("due", "line", "chinese"),
    [
        (None, "Due is empty: it does not come up.", "“期限”为空：不会到期。"),
        ("2026-11-27", "It comes up on Nov 24, 2026 at 06:00: not yet.", "2026年11月24日 06:00 到期：时候未到。"),
        ("2026-11-25", "It came up on Nov 22, 2026 at 06:00 and does not come up again.", ""),
    ],
)
def test_a_day_that_a_record_names_is_told(world: Boards, due: str | None, line: str, chinese: str) -> None:
    card = world.make("card", {"name": "C", "due": due})
    assert told(world, card, "reminder")[:3] == (
        "Time wakes it, saves do not.",
        "It comes up once for each record: 3d before Due, at 06:00.",
        line,
    )
    assert chinese in told(world, card, "reminder", language="zh-CN")[2]
    assert told(world, card, "reminder", world.actor("blind"))[2] == "On which day, you may not read."
