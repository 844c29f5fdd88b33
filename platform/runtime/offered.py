"""What an app's folder offers to the current release, and what is said where both have gone on without each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kith.metadata.layers.standing import Standing, together
from kith.metadata.model import Layer
from kith.packages import PENDING
from kith.problems import Problem, Words
from kith.runtime.folders import base_of, changed_documents, key_of, standing
from kith.runtime.workspace import Workspace

MOST = 12
"""Documents that are listed of one layer."""


class NoOffer(Exception):
    """A folder that nothing can be read from now; `words` say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Offer:
    """A folder's layers as they were read, with what was wrong with its files, and how they stand to the current release."""

    folder: Path
    own: tuple[Layer, ...]
    problems: tuple[Problem, ...]
    standing: Standing
    layers: tuple[Layer, ...]
    """The candidate: what the folder has as the release has it is the release's, so that nothing is read twice."""

    @property
    def waits(self) -> bool:
        """Whether there is anything to publish, or to be told."""
        return bool(self.standing.brings or self.standing.both or self.problems)

    @property
    def may_go(self) -> bool:
        """Whether the folder's changes may be published without leaving others behind."""
        return bool(self.standing.brings) and not (self.standing.both or self.standing.behind)


def offer_of(workspace: Workspace, folder: Path) -> Offer:
    """Read a folder; raises NoOffer."""
    from kith.metadata.layers import load

    gone = Words(f"The folder {folder} cannot be read.", f"无法读取文件夹 {folder}。")
    if not folder.is_dir():
        raise NoOffer(gone)
    if (folder / PENDING).exists():
        raise NoOffer(
            Words(
                f"A package is being changed in the folder {folder}. Wait until that is done, or run `kith check {folder}`.",
                f"文件夹 {folder} 中的包正在更改。请等待完成，或运行 `kith check {folder}`。",
            )
        )
    try:
        own, problems = load(folder)
    except OSError as error:
        raise NoOffer(gone) from error
    found = standing(workspace, folder, own)
    there = {layer.name: layer for layer in workspace.current().model.layers}
    layers = tuple(_same(there.get(layer.name), layer) for layer in found.layers)
    return Offer(folder, own, tuple(problems), found, layers)


def _same(there: Layer | None, here: Layer) -> Layer:
    return there if there is not None and (there.digest, there.version) == (here.digest, here.version) else here


Together = tuple[str, list[tuple[str, str | None, str | None]]]
"""How a folder is known, and each layer with its hash in the folder and in the release."""


def settled_by(workspace: Workspace, offer: Offer) -> Together:
    """How folder and release go together once the offer is published."""
    with workspace.database.read() as connection:
        base = base_of(connection, offer.folder)
    found = together(offer.own, offer.layers, offer.standing, base)
    names = dict.fromkeys((*found.folder, *found.release))
    return key_of(offer.folder), [(name, found.folder.get(name), found.release.get(name)) for name in names]


def apart(workspace: Workspace, folder: Path, layers: Sequence[Layer], found: Standing) -> list[Words]:
    """What is said where the database has gone on without the folder, line by line."""
    if found.both:
        return [*_torn(workspace, folder, layers, found)]
    if not found.ahead:
        return []
    names = Words(", ".join(found.ahead), "、".join(found.ahead))
    if found.behind:
        return [
            Words(
                f"The folder is as an earlier release was ({names.en}), and the database has gone on. "
                f"`kith pull {folder}` brings it up to date; `--anyway` sets the database back to the folder.",
                f"文件夹与较早的发布一致（{names.zh}），数据库之后已有更新。可用 `kith pull {folder}` 更新文件夹；"
                f"`--anyway` 则使数据库退回到文件夹的状态。",
            )
        ]
    return [
        Words(
            f"The database has changes that the folder does not have ({names.en}): they stay. `kith pull {folder}` brings them "
            f"into the folder; `kith apply {folder} --anyway` publishes the folder as it is.",
            f"数据库中有文件夹没有的更改（{names.zh}），予以保留。可用 `kith pull {folder}` 取回文件夹；"
            f"`kith apply {folder} --anyway` 则按文件夹的内容发布。",
        )
    ]


def _torn(workspace: Workspace, folder: Path, layers: Sequence[Layer], found: Standing) -> Iterator[Words]:
    yield Words(
        "The folder and the database have both been changed since they were last the same:",
        "文件夹和数据库自上次一致以来都有更改：",
    )
    for name in found.both:
        yield from _documents(workspace, folder, layers, name)
    yield Words(
        f"`kith pull {folder}` brings the database's changes into the folder; `--anyway` leaves them behind.",
        f"请先用 `kith pull {folder}` 将数据库的更改取回文件夹；`--anyway` 则放弃这些更改。",
    )


def _documents(workspace: Workspace, folder: Path, layers: Sequence[Layer], name: str) -> Iterator[Words]:
    changed = changed_documents(workspace, folder, layers, name)
    parts = (
        (Words("in both", "双方"), changed.in_both),
        (Words("in the folder", "文件夹"), changed.in_folder),
        (Words("in the database", "数据库"), changed.in_release),
    )
    for where, paths in parts:
        if paths:
            yield Words(f"  {name}, {where.en}: {_listed(paths)}", f"  {name}，{where.zh}：{_listed(paths)}")


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:MOST]) + (", …" if len(paths) > MOST else "")
