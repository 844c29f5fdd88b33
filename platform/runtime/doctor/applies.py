"""Applies that stopped on their way."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.applying.progress import AFTER_SWITCH, CannotApply, abandon
from kith.runtime.doctor.findings import Found, Visit, counted
from kith.runtime.schema.system import progress


def look(visit: Visit) -> Found:
    """None is on its way that nobody goes on with."""
    with visit.database.read() as connection:
        rows = connection.execute(sa.select(progress.c.state, progress.c.stage, progress.c.started_at)).all()
    flaws = [
        Words(
            f"an apply begun at {row.started_at:%Y-%m-%d %H:%M:%S}Z has come as far as {row.stage}",
            f"{row.started_at:%Y-%m-%d %H:%M:%S}Z 开始的应用停在 {row.stage} 阶段",
        )
        for row in rows
        if row.state == "running"
    ]
    return Found(counted(len(rows), "apply", "applies", "次应用"), len(rows), flaws)


def mend(visit: Visit) -> Iterator[Words]:
    """Take back what was added before the switch; after it, only tidying was left. One that is alive is let be."""
    try:
        stage = visit.database.run(lambda connection: abandon(connection, visit.context.now))
    except CannotApply as error:
        yield error.words
        return
    if stage == AFTER_SWITCH:
        yield Words("the apply was through; only tidying was left", "该应用已完成，只剩清理")
    elif stage:
        yield Words("what the apply had added was taken back", "已撤销该应用添加的内容")
