"""What the database refuses while a plan is applied, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError

from kith.problems import Words
from kith.runtime.applying.progress import CannotApply
from kith.runtime.database import Busy, is_busy, is_full

DEPENDENT = "2BP01"
"""PostgreSQL's state for something that others are made of."""

NEEDS_GATE = Words(
    "This plan computes values of records anew, which this process cannot do.",
    "此计划需要重新计算记录的值，当前进程无法完成。",
)
DOUBLES = Words(
    "Records with the same value of a unique key were saved while the plan was carried out. Plan again.",
    "应用过程中保存了唯一键重复的记录。请重新生成计划。",
)
FULL = Words(
    "The disk of the database is full. No record has changed by halves: make room, then apply again.",
    "数据库所在磁盘已满。没有记录只改了一半：请腾出空间，然后重新应用。",
)
FULL_LATE = Words(
    "The release is live, but the disk of the database is full, and some records saved meanwhile still lack their new values."
    " Make room, then apply again: that finishes it.",
    "发布已生效，但数据库所在磁盘已满，期间保存的部分记录还缺少新值。请腾出空间，然后重新应用以完成。",
)
BUSY = Words(
    "Others have held the database, or what is to change, for too long. Nothing has changed by halves: apply again later.",
    "数据库或要变更的内容被其他进程占用过久。没有记录只改了一半：请稍后重新应用。",
)
IN_THE_WAY = Words(
    "Something that was made by hand in the database, such as a view, reads what is to go. Drop that first.",
    "数据库中有手工创建的对象（如视图）仍在读取要移除的内容。请先删除该对象。",
)


@contextmanager
def telling(full: Words) -> Iterator[None]:
    """Raise CannotApply for what the database refuses and somebody can do something about."""
    try:
        yield
    except Busy as error:
        raise CannotApply(BUSY) from error
    except DBAPIError as error:
        if is_busy(error):
            raise CannotApply(BUSY) from error
        if is_full(error):
            raise CannotApply(full) from error
        if isinstance(error, IntegrityError):
            raise CannotApply(DOUBLES) from error
        if getattr(error.orig, "sqlstate", None) == DEPENDENT:
            raise CannotApply(IN_THE_WAY) from error
        raise
