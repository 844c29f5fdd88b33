"""Why a record is in somebody's list or is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.explaining import Listing, explain_list
from kith.runtime.write.change import Change
from tests.runtime.write.board_world import Boards

DOCUMENTS = {
    "segments/rich.yaml": "segment: rich\nof: card\nlabel: {en: Rich, zh-CN: 高分}\nfilter: points >= 5\n",
    "views/mine.yaml": """
view: mine
of: card
label: {en: My open cards, zh-CN: 我的待办}
layout: table
filter: points >= 5 and owner == me and status == "open"
columns: {name: {}}
""",
    "views/richest.yaml": """
view: richest
of: card
label: {en: The richest, zh-CN: 最高分}
layout: table
segment: rich
columns: {name: {}}
""",
    "views/all.yaml": "view: all\nof: card\nlabel: {en: All, zh-CN: 全部}\nlayout: table\ncolumns: {name: {}}\n",
    "roles/few.yaml": "role: few\nlabel: {en: Few, zh-CN: 少数}\nentities: {card: {read: points > 1}, user: {read: true}}\n",
    "roles/blind.yaml": """
role: blind
label: {en: Blind, zh-CN: 盲}
entities: {card: {read: true, fields: {points: none}}, user: {read: true}}
""",
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Boards]:
    """Boards with lists of cards."""
    for name, text in DOCUMENTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    opened = Boards.with_rules(database_url, tmp_path, {})
    yield opened
    opened.close()


def told(world: Boards, card: str, name: str, who: Actor, asker: Actor = SYSTEM, language: str = "en") -> Listing:
    with world.workspace.database.read() as connection:
        context = world.context(asker, language)
        found = explain_list(connection, context, world.release, "card", card, name, who)
    assert found is not None
    return found


def test_each_condition_is_told_with_what_it_read(world: Boards) -> None:
    ann = world.actor("few", "Ann")
    card = world.make("card", {"name": "C", "points": 7, "owner": ann.id, "status": "done"})
    found = told(world, card, "mine", ann)
    assert not found.inside
    assert found.lines == (
        "The condition of “My open cards” does not hold:",
        '  `status == "open"` is false: Status is Done',
    )
    assert told(world, card, "mine", ann, language="zh-CN").lines == (
        "“我的待办”的条件不成立：",
        '  `status == "open"` 不成立：状态为完成',
    )
    world.change("card", card, status="open")
    assert told(world, card, "mine", ann).inside
    assert told(world, card, "rich", ann).inside
    assert told(world, card, "richest", ann).lines == (
        "The condition of “Rich” holds:",
        "  `points >= 5` is true: Points is 7",
    )
    assert told(world, card, "all", ann) == Listing(
        "all", "All", True, ("It has no condition: it lists every record that may be seen.",)
    )


def test_who_does_not_see_the_record_is_told_which_role_says_so(world: Boards) -> None:
    ann = world.actor("few", "Ann")
    card = world.make("card", {"name": "C", "points": 1})
    assert told(world, card, "all", ann).lines == (
        "Few: some records, and this is none of them: points > 1",
        "  `points > 1` is false: Points is 1",
    )
    world.do(Change("delete", "card", card))
    assert told(world, card, "all", ann).lines[0] == "It is in the recycle bin."


def test_a_list_that_goes_by_hidden_fields_is_closed(world: Boards) -> None:
    blind = world.actor("blind", "Bob")
    card = world.make("card", {"name": "C", "points": 7})
    assert told(world, card, "rich", blind, asker=blind).lines == (
        "It is closed: it goes by fields that may not be read.",
    )
