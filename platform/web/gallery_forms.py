"""Invented forms for the gallery: every kind of input, in each of its states."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kith.texts import Texts
from kith.web.inputs import FieldInput, FormSection, Line, Lines
from kith.web.view import Cell, Choice, Column, FileLink, Link, Why

Say = Callable[[str, str], str]


def people(say: Say) -> tuple[Choice, ...]:
    """The candidates of the sample reference."""
    return (
        Choice("p1", say("Mei Lin", "林小梅"), note=say("Shanghai", "上海")),
        Choice("p2", say("Chen Wei", "陈伟"), note=say("Beijing", "北京")),
        Choice("p3", say("Amelia Brooks", "欧阳娜娜"), note=say("Leeds", "利兹")),
    )


def sign_in(texts: Texts) -> tuple[FieldInput, ...]:
    """The two fields of the sign-in page."""
    return (
        FieldInput(
            name="email",
            label=texts("sign_in.email"),
            kind="email",
            required=True,
            attributes={"autocomplete": "username"},
        ),
        FieldInput(name="password", label=texts("sign_in.password"), kind="password", required=True),
    )


def samples(say: Say) -> Mapping[str, object]:
    """Return everything that `gallery/forms.html` shows."""
    sections = (_simple(say), _numbers(say), _times(say), _choices(say), _states(say), _groups(say))
    return {
        "title": say("New customer", "新建客户"),
        "crumbs": (
            Link(say("Customers", "客户"), "/_gallery"),
            Link(say("New customer", "新建客户"), "/_gallery/forms"),
        ),
        "sections": sections,
        "summary": [field for section in sections for field in section.fields],
        "messages": (say("The credit limit of the company is used up.", "公司的信用额度已用完。"),),
        "lines": _lines(say),
    }


def _simple(say: Say) -> FormSection:
    return FormSection(
        (
            FieldInput(name="name", label=say("Name", "姓名"), value=say("Chen Wei", "陈伟"), required=True),
            FieldInput(name="email", label=say("E-mail", "邮箱"), kind="email", placeholder="name@example.com"),
            FieldInput(
                name="phone",
                label=say("Phone", "电话"),
                kind="phone",
                value="138 0013 8000",
                help=say("With the country code when abroad.", "境外号码请带国家代码。"),
            ),
            FieldInput(name="website", label=say("Website", "网站"), kind="url", placeholder="https://"),
            FieldInput(
                name="note",
                label=say("Note", "备注"),
                kind="long_text",
                wide=True,
                value=say("Prefers WeChat.\nSpeaks Cantonese.", "偏好微信联系。\n会说粤语。"),
            ),
            FieldInput(
                name="tags",
                label=say("Tags", "标签"),
                kind="tags",
                value=say("vip, wholesale", "贵宾, 批发"),
                choices=(Choice("vip", "VIP"), Choice("press", say("Press", "媒体"))),
                help=say("Separate with commas.", "用逗号分隔。"),
            ),
            FieldInput(
                name="subscribe",
                label=say("May be written to", "可发送邮件"),
                kind="toggle",
                value="true",
                help=say("Consent given on paper.", "已书面同意。"),
            ),
        ),
        say("Who", "基本信息"),
    )


def _numbers(say: Say) -> FormSection:
    return FormSection(
        (
            FieldInput(name="children", label=say("Children", "子女数"), kind="integer", value="2"),
            FieldInput(name="weight", label=say("Weight", "重量"), kind="decimal", value="12.5", suffix="kg"),
            FieldInput(name="limit", label=say("Credit limit", "信用额度"), kind="money", value="50,000.00", unit="¥"),
            FieldInput(
                name="discount",
                label=say("Discount", "折扣"),
                kind="percent",
                value="18",
                suffix="%",
                error=say(
                    "At most 15% for your role. Lower it, or ask for approval.",
                    "您的角色最多 15%。请降低折扣或申请审批。",
                ),
            ),
        ),
        say("Numbers", "数字"),
        columns=4,
    )


def _times(say: Say) -> FormSection:
    return FormSection(
        (
            FieldInput(name="birthday", label=say("Birthday", "生日"), kind="date", value="1988-04-09"),
            FieldInput(name="visit", label=say("Visit", "到店"), kind="datetime", value="2026-11-25T10:30"),
            FieldInput(name="opens", label=say("Opens at", "开门时间"), kind="time", value="09:00"),
            FieldInput(
                name="effort",
                label=say("Effort", "工时"),
                kind="duration",
                value="1h 30m",
                help=say("For example 1h 30m.", "例如 1h 30m。"),
            ),
        ),
        say("Times", "时间"),
        columns=4,
    )


def _choices(say: Say) -> FormSection:
    levels = (
        Choice("basic", say("New", "新建")),
        Choice("silver", say("Regular", "普通")),
        Choice("gold", say("Key", "重点")),
    )
    channels = (
        Choice("mail", say("E-mail", "邮件")),
        Choice("sms", say("Text message", "短信")),
        Choice("phone", say("Phone", "电话")),
    )
    return FormSection(
        (
            FieldInput(
                name="level", label=say("Level", "级别"), kind="choice", value="silver", choices=levels, required=True
            ),
            FieldInput(
                name="country",
                label=say("Country", "国家"),
                kind="country",
                value="CN",
                choices=(Choice("CN", say("China", "中国")), Choice("GB", say("United Kingdom", "英国"))),
            ),
            FieldInput(
                name="owner",
                label=say("Owner", "负责人"),
                kind="user",
                value="p1",
                choices=people(say),
                lookup="/_gallery/lookup",
            ),
            FieldInput(
                name="referrer",
                label=say("Referred by", "推荐人"),
                kind="reference",
                choices=people(say),
                lookup="/_gallery/lookup",
                error=say("Choose an active customer.", "请选择有效客户。"),
            ),
            FieldInput(
                name="kind",
                label=say("Kind", "类型"),
                kind="radio",
                value="person",
                choices=(Choice("person", say("Person", "个人")), Choice("company", say("Company", "公司"))),
            ),
            FieldInput(
                name="channels",
                label=say("Channels", "联系方式"),
                kind="choices",
                values=("mail", "sms"),
                choices=channels,
                error=say("Choose one at most.", "最多选一项。"),
            ),
            FieldInput(name="active", label=say("Active", "有效"), kind="boolean", value="true"),
        ),
        say("Choices", "选择"),
    )


def _states(say: Say) -> FormSection:
    why = Why(
        say(
            "discount 18% <= 15% is false, and approved_by is empty.",
            "discount 18% <= 15% 不成立，且 approved_by 为空。",
        ),
        "/_gallery/confirm",
    )
    return FormSection(
        (
            FieldInput(
                name="code",
                label=say("Card number", "卡号"),
                value="VIP-00128",
                locked=say("Numbered automatically.", "自动编号。"),
            ),
            FieldInput(
                name="approved",
                label=say("Approved by", "审批人"),
                error=say("Needed for a discount above 15%.", "折扣超过 15% 时必填。"),
                why=why,
                required=True,
            ),
            FieldInput(
                name="score",
                label=say("Score", "评分"),
                value="2480",
                shown="2,480",
                locked=say("Computed from orders.", "由订单计算。"),
                why=Why(say("Sum over 31 orders.", "31 笔订单之和。")),
            ),
        ),
        say("States", "状态"),
        say("Required, refused, locked and explained.", "必填、拒绝、锁定与解释。"),
    )


def _groups(say: Say) -> FormSection:
    name = (
        FieldInput(name="person.family", label=say("Family name", "姓"), value=say("Chen", "陈")),
        FieldInput(name="person.given", label=say("Given name", "名"), value=say("Wei", "伟")),
    )
    address = (
        FieldInput(
            name="address.street",
            label=say("Street", "街道"),
            value=say("88 Century Avenue", "世纪大道 88 号"),
            wide=True,
        ),
        FieldInput(name="address.city", label=say("City", "城市"), value=say("Shanghai", "上海")),
        FieldInput(name="address.code", label=say("Postal code", "邮编"), value="200120"),
        FieldInput(
            name="address.country",
            label=say("Country", "国家"),
            kind="country",
            value="CN",
            choices=(Choice("CN", say("China", "中国")),),
        ),
    )
    return FormSection(
        (
            FieldInput(name="person", label=say("Person", "姓名"), kind="person_name", parts=name),
            FieldInput(name="address", label=say("Address", "地址"), kind="address", parts=address),
            FieldInput(
                name="papers",
                label=say("Papers", "资料"),
                kind="files",
                files=(
                    FileLink(say("contract 2026.pdf", "合同 2026.pdf"), "120 kB", "#", value="1"),
                    FileLink(say("minutes.docx", "会议纪要.docx"), "1.4 MB", "#", value="2"),
                ),
                accept=".pdf,.docx",
            ),
        ),
        say("Groups", "分组"),
    )


def _lines(say: Say) -> Lines:
    products = (Choice("a", say("Green tea 250 g", "绿茶 250 克")), Choice("b", say("Tea pot", "茶壶")))

    def row(key: str, product: str, quantity: str, price: str, total: str, error: str = "") -> Line:
        return Line(
            key,
            (
                FieldInput(
                    name=f"lines.{key}.product", label="", kind="choice", value=product, choices=products, required=True
                ),
                FieldInput(name=f"lines.{key}.quantity", label="", kind="integer", value=quantity, error=error),
                FieldInput(name=f"lines.{key}.price", label="", kind="money", value=price),
                FieldInput(name=f"lines.{key}.total", label="", shown=total, locked=say("Computed", "自动计算")),
            ),
        )

    columns = (
        Column("product", say("Product", "产品"), width="broad"),
        Column("quantity", say("Quantity", "数量"), numeric=True),
        Column("price", say("Price", "单价"), numeric=True),
        Column("total", say("Total", "金额"), numeric=True),
    )
    rows = (
        row("1", "a", "3", "48.00", "144.00"),
        row("2", "b", "-1", "260.00", "-260.00", say("Must be at least 1.", "至少为 1。")),
    )
    return Lines(
        name="lines",
        label=say("Lines", "明细"),
        columns=columns,
        lines=rows,
        totals=(Cell(), Cell(), Cell(), Cell("-116.00")),
    )
