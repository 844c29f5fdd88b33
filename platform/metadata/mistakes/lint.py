"""W5: documents that work and are most likely not what was meant."""

from __future__ import annotations

from kith.problems import Mistake, Words

NO_TEXT = Mistake(
    "W501",
    Words('"{what}" has no "{key}" in {languages}', "“{what}”缺少 {languages} 的“{key}”"),
    "# app.yaml\nlanguages: [en, zh-CN]\ntitle: {en: Example, zh-CN: 示例}\n# roles/clerk.yaml\nrole: clerk\n"
    "label: {en: Clerk}",
    "# app.yaml\nlanguages: [en, zh-CN]\ntitle: {en: Example, zh-CN: 示例}\n# roles/clerk.yaml\nrole: clerk\n"
    "label: {en: Clerk, zh-CN: 店员}",
    "warning",
)
HIDES_REQUIRED = Mistake(
    "W502",
    Words('the form may hide "{name}", which is required', "表单可能会隐藏必填的“{name}”"),
    'form: f\nof: thing\nsections: {main: {items: {name: {visible_when: status == "open"}}}}',
    "form: f\nof: thing\nsections: {main: {items: {name: {}}}}",
    "warning",
)
LACKS_REQUIRED = Mistake(
    "W503",
    Words(
        'the form lacks "{name}", which is required: no record can be created with it',
        "表单缺少必填的“{name}”，无法用它新建记录",
    ),
    "form: f\nof: thing\nsections: {main: {items: {amount: {}}}}",
    "form: f\nof: thing\nsections: {main: {items: {name: {}, amount: {}}}}",
    "warning",
)
DISCLOSES = Mistake(
    "W504",
    Words(
        'this role may read "{name}", and so learns about "{hidden}", which it may not read',
        "该角色可读“{name}”，从而得知不可读的“{hidden}”",
    ),
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, b: {type: formula, value: a * 2}}\n"
    "# roles/clerk.yaml\nrole: clerk\nentities: {box: {read: true, fields: {a: none}}}",
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, b: {type: formula, value: a * 2}}\n"
    "# roles/clerk.yaml\nrole: clerk\nentities: {box: {read: true, fields: {a: none, b: none}}}",
    "warning",
)
UNUSED_TAB = Mistake(
    "W505",
    Words('no section stands on the tab "{name}"', "没有分区使用选项卡“{name}”"),
    "form: f\nof: thing\ntabs: {first: {}, second: {}}\nsections: {main: {tab: first, items: {name: {}}}}",
    "form: f\nof: thing\ntabs: {first: {}}\nsections: {main: {tab: first, items: {name: {}}}}",
    "warning",
)
UNUSED_FRAGMENT = Mistake(
    "W506",
    Words('no entity includes the fragment "{name}"', "没有实体包含片段“{name}”"),
    "fragment: addressable\nfields: {address: {type: address}}",
    "# fragments/addressable.yaml\nfragment: addressable\nfields: {address: {type: address}}\n"
    "# entities/box.yaml\nentity: box\ninclude: [addressable]",
    "warning",
)
SETS_OFF = Mistake(
    "W507",
    Words(
        "these rules may set each other off, round after round: {path}; a save is refused after {limit} rounds",
        "这些规则可能一轮又一轮地互相触发：{path}；超过 {limit} 轮时保存会被拒绝",
    ),
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, inside: {type: reference, to: box}}\n"
    "# rules/r.yaml\nrules: r\nof: box\nitems: {up: {on: [update], when: a > 1, do: set inside.a = a + 1}}",
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, b: {type: integer}, inside: {type: reference, to: box}}\n"
    "# rules/r.yaml\nrules: r\nof: box\nitems: {up: {on: [{field: [b]}], when: a > 1, do: set inside.a = a + 1}}",
    "warning",
)
_RULES = "# rules/r.yaml\nrules: r\nof: thing\nitems:\n"
_LIMIT = "  small: {require: amount is not set or amount <= 100, message: Too much, field: amount}\n"
NEVER_RUNS = Mistake(
    "W508",
    Words(
        "this rule never runs: when it is asked, its condition does not hold", "该规则永远不会运行：触发时其条件不成立"
    ),
    _RULES + '  late: {on: [create], when: old.status == "open", do: set due = today()}',
    _RULES + '  late: {on: [update], when: old.status == "open", do: set due = today()}',
    "warning",
)
NEVER_REFUSES = Mistake(
    "W509",
    Words(
        "this rule never refuses: where it is asked, what it requires holds", "该规则永远不会拒绝：被检查时要求总是成立"
    ),
    _RULES + '  open: {when: status == "open", require: status != "done", message: No, field: status}',
    _RULES + '  open: {when: status == "open", require: due is set, message: No, field: due}',
    "warning",
)
SHADOWED = Mistake(
    "W510",
    Words('wherever this rule refuses, "{other}" refuses, too', "凡该规则拒绝之处，“{other}”也会拒绝"),
    _RULES + _LIMIT + "  large: {require: amount is not set or amount <= 1000, message: Far too much, field: amount}",
    _RULES + _LIMIT,
    "warning",
)
REFUSED_BEFORE = Mistake(
    "W511",
    Words(
        'nothing comes of this rule: "{other}" refuses whatever wakes it',
        "该规则不会有任何效果：“{other}”拒绝一切触发它的操作",
    ),
    _RULES + '  never: {on: [delete], do: refuse "Nothing is deleted"}\n'
    '  note: {on: [delete], do: notify created_by "Gone"}',
    _RULES + '  never: {on: [delete], when: status == "done", do: refuse "What is done stays"}\n'
    '  note: {on: [delete], do: notify created_by "Gone"}',
    "warning",
)
CONFLICT = Mistake(
    "W512",
    Words(
        'this rule and "{other}" may both set "{field}" in one save, and to different values',
        "该规则与“{other}”可能在同一次保存中把“{field}”设为不同的值",
    ),
    _RULES + "  a: {on: [update], when: amount > 5, do: set due = today()}\n"
    "  b: {on: [update], when: amount > 3, do: set due = today() + 3d}",
    _RULES + "  a: {on: [update], when: amount > 5, do: set due = today()}\n"
    "  b: {on: [update], when: amount > 3 and amount <= 5, do: set due = today() + 3d}",
    "warning",
)
_LARGE = (
    "# entities/box.yaml\nentity: box\nfields: {name: {type: text}, made_on: {type: date}, team: {type: text}}\n"
    "indexes: {by_team: [team, name]}\n"
)
_BOX = "# entities/box.yaml\nentity: box\nfields: {name: {type: text}, count: {type: integer}, size: {type: integer}"
UNSERVED_LIST = Mistake(
    "W513",
    Words(
        "no index of {entity} serves this list: to show its first page, all records are read",
        "{entity}没有可用于该列表的索引：显示第一页也要读取全部记录",
    ),
    _LARGE + "# views/boxes.yaml\nview: boxes\nof: box\ncolumns: {name: {}}\nsort: [-made_on]",
    _LARGE.replace("name]}", "name], by_made_on: [made_on]}")
    + "# views/boxes.yaml\nview: boxes\nof: box\ncolumns: {name: {}}\nsort: [-made_on]",
    "warning",
)
UNSERVED_SCOPE = Mistake(
    "W514",
    Words(
        "no index of {entity} serves this scope: to find the records of one person, all are read",
        "{entity}没有可用于该范围的索引：查找某人的记录要读取全部记录",
    ),
    _LARGE.replace("by_team: [team, name]", "by_name: [name]")
    + "# roles/clerk.yaml\nrole: clerk\nlabel: Clerk\nentities: {box: {read: team == me.name}}",
    _LARGE + "# roles/clerk.yaml\nrole: clerk\nlabel: Clerk\nentities: {box: {read: team == me.name}}",
    "warning",
)
EVERY_MOMENT = Mistake(
    "W515",
    Words(
        '"{name}" changes with every moment: it is computed of all records whenever this is shown; today() would do with an index',
        "“{name}”时刻变化：每次显示都要为全部记录计算；若以天计，today() 可使用索引",
    ),
    _BOX + ", stale: {type: formula, value: 'created_at < now() - 30d'}}\n"
    "# views/boxes.yaml\nview: boxes\nof: box\nfilter: stale\ncolumns: {name: {}, count: {}, size: {}}",
    _BOX + ", stale: {type: formula, value: 'local_date(created_at) < today() - 30d'}}\n"
    "# views/boxes.yaml\nview: boxes\nof: box\nfilter: stale\ncolumns: {name: {}, count: {}, size: {}}",
    "warning",
)
UNUSED_FIELD = Mistake(
    "W516",
    Words(
        'no form, view, rule, role or formula of the app uses "{name}"',
        "应用的表单、视图、规则、角色与公式都没有使用“{name}”",
    ),
    _BOX + "}\n# forms/f.yaml\nform: f\nof: box\nsections: {main: {items: {name: {}, count: {}}}}",
    _BOX + "}\n# forms/f.yaml\nform: f\nof: box\nsections: {main: {items: {name: {}, count: {}, size: {}}}}",
    "warning",
)
UNUSED_OPTION = Mistake(
    "W517",
    Words('the formula never gives "{name}"', "公式永远不会得出“{name}”"),
    _BOX + ", kind: {type: formula, result: {type: choice, options: {small: {}, large: {}}},\n"
    '  value: \'if size > 5 then "small" else "small"\'}}',
    _BOX + ", kind: {type: formula, result: {type: choice, options: {small: {}, large: {}}},\n"
    '  value: \'if size > 5 then "large" else "small"\'}}',
    "warning",
)
UNUSED_SEGMENT = Mistake(
    "W518",
    Words('no view shows the segment "{name}"', "没有视图使用细分“{name}”"),
    "# segments/late.yaml\nsegment: late\nof: thing\nfilter: due < today()",
    "# segments/late.yaml\nsegment: late\nof: thing\nfilter: due < today()\n"
    "# views/late.yaml\nview: late_things\nof: thing\nsegment: late\ncolumns: {name: {}}",
    "warning",
)
UNUSED_VIEW = Mistake(
    "W519",
    Words(
        'the view "{name}" is not to be found: {entity} is not in the navigation, and no form lists it',
        "找不到视图“{name}”：{entity}不在导航中，也没有表单列出它",
    ),
    "# app.yaml\nnavigation: {boxes: {entity: box}}\n# entities/box.yaml\nentity: box\nfields: {name: {type: text}}\n"
    "# views/all.yaml\nview: all_things\nof: thing\ncolumns: {name: {}}",
    "# app.yaml\nnavigation: {things: {entity: thing}}\n# views/all.yaml\nview: all_things\nof: thing\ncolumns: {name: {}}",
    "warning",
)
NO_ICON = Mistake(
    "W523",
    Words('there is no icon "{name}": a dashed circle is drawn', "没有图标“{name}”，将显示虚线圆圈"),
    "# entities/box.yaml\nentity: box\nicon: cardboard\nfields: {name: {type: text}}",
    "# entities/box.yaml\nentity: box\nicon: box\nfields: {name: {type: text}}",
    "warning",
)
