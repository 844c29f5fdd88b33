"""Why a change cannot be done, and what to do instead."""

from __future__ import annotations

from kith.problems import Words
from kith.runtime.plan.spoken import records


def needs_default(rows: int) -> Words:
    """A required field without a default, where records have no value for it."""
    count = records(rows)
    return Words(
        f"{count.en} would have no value. Give the field a `default`, or leave it optional until they are filled.",
        f"{count.zh}将没有值。请为该字段设置 `default`，或在补全之前保持非必填。",
    )


def held_option(rows: int) -> Words:
    """An option that records hold."""
    count = records(rows)
    return Words(
        f"It is held by {count.en}. Set `retired: true`, or rename it with `renamed_from`.",
        f"{count.zh}正在使用它。请设置 `retired: true`，或用 `renamed_from` 改名。",
    )


def doubles(groups: int) -> Words:
    """A key over values that are not unique."""
    return Words(
        f"{groups:,} value{' is' if groups == 1 else 's are'} held by more than one record. Merge or change those first.",
        f"有 {groups:,} 个值被多条记录使用。请先合并或修改这些记录。",
    )


def lacks_default(field: str, rows: int) -> Words:
    """A required field without a default of an entity whose records come back."""
    words = needs_default(rows)
    return Words(f"{field}: {words.en}", f"{field}：{words.zh}")


def unknown_options(field: str, rows: int) -> Words:
    """A choice that comes back with values which are none of its options."""
    count = records(rows)
    return Words(
        f"{field}: of {count.en} the value that was kept aside is an option it no longer has."
        " Declare that with `retired: true`, or purge the field first.",
        f"{field}：{count.zh}中另行保留的值是已不存在的选项。请以 `retired: true` 声明该选项，或先清除该字段。",
    )


def no_room(columns: int) -> Words:
    """A table that would have too many columns even without those that are empty."""
    return Words(
        f"The table would have {columns:,} columns, more than the database takes. Drop what is kept aside with `kith purge`,"
        " or give the entity fewer fields.",
        f"数据表将有 {columns:,} 列，超出数据库的限制。请用 `kith purge` 清除另行保留的内容，或减少该实体的字段。",
    )
