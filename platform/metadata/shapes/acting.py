"""Shapes of the kinds that decide and act: roles, rules, imports, tests."""

from __future__ import annotations

from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words

RIGHTS = ("read", "create", "update", "delete", "transfer", "export", "import")
LEVELS = ("write", "read", "mask", "none")
EVENTS = ("create", "update", "delete", "restore")
LATER_TRIGGERS = ("form", "webhook", "message", "decision")

_RIGHT = parts.flag_or_expression("True, false, or the condition that a record must fulfil.")
GRANT = parts.keys(
    Words("a grant", "授权"),
    **dict.fromkeys(RIGHTS, _RIGHT),
    fields=parts.map_to(parts.one_of(LEVELS), "Fields with another right than the rest.", of="field"),
    other_fields=parts.one_of(
        ("write", "read", "none"), "The right to fields that are not listed; write unless it is said."
    ),
    actions=parts.map_to(_RIGHT, "Named actions.", of="action"),
)
ROLE = parts.keys(
    Words("a role", "角色"),
    ("role",),
    role=parts.name("name", "The name of the role."),
    label=parts.LABEL,
    help=parts.HELP,
    entities=parts.map_to(GRANT, "What it may do with each entity; what is not granted is denied.", of="entity"),
    all_entities=parts.one_of(("read", "write"), "The wide grant: all records of all entities."),
    second_step=parts.flag("Whoever has it signs in with a second step; who has none sets one up first."),
)

_LATER = {name: parts.refers() for name in LATER_TRIGGERS}
TRIGGER: Schema = {
    **parts.keys(
        Words("a trigger", "触发条件"),
        field=parts.list_of(parts.refers(to="field"), "One of these fields has changed.", least=1),
        child=parts.refers("A record of this relation was saved, or left it.", to="relation"),
        transition=parts.refers("This transition of a workflow was taken.", to="transition"),
        action=parts.refers("This named action was carried out.", to="action"),
        **_LATER,
    ),
    "type": ["string", "object"],
    "enum:text": list(EVENTS),
    "kith:later": list(LATER_TRIGGERS),
    "minProperties": 1,
    "maxProperties": 1,
    "description": "create, update, delete, restore, {field: [a, b]}, {child: lines}, {transition: name}, or {action: name}.",
}
_CLOCK: Schema = {
    "type": "string",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "kith:wanted": Words("a time such as 06:00", "时间（如 06:00）"),
}
_SPAN: Schema = {
    "type": "string",
    "pattern": "^[1-9][0-9]{0,3}(d|w|mo|y)$",
    "kith:wanted": Words(
        "a span in days, weeks, months or years, such as 30d, 2w, 1mo or 1y",
        "以天、周、月或年计的时长（如 30d、2w、1mo、1y）",
    ),
}
EVERY: Schema = {
    **parts.keys(
        Words("a schedule", "时间安排"),
        ("cron",),
        cron=parts.text("Minute, hour, day of month, month and day of week, as cron writes them."),
    ),
    "type": ["string", "object"],
    "minLength": 1,
    "description": "When, again and again, in the workspace's time: hour at :15, day at 06:00, weekday at 06:00, "
    "mon, thu at 06:00, month on 1 at 06:00, month on last at 06:00, or {cron: 0 6 * * 1-5}.",
}
DUE = {
    **parts.keys(
        Words("a due date", "到期条件"),
        ("field", "at"),
        field=parts.refers("The field with the day.", to="field"),
        before={**_SPAN, "description": "So long before that day; neither: on the day itself."},
        after={**_SPAN, "description": "So long after that day."},
        at={**_CLOCK, "description": "The time of the day, in the workspace's time zone."},
    ),
    "kith:excludes": [("before", "after")],
    "description": "Once for each record, on a day that one of its fields names, or a span before or after it.",
}
MESSAGE = parts.label("What people read when it is refused; fields stand in braces.", parts.template(""))
RULE = parts.keys(
    Words("a rule", "规则"),
    label=parts.LABEL,
    help=parts.HELP,
    on=parts.list_of(TRIGGER, "What wakes it; beside require: create and update unless it is said.", least=1),
    when=parts.expression("When it applies."),
    require=parts.expression("What must hold, else the save is refused."),
    message=MESSAGE,
    field=parts.refers("The field that the message stands at.", to="field"),
    do=parts.program("What is done."),
    every=EVERY,
    for_=parts.expression("Beside every: which records; the condition runs in the database."),
    due=DUE,
)
RULE["kith:one_of"] = ["require", "do"]
RULE["kith:excludes"] = [("on", "every"), ("on", "due"), ("every", "due"), ("require", "every"), ("require", "due")]
RULE["kith:goes_with"] = {"do": ["on", "every", "due"]}
RULE["dependentRequired"] = {
    "require": ["message"],
    "message": ["require"],
    "field": ["require"],
    "every": ["for"],
    "for": ["every"],
}
RULES = parts.keys(
    Words("a document of rules", "规则文档"),
    ("rules", "of", "items"),
    rules=parts.name("name", "The name of the document."),
    of=parts.refers("The entity whose records the rules are about.", to="entity"),
    label=parts.LABEL,
    items=parts.names_to(RULE, doc="The rules.", least=1),
)

_SCALAR: Schema = {"type": ["string", "boolean", "integer", "number"], "kith:as": "text"}
_IMPORT_VALUE = parts.keys(
    Words("an imported value", "导入的值"),
    column=parts.text("The column that it is read from."),
    step=parts.refers("The earlier step whose record it refers to.", to="step"),
    constant={**_SCALAR, "description": "The same value for every row."},
    map=parts.map_to(_SCALAR, "What each text of the column becomes."),
    date={
        "type": "string",
        "pattern": "^[YMDHms年月日 ./:T-]{2,30}$",
        "kith:wanted": Words("a date format such as M/D/YYYY", "日期格式（如 YYYY-MM-DD）"),
    },
    percent=parts.one_of(("points", "fraction"), "points: 15 means 15%; fraction: 0.15 does."),
    decimal=parts.one_of(("comma",), "comma: numbers are written as 1.234,5; else as 1,234.5."),
    match=parts.refers("The key or unique field of the target that the column holds.", to="match"),
    empty={"type": ["array", "string"], "items": parts.text(), "description": "Texts that mean nothing."},
)
_IMPORT_VALUE["kith:one_of"] = ["column", "step", "constant"]
STEP = parts.keys(
    Words("a step of an import", "导入步骤"),
    ("entity", "values"),
    entity=parts.refers("The entity that it writes.", to="entity"),
    key=parts.refers("The key or unique field by which it finds a record.", to="key"),
    mode=parts.one_of(("upsert", "create", "update", "match"), "upsert unless it is said; match only looks up."),
    values=parts.map_to(_IMPORT_VALUE, "For each field, where its value comes from.", least=1, of="field"),
    when=parts.text("A column that must be filled for the step to run."),
)
FILE = parts.keys(
    Words("a file", "文件"),
    ("format",),
    format=parts.one_of(("delimited", "xls", "xlsx", "json"), "The kind of file."),
    delimiter=parts.text("What parts the columns; `blanks` for any number of spaces."),
    encoding=parts.text("utf-8, gb18030, …; found out unless it is said."),
    header=parts.flag("Whether the first row names the columns; true unless it is said."),
    columns=parts.list_of(parts.text(), "The names of the columns, where no row names them."),
    sheet=parts.text("The sheet; the first unless it is said."),
    skip=parts.whole(0, 100, "Rows to leave out at the top."),
)
IMPORT = parts.keys(
    Words("an import", "导入"),
    ("import", "file", "steps"),
    import_=parts.name("name", "The name of the import."),
    label=parts.LABEL,
    file=FILE,
    steps=parts.names_to(STEP, doc="The entities that each row feeds, in this order.", least=1),
)

VALUES: Schema = {
    "type": "object",
    "kith:keys": "field",
    "description": "Values by field: a value as in data, me, or a map for a record that is made along.",
}
ACT = parts.keys(
    Words("an act", "操作"),
    create={**VALUES, "description": "The record is created with these values besides the given ones."},
    update={**VALUES, "description": "The given record is changed."},
    delete=parts.flag("The given record is deleted."),
    restore=parts.flag("The deleted record is restored."),
    read=parts.flag("The given record is looked up."),
    fill={**VALUES, "description": "The form is filled with these values, and not saved."},
    action=parts.refers("This named action is carried out on the given record.", to="action"),
    transition=parts.refers("The given record takes this transition.", to="transition"),
    schedule=parts.refers("This rule that time wakes comes up, for all records that it is about.", to="rule"),
    midnight=parts.flag("A new day begins: values that change with it are renewed, and rules that read them woken."),
    inputs={**VALUES, "description": "Beside an action: what it asks for."},
    values={**VALUES, "description": "Beside a transition: what is written along with it."},
)
ACT["kith:one_of"] = [
    *("create", "update", "delete", "restore", "read", "fill"),
    *("action", "transition", "schedule", "midnight"),
]
ACT["dependentRequired"] = {"inputs": ["action"], "values": ["transition"]}
_EXPECTED = parts.list_of(parts.refers(to="field"), least=1)
_SENT = parts.keys(
    Words("something sent", "发出的内容"),
    notify={**VALUES, "description": "A notice: `to` and `message`."},
    email={**VALUES, "description": "An e-mail: `to` and `template`."},
    webhook={**VALUES, "description": "A call: `webhook` is its name, `data` what goes along."},
    assign={**VALUES, "description": "Somebody of a queue is asked for: `field` and `queue`."},
    submit={**VALUES, "description": "An approval is asked for: `approval`."},
)
_SENT["kith:one_of"] = ["notify", "email", "webhook", "assign", "submit"]
_CREATED: Schema = {"type": ["object", "array"], "kith:keys": "field", "items": VALUES}
EXPECT = parts.keys(
    Words("an expectation", "预期"),
    refused=parts.list_of(
        parts.refers(to="refusal"), "The save is refused by exactly these rules and fields.", least=1
    ),
    saved=parts.flag("The save goes through."),
    values={**VALUES, "description": "Values that the record has afterwards."},
    created=parts.map_to(_CREATED, "Records that rules have created, by entity.", of="entity"),
    sent=parts.list_of(
        _SENT, "What rules have sent away, in this order, each with the parts that matter.", unique=False
    ),
    denied=parts.flag("The role may not."),
    visible=parts.flag("Whether the role sees the record."),
    may=parts.list_of(parts.one_of(RIGHTS), "What the role may do with the record.", least=1),
    may_not=parts.list_of(parts.one_of(RIGHTS), "What it may not.", least=1),
    reads={**_EXPECTED, "description": "Fields that the role reads."},
    reads_not={**_EXPECTED, "description": "Fields that are hidden from it, or masked."},
    shown={**_EXPECTED, "description": "Beside fill: fields that the form shows."},
    not_shown={**_EXPECTED, "description": "Beside fill: fields that it does not show."},
    required={**_EXPECTED, "description": "Beside fill: fields that must be filled."},
    not_required={**_EXPECTED, "description": "Beside fill: fields that may stay empty."},
    locked={**_EXPECTED, "description": "Beside fill: fields that cannot be changed."},
    not_locked={**_EXPECTED, "description": "Beside fill: fields that can be changed."},
)
EXPECT["minProperties"] = 1
_AT: Schema = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$",
    "kith:wanted": Words("a day or time such as 2026-11-22T09:00", "日期或时间（如 2026-11-22T09:00）"),
}
_FORM = parts.refers("Beside fill: the form, where the entity has several.", to="form")
STEP = parts.keys(
    Words("an act in turn", "依次的操作"),
    ("act",),
    at={**_AT, "description": "The time at which it happens; that of the act before unless it is said."},
    as_=parts.refers("The role of the one who acts; that of the case unless it is said.", to="role"),
    form=_FORM,
    act=ACT,
    expect={**EXPECT, "description": "What comes of it; that it is saved unless it is said."},
)
CASE = parts.keys(
    Words("a case", "用例"),
    label=parts.LABEL,
    at={**_AT, "description": "The time at which it happens."},
    as_=parts.refers("The role of the one who acts.", to="role"),
    form=_FORM,
    me={**VALUES, "kith:of": "user", "description": "The user who acts: team, name and whatever else matters."},
    given={**VALUES, "description": "The record as it is before; nobody's rules run for it."},
    act=ACT,
    expect=EXPECT,
    acts=parts.list_of(STEP, "Several acts in turn, each with what is expected of it.", least=1, unique=False),
)
CASE["kith:one_of"] = ["act", "acts"]
CASE["dependentRequired"] = {"act": ["expect"], "expect": ["act"]}
TESTS = parts.keys(
    Words("a document of tests", "测试文档"),
    ("tests", "of", "cases"),
    tests=parts.name("name", "The name of the document."),
    of=parts.refers("The entity that is tested.", to="entity"),
    cases=parts.names_to(CASE, doc="The cases.", least=1),
)
