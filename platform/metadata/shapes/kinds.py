"""The table of kinds: for each kind of document its folder, what it is for, and its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kith.metadata.fields import FIELD_TYPES, LATER, MEANT
from kith.metadata.fields.kind import COMMON, FieldType
from kith.metadata.likeness import WAYS
from kith.metadata.shapes import parts
from kith.metadata.shapes.acting import IMPORT, ROLE, RULES, TESTS
from kith.metadata.shapes.calendars import CALENDAR
from kith.metadata.shapes.dashboards import DASHBOARD
from kith.metadata.shapes.flows import ACTIONS, WORKFLOW
from kith.metadata.shapes.parts import Schema
from kith.metadata.shapes.privacy import CONSENTS, ERASURE, PERSON, RETENTION
from kith.metadata.shapes.settings import SETTINGS
from kith.metadata.shapes.showing import FORM, SEGMENT, VIEW
from kith.problems import Words


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document; `folder` is "" for the one that stands in the app's own folder."""

    name: str
    folder: str
    title: Words
    doc: Words
    schema: Schema
    example: str


def field_schema(kind: FieldType) -> Schema:
    """The keys that a field of one type takes."""
    properties: dict[str, Schema] = {
        "type": {"const": kind.name},
        **{key: COMMON[key] for key in COMMON if key in kind.common},
    }
    if kind.value is not None and kind.writable:
        properties["default"] = {**kind.value, "description": "What a new record gets."}
    if kind.widgets:
        properties["widget"] = parts.one_of(
            kind.widgets, "Another look over the same type; the first is the usual one."
        )
    title = Words(f"a field of type {kind.name}", f"{kind.name} 类型的字段")
    schema = parts.keys(title, ("type", *kind.needs))
    schema["properties"] = {**properties, **kind.keys}
    if "options_from" in kind.keys:
        schema["kith:one_of"] = ["options", "options_from"]
    excluded = (("currency", "currency_field"), ("default", "default_from"), ("to", "among"))
    schema["kith:excludes"] = [pair for pair in excluded if set(pair) <= schema["properties"].keys()]
    return schema


FIELD: Schema = {
    "type": "object",
    "kith:title": Words("a field", "字段"),
    "required": ["type"],
    "kith:choose": {
        "by": "type",
        "among": {name: field_schema(kind) for name, kind in FIELD_TYPES.items()},
        "later": LATER,
        "meant": MEANT,
        "what": Words("a field type", "字段类型"),
    },
}
FIELDS = parts.names_to(FIELD, "field", "The fields in their order.", most=parts.MAX_FIELDS)
_FIELD_LIST = parts.list_of(parts.refers(to="field"), least=1, most=16)
_KEYS = parts.names_to(
    _FIELD_LIST, "name", "Sets of fields that are unique among live records; imports and data match by them."
)
_INDEXES = parts.names_to(_FIELD_LIST, "name", "Sets of fields that lists filter or sort by.")
_DUPLICATES = parts.names_to(
    parts.keys(
        Words("a search for duplicates", "查重规则"),
        ("match",),
        match=parts.map_to(
            parts.one_of(WAYS),
            "How each field is compared; records in which one is empty are not.",
            least=1,
            of="field",
        ),
        action=parts.one_of(
            ("warn", "refuse", "ask"),
            "What happens when a duplicate is found; warn unless it is said, and nothing but where somebody asks.",
        ),
        tell=parts.list_of(
            parts.refers(to="field"), "What is told even of a record that one may not see, such as its owner.", most=8
        ),
    ),
    doc="When two records may be the same.",
)

_SEEN_WITH = parts.keys(
    Words("what records are seen with", "记录随何者可见"),
    ("field",),
    field=parts.refers("The reference to the record that one must be able to read to read this one.", to="field"),
    besides=parts.expression("Which records are seen without that, such as one's own."),
) | {
    "description": "What its records are seen with: only who may read the record that a reference names may read them."
}

ENTITY = parts.keys(
    Words("an entity", "实体"),
    ("entity",),
    entity=parts.name("entity", "The name of the entity."),
    label=parts.LABEL,
    plural=parts.label("What people call several of them."),
    help=parts.HELP,
    title=parts.template("What a record is called: a text with fields in braces."),
    icon=parts.ICON,
    include=parts.list_of(parts.refers(to="fragment"), "Fragments whose fields, keys and indexes it takes over."),
    variants=parts.refers("A required choice field; forms may differ by its options.", to="field"),
    fields=FIELDS,
    keys=_KEYS,
    indexes=_INDEXES,
    duplicates=_DUPLICATES,
    actions=ACTIONS,
    history=parts.flag("Whether every change is kept; true unless it is said."),
    activities=parts.flag(
        "Whether tasks, calls, meetings and mail about its records are kept, and shown on their pages."
    ),
    notes=parts.flag("Whether notes about its records are kept, and shown on their pages."),
    seen_with=_SEEN_WITH,
    person=PERSON,
    erasure=ERASURE,
    retention=RETENTION,
    consents=CONSENTS,
    renamed_from=parts.RENAMED,
)
FRAGMENT = parts.keys(
    Words("a fragment", "片段"),
    ("fragment",),
    fragment=parts.name("name", "The name of the fragment."),
    fields=FIELDS,
    keys=_KEYS,
    indexes=_INDEXES,
    duplicates=_DUPLICATES,
)
STRINGS = parts.keys(
    Words("a document of strings", "文本文档"),
    ("strings", "texts"),
    strings=parts.LANGUAGE_TAG | {"description": "The language of the texts."},
    texts=parts.map_to(parts.text(), "For each place, such as entity.store.label, its text."),
)
_ROW: Schema = {
    "type": "object",
    "kith:keys": "field",
    "description": "The values of a record by field, and its owned lines by relation.",
}
DATA = parts.keys(
    Words("a document of data", "数据文档"),
    ("data", "of", "rows"),
    data=parts.name("name", "The name of the data."),
    of=parts.refers("The entity of the records.", to="entity"),
    key=parts.refers("The key or unique field by which rows and records match.", to="key"),
    rows={
        "type": ["object", "array"],
        "additionalProperties": _ROW,
        "items": _ROW,
        "description": "The records: by the value of the key where that is one field, else a list.",
    },
)

_NAV_ITEM = {
    "label": parts.LABEL,
    "icon": parts.ICON,
    "entity": parts.refers("The entity whose list it opens.", to="entity"),
    "view": parts.refers("The view that it opens with.", to="view"),
}
_NAV_LEAF = parts.keys(Words("an entry of the navigation", "导航项"), ("entity",), **_NAV_ITEM)
_NAV = parts.keys(
    Words("an entry of the navigation", "导航项"),
    **_NAV_ITEM,
    items=parts.names_to(_NAV_LEAF, doc="The entries of a group."),
)
_NAV["kith:one_of"] = ["entity", "items"]
APP = parts.keys(
    Words("an app", "应用"),
    ("app",),
    app=parts.name("name", "The name of the app."),
    version={
        "type": "string",
        "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+([.-][0-9a-z.]+)?$",
        "kith:wanted": Words("a version such as 1.0.0", "版本号（如 1.0.0）"),
    },
    title=parts.label("What people call the app."),
    help=parts.HELP,
    requires=parts.keys(
        Words("what an app requires", "应用的要求"),
        platform={
            "type": "string",
            "pattern": r"^(>=|==|<)[0-9]+(\.[0-9]+){0,2}(, ?(>=|==|<)[0-9]+(\.[0-9]+){0,2})*$",
            "kith:wanted": Words("a bound such as >=1.0", "版本范围（如 >=1.0）"),
            "description": "The versions of the platform that it works with.",
        },
    ),
    extends=parts.refers("The app that it is a layer on."),
    languages=parts.list_of(parts.LANGUAGE_TAG, "The languages of its texts; the first is the default.", least=1),
    time_zone={**FIELD_TYPES["time_zone"].value, "description": "The time zone in which a day is a day."},  # type: ignore[dict-item]
    currency=parts.CURRENCY | {"description": "The currency of money that names none."},
    accent=parts.one_of(
        ("indigo", "blue", "teal", "green", "amber", "orange", "red", "pink", "violet", "slate"),
        "The colour of buttons and links.",
    ),
    navigation=parts.names_to(_NAV, doc="What the side bar lists, in one or two levels."),
    settings=SETTINGS,
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "app",
            "",
            Words("App", "应用"),
            Words("What the app is: its name, version, languages and navigation.", "应用的名称、版本、语言和导航。"),
            APP,
            "app: shop\nversion: 1.0.0\ntitle: {en: Shop, zh-CN: 商店}\nlanguages: [en, zh-CN]",
        ),
        Kind(
            "entity",
            "entities",
            Words("Entity", "实体"),
            Words("A kind of record, with its fields.", "一种记录及其字段。"),
            ENTITY,
            'entity: store\ntitle: "{name}"\nfields:\n  name: {type: text, required: true}',
        ),
        Kind(
            "fragment",
            "fragments",
            Words("Fragment", "片段"),
            Words("Fields that several entities include.", "多个实体共用的字段。"),
            FRAGMENT,
            "fragment: addressable\nfields:\n  address: {type: address}",
        ),
        Kind(
            "form",
            "forms",
            Words("Form", "表单"),
            Words("How a record is shown and edited.", "记录的显示和编辑方式。"),
            FORM,
            "form: store_main\nof: store\nsections:\n  basics:\n    columns: 2\n    items: {name: {}}",
        ),
        Kind(
            "view",
            "views",
            Words("View", "视图"),
            Words("A list of records.", "记录列表。"),
            VIEW,
            "view: stores\nof: store\nlayout: table\ncolumns: {name: {width: 20}}\nsort: [name]",
        ),
        Kind(
            "segment",
            "segments",
            Words("Segment", "细分"),
            Words("A named filter.", "命名的筛选条件。"),
            SEGMENT,
            "segment: nameless\nof: store\nfilter: name is not set",
        ),
        Kind(
            "dashboard",
            "dashboards",
            Words("Dashboard", "仪表盘"),
            Words("Numbers, charts and lists on one page.", "一页上的数字、图表和列表。"),
            DASHBOARD,
            "dashboard: shops\ntiles:\n  stores: {kind: number, of: store}\n"
            "  by_city: {kind: bar, of: store, group: city, measure: sum(sales)}",
        ),
        Kind(
            "role",
            "roles",
            Words("Role", "角色"),
            Words("What people may see and do.", "用户可以查看和执行的操作。"),
            ROLE,
            "role: clerk\nentities:\n  store: {read: true, update: created_by == me}",
        ),
        Kind(
            "rules",
            "rules",
            Words("Rules", "规则"),
            Words(
                "What must hold, and what happens by itself, when records are saved.",
                "保存记录时必须满足的条件和自动发生的动作。",
            ),
            RULES,
            "rules: store_rules\nof: store\nitems:\n"
            "  named:\n    require: name is set\n    message: {en: Name it., zh-CN: 请命名。}\n    field: name",
        ),
        Kind(
            "workflow",
            "workflows",
            Words("Workflow", "流程"),
            Words(
                "The states that records go through, and the ways from one to another.",
                "记录经历的状态，以及状态之间的流转。",
            ),
            WORKFLOW,
            "workflow: ticket_states\nof: ticket\nfield: status\n"
            "states: {open: {}, done: {final: true, required: [answer]}}\n"
            "transitions: {close: {from: [open], to: done, when: answer is set}}",
        ),
        Kind(
            "calendar",
            "calendars",
            Words("Calendar", "日历"),
            Words(
                "When people work: hours, days off, and the days of work that make up for them.",
                "工作时间：工时、假日与调休上班日。",
            ),
            CALENDAR,
            "calendar: standard\nhours: {mon: [09:00-17:00], tue: [09:00-17:00]}\n"
            "holidays: {new_year_2026: {from: 2026-01-01, to: 2026-01-03, work: [2026-01-04]}}",
        ),
        Kind(
            "import",
            "imports",
            Words("Import", "导入"),
            Words("How a flat file becomes records of several entities.", "如何将平面文件转换为多个实体的记录。"),
            IMPORT,
            "import: stores\nfile: {format: delimited}\n"
            "steps:\n  store:\n    entity: store\n    key: name\n    values: {name: {column: Store}}",
        ),
        Kind(
            "strings",
            "strings",
            Words("Strings", "文本"),
            Words("Texts of one language, for any place of the app.", "某种语言的界面文本。"),
            STRINGS,
            "strings: zh-CN\ntexts: {entity.branch.label: 分店}",
        ),
        Kind(
            "data",
            "data",
            Words("Data", "数据"),
            Words(
                "Records that come with the app; in data/demo, only with --demo.",
                "随应用提供的记录；data/demo 中的仅在 --demo 时加载。",
            ),
            DATA,
            "data: stores\nof: store\nkey: name\nrows: {Central: {}}",
        ),
        Kind(
            "tests",
            "tests",
            Words("Tests", "测试"),
            Words("Cases that must hold before the app is published.", "应用发布前必须通过的用例。"),
            TESTS,
            "tests: naming\nof: store\ncases:\n  needs_a_name:\n    act: {create: {}}\n    expect: {refused: [name]}",
        ),
    )
}
"""Every kind of document by its name."""

LATER_KINDS: Mapping[str, str] = {
    "report": "reports",
    "template": "templates",
    "webform": "webforms",
    "queue": "queues",
    "sla": "slas",
    "campaign": "campaigns",
    "integration": "integrations",
}
"""Kinds of the design whose part of the engine does not exist yet, with their folders."""

FOLDERS: Mapping[str, Kind] = {kind.folder: kind for kind in KINDS.values() if kind.folder}
