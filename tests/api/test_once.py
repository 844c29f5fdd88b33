"""A POST with an Idempotency-Key is carried out once, however many times and however much at once it is sent."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa

from kith.runtime.idempotency import KEPT, forget_old
from kith.runtime.schema.system import history, save
from tests.api.world import NOW, Desk


def test_a_hundred_requests_at_once_with_one_key_make_one_record(desk: Desk) -> None:
    with desk.workspace.database.read() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(save))

    def ask(_: int) -> tuple[int, str, str]:
        answer = desk.ask("POST", "memo", body={"text": "once"}, idempotency_key="k-1")
        return answer.status_code, answer.text, answer.headers.get("idempotent-replayed", "")

    with ThreadPoolExecutor(100) as pool:
        answers = Counter(pool.map(ask, range(100)))
    assert sorted((status, count) for (status, _, _), count in answers.items()) == [(201, 1), (201, 99)]
    assert len({text for _, text, _ in answers}) == 1
    assert len(desk.get("memo").json()["data"]) == 1
    with desk.workspace.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(save)) == (before or 0) + 1
        assert connection.scalar(sa.select(sa.func.count()).where(history.c.entity == "memo")) == 1


def test_a_key_is_kept_for_a_day_at_least(desk: Desk) -> None:
    first = desk.ask("POST", "memo", body={"text": "once"}, idempotency_key="k-1")
    with desk.workspace.database.write() as connection:
        assert forget_old(connection, NOW + timedelta(hours=24)) == 0
    again = desk.ask("POST", "memo", body={"text": "once"}, idempotency_key="k-1")
    assert (again.text, again.headers["idempotent-replayed"]) == (first.text, "true")
    with desk.workspace.database.write() as connection:
        assert forget_old(connection, NOW + KEPT + timedelta(seconds=1)) == 1


def test_what_was_refused_leaves_its_key_free(desk: Desk) -> None:
    assert desk.ask("POST", "memo", body={"text": ""}, idempotency_key="k-1").status_code == 422
    assert desk.ask("POST", "memo", body={"text": "now"}, idempotency_key="k-1").status_code == 201
