"""A shop whose files come from elsewhere: members, products, receipts with lines, and a wallet that is not overdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.context import Context
from kith.runtime.publishing import system_context
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Query, Reference
from kith.runtime.release import Release
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.transfer.result import Result
from kith.runtime.workspace import Workspace
from tests.support.prepared import installed

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DOCUMENTS = {
    "app.yaml": """\
app: corner
version: 1.0.0
title: {en: Corner, zh-CN: 小店}
languages: [en, zh-CN]
time_zone: Asia/Shanghai
currency: CNY
navigation: {members: {entity: member}}
""",
    "entities/member.yaml": """\
entity: member
label: {en: Member, zh-CN: 会员}
plural: {en: Members, zh-CN: 会员}
title: "{name}"
fields:
  number: {type: external_id, unique: exact, label: {en: Number, zh-CN: 编号}}
  name: {type: text, required: true, max_length: 40, label: {en: Name, zh-CN: 姓名}}
  level:
    type: choice
    default: basic
    label: {en: Level, zh-CN: 等级}
    options: {basic: {label: {en: Basic, zh-CN: 普通}}, gold: {label: {en: Gold, zh-CN: 金卡}}}
  born_on: {type: date, label: {en: Born on, zh-CN: 生日}}
  share: {type: percent, label: {en: Share, zh-CN: 份额}}
  sponsor: {type: reference, to: member, inverse: sponsored, label: {en: Sponsor, zh-CN: 介绍人}}
  spent: {type: rollup, value: sum(receipts.total), label: {en: Spent, zh-CN: 消费}}
""",
    "entities/receipt.yaml": """\
entity: receipt
label: {en: Receipt, zh-CN: 小票}
plural: {en: Receipts, zh-CN: 小票}
title: "{number}"
fields:
  number: {type: text, required: true, label: {en: Number, zh-CN: 单号}}
  member: {type: reference, to: member, inverse: receipts, label: {en: Member, zh-CN: 会员}}
  total: {type: rollup, value: sum(lines.amount), label: {en: Total, zh-CN: 合计}}
keys: {number: [number, member]}
""",
    "entities/line.yaml": """\
entity: line
label: {en: Line, zh-CN: 明细}
plural: {en: Lines, zh-CN: 明细}
title: "{what}"
fields:
  receipt: {type: reference, to: receipt, inverse: lines, owned: true, label: {en: Receipt, zh-CN: 小票}}
  external: {type: external_id, unique: exact, label: {en: Line number, zh-CN: 行号}}
  what: {type: text, required: true, label: {en: What, zh-CN: 商品}}
  amount: {type: money, scale: 3, min: 0, label: {en: Amount, zh-CN: 金额}}
""",
    "rules/receipts.yaml": """\
rules: receipts
of: receipt
items:
  small:
    on: [create, update, {child: lines}]
    require: total <= 1000
    message: {en: "{number} is too much.", zh-CN: "{number} 金额过大。"}
    field: number
""",
    "roles/clerk.yaml": """\
role: clerk
label: {en: Clerk, zh-CN: 店员}
entities:
  member: {read: true, create: true, update: true, export: false, import: false}
""",
    "imports/receipts.yaml": """\
import: receipts
file: {format: delimited, header: true}
steps:
  member:
    entity: member
    key: number
    values:
      number: {column: no}
      name: {column: who}
      level: {column: class, map: {A: gold, B: basic}}
      born_on: {column: born, date: M/D/YYYY, empty: [unknown]}
      share: {column: share, percent: points}
  receipt:
    entity: receipt
    key: number
    values: {number: {column: receipt}, member: {step: member}}
  line:
    entity: line
    key: external
    values:
      external: {column: line}
      receipt: {step: receipt}
      what: {column: what}
      amount: {column: amount}
""",
    "imports/members.yaml": """\
import: members
file: {format: delimited, header: true}
steps:
  member:
    entity: member
    key: number
    values:
      number: {column: no}
      name: {column: who}
      sponsor: {column: by, match: number}
      born_on: {column: when}
""",
    "imports/sponsors.yaml": """\
import: sponsors
file: {format: delimited, delimiter: blanks, header: false, columns: [no, sponsor]}
steps:
  member: {entity: member, key: number, mode: update, values: {number: {column: no}, sponsor: {column: sponsor, match: number}}}
""",
}


@lru_cache(maxsize=1)
def model() -> Model:
    """The model of the shop."""
    with TemporaryDirectory() as folder:
        for path, text in DOCUMENTS.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        layers, problems = load(Path(folder))
    built, found = build(layers)
    assert built is not None, [problem.message() for problem in (*problems, *found)]
    return built


@dataclass
class Shop:
    """An open shop with a folder for files."""

    workspace: Workspace
    release: Release
    folder: Path

    @classmethod
    def open(cls, url: str, folder: Path) -> Shop:
        """A new shop in an empty database."""
        workspace = installed(url, model(), clock=lambda: NOW)
        return cls(workspace, workspace.current(), folder)

    def context(self, language: str = "en") -> Context:
        """The system, now."""
        return system_context(self.release, self.workspace.clock, language)

    def file(self, text: str | bytes, name: str = "file.csv") -> Path:
        """A file with that content."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def bring(self, name: str, text: str | bytes | Path, **options: Any) -> Result:
        """Import a text."""
        path = text if isinstance(text, Path) else self.file(text)
        language = options.pop("language", "en")
        order = Order(name, path, errors=self.folder / "errors.csv", **options)
        return run_import(self.workspace.database, self.context(language), self.release, order)

    def errors(self) -> list[str]:
        """The lines of the error file."""
        return (self.folder / "errors.csv").read_text("utf-8-sig").splitlines()

    def all(self, entity: str, *fields: str) -> list[tuple[Any, ...]]:
        """The values of all records, in the order of the first field; references by their labels."""
        with self.workspace.database.read() as connection:
            page = list_records(connection, self.context(), self.release, Query(entity, fields, limit=1000))
        rows = [tuple(_plain(row[column.index]) for column in page.columns) for row in page.rows]
        return sorted(rows, key=repr)


def _plain(value: Any) -> Any:
    return value.label if isinstance(value, Reference) else value
