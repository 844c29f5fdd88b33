"""Records to disagree about: every type, references, relations, nulls, and values at the edges of what they may be."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kith.rules.calendars import BusinessCalendar
from kith.rules.evalscope import OWN, DictScope, Records, declare, entity_scope, scope_of
from kith.rules.types import TEXT, Type, money
from kith.rules.values import Env

LINES = {
    "q": "int?", "price": "decimal(10,2)?", "weight": "decimal(18,0)?", "off": "bool", "kind": "choice<x,y,z>?",
    "name": "text?", "due": "date?", "seen": "datetime?", "took": "duration?", "cost": "money(12,2,CNY)?",
    "share": "percent?", "tags": "set<text>", "item": "ref<product>?", "item.name": "text?", "item.stock": "int?",
    "item.kind": "choice<a,b>?",
    "item.maker": "ref<firm>?", "item.maker.name": "text?", "off_at": "time?",
}  # fmt: skip
VISITS = {"n": "int?", "at": "datetime?", "topic": "text?", "by": "ref<user>?", "by.name": "text?"}
ORDERS = {"total": "decimal(12,2)?", "paid": "bool?", "day": "date?", "state": "choice<draft,sent,done>"}
TYPES: dict[str, object] = {
    "n": "int?", "k": "int", "amount": "decimal(15,2)?", "fine": "decimal(9,6)", "huge": "decimal(18,0)?",
    "rate": "percent?", "cost": "money(12,2,CNY)?", "fee": "money(10,4,CNY)", "name": "text?", "code": "text",
    "ok": "bool?", "flag": "bool", "due": "date?", "since": "date", "seen": "datetime?", "made": "datetime",
    "took": "duration?", "pause": "duration", "opens": "time?", "stage": "choice<fresh,active,won,lost>?",
    "level": "choice<low,mid,high>", "tags": "set<text>", "marks": "set<int>", "picks": "set<choice<a,b,c>>",
    "owner": "ref<user>?", "helper": "ref<user>?", "account": "ref<account>?", "account.name": "text?",
    "account.score": "decimal(12,4)?", "account.since": "date?", "account.seen": "datetime?", "account.open": "bool?",
    "account.rank": "int", "account.tags": "set<text>", "account.owner": "ref<user>?", "account.parent": "ref<holding>?",
    "account.parent.name": "text?", "account.parent.score": "decimal(12,4)", "account.size": "choice<small,large>?",
    "lines": LINES,
    "account.orders": ORDERS, "me.name": "text?", "me.limit": "decimal(15,2)?", "me.level": "int?",
    "me.teams": "set<text>", "me.marks": "set<decimal(10,2)>", "me.team": "ref<team>?", "me.team.name": "text?",
    "me.boss": "ref<user>?",
    "me.joined": "date?", "wide": "decimal(18,6)?", "cents": "decimal(18,2)", "small": "decimal(2,2)?", "closes": "time?",
    "crew": "set<ref<user>>", "dollars": "money(15,2,USD)?", "deposit__base": "money(15,2,CNY)?", "paid_in": "text?",
    "owner.name": "text?", "owner.team": "ref<team>?", "owner.team.name": "text?", "account.parent.owner": "ref<keeper>?",
    "account.parent.owner.name": "text?", "account.parent.size": "choice<small,large>?",
    "account.parent.visits": VISITS,
}  # fmt: skip
ZONES = [
    "UTC", "Asia/Shanghai", "America/New_York", "America/St_Johns", "America/Havana", "Pacific/Apia", "Europe/Berlin",
    "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo",
    "Asia/Kolkata", "Australia/Adelaide", "Pacific/Chatham", "Africa/Casablanca", "Europe/London", "America/Santiago",
]  # fmt: skip

INTS = [0, 1, -1, 2, 3, -7, 10, 12, 100, 999_999_999_999_999, -999_999_999_999_999]
TEXTS = [
    "a", "A", "b", "ab", "Ab a", "ΑΣ", "ΟΔΟΣ Σ", "σς", "İstanbul", "I", "ı", "straße", "STRASSE", "e\u0301", "é",
    "张三", "科技有限公司", "👍🏽 x", "\U0001f468\u200d\U0001f469", " a\t", "\r\n", "100%_\\", "x'y\"z", "ﬁ ŉ ǰ", "Z",
    "\u00a0a", "\ud7ff", "\U0010ffff", "a" * 60, "-", "10", "[b]", "a.b*",
    "a\u0301\u0323", "q\u0307\u0323", "Σ\u0301", "ΑΣ.", "\u1e9e", "ǅ", "각", "\u1100\u1161\u11a8", "𝒜𐐀", "龘䶵", "a\u200bb",
    "\u2028",
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
RATES = {"USD": Decimal("7.1"), "EUR": Decimal("7.731"), "CNY": Decimal(1)}
CALENDAR = BusinessCalendar(
    week=(*(((9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60)),) * 4, ((8 * 60, 14 * 60),), ((10 * 60, 12 * 60),), ()),
    holidays=frozenset({date(2026, 11, 25), date(2026, 12, 25), date(2024, 2, 29), date(1900, 1, 1)}),
    workdays=frozenset({date(2026, 11, 22), date(2999, 12, 29)}),
)
"""Split days, a short Friday, a Saturday, days off at the borders, and a Sunday that makes up for one."""
MADE: dict[str, dict[str, str]] = {
    ":home": {"city": "text?", "since": "date?"},
    "task": {"subject": "text?", "due": "date?", "owner": "ref<user>?", "effort": "duration?",
             "size": "decimal(6,2)?", "deal": "ref<record>?"},
}  # fmt: skip
"""What no path of the types describes."""
EXTRA = {"home.city": "text?", "home.since": "date?", "deposit": "money(15,2,CNY)?"}
"""Fields with values that the types have no word for."""
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
        if is_described(type_):
            if rng.random() < 0.2:
                gone.append(path)
        elif isinstance(type_, Mapping):
            values[path] = [record(rng, type_) for _ in range(rng.choice([0, 0, 1, 2, 3, 4]))]
        else:
            values[path] = make(rng, str(type_))
            if values[path] is None:
                gone.append(path)
    return values


def is_described(type_: object) -> bool:
    """Whether a record behind a reference is there by what is said of it; users have ids."""
    return str(type_).startswith("ref<") and type_ != "ref<user>?"


@dataclass(frozen=True)
class World:
    """Environments that share instant, zone and actor, and the request values that they came from."""

    types: Mapping[str, object]
    scope: DictScope
    values: list[dict[str, object]]
    envs: list[Env]
    now: datetime
    zone: str


def scope(types: Mapping[str, object] = TYPES) -> DictScope:
    """The names of the world: also a value of several parts, an amount in its record's currency, and a kind of record to create."""
    found = scope_of(types)
    found.add("home", Type("record", nullable=True, entity=":home"))
    found.add("deposit", money("CNY").or_null(), currency="paid_in")
    found.world["user"].add("email", TEXT.or_null())
    for entity, fields in MADE.items():
        for name, type_ in fields.items():
            declare(entity_scope(found, entity), [name], type_)
    return found


def world(rng: Random, count: int, *, saving: bool = False) -> World:
    """So many hostile records."""
    zone = rng.choice(ZONES)
    now = datetime.fromisoformat(str(_datetime(rng)))
    if not 1901 <= now.year <= 2998:
        now = datetime(2026, 11, 25, 16, tzinfo=UTC)
    me = {path: make(rng, str(type_)) for path, type_ in TYPES.items() if path.startswith("me.")}
    values = [{**record(rng, TYPES | EXTRA), **me} for _ in range(count)]
    for held in values if saving else ():
        if rng.random() < 0.8:
            held["old"] = before(rng, held)
    return World(TYPES, scope(), values, environments(values, now, zone), now, zone)


def before(rng: Random, held: Mapping[str, object]) -> dict[str, object]:
    """The record before the save; it referred to the same account, or to none."""
    old = {path: value for path, value in held.items() if "." not in path and not isinstance(TYPES.get(path), Mapping)}
    changed = {path: make(rng, str((TYPES | EXTRA)[path])) for path in old if rng.random() < 0.4}
    has_account = any(path.startswith("account.") for path in held) and rng.random() < 0.8
    return {**old, **changed, **({"account": f"{OWN}/account"} if has_account else {})}


def environments(values: list[dict[str, object]], now: datetime, zone: str) -> list[Env]:
    """Request values as environments."""
    whole = scope()
    envs = [Records(whole, held).env(now.astimezone(UTC), ZoneInfo(zone)) for held in values]
    return [replace(env, rate=rate, calendar=CALENDAR) for env in envs]


def rate(currency: str, day: date) -> Decimal | None:
    """What a unit of a currency was worth; nobody has said it of every day."""
    found = RATES.get(currency)
    if currency == "EUR" and day.year < 1999:
        return None
    return found and found + Decimal(day.toordinal() % 7) / 1000
