"""A disagreement made small: the shortest expression and the barest record about which the engine still differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

from kith.problems import Excerpt
from kith.rules import syntax as s
from kith.rules.parsing import parse_expression
from kith.rules.printing import print_syntax
from tests.agreement.blocks import Difference, differences
from tests.agreement.comparing import Disagreement, compare, compiled
from tests.agreement.engines import Engine
from tests.agreement.world import TYPES, World, environments, scope

CASES = Path(__file__).parent / "cases"
MOST_TRIES = 400


@dataclass(frozen=True)
class Case:
    """One expression or block over one record, as a request of `kith eval`."""

    expr: str
    values: dict[str, object]
    now: str
    tz: str
    saving: bool = False
    block: bool = False

    def world(self) -> World:
        """The record as an environment."""
        now = datetime.fromisoformat(self.now)
        envs = environments([self.values], now, self.tz)
        return World(TYPES, scope(), [self.values], envs, now, self.tz)

    def as_data(self) -> dict[str, object]:
        """For a file of cases."""
        data: dict[str, object] = {"expr": self.expr, "values": self.values, "now": self.now, "tz": self.tz}
        return data | {word: True for word in ("saving", "block") if getattr(self, word)}


def differs(case: Case, name: str, engine: Engine) -> bool:
    """Whether the engine still says something else than the reference; what no longer compiles does not count."""
    try:
        where = case.world()
        question = compiled(case.expr, where.scope, saving=case.saving)
    except ValueError:
        return False
    return question is not None and next(compare([question], where, {name: engine}), None) is not None


def block_differs(case: Case) -> bool:
    """Whether generated Python still wants something else than the reference."""
    try:
        return next(differences(case.expr, case.world()), None) is not None
    except ValueError:
        return False


def shrink(found: Disagreement, engine: Engine) -> Case:
    """The smallest case that was found in a bounded number of tries."""
    where, values = found.world, found.world.values[found.index]
    case = Case(found.text, values, where.now.isoformat(), where.zone, "old" in values)
    return smallest(case, lambda smaller: differs(smaller, found.engine, engine), _shorter)


def shrink_block(found: Difference, lines: Sequence[str]) -> Case:
    """The same for a block, by its statements."""
    where, values = found.world, found.world.values[found.index]
    case = Case("\n".join(lines), values, where.now.isoformat(), where.zone, saving=True, block=True)
    return smallest(case, block_differs, _fewer)


def smallest(case: Case, fails: Callable[[Case], bool], shorter: Callable[[Case], Iterator[Case]]) -> Case:
    """A case made smaller for as long as it fails, and a bounded number of tries."""
    tries = MOST_TRIES
    while tries > 0 and fails(case):
        for smaller in (*shorter(case), *_barer(case)):
            tries -= 1
            if fails(smaller):
                case = smaller
                break
            if tries <= 0:
                return case
        else:
            return case
    return case


def _fewer(case: Case) -> Iterator[Case]:
    """Blocks with one statement less."""
    lines = case.expr.split("\n")
    for index in range(len(lines) if len(lines) > 1 else 0):
        yield replace(case, expr="\n".join(lines[:index] + lines[index + 1 :]))


def _shorter(case: Case) -> Iterator[Case]:
    """Cases whose expression has a part in the place of the whole, the shortest first."""
    tree, _ = parse_expression(Excerpt.whole(case.expr))
    if tree is None:
        return
    texts = {print_syntax(smaller) for smaller in _smaller(tree)}
    for text in sorted(texts, key=len):
        if len(text) < len(case.expr):
            yield replace(case, expr=text)


def _smaller(node: s.Syntax) -> Iterator[s.Syntax]:
    """A tree with one of its nodes replaced by one of that node's parts."""
    if not isinstance(node, s.Sort):
        yield from _parts(node)
    for item in fields(node):
        held = getattr(node, item.name)
        if isinstance(held, s.Syntax):
            for smaller in _smaller(held):
                yield replace(node, **{item.name: smaller})  # type: ignore[arg-type]
        elif isinstance(held, tuple):
            for index, part in enumerate(held):
                if isinstance(part, s.Syntax):
                    for smaller in _smaller(part):
                        yield replace(node, **{item.name: (*held[:index], smaller, *held[index + 1 :])})  # type: ignore[arg-type]
    if isinstance(node, s.Invoke) and node.where is not None:
        yield replace(node, where=None)


def _parts(node: s.Syntax) -> Iterator[s.Syntax]:
    for item in fields(node):
        held = getattr(node, item.name)
        for part in held if isinstance(held, tuple) else (held,):
            if isinstance(part, s.Syntax) and not isinstance(part, s.Sort):
                yield part


def _barer(case: Case) -> Iterator[Case]:
    """Cases whose record has one value less."""
    for without in _without(case.values, TYPES):
        yield replace(case, values=without)


def _without(values: dict[str, object], types: object) -> Iterator[dict[str, object]]:
    for name, held in values.items():
        rest = {other: value for other, value in values.items() if other != name}
        type_ = types.get(name) if isinstance(types, dict) else None
        if isinstance(held, list) and isinstance(type_, dict):
            for index in range(len(held)):
                yield {**values, name: held[:index] + held[index + 1 :]}
            for index, row in enumerate(held):
                for barer in _without(row, type_):
                    yield {**values, name: [*held[:index], barer, *held[index + 1 :]]}
        if type_ is None or isinstance(type_, dict) or str(type_).endswith("?") or str(type_).startswith("set<"):
            yield rest


def save(case: Case, title: str, folder: Path = CASES) -> Path:
    """Keep a case for ever; the file says what it is about."""
    path = folder / f"{title}.json"
    path.write_text(json.dumps(case.as_data(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def load(path: Path) -> Case:
    """A kept case."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Case(
        data["expr"], data["values"], data["now"], data["tz"], data.get("saving", False), data.get("block", False)
    )
