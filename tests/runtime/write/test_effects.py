"""What action blocks do to other records and ask for outside of them, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.write.change import Change, Refused, Saved
from tests.runtime.write.board_world import Boards
from tests.runtime.write.shop_world import codes

Open = Callable[..., Boards]


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Iterator[Open]:
    """Boards with the rules that a test gives them."""
    with ExitStack() as stack:

        def with_rules(**rules: str) -> Boards:
            world = Boards.with_rules(
                database_url, tmp_path, {name.replace("__", "."): one for name, one in rules.items()}
            )
            stack.callback(world.close)
            return world

        yield with_rules


def board_with(world: Boards, cards: int, **values: object) -> str:
    """A board with so many cards, of which every second one is done."""
    board = world.make("board", {"name": "B", **values})
    rows: list[Change] = [
        Change(
            "create", "card", None, {"name": f"C{n:03}", "board": board, "status": ["open", "done"][n % 2], "points": n}
        )
        for n in range(cards)
    ]
    assert all(isinstance(one, Saved) for one in world.do_all(rows))
    return board


def test_update_gives_the_related_records_that_match_the_values_of_this_one(opened: Open) -> None:
    world = opened(raise_points='update cards where status == "open" { points: limit ?? 0, owner: lead }')
    board = board_with(world, 4, limit=7)
    assert isinstance(world.change("board", board, go=1), Saved)
    assert world.all("card", "name", "points") == [("C000", 7), ("C001", 1), ("C002", 7), ("C003", 3)]
    assert world.look("board", board, "points") == {"points": 18}


def test_delete_takes_what_hangs_on_the_records_along_and_sums_follow(opened: Open) -> None:
    world = opened(tidy='delete cards where status == "done"')
    board = board_with(world, 4)
    first = world.all("card", "name", "id")[1][1]
    world.make("mark", {"name": "M", "card": first})
    assert isinstance(world.change("board", board, go=1), Saved)
    assert [name for (name,) in world.all("card", "name")] == ["C000", "C002"]
    assert world.count("mark") == 0
    assert world.look("board", board, "points") == {"points": 2}


def test_a_deletion_that_something_stands_against_refuses_the_save(opened: Open) -> None:
    world = opened(tidy="delete parts")
    board = world.make("board", {"name": "A"})
    world.make("card", {"name": "C", "board": world.make("board", {"name": "Part", "parent": board})})
    assert codes(world.change("board", board, go=1)) == [("", "in_use")]
    assert world.count("board") == 2


def test_for_goes_over_the_related_records_in_the_order_of_their_ids(opened: Open) -> None:
    world = opened(
        price="""
        let factor = 2
        for card in cards where price is set {
          let each = card.price * factor
          set card.total = each * card.points
          if card.points > 2 { create mark { name: "big {card.name}", card: card } }
        }
        set note = "done"
        """
    )
    board = board_with(world, 4)
    for _, id_ in world.all("card", "name", "id"):
        world.change("card", id_, price="1.50")
    assert isinstance(world.change("board", board, go=1), Saved)
    assert [f"{name} {total}" for name, total in world.all("card", "name", "total")] == [
        "C000 0.00", "C001 3.00", "C002 6.00", "C003 9.00",
    ]  # fmt: skip
    assert world.all("mark", "name") == [("big C003",)]
    assert world.look("board", board, "note") == {"note": "done"}


def test_link_and_unlink_change_fields_of_several_one_member_at_a_time(opened: Open) -> None:
    world = opened(
        both="""
        link tags add "x"
        unlink tags remove "old"
        for card in cards { link stars add card }
        link parent.tags add "below"
        """
    )
    above = world.make("board", {"name": "A", "tags": ["a"]})
    board = board_with(world, 2, tags=["old", "kept"], parent=above)
    assert isinstance(world.change("board", board, go=1), Saved)
    cards = frozenset(id_ for (id_,) in world.all("card", "id"))
    assert world.look("board", board, "tags", "stars") == {"tags": frozenset({"kept", "x"}), "stars": cards}
    assert world.look("board", above, "tags") == {"tags": frozenset({"a", "below"})}


def test_for_goes_over_a_field_of_several_records_too(opened: Open) -> None:
    world = opened(stars="for card in stars where points > 1 { set card.points = 0 }")
    board = board_with(world, 3)
    ids = [id_ for _, id_ in world.all("card", "name", "id")]
    world.change("board", board, stars=ids[1:])
    assert isinstance(world.change("board", board, go=1), Saved)
    assert world.all("card", "name", "points") == [("C000", 0), ("C001", 1), ("C002", 0)]


def test_what_is_sent_away_waits_in_the_queue_of_the_same_transaction(opened: Open) -> None:
    world = opened(
        tell="""
        notify lead "{name} goes \\{\\{7*7\\}\\}"
        notify watchers "all"
        email address using "start"
        webhook "erp" { id: id, price: 1.50, due: @2026-01-31, more: { name: name, tags: tags, none: null } }
        assign lead from queue "inbound"
        submit approval "start"
        """
    )
    user = world.make("user", {"name": "Ann", "email": "ann@example.com", "roles": []})
    board = world.make("board", {"name": "{{7*7}} {name}", "lead": user, "watchers": [user], "tags": ["b", "a"]})
    world.change("board", board, address="b@example.com")
    done = world.change("board", board, go=1)
    assert isinstance(done, Saved)
    about = {"entity": "board", "record": board, "rule": "tell/tell"}
    sent = {
        "id": board,
        "price": "1.50",
        "due": "2026-01-31",
        "more": {"name": "{{7*7}} {name}", "tags": ["a", "b"], "none": None},
    }
    assert [(job["kind"], job["payload"]) for job in world.jobs()] == [
        ("notify", {**about, "to": [user], "message": "{{7*7}} {name} goes {{7*7}}"}),
        ("notify", {**about, "to": [user], "message": "all"}),
        ("email", {**about, "to": "b@example.com", "template": "start"}),
        ("webhook", {**about, "webhook": "erp", "data": sent}),
        ("assign", {**about, "field": "lead", "queue": "inbound"}),
        ("submit", {**about, "approval": "start"}),
    ]
    assert {(job["save"], job["state"]) for job in world.jobs()} == {(done.save, "waiting")}


def test_nothing_is_sent_to_nobody_nor_for_a_save_that_is_refused(opened: Open) -> None:
    world = opened(
        tell='notify lead "x"\nnotify watchers "x"\nemail address using "x"\nif go == 2 { submit approval "x" }',
        check='on: [update]\nwhen: go == 2 and changed(note)\ndo: |\n  refuse "no" on go',
        noting='if go == 2 { set note = "n" }',
    )
    board = world.make("board", {"name": "A"})
    assert isinstance(world.change("board", board, go=1), Saved)
    assert isinstance(world.change("board", board, go=2), Refused)
    assert world.jobs() == []


def test_a_null_link_skips_the_statement(opened: Open) -> None:
    world = opened(
        above='update parent.cards { points: 9 }\ndelete parent.parts\nset parent.note = "x"\nlink parent.tags add "x"\n'
        'for one in parent.cards { set one.points = 9 }\nset note = "went on"'
    )
    board = board_with(world, 1)
    assert isinstance(world.change("board", board, go=1), Saved)
    assert world.look("board", board, "note") == {"note": "went on"}
    assert world.all("card", "points") == [(0,)]


def test_stop_within_a_for_ends_the_block(opened: Open) -> None:
    world = opened(first='for card in cards { set card.points = 9\nif card.points > 1 { stop } }\nset note = "x"')
    board = board_with(world, 3)
    assert isinstance(world.change("board", board, go=1), Saved)
    assert world.all("card", "name", "points") == [("C000", 9), ("C001", 1), ("C002", 2)]
    assert world.look("board", board, "note") == {"note": None}


def test_what_blocks_change_wakes_rules_and_a_refusal_names_the_chain(opened: Open) -> None:
    world = opened(
        raise_points="update cards { points: 100 }",
        card__limits='on: [update]\nrequire: points <= 50\nmessage: {en: "Too many", zh-CN: "太多"}\nfield: points',
    )
    board = board_with(world, 1)
    refused = world.change("board", board, go=1)
    assert isinstance(refused, Refused)
    assert [failure.message for failure in refused.failures] == [
        "Card: Too many (from: raise_points/raise_points → limits/limits)"
    ]


def statements(world: Boards, what: Callable[[], Any]) -> int:
    """How many statements something sends."""
    sent: list[str] = []
    engine = world.workspace.database.engine

    def hear(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        what()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    assert engine is not None
    return len(sent)


BLOCKS = {
    "update": "update cards { points: 5 }",
    "delete": "delete cards",
    "for": 'for card in cards { set card.points = 5\ncreate mark { name: card.board.name ?? "-", card: card } }',
    "create": 'for card in cards { create card { name: "x {card.name}", board: card.board } }',
    "link": "for card in cards { link stars add card }",
    "tell": 'for card in cards { notify card.owner ?? lead "{card.name}" }',
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_the_number_of_statements_does_not_grow_with_the_records(opened: Open, block: str) -> None:
    world = opened(each=block)
    few, many = board_with(world, 3), board_with(world, 60)
    world.change("board", board_with(world, 2), go=1)
    counts = [statements(world, lambda board=board: world.change("board", board, go=1)) for board in (few, many)]  # type: ignore[misc]
    assert counts[1] <= counts[0], counts
