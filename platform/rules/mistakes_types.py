"""The mistakes of names (E2), types (E3), null (E4) and databases (E5), and what is allowed but seldom meant (W).

`bad` and `good` are compiled by a test against the demo record of `tests/rules/scopes.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import Mistake, Words
from kith.rules.types import Type

RESULT = Words("the result", "结果")

# Names

NO_FUNCTION = Mistake(
    "E201",
    Words('There is no function "{name}".', "没有函数“{name}”。"),
    "rounded(quantity) > 1",
    "round(quantity) > 1",
)
NO_ENTITY = Mistake(
    "E202",
    Words('There is no entity "{name}".', "没有实体“{name}”。"),
    "create tsak { subject: name }",
    "create task { subject: name }",
)
NO_FIELD = Mistake(
    "E203",
    Words('{entity} has no field "{name}".', "{entity}没有字段“{name}”。"),
    "dicount ?? 0% <= 15%",
    "discount ?? 0% <= 15%",
)
NOT_A_REFERENCE = Mistake(
    "E204",
    Words(
        'There is no ".{name}" here: only a reference leads to further fields, and this is {found}.',
        "此处没有“.{name}”：只有引用才能通向其他字段，而这是{found}。",
    ),
    'name.first == "Ann"',
    'account.name == "Ann"',
)
RELATION_AS_VALUE = Mistake(
    "E205",
    Words(
        '"{name}" stands for many records; take one value from them, as with count or sum.',
        "“{name}”代表多条记录；请用 count、sum 等取得一个值。",
    ),
    "lines > 3",
    "count(lines) > 3",
)
NOT_A_RELATION = Mistake(
    "E206",
    Words(
        "{name} looks at related records, and this names none; write a relation such as {name}(lines …).",
        "{name} 用于关联记录，而此处没有；请写关系名，如 {name}(lines …)。",
    ),
    "sum(amount) > 3",
    "sum(lines.amount) > 3",
)
NO_ACTOR = Mistake(
    "E207",
    Words(
        "`me` has no meaning here: the value must be the same for everybody.",
        "此处不能用 `me`：该值对所有人必须相同。",
    ),
    "owner == me",
    "owner == account.owner",
)
NOT_SAVING = Mistake(
    "E208",
    Words("`{word}` has no meaning here: nothing is being saved.", "此处不能用 `{word}`：并没有在保存记录。"),
    'old.stage == "new"',
    'stage == "new"',
)
NAME_TAKEN = Mistake(
    "E209",
    Words('"{name}" already means something here; choose another name.', "“{name}”在此已有含义；请换一个名称。"),
    "let amount = 1",
    "let bonus = 1",
)
NOT_WRITABLE = Mistake(
    "E210",
    Words('"{name}" is made by Kith itself and cannot be set.', "“{name}”由 Kith 生成，不能设置。"),
    "set created_at = now()",
    "set closes_on = today()",
)
SET_TARGET = Mistake(
    "E211",
    Words(
        "Only a field of this record can be set, or one behind at most {limit} references.",
        "只能设置本记录的字段，或经至多 {limit} 个引用到达的字段。",
    ),
    "set old.name = name",
    "set account.name = name",
)
NESTED = Mistake(
    "E212",
    Words(
        "An aggregate crosses one relation; let the related record have a roll-up field, and use that.",
        "聚合只跨越一个关系；请在关联记录上建立汇总字段再使用。",
    ),
    "any(account.deals where count(lines) > 1)",
    "any(account.deals where quantity > 1)",
)
NO_TIME = Mistake(
    "E213",
    Words(
        "`{name}` cannot stand here: the value must not change as time passes.",
        "此处不能用 `{name}`：该值不得随时间变化。",
    ),
    "closes_on > today()",
    "closes_on > @2026-01-31",
)
NO_RELATIONS = Mistake(
    "E214",
    Words("Related records cannot be read here; use a roll-up field.", "此处不能读取关联记录；请使用汇总字段。"),
    "count(lines) > 1",
    "quantity > 1",
)
NO_WHERE = Mistake(
    "E215",
    Words("`where` and `by` belong to aggregates; {name} is none.", "`where` 和 `by` 属于聚合；{name} 不是聚合。"),
    "length(name where vip) > 1",
    "length(name) > 1",
)
BY_WITHOUT_FIRST = Mistake(
    "E216",
    Words(
        "`by` gives an order, and only `first` needs one; {name} does not.",
        "`by` 表示顺序，只有 `first` 需要；{name} 不需要。",
    ),
    "first(lines.amount by quantity) == sum(lines.amount by quantity)",
    "first(lines.amount by quantity) == sum(lines.amount)",
)
NEEDS_FIELD = Mistake(
    "E217",
    Words(
        "{name} needs a field of the related records, such as {name}({relation}.amount).",
        "{name} 需要关联记录的一个字段，如 {name}({relation}.amount)。",
    ),
    "sum(lines) > 3",
    "sum(lines.amount) > 3",
)
NEEDS_NO_FIELD = Mistake(
    "E218",
    Words(
        "{name} looks at records, not at a field; write {name}({relation} where …).",
        "{name} 针对记录而非字段；请写 {name}({relation} where …)。",
    ),
    "count(lines.amount) > 3",
    "count(lines where amount is set) > 3",
)
CHANGED_FIELD = Mistake(
    "E219",
    Words("`changed` asks about a field of this record.", "`changed` 只能询问本记录的字段。"),
    "changed(account.name)",
    "changed(account)",
)

# Types

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
    Words("{found} has no order: it is neither smaller nor larger than another.", "{found}没有大小之分。"),
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
    Words("{name} wants {wanted} here, and this is {found}.", "{name} 此处需要{wanted}，而这是{found}。"),
    "length(quantity) > 1",
    "length(name) > 1",
)
ARGUMENTS = Mistake(
    "E312",
    Words("{name} takes {takes} arguments, and here are {count}.", "{name} 需要 {takes}参数，而这里有 {count} 个。"),
    "length(name, name) > 1",
    "length(name) > 1",
)
PLACES = Mistake(
    "E313",
    Words("How many places {name} keeps is a written number from 0 to 18.", "{name} 保留的小数位须是写出的 0 至 18。"),
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
        "{money} goes together with money or a written number, and this is {other}.",
        "{money}只能与金额或写出的数相加减、相比较，而这是{other}。",
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
    Words("{found} cannot be printed in a text.", "{found}不能印在文本里。"),
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

# Null

UNGUARDED = Mistake(
    "E401",
    Words("`{name}` may be empty: say what an empty one means.", "`{name}` 可能为空：请说明为空时如何处理。"),
    "discount <= 15%",
    "discount is not set or discount <= 15%",
)
NULL_TO_REQUIRED = Mistake(
    "E402",
    Words("This may be empty, and {field} must have a value.", "此值可能为空，而 {field} 必须有值。"),
    "set name = account.note",
    'set name = account.note ?? "none"',
)
LACKS_REQUIRED = Mistake(
    "E403",
    Words("{entity} needs a value for: {names}.", "{entity}需要以下字段的值：{names}。"),
    "create task { due: today() }",
    "create task { due: today(), subject: name }",
)

# The database

NOT_IN_DATABASE = Mistake(
    "E501",
    Words("This place runs inside the database, and there {reason}.", "此处在数据库中运行，而{reason}。"),
    '"{name} {quantity}" == "Ann 1"',
    'name == "Ann" and quantity == 1',
)

# Allowed, and seldom meant

NULL_TEXT = Mistake(
    "W301",
    Words(
        'The whole text is null where one part is; "{a} {b}" prints nothing for an empty part.',
        '任一部分为空时整个文本为空；写 "{a} {b}" 时空的部分不印出。',
    ),
    'note + "!" == name',
    '"{note}!" == name',
    "warning",
)
DIVIDES_FIRST = Mistake(
    "W302",
    Words("Multiply first: the quotient is rounded before it is multiplied.", "请先乘后除：商在相乘之前已被舍入。"),
    "weight / 3 * quantity > 1",
    "weight * quantity / 3 > 1",
    "warning",
)
CONSTANT = Mistake(
    "W303",
    Words("This is always {truth}.", "此处永远为{truth}。"),
    "name is set and vip",
    "note is set and vip",
    "warning",
)
SAME_ANSWER = Mistake(
    "W304",
    Words("This has the same answer for every record.", "此处对每条记录结果都相同。"),
    "quantity == quantity",
    "quantity == 1",
    "warning",
)
PERCENT = Mistake(
    "W305",
    Words(
        "Beside a percent {text} means {text}00 %; did you mean {text}%?",
        "与百分比相比，{text} 表示 {text}00 %；是否想写 {text}%？",
    ),
    "discount ?? 0% > 15",
    "discount ?? 0% > 15%",
    "warning",
)
NEVER_NULL = Mistake(
    "W306",
    Words(
        "`{name}` is never empty, so what follows `??` is never used.", "`{name}` 不会为空，`??` 之后的值永远用不到。"
    ),
    'name ?? "none" == "none"',
    'note ?? "none" == "none"',
    "warning",
)

MISTAKES = tuple(value for value in list(globals().values()) if isinstance(value, Mistake))
"""All of them, in the order of their codes."""
BLOCK_EXAMPLES = frozenset({"E202", "E209", "E210", "E211", "E332", "E333", "E402", "E403"})
"""Codes whose examples are action blocks; all other examples are conditions."""


def options_hint(options: Sequence[str]) -> Words:
    """What a choice may be."""
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


def default_hint(text: str) -> Words:
    """How a value that may be missing gets one."""
    return Words(f"write `{text} ?? …` with the value for an empty one", f"请写 `{text} ?? …`，给出为空时的值")
