"""What is required of an action alone, where records of a relation change: it is asked of the action and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kith.runtime.write.change import Change, Saved
from tests.metadata.example import write
from tests.runtime.write.shop_world import Shop, codes
from tests.support.worlds import built

FILES = {
    "app.yaml": "app: yard\nversion: 1.0.0\ntitle: Yard\nlanguages: [en]\n",
    "entities/job.yaml": """
entity: job
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  open_tasks: {type: rollup, value: count(tasks), label: Tasks}
actions:
  close: {label: Close, inputs: {word: {type: text, label: Word}}}
""",
    "entities/task.yaml": """
entity: task
title: "{subject}"
fields:
  subject: {type: text, label: Subject}
  job: {type: reference, to: job, inverse: tasks, label: Job}
""",
    "rules/job_rules.yaml": """
rules: job_rules
of: job
items:
  few: {on: [create, update], require: open_tasks <= 2, message: "Too many tasks."}
  said: {on: [{action: close}], require: word == "done" and open_tasks < 2, message: "Say that it is done."}
""",
}


@pytest.fixture
def yard(database_url: str, tmp_path: Any) -> Iterator[Shop]:
    """An empty workspace with jobs."""
    opened = Shop.of(database_url, built(write(tmp_path / "yard", FILES)))
    yield opened
    opened.close()


def test_what_an_action_alone_requires_is_not_asked_when_records_of_a_relation_change(yard: Shop) -> None:
    made = yard.do(Change("create", "job", None, {"name": "A"}))
    assert isinstance(made, Saved)
    task = Change("create", "task", None, {"subject": "one", "job": made.id})
    close = Change("update", "job", made.id, {}, action="close", inputs={"word": "done"})
    assert isinstance(yard.do(task), Saved)
    assert isinstance(yard.do(close), Saved)
    assert isinstance(yard.do(task), Saved)
    assert codes(yard.do(close)) == [("", "job_rules/said")]
    assert codes(yard.do(task)) == [("", "job_rules/few")]
