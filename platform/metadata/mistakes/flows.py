"""D4 and W5 of workflows and named actions; the examples stand in the app of `model`."""

from __future__ import annotations

from kith.problems import Mistake, Words

_FLOW = "workflow: flow\nof: thing\nfield: status\n"
_GOOD = _FLOW + "states: {open: {}, done: {final: true}}\ntransitions: {finish: {from: [open], to: done}}"
_OTHER = _GOOD.replace("flow: flow", "flow: other").replace("finish", "end")
_ACTION = "# entities/box.yaml\nentity: box\nfields: {name: {type: text}}\nactions: {seal: {}}\n"
_SEALS = (
    _ACTION + "# rules/box_rules.yaml\nrules: box_rules\nof: box\n"
    'items: {seal: {on: [{action: seal}], do: set name = "sealed"}}\n'
)

NOT_A_CHOICE = Mistake(
    "D440",
    Words('"{name}" is no choice, and holds no states', "“{name}”不是单选字段，不能保存状态"),
    _GOOD.replace("field: status", "field: name"),
    _GOOD,
)
NO_STATE = Mistake(
    "D441",
    Words('"{name}" is no state of this workflow', "“{name}”不是该流程的状态"),
    _GOOD.replace("to: done", "to: doen"),
    _GOOD,
)
STATE_WITHOUT_OPTION = Mistake(
    "D442",
    Words('the state "{name}" is no option of {field}', "状态“{name}”不是{field}的选项"),
    _FLOW + "states: {open: {}, done: {}, lost: {final: true}}\n"
    "transitions: {finish: {from: [open], to: done}, lose: {from: [open, done], to: lost}}",
    _GOOD,
)
OPTION_WITHOUT_STATE = Mistake(
    "D443",
    Words('{field} has an option "{name}", which is no state', "{field}的选项“{name}”不是状态"),
    _FLOW + "states: {open: {final: true}}\ntransitions: {}",
    _GOOD,
)
FINAL_IS_LEFT = Mistake(
    "D444",
    Words('"{name}" is final: no transition may start from it', "“{name}”是终态，不能再流转"),
    _GOOD.replace("{finish:", "{reopen: {from: [done], to: open}, finish:"),
    _GOOD,
)
FIELD_HAS_WORKFLOW = Mistake(
    "D445",
    Words('the workflow "{name}" is about this field already', "流程“{name}”已使用该字段"),
    f"# workflows/flow.yaml\n{_GOOD}\n# workflows/other.yaml\n{_OTHER}",
    _GOOD,
)
MOVE_TWICE = Mistake(
    "D446",
    Words('{entity} has an action or transition "{name}" already', "{entity}已有操作或流转“{name}”"),
    f"# workflows/flow.yaml\n{_GOOD}\n# entities/thing.yaml\nentity: thing\nfields:\n"
    "  name: {type: text}\n  status: {type: choice, options: {open: {}, done: {}}}\nactions: {finish: {}}\n"
    "# rules/done.yaml\nrules: done\nof: thing\nitems: {go: {on: [{action: finish}], do: set name = null}}",
    _GOOD,
)
INPUT_IS_FIELD = Mistake(
    "D447",
    Words(
        '{entity} has a field "{name}"; the input needs another name', "{entity}已有字段“{name}”，输入项需要另取名称"
    ),
    _SEALS.replace("{seal: {}}", "{seal: {inputs: {name: {type: text}}}}"),
    _SEALS.replace("{seal: {}}", "{seal: {inputs: {reason: {type: text}}}}"),
)
NO_ACTION = Mistake(
    "D448",
    Words('{entity} has no action "{name}"', "{entity}没有操作“{name}”"),
    _SEALS.replace("action: seal", "action: seel").replace("actions: {seal: {}}\n", ""),
    _SEALS,
)
NO_TRANSITION = Mistake(
    "D449",
    Words('{entity} has no transition "{name}"', "{entity}没有流转“{name}”"),
    f"# workflows/flow.yaml\n{_GOOD}\n"
    "# rules/r.yaml\nrules: r\nof: thing\nitems: {due: {on: [{transition: finsh}], do: set due = today()}}",
    f"# workflows/flow.yaml\n{_GOOD}\n"
    "# rules/r.yaml\nrules: r\nof: thing\nitems: {due: {on: [{transition: finish}], do: set due = today()}}",
)
UNREACHABLE_STATE = Mistake(
    "W520",
    Words('no transition ends in the state "{name}"', "没有任何流转通向状态“{name}”"),
    _FLOW + "initial: [done]\nstates: {open: {}, done: {final: true}}\ntransitions: {finish: {from: [open], to: done}}",
    _GOOD,
    "warning",
)
DEAD_END = Mistake(
    "W521",
    Words(
        'the state "{name}" is not final, and no transition starts from it',
        "状态“{name}”不是终态，但没有任何流转离开它",
    ),
    _GOOD.replace("done: {final: true}", "done: {}"),
    _GOOD,
    "warning",
)
IDLE_ACTION = Mistake(
    "W522",
    Words('no rule waits for the action "{name}": it does nothing', "没有规则响应操作“{name}”，它不会做任何事"),
    _ACTION,
    _SEALS,
    "warning",
)
