"""Pages of the manual that are made from the tables of the language, so that they are never out of date."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from kith.problems import Mistake, Words
from kith.rules import evaluating, mistakes_names, mistakes_syntax, mistakes_types, mistakes_values
from kith.rules.checking.families import family_words
from kith.rules.operations import OPERATIONS, SHORTHANDS, Shorthand
from kith.rules.operations.operation import Operation
from kith.rules.travel import written
from kith.rules.types import Type

TITLE = Words("Operators and functions", "运算符与函数")
INTRO = Words(
    "Made from the table of operations (`platform/rules/operations/`); each example is a test on every back end.\n"
    "Days are those of a workspace in Asia/Shanghai at 2026-06-15T09:00:00Z.",
    "由运算表（`platform/rules/operations/`）生成；每个示例都是各后端的测试。\n"
    "日期按时区 Asia/Shanghai、时刻 2026-06-15T09:00:00Z 计。",
)
GROUPS = {
    "numbers": Words("Numbers", "数"),
    "text": Words("Text", "文本"),
    "comparing": Words("Comparing", "比较"),
    "logic": Words("Logic", "逻辑"),
    "dates": Words("Dates and spans", "日期与时长"),
    "sets": Words("Lists", "列表"),
    "related": Words("Related records", "关联记录"),
    "saving": Words("What a save changes", "保存时的变化"),
}
OTHERS: dict[str, list[tuple[str, Words]]] = {
    "related": [
        ("sum(lines.amount where c)", Words("The sum; 0 over nothing, nulls are skipped.", "求和；没有记录时为 0，跳过空值。")),
        (
            "avg(lines.amount where c)",
            Words("The average with the scale of `/`; null over nothing.", "平均值，小数位同 `/`；没有记录时为空。"),
        ),
        ("min(lines.amount where c)", Words("The smallest value; null over nothing.", "最小值；没有记录时为空。")),
        ("max(lines.amount where c)", Words("The largest value; null over nothing.", "最大值；没有记录时为空。")),
        ("count(lines where c)", Words("How many records there are.", "记录数。")),
        (
            "count_distinct(lines.kind where c)",
            Words("How many different values there are; nulls do not count.", "不同值的个数，不计空值。"),
        ),
        (
            "median(lines.amount where c)",
            Words(
                "The value in the middle, or the mean of the two, with the scale of `/`; null over nothing.",
                "中位数（两个居中值取平均），小数位同 `/`；没有记录时为空。",
            ),
        ),
        (
            'join(lines.name where c, ", ")',
            Words(
                'The texts in the order of their code points, with a written text (or ", ") between; null over nothing.',
                "按码点顺序连接文本，以写出的文本（或“, ”）分隔；没有记录时为空。",
            ),
        ),
        ("any(lines where c)", Words("Whether there is one; false over nothing.", "是否存在；没有记录时为假。")),
        (
            "all(lines where c, test)",
            Words("Whether the test holds for all; true over nothing.", "是否都通过；没有记录时为真。"),
        ),
        (
            "first(lines.amount where c by due desc, label)",
            Words("The first in that order: nulls last, then by id.", "按该顺序的第一个：空值在后，再按 id。"),
        ),
        (
            "last(lines.amount where c by due)",
            Words(
                "The first in the other direction: nulls are still last, then by id.",
                "反向顺序的第一个：空值仍在后，再按 id。",
            ),
        ),
    ],
    "logic": [
        (
            'case(stage, "new", 10%, ["won", "paid"], 100%, 0%)',
            Words(
                "The value behind the first that it is, or behind the list that has it; the last one for all else. `null` may "
                "stand for what has no value.",
                "与所列取值（或含它的列表）相符时取其后的结果；其余情形取最后一个。可用 `null` 表示没有值。",
            ),
        ),
    ],
    "sets": [
        (
            'has_any(tags, ["a", "b"])',
            Words("Whether the list has one of the members at least.", "列表是否至少含其中一个成员。"),
        ),
        ('has_all(tags, ["a", "b"])', Words("Whether the list has all of the members.", "列表是否含全部成员。")),
        ('has_none(tags, ["a", "b"])', Words("Whether the list has none of the members.", "列表是否不含任何一个成员。")),
    ],
    "saving": [
        (
            "changed(stage)",
            Words("Whether the field has changed; on create, whether it is set.", "字段是否变化；新建时为是否有值。"),
        ),
        (
            'changed(stage from "new" to "won")',
            Words("From one value to another; both parts may be left out.", "从某值变为某值；两部分均可省略。"),
        ),
        ("is_new()", Words("Whether the record is being created.", "是否正在新建记录。")),
    ],
}  # fmt: skip
HEAD = Words("| written | what it gives | examples |\n|---|---|---|", "| 写法 | 结果 | 示例 |\n|---|---|---|")
NO_SQL = Words("Not inside the database: {reason} (E501).", "不能在数据库内执行：{reason}（E501）。")
SHORT_HEAD = Words("| written | what it gives |\n|---|---|", "| 写法 | 结果 |\n|---|---|")

MISTAKES_TITLE = Words("Mistakes", "错误")
MISTAKES_INTRO = Words(
    "Made from the tables of mistakes; each pair of examples is a test. A code that begins with W is a warning.",
    "由错误表生成；每对示例都是测试。以 W 开头的是警告。",
)
FAMILIES = {
    "E1": Words("Syntax", "语法"),
    "E2": Words("Names", "名称"),
    "E3": Words("Types", "类型"),
    "E4": Words("Null", "空值"),
    "E5": Words("The database", "数据库"),
    "E7": Words("Cost", "代价"),
    "E9": Words("Requests of `kith eval`", "`kith eval` 的请求"),
    "W3": Words("Warnings", "警告"),
}
BAD, GOOD = Words("Wrong", "错误"), Words("Right", "正确")
LONGEST_EXAMPLE = 120


def functions_page(language: str) -> str:
    """The page of all operators and functions."""
    parts = [f"# {TITLE.in_(language)}", INTRO.in_(language)]
    for group, title in GROUPS.items():
        parts.append(f"## {title.in_(language)}")
        written: list[Operation | Shorthand] = [*OPERATIONS.values(), *SHORTHANDS.values()]
        rows = [row(operation, language) for operation in written if operation.group == group]
        head, end = (HEAD, " |  |") if rows else (SHORT_HEAD, " |")
        others = [f"| `{text}` | {doc.in_(language)}{end}" for text, doc in OTHERS.get(group, ())]
        parts.append("\n".join([head.in_(language), *rows, *others]))
    return "\n\n".join(parts) + "\n"


def row(operation: Operation | Shorthand, language: str) -> str:
    """One operation as a line of the table."""
    examples = " · ".join(f"`{cell(text)}` → {shown(value)}" for text, value in operation.examples)
    reason = operation.no_sql if isinstance(operation, Operation) else None
    limit = f" {NO_SQL.in_(language).format(reason=reason.in_(language))}" if reason else ""
    return f"| `{cell(form(operation, language))}` | {operation.doc.in_(language)}{limit} | {examples} |"


def form(operation: Operation | Shorthand, language: str) -> str:
    """How an operation is written, with its arguments in words."""
    if isinstance(operation, Operation) and not operation.called:
        return operation.written
    return f"{operation.name}({', '.join(arguments(operation.takes, language))})"


def arguments(takes: Sequence[str], language: str) -> list[str]:
    """The arguments of a function: optional ones with a question mark, repeated ones with dots."""
    marks = {"?": "?", ".": " …"}
    words = [family_words(family).in_(language) + marks.get(family[-1], "") for family in takes]
    return [word.removeprefix("a ").removeprefix("an ") for word in words]


def cell(text: str) -> str:
    """A text inside a table's cell."""
    return text.replace("|", "\\|").replace("\u00a0", "\\u00a0")


def shown(value: object) -> str:
    """A value as JSON has it."""
    return f"`{cell(json.dumps(written(value, Type('text')), ensure_ascii=False))}`"


def mistakes() -> list[Mistake]:
    """Every kind of mistake of the language, by code."""
    modules = (mistakes_syntax, mistakes_names, mistakes_types, mistakes_values, evaluating)
    every: Iterable[Mistake] = (mistake for module in modules for mistake in module.MISTAKES)
    return sorted(every, key=lambda mistake: mistake.code)


def mistakes_page(language: str) -> str:
    """The page of all mistakes, each with a heading of its own."""
    parts = [f"# {MISTAKES_TITLE.in_(language)}", MISTAKES_INTRO.in_(language)]
    family = ""
    for mistake in mistakes():
        if mistake.code[:2] != family:
            family = mistake.code[:2]
            parts.append(f"## {FAMILIES[family].in_(language)}")
        sentence = mistake.words.in_(language)
        examples = [f"{BAD.in_(language)}:", block(mistake.bad), f"{GOOD.in_(language)}:", block(mistake.good)]
        parts += [f"### {mistake.code}", sentence, *examples]
    return "\n\n".join(parts) + "\n"


def block(text: str) -> str:
    """An example, cut short where its point is its length."""
    printable = "".join(character if character.isprintable() or character == "\n" else "�" for character in text)
    cut = printable if len(printable) <= LONGEST_EXAMPLE * 2 else f"{printable[:LONGEST_EXAMPLE]} … {printable[-20:]}"
    return f"```\n{cut}\n```"


PAGES = {
    "functions.md": (functions_page, "en"),
    "functions.zh-CN.md": (functions_page, "zh-CN"),
    "mistakes.md": (mistakes_page, "en"),
    "mistakes.zh-CN.md": (mistakes_page, "zh-CN"),
}
"""File names in `docs/rules/`, with what makes them."""
