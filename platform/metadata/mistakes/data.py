"""D5: values in data, tests and imports that their fields cannot hold."""

from __future__ import annotations

from kith.problems import Mistake, Words

UNREADABLE = Mistake(
    "D501",
    Words("{field} cannot hold this: {why}", "{field}不能保存这个值：{why}"),
    "data: things\nof: thing\nrows: [{name: a, due: soon}]",
    "data: things\nof: thing\nrows: [{name: a, due: 2026-01-31}]",
)
NO_SUCH_DAY = Mistake(
    "D502",
    Words('there is no day or time "{value}"', "不存在日期或时间“{value}”"),
    "data: things\nof: thing\nrows: [{name: a, due: 2026-02-30}]",
    "data: things\nof: thing\nrows: [{name: a, due: 2026-02-28}]",
)
NO_SUCH_ROW = Mistake(
    "D503",
    Words('{field}: no row of {entity} is called "{value}"', "{field}：{entity}中没有名为“{value}”的行"),
    "# data/things.yaml\ndata: things\nof: thing\nrows: [{name: a, part_of: b}]\n"
    "# entities/box.yaml\nentity: box\nfields: {code: {type: text, unique: true}, thing: {type: reference, to: box}}\n"
    "# data/boxes.yaml\ndata: boxes\nof: box\nkey: code\nrows: {one: {}, two: {thing: three}}",
    "# entities/box.yaml\nentity: box\nfields: {code: {type: text, unique: true}, thing: {type: reference, to: box}}\n"
    "# data/boxes.yaml\ndata: boxes\nof: box\nkey: code\nrows: {one: {}, two: {thing: one}}",
)
NEEDED = Mistake(
    "D504",
    Words('the row gives no "{name}", which {entity} requires', "该行缺少{entity}必填的“{name}”"),
    "data: things\nof: thing\nrows: [{amount: 1}]",
    "data: things\nof: thing\nrows: [{name: a, amount: 1}]",
)
SAME_ROW = Mistake(
    "D505",
    Words('two rows have the same {key}: "{value}"', "两行的{key}相同：“{value}”"),
    "# entities/box.yaml\nentity: box\nfields: {code: {type: text, unique: true}}\n"
    "# data/boxes.yaml\ndata: boxes\nof: box\nkey: code\nrows: [{code: one}, {code: one}]",
    "# entities/box.yaml\nentity: box\nfields: {code: {type: text, unique: true}}\n"
    "# data/boxes.yaml\ndata: boxes\nof: box\nkey: code\nrows: [{code: one}, {code: two}]",
)
TOO_LONG = Mistake(
    "D506",
    Words("{field} holds {limit} characters; these are {count}", "{field}最多 {limit} 个字符，这里有 {count} 个"),
    "# entities/box.yaml\nentity: box\nfields: {code: {type: text, max_length: 3}}\n# data/boxes.yaml\n"
    "data: boxes\nof: box\nrows: [{code: abcd}]",
    "# entities/box.yaml\nentity: box\nfields: {code: {type: text, max_length: 3}}\n# data/boxes.yaml\n"
    "data: boxes\nof: box\nrows: [{code: abc}]",
)
