"""The mistakes of names (E2): what is not there, or has no meaning where it stands.

`bad` and `good` are compiled by a test against the demo record of `tests/rules/scopes.py`.
"""

from __future__ import annotations

from kith.problems import Mistake, Words

NO_FUNCTION = Mistake(
    "E201",
    Words('There is no function "{name}".', "没有函数“{name}”。"),
    "rounded(quantity) > 1",
    "round(quantity) > 1",
)
NO_ENTITY = Mistake(
    "E202",
    Words('There is no entity "{name}".', "没有实体“{name}”。"),
    "create tsak { subject: name }",
    "create task { subject: name }",
)
NO_FIELD = Mistake(
    "E203",
    Words('{entity} has no field "{name}".', "{entity}没有字段“{name}”。"),
    "dicount ?? 0% <= 15%",
    "discount ?? 0% <= 15%",
)
NOT_A_REFERENCE = Mistake(
    "E204",
    Words(
        'There is no ".{name}" here: only a reference has fields behind it, and this is {found}.',
        "此处没有“.{name}”：只有引用才能通向其他字段，而这是{found}。",
    ),
    'name.first == "Ann"',
    'account.name == "Ann"',
)
RELATION_AS_VALUE = Mistake(
    "E205",
    Words(
        '"{name}" stands for many records; take one value from them, as with count or sum.',
        "“{name}”代表多条记录；请用 count、sum 等取得一个值。",
    ),
    "lines > 3",
    "count(lines) > 3",
)
NOT_A_RELATION = Mistake(
    "E206",
    Words(
        "`{name}` looks at related records, and this names none; write a relation such as `{name}(lines …)`.",
        "`{name}` 用于关联记录，而此处没有；请写关系名，如 `{name}(lines …)`。",
    ),
    "sum(amount) > 3",
    "sum(lines.amount) > 3",
)
NO_ACTOR = Mistake(
    "E207",
    Words(
        "`me` has no meaning here: the value must be the same for everybody.",
        "此处不能用 `me`：该值对所有人必须相同。",
    ),
    "owner == me",
    "owner == account.owner",
)
NOT_SAVING = Mistake(
    "E208",
    Words("`{word}` has no meaning here: nothing is being saved.", "此处不能用 `{word}`：并没有在保存记录。"),
    'old.stage == "new"',
    'stage == "new"',
)
NAME_TAKEN = Mistake(
    "E209",
    Words('"{name}" already means something here; choose another name.', "“{name}”在此已有含义；请换一个名称。"),
    "let amount = 1",
    "let bonus = 1",
)
NOT_WRITABLE = Mistake(
    "E210",
    Words('"{name}" is made by Kith itself and cannot be set.', "“{name}”由 Kith 生成，不能设置。"),
    "set created_at = now()",
    "set closes_on = today()",
)
SET_TARGET = Mistake(
    "E211",
    Words(
        "Only a field of this record can be set, or one behind at most {limit} references.",
        "只能设置本记录的字段，或经至多 {limit} 个引用到达的字段。",
    ),
    "set old.name = name",
    "set account.name = name",
)
NESTED = Mistake(
    "E212",
    Words(
        "An aggregate crosses one relation; let the related record have a roll-up field, and use that.",
        "聚合只跨越一个关系；请在关联记录上建立汇总字段再使用。",
    ),
    "any(account.visits where count(lines) > 1)",
    "any(account.visits where quantity > 1)",
)
NO_TIME = Mistake(
    "E213",
    Words(
        "`{name}` cannot stand here: the value must not change as time passes.",
        "此处不能用 `{name}`：该值不得随时间变化。",
    ),
    "closes_on > today()",
    "closes_on > @2026-01-31",
)
NO_RELATIONS = Mistake(
    "E214",
    Words("Related records cannot be read here; use a roll-up field.", "此处不能读取关联记录；请使用汇总字段。"),
    "count(lines) > 1",
    "quantity > 1",
)
NO_WHERE = Mistake(
    "E215",
    Words("`where` and `by` belong to aggregates; `{name}` is none.", "`where` 和 `by` 属于聚合；`{name}` 不是聚合。"),
    "length(name where vip) > 1",
    "length(name) > 1",
)
BY_WITHOUT_FIRST = Mistake(
    "E216",
    Words(
        "`by` gives an order, and only `first` and `last` need one; `{name}` does not.",
        "`by` 表示顺序，只有 `first` 和 `last` 需要；`{name}` 不需要。",
    ),
    "first(lines.amount by quantity) == sum(lines.amount by quantity)",
    "first(lines.amount by quantity) == sum(lines.amount)",
)
NEEDS_FIELD = Mistake(
    "E217",
    Words(
        "`{name}` needs a field of the related records, such as `{name}({relation}.amount)`.",
        "`{name}` 需要关联记录的一个字段，如 `{name}({relation}.amount)`。",
    ),
    "sum(lines) > 3",
    "sum(lines.amount) > 3",
)
NEEDS_NO_FIELD = Mistake(
    "E218",
    Words(
        "`{name}` looks at records, not at a field; write `{name}({relation} where …)`.",
        "`{name}` 针对记录而非字段；请写 `{name}({relation} where …)`。",
    ),
    "count(lines.amount) > 3",
    "count(lines where amount is set) > 3",
)
CHANGED_FIELD = Mistake(
    "E219",
    Words("`changed` asks about a field of this record.", "`changed` 只能询问本记录的字段。"),
    "changed(account.name)",
    "changed(account)",
)

SET_PART = Mistake(
    "E220",
    Words(
        "`{name}` is set as a whole; `.{part}` alone can only be read.",
        "`{name}` 只能整体设置；`.{part}` 只能读取。",
    ),
    "set home.city = name",
    "set home = account.home",
)

NOT_RELATED = Mistake(
    "E221",
    Words(
        "`{name}` goes over related records, such as `lines` or `account.visits`, and this names none.",
        "`{name}` 用于处理关联记录（如 `lines`、`account.visits`），而此处没有指明关联记录。",
    ),
    "update task where due < today() { due: today() }",
    "update lines where due < today() { due: today() }",
)
LINK_TARGET = Mistake(
    "E222",
    Words(
        "`{name}` wants a field of several values, such as `tags`, and this is {found}.",
        "`{name}` 需要可含多个值的字段（如 `tags`），而这是{found}。",
    ),
    'link name add "vip"',
    'link tags add "vip"',
)
QUEUE_TARGET = Mistake(
    "E223",
    Words(
        "`assign` fills a field of this record that names a user or a team.",
        "`assign` 用于填写本记录中指向用户或团队的字段。",
    ),
    'assign account from queue "inbound"',
    'assign owner from queue "inbound"',
)
PLAIN_NAME = Mistake(
    "E224",
    Words(
        "This names a {what}: a text without holes, known before anything is saved.",
        "此处是{what}的名称：必须是没有占位的文本，在保存之前就已确定。",
    ),
    'email account.name using "{note}"',
    'email account.name using "birthday"',
)

MISTAKES = tuple(value for value in list(globals().values()) if isinstance(value, Mistake))
"""All of them, in the order of their codes."""
BLOCK_EXAMPLES = frozenset({"E202", "E209", "E210", "E211", "E220", "E221", "E222", "E223", "E224"})
"""Codes whose examples are action blocks; all other examples are conditions."""
