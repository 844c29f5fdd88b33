"""The file of a backup: a zip with a member for each table, a row a line, and a table of contents with their hashes."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from kith.problems import Words
from kith.runtime.backup.tables import Table
from kith.runtime.backup.values import Column

FORMAT = 2
CONTENTS = "contents.json"
LEVEL = 3
"""Of compression: further levels take several times as long and save a tenth."""


class Unreadable(Exception):
    """A file that is no backup, or one of a newer Kith; `words` say which."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Damaged(Unreadable):
    """A backup that is not as it was written."""


@dataclass(frozen=True, slots=True)
class Member:
    """A table in a backup: its columns, how many rows there are, and the hash of their text."""

    table: Table
    rows: int
    hash: str

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        columns = [column.as_data() for column in self.table.columns]
        return {"name": self.table.name, "columns": columns, "rows": self.rows, "sha256": self.hash}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself: what made it of what, and its tables."""

    kith: str
    engine: str
    at: str
    app: str
    release: int
    members: Sequence[Member]
    hash: str = ""
    """The hash of all this, and thereby of everything."""

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(member.rows for member in self.members)

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        told = {name: getattr(self, name) for name in ("kith", "engine", "at", "app", "release")}
        return {"format": FORMAT, **told, "tables": [member.as_data() for member in self.members]}


class Writer:
    """Writes a backup, table by table; the contents come last."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self.members: list[Member] = []

    def write(self, table: Table, rows: Iterator[Sequence[list[Any]]]) -> None:
        """Write a table, some rows at a time."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(_name(table), "w", force_zip64=True) as member:
            for some in rows:
                text = b"".join([orjson.dumps(row) + b"\n" for row in some])
                digest.update(text)
                member.write(text)
                count += len(some)
        self.members.append(Member(table, count, digest.hexdigest()))

    def close(self, contents: Contents) -> str:
        """Write the contents; their hash."""
        text = orjson.dumps(contents.as_data(), option=orjson.OPT_INDENT_2)
        self._zip.writestr(CONTENTS, text)
        self._zip.close()
        return hashlib.sha256(text).hexdigest()


class Reader:
    """Reads a backup; raises Unreadable and Damaged."""

    def __init__(self, source: Path | IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
            text = self._zip.read(CONTENTS)
            self.contents = _contents(text)
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
            raise Unreadable(Words("This is no backup of Kith.", "这不是 Kith 的备份。")) from error

    def rows(self, member: Member) -> Iterator[list[list[Any]]]:
        """The rows of a table, some at a time; raises Damaged where they are not those that were written."""
        digest, count, some = hashlib.sha256(), 0, []
        try:
            with self._zip.open(_name(member.table)) as lines:
                for line in lines:
                    digest.update(line)
                    some.append(orjson.loads(line))
                    if len(some) == member.table.at_once:
                        count += len(some)
                        yield some
                        some = []
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as error:
            raise damaged(member.table.name) from error
        if digest.hexdigest() != member.hash or count + len(some) != member.rows:
            raise damaged(member.table.name)
        yield some

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def contents_of(source: Path | IO[bytes]) -> Contents:
    """What a backup says of itself."""
    reader = Reader(source)
    reader.close()
    return reader.contents


def verify(source: Path | IO[bytes]) -> Contents:
    """Read everything, and nothing else; raises Damaged where anything is not as it was written."""
    reader = Reader(source)
    for member in reader.contents.members:
        for _ in reader.rows(member):
            pass
    reader.close()
    return reader.contents


def damaged(table: str) -> Damaged:
    """That a table is not as it was written."""
    return Damaged(
        Words(
            f"The backup is damaged: {table} is not as it was written.", f"备份已损坏：{table} 与写入时的内容不一致。"
        )
    )


def _name(table: Table) -> str:
    return f"tables/{table.name}.jsonl"


def _contents(text: bytes) -> Contents:
    data = orjson.loads(text)
    if data["format"] > FORMAT:
        raise Unreadable(
            Words(
                f"This backup was made by a newer Kith ({data['kith']}).",
                f"此备份由更新版本的 Kith（{data['kith']}）创建。",
            )
        )
    members = [
        Member(Table(one["name"], [Column(*column) for column in one["columns"]]), one["rows"], one["sha256"])
        for one in data["tables"]
    ]
    told = {name: data[name] for name in ("kith", "engine", "at", "app", "release")}
    return Contents(**told, members=members, hash=hashlib.sha256(text).hexdigest())
