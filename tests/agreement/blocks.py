"""Action blocks by the reference and by generated Python: the same effects in the same order, or the same refusal."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

from kith.problems import Excerpt
from kith.rules import effects, reference
from kith.rules.actions import TooManyEffects, run
from kith.rules.compiling import compile_program
from kith.rules.evalscope import OWN
from kith.rules.program import Program
from kith.rules.python import compile_python
from kith.rules.rewriting import block_apart, own_nodes, statements
from kith.rules.scope import Scope, Slot
from kith.rules.tree import Node, walk
from kith.rules.values import DoesNotFit, Env
from tests.agreement import comparing
from tests.agreement.coverage import constructs
from tests.agreement.making.blocks import Blocks
from tests.agreement.report import SAMPLE, Report, watching
from tests.agreement.world import World, world

PLACE = Slot("do", saving=True, actor=True)
MOST_STATEMENTS = 7
Evaluate = Callable[[Node, Env], object]
Row = tuple[object, ...]
REFUSED: list[Row] = [("DoesNotFit",)]


@dataclass(frozen=True)
class Difference:
    """What generated Python wants done, and the reference, about one record."""

    text: str
    world: World
    index: int
    expected: Sequence[Row]
    found: Sequence[Row]

    def __str__(self) -> str:
        at = next((n for n, pair in enumerate(zip(self.expected, self.found, strict=False)) if pair[0] != pair[1]), -1)
        return f"generated Python wants {self.found[at:]!r}, the reference {self.expected[at:]!r}:\n  {self.text}"


def taken(text: str, scope: Scope) -> Program | None:
    """The block of a text, each of its nodes once; none where the checker refuses it."""
    block, _ = compile_program(Excerpt.whole(text), scope, PLACE)
    return block_apart(block) if block is not None else None


def random_block(blocks: Blocks, scope: Scope) -> list[str]:
    """Statements that the checker takes, one after the other."""
    blocks.generator.lets, blocks.count = {}, 0
    found: list[str] = []
    wanted = blocks.rng.randint(1, MOST_STATEMENTS)
    while len(found) < wanted:
        before = {kind: [*names] for kind, names in blocks.generator.lets.items()}
        more = [*found, blocks.statement()]
        if taken("\n".join(more), scope) is not None:
            found = more
        else:
            blocks.generator.lets = before
    return found


def generated() -> Evaluate:
    """Generated Python, each node compiled once."""
    known: dict[int, tuple[Node, Callable[[Env], object]]] = {}

    def value(node: Node, env: Env) -> object:
        if id(node) not in known:
            known[id(node)] = node, compile_python(node)
        return known[id(node)][1](env)

    return value


def wanted(block: Program, env: Env, value: Evaluate, reached: Callable[[object], None]) -> list[Row]:
    """The effects as plain rows, exact to the last digit; a refusal or a crash is the last one."""
    try:
        return [row(effect, env) for effect in run(block, env, value, reached=reached)]
    except (DoesNotFit, TooManyEffects) as refused:
        return [(type(refused).__name__,)]
    except Exception as error:  # noqa: BLE001  # the run goes on, and tells
        return [("Crash", repr(error))]


def row(effect: effects.Effect, env: Env) -> Row:
    """An effect with its kind; a test for later is taken for each line there is."""
    said: list[object] = [type(effect).__name__]
    for item in fields(effect):
        held = getattr(effect, item.name)
        if item.name == "still":
            lines = env.related(OWN, env.this, "lines")
            said.append([held({**line, OWN: env.this["id"]}) for line in lines] if "line" in str(said) else None)
        else:
            said.append(plain(held))
    return tuple(said)


def plain(value: object) -> str:
    """A value so that equal ones read alike, and 1.0 is not 1.00."""
    return repr(sorted(map(repr, value)) if isinstance(value, frozenset) else value)


def differences(text: str, where: World) -> Iterator[Difference]:
    """The first record about which generated Python wants something else."""
    block = taken(text, where.scope)
    quick = generated()
    for index, env in enumerate(where.envs) if block is not None else ():
        assert block is not None
        right, said = (wanted(block, env, value, lambda _: None) for value in (slow, quick))
        crashed = right[-1:] and right[-1][0] == "Crash"
        if crashed or (right != said and not (may_refuse(block) and REFUSED in (right, said))):
            yield Difference(text, where, index, right, said)
            return


def may_refuse(block: Program) -> bool:
    """Whether a value of a block may be refused where one back end never looks, as in `comparing`."""
    return any(comparing.may_refuse(node) for action in statements(block.actions) for node in own_nodes(action))


def slow(node: Node, env: Env) -> object:
    """The reference, also while it is watched."""
    return reference.evaluate(node, env)


def worlds(seed: int, count: int, records: int, size: int = 40) -> Iterator[tuple[list[list[str]], World]]:
    """A run: worlds of records in a save, with some blocks each."""
    blocks = Blocks(random.Random(seed))  # noqa: S311  # repeatable on purpose
    for number, start in enumerate(range(0, count, size)):
        blocks.generator.rng = random.Random(f"{seed}/blocks/{number}")  # noqa: S311
        where = world(blocks.rng, records, saving=True)
        yield [random_block(blocks, where.scope) for _ in range(min(size, count - start))], where


def run_blocks(
    report: Report, seed: int, count: int, records: int, tell: Callable[[Report], None] = lambda report: None
) -> Iterator[tuple[Difference, list[str]]]:
    """Every disagreement about so many random blocks, with the statements of the block; `report` counts what was reached."""
    for asked, where in worlds(seed, count, records):
        for lines in asked:
            text = "\n".join(lines)
            look(report, text, where)
            yield from ((difference, lines) for difference in differences(text, where))
        tell(report)


def look(report: Report, text: str, where: World) -> None:
    """Count what a block reaches, and hold each value against its type."""
    block = taken(text, where.scope)
    assert block is not None
    report.blocks += 1
    report.cases += len(where.envs)
    nodes = (part for action in statements(block.actions) for node in own_nodes(action) for part in walk(node))
    names = {id(node): [*constructs(node)] for node in nodes}

    def reached(action: object) -> None:
        report.statements[type(action).__name__] += 1

    with watching(lambda *seen: report.see(names, text, *seen)):
        for env in where.envs[:SAMPLE]:
            for said in wanted(block, env, slow, reached):
                report.effects[str(said[0])] += 1
