"""Invented records for the gallery's reading components."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kith.web.look import COLOURS
from kith.web.view import (
    Cell,
    Change,
    Choice,
    Column,
    Empty,
    Event,
    Fact,
    Filter,
    Link,
    Notice,
    Page,
    Person,
    Row,
    RowGroup,
    Stage,
    Step,
    Table,
    Tile,
    Why,
)

Say = Callable[[str, str], str]

NAMES = (
    ("Chen Wei", "陈伟", "gold", "2,480.00", "12", "teal"),
    ("Zhang San", "张三", "silver", "860.50", "4", "indigo"),
    ("Amelia Brooks", "欧阳娜娜", "basic", "120.00", "1", "pink"),
    ("Wang Xiaoming", "王小明", "gold", "5,312.40", "31", "amber"),
    ("Li Na", "李娜", "", "0.00", "0", "green"),
)


def samples(say: Say) -> Mapping[str, object]:
    """Return everything that `gallery/components.html` shows."""
    return {
        "title": say("Customers", "客户"),
        "crumbs": (Link(say("Home", "首页"), "/_gallery"), Link(say("Customers", "客户"), "/_gallery")),
        "heads": _headings(say),
        "head_actions": (
            Link(say("Export", "导出"), "#export", "download"),
            Link(say("New customer", "新建客户"), "#new", "plus"),
        ),
        "head_more": (
            Link(say("Import", "导入"), "#import", "upload"),
            Link(say("Recycle bin", "回收站"), "#bin", "trash-2"),
        ),
        "notices": _notices(say),
        "colours_shown": [Choice(name, name.title(), name) for name in COLOURS],
        "tiles_shown": _tiles(say),
        "filters": (
            Filter(say("Level is Key or Regular", "级别是重点或普通"), "#f1", "#e1"),
            Filter(say("Last contact in the last 30 days", "最近 30 天内联系过"), "#f2", "#e2"),
        ),
        "table": _table(say),
        "grouped": _grouped(say),
        "bulk": (
            Choice("assign", say("Assign", "分配")),
            Choice("export", say("Export", "导出")),
            Choice("delete", say("Delete", "删除"), "red"),
        ),
        "page": Page(say("1–50 of 1,234", "第 1–50 条，共 1,234 条"), "", "#next"),
        "page_many": Page(say("101–150 of 10,000+", "第 101–150 条，共 10,000+ 条"), "#previous", "#next"),
        "empties": _empties(say),
        "tabs_shown": (
            Link(say("Overview", "概览"), "#overview", "file-text", current=True),
            Link(say("Orders", "订单"), "#orders", "package", badge="12"),
            Link(say("Score", "评分"), "#score", "coins"),
            Link(say("History", "历史"), "#history", "history"),
        ),
        "stages": _stages(say),
        "facts_shown": _facts(say),
        "events": _events(say),
        "steps_shown": (
            Step(say("Upload", "上传"), "done", "#upload"),
            Step(say("Map columns", "匹配列"), "done", "#map"),
            Step(say("Check", "检查"), "current"),
            Step(say("Run", "执行")),
        ),
        "toasts": (
            Notice(
                say("12 customers updated.", "已更新 12 位客户。"),
                "success",
                actions=(Link(say("Undo", "撤销"), "#undo"),),
            ),
            Notice(say("The connection was lost.", "连接已断开。"), "danger"),
        ),
        "people": (Person(say("Mei Lin", "林小梅"), "#", "teal"), Person("Amelia Brooks", "", "purple")),
        "record_menu": (
            Link(say("Edit", "编辑"), "#edit", "pencil"),
            Link(say("Delete", "删除"), "/_gallery/confirm", "trash-2", danger=True, dialog=True),
        ),
        "dialog_text": say("A dialog keeps the place behind it.", "对话框会保留背后的位置。"),
    }


def _headings(say: Say) -> Mapping[str, str]:
    return {
        "buttons": say("Buttons and chips", "按钮与标签"),
        "notices": say("Notices", "通知"),
        "lists": say("List", "列表"),
        "grouped": say("Grouped list with totals", "分组与合计"),
        "empty": say("Empty places", "空状态"),
        "record": say("Record", "记录"),
        "profile": say("Profile", "档案"),
        "timeline": say("Timeline", "时间线"),
        "steps": say("Steps", "步骤"),
        "toasts": say("Toasts", "轻提示"),
        "person": say("Chen Wei", "陈伟"),
        "person_note": say("Customer since 3 May 2021", "2021年5月3日起"),
        "save": say("Save", "保存"),
        "secondary": say("Secondary", "次要"),
        "ghost": say("Quiet", "安静"),
        "delete": say("Delete", "删除"),
        "disabled": say("Not possible", "不可用"),
        "more": say("More", "更多"),
        "open": say("Open dialog", "打开对话框"),
        "field": say("Level", "级别"),
    }


def _notices(say: Say) -> tuple[Notice, ...]:
    return (
        Notice(say("Prices are shown without tax.", "价格不含税。")),
        Notice(
            say("Saved. Two rules changed other fields.", "已保存，两条规则修改了其他字段。"),
            "success",
            actions=(Link(say("See why", "查看原因"), "#why"),),
        ),
        Notice(
            say("This customer may already exist: Chen Wei, Shanghai.", "该客户可能已存在：陈伟，上海。"),
            "warning",
            say("Possible duplicate", "可能重复"),
        ),
        Notice(
            say("Discount 18% is above the 15% that your role may give.", "折扣 18% 高于您的角色可给的 15%。"),
            "danger",
            say("Not saved", "未能保存"),
        ),
    )


def _tiles(say: Say) -> tuple[Tile, ...]:
    return (
        Tile(
            say("Revenue this month", "本月收入"),
            "¥1,284,500",
            "#a",
            say("▲ 12.4% on last month", "▲ 比上月 12.4%"),
            "success",
            "trending-up",
        ),
        Tile(say("Open projects", "进行中的项目"), "38", "#b", say("¥3.2M weighted", "加权 ¥320万"), "", "briefcase"),
        Tile(
            say("Silent customers", "久未联系"),
            "214",
            "#c",
            say("▼ 9 more than last week", "▼ 比上周多 9"),
            "danger",
            "user-round",
        ),
        Tile(say("Answered in time", "按时响应率"), "96.2%", "", say("Target 95%", "目标 95%"), "", "clock"),
    )


def _level(say: Say, value: str) -> tuple[Choice, ...]:
    levels = {
        "gold": (say("Key", "重点"), "amber"),
        "silver": (say("Regular", "普通"), "gray"),
        "basic": (say("New", "新建"), "blue"),
    }
    return (Choice(value, *levels[value]),) if value else ()


def _columns(say: Say) -> tuple[Column, ...]:
    return (
        Column("name", say("Name", "姓名"), "#s1", "ascending", phone="title", width="broad"),
        Column("level", say("Level", "级别"), "#s2"),
        Column("owner", say("Owner", "负责人"), "#s3"),
        Column("phone", say("Phone", "电话"), phone="hide"),
        Column("orders", say("Orders", "订单"), "#s4", numeric=True, phone="hide"),
        Column(
            "spent",
            say("Spent (CNY)", "金额（元）"),
            "#s5",
            numeric=True,
            why=say("Computed from paid orders", "由已付订单计算"),
        ),
        Column("last", say("Last contact", "最近联系"), "#s6"),
    )


def _row(say: Say, index: int) -> Row:
    english, chinese, level, spent, orders, colour = NAMES[index % len(NAMES)]
    name = say(english, chinese)
    return Row(
        f"c{index}",
        (
            Cell(name),
            Cell(chips=_level(say, level)),
            Cell(person=Person(say("Mei Lin", "林小梅"), colour=colour)),
            Cell(f"138 0013 80{index:02}", f"tel:+861380013 80{index:02}".replace(" ", "")),
            Cell(orders),
            Cell(spent),
            Cell(say(f"{index + 3} Nov 2026", f"2026年11月{index + 3}日") if level else ""),
        ),
        "#record",
        selected=index == 1,
        actions=(
            Link(say("Edit", "编辑"), "#edit", "pencil"),
            Link(say("Delete", "删除"), "/_gallery/confirm", "trash-2", danger=True, dialog=True),
        ),
        label=name,
    )


def _table(say: Say) -> Table:
    return Table(
        caption=say("Customers", "客户"),
        columns=_columns(say),
        rows=tuple(_row(say, n) for n in range(8)),
        selectable=True,
    )


def _grouped(say: Say) -> Table:
    columns = (_columns(say)[0], _columns(say)[2], _columns(say)[4], _columns(say)[5])

    def row(index: int) -> Row:
        cells = _row(say, index).cells
        return Row(f"g{index}", (cells[0], cells[2], cells[4], cells[5]), "#record")

    groups = (
        RowGroup(
            say("Key", "重点"),
            (row(0), row(3)),
            _level(say, "gold")[0],
            "2",
            (Cell(), Cell(), Cell("43"), Cell("7,792.40")),
        ),
        RowGroup(
            say("Regular", "普通"),
            (row(1),),
            _level(say, "silver")[0],
            "1",
            (Cell(), Cell(), Cell("4"), Cell("860.50")),
        ),
    )
    totals = (Cell(say("All", "全部")), Cell(), Cell("47"), Cell("8,652.90"))
    return Table(caption=say("Customers by level", "按级别的客户"), columns=columns, groups=groups, totals=totals)


def _empties(say: Say) -> tuple[Empty, ...]:
    return (
        Empty(
            say("No customers yet", "还没有客户"),
            say("Add the first one, or import your list from a spreadsheet.", "添加第一位客户，或从表格导入名单。"),
            "users",
            Link(say("New customer", "新建客户"), "#new", "plus"),
        ),
        Empty(
            say("No match", "没有匹配"),
            say("No customer meets these filters.", "没有客户符合这些筛选条件。"),
            "search",
            Link(say("Clear filters", "清除筛选"), "#clear"),
        ),
        Empty(
            say("Nothing you may see", "没有可查看的内容"),
            say("There are records here, but your role does not include them.", "这里有记录，但您的角色无权查看。"),
            "lock",
        ),
    )


def _stages(say: Say) -> tuple[Stage, ...]:
    return (
        Stage("new", say("New", "新建"), "done"),
        Stage("qualified", say("Qualified", "已确认"), "done"),
        Stage("proposal", say("Proposal", "方案"), "current"),
        Stage("negotiation", say("Negotiation", "谈判"), "next"),
        Stage("won", say("Won", "赢单"), "blocked", say("An offer must be accepted first", "须先接受方案")),
        Stage("lost", say("Lost", "输单"), "next"),
    )


def _facts(say: Say) -> tuple[Fact, ...]:
    locked = Why(
        say(
            "Level is computed from the score of the last 12 months: 2,480 ≥ 2,000.",
            "级别由最近 12 个月的评分计算：2,480 ≥ 2,000。",
        ),
        "/_gallery/confirm",
    )
    return (
        Fact(say("Level", "级别"), Cell(chips=_level(say, "gold")), locked),
        Fact(say("Owner", "负责人"), Cell(person=Person(say("Mei Lin", "林小梅"), "#", "teal")), edit="#edit-owner"),
        Fact(say("Phone", "电话"), Cell("138 0013 8000", "tel:+8613800138000", icon="phone"), edit="#edit-phone"),
        Fact(
            say("E-mail", "邮箱"),
            Cell("chen.wei@example.com", "mailto:chen.wei@example.com", icon="mail"),
            edit="#edit-mail",
        ),
        Fact(say("Birthday", "生日"), Cell(say("9 April 1988", "1988年4月9日")), edit="#edit-birthday"),
        Fact(say("Referred by", "推荐人"), Cell(), edit="#edit-referrer"),
        Fact(
            say("Address", "地址"),
            Cell(
                say(
                    "Room 1203, 88 Century Avenue, Pudong, Shanghai 200120",
                    "上海市浦东新区世纪大道 88 号 1203 室 200120",
                )
            ),
            wide=True,
        ),
    )


def _events(say: Say) -> tuple[Event, ...]:
    mei = Person(say("Mei Lin", "林小梅"), colour="teal")
    return (
        Event(
            say("called: asked for the new catalogue", "致电：索取新目录"),
            say("today, 10:24", "今天 10:24"),
            "2026-11-25T10:24:00+08:00",
            "phone",
            mei,
            say("Prefers delivery on weekdays after six.", "希望工作日六点以后送货。"),
            actions=(Link(say("Reply", "回复"), "#reply"),),
        ),
        Event(
            say("changed two fields", "修改了两个字段"),
            say("yesterday, 16:02", "昨天 16:02"),
            "2026-11-24T16:02:00+08:00",
            "pencil",
            mei,
            changes=(
                Change(say("Level", "级别"), say("Regular", "普通"), say("Key", "重点")),
                Change(say("Note", "备注"), "", say("VIP", "贵宾")),
            ),
        ),
        Event(
            say("Rule “Key from 2,000 on” set the level", "规则“满 2,000 为重点”修改了级别"),
            say("yesterday, 16:02", "昨天 16:02"),
            "2026-11-24T16:02:00+08:00",
            "workflow",
            None,
            tone="success",
            why=Why(say("score_12m = 2,480, and 2,480 ≥ 2,000.", "score_12m = 2,480，且 2,480 ≥ 2,000。")),
        ),
        Event(
            say("A refund of ¥320.00 was refused", "¥320.00 的退款被拒绝"),
            say("20 Nov", "11月20日"),
            "2026-11-20T09:10:00+08:00",
            "circle-alert",
            None,
            tone="danger",
        ),
    )
