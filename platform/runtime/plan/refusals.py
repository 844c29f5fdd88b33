"""Why a change cannot be done, and what to do instead."""

from __future__ import annotations

from kith.problems import Words
from kith.runtime.plan.spoken import records

REMOVE_ENTITY = Words(
    "Entities with their records cannot be removed yet. Take it out of the navigation and the roles; nobody sees it then.",
    "暂不支持移除实体及其记录。请将其从导航和角色中去掉，这样就没有人能看到它。",
)
REMOVE_FIELD = Words(
    "Fields with their values cannot be removed yet. Take it off forms and views, or let roles say `none` for it.",
    "暂不支持移除字段及其值。请将其从表单和视图中去掉，或在角色中设为 `none`。",
)
CHANGE_TYPE = Words(
    "Values cannot be converted yet. Leave the field as it is and add one of the new type under another name.",
    "暂不支持转换已有的值。请保留原字段，并用另一个名称添加新类型的字段。",
)


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
