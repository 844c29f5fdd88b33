"""`kith fmt`: the expressions in YAML documents, put into their one form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from kith.cli.saying import Language, language_of, refuse
from kith.problems import Problem, Words, render


def fmt(
    paths: Annotated[list[Path] | None, typer.Argument(help="Documents, or folders of them; else this folder.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail where something would change.")] = False,
    lang: Language = "",
) -> None:
    """Put the expressions of documents into their one form; all else in the files stays as it is."""
    from kith.metadata.formatting import format_document

    language = language_of(lang)
    changed, problems = 0, list[Problem]()
    for path in _documents(paths or [Path()], language):
        text = _text(path, language)
        formatted, found = format_document(text, str(path))
        problems += found
        if formatted != text:
            changed += 1
            typer.echo(_told(path, check).in_(language))
            if not check:
                path.write_bytes(formatted.encode())
    for problem in problems:
        typer.echo(render(problem, language) + "\n", err=True)
    if not changed and not problems:
        typer.echo(Words("Nothing to change.", "无需更改。").in_(language))
    raise typer.Exit(1 if problems or (check and changed) else 0)


def _documents(paths: list[Path], language: str) -> Iterator[Path]:
    """The files that are named, and the YAML files of the folders that are."""
    for path in paths:
        if path.is_dir():
            files = (file for ending in ("*.yaml", "*.yml") for file in path.rglob(ending))
            yield from sorted(file for file in files if not _hidden(file.relative_to(path)))
        elif path.is_file():
            yield path
        else:
            refuse(Words(f"There is no file or folder {path}.", f"没有文件或文件夹 {path}。"), language)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _text(path: Path, language: str) -> str:
    """The text with its line ends as they are."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        refuse(Words(f"{path} is not UTF-8.", f"{path} 不是 UTF-8 编码。"), language)


def _told(path: Path, check: bool) -> Words:
    if check:
        return Words(f"{path} would change", f"{path} 需要更改")
    return Words(f"{path} changed", f"{path} 已更改")
