"""Looks for records that give the lie to a proof: conditions of few terms and few values, said to hold always or never.

`python -m tests.rules.proving N SEED` prints how many conditions were proved, of which kind, and what was found.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import DictScope, Records, scope_of
from kith.rules.proving.assuming import Proof, can_be
from kith.rules.reference import evaluate
from kith.rules.scope import Slot
from kith.rules.tree import Node
from kith.rules.types import BOOL
from kith.rules.values import DoesNotFit, Env

TYPES: dict[str, object] = {
    "n": "int?", "k": "int", "amount": "decimal(6,2)?", "price": "decimal(6,2)", "rate": "percent?",
    "due": "date?", "since": "date",
    "seen": "datetime?", "made": "datetime", "took": "duration?", "opens": "time?", "stage": "choice<new,open,won>?",
    "level": "choice<low,mid,high>", "ok": "bool?", "flag": "bool", "name": "text?", "code": "text", "tags": "set<text>",
    "account": "ref<account>?", "account.name": "text?", "account.score": "int", "account.since": "date?",
    "lines": {"q": "int?", "paid": "bool", "kind": "choice<x,y>?"},
}  # fmt: skip
VALUES: dict[str, tuple[object, ...]] = {
    "int": (0, 1, 2, 3, -1, 999_999_999_999_999), "decimal": ("0", "1", "1.01", "2.5", "-1", "9999.99"),
    "percent": ("0", "0.15", "0.16", "1"),
    "date": ("2026-06-14", "2026-06-15", "2026-06-16", "1900-01-01", "2999-12-31", "2026-12-01"),
    "datetime": ("2026-06-15T09:00:00Z", "2026-06-15T08:59:59.999999Z", "1900-01-01T00:00:00Z", "2999-12-31T23:59:59Z"),
    "duration": ("P1D", "PT1H", "P0D", "-P1D"), "time": ("09:00:00", "00:00:00", "23:59:59"), "bool": (True, False),
    "text": ("a", "b", "ab"), "choice": (),
}  # fmt: skip
WRITTEN: dict[str, tuple[str, ...]] = {
    "int": ("0", "1", "2", "3", "1.5", "-1", "k", "n", "account.score", "k + 1", "n - 1", "count(lines)", "length(code)"),
    "number": ("0", "1", "1.01", "2.5", "amount", "price", "k", "n ?? 0", "amount ?? 1", "price + 1", "abs(k)", "month(since)"),
    "percent": ("0%", "15%", "16%", "rate", "rate ?? 0%"),
    "date": (
        "@2026-06-15", "@2026-06-16", "due", "since", "today()", "today() + 1d", "due + 3d", "due ?? since",
        "@2999-12-30", "account.since", "old.due",
    ),
    "datetime": ("@2026-06-15T09:00Z", "@2026-06-15T09:00", "seen", "made", "now()", "now() + 1h", "seen - 1d"),
    "duration": ("1d", "1h", "took", "0d"), "time": ("opens",), "text": ('"a"', '"b"', "name", "code", "account.name", "old.name"),
}  # fmt: skip
FAMILIES = {
    "int": ("n", "k", "account.score", "k + 2", "n ?? 0"), "number": ("amount", "price", "k", "price - 0.5"), "percent": ("rate",),
    "date": ("due", "since", "account.since", "old.due", "due - 1d", "today()"), "datetime": ("seen", "made", "seen + 1h"),
    "duration": ("took",),
    "time": ("opens",), "text": ("name", "code", "account.name", "old.name"),
}  # fmt: skip
CHOICES = {"stage": ("new", "open", "won"), "level": ("low", "mid", "high"), "old.stage": ("new", "open", "won")}
PLACE = Slot("when", BOOL, saving=True, actor=True)
NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)


class Conditions:
    """Makes conditions from a seed, a few terms each, so that they meet."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.kinds: list[str] = []

    def condition(self) -> str:
        """One condition."""
        self.kinds = self.rng.sample([*FAMILIES, "choice", "other", "save"], self.rng.choice([1, 1, 2, 3]))
        return self.part(self.rng.choice([1, 1, 2, 2, 3]))

    def part(self, depth: int) -> str:
        """A condition at most so deep."""
        if depth == 0:
            return self.test()
        op = self.rng.choice(["and", "and", "or", "or", "not", "if", "??"])
        parts = [f"({self.part(depth - 1)})" for _ in range(3)]
        match op:
            case "not":
                return f"not {parts[0]}"
            case "if":
                return f"if {parts[0]} then {parts[1]} else {parts[2]}"
            case "??":
                return f"(ok ?? {parts[0]}) and {parts[1]}"
            case _:
                return f" {op} ".join(parts[: self.rng.choice([2, 2, 3])])

    def test(self) -> str:
        """One comparison or question."""
        kind = self.rng.choice(self.kinds)
        if kind == "choice":
            return self._of_choice()
        if kind == "save":
            name = self.rng.choice(["stage", "due", "n"])
            to = f' to "{self.rng.choice(CHOICES["stage"])}"' if name == "stage" and self.rng.random() < 0.5 else ""
            return self.rng.choice(
                [f"changed({name}{to})", "is_new()", "old.stage == stage", "old.stage is set", f"old.{name} == {name}"]
            )
        if kind == "other":
            return self.rng.choice([
                "ok", "flag", "ok == flag", "ok == true", "tags is set", '"a" in tags', 'contains(code, "a")', "account is set",
                'contains(name, "a")', "any(lines where paid)", "count(lines where q > 1) == 0", "flag != true",
            ])  # fmt: skip
        value = self.rng.choice(FAMILIES[kind])
        other = self.rng.choice(WRITTEN[kind])
        ops = ["==", "!="] if kind == "text" else ["==", "!=", "<", "<=", ">", ">="]
        shapes = [f"{value} {self.rng.choice(ops)} {other}"] * 6 + [f"{value} is set", f"{value} is not set"]
        if kind != "text":
            shapes.append(f"{value} between {other} and {self.rng.choice(WRITTEN[kind])}")
        if kind in ("int", "date", "text", "percent"):
            plain = [one for one in WRITTEN[kind] if one[0] in '0123456789@"']
            shapes.append(f"{value} {self.rng.choice(['in', 'not in'])} [{', '.join(self.rng.sample(plain, 2))}]")
        return self.rng.choice(shapes)

    def _of_choice(self) -> str:
        name = self.rng.choice([*CHOICES])
        options = [f'"{one}"' for one in CHOICES[name]]
        op = self.rng.choice(["==", "!=", "<", "<=", ">", ">="])
        return self.rng.choice([
            f"{name} {op} {self.rng.choice(options)}", f"{name} in [{', '.join(self.rng.sample(options, 2))}]",
            f"{name} not in [{self.rng.choice(options)}]", f"{name} is not set", f"old.stage {op} stage",
        ])  # fmt: skip


def value(rng: random.Random, type_: str) -> object:
    """A value near those that conditions speak of, or null."""
    plain = type_.removesuffix("?")
    if plain != type_ and rng.random() < 0.35:
        return None
    if plain.startswith("choice"):
        return rng.choice(plain[7:-1].split(","))
    if plain.startswith("set"):
        return rng.choice([[], ["a"], ["b", "c"]])
    return rng.choice(VALUES[plain.split("(")[0]])


def record(rng: random.Random, types: Mapping[str, object]) -> dict[str, object]:
    """The values of a record."""
    held: dict[str, object] = {}
    linked = rng.random() < 0.6
    for path, type_ in types.items():
        if isinstance(type_, Mapping):
            held[path] = [record(rng, type_) for _ in range(rng.choice([0, 1, 3]))]
        elif str(type_).startswith("ref") or ("." in path and not linked):
            continue
        else:
            held[path] = value(rng, str(type_))
    return held


def environments(rng: random.Random, scope: DictScope, count: int) -> list[Env]:
    """Records as they may be found when something is saved."""
    found = []
    for _ in range(count):
        held = record(rng, TYPES)
        if rng.random() < 0.7:
            own = {name: one for name, one in held.items() if "." not in name and not isinstance(TYPES[name], Mapping)}
            held["old"] = {
                name: one if rng.random() < 0.5 else value(rng, str(TYPES[name])) for name, one in own.items()
            }
        zone = ZoneInfo(rng.choice(["UTC", "Asia/Shanghai", "America/New_York"]))
        found.append(Records(scope, held).env(NOW, zone))
    return found


def verdict(tree: Node) -> str:
    """What can be proved of a condition."""
    if not can_be(Proof(), [(tree, True)]):
        return "never"
    return "always" if not can_be(Proof(), [(tree, False)]) else ""


def lies(tree: Node, said: str, envs: list[Env]) -> Iterator[Env]:
    """The environments in which a verdict is wrong."""
    for env in envs:
        try:
            holds = evaluate(tree, env) is True
        except DoesNotFit:
            continue
        if holds == (said == "never"):
            yield env


def run(count: int, seed: int, records: int = 120) -> tuple[Counter[str], list[str], list[str]]:
    """How many conditions were proved, the lies, and conditions that no record told apart and nothing was proved of."""
    rng = random.Random(seed)  # noqa: S311  # repeatable on purpose
    scope, told, wrong, missed = scope_of(TYPES), Counter[str](), [], []
    envs = environments(rng, scope, records)
    conditions = Conditions(rng)
    for _ in range(count):
        text = conditions.condition()
        made, _ = compile_expression(Excerpt.whole(text), scope, PLACE)
        if made is None:
            told["refused"] += 1
            continue
        said = verdict(made.tree)
        told[said or "open"] += 1
        if said:
            wrong += [f"{said}: {text}\n  {env.this}\n  {env.old}" for env in list(lies(made.tree, said, envs))[:1]]
        elif any(not list(lies(made.tree, other, envs)) for other in ("never", "always")):
            missed.append(text)
    return told, wrong, missed


def main(count: int, seed: int) -> int:
    """Print the counts and what went wrong."""
    told, wrong, missed = run(count, seed)
    sys.stdout.write(
        "\n".join([*wrong[:10], "not proved, and no record against it:", *missed[:10], str(dict(told)), ""])
    )
    sys.stdout.write(f"{len(wrong)} went wrong, {len(missed)} not proved\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
