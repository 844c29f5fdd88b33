"""Changes of reference data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kith.problems import Value, Words
from kith.runtime.plan.changes import Change
from kith.runtime.plan.changes_told import HOW


@dataclass(frozen=True, slots=True)
class Data(Change):
    """Rows of reference data whose records are made, changed or put into the recycle bin; `how` is a key of HOW."""

    data: str
    how: str
    words = Words("data {data}: {records} {how}", "数据 {data}：{how} {records}")

    @property
    def sign(self) -> str:
        """As `how` says."""
        return HOW[self.how][0]

    def values(self) -> dict[str, Value]:
        """What its words need."""
        return {**super(Data, self).values(), "how": HOW[self.how][1]}


KEPT_DATA: Mapping[str, Words] = {
    "edited": Words("{fields} was changed by a person, stays", "{fields} 已被人修改，保持不变"),
    "deleted": Words("was deleted by a person, stays deleted", "已被人删除，不再恢复"),
    "blocked": Words("needs a record that a person deleted, is not made", "所需的记录已被人删除，不创建"),
    "used": Words(
        "is no longer in the data; it was changed or is in use, stays", "已不在数据中；因被修改或仍在使用而保留"
    ),
}
"""Why a row of reference data is not as the release says."""


@dataclass(frozen=True, slots=True)
class KeptData(Change):
    """A row of reference data that is left as people have made it; `why` is a key of KEPT_DATA."""

    data: str
    row: str
    why: str
    over: tuple[str, ...]
    words = Words("reference row {data}/{row}: {why}", "参考数据 {data}/{row}：{why}")
    mark = "!"

    def values(self) -> dict[str, Value]:
        """What its words need."""
        over = ", ".join(self.over)
        words = KEPT_DATA[self.why]
        why = Words(words.en.replace("{fields}", over), words.zh.replace("{fields}", over))
        return {**super(KeptData, self).values(), "why": why}
