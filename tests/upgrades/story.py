"""A customised company goes from 1.0 to 1.1 of its template, back, and forward again: `python -m tests.upgrades.story`.

Everything is done by the `kith` command and over the API, as a consultant and a company do it; the transcript is what they see.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from kith.metadata.layers.loading import load_layer
from kith.runtime.applying import finishing
from kith.runtime.workspace import Workspace
from tests.support import postgresql, run
from tests.support.checksums import checksums
from tests.upgrades.plots import PLOTS, Plot, Rewriting
from tests.upgrades.terminal import People, Terminal

UNDECIDED = CHANGES = 2
"""Exit codes: of an upgrade with something to decide, of a plan with something to do."""
DECISIONS = "decisions.yaml"
SHOWN_DECISIONS = 30
"""Lines of the document of decisions that are shown."""


@dataclass
class Story:
    """What a consultant does for a company; with `short` the templates come without the tests that the company leaves alone."""

    plot: Plot
    at: Terminal
    short: bool = False
    secret: str = ""
    before: dict[str, tuple[int, str]] = field(default_factory=dict)

    def tell(self) -> None:
        """All of it."""
        for part in (self.begin, self.work, self.upgrade, self.again, self.publish_upgrade, self.go_back):
            part()
        for part in (self.go_back_after_edits, self.forward_again, self.restart):
            part()

    # --- what happens -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The template's two versions as packages, and the company's project on the first."""
        at, app = self.at, self.plot.app
        at.chapter("A template in two versions, and a company on the first", "模板的两个版本，以及基于第一个版本的公司")
        for version in ("1.0", "1.1"):
            folder = self.plot.lay(version, at.folder / version)
            if self.short:
                self.leave_out_tests(folder)
            at.kith("package", "build", f"{version}/{app}")
        at.kith("new", self.project, "--from", f"1.0/{app}", "--title", self.plot.title)
        shutil.copytree(self.plot.company, at.folder / self.project, dirs_exist_ok=True)
        count = len(list(self.plot.company.rglob("*.yaml")))
        at.note(f"The company's own {count} documents are written.\n", f"编写公司自己的 {count} 个文档。\n")
        at.kith("package", "list", "--app", self.project)
        at.kith("check", self.project)
        shutil.copytree(at.folder / self.project, at.folder / self.branch)

    def work(self) -> None:
        """The first start, and the first days."""
        at = self.at
        at.chapter("The company works", "公司开始使用")
        at.serve(self.project, *(("--demo",) if self.plot.demo else ()), people=lambda people: None)
        self.secret = at.kith("token", "create", "till", "--user", "admin@example.com").strip()
        self.serve(self.project, people=lambda people: people.save_all(self.plot.first))
        at.kith("doctor", "--deep")

    def upgrade(self) -> None:
        """The new version under the company's documents: told at once, decided, tried."""
        at = self.at
        at.chapter("The template's new version: what is to be decided", "模板的新版本：需要决定的事项")
        words = ("package", "upgrade", self.package("1.1.0"), "--app", self.project, "--resolutions", DECISIONS)
        at.kith(*words, code=UNDECIDED)
        self.show_decisions()
        self.decide()
        at.kith(*words)
        at.kith("test", self.project)

    def again(self) -> None:
        """The same decisions for another copy of the project: nothing is asked."""
        at = self.at
        at.chapter("The same decisions once more, for another copy", "同样的决定再次用于另一份项目")
        at.kith("package", "upgrade", self.package("1.1.0"), "--app", self.branch, "--resolutions", DECISIONS)
        one, other = (load_layer(at.folder / name, "")[0].digest for name in (self.project, self.branch))
        assert one == other
        at.note(f"{self.branch} = {self.project}\n", f"{self.branch} = {self.project}\n")

    def publish_upgrade(self) -> None:
        """Planned, applied, and then there is nothing to do."""
        at = self.at
        at.chapter("The upgrade is published", "发布升级")
        self.before = self.checksums()
        at.kith("plan", self.project, code=CHANGES)
        at.kith("apply", self.project, "--allow-loss")
        at.kith("plan", self.project)
        at.kith("doctor", "--deep")

    def go_back(self) -> None:
        """Back without edits in between: everything is as it was."""
        at = self.at
        at.chapter("Back, with no edits in between", "回退：其间没有修改")
        at.kith("rollback", "--allow-loss")
        at.kith("doctor", "--deep")
        after = self.checksums()
        at.note("Table, records, checksum before, checksum after:", "表、记录数、之前的校验和、之后的校验和：")
        for name, (count, sum_) in after.items():
            same = "=" if self.before[name] == (count, sum_) else "≠"
            at.say(f"  {same} {name:<20} {count:>5}  {self.before[name][1][:12]}  {sum_[:12]}")
        assert after == self.before

    def go_back_after_edits(self) -> None:
        """Forward again, people work, and back: what they did stays."""
        at = self.at
        at.chapter("Forward again, people work, and back", "再次升级，有人修改，然后回退")
        at.kith("apply", self.project)
        at.kith("apply", self.project, "--anyway", "--allow-loss")
        self.serve(people=lambda people: people.save_all(self.plot.later))
        at.kith("rollback", "--allow-loss")
        at.kith("doctor", "--deep")

    def forward_again(self) -> None:
        """And forward: what was kept comes back, and the plan is empty."""
        at = self.at
        at.chapter("Forward once more", "又一次升级")
        at.kith("apply", self.project, "--anyway", "--allow-loss")
        at.kith("plan", self.project)
        at.kith("doctor", "--deep")
        at.kith("releases")

    def restart(self) -> None:
        """What a restart does when the folder, the studio or both have changed."""
        at, plot = self.at, self.plot
        at.chapter("Restart: nothing changed", "重启：没有更改")
        base = self.serve(self.project, people=lambda people: None)
        at.chapter("Restart: the folder changed, safely", "重启：文件夹有安全的更改")
        self.rewrite(plot.safely)
        assert self.serve(self.project, people=lambda people: None) == base + 1
        at.chapter("Restart: the folder changed, and data would be lost", "重启：文件夹的更改会丢失数据")
        kept = (self.own / plot.with_loss.path).read_text("utf-8")
        self.rewrite(plot.with_loss)
        assert self.serve(self.project, people=lambda people: None) == base + 1
        assert self.serve(self.project, "--apply", people=lambda people: None) == base + 1
        (self.own / plot.with_loss.path).write_text(kept, "utf-8")
        at.note("The document is put back.", "恢复该文档。")
        at.chapter("Restart: the studio changed", "重启：工作室有更改")
        self.serve(self.project, people=lambda people: self.in_studio(people, base + 1))
        assert self.serve(self.project, people=lambda people: None) == base + 2
        at.chapter("Restart: both changed", "重启：双方都有更改")
        self.rewrite(plot.in_both)
        assert self.serve(self.project, people=lambda people: None) == base + 2
        at.kith("pull", self.project, code=1)
        at.kith("pull", self.project, "--take", "folder")
        assert self.serve(self.project, people=lambda people: None) == base + 3
        at.kith("plan", self.project)
        at.kith("releases")

    # --- how ----------------------------------------------------------------------------------------------------

    @property
    def project(self) -> str:
        """The company's folder."""
        return load_layer(self.plot.company, "")[0].name

    @property
    def own(self) -> Path:
        """The same as a path."""
        return self.at.folder / self.project

    @property
    def branch(self) -> str:
        """Another copy of it."""
        return f"{self.project}_copy"

    def package(self, version: str) -> str:
        """The file of a version."""
        return f"{self.plot.app}-{version}.kith"

    def leave_out_tests(self, folder: Path) -> None:
        """Leave out of a template what takes longest."""
        said = {path.name for path in (self.plot.company / "tests").iterdir()}
        for path in (folder / "tests").iterdir():
            if path.name not in said:
                path.unlink()

    def checksums(self) -> dict[str, tuple[int, str]]:
        """Live records and the checksum of their declared values, table by table."""
        opened = Workspace.open(self.at.url)
        try:
            return checksums(opened)
        finally:
            opened.close()

    def serve(self, *words: str, people: Callable[[People], object]) -> int:
        """The release that is served."""
        served: list[int] = []

        def work(them: People) -> None:
            served.append(them.release())
            people(them)

        self.at.serve(*words, people=work, secret=self.secret)
        return served[0]

    def rewrite(self, change: Rewriting) -> None:
        """Change a document of the folder."""
        place = self.own / change.path
        text = place.read_text("utf-8")
        assert change.old in text
        place.write_text(text.replace(change.old, change.new), "utf-8")
        said = f"{self.project}/{change.path}: {change.old} → {change.new}\n"
        self.at.note(said, said)

    def in_studio(self, people: People, base: int) -> None:
        """Change a document of the company's layer in the database."""
        change = self.plot.in_studio
        text = (self.own / change.path).read_text("utf-8")
        assert change.old in text
        people.publish(base, {change.path: text.replace(change.old, change.new)})

    def show_decisions(self) -> None:
        """How the document of decisions begins."""
        lines = (self.at.folder / DECISIONS).read_text("utf-8").splitlines()
        self.at.say(f"$ head -{SHOWN_DECISIONS} {DECISIONS}")
        self.at.say("\n".join(lines[:SHOWN_DECISIONS]) + "\n")

    def decide(self) -> None:
        """Fill in what is open in the document of decisions."""
        document = self.at.folder / DECISIONS
        lines = document.read_text("utf-8").split("\n")
        self.at.note("Decided where nothing was recommended:", "没有推荐的事项由人决定：")
        for at, line in enumerate(lines):
            if re.fullmatch(r"  [^#].*: ~", line):
                choice = next(said for part, said in self.plot.decided.items() if part in line)
                lines[at] = line.removesuffix("~") + choice
                self.at.say(f"  {DECISIONS}:{at + 1}  {lines[at].strip()}")
        document.write_text("\n".join(lines), "utf-8")
        self.at.say()


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """An empty database of an engine."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'crm.db'}"
        return
    run.create()
    try:
        server = postgresql.server_url()
        # The story has its own server, and `kith doctor` says what one lacks that does not wait for its disk.
        with psycopg.connect(postgresql.libpq(server), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = on")
            connection.execute("SELECT pg_reload_conf()")
        with postgresql.fresh_schema(server) as url:
            yield url
    finally:
        postgresql.clean_up(run.folder())


def main() -> None:
    """Tell a story."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", choices=sorted(PLOTS), default="retail_crm")
    parser.add_argument("--lang", choices=["en", "zh-CN"], default="en")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument(
        "--short", action="store_true", help="without the template's tests that the company leaves alone"
    )
    parser.add_argument("--times", action="store_true", help="end with the seconds of each command")
    asked = parser.parse_args()
    finishing.TAKEN_OVER = 0.1
    with tempfile.TemporaryDirectory() as folder, database(asked.engine, Path(folder)) as url:
        at = Terminal(Path(folder), url, sys.stdout, asked.lang)
        Story(PLOTS[asked.app], at, asked.short).tell()
    if asked.times:
        for name, seconds in sorted(at.times.items(), key=lambda item: -item[1]):
            at.say(f"{seconds:8.1f} s  kith {name}")


if __name__ == "__main__":
    main()
