"""`kith package upgrade`: another version of a template under what a company says; all is decided before anything happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer

from kith.cli.opening import Db, database_url, existing_workspace, fail, model_of
from kith.cli.packages import App, File, Note, carry_out, checked, opened_file, project_of, say, stop_with
from kith.cli.saying import AllowLoss, Json, Language, language_of
from kith.problems import Problem, Words, render

if TYPE_CHECKING:
    from kith.metadata.model import Layer
    from kith.packages.conflicts import Conflict
    from kith.packages.package import Package
    from kith.packages.stack import Stack
    from kith.packages.upgrading import Failing, Upgrade
    from kith.runtime.testing.outcome import Outcome

UNDECIDED = 2
"""The exit code where something has to be decided first."""


def upgrade(
    file: File,
    app: App = None,
    db: Db = "",
    resolutions: Annotated[
        Path | None,
        typer.Option("--resolutions", help="The document of decisions: written, or followed where it is there."),
    ] = None,
    tests: Annotated[bool, typer.Option("--tests/--no-tests", help="Run the tests before and after.")] = True,
    note: Note = "",
    allow_loss: AllowLoss = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Bring in another version of a template; the exit code is 2 where something has to be decided first."""
    from kith.cli.apply import publish

    language = language_of(lang)
    found = opened_file(file, language)
    asked = Asked(found, resolutions, failing() if tests else None, as_json, language)
    if app is not None:
        project = project_of(app, language)
        checked(found, project, language)
        asked.in_folder(project)
        return
    checked(found, None, language)
    database_url(db, None, language)
    with existing_workspace(db, language) as opened:
        current = opened.current().model.layers
        was = next((layer.version for layer in current if layer.name == found.name), "")
        layers = asked.over(current)
        model = model_of(layers, (), language)
        said = ": ".join(filter(None, (f"{found.name} {was} → {found.version}", note)))
        publish(opened, model, note=said, allow_loss=allow_loss, as_json=as_json, language=language)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks for."""

    package: Package
    resolutions: Path | None
    failing: Failing | None
    as_json: bool
    language: str

    def in_folder(self, project: Path) -> None:
        """Upgrade a project: its template and its own documents, all or nothing."""
        from kith.metadata.layers import load
        from kith.packages.projects import changes_to, installed_as

        name = self.package.name
        there = installed_as(project, name)
        if there is None:
            self.not_there(str(project))
        if not there[1]:
            fail(
                Words(
                    f"{project}/packages/{name} was changed by hand, which an upgrade would undo. Move the changes into the "
                    f"project's own documents, or install {name} {there[0].version} anew.",
                    f"{project}/packages/{name} 被手工修改过，升级会丢失这些修改。请移到项目自己的文档中，"
                    f"或重新安装 {name} {there[0].version}。",
                ),
                self.language,
            )
        layers, problems = load(project)
        model_of(layers, problems, self.language)
        before, after = layers[-1], self.over(layers)[-1]
        writes, removes = changes_to(project, self.package)
        changed = [path for path, text in after.documents.items() if before.documents.get(path) != text]
        gone = [path for path in before.documents if path not in after.documents]
        writes |= {path: after.documents[path] for path in changed}
        carry_out(project, writes, [*removes, *gone], self.language)
        for sign, path in (*(("~", path) for path in changed), *(("-", path) for path in gone)):
            typer.echo(f"  {sign} {path}")
        words = Words(
            f"{name} {there[0].version} → {self.package.version} in {project}. Next: kith test {project}, kith plan {project}",
            f"{project}：{name} {there[0].version} → {self.package.version}。下一步：kith test {project}、kith plan {project}",
        )
        say(words, self.language)

    def over(self, layers: Sequence[Layer]) -> tuple[Layer, ...]:
        """The layers with the template's new version; leaves where something has to be decided first."""
        from kith.metadata.layers import CORE, load_layer
        from kith.metadata.layers.company import company_of
        from kith.packages.stack import Stack

        names = [layer.name for layer in layers]
        if self.package.name not in names[1:]:
            self.not_there(", ".join(names[1:]))
        at = names.index(self.package.name, 1)
        if layers[at].digest == self.package.layer().digest:
            name, version = self.package.name, self.package.version
            say(Words(f"{name} {version} is installed already.", f"{name} {version} 已安装。"), self.language)
            raise typer.Exit
        core, _ = load_layer(CORE, "platform/core")
        below, new = (core, *layers[1:at]), self.package.layer()
        company = company_of(layers)
        if company is None or layers[at] is company:
            return (*below, new)
        stack = Stack(below, layers[at], new, company, tuple(layers[at + 1 : -1]))
        return stack.after(self.decided(stack).company)

    def not_there(self, where: str) -> NoReturn:
        """Leave because there is nothing to upgrade."""
        name = self.package.name
        fail(Words(f"{name} is not installed ({where}).", f"尚未安装 {name}（{where}）。"), self.language)

    def decided(self, stack: Stack) -> Upgrade:
        """The upgrade with everything decided; else what is to be decided is told, and written where that was asked for."""
        from kith.packages.resolutions import problems_of, taken_of
        from kith.packages.upgrading import upgrade as upgraded

        if self.resolutions is None or not self.resolutions.exists():
            found = upgraded(stack, None, self.failing)
            if found.conflicts or not found.built.is_sound:
                self.propose(found)
            return found
        text, path = self.resolutions.read_text(encoding="utf-8"), str(self.resolutions)
        taken, problems = taken_of(text, path, stack)
        if any(problem.is_error for problem in problems):
            stop_with(problems, self.language)
        found = upgraded(stack, taken, self.failing)
        if new := [one for one in found.open if one.id not in taken and f"  {one.id}:" not in text]:
            self.add(new, text)
        self.refuse_open(found, list(problems_of(found, taken, text, path)))
        return found

    def propose(self, found: Upgrade) -> NoReturn:
        """Tell what is to be decided, write the document of decisions, and leave."""
        from kith.packages.resolutions import written

        if self.as_json:
            data = {"decisions": [one.as_data(self.language) for one in found.conflicts]}
            typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
        else:
            self.tell(found.conflicts)
        if self.resolutions is not None:
            self.resolutions.write_text(written(found, self.language), encoding="utf-8")
            say(_written(self.resolutions, found), self.language)
        else:
            say(
                Words(
                    "Nothing has happened. `--resolutions FILE` writes a document to decide in.",
                    "尚未执行任何操作。`--resolutions 文件` 会写出用于决定的文档。",
                ),
                self.language,
            )
        raise typer.Exit(UNDECIDED)

    def add(self, conflicts: Sequence[Conflict], text: str) -> None:
        """Write into the document of decisions what came up since."""
        from kith.packages.resolutions import with_more

        more = with_more(text, conflicts, self.language)
        if more is not None and self.resolutions is not None:
            self.resolutions.write_text(more, encoding="utf-8")
            count = len(conflicts)
            words = Words(
                f"{self.resolutions}: {count} more to be decided.", f"{self.resolutions}：又有 {count} 项需要决定。"
            )
            say(words, self.language)

    def refuse_open(self, found: Upgrade, problems: Sequence[Problem]) -> None:
        """Leave where something is still open or wrong."""
        for problem in problems:
            # What was decided about a test waits where the tests are not run.
            of_tests = problem.code == "K203" and str(problem.values["name"]).startswith("tests.")
            if self.failing is not None or not of_tests:
                typer.echo(render(problem, self.language) + "\n", err=True)
        if found.open:
            self.tell(found.open)
            raise typer.Exit(UNDECIDED)
        errors = [problem for problem in found.built.problems if problem.is_error]
        if errors or any(problem.is_error for problem in problems):
            stop_with(errors, self.language)

    def tell(self, conflicts: Sequence[Conflict]) -> None:
        """Print conflicts."""
        from kith.packages.resolutions import told

        for one in conflicts:
            lines = list(told(one, self.language))
            # What a place is called is not said twice.
            head = [] if lines[0].startswith(one.id) else [one.id]
            typer.echo("\n  ".join([*head, *lines]) + "\n")
        count = len(conflicts)
        say(Words(f"To be decided: {count}.", f"需要决定：{count} 项。"), self.language)


def _written(document: Path, found: Upgrade) -> Words:
    """What somebody does with the document of decisions that was just written."""
    waiting = sum(not one.recommended for one in found.conflicts)
    return Words(
        f"Nothing has changed yet. {document} is written: with what is recommended, and with ~ where somebody has to choose "
        f"({waiting} of {len(found.conflicts)}). Look through it, put a choice for each ~, then run this again.",
        f"尚未做任何更改。已写入 {document}：有推荐的已填入推荐的处理方式，须由人选择的填入 ~"
        f"（{len(found.conflicts)} 项中的 {waiting} 项）。请检查并把每个 ~ 改为所选的处理方式，然后再次运行。",
    )


def failing() -> Failing:
    """Runs an app's tests: the cases that fail, each with what came otherwise."""
    from kith.metadata.build import build
    from kith.runtime.testing.running import run_tests

    known: dict[tuple[str, ...], Mapping[str, str]] = {}

    def fails(layers: Sequence[Layer]) -> Mapping[str, str]:
        key = tuple(layer.digest for layer in layers)
        if key not in known:
            model, _ = build(layers, advice=False)
            outcomes = run_tests(model) if model is not None else []
            known[key] = {f"{one.test}/{one.case}": _why(one) for one in outcomes if not one.passed}
        return known[key]

    return fails


def _why(outcome: Outcome) -> str:
    return "; ".join(f"{one.what}: {one.expected} ≠ {one.found}" for one in outcome.mismatches)[:300]
