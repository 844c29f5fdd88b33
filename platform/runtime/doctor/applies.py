"""Applies that stopped on their way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.applying.progress import AFTER_SWITCH, RUNNING, CannotApply, is_alive
from kith.runtime.applying.settling import settle
from kith.runtime.clock import system_clock
from kith.runtime.doctor.findings import Found, Visit, counted
from kith.runtime.publishing import hooks
from kith.runtime.schema.system import progress


def look(visit: Visit) -> Found:
    """None is on its way that nobody goes on with; one that is at work is only told."""
    with visit.database.read() as connection:
        rows = connection.execute(sa.select(progress)).all()
    running = [row for row in rows if row.state == "running"]
    notes = [_at_work(row) for row in running if is_alive(row, visit.context.now)]
    flaws = [_stopped(row) for row in running if not is_alive(row, visit.context.now)]
    return Found(counted(len(rows), "apply", "applies", "次应用"), len(rows), flaws, notes)


def _at_work(row: Any) -> Words:
    began = f"{row.started_at:%Y-%m-%d %H:%M:%S}Z"
    return Words(
        f"an apply begun at {began} is at work (stage {row.stage})", f"{began} 开始的应用正在进行（{row.stage} 阶段）"
    )


def _stopped(row: Any) -> Words:
    began = f"{row.started_at:%Y-%m-%d %H:%M:%S}Z"
    if row.stage == AFTER_SWITCH:
        return Words(
            f"an apply begun at {began} stopped after its release went live: late values are not filled yet",
            f"{began} 开始的应用在发布生效之后中断：部分后到的值尚未补填",
        )
    return Words(
        f"an apply begun at {began} stopped before its release went live (stage {row.stage})",
        f"{began} 开始的应用在发布生效之前中断（{row.stage} 阶段）",
    )


def mend(visit: Visit) -> Iterator[Words]:
    """Take back what was added before the switch; what stopped after it is finished. One that is alive is let be."""
    try:
        stage = settle(visit.database, visit.release, system_clock, hooks(system_clock).renew)
    except CannotApply as error:
        yield error.words
        return
    if stage == AFTER_SWITCH:
        yield Words("what was left of the apply was finished", "已完成该应用剩余的步骤")
    else:
        yield Words("what the apply had added was taken back", "已撤销该应用添加的内容") if stage else RUNNING
