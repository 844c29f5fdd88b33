"""Who is asked to stop by SIGTERM finishes what he has in hand, and leaves the rest to others."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkServerProcess

import sqlalchemy as sa

from kith.jobs.worker import Worker
from kith.runtime import queue
from kith.runtime.workspace import Workspace
from tests.kills.site import Site, furnish, running

NOTES = 2_000


def asked(site: Site, token: str, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    """What the server answers."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_served(site: Site) -> bool:
    """Whether anybody answers."""
    with suppress(OSError):
        return asked(site, "", "GET", "/readyz")[0] == 200
    return False


def ended(process: ForkServerProcess | None) -> int | None:
    """How a process has ended that was asked to."""
    assert process is not None
    process.join(30)
    return process.exitcode


def count(workspace: Workspace, entity: str) -> int:
    """Live records."""
    table = workspace.current().tables[entity]
    with workspace.database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).where(table.live).select_from(table.table)) or 0)


def test_a_server_finishes_the_requests_at_hand_and_takes_no_new_ones(sqlite_url: str) -> None:
    token, answers = furnish(sqlite_url), []
    items = [{"op": "create", "values": {"name": f"Member {number}"}} for number in range(1_500)]
    site = Site(sqlite_url, random.Random(1))  # noqa: S311
    with running(site):
        until(lambda: is_served(site))
        body = {"mode": "all", "items": items}
        request = threading.Thread(
            target=lambda: answers.append(asked(site, token, "POST", "/api/v1/member/bulk", body))
        )
        workspace = Workspace.open(sqlite_url)
        request.start()
        time.sleep(0.3)
        assert isinstance(site.server, ForkServerProcess)
        assert site.server.pid is not None
        os.kill(site.server.pid, signal.SIGTERM)
        until(lambda: not is_served(site))
        request.join(60)
        assert ended(site.server) == 0
    assert [status for status, _ in answers] == [200]
    assert count(workspace, "member") == len(items)
    workspace.close()


def test_a_worker_gives_a_job_of_many_steps_back_and_another_one_goes_on_with_it(sqlite_url: str) -> None:
    token = furnish(sqlite_url)
    site = Site(sqlite_url, random.Random(1), apart=True)  # noqa: S311
    with running(site):
        until(lambda: is_served(site))
        site.kill_worker()
        _, text = asked(site, token, "POST", "/api/v1/member", {"name": "Ann"})
        member = json.loads(text)["data"]["id"]
        values = {"op": "create", "values": {"member": member, "what": "said"}}
        body = {"mode": "all", "items": [values] * NOTES}
        assert asked(site, token, "POST", "/api/v1/note/bulk", body)[0] == 200
        assert asked(site, token, "PATCH", f"/api/v1/member/{member}", {"name": "Anna"})[0] == 200
        workspace = Workspace.open(sqlite_url)
        site.start_worker()
        until(lambda: [one for one in jobs(workspace) if one.result and one.result.get("looked_at")])
        assert site.worker is not None
        assert site.worker.pid is not None
        os.kill(site.worker.pid, signal.SIGTERM)
        assert ended(site.worker) == 0
        left = [one for one in jobs(workspace) if one.state != "done"]
        assert {(one.state, one.attempts) for one in left} == {("waiting", 0)}
        assert 0 < sum(one.result["looked_at"] for one in jobs(workspace) if one.result) < NOTES
    worker = Worker(workspace)
    while worker.turn():
        pass
    assert {one.state for one in jobs(workspace)} == {"done"}
    assert sum(one.result["looked_at"] for one in jobs(workspace)) == NOTES
    workspace.close()


def jobs(workspace: Workspace) -> list[queue.Listed]:
    """Those that bring copies up to date."""
    with workspace.database.read() as connection:
        return queue.jobs(connection, kind="copy")
