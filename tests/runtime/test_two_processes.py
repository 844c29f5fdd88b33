"""Two processes on one database: what one publishes, the other works with at once, and finishes what it began before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from kith.metadata.layers import load
from kith.metadata.layers.loading import CORE
from kith.runtime.publishing import hooks
from kith.runtime.workspace import LOOK_EVERY, Workspace, builder

WATCHER = """
import sys, time
from kith.runtime.workspace import Workspace
workspace = Workspace.open(sys.argv[1], watch=True)
begun = workspace.current()
print(begun.number, flush=True)
while workspace.current() is begun:
    time.sleep(0.01)
now = workspace.current()
print(now.number, "note" in now.tables["team"].columns, "note" in begun.tables["team"].columns, flush=True)
workspace.close()
"""


@pytest.fixture
def workspace(database_url: str) -> Iterator[Workspace]:
    opened = Workspace.open(database_url)
    candidate, problems = builder()(load(CORE)[0][:1])
    assert candidate is not None, [problem.message() for problem in problems]
    opened.apply(opened.plan(candidate), hooks=hooks(opened.clock))
    yield opened
    opened.close()


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
def test_another_process_takes_a_release_over_by_itself(workspace: Workspace, database_url: str) -> None:
    assert LOOK_EVERY <= 0.5
    other = subprocess.Popen([sys.executable, "-c", WATCHER, database_url], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "1\n"
        said = "entity: team\nfields: {note: {type: text, label: {en: Note, zh-CN: 备注}}}\n"
        candidate, problems = workspace.edited({"entities/team.yaml": said})
        assert candidate is not None, [problem.message() for problem in problems]
        assert workspace.apply(workspace.plan(candidate), hooks=hooks(workspace.clock)).number == 2
        assert other.stdout.readline() == "2 True False\n"
        assert other.wait(20) == 0
    finally:
        other.kill()
        other.communicate()
