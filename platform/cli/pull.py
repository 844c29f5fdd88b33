"""`kith pull`: the current release's documents into a folder, beside what the folder has changed itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, database_url, existing_workspace
from kith.cli.pulling import APP, Pull, topmost
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.metadata.layers.joining import Clash, Side

SIDES: Mapping[str, Side] = {"folder": "ours", "database": "theirs"}
NOTHING = Words("nothing", "无")


def pull(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder; without it this one, or one of the app's name.")
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take", help="Whose word counts where both changed: folder, database, or PLACE=folder|database."
        ),
    ] = None,
    db: Db = "",
    dry: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would change.")] = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Bring what the database has into a folder; what only the folder changed stays, what both changed has to be decided."""
    language = language_of(lang)
    taken = _taken(take or [], language)
    place = folder or (Path() if Path(APP).is_file() else None)
    url = database_url(db, _app_of(place), language)
    with existing_workspace(url, language) as opened:
        pulled = Pull(opened, place or Path(topmost(opened).name), language)
        pulled.read(taken)
        if not pulled.clashes and not dry:
            pulled.write()
        tell(pulled, as_json=as_json, dry=dry)
        if pulled.clashes:
            raise typer.Exit(1)


def _taken(said: Sequence[str], language: str) -> dict[str, Side]:
    """The decisions by place, "" for all others."""
    found: dict[str, Side] = {}
    for one in said:
        place, _, side = one.rpartition("=")
        if side not in SIDES:
            refuse(
                Words(
                    f"--take {one}: say folder, database, or PLACE=folder or PLACE=database.",
                    f"--take {one}：请写 folder、database，或 位置=folder、位置=database。",
                ),
                language,
            )
        found[place] = SIDES[side]
    return found


def _app_of(place: Path | None) -> str | None:
    from kith.metadata.layers import load_layer

    return load_layer(place, "")[0].name if place is not None and (place / APP).is_file() else None


def tell(pulled: Pull, *, as_json: bool, dry: bool) -> None:
    """Say what changes, or what has to be decided."""
    if as_json:
        clashes = [
            {"place": one.place, "before": one.base, "folder": one.ours, "database": one.theirs}
            for one in pulled.clashes
        ]
        data = {
            "folder": str(pulled.folder),
            "layer": pulled.layer,
            "release": pulled.opened.current().number,
            "written": sorted(pulled.writes),
            "removed": sorted(pulled.removes),
            "conflicts": clashes,
            "notes": [one.in_(pulled.language) for one in pulled.notes],
        }
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
        return
    for words in (*_lines(pulled, dry=dry), *pulled.notes):
        typer.echo(words.in_(pulled.language), err=bool(pulled.clashes))


def _lines(pulled: Pull, *, dry: bool) -> list[Words]:
    number = pulled.opened.current().number
    if pulled.clashes:
        return [
            Words("The folder and the database have both changed:", "文件夹和数据库都更改了："),
            *(_clash(one) for one in pulled.clashes),
            Words(
                "Nothing is written. Decide with `--take folder`, `--take database`, or for one place "
                f"`--take '{pulled.clashes[0].place}=database'`.",
                "尚未写入。请用 `--take folder`、`--take database` 决定，或只针对一处："
                f"`--take '{pulled.clashes[0].place}=database'`。",
            ),
        ]
    if not pulled.writes and not pulled.removes:
        return [
            Words(
                f"Nothing to write: {pulled.folder} has all of release {number}.",
                f"无需写入：{pulled.folder} 已包含发布 {number} 的全部内容。",
            )
        ]
    lines = [Words(f"  ~ {path}", f"  ~ {path}") for path in sorted(pulled.writes)]
    lines += [Words(f"  - {path}", f"  - {path}") for path in sorted(pulled.removes)]
    told = Words(
        f"Release {number} would be written to {pulled.folder}." if dry else f"Release {number} is in {pulled.folder}.",
        f"发布 {number} 将写入 {pulled.folder}。" if dry else f"发布 {number} 已写入 {pulled.folder}。",
    )
    return [*lines, told]


def _clash(one: Clash) -> Words:
    def or_nothing(text: str | None) -> Words:
        return NOTHING if text is None else Words(text, text)

    base, ours, theirs = map(or_nothing, (one.base, one.ours, one.theirs))
    return Words(
        f"  {one.place}: was {base.en}; folder {ours.en}; database {theirs.en}",
        f"  {one.place}：原为 {base.zh}；文件夹 {ours.zh}；数据库 {theirs.zh}",
    )
