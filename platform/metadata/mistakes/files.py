"""D49 of files; the examples stand in the app of `model`."""

from __future__ import annotations

from kith.problems import Mistake, Words

_BOX = "# entities/box.yaml\nentity: box\nfields: {paper: {type: file}, copy: {type: file}, a: {type: text}}\n"

HANDED_ON = Mistake(
    "D495",
    Words(
        'a file belongs to one field of one record: "{name}" can be emptied here, and not be given one',
        "文件只属于一条记录的一个字段：此处可以清空“{name}”，但不能赋予文件",
    ),
    f"{_BOX}# rules/r.yaml\nrules: r\nof: box\nitems: {{x: {{on: [create], do: set copy = paper}}}}",
    f"{_BOX}# rules/r.yaml\nrules: r\nof: box\nitems: {{x: {{on: [create], do: set copy = null}}}}",
)
