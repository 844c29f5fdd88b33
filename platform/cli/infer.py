"""`kith infer`: an app proposed from spreadsheets, with the reason of each guess."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import fail
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words, render

if TYPE_CHECKING:
    from kith.inferring.drafts import Proposal
    from kith.inferring.inferring import Inferred


def infer(
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX or XLS files, or folders with them.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The folder of the new app; without it nothing is written.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The name of the app; else as the folder or file.")] = "",
    currency: Annotated[
        str, typer.Option("--currency", help="The currency of amounts that name none, such as CNY.")
    ] = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Propose an app from spreadsheets: entities, keys, references and imports, each guess with its figures."""
    from kith.inferring.inferring import infer as inferred

    language = language_of(lang)
    if output is not None and output.exists() and (not output.is_dir() or any(output.iterdir())):
        refuse(Words(f"{output} is there already and not empty.", f"{output} 已存在且不为空。"), language)
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        refuse(
            Words("--currency is a code of three letters, such as CNY.", "--currency 为三个字母的代码，如 CNY。"),
            language,
        )
    found = inferred(files, name or (output.name if output is not None else ""), currency)
    if as_json:
        typer.echo(orjson.dumps(data_of(found), option=orjson.OPT_INDENT_2).decode())
    else:
        report(found, output, language)
    if not found.proposal.entities:
        fail(Words("No table could be read.", "没有可读取的表格。"), language)
    if output is not None:
        write(output, found.documents)
    raise typer.Exit(1 if any(problem.is_error for problem in found.problems) else 0)


def data_of(found: Inferred) -> Mapping[str, object]:
    """The report as data."""
    from kith.inferring.report import as_data

    return {**as_data(found.proposal), "problems": [problem.as_data("en") for problem in found.problems]}


def report(found: Inferred, output: Path | None, language: str) -> None:
    """Print what was found, and what to type next."""
    from kith.inferring.report import as_text

    for line in as_text(found.proposal, language):
        typer.echo(line)
    for problem in found.problems:
        typer.echo(render(problem, language) + "\n")
    if output is not None and found.proposal.entities:
        typer.echo(Words("Written. Next:", "已写入。接下来：").in_(language))
        for line in next_steps(found.proposal, output):
            typer.echo(f"  {line}")


def next_steps(proposal: Proposal, output: Path) -> list[str]:
    """What to type to see the data in the new app."""
    from kith.inferring.readme import commands

    return commands(proposal, str(output), whole=True)


def write(folder: Path, documents: Mapping[str, str]) -> None:
    """Write the files of the app."""
    for path, text in documents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="\n")
