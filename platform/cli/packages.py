"""What the commands on packages share: opening a package that nobody needs to trust, and the project that it goes to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from kith.cli.saying import app_folder, refuse
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
    """A project's folder, with everything finished that was begun in it."""
    from kith.packages.projects import finish

    project = app_folder(folder, language)
    finish(project)
    return project
