"""Names of the metadata and numbers of records as a person says them, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from kith.problems import Words

SPOKEN: Mapping[str, Words] = {
    "accent": Words("accent colour", "主题色"),
    "app": Words("app", "应用"),
    "currency": Words("currency", "货币"),
    "default_from": Words("default", "默认值"),
    "default": Words("default", "默认值"),
    "data": Words("data", "数据"),
    "duplicates": Words("duplicates", "查重"),
    "entity": Words("entity", "实体"),
    "fields": Words("fields", "字段"),
    "fragment": Words("fragment", "片段"),
    "form": Words("form", "表单"),
    "gapless": Words("numbers without gaps: records are created one after the other", "编号连续：记录逐条新建"),
    "gaps": Words("numbers may have gaps", "编号可以不连续"),
    "history": Words("history", "历史记录"),
    "help": Words("help", "帮助"),
    "icon": Words("icon", "图标"),
    "import": Words("import", "导入"),
    "invalid_when": Words("validation", "校验"),
    "inverse": Words("related list", "关联列表"),
    "inverses": Words("related lists", "关联列表"),
    "calendar": Words("calendar", "日历"),
    "label": Words("label", "标签"),
    "languages": Words("languages", "语言"),
    "locked_when": Words("when it is locked", "锁定条件"),
    "name": Words("name", "名称"),
    "navigation": Words("navigation", "导航"),
    "on_delete": Words("what deletion does", "删除行为"),
    "options": Words("options", "选项"),
    "options_when": Words("when options can be chosen", "选项条件"),
    "order": Words("order of fields", "字段顺序"),
    "owned": Words("owned lines", "从属明细"),
    "currency_field": Words("field of the currency", "货币字段"),
    "max": Words("largest value", "最大值"),
    "max_length": Words("longest text", "最大长度"),
    "min": Words("smallest value", "最小值"),
    "pattern": Words("pattern", "格式"),
    "person": Words("records are people", "记录为个人"),
    "erasure": Words("what erasure does", "抹除方式"),
    "retention": Words("how long records are kept", "保留期限"),
    "consents": Words("purposes of consent", "同意用途"),
    "activities": Words("whether activities are kept", "是否保留跟进"),
    "notes": Words("whether notes are kept", "是否保留备注"),
    "seen_with": Words("what its records are seen with", "记录随何者可见"),
    "targets": Words("what it can refer to", "可引用的实体"),
    "personal": Words("personal data", "个人数据"),
    "plural": Words("plural", "复数标签"),
    "required": Words("required", "必填"),
    "required_when": Words("when it is required", "必填条件"),
    "role": Words("role", "角色"),
    "rules": Words("rules", "规则"),
    "segment": Words("segment", "细分"),
    "strings": Words("strings", "文案"),
    "settings": Words("settings", "设置"),
    "tests": Words("tests", "测试"),
    "time_zone": Words("time zone", "时区"),
    "title": Words("title", "标题"),
    "variants": Words("variants", "变体"),
    "version": Words("version", "版本"),
    "workflow": Words("workflow", "流程"),
    "actions": Words("actions", "操作"),
    "view": Words("view", "视图"),
    "dashboard": Words("dashboard", "仪表盘"),
}
"""Attributes and kinds of documents as a person calls them; others go by their own name."""


KINDS: Mapping[str, Words] = {
    "entity": Words("entities", "实体"),
    "field": Words("fields", "字段"),
    "option": Words("options", "选项"),
    "key": Words("unique keys", "唯一键"),
    "index": Words("indexes", "索引"),
    "rights": Words("rights of roles", "角色权限"),
    "move": Words("who may take transitions", "流转权限"),
    "data": Words("reference data", "参考数据"),
    "texts": Words("texts without effect", "无影响的文本"),
    "app": Words("the app as a whole", "应用整体"),
    "setting": Words("settings", "设置"),
    "other": Words("other changes", "其他变更"),
}
"""What changes are of, where many are told kind by kind; those of documents go by the kind of document."""
_KIND_OF = {"type": "field", "formula": "field", "search": "entity", "room": "entity", "purge": "field"}


def kind_of(change: Mapping[str, object]) -> Words:
    """What a change is of, of the change as plain data."""
    if "document" in change:
        return spoken(str(change["document"]))
    last = str(change.get("kind", "")).rpartition("_")[2]
    return KINDS.get(_KIND_OF.get(last, last), KINDS["other"])


def spoken(name: str) -> Words:
    """A name of the metadata in words."""
    return SPOKEN.get(name) or Words(name, name)


def listed(names: tuple[str, ...]) -> Words:
    """Several names in words."""
    words = [spoken(str(name)) for name in names]
    return Words(", ".join(one.en for one in words), "、".join(one.zh for one in words))


def seconds(count: float) -> Words:
    """So many seconds, about, in words."""
    return (
        Words("less than a second", "不到一秒") if count < 1 else Words(f"about {count:,.0f} s", f"约 {count:,.0f} 秒")
    )


def records(count: int) -> Words:
    """A number of records, in words."""
    return Words(f"{count:,} record{'' if count == 1 else 's'}", f"{count:,} 条记录")
