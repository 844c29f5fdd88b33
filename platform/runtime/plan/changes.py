"""The changes that a plan can hold, each a value that knows its class and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, Literal

from kith.problems import Value, Words, fill
from kith.runtime.plan.spoken import listed, records, seconds

Effect = Literal["refused", "loses", "rights", "slow", "backfill", "safe"]
EFFECTS: Mapping[Effect, Words] = {
    "refused": Words("cannot be done", "无法执行"),
    "loses": Words("loses data", "丢失数据"),
    "rights": Words("changes rights", "改变权限"),
    "slow": Words("slow", "耗时"),
    "backfill": Words("back-fill", "回填数据"),
    "safe": Words("safe", "安全"),
}
"""The classes of changes, the gravest first."""
COUNTED = Words(" ({records})", "（{records}）")
TIMED = Words(" ({records}, {takes})", "（{records}，{takes}）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change; `rows` counts the records it touches, `seconds` is about how long others wait for it where that is noticeable.

    `refusal` says why it cannot be done and what to do instead.
    """

    words: ClassVar[Words]
    mark: ClassVar[str] = "~"
    effect: Effect = "safe"
    rows: int = 0
    seconds: float = 0.0
    refusal: Words | None = None

    @property
    def kind(self) -> str:
        """Its name in JSON, such as `add_field`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def sign(self) -> str:
        """`+` for what is added, `-` for what is removed, `~` for what is changed."""
        return self.mark

    def values(self) -> dict[str, Value]:
        """What its words need."""
        found: dict[str, Value] = {"records": records(self.rows), "takes": seconds(self.seconds)}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, tuple):
                found[item.name] = listed(value) if item.name == "aspects" else ", ".join(map(str, value))
            elif isinstance(value, (str, int, Words)):
                found[item.name] = value
        return found

    def said(self) -> Words:
        """Its words, as the data is."""
        return self.words

    def message(self, language: str) -> str:
        """The change as one line."""
        words = self.said()
        line = fill(words, self.values(), language)
        if self.rows and "{records}" not in words.en:
            line += fill(TIMED if self.seconds else COUNTED, self.values(), language)
        return line

    def details(self, language: str) -> Iterator[str]:
        """What there is to say beside, line by line."""
        return iter(())

    def as_data(self, language: str) -> dict[str, object]:
        """The change as plain data."""
        own = {
            item.name: list(value) if isinstance(value, tuple) else value
            for item in fields(self)
            if item.name not in ("effect", "rows", "seconds", "refusal")
            and not isinstance(value := getattr(self, item.name), Words)
        }
        return {
            "kind": self.kind,
            "class": self.effect,
            **own,
            "rows": self.rows,
            **({"seconds": round(self.seconds, 1)} if self.seconds else {}),
            "message": self.message(language),
            "refusal": self.refusal.in_(language) if self.refusal else None,
        }


COMES_BACK = Words("; what was kept aside comes back: {count}", "；另行保留的内容恢复：{count}")
OUT_OF_SIGHT = Words(
    "entity {entity}: out of sight, and kept aside until `kith purge`",
    "实体 {entity}：不再可见，另行保留至 `kith purge`",
)
VALUES_OUT_OF_SIGHT = Words(
    "field {entity}.{field}: its values go out of sight, and are kept aside until `kith purge`",
    "字段 {entity}.{field}：其值不再可见，另行保留至 `kith purge`",
)


def coming_back(count: int, language: str) -> str:
    """What is said of so many records that were kept aside, where there are any."""
    return fill(COMES_BACK, {"count": records(count)}, language) if count else ""


@dataclass(frozen=True, slots=True)
class AddEntity(Change):
    """A new table, or one that was kept aside, with so many records in it (`returning`)."""

    entity: str
    returning: int = 0
    words = Words("entity {entity}", "实体 {entity}")
    mark = "+"

    def message(self, language: str) -> str:
        """The change as one line."""
        return super(AddEntity, self).message(language) + coming_back(self.returning, language)


@dataclass(frozen=True, slots=True)
class RenameEntity(Change):
    """Another name for the same table."""

    entity: str
    old: str
    words = Words("entity {old} is now called {entity}", "实体 {old} 改名为 {entity}")


@dataclass(frozen=True, slots=True)
class RemoveEntity(Change):
    """An entity that the candidate no longer has; its table is kept aside."""

    entity: str
    words = Words("entity {entity}", "实体 {entity}")
    mark = "-"

    def said(self) -> Words:
        """What happens to its data, where it has any."""
        return OUT_OF_SIGHT if self.rows else self.words


@dataclass(frozen=True, slots=True)
class ChangeEntity(Change):
    """Settings of an entity that need no other table."""

    entity: str
    aspects: tuple[str, ...]
    words = Words("entity {entity}: {aspects}", "实体 {entity}：{aspects}")


@dataclass(frozen=True, slots=True)
class AddField(Change):
    """New columns, or a new link table, or nothing where the query computes it.

    Where they were kept aside, the values of so many records come back (`returning`).
    """

    entity: str
    field: str
    type: str
    returning: int = 0
    words = Words("field {entity}.{field} ({type})", "字段 {entity}.{field}（{type}）")
    mark = "+"

    def message(self, language: str) -> str:
        """The change as one line."""
        return super(AddField, self).message(language) + coming_back(self.returning, language)


@dataclass(frozen=True, slots=True)
class RenameField(Change):
    """Another name for the same columns."""

    entity: str
    field: str
    old: str
    words = Words("field {entity}.{old} is now called {field}", "字段 {entity}.{old} 改名为 {field}")


@dataclass(frozen=True, slots=True)
class RemoveField(Change):
    """A field that the candidate no longer has; its columns are kept aside."""

    entity: str
    field: str
    words = Words("field {entity}.{field}", "字段 {entity}.{field}")
    mark = "-"

    def said(self) -> Words:
        """What happens to its data, where it has any."""
        return VALUES_OUT_OF_SIGHT if self.rows else self.words


@dataclass(frozen=True, slots=True)
class ChangeField(Change):
    """Settings of a field that leave its columns as they are."""

    entity: str
    field: str
    aspects: tuple[str, ...]
    words = Words("field {entity}.{field}: {aspects}", "字段 {entity}.{field}：{aspects}")


@dataclass(frozen=True, slots=True)
class RequireField(Change):
    """A field that becomes required."""

    entity: str
    field: str
    words = Words("field {entity}.{field} becomes required", "字段 {entity}.{field} 变为必填")


@dataclass(frozen=True, slots=True)
class ChangeFormula(Change):
    """A computed field with another expression."""

    entity: str
    field: str
    words = Words("field {entity}.{field} is computed anew", "字段 {entity}.{field} 重新计算")


@dataclass(frozen=True, slots=True)
class ChangeSearch(Change):
    """An entity whose records search finds by other fields."""

    entity: str
    words = Words("search in {entity}", "{entity} 的搜索范围")


@dataclass(frozen=True, slots=True)
class AddOption(Change):
    """A new option of a choice."""

    entity: str
    field: str
    option: str
    words = Words("option {option} of {entity}.{field}", "{entity}.{field} 的选项 {option}")
    mark = "+"


@dataclass(frozen=True, slots=True)
class RenameOption(Change):
    """An option with another key: the records that hold it are changed."""

    entity: str
    field: str
    option: str
    old: str
    words = Words(
        "option {old} of {entity}.{field} is now called {option}", "{entity}.{field} 的选项 {old} 改名为 {option}"
    )


@dataclass(frozen=True, slots=True)
class RetireOption(Change):
    """An option that stays readable and can no longer be chosen."""

    entity: str
    field: str
    option: str
    words = Words("option {option} of {entity}.{field} is retired", "{entity}.{field} 的选项 {option} 停用")


@dataclass(frozen=True, slots=True)
class ReviveOption(Change):
    """A retired option that can be chosen again."""

    entity: str
    field: str
    option: str
    words = Words(
        "option {option} of {entity}.{field} can be chosen again", "{entity}.{field} 的选项 {option} 重新启用"
    )


@dataclass(frozen=True, slots=True)
class RemoveOption(Change):
    """An option that is gone; no record may hold it."""

    entity: str
    field: str
    option: str
    words = Words("option {option} of {entity}.{field}", "{entity}.{field} 的选项 {option}")
    mark = "-"


@dataclass(frozen=True, slots=True)
class AddKey(Change):
    """Fields that become unique together."""

    entity: str
    key: str
    over: tuple[str, ...]
    words = Words("key {entity}.{key} over {over}", "唯一键 {entity}.{key}（{over}）")
    mark = "+"


@dataclass(frozen=True, slots=True)
class RenameKey(Change):
    """Another name for the same key."""

    entity: str
    key: str
    old: str
    words = Words("key {entity}.{old} is now called {key}", "唯一键 {entity}.{old} 改名为 {key}")


@dataclass(frozen=True, slots=True)
class RemoveKey(Change):
    """Fields that need no longer be unique."""

    entity: str
    key: str
    words = Words("key {entity}.{key}", "唯一键 {entity}.{key}")
    mark = "-"


@dataclass(frozen=True, slots=True)
class AddIndex(Change):
    """An index for lists."""

    entity: str
    over: tuple[str, ...]
    words = Words("index of {entity} over {over}", "{entity} 的索引（{over}）")
    mark = "+"


@dataclass(frozen=True, slots=True)
class RemoveIndex(Change):
    """An index that is no longer wanted."""

    entity: str
    over: tuple[str, ...]
    words = Words("index of {entity} over {over}", "{entity} 的索引（{over}）")
    mark = "-"
