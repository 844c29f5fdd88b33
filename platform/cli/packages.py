"""What the commands on packages share: opening a package that nobody needs to trust, and the project that it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from kith.cli.saying import app_folder, refuse
from kith.packages import PENDING
from kith.problems import Problem, Words, render

if TYPE_CHECKING:
    from kith.metadata.model import Layer
    from kith.packages.package import Package

File = Annotated[Path, typer.Argument(metavar="FILE", help="The package.")]
App = Annotated[Path | None, typer.Option("--app", help="A project's folder; else the database is meant.")]
Note = Annotated[str, typer.Option("--note", help="Why, for the list of releases.")]


def say(words: Words, language: str) -> None:
    """Print a sentence."""
    typer.echo(words.in_(language))


def stop_with(problems: Sequence[Problem], language: str) -> NoReturn:
    """Leave with all problems."""
    for problem in problems:
        typer.echo(render(problem, language) + "\n", err=True)
    raise typer.Exit(1)


def opened_file(file: Path, language: str) -> Package:
    """The package of a file; leaves with everything that is wrong with the archive."""
    from kith.packages.package import read_file

    if not file.is_file():
        refuse(Words(f"There is no file {file}.", f"没有文件 {file}。"), language)
    found, problems = read_file(file)
    if found is None:
        stop_with(problems, language)
    return found


def checked(found: Package, project: Path | None, language: str) -> Package:
    """The package; leaves with everything that is wrong with its documents."""
    from kith.packages.projects import layers_below

    below, problems = layers_below(str(found.manifest["extends"]), project)
    return checked_on(found, below, problems, language)


def checked_on(found: Package, below: Sequence[Layer], problems: Sequence[Problem], language: str) -> Package:
    """The same over certain layers, which were read with these problems."""
    from kith.packages.package import problems_on

    if problems := [*problems, *([] if problems else problems_on(found, below))]:
        stop_with(problems, language)
    return found


def project_of(folder: Path, language: str) -> Path:
    """A project's folder; what was begun in it is finished by then."""
    return app_folder(folder, language)


def carry_out(project: Path, writes: Mapping[str, str], removes: Iterable[str], language: str) -> None:
    """Change files of a project, all or none; leaves where the disk does not take them."""
    from kith.packages.projects import change

    try:
        change(project, writes, removes)
    except OSError as error:
        why = error.strerror or str(error)
        words = Words(
            f"{project} cannot be written: {why}. What was begun is finished by the next command on it.",
            f"无法写入 {project}：{why}。已开始的更改将由下一个命令完成。",
        )
        if not (project / PENDING).exists():
            words = Words(
                f"{project} cannot be written: {why}. Nothing has changed.",
                f"无法写入 {project}：{why}。没有任何更改。",
            )
        typer.echo(words.in_(language), err=True)
        raise typer.Exit(1) from None
