"""The order of a save as people read it: a page of text in their language, and the same as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from kith.metadata.analysis.order import Act, Because, Stage
from kith.metadata.model import Entity
from kith.problems import Words, fill

TITLE = Words(
    "What happens when a record of {name} is saved, in this order",
    "保存{name}记录时依次发生的事",
)
STAGES: dict[Stage, Words] = {
    "input": Words("What was sent is read and brought into its one form", "读取所提交的内容并统一格式"),
    "defaults": Words(
        "Of a new record, what was not given gets its default, field by field",
        "新记录中未填写的字段逐个取默认值",
    ),
    "lines": Words(
        "Owned records sent along go first, each through all steps before the write",
        "一并提交的从属记录先行，各自走完写入前的所有步骤",
    ),
    "rollups": Words(
        "Roll-ups: over owned records from what they are now becoming, over others as they stand",
        "汇总：从属记录按其即将成为的样子计算，其他记录按现状计算",
    ),
    "before": Words(
        "Formulas, and rules that set the record's own fields: each after what it reads",
        "公式，以及设置本记录字段的规则：各在其所读内容之后",
    ),
    "fields": Words(
        "Fields: their types, and whether they are required, valid, choosable or locked; all failures are told at once",
        "字段检查：类型、必填、有效、可选与锁定；所有问题一次列出",
    ),
    "requires": Words("What must hold; all failures are told at once", "必须成立的条件；所有问题一次列出"),
    "write": Words(
        "Keys are compared, then the record is written with its history", "比对唯一键，然后写入记录及其历史"
    ),
    "others": Words(
        "Roll-ups and rules of other records that this one feeds: the next wave, through the steps of their own entity",
        "由本记录供数的其他记录的汇总与规则：进入下一轮，按其自身实体的步骤进行",
    ),
    "after": Words(
        "Rules that write elsewhere: what they do is the next wave, through all steps again",
        "写入别处的规则：其动作进入下一轮，再次走完所有步骤",
    ),
}
NAMES = {
    "default": Words("default of {name}", "{name} 的默认值"),
    "default_from": Words("default of {name}", "{name} 的默认值"),
    "formula": Words("formula {name}", "公式 {name}"),
    "rollup": Words("roll-up {name}", "汇总 {name}"),
    "require": Words("rule {name} requires", "规则 {name} 要求"),
    "do": Words("rule {name}", "规则 {name}"),
    "lines": Words("{name}", "{name}"),
    "required_when": Words("{name} is required when", "{name} 必填的条件"),
    "invalid_when": Words("{name} is invalid when", "{name} 无效的条件"),
    "options_when": Words("an option of {name} can be chosen when", "{name} 某选项可选的条件"),
    "locked_when": Words("{name} is locked when", "{name} 锁定的条件"),
}
SAYS = Words("{name}: {text}", "{name}：{text}")
WHEN = Words("when {text}", "条件 {text}")
READS = Words("reads {names}", "读取 {names}")
WRITES = Words("writes {names}", "写入 {names}")
AFTER = Words("after {of}, which makes {fields}", "在 {of} 之后，因为它得出 {fields}")
LINKED = Words("through {fields}", "通过 {fields}")
DECLARED = Words("waits for nothing: in its place by layer, document and line", "无需等待：按层、文档与行的位置")
COMMA = Words(", ", "、")
TIES = Words(
    "What waits for nothing goes by layer, then document, then its place there.",
    "互不等待者，依次按层、文档及其中的位置。",
)


def order_text(entity: Entity, acts: Sequence[Act], language: str) -> str:
    """The whole order as text."""
    lines = [fill(TITLE, {"name": entity.label.in_(language)}, language), ""]
    for number, (stage, group) in enumerate(groupby(acts, key=lambda act: act.stage), start=1):
        lines.append(f"{number}. {STAGES[stage].in_(language)}")
        for act in group:
            lines += [f"   {line}" for line in act_lines(act, language)]
    return "\n".join([*lines, "", TIES.in_(language)])


def order_data(acts: Sequence[Act], language: str) -> list[dict[str, object]]:
    """The same as data."""
    return [
        {
            "stage": act.stage,
            "kind": act.kind,
            "name": act.name,
            "text": act.text,
            "when": act.when,
            "reads": list(act.reads),
            "writes": list(act.writes),
            "because": [{"of": one.of, "fields": list(one.fields)} for one in act.because],
            "why": facts(act, language),
            "place": act.span.place if act.span else "",
        }
        for act in acts
    ]


def act_lines(act: Act, language: str) -> Iterator[str]:
    """One thing that happens: what, the author's words, and why there."""
    if act.kind in NAMES:
        head = fill(NAMES[act.kind], {"name": act.name}, language)
        yield "- " + (fill(SAYS, {"name": head, "text": act.text}, language) if act.text else head)
        yield from (f"    {line}" for line in facts(act, language))


def facts(act: Act, language: str) -> list[str]:
    """What it reads and writes, and why it comes when it does."""
    found = [fill(WHEN, {"text": act.when}, language)] if act.when else []
    if act.reads:
        found.append(fill(READS, {"names": _joined(act.reads, language)}, language))
    if act.writes and act.kind in ("do", "lines"):
        found.append(fill(WRITES, {"names": _joined(act.writes, language)}, language))
    return [*found, *(_because(act, one, language) for one in act.because)]


def _because(act: Act, because: Because, language: str) -> str:
    if not because.of:
        return DECLARED.in_(language)
    words = LINKED if act.stage == "others" else AFTER
    return fill(words, {"of": because.of, "fields": _joined(because.fields, language)}, language)


def _joined(names: Sequence[str], language: str) -> str:
    return COMMA.in_(language).join(names)
