"""`kith check`: every problem of an app, with its place, a caret and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from kith.cli.saying import Json, Language, app_folder, language_of
from kith.problems import Problem, Words, render


def check(
    app: Annotated[Path, typer.Argument(help="The folder of the app.")],
    strict: Annotated[bool, typer.Option("--strict", help="Let hints fail the check, too.")] = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Check an app: YAML, shape, layers, references, types and lint, all in one go."""
    from kith.metadata.checking import check as problems_of

    language = language_of(lang)
    problems = problems_of(app_folder(app, language))
    errors = sum(problem.is_error for problem in problems)
    if as_json:
        typer.echo(
            orjson.dumps([problem.as_data(language) for problem in problems], option=orjson.OPT_INDENT_2).decode()
        )
    else:
        for problem in problems:
            typer.echo(render(problem, language) + "\n")
        typer.echo(summary(problems, errors).in_(language))
    raise typer.Exit(1 if errors or (strict and problems) else 0)


def summary(problems: list[Problem], errors: int) -> Words:
    """The last line: how many problems of each weight there are."""
    hints = len(problems) - errors
    if not problems:
        return Words("No problems.", "没有问题。")
    return Words(
        f"{errors} {'error' if errors == 1 else 'errors'}, {hints} {'hint' if hints == 1 else 'hints'}.",
        f"{errors} 个错误，{hints} 个提示。",
    )
