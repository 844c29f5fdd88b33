"""A company's project folder: the templates that lie in it, and changes of several files that happen whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

from kith.metadata.layers import CORE, PACKAGES, base_name, load_layer
from kith.metadata.layers.loading import SHIPPED
from kith.metadata.mistakes.layers import NO_BASE
from kith.metadata.model import Layer
from kith.packages import PENDING
from kith.packages.manifest import manifest_of, written
from kith.packages.naming import MANIFEST, is_besides, is_document
from kith.packages.package import Package
from kith.problems import Problem, Words


def folder_of(project: Path, name: str) -> Path:
    """The folder of a template in a project."""
    return project / PACKAGES / name


def installed(project: Path) -> Iterator[tuple[Package, bool]]:
    """The templates that lie in a project, each with whether it is just what was installed."""
    places = project / PACKAGES
    for place in sorted(places.iterdir()) if places.is_dir() else ():
        if (found := installed_as(project, place.name)) is not None:
            yield found


def installed_as(project: Path, name: str) -> tuple[Package, bool] | None:
    """A template that lies in a project, and whether it is just what was installed; None where there is none."""
    place = folder_of(project, name)
    if not (place / "app.yaml").is_file():
        return None
    texts = {path: (place / path).read_bytes().decode("utf-8", "replace") for path in _files(place)}
    manifest = texts.pop(MANIFEST, "")
    made = manifest_of(texts)
    return Package(texts, made), manifest == written(made)


def layers_below(name: str, project: Path | None) -> tuple[list[Layer], list[Problem]]:
    """The platform's layer and the templates that one stands on, from its own base down; those of a project come first."""
    core, problems = load_layer(CORE, "platform/core")
    stack: list[Layer] = []
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        places = ([folder_of(project, name)] if project else []) + [SHIPPED / name]
        place = next((one for one in places if (one / "app.yaml").is_file()), None)
        if place is None:
            problems.append(Problem(NO_BASE, None, {"name": name}))
            break
        layer, found = load_layer(place, name)
        problems += found
        stack.insert(0, layer)
        name = base_name(layer)
    return [core, *stack], problems


def changes_to(project: Path, package: Package) -> tuple[dict[str, str], list[str]]:
    """What is to be written and removed so that a project has a package."""
    top = f"{PACKAGES}/{package.name}"
    writes = {f"{top}/{name}": text for name, text in package.files().items()}
    place = folder_of(project, package.name)
    there = (f"{top}/{name}" for name in _files(place)) if place.is_dir() else ()
    return writes, [path for path in there if path not in writes]


def removal_of(project: Path, name: str) -> list[str]:
    """The files of a template that lies in a project."""
    return [f"{PACKAGES}/{name}/{path}" for path in _files(folder_of(project, name))]


def _files(place: Path) -> Iterator[str]:
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_file() and not path.is_symlink() and (is_document(name) or is_besides(name) or name == MANIFEST):
            yield name


class Unfinished(Exception):
    """A list of changes that Kith did not write."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.words = Words(
            f"{path} is not as Kith writes it. Remove it if it is none of yours.",
            f"{path} 不是 Kith 写出的内容。若非您所需，请将其删除。",
        )


# --- all or nothing -----------------------------------------------------------------------------------------------------


def change(project: Path, writes: Mapping[str, str], removes: Iterable[str] = ()) -> None:
    """Write and remove files of a project: what is begun is written down first, and finished by whoever comes next."""
    finish(project)
    plan = json.dumps({"writes": dict(writes), "removes": sorted(removes)}, ensure_ascii=False)
    _replace(project / PENDING, plan)
    finish(project)


def finish(project: Path) -> bool:
    """Make the changes to the end that somebody began; whether there were any."""
    pending = project / PENDING
    if not pending.is_file() or pending.is_symlink():
        return False
    try:
        plan = json.loads(pending.read_text(encoding="utf-8"))
        writes = {_inside(project, name): str(text) for name, text in plan["writes"].items()}
        removes = [_inside(project, name) for name in plan["removes"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unfinished(pending) from error
    for path, text in writes.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    for path in removes:
        path.unlink(missing_ok=True)
        _tidy(path.parent, project)
    pending.unlink(missing_ok=True)
    return True


def _inside(project: Path, name: str) -> Path:
    """A file of a project; whoever wrote the list of changes, nothing outside is touched."""
    path = project / name
    if Path(name).is_absolute() or not path.parent.resolve().is_relative_to(project.resolve()) or path.is_symlink():
        raise ValueError(name)
    return path


def _replace(path: Path, text: str) -> None:
    """Write a file beside and move it there, so that nobody ever sees half of it."""
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        left.unlink()  # of somebody who was killed
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}.tmp")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _tidy(folder: Path, top: Path) -> None:
    """Remove folders that became empty."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
