"""Tables of all kinds of columns, clean and dirty, made by chance: each becomes a sound app that takes every row."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.inferring.world import world_of

SEEDS = range(6)
WORDS = "red Red RED green blue tea Wine cheese 红 绿 蓝 茶 yes no 是 否 N/A Select null - ? A&B #1 don't".split()
Maker = Callable[[Random, int], str]

MAKERS: dict[str, Maker] = {
    "id": lambda r, n: str(n),
    "code": lambda r, n: f"{r.randrange(9):03}-{n}",
    "name": lambda r, n: f"{r.choice(WORDS)} {r.choice(WORDS)} {n}",
    "status": lambda r, n: r.choice(WORDS[:8]),
    "type of it": lambda r, n: r.choice(WORDS),
    "on": lambda r, n: f"{r.randrange(1, 13)}/{r.randrange(1, 29)}/20{r.randrange(10, 30)}",
    "日期": lambda r, n: f"20{r.randrange(10, 30)}年{r.randrange(1, 13)}月{r.randrange(1, 29)}日",
    "at": lambda r, n: f"2025-01-{r.randrange(1, 29):02} {r.randrange(24):02}:30:00",
    "time": lambda r, n: f"{r.randrange(24)}:{r.randrange(60):02}",
    "amount": lambda r, n: f"{r.randrange(-9_999, 9_999_999) / 100:,.2f}",
    "betrag": lambda r, n: f"{r.randrange(99_999)},{r.randrange(10)}{r.randrange(10)}",
    "price": lambda r, n: f"¥{r.randrange(99)}.5",
    "rate": lambda r, n: f"{r.randrange(101)}%",
    "share": lambda r, n: f"0.{r.randrange(1_000):03}",
    "count": lambda r, n: str(r.randrange(1_000)),
    "zip": lambda r, n: f"{r.randrange(99_999):05}",
    "active": lambda r, n: r.choice(["Y", "N"]),
    "flag": lambda r, n: r.choice("01"),
    "email": lambda r, n: f"user{n}@example.com",
    "手机": lambda r, n: f"139{r.randrange(10**8):08}",
    "url": lambda r, n: f"https://example.com/{n}?q={r.choice('abc')}",
    "country": lambda r, n: r.choice(["France", "德国", "JP", "Kenya"]),
    "tags": lambda r, n: ", ".join(r.sample(WORDS[:6], r.randrange(1, 4))),
    "姓名": lambda r, n: r.choice("张王李赵") + r.choice("伟芳娜敏") + r.choice(["", "静"]),
    "address": lambda r, n: f"{r.randrange(99)} Long Street, {r.choice(['Oslo', 'Rome'])}",
    "notes": lambda r, n: "word " * r.randrange(80) + r.choice(["", "\n", '"', "'", ";"]),
    "customer id": lambda r, n: f"C{r.randrange(8)}",
    "order no": lambda r, n: f"O{n // 3}",
    "anything": lambda r, n: r.choice(
        ["1", "x", "2025-01-01", "12,5", "=A1", "true", "\u00a0", "🙂", "1e5", "+1", "-"]
    ),
}
DIRT = ("", "", "", "N/A", "x", "0", "-", "  ", "31/31/2025", "1,2,3")


def table(random: Random, path: Path) -> None:
    """A file of some columns, of which some are spoilt here and there."""
    heads = random.sample(list(MAKERS), random.randrange(1, 12))
    dirty = {head: random.choice([0.0, 0.0, 0.002, 0.05, 0.4]) for head in heads}
    rows = random.choice([1, 3, 12, 60, 260])
    with path.open("w", encoding=random.choice(["utf-8", "utf-8-sig", "gb18030"]), newline="") as file:
        writer = csv.writer(file, delimiter=random.choice(",;\t"))
        writer.writerow(heads)
        for number in range(rows):
            cells = [MAKERS[head](random, number) for head in heads]
            row = [
                random.choice(DIRT) if random.random() < dirty[head] else cell
                for head, cell in zip(heads, cells, strict=True)
            ]
            writer.writerow(row if any(cell.strip() for cell in row) else cells)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_made_by_chance_goes_in_whole(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311  (the same tables in every run)
    paths = [
        tmp_path / f"{name}.csv"
        for name in random.sample(["things", "orders", "客户", "log 2025"], random.randrange(1, 4))
    ]
    for path in paths:
        table(random, path)
    with world_of(paths, tmp_path) as world:
        told = {one.name: one.unreadable for one in world.found.proposal.imports}
        for name, result in world.feed().items():
            assert result.failed == told[name], (seed, name, result.reasons)
        for entity in world.found.proposal.entities.values():
            assert world.ask(entity.name, "count()") >= entity.count, (seed, entity.name)
