"""Which types a field can change to, what becomes of its values, and why the rest is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from kith.metadata.model import Field
from kith.problems import Words
from kith.runtime.converting import ways
from kith.runtime.converting.ways import Converted, Setting, longest

Run = Callable[[Any, Setting], Converted]
Test = Callable[[Field, Field], bool]


def never(old: Field, new: Field) -> bool:
    """Whether a value fits is to be seen of each."""
    return False


def always(old: Field, new: Field) -> bool:
    """Every value fits."""
    return True


def wide_enough(old: Field, new: Field) -> bool:
    """Whether every number fits."""

    def digits(field: Field) -> tuple[int, int]:
        type_ = field.type
        return (15, 0) if type_.kind == "int" else (type_.precision - type_.scale, type_.scale)

    return all(here <= there for here, there in zip(digits(old), digits(new), strict=True))


def long_enough(old: Field, new: Field) -> bool:
    """Whether every text fits."""
    return longest(old) <= longest(new) and (new.type_name in ways.MULTILINE or old.type_name not in ways.MULTILINE)


@dataclass(frozen=True, slots=True)
class Way:
    """How the values of one family of types become those of another; `fits` says whether all of them do, unseen."""

    run: Run
    words: Words
    fits: Test = never
    looks_up: bool = False


SAME = Way(ways.same, Words("the same value", "值不变"), always)
WRITTEN = Way(ways.to_text, Words("the value as people write it, cut where it is too long", "写成文本，过长则截断"))
READ = Way(ways.by_text, Words("what the text says, where it is one", "按文本内容读取，读不懂的丢失"))
NUMBER = Way(
    ways.number, Words("the same number, rounded where digits are missing", "同一数值，位数不足时四舍五入"), wide_enough
)
BY_KEY = Way(ways.by_key, Words("what the option's key or label says", "按选项的键或标签读取"))
TITLE = Way(ways.looked_up, Words("the title of the record", "所引用记录的标题"), looks_up=True)
RECORD = Way(
    ways.looked_up,
    Words("the record that has the text in a field that is unique by itself", "唯一字段等于该文本的记录"),
    looks_up=True,
)
TEXT = Way(ways.to_text, Words("the same text, cut where it is too long", "同一文本，过长则截断"), long_enough)
TEXTS = ("text", "code")
NUMBERS = ("integer", "decimal", "percent", "money")

WAYS: Mapping[str, Mapping[str, Way]] = {
    "text": {
        "text": TEXT,
        "code": READ,
        **dict.fromkeys((*NUMBERS, "boolean", "date", "datetime", "time", "duration", "date_range", "json"), READ),
        **dict.fromkeys(("tags", "person_name", "address"), READ),
        "choice": Way(
            ways.option_from_text, Words("the option with that key, former key or label", "键、旧键或标签相同的选项")
        ),
        "choices": Way(ways.options_from_text, Words("the options that the text lists", "文本中列出的选项")),
        "reference": RECORD,
    },
    **{
        name: {
            **dict.fromkeys(NUMBERS, NUMBER),
            "text": WRITTEN,
            "choice": Way(ways.option_from_text, Words("the option called like the number", "名称等于该数字的选项")),
            **({"boolean": Way(ways.truth, Words("1 is yes, 0 is no", "1 为是，0 为否"))} if name == "integer" else {}),
        }
        for name in NUMBERS
    },
    "boolean": {
        "boolean": SAME,
        "text": WRITTEN,
        "choice": Way(ways.option_of_truth, Words("the option that says yes or no", "表示是或否的选项")),
        "integer": Way(ways.counted, Words("1 for yes, 0 for no", "是为 1，否为 0"), always),
    },
    "date": {
        "date": SAME,
        "datetime": Way(
            ways.midnight,
            Words("the beginning of the day in the workspace's time zone", "该日零点（工作区时区）"),
            always,
        ),
        "date_range": Way(ways.one_day, Words("a range of that day", "仅含该日的区间"), always),
        "text": WRITTEN,
    },
    "datetime": {
        "datetime": SAME,
        "date": Way(ways.day, Words("the day in the workspace's time zone", "该时刻在工作区时区的日期")),
        "text": WRITTEN,
    },
    "time": {"time": SAME, "text": WRITTEN},
    "duration": {"duration": SAME, "text": WRITTEN},
    "date_range": {
        "date_range": SAME,
        "date": Way(ways.first_day, Words("the first day", "首日")),
        "text": WRITTEN,
    },
    "choice": {
        "choice": Way(ways.option, Words("the same option", "同一选项")),
        "choices": Way(ways.one_option, Words("that option alone", "仅含该选项")),
        "tags": Way(ways.labels, Words("the option's label", "选项的标签"), always),
        "text": WRITTEN,
        "code": BY_KEY,
        **dict.fromkeys((*NUMBERS, "date", "datetime", "time", "duration"), BY_KEY),
        "boolean": Way(ways.truth, Words("an option that says yes or no", "表示是或否的选项")),
    },
    "choices": {
        "choices": Way(ways.options, Words("the same options", "同样的选项")),
        "choice": Way(ways.only_member, Words("the only option; of several the first", "唯一的选项；多个时取第一个")),
        "tags": Way(ways.labels, Words("the options' labels", "选项的标签"), always),
        "text": WRITTEN,
    },
    "tags": {
        "tags": SAME,
        "choices": Way(ways.options, Words("the options with those keys or labels", "键或标签相同的选项")),
        "text": WRITTEN,
    },
    "reference": {
        "reference": SAME,
        "references": Way(ways.as_set, Words("that record alone", "仅含该记录"), always),
        "text": TITLE,
    },
    "references": {
        "references": SAME,
        "reference": Way(ways.only_member, Words("the only record; of several none", "唯一的记录；多个时为空")),
    },
    "person_name": {"person_name": SAME, "text": WRITTEN},
    "address": {"address": SAME, "text": WRITTEN},
    "json": {"json": SAME, "text": WRITTEN},
    "file": {
        "file": Way(ways.one_file, Words("the same file, where its kind is taken", "同一文件，须为可接受的类型")),
        "files": Way(ways.several_files, Words("that file alone", "仅含该文件")),
    },
    "files": {
        "files": Way(
            ways.several_files, Words("the same files, where their kinds are taken", "同样的文件，须为可接受的类型")
        ),
        "file": Way(ways.one_file, Words("the only file; of several the first", "唯一的文件；多个时取第一个")),
    },
}
"""By family before and after; what is not here is refused where a record has a value."""

OTHER_TARGET = Words(
    "The values name records of another entity. Add a field of the new kind and fill it by a rule or an import.",
    "现有的值指向另一个实体的记录。请新增字段，并通过规则或导入填写。",
)
OTHER_CURRENCY = Words(
    "Amounts in one currency are not amounts in another. Add a field and fill it by a rule that knows the rate.",
    "一种货币的金额不等于另一种货币的金额。请新增字段，并用知道汇率的规则填写。",
)
NUMBERED = Words(
    "Autonumbers are handed out and never given. Add an autonumber beside the field.",
    "自动编号由系统分配，不能由现有值转换。请另外新增自动编号字段。",
)
NO_WAY = Words(
    "A value of the one type says nothing of the other. Add a field of the new type and fill it by a rule or an import.",
    "两种类型的值没有对应关系。请新增该类型的字段，并通过规则或导入填写。",
)

TEXT_TYPES = frozenset({"email", "phone", "url", "country", "language", "currency", "time_zone"})
OWN_FAMILY = frozenset({"person_name", "address", "date_range", "json", "tags", "autonumber", "file", "files"})
KINDS = {"int": "integer", "bool": "boolean", "ref": "reference"}


def family(field: Field) -> str:
    """What of a field's type decides how its values convert; the result's, where the field is computed."""
    if field.type_name == "image":
        return "file"
    if field.type_name in OWN_FAMILY:
        return field.type_name
    if field.type_name in TEXT_TYPES:
        return "code"
    if field.type.kind == "set":
        item = field.type.item
        return {"ref": "references", "choice": "choices"}.get(item.kind if item else "", "tags")
    return KINDS.get(field.type.kind, field.type.kind)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a field's values become those of another field."""

    way: Way
    setting: Setting

    @property
    def fits(self) -> bool:
        """Whether every value fits, whatever it is."""
        return self.way.fits(self.setting.old, self.setting.new)

    def __call__(self, value: Any) -> Converted:
        """What a value becomes."""
        if value is None or value == ways.NOTHING:
            return Converted(self.setting.empty)
        return self.way.run(value, self.setting)


def conversion(
    old: Field, new: Field, zone: tzinfo, language: str, renamed: Mapping[str, str] | None = None
) -> Conversion | Words:
    """How values convert, or why they do not; `renamed` says what the entities before are called now."""
    refused = refusal(old, new, renamed or {})
    if refused is not None:
        return refused
    before = "text" if family(old) in ("code", "autonumber") else family(old)
    return Conversion(WAYS[before][family(new)], Setting(old, new, zone, language))


def refusal(old: Field, new: Field, renamed: Mapping[str, str]) -> Words | None:
    """Why values do not convert."""
    before, after = family(old), family(new)
    if after == "autonumber":
        return NUMBERED
    if after not in WAYS.get("text" if before in ("code", "autonumber") else before, {}):
        return NO_WAY
    if before in ("reference", "references") and after in ("reference", "references"):
        target = _target(old)
        return None if renamed.get(target, target) == _target(new) else OTHER_TARGET
    is_of_another = old.type.currency != new.type.currency or bool(old.currency_field) != bool(new.currency_field)
    return OTHER_CURRENCY if before == after == "money" and is_of_another else None


def _target(field: Field) -> str:
    return (field.type.item or field.type).entity
