"""Records to disagree about: every type, references, relations, nulls, and values at the edges of what they may be."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kith.rules.evalscope import DictScope, Records, scope_of
from kith.rules.values import Env

LINES = {
    "q": "int?", "price": "decimal(10,2)?", "weight": "decimal(18,0)?", "off": "bool", "kind": "choice<x,y,z>?",
    "name": "text?", "due": "date?", "seen": "datetime?", "took": "duration?", "cost": "money(12,2,CNY)?",
    "share": "percent?", "tags": "set<text>", "item.name": "text?", "item.stock": "int?", "item.kind": "choice<a,b>?",
}  # fmt: skip
ORDERS = {"total": "decimal(12,2)?", "paid": "bool?", "day": "date?", "state": "choice<draft,sent,done>"}
TYPES: dict[str, object] = {
    "n": "int?", "k": "int", "amount": "decimal(15,2)?", "fine": "decimal(9,6)", "huge": "decimal(18,0)?",
    "rate": "percent?", "cost": "money(12,2,CNY)?", "fee": "money(10,4,CNY)", "name": "text?", "code": "text",
    "ok": "bool?", "flag": "bool", "due": "date?", "since": "date", "seen": "datetime?", "made": "datetime",
    "took": "duration?", "pause": "duration", "opens": "time?", "stage": "choice<fresh,active,won,lost>?",
    "level": "choice<low,mid,high>", "tags": "set<text>", "marks": "set<int>", "picks": "set<choice<a,b,c>>",
    "owner": "ref<user>?", "helper": "ref<user>?", "account": "ref<account>?", "account.name": "text?",
    "account.score": "decimal(12,4)?", "account.since": "date?", "account.seen": "datetime?", "account.open": "bool?",
    "account.rank": "int", "account.tags": "set<text>", "account.owner": "ref<user>?", "account.parent.name": "text?",
    "account.parent.score": "decimal(12,4)", "account.size": "choice<small,large>?", "lines": LINES,
    "account.orders": ORDERS, "me.name": "text?", "me.limit": "decimal(15,2)?", "me.level": "int?",
    "me.teams": "set<text>", "me.marks": "set<decimal(10,2)>", "me.team.name": "text?", "me.boss": "ref<user>?",
    "me.joined": "date?",
}  # fmt: skip
ZONES = [
    "UTC", "Asia/Shanghai", "America/New_York", "America/St_Johns", "America/Havana", "Pacific/Apia", "Europe/Berlin",
    "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo",
]  # fmt: skip

INTS = [0, 1, -1, 2, 3, -7, 10, 12, 100, 999_999_999_999_999, -999_999_999_999_999]
TEXTS = [
    "a", "A", "b", "ab", "Ab a", "ΑΣ", "ΟΔΟΣ Σ", "σς", "İstanbul", "I", "ı", "straße", "STRASSE", "e\u0301", "é",
    "张三", "科技有限公司", "👍🏽 x", "\U0001f468\u200d\U0001f469", " a\t", "\r\n", "100%_\\", "x'y\"z", "ﬁ ŉ ǰ", "Z",
    "\u00a0a", "\ud7ff", "\U0010ffff", "a" * 60, "-", "10", "[b]", "a.b*",
]  # fmt: skip
DATES = [
    "1900-01-01", "1900-03-01", "2999-12-31", "2999-02-28", "2024-02-29", "2023-02-28", "2026-01-31", "2026-03-31",
    "2026-12-28", "2027-01-01", "2027-01-03", "2025-12-29", "2021-01-03", "2000-02-29", "2026-11-25", "2026-11-24",
]  # fmt: skip
INSTANTS = [
    "1900-01-01T00:00:00Z", "2999-12-31T23:59:59.999999Z", "2026-03-08T06:59:59.999999Z", "2026-03-08T07:00:00Z",
    "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2006-10-29T02:30:00Z", "2006-10-29T02:45:00Z",
    "2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z", "2026-11-01T04:30:00Z", "2026-11-25T15:59:59.999999Z",
    "2026-11-25T16:00:00Z", "2026-03-29T01:00:00Z", "2018-11-04T02:59:59Z", "2018-11-04T03:00:00Z",
]  # fmt: skip
DURATIONS = [
    "P0D", "P1D", "PT1H", "-P3D", "P2D", "PT90M", "PT0.000001S", "P1000000D", "-P1000000D", "P7D", "-PT36H", "P400000D",
]  # fmt: skip
IDS = ["me", "u1", "u2"]
Random = random.Random


def _decimal(digits: int, scale: int) -> Callable[[Random], object]:
    largest = 10**digits - 1
    edges = [0, 1, -1, 5, -5, 50, -50, 15, 25, 125, largest, -largest, 10**scale, -(10**scale), 3 * 10**scale // 2]

    def make(rng: Random) -> str:
        number = rng.choice(edges) if rng.random() < 0.5 else rng.randint(-(10 ** rng.randint(0, digits)) + 1, largest)
        if rng.random() < 0.4:
            number = rng.randint(-200, 200) * 10 ** max(0, scale - 1)
        number = max(-largest, min(largest, number))
        sign, text = ("-" if number < 0 else ""), str(abs(number)).rjust(scale + 1, "0")
        return f"{sign}{text[: len(text) - scale]}.{text[len(text) - scale :]}" if scale else f"{sign}{text}"

    return make


def _int(rng: Random) -> int:
    return rng.choice(INTS) if rng.random() < 0.6 else rng.randint(-40, 40)


def _text(rng: Random) -> str:
    if rng.random() < 0.7:
        return rng.choice(TEXTS)
    return "".join(rng.choice("abΣσAİé张 ") for _ in range(rng.randint(1, 6)))


def _date(rng: Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(DATES)
    return (date(2026, 11, 25) + timedelta(days=rng.randint(-800, 800))).isoformat()


def _datetime(rng: Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(INSTANTS)
    spread = rng.choice([90_000, 40_000_000])
    return (datetime(2026, 11, 25, 16, tzinfo=UTC) + timedelta(seconds=rng.randint(-spread, spread))).isoformat()


MAKERS: dict[str, Callable[[Random], object]] = {
    "int": _int, "text": _text, "date": _date, "datetime": _datetime, "bool": lambda rng: rng.random() < 0.5,
    "duration": lambda rng: rng.choice(DURATIONS), "percent": _decimal(9, 6),
    "time": lambda rng: rng.choice(["00:00:00", "09:00:00", "23:59:59", "09:30:00"]),
    "ref": lambda rng: rng.choice(IDS),
}  # fmt: skip


def make(rng: Random, type_: str) -> object:
    """A hostile value of a type, null where it may be; ids of users are given as they are."""
    plain = type_.removesuffix("?")
    if plain != type_ and rng.random() < 0.25:
        return None
    head, _, rest = plain.partition("<") if "<" in plain else plain.partition("(")
    if head == "choice":
        return rng.choice(rest.removesuffix(">").split(","))
    if head == "set":
        return [make(rng, rest.removesuffix(">")) for _ in range(rng.choice([0, 0, 1, 2, 3]))]
    if head in ("decimal", "money"):
        digits, scale = rest.rstrip(")").split(",")[:2]
        return _decimal(int(digits), int(scale))(rng)
    return MAKERS[head](rng)


def record(rng: Random, types: Mapping[str, object]) -> dict[str, object]:
    """Values for a whole record, with what it refers to and its related records, in the form of `kith eval`."""
    values: dict[str, object] = {}
    gone: list[str] = []
    for path, type_ in types.items():
        if path.startswith("me.") or any(path.startswith(f"{link}.") for link in gone):
            continue
        if type_ == "ref<account>?":
            # An account is described by what is behind it; without that there is none.
            if rng.random() < 0.2:
                gone.append(path)
            continue
        if isinstance(type_, Mapping):
            values[path] = [record(rng, type_) for _ in range(rng.choice([0, 0, 1, 2, 3, 4]))]
        else:
            values[path] = make(rng, str(type_))
    return values


@dataclass(frozen=True)
class World:
    """Environments that share instant, zone and actor, and the request values that they came from."""

    types: Mapping[str, object]
    scope: DictScope
    values: list[dict[str, object]]
    envs: list[Env]
    now: datetime
    zone: str


def scope() -> DictScope:
    """The names of the world."""
    return scope_of(TYPES)


def world(rng: Random, count: int, *, saving: bool = False) -> World:
    """So many hostile records."""
    zone = rng.choice(ZONES)
    now = datetime.fromisoformat(str(_datetime(rng)))
    if not 1901 <= now.year <= 2998:
        now = datetime(2026, 11, 25, 16, tzinfo=UTC)
    me = {path: make(rng, str(type_)) for path, type_ in TYPES.items() if path.startswith("me.")}
    values = [{**record(rng, TYPES), **me} for _ in range(count)]
    if saving:
        for held in values:
            if rng.random() < 0.8:
                old = {
                    path: value for path, value in held.items() if path in TYPES and "." not in path and path != "lines"
                }
                changed = {path: make(rng, str(TYPES[path])) for path in old if rng.random() < 0.4}
                held["old"] = {**old, **changed}
    return World(TYPES, scope(), values, environments(TYPES, values, now, zone), now, zone)


def environments(types: Mapping[str, object], values: list[dict[str, object]], now: datetime, zone: str) -> list[Env]:
    """Request values as environments."""
    whole = scope_of(types)
    return [Records(whole, held).env(now.astimezone(UTC), ZoneInfo(zone)) for held in values]
