"""Folders and the database: which release a folder was last brought together with, kept beside the releases."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from kith.metadata.layers.standing import Base, Standing, stand, together
from kith.metadata.model import Layer
from kith.runtime import releases
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace


def key_of(folder: Path) -> str:
    """How the database knows a folder: by machine and place, of which it keeps only a hash."""
    return hashlib.sha256(f"{socket.gethostname()}\0{folder.resolve()}".encode()).hexdigest()


def standing(workspace: Workspace, folder: Path, layers: Sequence[Layer], *, anyway: bool = False) -> Standing:
    """What a folder with these layers proposes to the current release."""
    workspace.look()
    if workspace.release is None:
        return Standing(tuple(layers), brings=tuple(layer.name for layer in layers))
    with workspace.database.read() as connection:
        base = base_of(connection, folder)
        earlier = releases.digests(connection)
    return stand(layers, workspace.release.model.layers, base, earlier, anyway=anyway)


def newer_platform(workspace: Workspace, core: Layer) -> tuple[Layer, ...]:
    """The current release's layers over the platform's layer of this Kith; empty where that is nothing new."""
    layers = workspace.current().model.layers
    with workspace.database.read() as connection:
        earlier = releases.digests(connection)
    found = stand((core,), layers, None, earlier)
    return found.layers if found.brings else ()


def base_of(connection: sa.Connection, folder: Path) -> Base | None:
    """When a folder was last brought together with the database, else when any was; None where none ever was."""
    table, key = system.folder, key_of(folder)
    order = (sa.case((table.c.key == key, 0), else_=1), table.c.release.desc(), table.c.at.desc())
    row = connection.execute(sa.select(table).order_by(*order).limit(1)).one_or_none()
    if row is None:
        return None
    here = {name: hash_ for name, hash_, _ in row.layers if hash_}
    there = {name: hash_ for name, _, hash_ in row.layers if hash_}
    return Base(here, there, row.key == key)


def bring_together(workspace: Workspace, folder: Path, base: Base) -> None:
    """Remember how a folder and the current release go together from now on."""
    names = dict.fromkeys((*base.folder, *base.release))
    remember(workspace, key_of(folder), [[name, base.folder.get(name), base.release.get(name)] for name in names])


def remember(workspace: Workspace, key: str, layers: Sequence[Sequence[str | None]]) -> None:
    """Remember of a folder each layer with its hash there and in the current release."""
    layers = [list(one) for one in layers]
    number, table = workspace.current().number, system.folder
    with workspace.database.read() as connection:
        known = connection.execute(sa.select(table).where(table.c.key == key)).one_or_none()
    if known is not None and (known.release, known.layers) == (number, layers):
        return
    with workspace.database.write() as connection:
        connection.execute(sa.delete(table).where(table.c.key == key))
        connection.execute(table.insert(), {"key": key, "release": number, "layers": layers, "at": workspace.clock()})


@dataclass(frozen=True, slots=True)
class Changed:
    """The documents of a layer that differ from what they were when folder and release were last the same, by who changed them."""

    in_both: tuple[str, ...]
    in_folder: tuple[str, ...]
    in_release: tuple[str, ...]


def changed_documents(workspace: Workspace, folder: Path, layers: Sequence[Layer], name: str) -> Changed:
    """What both sides have done to a layer."""
    here, there, before = (
        dict(layer.documents if layer else {}) for layer in versions(workspace, folder, layers, name)
    )
    paths = sorted({*here, *there, *before}, key=lambda path: path.split("/"))
    ours = [path for path in paths if here.get(path) != before.get(path)]
    theirs = [path for path in paths if there.get(path) != before.get(path)]
    differ = [path for path in ours if path in theirs and here.get(path) != there.get(path)]
    return Changed(
        tuple(differ),
        tuple(path for path in ours if path not in theirs),
        tuple(path for path in theirs if path not in ours),
    )


def versions(
    workspace: Workspace, folder: Path, layers: Sequence[Layer], name: str
) -> tuple[Layer | None, Layer | None, Layer | None]:
    """A layer as the folder has it, as the current release has it, and as both had it when they were last the same."""
    here = next((layer for layer in layers if layer.name == name), None)
    there = next((layer for layer in workspace.current().model.layers if layer.name == name), None)
    with workspace.database.read() as connection:
        base = base_of(connection, folder)
        # A folder that is new, or empty, has taken nothing out.
        hash_ = base.folder.get(name) if base and here else None
        if here is not None and base is not None and not base.is_own:
            # An unknown folder may be an old copy.
            hash_ = here.digest if releases.find_layer(connection, name, here.digest) else hash_
        before = releases.find_layer(connection, name, hash_) if hash_ else None
    return here, there, before


def settle(workspace: Workspace, folder: Path, layers: Sequence[Layer], found: Standing) -> None:
    """Remember that the current release has all that a folder proposed; nothing of a folder that may be an old copy."""
    if found.behind:
        return
    with workspace.database.read() as connection:
        base = base_of(connection, folder)
    bring_together(workspace, folder, together(layers, workspace.current().model.layers, found, base))
