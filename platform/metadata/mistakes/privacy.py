"""D48 and W53 of personal data; the examples stand in the app of `model`."""

from __future__ import annotations

from kith.problems import Mistake, Words

_BOX = "entity: box\nfields: {name: {type: text, personal: identity}, closed_on: {type: date}}"

NO_DATE = Mistake(
    "D480",
    Words('"{name}" is no stored date or instant: it is of type {type}', "“{name}”不是存储的日期或时刻：类型是 {type}"),
    f"{_BOX}\nretention: {{after: 3y, from: name, do: anonymise}}",
    f"{_BOX}\nretention: {{after: 3y, from: closed_on, do: anonymise}}",
)
NOT_A_PERSON = Mistake(
    "D481",
    Words("only people can agree: the entity lacks `person: true`", "只有个人可以表示同意：该实体缺少 `person: true`"),
    f"{_BOX}\nconsents: {{newsletter: {{version: '1'}}}}",
    f"{_BOX}\nperson: true\nconsents: {{newsletter: {{version: '1'}}}}",
)
NOTHING_PERSONAL = Mistake(
    "D482",
    Words("nothing would be emptied: no field is `personal`", "不会清空任何内容：没有 `personal` 字段"),
    "entity: box\nfields: {name: {type: text}, closed_on: {type: date}}\n"
    "retention: {after: 3y, from: closed_on, do: anonymise}",
    f"{_BOX}\nretention: {{after: 3y, from: closed_on, do: anonymise}}",
)
UNKNOWN_PERSON = Mistake(
    "W530",
    Words("nothing says who the person is: no field is `personal`", "无法识别个人：没有 `personal` 字段"),
    "entity: box\nperson: true\nfields: {name: {type: text}}",
    "entity: box\nperson: true\nfields: {name: {type: text, personal: identity}}",
    "warning",
)
