"""The mistakes of single names, numbers and dates (E16x), as the table of syntax mistakes tells of the rest."""

from __future__ import annotations

from kith.problems import Mistake, Words

RESERVED_NAME = Mistake(
    "E160",
    Words("`{name}` is a word of the language and cannot be a name.", "`{name}` 是语言的保留词，不能用作名称。"),
    "account.where",
    "account.place",
)
NAME_FORM = Mistake(
    "E161",
    Words(
        "`{name}` is no name: names are lower case letters, digits and single `_`, begin with a letter, do not end in `_`, "
        "and have at most 48 characters.",
        "`{name}` 不是有效的名称：名称由小写字母、数字和单个 `_` 组成，以字母开头，不以 `_` 结尾，最多 48 个字符。",
    ),
    'Stage == "won"',
    'stage == "won"',
)
BARE_M = Mistake(
    "E162",
    Words(
        "`m` could be minutes or months: minutes are `min`, months are `mo`.",
        "`m` 可能是分钟或月：分钟写 `min`，月写 `mo`。",
    ),
    "today() + 3m",
    "today() + 3mo",
)
UNKNOWN_UNIT = Mistake(
    "E163",
    Words(
        "There is no unit `{unit}`; there are `min`, `h`, `d`, `w`, `mo`, `y`.",
        "没有单位 `{unit}`；可用的有 `min`、`h`、`d`、`w`、`mo`、`y`。",
    ),
    "now() + 30s",
    "now() + 1min",
)
NUMBER_FORM = Mistake(
    "E164",
    Words(
        "This number is not well written; numbers look like `12`, `0.5`, `1_000.50`, spans of time like `90min`.",
        "数字写法有误；数字如 `12`、`0.5`、`1_000.50`，时间长度如 `90min`。",
    ),
    "amount > 1__000",
    "amount > 1_000",
)
DIGITS = Mistake(
    "E165",
    Words(
        "This number has {digits} digits; at most {limit} are allowed here.",
        "这个数字有 {digits} 位，此处最多允许 {limit} 位。",
    ),
    "amount > " + "9" * 39,
    "amount > " + "9" * 38,
)
DATE_FORM = Mistake(
    "E166",
    Words(
        "Dates look like `@2026-01-31`, instants like `@2026-01-31T09:00`, perhaps with seconds and `Z` or `+08:00`.",
        "日期写作 `@2026-01-31`，时刻写作 `@2026-01-31T09:00`，可带秒以及 `Z` 或 `+08:00`。",
    ),
    "due < @2026-1-31",
    "due < @2026-01-31",
)
NO_SUCH_DATE = Mistake(
    "E167",
    Words("`{text}` does not exist in the calendar or on the clock.", "日历或时钟上不存在 `{text}`。"),
    "due < @2026-02-30",
    "due < @2026-02-28",
)
YEAR_RANGE = Mistake(
    "E168",
    Words("Years go from 1900 to 2999.", "年份范围为 1900 至 2999。"),
    "due < @3000-01-01",
    "due < @2999-12-31",
)

MISTAKES = (
    RESERVED_NAME,
    NAME_FORM,
    BARE_M,
    UNKNOWN_UNIT,
    NUMBER_FORM,
    DIGITS,
    DATE_FORM,
    NO_SUCH_DATE,
    YEAR_RANGE,
)
"""All of them, in the order of their codes."""
