"""What an expression may read, by family, and the values that authors write down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.agreement.world import LINES, ORDERS, TYPES, VISITS

NUMBERS = ("int", "decimal", "percent")
SETS = {"text": "texts", "number": "numbers", "choice": "options", "ref": "refs"}
BEHIND = {
    "account.owner.name": "text?", "account.owner.team.name": "text?", "helper.name": "text?",
    "helper.limit": "decimal(15,2)?",
    "owner.teams": "set<text>", "owner.joined": "date?", "account.owner.boss": "ref<user>?", "deposit": "money(15,2,CNY)?",
    "me": "ref<user>", "this": "ref<record>", "home.city": "text?", "home.since": "date?",
}  # fmt: skip
"""Fields of records that the world's types describe elsewhere, and one in the currency of its record."""
LITERALS = {
    "number": ["0", "1", "2", "3", "-1", "7", "10", "0.5", "1.005", "100", "2.5", "1_000.50", "15%", "0.1", "12345678.9"],
    "text": ['"a"', '"A"', '"é"', '"ΑΣ"', '"张"', '""', '" "', '"straße"', '"-"', '"b"', '"%"', '"İ"', '"👍🏽"', '"e\u0301"'],
    "date": ["@2026-01-31", "@2024-02-29", "@2026-12-28", "@1900-01-01", "@2999-12-31", "@2026-11-25", "@2027-01-01"],
    "datetime": ["@2026-03-08T02:30", "@2026-11-01T01:30", "@2026-11-25T16:00Z", "@2011-12-30T12:00", "@2026-01-01T00:00+08:00"],
    "duration": ["1d", "3d", "2w", "4h", "90min", "-36h", "0d", "400000d"],
    "period": ["1mo", "1y", "-1mo", "12mo", "13mo", "1_000y"],
    "bool": ["true", "false"],
}  # fmt: skip
WRITTEN = {
    "border": ["999_999_999_999_999", "-999_999_999_999_999", "999_999_999_999_999_999", "0.000001", "0.000_000_000_000_000_001",
               "9_999_999_999_999_999.99", "99_999_999_999_999_999_999", "0.5", "-0.5", "0"],
    "part": ["2", "3", "-4", "0.5", "15%", "0.000001", "0.0000001", "0"],
    "places": ["0", "1", "2", "3", "6"],
    "whole": ["null", "0", "-1", "12", "29", "31", "2026", "1_000", "1_001", "2_147_483_648", *["1", "2", "3"] * 3],
    "pattern": ['"a*"', '"[a-z]+"', '"(a|b| )*"', '".*[A-Z].*"', '"[^a]?"', '".\\{2,3\\}"', '"[0-9]*|.*@.*"', '"\\\\w+"',
                '"[张三]*.*"', '"(.|é)+-?"', '".*[%_].*"', '"(a+)+b?"'],
    "written": ['"Ann@Example.com"', '"a@b@c"', '"@"', '"https://ann@EXAMPLE.com:80/a?b"', '"x://a"', '"12.50"', '" -3 "', '"1e5"',
                '"2026-02-28"', '"2026-02-30"', '"2024-02-29"', '"9999-01-01"', '" two  words\\t"', '"a/b//c"', '"/"',
                '"a-b-c"',
                '"+8613800138000"', '"张三"'],
    "url": ['"https://ann@EXAMPLE.com:80/a?b"', '"http://ä.de"', '"x://a"', '"//a.b"', "url_host(name)", '"mailto:a"'],
    "address": ['"Ann@Example.com"', '"a@b@c"', '"@"', "account.name", '"é@ΑΣ.cn"'],
    "figure": ['"12.50"', '" -3 "', '"1e5"', '"999999999999"', '"0.0000001"', "text(amount)", "text(k)", "text(fine)"],
    "dated": ['"2026-02-28"', '"2026-02-30"', '"2024-02-29"', '"9999-01-01"', '"1900-01-01"', "text(due)", "text(since)"],
    "phone": ['"+8613800138000"', '"+41 44 668 18 00"', '"13800138000"', '"+1"', "code"],
    "chinese": ['"张三"', '"重庆 A1"', '"龘"', "name", "code", "account.name"],
    "currency": ['"USD"', '"CNY"', '"EUR"', '"JPY"'],
    "days": ["1d", "3d", "2w", "400000d", "-1d"],
    "day": ["today()", "@2026-11-25", "@2011-12-31", "@2006-10-29", "@2026-03-08", "today() - 1d", "me.joined"],
}  # fmt: skip
"""Values of one place, most of them at a border of what it takes."""


def kind_of(type_: str) -> str:
    """The family that the generator goes by."""
    head = type_.removesuffix("?").split("(")[0].split("<")[0]
    return "number" if head in NUMBERS else head


def options_of(type_: str) -> list[str]:
    """The options of a choice."""
    return type_.removesuffix("?").removeprefix("choice<").removesuffix(">").split(",")


@dataclass
class Names:
    """The fields in sight, by family; sets also by the family of their members."""

    types: Mapping[str, object]
    prefix: str = ""
    by_kind: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path, type_ in self.types.items():
            if not isinstance(type_, Mapping) and "__" not in path:
                self._add(path if path.split(".")[0] in {"me", "this"} else self.prefix + path, str(type_))

    def _add(self, path: str, type_: str) -> None:
        kind = kind_of(type_)
        if kind == "choice":
            self.options[path] = options_of(type_)
        if kind == "money" and "USD" in type_:
            kind = "other_money"
        if kind == "ref" and "<user>" not in type_:
            kind = "other_ref"
        self.by_kind.setdefault(kind, []).append(path)
        if kind == "set":
            self.by_kind.setdefault(SETS[kind_of(type_.removeprefix("set<").removesuffix(">"))], []).append(path)


THIS = Names(TYPES | BEHIND)
OUTER = Names(TYPES | BEHIND, "this.")
ROWS: dict[str, Mapping[str, str]] = {"lines": LINES, "account.orders": ORDERS, "account.parent.visits": VISITS}
RELATED = {relation: Names(types) for relation, types in ROWS.items()}
OPTIONS = {
    path: options for names in (THIS, OUTER, *RELATED.values()) for path, options in names.options.items()
}  # fmt: skip
