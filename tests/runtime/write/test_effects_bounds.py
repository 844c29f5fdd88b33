"""What the effects of blocks may cost, what ends them, and what is told of them, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.rules import actions
from kith.runtime.explaining import explain_save
from kith.runtime.write.change import Change, Refused, Saved
from tests.runtime.write.board_world import Boards

Open = Callable[..., Boards]


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Iterator[Open]:
    """Boards with the rules that a test gives them."""
    with ExitStack() as stack:

        def with_rules(**rules: str) -> Boards:
            named = {name.replace("__", "."): one for name, one in rules.items()}
            world = Boards.with_rules(database_url, tmp_path, named)
            stack.callback(world.close)
            return world

        yield with_rules


def board_with(world: Boards, cards: int, **values: object) -> str:
    board = world.make("board", {"name": "B", **values})
    rows = [Change("create", "card", None, {"name": f"C{n}", "board": board}) for n in range(cards)]
    assert all(isinstance(one, Saved) for one in world.do_all(rows))
    return board


def messages(world: Boards, board: str, language: str = "en") -> list[str]:
    refused = world.do(Change("update", "board", board, {"go": 1}), language=language)
    assert isinstance(refused, Refused)
    return [failure.message for failure in refused.failures]


def test_rules_that_go_on_and_on_are_stopped_after_eight_waves_and_named(opened: Open) -> None:
    world = opened(up='on: [{field: [go]}]\nwhen: go > 0\ndo: |\n  set go = go + 1\n  notify lead "x"')
    board = board_with(world, 0)
    chain = " → ".join(["up/up"] * 8)
    assert messages(world, board) == [f"The rules set each other off more than 8 times: {chain}."]
    assert messages(world, board, "zh-CN") == [f"规则相互触发超过 8 次：{chain}。"]
    assert world.look("board", board, "go") == {"go": None}


def test_a_block_that_wants_too_much_is_named(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MAX_EFFECTS", 5)
    world = opened(many="for a in cards { for b in cards { set a.points = b.points } }")
    board = board_with(world, 3)
    assert messages(world, board) == ["A rule wants more than 10,000 things done at once: many/many."]
    assert messages(world, board, "zh-CN") == ["规则一次要执行的操作超过 10,000 项：many/many。"]


def test_texts_that_double_refuse_the_save(opened: Open) -> None:
    doubling = "".join(f'let t{n + 1} = "{{t{n}}}{{t{n}}}"\n' for n in range(64))
    world = opened(long=f'let t0 = "{{name}}"\n{doubling}set note = t64')
    board = board_with(world, 0)
    assert messages(world, board) == [
        "long/long puts together a text of more than 64 KiB, so nothing was saved. Let it take less into the text."
    ]
    assert messages(world, board, "zh-CN") == [
        "long/long 生成的文本超过 64 KiB，因此未保存任何内容。请让它少放一些内容。"
    ]


def test_what_a_block_did_is_told_statement_by_statement(opened: Open) -> None:
    world = opened(
        all="""
        update cards where points < 5 { points: 7, status: "done" }
        delete parts
        link tags add "new"
        unlink tags remove "old"
        link parent.tags add "x"
        update parent.cards { points: 1 }
        notify watchers "secret {note}"
        email address using "start"
        webhook "erp" { note: note }
        assign lead from queue "inbound"
        submit approval "start"
        """
    )
    user = world.make("user", {"name": "Ann", "email": "ann@example.com", "roles": []})
    board = board_with(world, 2, tags=["old"], watchers=[user])
    world.make("board", {"name": "Part", "parent": board})
    assert isinstance(world.change("board", board, go=1), Saved)
    told = {}
    for language in ("en", "zh-CN"):
        with world.workspace.database.read() as connection:
            found = explain_save(connection, world.context(language=language), world.release, "board", board)
        assert found is not None
        (told[language],) = (one.did for one in found.rules if one.rule == "all/all" and one.verdict == "fired")
    assert told["en"] == (
        "Cards changed: 2 (Points = 7, Status = Done)",
        "Boards deleted: 1",
        "“new” was added to Tags",
        "“old” was taken out of Tags",
        "`link` did nothing: Parent · Tags is empty",
        "`update` did nothing: Parent is empty",
        "Notified: Ann",
        "`email` did nothing: Address is empty",
        "The webhook “erp” was asked for",
        "Leader is to be given to somebody by the queue “inbound”",
        "The record was submitted for the approval “start”",
    )
    assert told["zh-CN"] == (
        "修改了 2 条“卡片”（分数 = 7、状态 = 完成）",
        "删除了 1 条“看板”",
        "在“标签”中加入“new”",
        "从“标签”中移除“old”",
        "`link` 未执行：“上级 · 标签”为空",
        "`update` 未执行：“上级”为空",
        "已通知：Ann",
        "`email` 未执行：“地址”为空",
        "要求调用 Webhook“erp”",
        "“负责人”将由队列“inbound”分配",
        "已提交审批“start”",
    )


def test_a_record_that_no_longer_matches_once_it_is_locked_is_left_alone(postgresql_url: str, tmp_path: Path) -> None:
    rules = {"tidy": 'update cards where status == "open" { points: 9 }\ndelete cards where points == 3'}
    world = Boards.with_rules(postgresql_url, tmp_path, rules)
    board = board_with(world, 3)
    first, _, last = (id_ for _, id_ in world.all("card", "name", "id"))
    world.change("card", last, points=3)
    table = world.release.tables["card"].table
    moved: list[str] = []

    def meanwhile(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        """Somebody else is faster: the block has chosen its cards and asks for their locks, and has none of them yet.

        Not through the gate, which would wait for the board; a lock that were there already fails at once.
        """
        if moved or "FOR UPDATE" not in statement or table.name not in statement:
            return
        moved.append(statement)
        with engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
            connection.execute(sa.update(table).where(table.c.id.in_([first, last])).values(status="done", points=4))

    engine = world.workspace.database.engine
    sa.event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        assert isinstance(world.change("board", board, go=1), Saved)
    finally:
        sa.event.remove(engine, "before_cursor_execute", meanwhile)
    assert moved
    assert world.all("card", "name", "points") == [("C0", 4), ("C1", 9), ("C2", 4)]
    world.close()
