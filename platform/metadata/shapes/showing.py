"""Shapes of the kinds that show records: forms, views, segments."""

from __future__ import annotations

from kith.metadata import names
from kith.metadata.shapes import parts
from kith.problems import Words

_VISIBLE = parts.expression("When it is shown; this is presentation and protects nothing.")
_WIDGET = parts.refers("Another look over the same type, on this form only.")
_ITEM = parts.keys(Words("a form item", "表单项"), visible_when=_VISIBLE, only_for=parts.ONLY_FOR, widget=_WIDGET)
_SECTION = parts.keys(
    Words("a section of a form", "表单分区"),
    ("items",),
    label=parts.LABEL,
    columns=parts.whole(1, 4, "Columns side by side; 1 unless it is said."),
    tab=parts.refers("The tab that it stands on.", to="tab"),
    items=parts.map_to(_ITEM, "The fields, in their order.", least=1, of="field"),
    visible_when=_VISIBLE,
    only_for=parts.ONLY_FOR,
)
_TAB = parts.keys(Words("a tab", "选项卡"), label=parts.LABEL)
_RELATED = parts.keys(
    Words("a related list", "相关列表"),
    label=parts.LABEL,
    view=parts.refers("The view that gives its columns and order.", to="view"),
    edit=parts.one_of(("lines",), "lines: owned lines are edited in place, as a grid."),
)
FORM = parts.keys(
    Words("a form", "表单"),
    ("form", "of", "sections"),
    form=parts.name("name", "The name of the form."),
    of=parts.refers("The entity that it shows.", to="entity"),
    label=parts.LABEL,
    tabs=parts.names_to(_TAB, doc="The tabs, in their order."),
    highlights=parts.list_of(parts.refers(to="field"), "Fields that stand on top of the record's page.", most=8),
    sections=parts.names_to(_SECTION, doc="The groups of fields, in their order.", least=1),
    related=parts.map_to(_RELATED, "Lists of related records, by relation.", of="relation"),
)

_COLUMN = parts.keys(
    Words("a column", "列"),
    label=parts.LABEL,
    width=parts.whole(1, 200, "Characters; automatic unless it is said."),
    total=parts.one_of(("sum", "avg", "min", "max", "count"), "What stands under the column."),
)
LAYOUTS = ("table", "kanban", "calendar", "timeline", "cards")
VIEW = parts.keys(
    Words("a view", "视图"),
    ("view", "of", "columns"),
    view=parts.name("name", "The name of the view."),
    of=parts.refers("The entity whose records it lists.", to="entity"),
    label=parts.LABEL,
    help=parts.HELP,
    layout=parts.one_of(LAYOUTS, "How records are shown; as a table unless it is said."),
    group=parts.refers("The field whose values are the columns of a kanban, or the rows of a timeline.", to="field"),
    starts=parts.refers("The day, instant or span of days that places a record in time.", to="field"),
    ends=parts.refers("Where it ends, where `starts` is no span.", to="field"),
    color_by=parts.refers("The choice whose colours the records have on a board.", to="field"),
    segment=parts.refers("The segment whose records it lists.", to="segment"),
    filter=parts.expression("Which records it lists."),
    columns=parts.map_to(_COLUMN, "The columns: fields, or paths through references.", least=1, of="path"),
    sort=parts.list_of(
        {
            "type": "string",
            "kith:to": "path",
            "pattern": "^-?" + names.PATH.lstrip("^"),
            "kith:wanted": Words("a field, with - before it for descending", "字段，前面加 - 表示降序"),
        },
        "Fields to sort by, with - before it for descending.",
        most=8,
    ),
)
VIEW["kith:excludes"] = [("segment", "filter")]

SEGMENT = parts.keys(
    Words("a segment", "细分"),
    ("segment", "of", "filter"),
    segment=parts.name("name", "The name of the segment."),
    of=parts.refers("The entity whose records it picks.", to="entity"),
    label=parts.LABEL,
    help=parts.HELP,
    filter=parts.expression("Which records belong to it."),
)
