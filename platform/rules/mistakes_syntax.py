"""The mistakes of syntax (E1): what is said of each in every language, with an example of it and of its mend."""

from __future__ import annotations

from kith.problems import Mistake, Words
from kith.rules import mistakes_literals

EXPECTED = Mistake(
    "E101",
    Words("Here {expected} is expected, not {found}.", "此处应为{expected}，而不是{found}。"),
    "amount quantity",
    "amount * quantity",
)
EMPTY = Mistake(
    "E102",
    Words(
        "Nothing is written here: an empty expression never means “always”; write it out, or leave the key away.",
        "此处没有内容：空表达式不表示“总是”；请写出内容，或删去这个键。",
    ),
    "",
    "true",
)
TOO_LONG = Mistake(
    "E103",
    Words(
        "This text has {size} bytes; at most {limit} are allowed.", "这段文本有 {size} 字节，最多允许 {limit} 字节。"
    ),
    f'name == "{"x" * 66_000}"',
    'name == "x"',
)
TOO_DEEP = Mistake(
    "E104",
    Words(
        "This is nested more than {limit} levels deep; use a list, or give a part a name with a formula field.",
        "嵌套超过 {limit} 层；请改用列表，或用公式字段给其中一部分命名。",
    ),
    "(" * 65 + "amount" + ")" * 65,
    "(amount)",
)
TOO_MANY = Mistake(
    "E105",
    Words(
        "This has more than {limit} parts; split it into several formula fields or rules.",
        "内容超过 {limit} 个部分；请拆分为多个公式字段或规则。",
    ),
    "code in [" + ", ".join(["1"] * 2_000) + "]",
    "code in [1, 2]",
)

# Texts and brackets

UNCLOSED_TEXT = Mistake(
    "E106",
    Words('The text that begins here is not closed with `"` on its line.', '从这里开始的文本在本行没有用 `"` 结束。'),
    'name == "Ann',
    'name == "Ann"',
)
UNCLOSED_BRACKET = Mistake(
    "E107",
    Words("This `{bracket}` is never closed with `{closer}`.", "这个 `{bracket}` 没有对应的 `{closer}`。"),
    "(amount + 1",
    "(amount + 1)",
)
STRAY_BRACKET = Mistake(
    "E108",
    Words("This `{bracket}` closes nothing that is open.", "这个 `{bracket}` 没有对应的开括号。"),
    "amount + 1)",
    "amount + 1",
)
UNKNOWN_ESCAPE = Mistake(
    "E109",
    Words(
        'There is no escape `{text}`; there are `\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, `\\{`, `\\}`.',
        '没有转义符 `{text}`；可用的有 `\\"`、`\\\\`、`\\n`、`\\r`、`\\t`、`\\{`、`\\}`。',
    ),
    r'path == "C:\data"',
    r'path == "C:\\data"',
)
BAD_HOLE = Mistake(
    "E110",
    Words(
        "This hole is not closed; a hole is an expression in braces, with no quotes and no braces inside.",
        "这个占位没有结束；占位是花括号中的表达式，其中不能有引号或花括号。",
    ),
    '"Call {name"',
    '"Call {name}"',
)
STRAY_BRACE = Mistake(
    "E111",
    Words(
        "This `}` closes no hole; a brace of the text itself is written `\\}`.",
        "这个 `}` 没有对应的占位；文本中的花括号写作 `\\}`。",
    ),
    '"a } b"',
    '"a \\} b"',
)
HOLE_FORMAT = Mistake(
    "E112",
    Words(
        "A hole takes no format after a colon; values are shown in the reader's own form.",
        "占位中不能用冒号指定格式；值会按读者的习惯显示。",
    ),
    '"{amount:.2f}"',
    '"{amount}"',
)
CONTROL = Mistake(
    "E113",
    Words("A control character ({code}) has no place here.", "此处不能有控制字符（{code}）。"),
    "amount\x07 + 1",
    "amount + 1",
)
SINGLE_QUOTES = Mistake(
    "E114",
    Words("Texts stand in double quotes.", "文本要用双引号。"),
    "name == 'Ann'",
    'name == "Ann"',
)
FULL_WIDTH = Mistake(
    "E115",
    Words(
        "`{text}` is a full-width character, as Chinese input methods type it; code wants {good}.",
        "`{text}` 是全角字符；代码中要用半角的{good}。",
    ),
    "amount ＋ 1",
    "amount + 1",
)
STRANGE = Mistake(
    "E116",
    Words("The character `{text}` has no meaning here.", "字符 `{text}` 在此没有意义。"),
    "amount ~ 1",
    "amount - 1",
)

# Habits from other languages

SINGLE_EQUALS = Mistake(
    "E120",
    Words("`=` sets a value; two values are compared with `==`.", "`=` 表示赋值；比较两个值要用 `==`。"),
    'stage = "won"',
    'stage == "won"',
)
DOUBLE_EQUALS = Mistake(
    "E121",
    Words("`==` compares; a value is set with `=`.", "`==` 表示比较；赋值要用 `=`。"),
    'set stage == "won"',
    'set stage = "won"',
)
FOREIGN_OPERATOR = Mistake(
    "E122",
    Words("There is no `{text}`; here it is written `{good}`.", "没有 `{text}` 这个写法；应写作 `{good}`。"),
    "paid && active",
    "paid and active",
)
NO_OPERATOR = Mistake(
    "E123",
    Words("There is no operator `{text}`.", "没有运算符 `{text}`。"),
    "amount ** 2",
    "amount * amount",
)
MODULO = Mistake(
    "E124",
    Words(
        "`%` is no operator: it makes a percentage, without a space, as in `15%`.",
        "`%` 不是运算符：它只表示百分数，前面不能有空格，如 `15%`。",
    ),
    "quantity % 2",
    "mod(quantity, 2)",
)
TERNARY = Mistake(
    "E125",
    Words("A choice of values is written `if c then a else b`.", "按条件取值写作 `if c then a else b`。"),
    "paid ? 1 : 2",
    "if paid then 1 else 2",
)
LETTER_CASE = Mistake(
    "E126",
    Words("Words of the language are lower case: `{good}`.", "语言中的词都是小写：`{good}`。"),
    "paid AND active",
    "paid and active",
)
FOREIGN_NULL = Mistake(
    "E127",
    Words(
        "There is no `{text}`; a missing value is `null`, and the test for it is `is not set`.",
        "没有 `{text}`；空值是 `null`，判断是否为空用 `is not set`。",
    ),
    "owner == None",
    "owner == null",
)
IS_NULL = Mistake(
    "E128",
    Words(
        "Whether a value is there is asked with `is set` and `is not set`.", "判断是否有值用 `is set` 和 `is not set`。"
    ),
    "email is not null",
    "email is set",
)
IS_WHAT = Mistake(
    "E129",
    Words(
        "After `is` comes `set` or `not set`; values are compared with `==`.",
        "`is` 之后是 `set` 或 `not set`；比较值用 `==`。",
    ),
    "stage is other",
    "stage == other",
)
LIKE = Mistake(
    "E130",
    Words(
        "There is no operator `{text}`; texts are searched with `contains(text, part)`, `starts_with` and `ends_with`.",
        "没有运算符 `{text}`；查找文本用 `contains(text, part)`、`starts_with` 和 `ends_with`。",
    ),
    'name like "A%"',
    'starts_with(name, "A")',
)
ELSE_IF = Mistake(
    "E131",
    Words("There is no `{text}`; write `else if`.", "没有 `{text}`；请写 `else if`。"),
    "if a { stop } elif b { stop }",
    "if a { stop } else if b { stop }",
)
COMMENT_FORM = Mistake(
    "E132",
    Words(
        "There is no `{text}`; a comment begins with `#`, and whole numbers are divided with `div(a, b)`.",
        "没有 `{text}`；注释以 `#` 开头，整数除法用 `div(a, b)`。",
    ),
    "amount // 2",
    "div(amount, 2)",
)
SEMICOLON = Mistake(
    "E133",
    Words("There is no `;`; each statement stands on its own line.", "没有 `;`；每条语句各占一行。"),
    "stop; stop",
    "stop\nstop",
)
SET_IN_PLACE = Mistake(
    "E134",
    Words(
        "There is no `{text}`; write the new value out: `set a = a + 1`.",
        "没有 `{text}`；请写出新值：`set a = a + 1`。",
    ),
    "set a += 1",
    "set a = a + 1",
)
SUBSCRIPT = Mistake(
    "E135",
    Words(
        "Nothing is taken out by `[ ]`; a field is `a.b`, the first related record `first(lines.total by number)`.",
        "不能用 `[ ]` 取值；字段写作 `a.b`，第一条关联记录写作 `first(lines.total by number)`。",
    ),
    "lines[0]",
    "first(lines.total by number)",
)
METHOD = Mistake(
    "E136",
    Words(
        "Values have no methods; a function is called with the value in parentheses: `{name}(…)`.",
        "值没有方法；调用函数时把值放在括号里：`{name}(…)`。",
    ),
    "name.trim()",
    "trim(name)",
)

# Grammar

CHAINED = Mistake(
    "E140",
    Words("Comparisons do not chain; join two of them with `and`.", "比较不能连写；请用 `and` 连接两个比较。"),
    "1 < amount < 5",
    "1 < amount and amount < 5",
)
NO_VALUE = Mistake(
    "E141",
    Words("A value is missing before {found}.", "{found}之前缺少一个值。"),
    "amount + ",
    "amount + 1",
)
IF_INSIDE = Mistake(
    "E142",
    Words("An `if` inside a larger expression stands in parentheses.", "较大表达式中的 `if` 要放在括号里。"),
    "1 + if paid then 1 else 2",
    "1 + (if paid then 1 else 2)",
)
NOT_INSIDE = Mistake(
    "E143",
    Words("A `not` on one side of an operator stands in parentheses.", "运算符一侧的 `not` 要放在括号里。"),
    "paid == not active",
    "paid == (not active)",
)
NO_ELSE = Mistake(
    "E144",
    Words(
        "This `if` has no `{word}`: a value needs `if c then a else b`.",
        "这个 `if` 缺少 `{word}`：取值要写成 `if c then a else b`。",
    ),
    "if paid then 1",
    "if paid then 1 else null",
)
BRACES = Mistake(
    "E145",
    Words(
        "Statements within a statement stand in braces: `if c { … } else { … }`, `for line in lines { … }`.",
        "语句之内的语句要放在花括号里：`if c { … } else { … }`、`for line in lines { … }`。",
    ),
    "if paid then stop",
    "if paid { stop }",
)
FROM_TO = Mistake(
    "E146",
    Words(
        "`from` and `to` belong to `changed(field from a to b)` only.",
        "`from` 和 `to` 只用于 `changed(field from a to b)`。",
    ),
    'count(stage to "won")',
    'changed(stage to "won")',
)
CHANGED_FORM = Mistake(
    "E147",
    Words(
        "`changed` takes one field, perhaps with `from` and `to`: `changed(stage from a to b)`.",
        "`changed` 只接受一个字段，可带 `from` 和 `to`：`changed(stage from a to b)`。",
    ),
    "changed(stage, owner)",
    "changed(stage) or changed(owner)",
)
NO_LOOP = Mistake(
    "E148",
    Words(
        "There is no `{text}`; `for line in lines { … }` goes over related records, each once.",
        "没有 `{text}`；用 `for line in lines { … }` 逐一处理关联记录。",
    ),
    "while paid { stop }",
    "for line in lines where paid { stop }",
)
UNKNOWN_STATEMENT = Mistake(
    "E149",
    Words("No statement begins with {text}; there are: {known}.", "没有以{text}开头的语句；现有语句：{known}。"),
    'stage = "won"',
    'set stage = "won"',
)
TWICE = Mistake(
    "E150",
    Words("`{name}` is given twice.", "`{name}` 写了两次。"),
    "create task { due: 1, due: 2 }",
    "create task { due: 1 }",
)

MISTAKES = (*(value for value in list(globals().values()) if isinstance(value, Mistake)), *mistakes_literals.MISTAKES)
"""All of them, in the order of their codes."""
BLOCK_EXAMPLES = frozenset({"E121", "E131", "E133", "E134", "E145", "E148", "E149", "E150"})
"""Codes whose examples are action blocks; all other examples are expressions."""
