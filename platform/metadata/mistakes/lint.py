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
