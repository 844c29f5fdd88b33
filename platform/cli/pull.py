"""`kith pull`: the current release's documents into a folder, beside what the folder has changed itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, database_url, existing_workspace, fail
from kith.cli.saying import Json, Language, app_folder, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.metadata.layers.joining import Clash, Side
    from kith.metadata.model import Layer
    from kith.runtime.workspace import Workspace

APP = "app.yaml"
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
        pulled = _Pull(opened, place or Path(_topmost(opened).name), language)
        pulled.read(taken)
        pulled.tell(as_json=as_json, dry=dry)
        if pulled.clashes:
            raise typer.Exit(1)
        if not dry:
            pulled.write()


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


def _topmost(opened: Workspace) -> Layer:
    """The layer that a new folder gets: the company's, else the app's."""
    return opened.current().model.layers[-1]


@dataclass
class _Pull:
    """A release on its way into a folder."""

    opened: Workspace
    folder: Path
    language: str
    writes: dict[str, str] = field(default_factory=dict)
    removes: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    layers: Sequence[Layer] = ()
    """The folder's before."""
    layer: str = ""
    """The name of the layer that it holds."""

    def read(self, taken: Mapping[str, Side]) -> None:
        """Find out what changes."""
        from kith.metadata.layers import load

        released = {layer.name: layer for layer in self.opened.current().model.layers}
        if (self.folder / APP).is_file():
            self.layers, _ = load(app_folder(self.folder, self.language))
            self.layer = self.layers[-1].name
            if self.layer not in released:
                names = ", ".join(list(released)[1:])
                fail(
                    Words(
                        f"{self.folder} is {self.layer}; the database has {names}.",
                        f"{self.folder} 是 {self.layer}；数据库中是 {names}。",
                    ),
                    self.language,
                )
        elif self.folder.is_dir() and any(self.folder.iterdir()):
            refuse(Words(f"{self.folder} is not empty and no app.", f"{self.folder} 非空且不是应用。"), self.language)
        else:
            self.layer = _topmost(self.opened).name
        self._join(taken)
        self._templates(released)

    def _join(self, taken: Mapping[str, Side]) -> None:
        from kith.metadata.layers.joining import join
        from kith.runtime.folders import versions

        def choose(clash: Clash) -> Side | None:
            return taken.get(clash.place, taken.get(clash.path, taken.get("")))

        here, there, before = versions(self.opened, self.folder, self.layers, self.layer)
        texts = [layer.documents if layer else {} for layer in (before, here, there)]
        joined = join(texts[0], texts[1], texts[2], choose)
        self.clashes = joined.clashes
        for path, text in joined.documents.items():
            if text is None:
                self.removes.append(path)
            else:
                self.writes[path] = self._with_its_ends(path, text)

    def _with_its_ends(self, path: str, text: str) -> str:
        """A text with the line ends that the file has."""
        place = self.folder / path
        has_returns = place.is_file() and b"\r\n" in place.read_bytes()
        return text.replace("\n", "\r\n") if has_returns else text

    def _templates(self, released: Mapping[str, Layer]) -> None:
        """What the folder stands on, as the release has it: beside its documents where it would find another."""
        from kith.metadata.layers import base_name
        from kith.packages.manifest import manifest_of
        from kith.packages.naming import is_document
        from kith.packages.package import Package
        from kith.packages.projects import changes_to, installed_as, layers_below

        name, seen = base_name(released[self.layer]), set[str]()
        found = {layer.name: layer for layer in (self.layers or layers_below(name, self.folder)[0])}
        while name in released and name not in seen:
            seen.add(name)
            wanted, there = released[name], found.get(name)
            there_already = installed_as(self.folder, name)
            if there is not None and there.digest == wanted.digest:
                pass
            elif (self.folder.resolve().parent / name / APP).is_file() or (there_already and not there_already[1]):
                self.notes.append(
                    Words(
                        f"{name} beside this folder or in its packages is another than the database has, and stays as it is.",
                        f"此文件夹旁或其 packages 中的 {name} 与数据库中的不同，保持不变。",
                    )
                )
            else:
                texts = dict(wanted.documents)
                writes, removes = changes_to(self.folder, Package(texts, manifest_of(texts)))
                self.writes |= writes
                self.removes += [path for path in removes if is_document(path.split("/", 2)[2])]
            name = base_name(wanted)

    def write(self) -> None:
        """Write all of it, or nothing, and remember that the folder has what the release says."""
        from kith.metadata.layers import load
        from kith.metadata.layers.standing import Base
        from kith.packages.projects import change
        from kith.runtime.folders import bring_together

        if self.writes or self.removes:
            self.folder.mkdir(parents=True, exist_ok=True)
            change(self.folder, self.writes, self.removes)
        there = {layer.name: layer.digest for layer in self.opened.current().model.layers}
        here = {layer.name: layer.digest for layer in load(self.folder)[0]}
        bring_together(self.opened, self.folder, Base({**here, self.layer: there[self.layer]}, there))

    def tell(self, *, as_json: bool, dry: bool) -> None:
        """Say what changes, or what has to be decided."""
        if as_json:
            clashes = [
                {"place": one.place, "before": one.base, "folder": one.ours, "database": one.theirs}
                for one in self.clashes
            ]
            data = {
                "folder": str(self.folder),
                "layer": self.layer,
                "release": self.opened.current().number,
                "written": sorted(self.writes),
                "removed": sorted(self.removes),
                "conflicts": clashes,
                "notes": [one.in_(self.language) for one in self.notes],
            }
            typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
            return
        for words in (*self._lines(dry=dry), *self.notes):
            typer.echo(words.in_(self.language), err=bool(self.clashes))

    def _lines(self, *, dry: bool) -> list[Words]:
        number = self.opened.current().number
        if self.clashes:
            return [
                Words("The folder and the database have both changed:", "文件夹和数据库都更改了："),
                *(_clash(one) for one in self.clashes),
                Words(
                    "Nothing is written. Decide with `--take folder`, `--take database`, or for one place "
                    f"`--take '{self.clashes[0].place}=database'`.",
                    "尚未写入。请用 `--take folder`、`--take database` 决定，或只针对一处："
                    f"`--take '{self.clashes[0].place}=database'`。",
                ),
            ]
        if not self.writes and not self.removes:
            return [
                Words(
                    f"Nothing to write: {self.folder} has all of release {number}.",
                    f"无需写入：{self.folder} 已包含发布 {number} 的全部内容。",
                )
            ]
        lines = [Words(f"  ~ {path}", f"  ~ {path}") for path in sorted(self.writes)]
        lines += [Words(f"  - {path}", f"  - {path}") for path in sorted(self.removes)]
        told = Words(
            f"Release {number} would be written to {self.folder}." if dry else f"Release {number} is in {self.folder}.",
            f"发布 {number} 将写入 {self.folder}。" if dry else f"发布 {number} 已写入 {self.folder}。",
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
