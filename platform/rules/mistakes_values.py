"""The mistakes of null (E4), and what is allowed but seldom meant (W).

`bad` and `good` are compiled by a test against the demo record of `tests/rules/scopes.py`.
"""

from __future__ import annotations

from kith.problems import Mistake, Words

RESULT = Words("the result", "结果")

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

DIVIDES_BY_ZERO = Mistake(
    "W307",
    Words("Divided by zero, this is always empty.", "除以零，结果总是空。"),
    "quantity / 0 is not set",
    "quantity / code is not set",
    "warning",
)
EMPTY_TEXT = Mistake(
    "W308",
    Words(
        'An empty text is stored as null, so no field equals "": ask with `is set` or `is not set`.',
        '空文本按空值存储，因此没有字段等于 ""：请用 `is set` 或 `is not set`。',
    ),
    'note == ""',
    "note is not set",
    "warning",
)

NEVER = Mistake(
    "W309",
    Words("This is never true{beside}.", "此处永远不成立{beside}。"),
    'stage == "won" and stage == "lost"',
    'stage == "won" or stage == "lost"',
    "warning",
)
ALWAYS = Mistake(
    "W310",
    Words("This is always true{beside}.", "此处永远成立{beside}。"),
    "quantity > 5 or quantity <= 5",
    "quantity > 5 or quantity <= 3",
    "warning",
)
NOT_OF_NULL = Mistake(
    "W311",
    Words(
        "`not` makes this true where `{name}` is empty, too; say what an empty one means.",
        "`{name}` 为空时，`not` 也会使此处成立；请说明为空时如何处理。",
    ),
    "not (discount > 15%)",
    "discount is not set or discount <= 15%",
    "warning",
)
NOT_REACHED = Mistake(
    "W312",
    Words("Nothing is done behind `{word}`.", "`{word}` 之后的语句不会执行。"),
    "if vip { stop set flag = true }",
    "if vip { set flag = true stop }",
    "warning",
)
REFUSED_ANYWAY = Mistake(
    "W313",
    Words("The save is refused anyway: nothing of this comes about.", "保存必然被拒绝，此处不会生效。"),
    'if vip { refuse "No" set flag = true }',
    'if vip { refuse "No" }',
    "warning",
)

MISTAKES = tuple(value for value in list(globals().values()) if isinstance(value, Mistake))
"""All of them, in the order of their codes."""
BLOCK_EXAMPLES = frozenset({"E402", "E403", "W312", "W313"})
"""Codes whose examples are action blocks; all other examples are conditions."""


def default_hint(text: str) -> Words:
    """How a value that may be missing gets one."""
    return Words(f"write `{text} ?? …` with the value for an empty one", f"请写 `{text} ?? …`，给出为空时的值")
