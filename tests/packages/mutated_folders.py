"""Folders of documents, broken in any way a disk can hold, proposed to a live database: taken whole, or refused with a sentence."""

from __future__ import annotations

import contextlib
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from typer.main import get_command
from typer.testing import CliRunner

from kith.cli.main import app
from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.memo import Memo
from kith.problems import render
from kith.runtime.applying import finishing
from kith.runtime.clock import system_clock
from kith.runtime.database import open_database
from kith.runtime.doctor import Visit, examine
from kith.runtime.publishing import system_context
from kith.runtime.releases import current_number
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save_all
from tests.packages.breaking import Outcome, watched, words
from tests.upgrades.plots import STOCK

COMMAND = get_command(app)
"""Made once: what it asks of every command's signature takes longer than a plan."""
PROJECT = "cellar"
FRESH = 25
"""After so many folders that were taken an SQLite database begins anew."""
NOT_FORESEEN = re.compile("Reference data was refused|参考数据被拒绝")
"""What a plan cannot know yet."""
Breaking = Callable[[Path, random.Random], None]


def _documents(project: Path) -> list[Path]:
    return sorted(path for path in project.rglob("*.yaml") if path.is_file() and not path.is_symlink())


def _one(project: Path, chance: random.Random) -> Path:
    """A document, the company's own rather than the template's."""
    found = _documents(project)
    own = [path for path in found if "packages" not in path.parts]
    return chance.choice(own if own and chance.random() < 0.5 else found)


def words_of(project: Path, chance: random.Random) -> None:
    """A document is broken as people break it."""
    path = _one(project, chance)
    path.write_text(words(path.read_text("utf-8"), chance), "utf-8", errors="surrogatepass")


def bytes_of(project: Path, chance: random.Random) -> None:
    """Bytes of a document are others, cut, or in another coding."""
    path = _one(project, chance)
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data) + 1)
    made: tuple[Callable[[], bytes], ...] = (
        lambda: bytes(data[:at]) + chance.randbytes(chance.choice((1, 3, 200))) + bytes(data[at:]),
        lambda: bytes(data[:at]),
        lambda: bytes(data).decode().encode("utf-16"),
        lambda: b"\xef\xbb\xbf" + bytes(data),
        lambda: bytes(data).replace(b"\n", b"\r\n"),
        lambda: bytes(data).replace(b"\n", b"\r"),
        lambda: bytes(data[:at]) + b"\0" + bytes(data[at:]),
        lambda: b"",
        lambda: chance.randbytes(2000),
    )
    path.write_bytes(chance.choice(made)())


def structure(project: Path, chance: random.Random) -> None:
    """The YAML of a document is a bomb, a knot, or of another shape."""
    path = _one(project, chance)
    text = path.read_text("utf-8")
    level = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    name = chance.choice(("x", "__class__", "ｉtem", "item\u200b", "select", "null", "1", "é", "~", "on", "a" * 3000))
    made = (
        text + text,
        f"a0: &a0 [x]\n{level}{text}",
        text + "\nx: " + "[" * 400,
        text + "\nx: " + "{a: " * 400,
        "- " + text.replace("\n", "\n  "),
        text + f"\n{name}: {{}}\n",
        text.replace(": ", f": {{{name}: ", 1),
        text + "\n---\n" + text,
        "&x " + text + "\n<<: *x\n",
        "!!python/object/apply:os.system ['true']\n",
        text.replace("\n", f"\n{'  ' * chance.randrange(1, 40)}", 3),
        text + f"\nlabel: !!binary {'A' * 50}\n",
        text.replace("fields:", f"fields:\n  {name}: {{type: text, label: X}}"),
        text.replace(
            "type: ", f"type: {chance.choice(('text', 'integer', 'date', 'boolean', 'reference', 'rollup'))} #", 1
        ),
    )
    path.write_text(chance.choice(made), "utf-8")


def names(project: Path, chance: random.Random) -> None:
    """A document goes elsewhere, under a name of any kind."""
    path = _one(project, chance)
    top = path.parent
    to = chance.choice(
        (
            top / "x.yml", top / "X.YAML", top / ".x.yaml", top / "a b\n.yaml", top / "é.yaml", top / ("x" * 240 + ".yaml"),
            project / "x.yaml", project / "other" / "x.yaml", project / "entities" / "x.yaml", project / "rules" / "x.yaml",
            project / "reports" / "x.yaml", project / "packages" / "x.yaml", project / "entities" / "a" / "b" / "x.yaml",
            Path(os.fsdecode(os.fsencode(top) + b"/\xff\xfe.yaml")), top / "x.yaml.yaml", top / "x",
        )
    )  # fmt: skip
    to.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copy if chance.random() < 0.4 else shutil.move)(path, to)


def gone(project: Path, chance: random.Random) -> None:
    """A document or a folder is not there."""
    path = _one(project, chance)
    if chance.random() < 0.3 and path.parent != project:
        shutil.rmtree(path.parent)
    else:
        path.unlink()


def links(project: Path, chance: random.Random) -> None:
    """A document is a link, a folder, a pipe; a folder leads outside or to itself."""
    path = _one(project, chance)
    kind = chance.randrange(8)
    if kind < 4:
        path.unlink()
        path.symlink_to(chance.choice(("/etc/passwd", "nowhere.yaml", path.name, "/proc/self/environ", "..")))
    elif kind == 4:
        path.unlink()
        path.mkdir()
    elif kind == 5:
        path.unlink()
        os.mkfifo(path)
    elif kind == 6:
        shutil.rmtree(project / "views")
        (project / "views").symlink_to(chance.choice(("/etc", ".", "../" + PROJECT)))
    else:
        (project / "loop").symlink_to(project)


def huge(project: Path, chance: random.Random) -> None:
    """A document is larger than any document is."""
    path = _one(project, chance)
    kind = chance.randrange(5)
    if kind == 0:
        with path.open("ab") as file:
            file.truncate(chance.choice((3_000_000, 400_000_000, 50_000_000_000)))
    elif kind == 1:
        path.write_text(path.read_text("utf-8") + "# " + "x" * 17_000_000, "utf-8")
    elif kind == 2:
        path.write_text(path.read_text("utf-8") + "\nx: " + "y" * 2_000_000, "utf-8")
    elif kind == 3:
        many = "".join(f"  f{n}: {{type: text, label: F}}\n" for n in range(chance.choice((600, 10_000))))
        item = project / "entities" / "item.yaml"
        item.parent.mkdir(exist_ok=True)
        item.write_text("entity: item\nfields:\n" + many, "utf-8")
    else:
        for number in range(300):
            text = f"segment: s{number}\nof: item\nlabel: S\nfilter: price > {number}\n"
            (project / "segments").mkdir(exist_ok=True)
            (project / "segments" / f"s{number}.yaml").write_text(text, "utf-8")


WAYS: Mapping[Breaking, int] = {words_of: 40, bytes_of: 12, structure: 18, names: 10, gone: 8, links: 8, huge: 4}
"""Ways to break a folder, each with how often it is taken."""


@dataclass
class Live:
    """A database with records in it, and the folder that it was made from."""

    place: Path
    url: str
    outcome: Outcome = field(default_factory=Outcome)
    memo: Memo = field(default_factory=Memo)
    taken: int = 0
    slowest: float = 0.0
    slowest_one: str = ""

    @property
    def sound(self) -> Path:
        """The folder before it is broken."""
        return self.place / "sound" / PROJECT

    def begin(self) -> None:
        """Lay the folder, publish it and save records."""
        shutil.copytree(STOCK.company, self.sound)
        STOCK.lay("1.0", self.sound / "packages")
        assert self.kith("apply", self.sound)[0] == 0
        with self.workspace() as opened:
            release = opened.current()
            made = [Change("create", "item", None, dict(values)) for of, values in STOCK.first if of == "item"]
            context = system_context(release, system_clock, "en")
            assert all(
                isinstance(one, Saved) for one in save_all(opened.database, context, release, made, Cause("system"))
            )
        if self.is_file:
            shutil.copy(self.place / "crm.db", self.place / "kept.db")

    @property
    def is_file(self) -> bool:
        """Whether the database can begin anew from a copy."""
        return self.url.startswith("sqlite")

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The database, looked at from beside."""
        opened = Workspace.open(self.url)
        try:
            yield opened
        finally:
            opened.close()

    def kith(self, name: str, folder: Path) -> tuple[int, str]:
        """What a command comes to, and what it says."""
        more = ("--anyway", "--allow-loss") if name == "apply" else ("--anyway",)
        language = "zh_CN.UTF-8" if self.taken % 2 else "en"
        with CliRunner().isolation(env={"KITH_DB": self.url, "LANG": language}) as (_, _, output):
            try:
                COMMAND.main([name, str(folder), *more], "kith")
            except SystemExit as end:
                sys.stdout.flush()
                return int(end.code or 0), output.getvalue().decode()
        raise AssertionError("a command ends by exiting")

    def state(self) -> tuple[int, str]:
        """The release and the schema of the database."""
        with contextlib.closing(open_database(self.url)) as database, database.read() as connection:
            inspector = sa.inspect(connection)
            columns = {of: sorted(one["name"] for one in found) for of, found in inspector.get_multi_columns().items()}
            indexes = {
                of: sorted(str(one["name"]) for one in found) for of, found in inspector.get_multi_indexes().items()
            }
            return current_number(connection), repr((sorted(columns.items()), sorted(indexes.items())))

    def propose(self, project: Path, *, all_the_same: bool) -> str:
        """Check a folder, and publish it where it is one; what became of it."""
        layers, problems = load(project)
        model, found = build(layers, self.memo, advice=False)
        errors = [problem for problem in (*problems, *found) if problem.is_error]
        assert all(render(problem, language).strip() for problem in errors for language in ("en", "zh-CN"))
        assert model is not None or errors
        if errors and not all_the_same:
            return "refused by the check"
        before = self.state()
        planned, told = self.kith("plan", project)
        assert told.strip() and (planned == 1 or not errors), told
        applied, told = self.kith("apply", project)
        assert told.strip() and applied in (0, 1), told
        after = self.state()
        if applied == 1:
            assert planned == 1 or NOT_FORESEEN.search(told), told
            self.unchanged(before, after)
            return "refused by the check" if errors else "refused by the plan"
        assert planned in (0, 2)
        if planned == 0:
            self.unchanged(before, after)
            return "nothing to do"
        self.taken += 1
        self.whole(before, after)
        assert self.kith("plan", project)[0] == 0
        return "published"

    def unchanged(self, before: tuple[int, str], after: tuple[int, str]) -> None:
        """What was refused has changed nothing."""
        if before != after:
            self.outcome.bad.append(f"half installed: {before[0]} → {after[0]}")

    def whole(self, before: tuple[int, str], after: tuple[int, str]) -> None:
        """What was published is published whole."""
        with self.workspace() as opened:
            release = opened.current()
            visit = Visit(opened.database, release, system_context(release, system_clock, "en"), deep=True)
            flaws = [flaw.en for _, found in examine(visit, repair=False) for flaw in found.flaws]
            # A PostgreSQL of tests need not wait for its disk.
            flaws = [flaw for flaw in flaws if not flaw.startswith("fsync")]
        if flaws or after[0] != before[0] + 1:
            self.outcome.bad.append(f"not whole: {before[0]} → {after[0]}: {flaws}")

    def one(self, name: str, chance: random.Random) -> None:
        """Break one folder, and propose it."""
        project = self.place / "broken" / PROJECT
        shutil.rmtree(project.parent, ignore_errors=True)
        shutil.copytree(self.sound, project)
        ways = chance.choices(list(WAYS), list(WAYS.values()), k=chance.choice((1, 1, 1, 2)))
        what = f"{name} ({', '.join(way.__name__ for way in ways)})"
        began = time.process_time()
        with watched(self.outcome, what):
            for way in ways:
                if _documents(project):
                    way(project, chance)
            self.outcome.told[self.propose(project, all_the_same=chance.random() < 0.03)] += 1
        took = time.process_time() - began
        if took > self.slowest:
            self.slowest, self.slowest_one = took, what
        if self.is_file and self.taken % FRESH == FRESH - 1:
            self.taken += 1
            shutil.copy(self.place / "kept.db", self.place / "crm.db")


def break_live_folders(count: int, seed: int, url: str = "") -> Outcome:
    """Break so many folders and propose each to one database, which is SQLite's where no URL is given."""
    chance = random.Random(seed)  # noqa: S311
    finishing.TAKEN_OVER = 0.01
    with tempfile.TemporaryDirectory() as folder:
        live = Live(Path(folder), url or f"sqlite:///{folder}/crm.db")
        live.begin()
        for number in range(count):
            live.one(f"folder {number} of seed {seed}", chance)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    live.outcome.notes += [f"slowest {live.slowest:.1f} s: {live.slowest_one}", f"memory at most {peak:,.0f} MB"]
    return live.outcome
