"""A package: read from an archive that nobody needs to trust, or made of an app's folder; all problems in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kith.metadata.build import build
from kith.metadata.layers import layer_of, load_layer
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.packages import mistakes
from kith.packages.archive import ENDING, MAX_BYTES, MAX_FILE, pack, unpack
from kith.packages.manifest import manifest_of, problems_of, written
from kith.packages.naming import MANIFEST, is_besides, is_document, unfit
from kith.problems import Problem, Words, in_order


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package by their names, without its manifest."""

    texts: Mapping[str, str]
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the app."""
        return str(self.manifest["name"])

    @property
    def version(self) -> str:
        """The version of the app."""
        return str(self.manifest["version"])

    @property
    def file_name(self) -> str:
        """What the archive is called."""
        return f"{self.name}-{self.version}{ENDING}"

    def layer(self, shown: str = "") -> Layer:
        """Its documents as a layer; `shown` is how messages name where they are."""
        documents = {name: text for name, text in self.texts.items() if is_document(name)}
        return layer_of(documents, shown or f"{self.name}-{self.version}", self.name)

    def files(self) -> dict[str, str]:
        """All files with the manifest, as they lie in the archive or in a folder."""
        return {MANIFEST: written(self.manifest), **self.texts}

    def packed(self) -> bytes:
        """The archive, which is the same on every machine."""
        return pack(self.files())


def read_package(data: bytes, shown: str) -> tuple[Package | None, list[Problem]]:
    """The package of an archive, or everything that is wrong with the archive and its manifest."""
    texts, problems = unpack(data, shown)
    if problems:
        return None, problems
    manifest = texts.pop(MANIFEST, None)
    if manifest is None:
        return None, [Problem(mistakes.NO_MANIFEST, None)]
    problems = in_order([*problems_of(manifest, texts, Memo()), *_nameless(texts)])
    return (None, problems) if problems else (Package(texts, manifest_of(texts)), [])


def read_file(path: Path) -> tuple[Package | None, list[Problem]]:
    """The same of a file; what is too large is not even read."""
    with path.open("rb") as file:
        return read_package(file.read(MAX_BYTES + 1), path.name)


def pack_folder(folder: Path) -> tuple[Package | None, list[Problem]]:
    """The package of an app's folder."""
    layer, problems = load_layer(folder, str(folder))
    texts = dict(layer.documents)
    for path in sorted(folder.iterdir()):
        if is_besides(path.name) and path.is_file() and not path.is_symlink():
            try:
                texts[path.name] = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
            except UnicodeDecodeError:
                problems.append(Problem(mistakes.NOT_TEXT, None, {"name": path.name}))
    for name, text in texts.items():
        why = unfit(name) or (Words("it is too large", "过大") if len(text.encode()) > MAX_FILE else None)
        problems += [Problem(mistakes.NOT_PACKED, None, {"name": name, "why": why})] if why else []
    problems += _nameless(texts)
    if any(problem.is_error for problem in problems):
        return None, problems
    made = Package(texts, manifest_of(texts))
    # What nobody could install is not built.
    found, unreadable = read_package(made.packed(), made.file_name)
    return found and made, [*problems, *unreadable]


def problems_on(package: Package, below: Iterable[Layer]) -> list[Problem]:
    """What is wrong with a package's documents on the layers below; only such as stop it from being used."""
    _, problems = build((*below, package.layer()), advice=False)
    return [problem for problem in problems if problem.is_error]


def _nameless(texts: Mapping[str, str]) -> list[Problem]:
    """What a package is known by, where it is missing."""
    layer = layer_of({"app.yaml": texts.get("app.yaml", "")}, "")
    said = {"app": layer.name, "version": layer.version}
    return [Problem(mistakes.NO_VERSION, None, {"key": key}) for key, value in said.items() if not value]
