"""Packages and folders of documents, broken by chance: nothing may be half installed, and nothing may fail without a word.

`python -m tests.packages.mutated 2000 1` breaks so many packages, upgrades, and folders that are proposed to a database;
`--parts folders --engine postgresql` breaks folders alone, and proposes them to a PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import CORE, layer_of, load_layer
from kith.metadata.memo import Memo
from kith.packages.archive import pack
from kith.packages.manifest import manifest_of, written
from kith.packages.naming import MANIFEST
from kith.packages.package import Package, pack_folder, problems_on, read_package
from kith.packages.projects import change, changes_to, finish, installed
from kith.packages.resolutions import problems_of, taken_of
from kith.packages.resolutions import written as decisions_of
from kith.packages.stack import Stack
from kith.packages.upgrading import Taken, Upgrade, upgrade
from kith.problems import render
from tests.packages.breaking import Outcome, watched, words
from tests.packages.hostile import files_of, good, zipped
from tests.packages.mutated_folders import break_live_folders
from tests.packages.upgrade_cases import CASES, stack_of
from tests.support import run
from tests.support.postgresql import clean_up, fresh_schema, server_url

PARTS = ("packages", "upgrades", "folders")
NAMES = (
    "../x.yaml", "/x.yaml", "a\\b.yaml", "entities/\u202ex.yaml", "entities/CON.yaml", "", ".", "x", "entities/..", "con",
    "entities/e\u0301.yaml", "README", "README.md/x.yaml", "package.json", "entities/box.yaml", "Entities/box.yaml",
)  # fmt: skip


class Killed(BaseException):
    """The power is gone."""


def broken_texts(texts: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    """Documents of which some are broken, gone, or called otherwise."""
    made = dict(texts)
    for _ in range(chance.choice((1, 1, 1, 1, 3))):
        name = chance.choice(sorted(made))
        if (kind := chance.random()) < 0.85:
            made[name] = words(made[name], chance)
        elif kind < 0.95 and len(made) > 1:
            del made[name]
        else:
            made[f"{name.rpartition('/')[0]}/other.yaml".lstrip("/")] = made[name]
    return made


def broken_bytes(data: bytes, chance: random.Random) -> bytes:
    """An archive with bytes turned, cut, doubled or put in."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at, size = chance.randrange(len(made)), chance.choice((1, 2, 4, 100, 2000))
        kind = chance.randrange(5)
        if kind == 0:
            made[at] = chance.randrange(256)
        elif kind == 1:
            made[at : at + size] = chance.randbytes(size)
        elif kind == 2 and len(made) > size + 10:
            del made[at : at + size]
        elif kind == 3:
            made[at:at] = made[at : at + size]
        else:
            # Where the structure of a zip is: its directory and its end.
            made[chance.randrange(max(0, len(made) - 1200), len(made))] = chance.randrange(256)
    return bytes(made[: chance.randrange(len(made))]) if chance.random() < 0.1 else bytes(made)


def broken_structure(data: bytes, chance: random.Random) -> bytes:
    """An archive with other names, other order, other attributes, or files of another kind."""
    files = list(files_of(data).items())
    for _ in range(chance.choice((1, 1, 2))):
        at = chance.randrange(len(files))
        kind = chance.randrange(4)
        if kind == 0:
            files[at] = (chance.choice(NAMES), files[at][1])
        elif kind == 1:
            chance.shuffle(files)
        elif kind == 2:
            files.append((chance.choice(NAMES), chance.randbytes(chance.choice((0, 10, 1000)))))
        else:
            files[at] = (files[at][0], chance.randbytes(100))
    mode = chance.choice((0o100644, 0o120777, 0o040755, 0o100755, 0))
    return zipped(dict(files), lambda entry: setattr(entry, "external_attr", mode << 16), chance.choice((0, 0, 8)))


def broken_manifest(_: bytes, chance: random.Random) -> bytes:
    """A package whose manifest is broken, or says something else."""
    texts = good().files()
    if chance.random() < 0.5:
        return pack({**texts, MANIFEST: words(texts[MANIFEST], chance)})
    said = json.loads(texts[MANIFEST])
    key = chance.choice(sorted(said))
    said[key] = chance.choice(({}, [], "", 7, None, {"a": {"b": []}}, "x" * 5000, said[chance.choice(sorted(said))]))
    return pack({**texts, MANIFEST: written(said)})


def broken_documents(_: bytes, chance: random.Random) -> bytes:
    """A package that is one, of documents that are broken."""
    texts = broken_texts(good().texts, chance)
    return Package(texts, manifest_of(texts)).packed()


WAYS = (broken_bytes, broken_structure, broken_manifest, broken_documents, broken_documents)


def break_packages(count: int, seed: int) -> Outcome:
    """Break packages and install them in a project, with the power gone at some moment of every other one."""
    outcome, chance = Outcome(), random.Random(seed)  # noqa: S311
    core, _ = load_layer(CORE, "platform/core")
    data = good().packed()
    for number in range(count):
        way = chance.choice(WAYS)
        made = way(data, chance)
        with watched(outcome, f"package {number} of seed {seed} ({way.__name__})"):
            found, problems = read_package(made, "some.kith")
            problems += problems_on(found, [core]) if found else []
            assert all(render(problem, language) for problem in problems for language in ("en", "zh-CN"))
            outcome.told["refused: " + problems[0].code[:2] if problems else "a package"] += 1
            if found is not None and not problems:
                _installs(found, chance, outcome)
    return outcome


def _installs(found: Package, chance: random.Random, outcome: Outcome) -> None:
    """A package is installed whole or not at all."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        left = chance.choice((None, chance.randrange(80)))
        try:
            _killing(left, lambda: change(project, *changes_to(project, found)))
        except Killed:
            outcome.told["killed"] += 1
        finish(project)
        there = list(installed(project))
        files = [path for path in project.rglob("*") if path.is_file() and not path.name.startswith(".")]
        whole = [one.texts for one, same in there if same] == [found.texts]
        if not (whole or not files):
            outcome.bad.append(f"half installed: {sorted(map(str, files))[:5]}")


def _killing(left: int | None, work: Callable[[], None]) -> None:
    """Do something, and let the power go after so many moves of files."""
    original = Path.replace
    steps = iter(range(left if left is not None else sys.maxsize))

    def replace(self: Path, target: Path) -> Path:
        if next(steps, None) is None:
            raise Killed
        return original(self, target)

    Path.replace = replace  # type: ignore[method-assign, assignment]
    try:
        work()
    finally:
        Path.replace = original  # type: ignore[method-assign]


def break_folders(count: int, seed: int) -> Outcome:
    """Break folders of documents: pack them, and upgrade a company from or to them, whatever is decided."""
    outcome, chance = Outcome(), random.Random(seed)  # noqa: S311
    cases = [stack_of(path) for path in sorted(CASES.iterdir())]
    memo = Memo()
    for number in range(count):
        stack = chance.choice(cases)
        which = chance.choice(("new", "new", "company", "old"))
        layer = getattr(stack, which)
        texts = broken_texts(layer.documents, chance)
        changed = {
            "old": stack.old,
            "new": stack.new,
            "company": stack.company,
            which: layer_of(texts, layer.root, layer.name),
        }
        broken = Stack(stack.below, changed["old"], changed["new"], changed["company"], memo=memo)
        with watched(outcome, f"folder {number} of seed {seed} ({which})"):
            _packs(texts)
            stacks = (broken.before(), broken.after(layer_of({}, "none")))
            sound = all(build(layers, memo, advice=False)[0] for layers in stacks)
            # A command does not come that far with a folder that has mistakes; what it asks shall hold all the same.
            settled = _decides(broken, chance) if sound or chance.random() < 0.2 else False
            outcome.told["broken" if not sound else "upgraded" if settled else "left open"] += 1
    return outcome


def _packs(texts: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
        made, problems = pack_folder(Path(folder))
        assert (made is None) == any(problem.is_error for problem in problems)
        if made is not None:
            assert read_package(made.packed(), "x")[0] is not None


def _decides(stack: Stack, chance: random.Random) -> bool:
    """Decide by chance, as long as something new comes up."""
    found = upgrade(stack)
    document = decisions_of(found, chance.choice(("en", "zh-CN")))
    taken, problems = taken_of(document, "decisions.yaml", stack)
    assert not problems, [render(problem) for problem in problems]
    for _ in range(3):
        for one in found.conflicts:
            if one.choices and one.id not in taken:
                taken[one.id] = Taken(chance.choice(sorted(one.choices)))
        if taken and chance.random() < 0.7:
            some = chance.choice(sorted(taken))
            taken[some] = Taken(chance.choice(("company", "template", "adopt", "drop", "rename", "nonsense")))
        found = upgrade(stack, taken)
        list(problems_of(found, taken, document, "decisions.yaml"))
    return _is_whole(found)


def _is_whole(found: Upgrade) -> bool:
    if found.is_ready:
        assert build(found.stack.after(found.company), advice=False)[0] is not None
    return found.is_ready


def _folders_on(engine: str, count: int, seed: int) -> Outcome:
    """Folders proposed to a database of an engine, or of a URL."""
    if engine == "sqlite":
        return break_live_folders(count, seed)
    with fresh_schema(server_url() if engine == "postgresql" else engine) as url:
        return break_live_folders(count, seed, url)


def main(arguments: Sequence[str]) -> int:
    """Break so many of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--engine", default="sqlite", help="of the folders: sqlite, postgresql, or a PostgreSQL's URL")
    asked = parser.parse_args(arguments)
    runs: dict[str, Callable[[int, int], Outcome]] = {
        "packages": break_packages,
        "upgrades": break_folders,
        "folders": partial(_folders_on, asked.engine),
    }
    failed = 0
    for name in asked.parts:
        outcome = runs[name](asked.count, asked.seed)
        told = ", ".join(f"{what} {number:,}" for what, number in outcome.told.most_common())
        print(f"{asked.count:,} {name}: {told}; {len(outcome.bad)} uncaught or half installed")  # noqa: T201
        for one in (*outcome.notes, *outcome.bad[:10]):
            print(one)  # noqa: T201
        failed += len(outcome.bad)
    return 1 if failed else 0


if __name__ == "__main__":
    run.create()
    try:
        sys.exit(main(sys.argv[1:]))
    finally:
        clean_up(run.folder())
