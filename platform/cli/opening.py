"""What commands on a database share: which one it is, opening it, and the candidate of an app's folder."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from kith.cli.loading import loaded
from kith.cli.saying import app_folder, refuse
from kith.problems import Problem, Words, did_you_mean, render

if TYPE_CHECKING:  # what needs no database need not wait for its libraries
    from kith.metadata.model import Layer, Model
    from kith.runtime.workspace import Unbuildable, Workspace

Db = Annotated[
    str,
    typer.Option(
        "--db", envvar="KITH_DB", help="The database; else an SQLite file named after the app in this folder."
    ),
]


def database_url(option: str, app: str | None, language: str) -> str:
    """The database that a command works on; wrong usage where nothing says which."""
    from kith.runtime.database import Unfit, choose_url, normal_url

    try:
        url = choose_url(option or None, None, app, Path.cwd())
        normal_url(url)
    except Unfit as unfit:
        refuse(unfit.words, language)
    return url


def check_environment(language: str) -> None:
    """Leave with wrong usage where a setting of the server says nothing that can be meant."""
    from kith.runtime.operating import operation_of
    from kith.runtime.settings import Unfit, settings_of

    try:
        operation_of(os.environ)
        settings_of(os.environ)
    except Unfit as unfit:
        refuse(unfit.words, language)


def is_new(url: str) -> bool:
    """Whether it is an SQLite file that is not there yet."""
    from kith.runtime.database import normal_url

    parsed = normal_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists()


@contextmanager
def workspace_of(url: str, language: str, *, watch: bool = False) -> Iterator[Workspace]:
    """The workspace of a URL, closed at the end; leaves with a sentence where it cannot be opened."""
    from kith.runtime.database import Unfit
    from kith.runtime.workspace import NoRelease, Unbuildable, Workspace

    try:
        workspace = Workspace.open(url, watch=watch)
    except Unfit as unfit:
        fail(unfit.words, language)
    except Unbuildable as broken:
        refused_documents(broken, language)
    loaded()
    try:
        yield workspace
    except NoRelease as missing:
        fail(missing.words, language)
    finally:
        workspace.close()


def settled(opened: Workspace, language: str) -> None:
    """Let what an apply that died has left be taken back or finished, before anybody works with the workspace."""
    from kith.runtime.applying.progress import CannotApply
    from kith.runtime.applying.settling import settle
    from kith.runtime.publishing import hooks

    if opened.release is not None:
        try:
            settle(opened.database, opened.release, opened.clock, hooks(opened.clock).renew)
        except CannotApply as cannot:
            # The release is served all the same; the next start tries again.
            typer.echo(cannot.words.in_(language), err=True)


def refused_documents(broken: Unbuildable, language: str) -> NoReturn:
    """Leave because of a stored release that this version of Kith finds wrong."""
    for problem in broken.problems:
        typer.echo(render(problem, language) + "\n", err=True)
    fail(
        Words(
            f"Release {broken.number} in the database cannot be used by this version of Kith.",
            f"此版本的 Kith 无法使用数据库中的发布 {broken.number}。",
        ),
        language,
    )


@contextmanager
def existing_workspace(db: str, language: str) -> Iterator[Workspace]:
    """The workspace that a command without an app works on; it must be there."""
    from kith.runtime.workspace import NoRelease

    url = database_url(db, None, language)
    if is_new(url):
        fail(NoRelease.words, language)
    with workspace_of(url, language) as workspace:
        workspace.current()
        yield workspace


def candidate_of(folder: Path, language: str) -> Model:
    """The model of an app's folder; leaves with all its problems where it has errors."""
    from kith.metadata.layers import load

    return model_of(*load(app_folder(folder, language)), language)


def model_of(
    layers: Sequence[Layer], problems: Sequence[Problem], language: str, workspace: Workspace | None = None
) -> Model:
    """The model of layers that were read with these problems; leaves with all problems where there are errors.

    With a workspace, what its release has as well is taken from there.
    """
    from kith.metadata.build import build

    model, found = workspace.built(layers) if workspace else build(layers, advice=False)
    errors = [problem for problem in (*problems, *found) if problem.is_error]
    if model is None or errors:
        for problem in errors:
            typer.echo(render(problem, language) + "\n", err=True)
        raise typer.Exit(1)
    return model


def need_roles(wanted: Iterable[str], known: Collection[str], language: str) -> None:
    """Leave where a role is not there, with the nearest one and all there are."""
    for name in wanted:
        if name not in known:
            near = did_you_mean(name, known) or Words("", "")
            listed = ", ".join(sorted(known))
            english = filter(None, (f'There is no role "{name}";', near.en, f"known: {listed}."))
            chinese = filter(None, (f"没有角色“{name}”；", near.zh, f"可用：{listed}。"))
            fail(Words(" ".join(english), "".join(chinese)), language)


def fail(words: Words, language: str) -> NoReturn:
    """Leave because of a problem."""
    typer.echo(words.in_(language), err=True)
    raise typer.Exit(1)
