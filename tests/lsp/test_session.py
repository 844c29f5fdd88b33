"""`kith lsp` as an editor meets it: completion, problems, mends, hover, definition, references, rename and format, over pipes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pygls.exceptions import JsonRpcException

from tests.lsp.session import RULES, Editor, editing

PATH = "rules/more_rules.yaml"
STAGES = ["new", "offer", "won"]


def run(act: Callable[[Editor], Awaitable[None]], language: str = "en") -> None:
    async def whole() -> None:
        async with editing(language) as editor:
            await act(editor)

    asyncio.run(asyncio.wait_for(whole(), 60))


def test_an_author_writes_a_rule_with_the_help_of_the_server() -> None:
    async def act(editor: Editor) -> None:
        assert await editor.complete(PATH, "rules: more_rules\nof: de¦\n") == ["deal"]
        assert await editor.complete(PATH, RULES.format(condition="amo¦")) == ["amount"]
        assert await editor.complete(PATH, RULES.format(condition='stage == "¦"')) == STAGES
        through = await editor.complete(PATH, RULES.format(condition="any(wishes where deal.¦)"))
        assert through[:3] == ["code", "name", "stage"]
        editor.type(PATH, RULES.format(condition="ammount ?? 0 > 5"))
        assert await editor.told(PATH) == ['5:14 E203 Deal has no field "ammount". — did you mean "amount" (money)?']
        assert await editor.mends(PATH) == {'Write "amount"': RULES.format(condition="amount ?? 0 > 5")}
        editor.type(PATH, RULES.format(condition="amount??0>5"))
        assert await editor.format(PATH) == RULES.format(condition="amount ?? 0 > 5")

    run(act)


def test_what_stands_there_is_told_in_the_editors_language() -> None:
    async def act(editor: Editor) -> None:
        told = await editor.hover("rules/deal_rules.yaml", "disco¦unt ??")
        assert told.splitlines() == ["discount: 折扣 · Discount", "字段 — percent?", "entities/deal.yaml:15"]
        editor.type(PATH, RULES.format(condition="ammount ?? 0 > 5"))
        assert await editor.told(PATH) == ["5:14 E203 商机没有字段“ammount”。 — 是否想写“amount”（money）？"]

    run(act, "zh-CN")


def test_a_name_is_found_and_changed_everywhere() -> None:
    async def act(editor: Editor) -> None:
        assert await editor.define("rules/deal_rules.yaml", "disco¦unt ??") == "entities/deal.yaml:15"
        uses = await editor.uses("entities/deal.yaml", "disc¦ount: {")
        assert len(uses) == 10
        done = await editor.rename("entities/deal.yaml", "disc¦ount: {", "rebate")
        assert {name: text.count("rebate") for name, text in done.items()} == {
            "entities/deal.yaml": 1,
            "rules/deal_rules.yaml": 7,
            "rules/wish_rules.yaml": 2,
        }
        assert "renamed_from: [discount]" in done["entities/deal.yaml"]
        with pytest.raises(JsonRpcException, match="exists already"):
            await editor.rename("entities/deal.yaml", "disc¦ount: {", "amount")

    run(act)


def test_what_another_program_writes_is_seen() -> None:
    async def act(editor: Editor) -> None:
        editor.write(PATH, RULES.format(condition="ammount ?? 0 > 5"))
        assert [one.split()[1] for one in await editor.told(PATH)] == ["E203"]
        editor.write(PATH, RULES.format(condition="amount ?? 0 > 5"))
        assert await editor.told(PATH) == []

    run(act)
