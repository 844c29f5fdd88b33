"""D4: what documents say about each other; E6: computed fields and rules that need their own result.

The examples stand in an app that has one entity, `thing`, with the fields name, amount, status (open, done), due and part_of.
"""

from __future__ import annotations

from kith.problems import Mistake, Words

TEXT_TWICE = Mistake(
    "D401",
    Words(
        '"{address}" has its {language} text in the document and in strings', "“{address}”的 {language} 文本写了两份"
    ),
    "# entities/box.yaml\nentity: box\nlabel: Box\n# strings/en.yaml\nstrings: en\ntexts: {entity.box.label: Case}",
    "# entities/box.yaml\nentity: box\n# strings/en.yaml\nstrings: en\ntexts: {entity.box.label: Case}",
)
NO_ADDRESS = Mistake(
    "D402",
    Words('no text stands at "{address}"', "“{address}”处没有文本"),
    "strings: en\ntexts: {entity.thing.fields.nam.help: What we call it.}",
    "strings: en\ntexts: {entity.thing.fields.name.help: What we call it.}",
)
NO_ENTITY = Mistake(
    "D403",
    Words('there is no entity "{name}"', "没有实体“{name}”"),
    "view: v\nof: thin\ncolumns: {name: {}}",
    "view: v\nof: thing\ncolumns: {name: {}}",
)
NO_FIELD = Mistake(
    "D404",
    Words('{entity} has no field "{name}"', "{entity}没有字段“{name}”"),
    "form: f\nof: thing\nsections: {main: {items: {name: {}, amout: {}}}}",
    "form: f\nof: thing\nsections: {main: {items: {name: {}, amount: {}}}}",
)
NO_RELATION = Mistake(
    "D405",
    Words('{entity} has no relation "{name}"', "{entity}没有关系“{name}”"),
    "form: f\nof: thing\nsections: {main: {items: {name: {}}}}\nrelated: {part: {}}",
    "form: f\nof: thing\nsections: {main: {items: {name: {}}}}\nrelated: {parts: {}}",
)
NO_DOCUMENT = Mistake(
    "D406",
    Words('there is no {kind} "{name}"', "没有{kind}“{name}”"),
    "view: v\nof: thing\nsegment: opn\ncolumns: {name: {}}",
    "# views/v.yaml\nview: v\nof: thing\nsegment: open\ncolumns: {name: {}}\n"
    '# segments/open.yaml\nsegment: open\nof: thing\nfilter: status == "open"',
)
OTHER_ENTITY = Mistake(
    "D407",
    Words('{kind} "{name}" is about {found}, not about {wanted}', "{kind}“{name}”属于{found}，而不是{wanted}"),
    "# views/v.yaml\nview: v\nof: thing\nsegment: active\ncolumns: {name: {}}\n"
    "# segments/active.yaml\nsegment: active\nof: user\nfilter: active",
    "# views/v.yaml\nview: v\nof: user\nsegment: active\ncolumns: {name: {}}\n"
    "# segments/active.yaml\nsegment: active\nof: user\nfilter: active",
)
NO_TAB = Mistake(
    "D408",
    Words('the form has no tab "{name}"', "表单没有选项卡“{name}”"),
    "form: f\nof: thing\ntabs: {first: {}}\n"
    "sections: {main: {tab: frist, items: {name: {}}}, more: {tab: first, items: {due: {}}}}",
    "form: f\nof: thing\ntabs: {first: {}}\nsections: {main: {tab: first, items: {name: {}}}}",
)
NO_OPTION = Mistake(
    "D409",
    Words('"{name}" is no option of {field}', "“{name}”不是{field}的选项"),
    "entity: box\nfields: {size: {type: choice, default: larg, options: {small: {}, large: {}}}}",
    "entity: box\nfields: {size: {type: choice, default: large, options: {small: {}, large: {}}}}",
)
NO_KEY = Mistake(
    "D410",
    Words('{entity} has neither a key nor a unique field "{name}"', "{entity}没有名为“{name}”的键或唯一字段"),
    "data: things\nof: thing\nkey: name\nrows: {one: {}}",
    "# entities/box.yaml\nentity: box\nfields: {code: {type: text, unique: true}}\n# data/boxes.yaml\n"
    "data: boxes\nof: box\nkey: code\nrows: {one: {}}",
)
NO_STEP = Mistake(
    "D411",
    Words('no earlier step is called "{name}"', "前面没有名为“{name}”的步骤"),
    "import: i\nfile: {format: delimited}\nsteps: {one: {entity: thing, mode: create, "
    "values: {name: {column: n}, part_of: {step: two}}}}",
    "import: i\nfile: {format: delimited}\nsteps: {two: {entity: thing, mode: create, values: {name: {column: m}}},"
    " one: {entity: thing, mode: create, values: {name: {column: n}, part_of: {step: two}}}}",
)
NO_COLUMN = Mistake(
    "D412",
    Words('the file has no column "{name}"', "文件没有列“{name}”"),
    "import: i\nfile: {format: delimited, header: false, columns: [n]}\nsteps: {one: {entity: thing, "
    "mode: create, values: {name: {column: m}}}}",
    "import: i\nfile: {format: delimited, header: false, columns: [n]}\nsteps: {one: {entity: thing, "
    "mode: create, values: {name: {column: n}}}}",
)
NOT_WRITABLE = Mistake(
    "D413",
    Words(
        '{entity}\'s field "{name}" is made by Kith and cannot be given', "{entity}的字段“{name}”由 Kith 生成，不能赋值"
    ),
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, b: {type: formula, value: a + 1}}\n"
    "# data/boxes.yaml\ndata: boxes\nof: box\nrows: [{b: 2}]",
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, b: {type: formula, value: a + 1}}\n"
    "# data/boxes.yaml\ndata: boxes\nof: box\nrows: [{a: 1}]",
)
CANNOT_BE_UNIQUE = Mistake(
    "D414",
    Words("a field of type {type} cannot be unique by itself", "{type} 类型的字段不能单独设为唯一"),
    "entity: box\nfields: {a: {type: integer, unique: folded}}",
    "entity: box\nfields: {a: {type: integer, unique: true}}",
)
BAD_VARIANTS = Mistake(
    "D415",
    Words('variants want a required choice field; "{name}" is none', "variants 需要一个必填的单选字段；“{name}”不是"),
    "entity: box\nvariants: kind\nfields: {kind: {type: choice, options: {a: {}, b: {}}}}",
    "entity: box\nvariants: kind\nfields: {kind: {type: choice, required: true, default: a, options: {a: {}, b: {}}}}",
)
NO_VARIANT = Mistake(
    "D416",
    Words('{entity} has no variant "{name}"', "{entity}没有变体“{name}”"),
    "form: f\nof: thing\nsections: {main: {items: {name: {}}}, more: {only_for: [person], items: {due: {}}}}",
    "form: f\nof: thing\nsections: {main: {items: {name: {}}}, more: {items: {due: {}}}}",
)
INVERSE_CLASH = Mistake(
    "D417",
    Words('{entity} has something called "{name}" already: {other}', "{entity}已有名为“{name}”的{other}"),
    "entity: box\nfields: {thing: {type: reference, to: thing, inverse: amount}}",
    "entity: box\nfields: {thing: {type: reference, to: thing, inverse: boxes}}",
)
REQUIRED_CYCLE = Mistake(
    "D418",
    Words(
        "no record could ever be created: each needs another first: {path}",
        "永远无法创建记录：它们互相必填引用：{path}",
    ),
    "entity: box\nfields: {inside: {type: reference, to: box, required: true}}",
    "entity: box\nfields: {inside: {type: reference, to: box}}",
)
OWNED_TWICE = Mistake(
    "D419",
    Words('lines have one owner: "{first}" owns them already', "明细行只能有一个所有者：已归“{first}”所有"),
    "entity: box\nfields: {a: {type: reference, to: thing, inverse: as, owned: true}, b: {type: reference, "
    "to: user, inverse: bs, owned: true}}",
    "entity: box\nfields: {a: {type: reference, to: thing, inverse: as, owned: true}, b: {type: reference, "
    "to: user, inverse: bs}}",
)
OWNED_NEEDS = Mistake(
    "D420",
    Words("owned lines need {wanted}", "自有明细行需要{wanted}"),
    "entity: box\nfields: {thing: {type: reference, to: thing, owned: true}}",
    "entity: box\nfields: {thing: {type: reference, to: thing, inverse: boxes, owned: true}}",
)
CANNOT_BE_EMPTIED = Mistake(
    "D421",
    Words("set_null cannot empty a required field", "必填字段不能使用 set_null"),
    "entity: box\nfields: {thing: {type: reference, to: thing, required: true, on_delete: set_null}}",
    "entity: box\nfields: {thing: {type: reference, to: thing, required: true, on_delete: restrict}}",
)
NOT_STORABLE = Mistake(
    "D422",
    Words("a field cannot hold a value of type {type}", "字段不能保存 {type} 类型的值"),
    "entity: box\nfields: {a: {type: formula, value: 3mo}}",
    "entity: box\nfields: {a: {type: formula, value: 3d}}",
)
NO_AGGREGATE = Mistake(
    "D423",
    Words(
        "a roll-up needs an aggregate over a relation, such as count(lines)", "汇总需要对关系做聚合，例如 count(lines)"
    ),
    "entity: box\nfields: {a: {type: integer}, b: {type: rollup, value: a + 1}}",
    "entity: box\nfields: {a: {type: integer}, b: {type: formula, value: a + 1}}",
)
NO_PATH = Mistake(
    "D424",
    Words(
        "a look-up needs a path through a reference, such as account.name", "查找需要经过引用的路径，例如 account.name"
    ),
    "entity: box\nfields: {thing: {type: reference, to: thing}, b: {type: lookup, value: thing.amount * 2}}",
    "entity: box\nfields: {thing: {type: reference, to: thing}, b: {type: lookup, value: thing.amount}}",
)
TOO_MANY_LEVELS = Mistake(
    "D425",
    Words(
        "roll-ups of roll-ups go {levels} deep here; {limit} levels are allowed",
        "汇总嵌套了 {levels} 层，最多允许 {limit} 层",
    ),
    "entity: box\nfields: {up: {type: reference, to: box, inverse: downs}, a: {type: rollup, value: count(downs)},"
    " b: {type: rollup, value: sum(downs.a)}, c: {type: rollup, value: sum(downs.b)}, d: {type: rollup, "
    "value: sum(downs.c)},"
    " e: {type: rollup, value: sum(downs.d)}}",
    "entity: box\nfields: {up: {type: reference, to: box, inverse: downs}, a: {type: rollup, value: count(downs)},"
    " b: {type: rollup, value: sum(downs.a)}}",
)
COPIES_NOTHING = Mistake(
    "D438",
    Words(
        "`keep: copy` stores what comes from a referenced record, and this reads none",
        "“keep: copy”保存来自被引用记录的值，而此字段不读取任何被引用记录",
    ),
    "entity: box\nfields: {n: {type: integer}, twice: {type: formula, value: n * 2, keep: copy}}",
    "entity: box\nfields: {thing: {type: reference, to: thing}, twice: {type: formula, value: thing.amount * 2, keep: copy}}",
)
CANNOT_COPY = Mistake(
    "D439",
    Words(
        "`keep: copy` cannot follow {name}, which is not stored where it comes from",
        "“keep: copy”无法跟随 {name}，因为它在来源处没有存储",
    ),
    "entity: box\nfields: {thing: {type: reference, to: thing, inverse: boxes}, n: {type: formula, "
    "value: count(thing.boxes), keep: copy}}",
    "entity: box\nfields: {thing: {type: reference, to: thing}, n: {type: formula, value: thing.amount * 2, keep: copy}}",
)
NOT_SOON = Mistake(
    "D450",
    Words(
        "`keep: soon` is for a sum or a count of stored values of records that are saved apart from this one",
        "“keep: soon”仅用于对单独保存的相关记录的存储值求和或计数",
    ),
    "entity: box\nfields: {up: {type: reference, to: box, inverse: downs}, n: {type: integer}, "
    "most: {type: rollup, value: max(downs.n), keep: soon}}",
    "entity: box\nfields: {up: {type: reference, to: box, inverse: downs}, n: {type: integer}, "
    "total: {type: rollup, value: sum(downs.n), keep: soon}}",
)
BOUNDS = Mistake(
    "D426",
    Words("{low} is more than {high}", "{low} 大于 {high}"),
    "entity: box\nfields: {a: {type: integer, min: 5, max: 3}}",
    "entity: box\nfields: {a: {type: integer, min: 3, max: 5}}",
)
OUTSIDE = Mistake(
    "D427",
    Words("{value} is outside of what the field allows ({limit})", "{value} 超出字段允许的范围（{limit}）"),
    "entity: box\nfields: {a: {type: integer, default: 0, min: 1}}",
    "entity: box\nfields: {a: {type: integer, default: 1, min: 1}}",
)
NO_SEQUENCE = Mistake(
    "D428",
    Words("the pattern has no {seq}, so all numbers would be the same", "模式中没有 {seq}，所有编号都会相同"),
    "entity: box\nfields: {no: {type: autonumber, pattern: B}}",
    'entity: box\nfields: {no: {type: autonumber, pattern: "B{seq}"}}',
)
NOT_OF_TYPE = Mistake(
    "D429",
    Words('"{name}" is no field of type {type}', "“{name}”不是 {type} 类型的字段"),
    "entity: box\nfields: {cur: {type: text}, price: {type: money, currency_field: cur}}",
    "entity: box\nfields: {cur: {type: currency}, price: {type: money, currency_field: cur}}",
)
NOT_SORTABLE = Mistake(
    "D430",
    Words('a list cannot be sorted by "{name}" ({type})', "列表不能按“{name}”（{type}）排序"),
    "# entities/box.yaml\nentity: box\nfields: {a: {type: tags}}\n# views/v.yaml\nview: v\nof: box\n"
    "columns: {a: {}}\nsort: [a]",
    "# entities/box.yaml\nentity: box\nfields: {a: {type: tags}}\n# views/v.yaml\nview: v\nof: box\n"
    "columns: {a: {}}\nsort: [-created_at]",
)
NO_TOTAL = Mistake(
    "D431",
    Words('"{name}" has no {total}: it is of type {type}', "“{name}”没有{total}：类型是 {type}"),
    "view: v\nof: thing\ncolumns: {name: {total: sum}}",
    "view: v\nof: thing\ncolumns: {amount: {total: sum}}",
)
ONLY_ME = Mistake(
    "D432",
    Words(
        "teams_below is known of the one who acts only: me.teams_below", "teams_below 只对操作者有意义：me.teams_below"
    ),
    "view: v\nof: team\nfilter: this in created_by.teams_below\ncolumns: {name: {}}",
    "view: v\nof: team\nfilter: this in me.teams_below\ncolumns: {name: {}}",
)
NO_COMPARISON = Mistake(
    "D433",
    Words(
        "values of type {type} are not compared {how}, but: {ways}",
        "{type} 类型的值不能按 {how} 比较；可用的方式：{ways}",
    ),
    "entity: box\nfields: {a: {type: date}}\nduplicates: {same: {match: {a: fuzzy}}}",
    "entity: box\nfields: {a: {type: date}}\nduplicates: {same: {match: {a: exact}}}",
)
RENAMED_TO_ITSELF = Mistake(
    "D434",
    Words(
        '"{name}" is still a name of its own, so nothing can have been renamed from it',
        "“{name}”仍在使用，不能作为曾用名",
    ),
    "entity: box\nfields: {a: {type: text}, b: {type: text, renamed_from: [a]}}",
    "entity: box\nfields: {b: {type: text, renamed_from: [a]}}",
)
NO_RULE = Mistake(
    "D435",
    Words('"{name}" is neither a rule nor a field of {entity}', "“{name}”既不是{entity}的规则，也不是字段"),
    "tests: t\nof: thing\ncases: {a: {act: {create: {}}, expect: {refused: [nam]}}}",
    "tests: t\nof: thing\ncases: {a: {act: {create: {}}, expect: {refused: [name]}}}",
)
SEVERAL_CHILDREN = Mistake(
    "D436",
    Words("a rule is woken by the records of one relation only", "一条规则只能由一种关系的记录触发"),
    "# entities/box.yaml\nentity: box\nfields: {thing: {type: reference, to: thing, inverse: boxes, owned: true}}\n"
    "# rules/r.yaml\nrules: r\nof: thing\nitems: {a: {on: [{child: parts}, {child: boxes}], "
    "require: due is set, message: It needs a day.}}",
    "rules: r\nof: thing\nitems: {a: {on: [{child: parts}], require: due is set, message: It needs a day.}}",
)
ODD_NAME = Mistake(
    "D437",
    Words(
        '"{name}" is declared here, but {places} "{meant}", which is declared nowhere',
        "这里声明了“{name}”；而 {places}用到的“{meant}”没有声明",
    ),
    "# entities/box.yaml\nentity: box\nfields: {witdh: {type: integer, label: {en: Width, zh-CN: 宽}}}\n"
    "# views/boxes.yaml\nview: boxes\nof: box\nfilter: width > 1\ncolumns: {width: {}}\nsort: [width]",
    "# entities/box.yaml\nentity: box\nfields: {width: {type: integer, label: {en: Width, zh-CN: 宽}}}\n"
    "# views/boxes.yaml\nview: boxes\nof: box\nfilter: width > 1\ncolumns: {width: {}}\nsort: [width]",
)
NO_SIGHT = Mistake(
    "D451",
    Words(
        '"{name}" is no reference to records that are seen by themselves',
        "“{name}”不是指向可独立查看的记录的引用",
    ),
    "entity: box\nfields: {name: {type: text}}\nseen_with: {field: name}",
    "entity: box\nfields: {name: {type: text}, thing: {type: reference, to: thing}}\nseen_with: {field: thing}",
)
UNFIT_LOOK = Mistake(
    "D453",
    Words('a field of type {type} has no look "{name}"', "{type} 类型的字段没有外观“{name}”"),
    "form: f\nof: thing\nsections: {main: {items: {name: {widget: rating}}}}",
    "form: f\nof: thing\nsections: {main: {items: {name: {widget: barcode}}}}",
)
UNFIT_SETTING = Mistake(
    "D455",
    Words("{value} is no value of this setting ({limit})", "{value} 不能作为此设置的值（{limit}）"),
    "app: shop\nversion: 1.0.0\ntitle: {en: Shop, zh-CN: 商店}\n"
    "settings: {days: {type: integer, value: 0, min: 1, label: {en: Days, zh-CN: 天数}}}",
    "app: shop\nversion: 1.0.0\ntitle: {en: Shop, zh-CN: 商店}\n"
    "settings: {days: {type: integer, value: 7, min: 1, label: {en: Days, zh-CN: 天数}}}",
)
FIELD_CYCLE = Mistake(
    "E601",
    Words("a value cannot be computed from itself: {path}", "值不能由自身计算得出：{path}"),
    "entity: box\nfields: {a: {type: formula, value: b + 1}, b: {type: formula, value: a + 1}}",
    "entity: box\nfields: {a: {type: integer}, b: {type: formula, value: a + 1}}",
)
TOO_DEEP = Mistake(
    "E603",
    Words(
        "computed fields depend on each other in a cycle of more than {limit}: from {first} on, by {last}",
        "计算字段循环依赖，超过 {limit} 个：从 {first} 开始，经过 {last}",
    ),
    "entity: box\nfields: {"
    + ", ".join(f"f{n}: {{type: formula, value: f{(n + 1) % 40} + 1}}" for n in range(40))
    + "}",
    "entity: box\nfields: {f0: {type: formula, value: f1 + 1}, f1: {type: integer}}",
)
RULE_CYCLE = Mistake(
    "E602",
    Words("these rules need each other's result: {path}", "这些规则互相依赖对方的结果：{path}"),
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, b: {type: integer}}\n"
    "# rules/r.yaml\nrules: r\nof: box\nitems: {x: {on: [create], do: set a = b}, y: {on: [create], do: set b = a}}",
    "# entities/box.yaml\nentity: box\nfields: {a: {type: integer}, b: {type: integer}}\n"
    "# rules/r.yaml\nrules: r\nof: box\nitems: {x: {on: [create], do: set a = b}}",
)
ENDLESS = Mistake(
    "E604",
    Words("these rules set each other off without end: {path}", "这些规则会无休止地互相触发：{path}"),
    "# entities/box.yaml\nentity: box\nfields: {thing: {type: reference, to: thing, inverse: boxes}}\n"
    "# rules/r.yaml\nrules: r\nof: box\nitems: {more: {on: [create], do: 'create box { thing: thing }'}}",
    "# entities/box.yaml\nentity: box\nfields: {thing: {type: reference, to: thing, inverse: boxes}}\n"
    "# rules/r.yaml\nrules: r\nof: thing\nitems: {more: {on: [create], do: 'create box { thing: this }'}}",
)
