"""Templates in a project's folder: changes of several files happen whole or not at all, whenever somebody pulls the plug."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.packages import PENDING
from kith.packages.projects import Unfinished, change, changes_to, finish, installed, installed_as, removal_of
from tests.packages.hostile import good


class Killed(BaseException):
    """The power is gone."""


def state_of(folder: Path) -> dict[str, str]:
    """All files that somebody would see."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.yaml").write_text("app: ours\nversion: 1.0.0\nextends: stock\n", encoding="utf-8")
    (tmp_path / "old.yaml").write_text("old\n", encoding="utf-8")
    return tmp_path


def test_an_installed_package_is_readable_and_known_for_what_it_is(project: Path) -> None:
    change(project, *changes_to(project, good()))
    assert (project / "packages/stock/entities/item.yaml").read_text(encoding="utf-8").startswith("entity: item\n")
    assert [(one.name, one.version, same) for one, same in installed(project)] == [("stock", "1.0.0", True)]
    found = installed_as(project, "stock")
    assert found is not None and found[0].packed() == good().packed()


def test_a_package_that_was_changed_by_hand_is_known_for_that(project: Path) -> None:
    change(project, *changes_to(project, good()))
    (project / "packages/stock/entities/box.yaml").write_text("entity: box\n", encoding="utf-8")
    assert [same for _, same in installed(project)] == [False]


def test_a_removed_package_leaves_nothing(project: Path) -> None:
    before = state_of(project)
    change(project, *changes_to(project, good()))
    change(project, {}, removal_of(project, "stock"))
    assert state_of(project) == before and not (project / "packages").exists()


def killing(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let the power go after so many steps that touch the disk."""
    left = iter(range(after))
    step: Iterator[int] = left

    def counted(name: str) -> None:
        original = getattr(Path, name)

        def wrapped(self: Path, *given: object, **named: object) -> object:
            if next(step, None) is None:
                raise Killed
            return original(self, *given, **named)

        monkeypatch.setattr(Path, name, wrapped)

    for name in ("open", "replace", "unlink", "mkdir", "rmdir"):
        counted(name)


@pytest.mark.parametrize("after", range(0, 90, 3))
def test_a_change_that_is_killed_is_not_there_or_is_finished_by_the_next(project: Path, after: int) -> None:
    before = state_of(project)
    writes, removes = changes_to(project, good())
    wanted = {**{name: text for name, text in before.items() if name != "old.yaml"}, **writes}
    with pytest.MonkeyPatch.context() as patched:
        killing(patched, after)
        try:
            change(project, writes, [*removes, "old.yaml"])
        except Killed:
            began = (project / PENDING).exists()
        else:
            began = True
    finish(project)
    assert state_of(project) == (wanted if began else before)
    assert not (project / PENDING).exists()


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/outside.yaml", "link/outside.yaml"])
def test_a_list_of_changes_that_somebody_else_left_touches_nothing_outside(project: Path, name: str) -> None:
    outside = project.parent / f"{project.name}_outside"
    outside.mkdir()
    (project / "link").symlink_to(outside)
    (project / PENDING).write_text(json.dumps({"writes": {name: "x"}, "removes": []}), encoding="utf-8")
    with pytest.raises(Unfinished):
        finish(project)
    assert list(outside.iterdir()) == [] and not (project.parent / "outside.yaml").exists()
