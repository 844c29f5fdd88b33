"""A release on its way into a folder: what is to be written there, and what has to be decided before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kith.cli.opening import fail
from kith.cli.saying import app_folder, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.metadata.layers.joining import Clash, Side
    from kith.metadata.layers.standing import Base
    from kith.metadata.model import Layer
    from kith.runtime.workspace import Workspace

APP = "app.yaml"


def topmost(opened: Workspace) -> Layer:
    """The layer that a new folder gets: the company's, else the app's."""
    return opened.current().model.layers[-1]


@dataclass
class Pull:
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
    base: Base | None = None
    """When this very folder was last brought together with the database."""
    own: list[str] = field(default_factory=list)
    """The templates below it that the folder has changed itself since."""

    def read(self, taken: Mapping[str, Side]) -> None:
        """Find out what changes."""
        from kith.metadata.layers import load
        from kith.runtime.folders import base_of

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
            self.layer = topmost(self.opened).name
        with self.opened.database.read() as connection:
            found = base_of(connection, self.folder)
        self.base = found if found is not None and found.is_own else None
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

    def _templates(self, released: dict[str, Layer]) -> None:
        """What the folder stands on, as the release has it: beside its documents where it would find another."""
        from kith.metadata.layers import base_name
        from kith.packages.projects import layers_below

        name = base_name(released[self.layer])
        found = {layer.name: layer for layer in (self.layers or layers_below(name, self.folder)[0])}
        while name in released:
            wanted, there = released.pop(name), found.get(name)
            if there is None or there.digest != wanted.digest:
                self._template(wanted, there)
            name = base_name(wanted)

    def _template(self, wanted: Layer, there: Layer | None) -> None:
        """A template that the folder finds otherwise than the release has it, or not at all."""
        from kith.packages.manifest import manifest_of
        from kith.packages.naming import is_document
        from kith.packages.package import Package
        from kith.packages.projects import changes_to, installed_as

        name = wanted.name
        changed = there is not None and self.base is not None and self.base.folder.get(name) != there.digest
        if changed:
            self.own.append(name)
            if self.base is not None and self.base.release.get(name) == wanted.digest:
                # Only the folder has another: that is what it proposes.
                return
        installed = installed_as(self.folder, name)
        if (self.folder.resolve().parent / name / APP).is_file():
            self.notes.append(_beside(name, self.folder.parent / name))
        elif installed and not installed[1]:
            self.notes.append(_by_hand(name, self.folder))
        else:
            texts = dict(wanted.documents)
            writes, removes = changes_to(self.folder, Package(texts, manifest_of(texts)))
            self.writes |= writes
            self.removes += [path for path in removes if is_document(path.split("/", 2)[2])]
            self.own = [one for one in self.own if one != name]

    def write(self) -> None:
        """Write all of it, or nothing, and remember that the folder has what the release says."""
        from kith.metadata.layers import load
        from kith.metadata.layers.standing import Base
        from kith.packages.projects import change
        from kith.runtime.folders import bring_together

        if self.writes or self.removes:
            self.folder.mkdir(parents=True, exist_ok=True)
            for path in (*self.writes, *self.removes):
                self._inside(path)
            change(self.folder, self.writes, self.removes)
        there = {layer.name: layer.digest for layer in self.opened.current().model.layers}
        here = {layer.name: layer.digest for layer in load(self.folder)[0]}
        here[self.layer] = there[self.layer]
        for name in self.own:
            # What the folder has changed there is still its proposal.
            assert self.base is not None
            here[name], there[name] = self.base.folder.get(name, ""), self.base.release.get(name, "")
        bring_together(self.opened, self.folder, Base(here, there))

    def _inside(self, path: str) -> None:
        """Leave where a link leads out of the folder, before anything is written."""
        place = self.folder / path
        if place.is_symlink() or not place.resolve().is_relative_to(self.folder.resolve()):
            fail(Words(f"{place} is a link; nothing is written.", f"{place} 是链接，未写入任何内容。"), self.language)


def _beside(name: str, place: Path) -> Words:
    return Words(
        f"{place} is another {name} than the database has, and stays as it is; `kith pull {place}` brings the database's.",
        f"{place} 与数据库中的 {name} 不同，保持不变；可用 `kith pull {place}` 取回数据库中的版本。",
    )


def _by_hand(name: str, folder: Path) -> Words:
    return Words(
        f"{folder}/packages/{name} was changed by hand, and stays as it is. Move the changes into the project's own documents, "
        f"remove packages/{name}, and pull again.",
        f"{folder}/packages/{name} 被手工修改过，保持不变。请将修改移到项目自己的文档中，删除 packages/{name}，再重新取回。",
    )
