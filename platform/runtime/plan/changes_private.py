"""Changes of what documents say about personal data: how long records are kept."""

from __future__ import annotations

from dataclasses import dataclass

from kith.metadata.model_privacy import Retention
from kith.problems import Value, Words, fill
from kith.runtime.plan.changes import Change

DO: dict[str, Words] = {
    "erase": Words("erased", "抹除"),
    "anonymise": Words("left without personal data", "匿名化"),
    "delete": Words("put in the recycle bin", "移入回收站"),
}
KEPT = Words("{after} from {from}, then {do}", "自 {from} 起 {after}，之后{do}")
FOR_EVER = Words("without an end", "不限期")
DUE_NOW = Words("; the next night takes {records}", "；下一夜将处理 {records}")


@dataclass(frozen=True, slots=True)
class ChangeRetention(Change):
    """How long the records of an entity are kept; `rows` are those that have been kept long enough already."""

    entity: str
    before: Retention | None
    after: Retention | None
    words = Words(
        "records of {entity} were kept {before}; from now on {after}", "{entity} 的记录原保留{before}；今后{after}"
    )

    def values(self) -> dict[str, Value]:
        """What its words need."""
        return {**super(ChangeRetention, self).values(), "before": kept(self.before), "after": kept(self.after)}

    def message(self, language: str) -> str:
        """The change as one line."""
        return fill(self.words, self.values(), language) + (fill(DUE_NOW, self.values(), language) if self.rows else "")

    def as_data(self, language: str) -> dict[str, object]:
        """The change as plain data."""
        said = {"before": kept(self.before).in_(language), "after": kept(self.after).in_(language)}
        return super(ChangeRetention, self).as_data(language) | said


def kept(retention: Retention | None) -> Words:
    """How long records are kept, in words."""
    if retention is None:
        return FOR_EVER
    do = DO[retention.do]
    values = {"after": retention.after, "from": retention.from_field}
    return Words(*(fill(KEPT, {**values, "do": do}, language) for language in ("en", "zh-CN")))
