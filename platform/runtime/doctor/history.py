"""The chains of history: of each record, and the one over all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.doctor.findings import Found, Visit
from kith.runtime.schema.system import history
from kith.runtime.sealing import Verified, verify
from kith.runtime.write.storing import chained, digests

PAGE = 2_000
COLUMNS = tuple(map(str, history.c.keys()))


def look(visit: Visit) -> Found:
    """Every row is as it was written, follows the one before, and every record has the row of its version."""
    with visit.database.read() as connection:
        sealed = verify(connection, visit.key, visit.kept)
        broken: dict[tuple[str, str], int] = {}
        rows = records = 0
        for count, is_new, flaw in _walk(connection):
            rows, records = rows + count, records + is_new
            if flaw is not None:
                broken.setdefault(flaw[:2], flaw[2])
        bare = list(_without(visit, connection))
    until = _until(_moment(sealed.at), sealed.name)
    flaws = [BROKEN[sealed.broken]] if sealed.broken else []
    for (entity, record), version in sorted(broken.items()):
        flaws.append(
            Words(
                f"{entity}/{record}: version {version} has been changed or does not follow the one before",
                f"{entity}/{record}：版本 {version} 被修改过，或与前一版本不衔接",
            )
        )
    flaws += bare
    return Found(
        Words(
            f"{rows:,} rows of {records:,} records; {until.en}",
            f"{records:,} 条记录的 {rows:,} 行；{until.zh}",
        ),
        rows,
        flaws,
        list(_notes(sealed, with_key=bool(visit.key))),
    )


CHANGED = Words(
    "what was written after that has been changed or removed outside of Kith", "此后的内容曾在 Kith 之外被修改或删除"
)
BROKEN: Mapping[str, Words] = {
    "seal": CHANGED,
    "rows": CHANGED,
    "key": Words(
        "what follows was not sealed with this key: a worker runs without it, or somebody has sealed other history",
        "此后的封存未使用此密钥：有后台进程未配置密钥，或有人重新封存了其他历史",
    ),
    "kept": Words(
        "the seal that was kept is not the one of this history: what it covers has been changed and sealed anew, or is gone",
        "留存的封存与此历史不符：其涵盖的内容已被修改后重新封存，或已丢失",
    ),
}


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else ""


def _until(moment: str, name: str) -> Words:
    if not moment:
        return Words("nothing is sealed yet", "尚未封存")
    return Words(f"sealed and verified up to {moment}, seal {name}", f"已封存并校验至 {moment}，封存 {name}")


def _notes(sealed: Verified, *, with_key: bool) -> Iterator[Words]:
    """What only somebody who knows more can judge."""
    if sealed.signed_from:
        moment = _moment(sealed.signed_from)
        yield (
            Words(f"sealed with the key since {moment}", f"自 {moment} 起使用密钥封存")
            if with_key
            else Words(
                f"sealed with a key since {moment}, which was not given and so not verified",
                f"自 {moment} 起使用密钥封存；未提供密钥，因此未校验签名",
            )
        )
    if sealed.late:
        yield Words(
            f"{sealed.late} seals were made more than a day after what they cover: no worker ran, or it was sealed again",
            f"有 {sealed.late} 次封存晚于其内容一天以上：当时没有后台进程运行，或内容被重新封存",
        )


def _walk(connection: sa.Connection) -> Iterator[tuple[int, bool, tuple[str, str, int] | None]]:
    """Every row: 1, whether it is the first of its record, and the entity, record and version where it is not sound."""
    order = (history.c.entity, history.c.record, history.c.version)
    after: tuple[str, str, int] | None = None
    hash_ = ""
    while True:
        asked = sa.select(history).order_by(*order).limit(PAGE)
        if after is not None:
            asked = asked.where(
                sa.tuple_(*order) > sa.tuple_(*(sa.literal(one, c.type) for one, c in zip(after, order, strict=True)))
            )
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in connection.execute(asked)]
        for row in rows:
            place = (row["entity"], row["record"], row["version"])
            is_new = after is None or after[:2] != place[:2]
            follows = row["previous"] == ("" if is_new else hash_)
            sound = follows and row["hash"] == chained(row) and _tells_what_it_digests(row)
            yield 1, is_new, None if sound else place
            after, hash_ = place, row["hash"]
        if len(rows) < PAGE:
            return


def _tells_what_it_digests(row: Mapping[str, Any]) -> bool:
    """Whether the values of a row are those that its digests were made of; erased ones are none."""
    values, kept = row["values"], row["digests"]
    return values is None or (
        values.keys() <= kept.keys() and all(digests(entry) == kept[name] for name, entry in values.items())
    )


def _without(visit: Visit, connection: sa.Connection) -> Iterator[Words]:
    """Records whose version no row of the history tells of, or whose history tells of versions that they have not."""
    for name, table in visit.release.tables.entities.items():
        told = sa.exists().where(
            history.c.entity == table.stable_name,
            history.c.record == table.id,
            history.c.version == table.table.c.version,
        )
        count = connection.scalar(sa.select(sa.func.count()).select_from(table.table).where(~told))
        if count:
            yield Words(
                f"{name}: {count} records were written outside of Kith: no history tells of their version",
                f"{name}：{count} 条记录在 Kith 之外被写入，其版本没有历史记录",
            )
        beyond = sa.exists().where(
            history.c.entity == table.stable_name,
            history.c.record == table.id,
            history.c.version > table.table.c.version,
        )
        count = connection.scalar(sa.select(sa.func.count()).select_from(table.table).where(beyond))
        if count:
            yield Words(
                f"{name}: the history of {count} records tells of versions that they never had",
                f"{name}：{count} 条记录的历史中有它们从未有过的版本",
            )
