"""What the commands share in talking to people: their language, `--json`, and a refusal of wrong usage."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kith.packages import PENDING
from kith.problems import Words

USAGE = 64
"""The exit code of wrong usage."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AllowLoss = Annotated[
    bool, typer.Option("--allow-loss", help="Allow what loses data or takes it out of sight; else a terminal asks.")
]
Language = Annotated[str, typer.Option("--lang", help="Language of the messages: en or zh-CN; else as LANG says.")]


def language_of(option: str) -> str:
    """The language to speak: the option's, else that of the environment."""
    wanted = option or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return "zh-CN" if wanted.lower().startswith("zh") else "en"


def refuse(words: Words, language: str) -> NoReturn:
    """Leave with what was wrong about the call."""
    typer.echo(words.in_(language), err=True)
    raise typer.Exit(USAGE)


def consents(name: str, language: str) -> bool:
    """Whether whoever sits at the terminal types the name of what is at stake; False where nobody does."""
    if not sys.stdin.isatty():
        return False
    words = Words(f'Type "{name}" to go on', f"输入“{name}”以继续")
    return bool(typer.prompt(words.in_(language), default="", show_default=False) == name)


def app_folder(folder: Path, language: str) -> Path:
    """The folder of an app; wrong usage where there is none."""
    if not folder.is_dir():
        refuse(Words(f"There is no folder {folder}.", f"没有文件夹 {folder}。"), language)
    if (folder / PENDING).exists():
        # A `kith package` that was killed: what it had begun is done, so that nobody sees half of it.
        from kith.packages.projects import Unfinished, finish

        try:
            finish(folder)
        except Unfinished as unfinished:
            refuse(unfinished.words, language)
    return folder
