"""K2: decisions about an upgrade that are none."""

from __future__ import annotations

from kith.problems import Mistake, Words

NO_DECISIONS = Mistake(
    "K201",
    Words("this is no document of decisions: it has no map `decisions`", "这不是决定文档：缺少映射 `decisions`"),
    "package: shop",
    "package: shop\nfrom: 1.0.0\nto: 1.1.0\ndecisions: {}",
)
ANOTHER = Mistake(
    "K202",
    Words(
        "these decisions are about another upgrade: `{key}` should be {wanted}",
        "这些决定属于另一次升级：`{key}` 应为 {wanted}",
    ),
    "package: shop\nfrom: 1.0.0\nto: 9.0.0",
    "package: shop\nfrom: 1.0.0\nto: 1.1.0",
)
OBSOLETE = Mistake(
    "K203",
    Words('there is nothing to decide about "{name}", or not any more', "“{name}”没有需要决定的事项，或已不再需要"),
    "decisions: {entity.box.label: company}",
    "decisions: {}",
    "warning",
)
NO_CHOICE = Mistake(
    "K204",
    Words('"{name}" is none of the choices here: {known}', "“{name}”不是这里可选的处理方式：{known}"),
    "decisions: {entity.box.label: both}",
    "decisions: {entity.box.label: company}",
)

ALL = tuple(value for value in list(vars().values()) if isinstance(value, Mistake))
"""All of them, by code."""
