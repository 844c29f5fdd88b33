"""Upgrades as folders: what the template's new version changes, what the company says, what is to be decided and comes of it.

`new/` and `company/` hold the documents that differ; an empty one in `new/` is gone. `proposed.yaml` is the document of
decisions as it is written, `taken.yaml` what was decided where that is something else, `after/` the company's documents
afterwards, and `left.txt` what is still open or wrong.
"""

from __future__ import annotations

from pathlib import Path

from kith.metadata.layers import CORE, layer_of, load_layer
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.packages.resolutions import problems_of, taken_of, written
from kith.packages.stack import Stack
from kith.packages.upgrading import Failing, Upgrade, upgrade
from kith.problems import Problem, render

HERE = Path(__file__).parent
CASES = HERE / "upgrades"
COMPANY = "app: ours\nversion: 1.0.0\nextends: stock\n"
MEMO = Memo()


def texts_of(folder: Path) -> dict[str, str]:
    """The documents in a folder, by their paths in it."""
    found = sorted(path for path in folder.rglob("*.yaml"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


def stack_of(case: Path) -> Stack:
    """The layers of a case."""
    core, _ = load_layer(CORE, "platform/core")
    old = texts_of(HERE / "template")
    changed = texts_of(case / "new")
    new = {path: text for path, text in {**old, **changed}.items() if text.strip()}
    new["app.yaml"] = new["app.yaml"].replace("version: 1.0.0", "version: 1.1.0")
    ours = {"app.yaml": COMPANY, **texts_of(case / "company")}
    return Stack((core,), layer_of(old, "stock-1.0.0"), layer_of(new, "stock-1.1.0"), layer_of(ours, "ours"))


def played(case: Path, failing: Failing | None = None) -> dict[str, str]:
    """What a case comes to, as the texts of its expected files."""
    stack = stack_of(case)
    proposed = written(upgrade(stack, None, failing))
    given = case / "taken.yaml"
    text = given.read_text(encoding="utf-8") if given.exists() else proposed
    taken, problems = taken_of(text, "taken.yaml", stack)
    done = upgrade(stack, taken, failing)
    problems += problems_of(done, taken, text, "taken.yaml")
    left = [f"open: {one.id}" for one in done.open]
    left += [render(problem) for problem in (*problems, *_errors(done))]
    found = {"proposed.yaml": proposed}
    found |= {f"after/{path}": text for path, text in changed_in(stack.company, done.company).items()}
    return found | ({"left.txt": "\n".join(left) + "\n"} if left else {})


def _errors(done: Upgrade) -> list[Problem]:
    return [problem for problem in done.built.problems if problem.is_error]


def changed_in(before: Layer, after: Layer) -> dict[str, str]:
    """The documents that became others; one that is gone is empty."""
    names = sorted({*before.documents, *after.documents})
    both = {name: (before.documents.get(name, ""), after.documents.get(name, "")) for name in names}
    return {name: new for name, (old, new) in both.items() if old != new}
