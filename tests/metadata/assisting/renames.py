"""Everything that can be renamed in an app, renamed one at a time: what is told of it, or what is wrong with what came of it.

python -m tests.metadata.assisting.renames N SEED
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kith.metadata.assisting import Project, Refusal, State, applied, rename, uses
from kith.metadata.assisting.finding import Found, found_in
from kith.metadata.assisting.names import spots_of
from kith.metadata.assisting.project import errors
from kith.metadata.assisting.renaming import KINDS, STORED
from kith.metadata.model import Model
from kith.runtime.plan.compare import compare
from kith.runtime.plan.pairs import Pairs
from kith.runtime.schema.names import Names, named
from tests.metadata.assisting.fuzz import APPS, NAMES

FRESH = "called_otherwise"


@dataclass(frozen=True, slots=True)
class Done:
    """One renaming: what, where it was asked, and what is wrong; `refused` is what a person reads."""

    kind: str
    name: str
    path: str
    wrong: tuple[str, ...] = ()
    refused: str = ""


def declared(state: State) -> dict[str, list[tuple[str, int, Found]]]:
    """What the app's own documents declare, by kind: the path and offset of each declaration."""
    found = defaultdict(list)
    for path in sorted(state.texts):
        document = state.document(path)
        for spot in spots_of(state, *document) if document else ():
            for one in found_in(state, spot):
                span = one.declared.span
                is_here = span and span.source.path == state.shown(path) and span.start <= one.span.start < span.end
                if is_here and one.declared.kind in KINDS:
                    found[one.declared.kind].append((path, one.span.start, one))
    return found


def renamed(project: Project, count: int, seed: int, kinds: Collection[str] = KINDS) -> Iterator[Done]:
    """So many of each kind, each given a fresh name."""
    lot = random.Random(seed)  # noqa: S311  # repeatable on purpose
    before = project.state()
    found_of = declared(before)
    for kind in sorted(found_of.keys() & set(kinds)):
        places = found_of[kind]
        for path, offset, found in lot.sample(places, min(count, len(places))):
            done = rename(project, path, offset, FRESH)
            name = f"{found.declared.owner}.{found.declared.name}".lstrip(".")
            if isinstance(done, Refusal):
                yield Done(kind, name, path, refused=done.words.en)
                continue
            project.take({one: applied(before.texts[one], edits) for one, edits in done.items()})
            yield Done(kind, name, path, tuple(_wrong(before, project.state(), found)))
            project.take({})


def _wrong(before: State, after: State, found: Found) -> Iterator[str]:
    """What is not as it should be once the name is another."""
    yield from (f"problem: {one}" for one in sorted(errors(after.problems) - errors(before.problems)))
    old = found.declared
    left = len(list(uses(after, old)))
    if left:
        yield f"{left} uses of the old name are left"
    if old.kind in STORED:
        yield from _planned(before.built.model, after.built.model, old.kind)


def _planned(before: Model, after: Model, kind: str) -> Iterator[str]:
    """What a plan would do beside giving another name."""
    names = named(before, Names())
    changes = {type(one).__name__ for one in compare(Pairs(before, after, names))}
    if f"Rename{kind.capitalize()}" not in changes:
        yield f"the plan renames no {kind}: {sorted(changes)}"
    if bad := sorted(one for one in changes if one.startswith(("Add", "Remove"))):
        yield f"the plan has {bad}"


def main(count: int, seed: int) -> None:
    """Print what is refused and what is wrong."""
    for app in NAMES:
        tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for one in renamed(Project.of(APPS / app), count, seed):
            tally[one.kind][2 if one.wrong else 1 if one.refused else 0] += 1
            for line in one.wrong or ((f"refused: {one.refused}",) if one.refused else ()):
                print(f"{app} {one.kind} {one.name} ({one.path}): {line}")  # noqa: T201  # a report
        for kind, (good, refused, wrong) in sorted(tally.items()):
            print(f"{app:10} {kind:10} {good:3} renamed, {refused:3} refused, {wrong:3} wrong")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
