"""The mistakes of types (E3) and of the database (E5), with hints how a value becomes one of another type.

`bad` and `good` are compiled by a test against the demo record of `tests/rules/scopes.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import Mistake, Words
from kith.rules.types import Type

WRONG_RESULT = Mistake(
    "E301",
    Words("Here {wanted} is wanted, and this is {found}.", "此处需要{wanted}，而这是{found}。"),
    "quantity + 1",
    "text(quantity + 1)",
)
OPERANDS = Mistake(
    "E302",
    Words("`{op}` does not work on {left} and {right}.", "`{op}` 不能用于{left}和{right}。"),
    "name * 2 > 1",
    "quantity * 2 > 1",
)
MIXED = Mistake(
    "E303",
    Words("This is {right} and does not go together with {left}.", "这是{right}，不能与{left}相配。"),
    "quantity == name",
    "text(quantity) == name",
)
NO_OPTION = Mistake(
    "E304",
    Words('"{text}" is not an option of {field}.', "“{text}”不是 {field} 的选项。"),
    'stage == "wom"',
    'stage == "won"',
)
OTHER_CHOICE = Mistake(
    "E305",
    Words(
        "Options of different fields do not compare: {left} and {right}; compare text(…) with text(…) if their keys mean the same.",
        "不同字段的选项不能比较：{left} 与 {right}；若键的含义相同，请比较 text(…) 与 text(…)。",
    ),
    "stage == priority",
    "text(stage) == text(priority)",
)
TEXT_MEETS_CHOICE = Mistake(
    "E306",
    Words(
        "A choice equals only its options, written as texts; for any text compare text(…) of the choice.",
        "选项字段只能与写出的选项比较；与任意文本比较请用 text(…)。",
    ),
    "stage == name",
    "text(stage) == name",
)
OTHER_ENTITY = Mistake(
    "E307",
    Words(
        "References to different entities are never the same: {left} and {right}.",
        "指向不同实体的引用永不相同：{left} 与 {right}。",
    ),
    "account == owner",
    "account.owner == owner",
)
NO_ORDER = Mistake(
    "E308",
    Words("This is {found}, which has no order.", "这是{found}，没有大小之分。"),
    "vip > false",
    "vip == true",
)
NOT_CONDITION = Mistake(
    "E309",
    Words("A condition is wanted, and this is {found}.", "此处需要条件，而这是{found}。"),
    "account and vip",
    "account is set and vip",
)
NOT_NUMBER = Mistake(
    "E310",
    Words("`{op}` does not work on {found}.", "`{op}` 不能用于{found}。"),
    "name == -name",
    "name == name + name",
)
ARGUMENT = Mistake(
    "E311",
    Words("`{name}` wants {wanted} here, and this is {found}.", "`{name}` 此处需要{wanted}，而这是{found}。"),
    "length(quantity) > 1",
    "length(name) > 1",
)
ARGUMENTS = Mistake(
    "E312",
    Words(
        "`{name}` takes {takes} arguments, and here are {count}.", "`{name}` 需要 {takes}参数，而这里有 {count} 个。"
    ),
    "length(name, name) > 1",
    "length(name) > 1",
)
PLACES = Mistake(
    "E313",
    Words(
        "How many places `{name}` keeps is a written number from 0 to 18.", "`{name}` 保留的小数位须是写出的 0 至 18。"
    ),
    "round(weight, quantity) == 1",
    "round(weight, 2) == 1",
)
TOO_PRECISE = Mistake(
    "E314",
    Words(
        "This could need {digits} digits; at most {limit} are exact. Bring a part of it down with round(…, 2).",
        "结果可能需要 {digits} 位数字，最多精确到 {limit} 位。请用 round(…, 2) 缩短其中一部分。",
    ),
    "weight * weight * weight * weight > 1",
    "round(weight * weight, 2) * weight > 1",
)
CURRENCIES = Mistake(
    "E315",
    Words(
        'Money of different currencies does not mix: "{left}" and "{right}".',
        "不同币种的金额不能相混：“{left}”与“{right}”。",
    ),
    "price > budget",
    "price > 100",
)
MONEY_MEETS_NUMBER = Mistake(
    "E316",
    Words(
        "This is {other}; {money} goes together with money or a written number only.",
        "这是{other}；{money}只能与金额或写出的数相加减、相比较。",
    ),
    "price > quantity",
    "price > 100",
)
MONEY_TIMES_MONEY = Mistake(
    "E317",
    Words("Money times money means nothing.", "金额乘以金额没有意义。"),
    "price * price > 1",
    "price * quantity > 1",
)
DIVIDES_BY_MONEY = Mistake(
    "E318",
    Words("Only money can be divided by money.", "只有金额才能除以金额。"),
    "quantity / price > 1",
    "price / quantity > 1",
)
TEXT_PLUS = Mistake(
    "E319",
    Words(
        '`+` joins two texts, and here are {left} and {right}; write a template such as "{a} {b}", or text(…).',
        '`+` 连接两段文本，而这里是{left}和{right}；请写模板如 "{a} {b}"，或用 text(…)。',
    ),
    'name + quantity == "a1"',
    'name + text(quantity) == "a1"',
)
NUMBER_ON_DATE = Mistake(
    "E320",
    Words(
        "How many of what? Write a span such as {number}d, {number}w or {number}mo.",
        "单位是什么？请写时间长度，如 {number}d、{number}w 或 {number}mo。",
    ),
    "closes_on + 3 == today()",
    "closes_on + 3d == today()",
)
HOURS_ON_DATE = Mistake(
    "E321",
    Words("A date counts whole days; hours go with an instant.", "日期按整天计算；小时只能用于时刻。"),
    "closes_on + 4h == today()",
    "closes_on + 4d == today()",
)
MONTHS_ON_INSTANT = Mistake(
    "E322",
    Words(
        "Months are counted on days, not on instants: write local_date(…) + 1mo.",
        "月份按日期而非时刻计算：请写 local_date(…) + 1mo。",
    ),
    "created_at + 1mo > now()",
    "local_date(created_at) + 1mo > today()",
)
SPANS = Mistake(
    "E323",
    Words(
        "Months differ in length, so they do not mix with days and hours; write d + 1mo + 3d.",
        "月份长短不一，不能与天、小时相混；请写 d + 1mo + 3d。",
    ),
    "closes_on + (1mo + 3d) > today()",
    "closes_on + 1mo + 3d > today()",
)
PERIOD_TIMES = Mistake(
    "E324",
    Words("`{op}` does not work on months; write the number of months out.", "`{op}` 不能用于月；请直接写出月数。"),
    "closes_on + 1mo * 2 > today()",
    "closes_on + 2mo > today()",
)
DATE_MEETS_INSTANT = Mistake(
    "E325",
    Words(
        "A date and an instant never mix: take the day of the instant with local_date(…).",
        "日期与时刻不能相混：请用 local_date(…) 取时刻的日期。",
    ),
    "created_at == closes_on",
    "local_date(created_at) == closes_on",
)
LIST_ITEM = Mistake(
    "E326",
    Words("A list has values, and this is {found}.", "列表由值组成，而这是{found}。"),
    'priority in ["low", null]',
    'priority in ["low"] or priority is not set',
)
LIST_OF_NAMES = Mistake(
    "E327",
    Words("A list with names in it stands only after `in`.", "含名称的列表只能出现在 `in` 之后。"),
    "tags == [name]",
    'tags == ["vip"]',
)
NOT_A_LIST = Mistake(
    "E328",
    Words("After `in` comes a list, and this is {found}.", "`in` 之后应为列表，而这是{found}。"),
    '"a" in name',
    'contains(name, "a")',
)
NOT_SHOWN = Mistake(
    "E329",
    Words("This is {found}, which cannot be printed in a text.", "这是{found}，不能印在文本里。"),
    '"{tags}" == name',
    '"{name}" == name',
)
TOO_LONG_SPAN = Mistake(
    "E330",
    Words("`{text}` is longer than the calendar.", "`{text}` 超出日历的长度。"),
    "closes_on + 2000y > today()",
    "closes_on + 20y > today()",
)
BEYOND = Mistake(
    "E331",
    Words("`{text}` lies before 1900 or after 2999.", "`{text}` 早于 1900 年或晚于 2999 年。"),
    "created_at > @1900-01-01T00:00+01:00",
    "created_at > @1900-01-02T00:00+01:00",
)
DOES_NOT_FIT = Mistake(
    "E332",
    Words("`{text}` is too large for {wanted}.", "`{text}` 超出 {wanted} 的范围。"),
    "set weight = 99_999_999_999",
    "set weight = 99",
)
NULL_ALONE = Mistake(
    "E333",
    Words("A bare null has no type.", "单独的 null 没有类型。"),
    "let gap = null",
    "let gap = if vip then 1 else null",
)
OTHER_CURRENCY = Mistake(
    "E334",
    Words(
        "`{field}` is an amount in the currency of its record, and nothing says that this value is in the same one.",
        "`{field}` 是记录自己货币的金额，而无法得知该值是否为同一货币。",
    ),
    "set deposit = price",
    "set deposit = 100",
)

PATTERN = Mistake(
    "E341",
    Words(
        "This is no pattern: {reason}.",
        "这不是模式：{reason}。",
    ),
    'matches(name, "(a+")',
    'matches(name, "(a+)")',
)
BANDS = Mistake(
    "E342",
    Words(
        "`bands` takes a list of written limits that ascend, up to 50, and a list of written values with one more.",
        "`bands` 需要一个写出的递增界限列表（至多 50 个），以及一个多一项的写出的值列表。",
    ),
    "bands(quantity, [10, 5], [1, 2, 3]) == 1",
    "bands(quantity, [5, 10], [1, 2, 3]) == 1",
)

# The database

NOT_IN_DATABASE = Mistake(
    "E501",
    Words("This place runs inside the database, and there {reason}.", "此处在数据库中运行，而{reason}。"),
    '"{name} {quantity}" == "Ann 1"',
    'name == "Ann" and quantity == 1',
)

MISTAKES = tuple(value for value in list(globals().values()) if isinstance(value, Mistake))
"""All of them, in the order of their codes."""
BLOCK_EXAMPLES = frozenset({"E332", "E333", "E334"})
"""Codes whose examples are action blocks; all other examples are conditions."""


def options_hint(options: Sequence[str]) -> Words:
    """What a choice may be; without options, how to ask whether there is a value."""
    if not options:
        return Words("whether it is empty is asked with `is not set`", "判断是否为空用 `is not set`")
    keys = ", ".join(options[:12]) + (", …" if len(options) > 12 else "")
    return Words(f"options: {keys}", f"选项：{keys}")


def hint_for(found: Type, wanted: Type, literal: bool) -> Words | None:
    """How a value of one kind, perhaps a literal, becomes one of another."""
    kinds = (found.kind, wanted.kind)
    if wanted.kind == "text" and found.kind in {"int", "decimal", "money", "percent", "choice", "date", "bool"}:
        return Words("write text(…)", "请写 text(…)")
    if literal and found.kind == "text" and wanted.kind in {"date", "datetime"}:
        return Words("dates are written @2026-01-31, without quotes", "日期写作 @2026-01-31，不加引号")
    if kinds == ("datetime", "date"):
        return Words("write local_date(…)", "请写 local_date(…)")
    if literal and found.kind == "text" and wanted.is_number:
        return Words("numbers are written without quotes", "数字不加引号")
    return None


def condition_hint(found: Type, text: str) -> Words | None:
    """How a value becomes a condition."""
    return Words(f"did you mean `{text} is set`?", f"是否想写 `{text} is set`？") if found.nullable else None
