"""D1: texts that are not YAML, or that YAML reads otherwise than they were meant."""

from __future__ import annotations

from kith.problems import Mistake, Problem, Source, Span, Value, Words

SYNTAX = Mistake("D101", Words("this is not YAML: {why}", "这不是合法的 YAML：{why}"), "app: [a", "app: a")
DUPLICATE = Mistake(
    "D102",
    Words('"{name}" stands here twice; the first is in line {line}', "“{name}”重复出现，第一次在第 {line} 行"),
    "entity: a\nicon: user\nicon: box",
    "entity: a\nicon: user",
)
ALIAS = Mistake(
    "D103",
    Words("anchors (&) and aliases (*) are not used here", "这里不使用锚点（&）和别名（*）"),
    "entity: a\nicon: &i user",
    "entity: a\nicon: user",
)
TAG = Mistake(
    "D104",
    Words('YAML reads "{tag}" as a tag and drops it', "YAML 会把“{tag}”当作标签并丢弃"),
    "view: a\nfilter: !done",
    "view: a\nfilter: not done",
)
MERGE = Mistake(
    "D105",
    Words('merge keys (<<) are not used here; "include" takes fragments', "这里不使用合并键（<<），请用 include"),
    "entity: a\n<<: {icon: user}",
    "entity: a\nicon: user",
)
DEEP = Mistake(
    "D106",
    Words("maps and lists are nested deeper than {limit}", "映射和列表的嵌套超过 {limit} 层"),
    "[" * 60,
    "app: a",
)
HUGE = Mistake(
    "D107",
    Words("{what} is too large: at most {limit} are allowed", "{what}过大：最多允许 {limit}"),
    "app: " + "a" * 70_000,
    "app: a",
)
CHARACTER = Mistake(
    "D108",
    Words("the character {code} may not stand in a document", "文档中不能有字符 {code}"),
    "app: a\u202eb",
    "app: ab",
)
TAB = Mistake(
    "D109",
    Words("{what} stands where only spaces may indent", "缩进只能用空格，这里是{what}"),
    "app:\n\ta: b",
    "app: a",
)
SEVERAL = Mistake("D110", Words("one file holds one document", "一个文件只放一个文档"), "app: a\n---\napp: b", "app: a")
EMPTY = Mistake("D111", Words("the document is empty", "文档是空的"), "# nothing\n", "app: a")
CUT = Mistake(
    "D112",
    Words(
        'in a { } map YAML ends a plain value at a comma or bracket: only "{text}" is left of this one',
        "在 { } 映射里，YAML 遇到 , [ ] { } 就结束不带引号的值：这里只剩“{text}”",
    ),
    "view: a\nfilter: {a: min(b, c)}",
    "view: a\nfilter: {a: 'min(b, c)'}",
)
STARTS = Mistake(
    "D113",
    Words("YAML gives a value that starts with {sign} another meaning", "以 {sign} 开头的值在 YAML 里另有含义"),
    "view: a\nfilter: @2026-01-31 < due",
    "view: a\nfilter: '@2026-01-31 < due'",
)
KEY = Mistake("D114", Words("a key must be a plain name", "键必须是普通的名称"), "view: a\n? [b]\n: c", "view: a")
NO_VALUE = Mistake(
    "D115",
    Words('"{name}" has no value', "“{name}”没有值"),
    "view: a\nfilter:",
    "view: a\nfilter: done",
)
FULL_WIDTH = Mistake(
    "D116",
    Words(
        "{signs}: full-width, as Chinese input methods type it; YAML wants {wanted}",
        "{signs} 是中文输入法的全角符号；YAML 需要半角的 {wanted}",
    ),
    "entity: a\nicon：box",
    "entity: a\nicon: box",
)
NO_BLANK = Mistake(
    "D117",
    Words('after "{name}:" a space is missing', "“{name}:”后面缺少空格"),
    "entity: a\nicon:box",
    "entity: a\nicon: box",
)
ORDER_MARK = Mistake(
    "D118",
    Words("the file begins with a byte order mark (BOM)", "文件开头有字节顺序标记（BOM）"),
    "\ufeffapp: a",
    "app: a",
)
MISTAKES = (
    SYNTAX, DUPLICATE, ALIAS, TAG, MERGE, DEEP, HUGE, CHARACTER, TAB, SEVERAL, EMPTY, CUT, STARTS, KEY, NO_VALUE,
    FULL_WIDTH, NO_BLANK, ORDER_MARK,
)  # fmt: skip

QUOTE = Words("put the whole value into single quotes", "请把整个值放进单引号")


def problem_at(
    mistake: Mistake, source: Source, start: int, end: int, hint: Words | None = None, **values: Value
) -> Problem:
    """A problem of a stretch of source, inside of the source and at least one character wide."""
    size = len(source.text)
    start = min(start, max(size - 1, 0))
    return Problem(mistake, Span(source, start, max(start + 1, min(end, size))), values, hint)
