"""Random expressions as authors would type them: by type, over every construct, and seldom with one answer only."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kith.problems import Excerpt
from kith.rules import operations
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import scope_of
from kith.rules.operations import Operation, Shorthand
from kith.rules.scope import Slot
from tests.agreement.world import LINES, ORDERS, TYPES

NUMBERS = ("int", "decimal", "percent")
STAGES = {
    "stage": ["fresh", "active", "won", "lost"], "level": ["low", "mid", "high"], "account.size": ["small", "large"],
    "kind": ["x", "y", "z"], "state": ["draft", "sent", "done"], "item.kind": ["a", "b"],
}  # fmt: skip
LITERALS = {
    "number": ["0", "1", "2", "3", "-1", "7", "10", "0.5", "1.005", "100", "2.5", "1_000.50", "15%", "0.1", "12345678.9"],
    "text": ['"a"', '"A"', '"é"', '"ΑΣ"', '"张"', '""', '" "', '"straße"', '"-"', '"b"', '"%"', '"İ"', '"👍🏽"'],
    "date": ["@2026-01-31", "@2024-02-29", "@2026-12-28", "@1900-01-01", "@2999-12-31", "@2026-11-25", "@2027-01-01"],
    "datetime": ["@2026-03-08T02:30", "@2026-11-01T01:30", "@2026-11-25T16:00Z", "@2011-12-30T12:00", "@2026-01-01T00:00+08:00"],
    "duration": ["1d", "3d", "2w", "4h", "90min", "-36h", "0d", "400000d"],
    "period": ["1mo", "1y", "-1mo", "12mo", "13mo", "1_000y"],
    "time": [],
}  # fmt: skip
PARTS = ["2", "3", "-4", "0.5", "15%", "0.000001", "0.0000001", "0"]
"""Written divisors of a duration; with the smallest its result is too long."""
COMPARED = ("number", "text", "date", "datetime", "duration", "money", "choice", "time")
ORDER = ("<", "<=", ">", ">=")


def kind_of(type_: str) -> str:
    """The family that the generator goes by."""
    head = type_.removesuffix("?").split("(")[0].split("<")[0]
    return "number" if head in NUMBERS else head


@dataclass
class Names:
    """The fields in sight, by family."""

    types: Mapping[str, object]
    prefix: str = ""
    by_kind: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path, type_ in self.types.items():
            if not isinstance(type_, Mapping):
                self.by_kind.setdefault(kind_of(str(type_)), []).append(self.prefix + path)


THIS = Names(TYPES | {"account.owner.name": "text?", "owner.limit": "decimal(15,2)?"})
OUTER = Names(TYPES, "this.")
RELATED = {"lines": Names(LINES), "account.orders": Names(ORDERS)}
FIELDS = {"lines": LINES, "account.orders": ORDERS}


WRITTEN = [
    '"Ann@Example.com"', '"a@b@c"', '"@"', '"https://ann@EXAMPLE.com:80/a?b"', '"x://a"', '"12.50"', '" -3 "', '"1e5"',
    '"2026-02-28"', '"2026-02-30"', '"2024-02-29"', '"9999-01-01"', '" two  words\\t"', '"a/b//c"', '"/"', '"a-b-c"',
]  # fmt: skip
"""Texts that some functions look into."""
PATTERNS = [
    '"a*"', '"[a-z]+"', '"(a|b| )*"', '".*[A-Z].*"', '"[^a]?"', '".\\{2,3\\}"', '"[0-9]*|.*@.*"', '"\\\\w+"', '"[张三]*.*"',
    '"(.|é)+-?"', '".*[%_].*"', '"(a+)+b?"',
]  # fmt: skip
Function = Operation | Shorthand


def _by_kind() -> dict[str, list[Function]]:
    """The functions by the family that they give, as an example of each tells."""
    found: dict[str, list[Function]] = {}
    for function in operations.FUNCTIONS.values():
        text = next(text for text, value in function.examples if value is not None)
        made, _ = compile_expression(Excerpt.whole(text), scope_of({}), Slot("example"))
        if made is not None and function.takes:
            found.setdefault(kind_of(str(made.type)), []).append(function)
    return found


FUNCTIONS = _by_kind()


class Generator:
    """Makes expressions from a seed."""

    def __init__(self, rng: random.Random, *, saving: bool = False, templates: bool = False) -> None:
        self.rng = rng
        self.saving = saving
        self.templates = templates
        self.names = THIS

    def expression(self) -> str:
        """One expression of any type."""
        kind = self.pick(
            ["bool"] * 6 + ["number"] * 5 + ["text"] * 3 + ["date"] * 3 + ["datetime", "duration", "money", "choice"]
        )
        return self.make(kind, self.rng.choice([2, 3, 3, 4]))

    def pick(self, options: list[str]) -> str:
        """One of several."""
        return self.rng.choice(options)

    def make(self, kind: str, depth: int) -> str:
        """An expression of a family, at most so deep."""
        if depth <= 0 or self.rng.random() < 0.12:
            return self.leaf(kind)
        common = ["if", "coalesce"] if kind != "period" else []
        if kind in ("number", "text", "date", "datetime", "duration", "money"):
            common.append("extreme")
        if kind in FUNCTIONS and self.rng.random() < 0.15:
            return self.called(FUNCTIONS[kind], depth - 1)
        own: list[Callable[[int], str]] = getattr(self, f"{kind}_forms", list)()
        chosen = self.rng.choice([*own, *own, *common])
        made = chosen(depth - 1) if callable(chosen) else getattr(self, f"_{chosen}")(kind, depth - 1)
        return str(made)

    def leaf(self, kind: str) -> str:
        """A field, or now and then a written value."""
        fields = self.fields(kind)
        if kind == "money":
            return self.pick(fields)
        if kind == "choice":
            return self.pick([name for name in fields if self.options(name)])
        literals = LITERALS.get(kind, ["true", "false"] if kind == "bool" else [])
        if fields and (self.rng.random() < 0.8 or not literals):
            return self.pick(fields)
        return self.pick(literals)

    def fields(self, kind: str) -> list[str]:
        """The fields of a family that may be read here."""
        own = self.names.by_kind.get(kind, [])
        if self.names is not THIS:
            return own * 3 + OUTER.by_kind.get(kind, []) if own else OUTER.by_kind.get(kind, [])
        if self.saving and self.rng.random() < 0.3:
            return ["old." + name for name in own if not name.startswith("me.")] or own
        return own

    def options(self, name: str) -> list[str]:
        """The options of a choice field."""
        return STAGES.get(name.removeprefix("this.").removeprefix("old."), [])

    def called(self, functions: list[Function], depth: int) -> str:
        """One of the functions of the table, each of its arguments of the family that it takes."""
        function = self.rng.choice(functions)
        args: list[str] = []
        first = self.pick(["number", "text", "date"])
        for taken in function.takes:
            family = taken.rstrip("?.")
            kind = {"ordered": first, "any": first, "printable": first, "same": first}.get(family, family)
            if family == "number":
                first = "number"
            if taken.endswith("?") and self.rng.random() < 0.5:
                break
            count = self.rng.choice([1, 2, 3]) if taken.endswith("...") else 1
            args += [self.argument(kind, depth) for _ in range(count)]
        return f"{function.name}({', '.join(args)})"

    def argument(self, family: str, depth: int) -> str:
        """A value of a family, now and then a null or one at a border."""
        match family:
            case "places":
                return self.pick(["0", "1", "2", "3"])
            case "pattern":
                return self.pick(PATTERNS)
            case "int":
                edges = ["null", "0", "-1", "12", "29", "31", "2026", "1_000", "1_001", "2_147_483_648"]
                return self.pick([*edges, *["n", "k", "1", "2", "3"] * 4]) if self.names is THIS else "2"
            case "text" if self.rng.random() < 0.2:
                return self.pick(WRITTEN)
            case "plain":
                return self.make("number", depth)
            case _:
                return self.make(family, depth)

    # --- forms that every family has -------------------------------------------------------------------------------

    def _if(self, kind: str, depth: int) -> str:
        if kind == "choice":
            name = self.leaf("choice")
            return f'(if {self.make("bool", depth)} then {name} else "{self.pick(self.options(name))}")'
        return f"(if {self.make('bool', depth)} then {self.make(kind, depth)} else {self.make(kind, depth)})"

    def _coalesce(self, kind: str, depth: int) -> str:
        if kind == "choice":
            name = self.leaf("choice")
            return f'({name} ?? "{self.pick(self.options(name))}")'
        return f"({self.make(kind, depth)} ?? {self.make(kind, depth)})"

    def _extreme(self, kind: str, depth: int) -> str:
        return f"{self.pick(['min', 'max'])}({self.make(kind, depth)}, {self.make(kind, depth)})"

    # --- numbers ---------------------------------------------------------------------------------------------------

    def number_forms(self) -> list[Callable[[int], str]]:
        n, make = "number", self.make
        forms: list[Callable[[int], str]] = [
            lambda d: f"({make(n, d)} {self.pick(['+', '-', '*', '/'])} {make(n, d)})",
            lambda d: f"({make(n, d)} {self.pick(['+', '-', '*', '/'])} {make(n, d)})",
            lambda d: f"{self.pick(['mod', 'div'])}({make(n, d)}, {make(n, d)})",
            lambda d: f"round({make(n, d)}{self.pick(['', ', 1', ', 2', ', 0', ', 4'])})",
            lambda d: f"{self.pick(['abs', 'floor', 'ceil'])}({make(n, d)})",
            lambda d: f"(-{make(n, d)})",
            lambda d: f"{self.pick(['mod', 'div'])}({self.leaf(n)}, {self.pick(['2', '3', '7', '-4', '1.5'])})",
            lambda d: f"round({self.leaf(n)}, {self.pick(['0', '1', '2', '3'])})",
            lambda d: f"({self.leaf(n)} / {self.pick(['2', '4', '8', '20', '3'])})",
            lambda d: f"length({make('text', d)})",
            lambda d: f"bands({make(n, d)}, {self.pick(['[0, 10]', '[-1.5, 0, 0.5]', '[3]'])}, [1, 2.5, 0])".replace(
                "[3], [1, 2.5", "[3], [2.5"
            ).replace("0.5], [1", "0.5], [7, 1"),
            lambda d: f"{self.pick(['year', 'quarter', 'month', 'day', 'iso_week'])}({make('date', d)})",
            lambda d: f"days_between({make('date', d)}, {make('date', d)})",
            lambda d: f"({make('date', d)} - {make('date', d)})",
            lambda d: f"age({make('date', d)}{self.pick(['', ', ' + make('date', d)])})",
            lambda d: f"({make('duration', d)} / {make('duration', d)})",
            lambda d: f"({make('money', d)} / {make('money', d)})",
        ]
        return forms + [self._counting, self._numeric] * 2 if self.names is THIS else forms

    def _counting(self, depth: int) -> str:
        if self.rng.random() < 0.3:
            kind = self.pick(["text", "number", "date", "choice", "money", "bool"])
            return self.related("count_distinct", kind, depth)
        return self.related("count", None, depth)

    def _numeric(self, depth: int) -> str:
        return self.related(
            self.pick(["sum", "avg", "min", "max", "first", "last", "median", "count_distinct"]), "number", depth
        )

    def money_forms(self) -> list[Callable[[int], str]]:
        m, make = "money", self.make
        forms: list[Callable[[int], str]] = [
            lambda d: f"({make(m, d)} {self.pick(['+', '-'])} {make(m, d)})",
            lambda d: f"({make(m, d)} {self.pick(['*', '/'])} {make('number', d)})",
            lambda d: f"{self.pick(['round', 'floor', 'ceil', 'abs', '-'])}({make(m, d)})",
            lambda d: f"mod({make(m, d)}, {make(m, d)})",
        ]
        if self.names is THIS:
            forms.append(lambda d: self.related(self.pick(["sum", "avg", "max", "median"]), m, d))
        return forms

    # --- texts -----------------------------------------------------------------------------------------------------

    def text_forms(self) -> list[Callable[[int], str]]:
        t, make = "text", self.make
        forms: list[Callable[[int], str]] = [
            lambda d: f"({make(t, d)} + {make(t, d)})",
            lambda d: f"{self.pick(['fold', 'lower', 'upper', 'trim', 'fold'])}({make(t, d)})",
            lambda d: f"replace({make(t, d)}, {make(t, 0)}, {make(t, 0)})",
            lambda d: f"substring({make(t, d)}, {self.whole(d)}{self.pick(['', ', ' + self.whole(d)])})",
            lambda d: f"text({make(self.pick(['number', 'money', 'date', 'bool', 'text', 'choice']), d)})",
        ]
        if self.names is THIS:
            forms.append(lambda d: self.related(self.pick(["first", "min", "max", "last", "join", "join"]), t, d))
            if self.templates:
                hole = self.pick(["name", "amount", "due ?? since", "took", "rate", "seen", "stage", "n + 1", "ok"])
                forms += [lambda _d: f'"a{{{hole}}}-{{code}}"'] * 3
        return forms

    def whole(self, depth: int) -> str:
        """A whole number."""
        return (
            self.pick(["n", "k", "1", "2", "0", f"floor({self.make('number', depth - 1)})"])
            if self.names is THIS
            else "2"
        )

    # --- dates and spans -------------------------------------------------------------------------------------------

    def date_forms(self) -> list[Callable[[int], str]]:
        d_, make = "date", self.make
        forms: list[Callable[[int], str]] = [
            lambda d: (
                f"({make(d_, d)} {self.pick(['+', '-'])} {self.pick(['1d', '3d', '2w', '400000d', make('duration', 0)])})".replace(
                    "h)", "d)"
                ).replace("min)", "d)")
            ),
            lambda d: f"({make(d_, d)} {self.pick(['+', '-'])} {make('period', d)})",
            lambda d: f"({make(d_, d)} + {make('period', 0)})",
            lambda d: f"local_date({make('datetime', d)})",
            lambda d: "today()",
            lambda d: f"next_anniversary({make(d_, d)}{self.pick(['', ', ' + make(d_, d)])})",
        ]
        return (
            [*forms, lambda d: self.related(self.pick(["min", "max", "first"]), d_, d)] if self.names is THIS else forms
        )

    def datetime_forms(self) -> list[Callable[[int], str]]:
        return [
            lambda d: f"({self.make('datetime', d)} {self.pick(['+', '-'])} {self.make('duration', d)})",
            lambda d: "now()",
            lambda d: self.related("max", "datetime", d) if self.names is THIS else "now()",
        ]

    def duration_forms(self) -> list[Callable[[int], str]]:
        u, make = "duration", self.make
        return [
            lambda d: f"({make(u, d)} {self.pick(['+', '-'])} {make(u, d)})",
            lambda d: f"({make(u, d)} * {make('number', d)})",
            lambda d: f"({make(u, d)} / {self.pick([*self.fields('number'), *PARTS])})",
            lambda d: f"({make('datetime', d)} - {make('datetime', d)})",
            lambda d: f"(-{make(u, d)})",
            lambda d: self.related(self.pick(["sum", "max"]), u, d) if self.names is THIS else "1d",
        ]

    def period_forms(self) -> list[Callable[[int], str]]:
        p, make = "period", self.make
        return [
            lambda d: f"({make(p, d)} {self.pick(['+', '-'])} {make(p, d)})",
            lambda d: f"(-{make(p, d)})",
            lambda d: f"(if {make('bool', d)} then {make(p, 0)} else {make(p, 0)})",
        ]

    def choice_forms(self) -> list[Callable[[int], str]]:
        if self.names is not THIS:
            return [lambda _d: self.leaf("choice")]
        return [lambda d: self.related(self.pick(["first", "min", "max"]), "choice", d), lambda _d: self.leaf("choice")]

    # --- conditions ------------------------------------------------------------------------------------------------

    def bool_forms(self) -> list[Callable[[int], str]]:
        forms: list[Callable[[int], str]] = [
            *[self._comparison] * 4, *[self._logic] * 3, self._search, self._set_test, self._in, self._members,
            self._refs, self._between,
        ]  # fmt: skip
        if self.names is THIS:
            forms += [self._collection, self._collection, self._day_range]
            if self.saving:
                forms += [self._saving] * 3
        return forms

    def _comparison(self, depth: int) -> str:
        kind = self.pick([*COMPARED, "number", "text", "date", "choice", "bool", "period"])
        if kind == "choice":
            name = self.leaf("choice")
            other = self.pick([f'"{self.pick(self.options(name))}"', f'"{self.pick(self.options(name))}"', name])
            return f"{name} {self.pick([*ORDER, '==', '!='])} {other}"
        if kind in ("bool", "period"):
            return f"({self.make(kind, depth)}) {self.pick(['==', '!='])} ({self.make(kind, depth)})"
        if kind == "time":
            return f"this.opens {self.pick([*ORDER, '=='])} this.opens"
        return f"{self.make(kind, depth)} {self.pick([*ORDER, '==', '!='])} {self.make(kind, depth)}"

    def _between(self, depth: int) -> str:
        kind = self.pick(["number", "text", "date", "datetime", "duration", "choice"])
        if kind == "choice":
            name = self.leaf("choice")
            options = self.options(name)
            return f'{name} between "{options[0]}" and "{self.pick(options)}"'
        return f"{self.make(kind, depth)} between {self.make(kind, depth)} and {self.make(kind, depth)}"

    def _logic(self, depth: int) -> str:
        if self.rng.random() < 0.2:
            return f"not ({self.make('bool', depth)})"
        both = f"({self.make('bool', depth)} {self.pick(['and', 'or'])} {self.make('bool', depth)})"
        return f"not {both}" if self.rng.random() < 0.3 else both

    def _search(self, depth: int) -> str:
        return f"{self.pick(['contains', 'starts_with', 'ends_with'])}({self.make('text', depth)}, {self.make('text', depth - 1)})"

    def _set_test(self, depth: int) -> str:
        kind = self.pick(["number", "text", "date", "datetime", "bool", "set", "choice", "ref"])
        value = self.leaf(kind) if kind in ("set", "ref") else self.make(kind, depth)
        return f"({value}) is {self.pick(['set', 'not set'])}"

    def _in(self, depth: int) -> str:
        word = self.pick(["in", "not in"])
        kind = self.pick(["number", "text", "date", "choice", "number"])
        if kind == "choice":
            name = self.leaf("choice")
            keys = self.rng.sample(self.options(name), self.rng.randint(1, len(self.options(name))))
            return f"{name} {word} [" + ", ".join(f'"{key}"' for key in keys) + "]"
        items = [self.pick(LITERALS[kind]) for _ in range(self.rng.choice([0, 1, 2, 3]))]
        if self.rng.random() < 0.3:
            items.append(self.leaf(kind))
        return f"{self.make(kind, depth)} {word} [{', '.join(items)}]"

    def _members(self, depth: int) -> str:
        word = self.pick(["in", "not in"])
        if self.names is not THIS:
            return f"{self.make('text', depth)} {word} this.tags"
        kind, items = self.rng.choice(
            [
                ("text", "tags"),
                ("text", "account.tags"),
                ("text", "me.teams"),
                ("number", "marks"),
                ("number", "me.marks"),
            ]
        )
        if self.rng.random() < 0.2:
            return f'"{self.pick(["a", "b", "c"])}" {word} picks'
        if self.rng.random() < 0.3:
            asked = ", ".join(self.make("text", depth - 1) for _ in range(self.rng.choice([1, 2, 3])))
            return (
                f"has_{self.pick(['any', 'all', 'none'])}({self.pick(['tags', 'account.tags', 'me.teams'])}, [{asked}])"
            )
        return f"{self.make(kind, depth)} {word} {items}"

    def _refs(self, depth: int) -> str:
        if self.names is not THIS:
            return "this.owner == this.helper"
        sides = ["owner", "helper", "me", "me.boss", "account.owner"]
        return f"{self.pick(sides)} {self.pick(['==', '!='])} {self.pick(['owner', 'helper', 'account.owner'])}"

    def _day_range(self, _depth: int) -> str:
        day = self.pick(
            ["today()", "@2026-11-25", "@2011-12-31", "@2006-10-29", "@2026-03-08", "today() - 1d", "me.joined"]
        )
        return f"local_date({self.pick(['seen', 'made'])}) {self.pick([*ORDER, '==', '!='])} {day}"

    def _collection(self, depth: int) -> str:
        if self.rng.random() < 0.3:
            asked = self.pick(["> 0", "== 0", ">= 1", "< 1", "!= 0", "<= 0", "> 1", "== 2"])
            return f"{self.related('count', None, depth)} {asked}"
        return self.related(self.pick(["any", "all"]), None, depth)

    def _saving(self, depth: int) -> str:
        name = self.pick(["stage", "level", "n", "name", "tags", "due", "ok"])
        if name in ("stage", "level") and self.rng.random() < 0.6:
            sides = self.pick(["from", "to", "both"])
            before = f' from "{self.pick(STAGES[name])}"' if sides != "to" else ""
            after = f' to "{self.pick(STAGES[name])}"' if sides != "from" else ""
            return f"changed({name}{before}{after})"
        return self.pick([f"changed({name})", "is_new()", f"old.{name} is set"])

    # --- aggregates ------------------------------------------------------------------------------------------------

    def related(self, function: str, kind: str | None, depth: int) -> str:
        """An aggregate over a relation."""
        relation = self.pick(["lines", "lines", "account.orders"])
        names = RELATED[relation]
        fields = names.by_kind.get(kind, []) if kind else []
        if kind and not fields:
            relation, names = "lines", RELATED["lines"]
            fields = names.by_kind[kind]
        self.names = names
        try:
            value = f"{relation}.{self.pick(fields)}" if kind else relation
            where = f" where {self.make('bool', min(depth, 2))}" if self.rng.random() < 0.6 or function == "all" else ""
            if function == "all":
                return f"all({value}{where}, {self.make('bool', min(depth, 2))})"
            if function == "any" and not where:
                where = f" where {self.make('bool', min(depth, 2))}"
            by = f" by {self._keys(relation)}" if function in ("first", "last") else ""
            between = self.pick(["", ', "; "']) if function == "join" else ""
            return f"{function}({value}{where}{by}{between})"
        finally:
            self.names = THIS

    def _keys(self, relation: str) -> str:
        sortable = [name for name, type_ in FIELDS[relation].items() if kind_of(type_) not in ("bool", "set", "ref")]
        keys = self.rng.sample(sortable, self.rng.choice([1, 1, 2]))
        return ", ".join(key + self.pick(["", " desc", " asc"]) for key in keys)
