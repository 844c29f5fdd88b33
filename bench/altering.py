"""An app upgraded under a million records while twenty people work: what they notice, and what the applying process costs."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.http import served
from bench.measuring import LOOP, Figure
from bench.observed import Observed, observed
from bench.people import PEOPLE, Load, people
from bench.world import APP, World, opened
from kith.runtime.database import normal_url

LONGEST = 1.0
PROCESSES = 2
QUIET = 10.0
"""Seconds of work before a change, to compare with."""
AFTERWARDS = 2.0
"""Seconds after it: processes take a release over within one of them."""
REPLY = """entity: reply
label: {en: Reply, zh-CN: 回复}
plural: {en: Replies, zh-CN: 回复}
title: "{channel}"
fields:
  ticket: {type: reference, to: ticket, inverse: replies, required: true, on_delete: restrict, label: {en: Ticket, zh-CN: 工单}}
  minutes: {type: integer, min: 0, label: {en: Minutes, zh-CN: 分钟}}
  channel: {type: text, max_length: 20, label: {en: Channel, zh-CN: 渠道}}
"""
TEXT = "  channel: {type: text, max_length: 20, label: {en: Channel, zh-CN: 渠道}}\n"
CHANNEL = "channel: {type: text, required: true, default: desk, label: {en: Channel, zh-CN: 渠道}}"
CHOICE = (
    "  channel: {type: choice, label: {en: Channel, zh-CN: 渠道}, options: {call: {label: {en: Call, zh-CN: 电话}},"
    " mail: {label: {en: Mail, zh-CN: 邮件}}, visit: {label: {en: Visit, zh-CN: 拜访}}}}\n"
)


@dataclass(frozen=True, slots=True)
class Alteration:
    """A change of one document: `old` in it becomes `new`; by a plan back where `back` holds, else by applying the folder."""

    what: str
    entity: str
    old: str
    new: str
    back: bool = False

    def write(self, folder: Path) -> None:
        """Change the document."""
        path = folder / "entities" / f"{self.entity}.yaml"
        text = path.read_text()
        assert self.old in text, self.what
        path.write_text(text.replace(self.old, self.new, 1))

    def command(self, folder: Path, database: str) -> list[str]:
        """What publishes it."""
        self.write(folder)
        published = ["rollback"] if self.back else ["apply", str(folder), "--anyway"]
        return [*published, "--db", database, "--allow-loss"]


def added(what: str, entity: str, line: str) -> Alteration:
    """One more field of an entity."""
    return Alteration(what, entity, "fields:\n", f"fields:\n  {line}\n")


ALTERATIONS = (
    added("a field", "ticket", "region: {type: text, label: {en: Region, zh-CN: 地区}}"),
    added("a required field with a default", "ticket", CHANNEL),
    added("a reference", "ticket", "partner: {type: reference, to: company, label: {en: Partner, zh-CN: 伙伴}}"),
    Alteration("an index", "ticket", "indexes:\n", "indexes:\n  by_opened: [stage, opened_on]\n"),
    Alteration(
        "a unique key", "ticket", "phone: {type: phone, region: CN,", "phone: {type: phone, region: CN, unique: true,"
    ),
    added(
        "a stored formula", "ticket",
        "due: {type: formula, value: (amount ?? 0) * (1 - (rate ?? 0%)), result: {type: money, currency: CNY},"
        " label: {en: Due, zh-CN: 应付}}",
    ),
    added(
        "a roll-up", "ticket",
        "spent: {type: rollup, value: sum(replies.minutes), label: {en: Minutes spent, zh-CN: 用时}}",
    ),
    Alteration("integer to decimal", "ticket", "score: {type: integer,", "score: {type: decimal, scale: 1,"),
    Alteration("text to choice", "reply", TEXT, CHOICE),
    Alteration("choice to text, going back", "reply", CHOICE, TEXT, back=True),
    Alteration("a removal", "ticket", f"  {CHANNEL}\n", ""),
    Alteration("a removal, going back", "ticket", "  urgent:", f"  {CHANNEL}\n  urgent:", back=True),
)  # fmt: skip


def altering(where: str, url: str, rows: int) -> Iterator[Figure]:
    """Each kind of change in turn, with twenty people at work on two processes all the while."""
    started = perf_counter()
    database = normal_url(url).render_as_string(hide_password=False)
    with ExitStack() as stack:
        world = stack.enter_context(opened(url, tickets=rows))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kith-bench-"))) / "app"
        _prepare(folder, database, world)
        yield Figure(where, f"putting 2 × {rows:,} records into their tables", -1, perf_counter() - started, "s")
        ports = [stack.enter_context(served("kith", url)) for _ in range(PROCESSES)]
        LOOP.run(_worked(ports, world, 3.0))
        for alteration in ALTERATIONS:
            usual = LOOP.run(_worked(ports, world, QUIET))
            load, done = LOOP.run(_applied(ports, world, alteration.command(folder, database)))
            yield from _figures(where, f"{alteration.what}, {rows:,} records", usual, load, done)


def _prepare(folder: Path, database: str, world: World) -> None:
    """A second table as large as that of the tickets, with one reply to each."""
    shutil.copytree(APP, folder)
    (folder / "entities" / "reply.yaml").write_text(REPLY)
    clerk = folder / "roles" / "clerk.yaml"
    clerk.write_text(clerk.read_text() + "  reply: {read: true, create: true, update: true}\n")
    applied = observed(["apply", str(folder), "--db", database])
    assert applied.code == 0, applied.said
    with world.workspace.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO reply (id, version, computed, created_at, created_by, updated_at, updated_by,"
            " ticket, minutes, channel, channel__sort)"
            " SELECT gen_random_uuid(), 1, 0, t.created_at, t.created_by, t.updated_at, t.updated_by, t.id,"
            " t.score, said.channel, said.channel FROM ticket t,"
            " LATERAL (SELECT (ARRAY['call', 'mail', 'visit'])[1 + coalesce(t.score, 0) / 34]) AS said (channel)"
        )
    world.analyse()


async def _worked(ports: Sequence[int], world: World, seconds: float) -> Load:
    async with people(ports, world) as usual:
        await asyncio.sleep(seconds)
    return usual


async def _applied(ports: Sequence[int], world: World, command: list[str]) -> tuple[Load, Observed]:
    """What people see while a command runs, and what the command did."""
    async with people(ports, world) as load:
        done = await asyncio.to_thread(observed, command)
        await asyncio.sleep(AFTERWARDS)
    if done.code != 0:
        raise RuntimeError(done.said)
    return load, done


def _figures(where: str, what: str, usual: Load, load: Load, done: Observed) -> Iterator[Figure]:
    waits = f"p50 {_ms(load, 0.5)}, p99 {_ms(load, 0.99)}; without it {_ms(usual, 0.5)}, {_ms(usual, 0.99)}, {_ms(usual, 1)}"
    report = f"report {load.longest_report:.1f} s, without it {usual.longest_report:.1f} s"
    count = len(load.waits)
    note = f"{count:,} requests of {PEOPLE} people in {done.seconds:.0f} s; {waits}; {report}"
    yield Figure(where, f"{what}: the longest wait", LONGEST, load.percentile(1), "s", note=note)
    failures = [*usual.failures, *load.failures]
    yield Figure(where, f"{what}: requests that fail", 0, len(failures), note="; ".join(failures[:2])[:300])
    told = f"{done.told}; processor {done.busy:.1f} s; a transaction touches {done.records:,} records, takes {done.longest:.2f} s"
    yield Figure(where, f"{what}: memory of the applying process", -1, done.memory, "MB", note=f"{told} at most")


def _ms(load: Load, part: float) -> str:
    return f"{1e3 * load.percentile(part):.0f} ms"
