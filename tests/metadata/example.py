"""The small app in which examples of mistakes stand, and how an example becomes its files."""

from __future__ import annotations

import re
from pathlib import Path

from kith.metadata.checking import check
from kith.metadata.shapes.kinds import KINDS
from kith.problems import Problem

BASE = {
    "app.yaml": "app: example\nversion: 1.0.0\ntitle: Example\nlanguages: [en]\ntime_zone: UTC\ncurrency: EUR\n",
    "entities/thing.yaml": """
entity: thing
label: {en: Thing, zh-CN: 物品}
title: "{name}"
fields:
  name: {type: text, required: true, max_length: 80, search: true, label: {en: Name, zh-CN: 名称}}
  amount: {type: money, label: {en: Amount, zh-CN: 金额}}
  status:
    type: choice
    label: {en: Status, zh-CN: 状态}
    options: {open: {label: {en: Open, zh-CN: 进行中}}, done: {label: {en: Done, zh-CN: 完成}}}
  due: {type: date, label: {en: Due, zh-CN: 到期日}}
  part_of: {type: reference, to: thing, inverse: parts, label: {en: Part of, zh-CN: 属于}}
""".lstrip(),
}


def files_of(example: str) -> dict[str, str]:
    """The documents of an example: parted by lines `# path.yaml`, or one document in the folder of its kind."""
    pieces = re.split(r"^# ([\w./-]+\.ya?ml)\n", example, flags=re.MULTILINE)
    if len(pieces) > 1:
        found = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    else:
        kind = example.split(":", 1)[0].strip()
        folder = KINDS[kind].folder if kind in KINDS else "entities"
        found = {f"{folder}/example.yaml" if folder else "app.yaml": example}
    if "app.yaml" in found and "app:" not in found["app.yaml"]:
        said = found["app.yaml"]
        kept = [line for line in BASE["app.yaml"].splitlines() if f"\n{line.split(':')[0]}:" not in "\n" + said]
        found["app.yaml"] = "\n".join(kept) + "\n" + said
    return BASE | found


def write(folder: Path, files: dict[str, str]) -> Path:
    """Put files into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def problems_of(folder: Path, example: str) -> list[Problem]:
    """What the checker says of an example."""
    return check(write(folder, files_of(example)))
