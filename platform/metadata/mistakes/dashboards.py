"""D48: what tiles of dashboards measure and group by."""

from __future__ import annotations

from kith.problems import Mistake, Words

_HEAD = "dashboard: d\ntiles:\n  t: "
_DASHBOARD = "# dashboards/d.yaml\n" + _HEAD
_BOX = "# entities/box.yaml\nentity: box\n"
_SIZES = "fields: {size: {type: choice, options: {" + ", ".join(f"s{number}: {{}}" for number in range(1, 17)) + "}}}\n"
NO_MEASURE = Mistake(
    "D483",
    Words(
        "this is no measure: count(), or sum, avg, min or max of a value",
        "这不是度量：应为 count()，或对某个值使用 sum、avg、min、max",
    ),
    _HEAD + "{kind: number, of: thing, measure: amount * 2}",
    _HEAD + "{kind: number, of: thing, measure: sum(amount * 2)}",
)
UNFIT_MEASURE = Mistake(
    "D484",
    Words(
        "a tile measures numbers and lengths of time, and {function} of {type} is none",
        "卡片度量的是数值或时长，对{type}使用 {function} 得不到这样的值",
    ),
    _HEAD + "{kind: number, of: thing, measure: sum(name)}",
    _HEAD + "{kind: number, of: thing, measure: sum(amount)}",
)
UNGROUPABLE = Mistake(
    "D485",
    Words('records cannot be grouped by "{name}", which is of type {type}', "不能按“{name}”分组，其类型为 {type}"),
    _BOX + "fields: {tags: {type: tags}}\n" + _DASHBOARD + "{kind: bar, of: box, group: tags}",
    _BOX + "fields: {size: {type: text}}\n" + _DASHBOARD + "{kind: bar, of: box, group: size}",
)
NEEDS_BUCKET = Mistake(
    "D486",
    Words(
        'grouping by "{name}" makes a group of each day: say with bucket what each group spans',
        "按“{name}”分组会使每一天各成一组：请用 bucket 说明每组的跨度",
    ),
    _HEAD + "{kind: bar, of: thing, group: due}",
    _HEAD + "{kind: bar, of: thing, group: due, bucket: month}",
)
NO_DAY = Mistake(
    "D487",
    Words('"{name}" is neither a day nor an instant', "“{name}”既不是日期也不是时刻"),
    _HEAD + "{kind: number, of: thing, date: name}",
    _HEAD + "{kind: number, of: thing, date: due}",
)
NO_STAGES = Mistake(
    "D488",
    Words('no workflow goes through the stages of "{name}"', "没有流程经过“{name}”的各个阶段"),
    _HEAD + "{kind: funnel, of: thing, group: name}",
    "# workflows/w.yaml\nworkflow: w\nof: thing\nfield: status\nstates: {open: {}, done: {final: true}}\n"
    "transitions: {close: {from: [open], to: done}}\n" + _DASHBOARD + "{kind: funnel, of: thing, group: status}",
)
NO_PERSON = Mistake(
    "D489",
    Words('"{name}" is no user', "“{name}”不是用户"),
    _HEAD + "{kind: number, of: thing, owner: name}",
    _HEAD + "{kind: number, of: thing, owner: created_by}",
)
MANY_GROUPS = Mistake(
    "W531",
    Words(
        '"{name}" has {count} options, and a chart shows {limit}: write how many with most, or show a table',
        "“{name}”有 {count} 个选项，而图表只显示 {limit} 个：请用 most 写明数量，或改用列表",
    ),
    _BOX + _SIZES + _DASHBOARD + "{kind: bar, of: box, group: size}",
    _BOX + _SIZES + _DASHBOARD + "{kind: bar, of: box, group: size, most: 8}",
    "warning",
)
