"""`kith fmt`: the expressions in YAML documents, put into their one form."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import orjson
import typer

from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Problem, Words, render

STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A document before and after, and the mistakes of the expressions that stay as they are."""

    path: Path
    before: str
    after: str
    problems: tuple[Problem, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything had to be written anew."""
        return self.before != self.after

    @property
    def diff(self) -> str:
        """The change as a patch."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        lines = unified_diff(before, after, str(self.path), str(self.path))
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Documents, or folders of them; - reads one and writes it; else this folder."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail where something would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; print what would change as a patch.")] = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Put the expressions of documents into their one form; all else in the files stays as it is."""
    language = language_of(lang)
    dry = check or diff or (as_json and paths == [STDIN])
    if paths == [STDIN] and not dry:
        done = [_formatted(STDIN, sys.stdin.buffer.read(), language)]
        typer.echo(done[0].after.encode(), nl=False)
    else:
        done = [_formatted(path, _read(path), language) for path in _documents(paths or [Path()], language)]
        for one in done if not dry else ():
            if one.is_changed:
                one.path.write_bytes(one.after.encode())
        _tell(done, language, dry=dry, diff=diff, as_json=as_json)
    problems = [problem for one in done for problem in one.problems]
    for problem in problems if not as_json else ():
        typer.echo(render(problem, language) + "\n", err=True)
    raise typer.Exit(1 if problems or (dry and any(one.is_changed for one in done)) else 0)


def _tell(done: Iterable[Formatted], language: str, *, dry: bool, diff: bool, as_json: bool) -> None:
    """Print what has changed or would."""
    changed = [one for one in done if one.is_changed]
    problems = [problem for one in done for problem in one.problems]
    if as_json:
        told = [{"path": str(one.path), "diff": one.diff} for one in changed]
        data = {"changed": told, "problems": [problem.as_data(language) for problem in problems]}
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    elif diff:
        typer.echo("".join(one.diff for one in changed), nl=False)
    else:
        for one in changed:
            typer.echo(_told(one.path, dry).in_(language))
        if not changed and not problems:
            typer.echo(Words("Nothing to change.", "无需更改。").in_(language))


def _formatted(path: Path, data: bytes, language: str) -> Formatted:
    from kith.metadata.formatting import format_document

    try:
        text = data.decode()
    except UnicodeDecodeError:
        refuse(Words(f"{path} is not UTF-8.", f"{path} 不是 UTF-8 编码。"), language)
    after, problems = format_document(text, str(path))
    return Formatted(path, text, after, tuple(problems))


def _read(path: Path) -> bytes:
    """The bytes of a file, so that line ends stay as they are."""
    return sys.stdin.buffer.read() if path == STDIN else path.read_bytes()


def _documents(paths: list[Path], language: str) -> Iterator[Path]:
    """The files that are named, and the YAML files of the folders that are."""
    for path in paths:
        if path.is_dir():
            files = (file for ending in ("*.yaml", "*.yml") for file in path.rglob(ending))
            yield from sorted(file for file in files if not _hidden(file.relative_to(path)))
        elif path.is_file() or paths == [STDIN]:
            yield path
        else:
            refuse(Words(f"There is no file or folder {path}.", f"没有文件或文件夹 {path}。"), language)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _told(path: Path, dry: bool) -> Words:
    if dry:
        return Words(f"{path} would change", f"{path} 需要更改")
    return Words(f"{path} changed", f"{path} 已更改")
