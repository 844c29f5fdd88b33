"""What a heading hints at, in English or Chinese; a hint decides nothing by itself, the values must agree."""

from __future__ import annotations

from functools import lru_cache

from kith.inferring.naming import tokens

ENGLISH: dict[str, frozenset[str]] = {
    "id": frozenset({"id", "uuid", "guid", "key"}),
    "code": frozenset({"code", "no", "number", "nr", "num", "ref", "reference", "serial", "sn", "isbn", "ean"}),
    "name": frozenset({"name", "title", "subject"}),
    "money": frozenset(
        "price amount revenue cost profit fee salary income budget balance payment turnover sales value total spend margin"
        " usd cny eur gbp rmb money".split()
    ),
    "percent": frozenset(
        {"percent", "percentage", "pct", "rate", "ratio", "discount", "share", "probability", "margin", "rebate"}
    ),
    "phone": frozenset({"phone", "telephone", "tel", "mobile", "cell", "cellphone", "fax", "whatsapp"}),
    "person": frozenset({"contact", "fullname"}),
    "address": frozenset({"address"}),
    "place": frozenset({"city", "town", "suburb", "district", "street", "village"}),
    "post": frozenset({"post", "zip", "postcode", "postal", "zipcode"}),
    "country": frozenset({"country", "nation", "nationality", "location"}),
    "kind": frozenset(
        "type kind class category status state stage level grade priority source origin channel segment sector industry gender sex"
        " series region mode method".split()
    ),
    "year": frozenset({"year"}),
    "day": frozenset({"date", "day", "birthday", "dob", "on", "birth"}),
    "truth": frozenset(
        {"is", "has", "active", "enabled", "converted", "flag", "paid", "done", "completed", "returned"}
    ),
    "long": frozenset(
        {"description", "note", "notes", "comment", "comments", "remark", "remarks", "details", "body", "text"}
    ),
    "user": frozenset({"owner", "agent", "rep", "representative", "assignee", "assigned", "manager"}),
    "document": frozenset(
        {"order", "invoice", "receipt", "transaction", "quote", "contract", "bill", "shipment", "delivery"}
    ),
    "count": frozenset(
        "count quantity qty employees visits views units pieces age time minutes hours seconds days weeks months".split()
    ),
}
CHINESE: dict[str, tuple[str, ...]] = {
    "id": ("id", "标识"),
    "code": ("编号", "编码", "代码", "单号", "号码", "工号", "卡号", "订单号", "合同号", "货号", "条码"),
    "name": ("名称", "姓名", "标题", "主题", "名字"),
    "money": ("金额", "价", "额", "成本", "利润", "费用", "收入", "预算", "余额", "工资", "薪", "营收"),
    "percent": ("率", "折扣", "百分比", "占比", "比例", "概率"),
    "phone": ("电话", "手机", "传真"),
    "person": ("姓名", "联系人"),
    "address": ("地址",),
    "place": ("城市", "区县", "街道"),
    "post": ("邮编", "邮政编码"),
    "country": ("国家", "国别", "国籍"),
    "kind": (
        "类型",
        "类别",
        "分类",
        "状态",
        "阶段",
        "级别",
        "等级",
        "来源",
        "渠道",
        "细分",
        "行业",
        "性别",
        "优先级",
        "方式",
        "地区",
    ),
    "year": ("年份", "年度"),
    "day": ("日期", "生日", "日"),
    "truth": ("是否", "已", "退回"),
    "long": ("备注", "说明", "描述", "留言", "内容"),
    "user": ("负责人", "业务员", "销售员", "销售人员", "经理", "跟进人", "客服"),
    "document": ("订单", "发票", "单据", "合同", "交易", "出库单", "入库单", "运单"),
    "count": ("数量", "人数", "次数", "件数", "年龄", "员工"),
}
EXACT = frozenset({"day", "place", "id"})
"""Chinese hints that a heading must end with."""


@lru_cache(maxsize=4096)
def hints_of(header: str) -> frozenset[str]:
    """All that a heading hints at."""
    words = set(tokens(header))
    found = {hint for hint, known in ENGLISH.items() if words & known}
    text = header.strip().lower()
    for hint, known in CHINESE.items():
        if any(text.endswith(word) if hint in EXACT else word in text for word in known if not word.isascii()):
            found.add(hint)
    if "id" in words:
        found.add("id")
    return frozenset(found)


IDENTIFYING = frozenset({"id", "code", "no", "number", "nr", "num", "name", "uuid", "guid", "key", "email"})
IDENTIFYING_ZH = ("编号", "编码", "代码", "名称", "姓名", "号码", "号", "标识", "名")


def stem(header: str) -> str:
    """What a heading is about, without the word that says that it identifies: `Customer ID` and 客户名称 are about these."""
    text = header.strip()
    words = list(tokens(text))
    while len(words) > 1 and words[-1] in IDENTIFYING:
        words.pop()
    joined = " ".join(words)
    for ending in IDENTIFYING_ZH:
        if joined.endswith(ending) and len(joined) > len(ending):
            return joined[: -len(ending)].strip()
    return joined
