"""Packages as archives: the same bytes everywhere, and nothing of what somebody else made is believed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kith.metadata.layers import CORE, load_layer
from kith.packages import deciding, mistakes
from kith.packages.archive import pack
from kith.packages.naming import unfit
from kith.packages.package import Package, pack_folder, problems_on, read_package
from kith.problems import Mistake, render
from tests.house.files import ROOT
from tests.packages.hostile import HOSTILE, TEMPLATE, good

APPS = ("retail_crm", "b2b_crm")
PROGRAM = "import sys; from pathlib import Path; from kith.packages.package import pack_folder; \
sys.stdout.buffer.write(pack_folder(Path(sys.argv[1]))[0].packed())"


@pytest.mark.parametrize("app", APPS)
def test_a_package_holds_an_app_as_it_is_and_is_read_back_the_same(app: str) -> None:
    made, problems = pack_folder(ROOT / "apps" / app)
    assert made is not None and problems == []
    data = made.packed()
    found, problems = read_package(data, app)
    assert found is not None and problems == []
    assert found.texts == made.texts and found.manifest == made.manifest and found.packed() == data
    assert found.layer().digest == load_layer(ROOT / "apps" / app, app)[0].digest
    assert "README.md" in found.texts


def test_every_build_makes_the_same_bytes_whenever_and_wherever(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "stock"
    shutil.copytree(TEMPLATE, copy)
    for path in copy.rglob("*.yaml"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o600)
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    environment = {**os.environ, "TZ": "Asia/Shanghai", "LANG": "C", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", PROGRAM, str(copy)]
    built = subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)
    assert built.stdout == good().packed()


def test_the_content_hash_is_of_the_files_and_not_of_how_they_are_packed() -> None:
    first, problems = pack_folder(TEMPLATE)
    assert first is not None and not problems
    other = Package({**first.texts, "README.md": "Stock.\n"}, first.manifest)
    assert good().manifest["content"] == first.manifest["content"]
    assert pack(other.files()) != first.packed()


@pytest.mark.parametrize("what", HOSTILE)
def test_an_archive_that_is_no_package_is_refused(what: str) -> None:
    make, code = HOSTILE[what]
    data = make()
    started = time.process_time()
    found, problems = read_package(data, "some.kith")
    assert found is None
    assert any(problem.code.startswith(code) for problem in problems), [render(one) for one in problems]
    assert time.process_time() - started < 2
    assert all(render(problem, "zh-CN") for problem in problems)


def test_refusing_takes_little_memory() -> None:
    # The peak that getrusage tells is inherited from whoever starts a process.
    program = (
        "import sys; from tests.packages.hostile import HOSTILE; from kith.packages.package import read_package\n"
        "data = HOSTILE[sys.argv[1]][0](); read_package(data, 'x')\n"
        "told = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(int(told.split()[1]) // 1024)"
    )
    for what in ("too many bytes", "too many files", "a bomb"):
        shown = subprocess.run(
            [sys.executable, "-c", program, what], check=True, capture_output=True, text=True, cwd=ROOT
        )
        assert int(shown.stdout) < 200, what


def test_all_that_is_wrong_is_told_in_one_run() -> None:
    texts = {**good().files(), "entities/more.yaml": "entity: more\n", "entities/box.yaml": "entity: box\n"}
    del texts["views/items.yaml"]
    found, problems = read_package(pack(texts), "some.kith")
    assert found is None
    assert {problem.code for problem in problems} == {"K111", "K112", "K113", "K114"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("app: stock\nversion: 1.0.0\nrequires: {platform: '>=99.0'}\n", "D310"),
        ("app: stock\nversion: 1.0.0\nextends: nowhere\nnavigation: {x: {entity: nothing}}\n", "D4"),
        ("app: stock\nversion: 1.0.0\naccent: mauve\n", "D204"),
    ],
)
def test_documents_that_do_not_hold_are_told_before_anything_is_stored(text: str, code: str) -> None:
    texts = {"app.yaml": text}
    from kith.packages.manifest import manifest_of

    found, problems = read_package(Package(texts, manifest_of(texts)).packed(), "some.kith")
    assert found is not None, problems
    core, _ = load_layer(CORE, "platform/core")
    assert any(problem.code.startswith(code) for problem in problems_on(found, [core]))


@pytest.mark.parametrize(
    "name", ["app.yaml", "entities/a.yaml", "data/demo/a.yaml", "README.zh-CN.md", "LICENSE", "CHANGELOG.md"]
)
def test_names_of_apps_fit(name: str) -> None:
    assert unfit(name) is None


def test_every_mistake_has_its_sentence_in_the_documentation_of_both_languages() -> None:
    both: tuple[Mistake, ...] = (*mistakes.ALL, *deciding.ALL)
    for page in ("packages.md", "packages.zh-CN.md"):
        text = (ROOT / "docs/consultant" / page).read_text(encoding="utf-8")
        assert [one.code for one in both if one.code not in text] == [], page
