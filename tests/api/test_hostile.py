"""Bodies and addresses made to break things have a clear answer, quickly."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import pytest

from kith.api import reading
from kith.api.bodies import SMALL
from kith.api.problems import Stop
from tests.api.world import Desk

DEEP = 100_000
BODIES: dict[str, tuple[bytes, int, str]] = {
    "a name twice": (b'{"text": "a", "text": "b"}', 400, "twice"),
    "a name twice deep inside": (b'{"a": [{"b": 1, "b": 2}]}', 400, "twice"),
    "NaN": (b'{"stars": NaN}', 400, "not_a_number"),
    "minus infinity": (b'{"stars": -Infinity}', 400, "not_a_number"),
    "1e999": (b'{"stars": 1e999}', 400, "number_too_large"),
    "1e-999": (b'{"stars": 1e-999}', 400, "number_too_large"),
    "an exponent of 30 digits": (b'{"stars": 1e' + b"9" * 30 + b"}", 400, "number_too_large"),
    "an exponent of 5,000 digits": (b'{"stars": 1e' + b"9" * 5_000 + b"}", 400, "number_too_long"),
    "5,000 digits": (b'{"stars": ' + b"9" * 5_000 + b"}", 400, "number_too_long"),
    "half a million digits": (b'{"stars": ' + b"9" * 500_000 + b"}", 400, "number_too_long"),
    "lists in lists": (b"[" * DEEP + b"]" * DEEP, 400, "too_deep"),
    "lists that never end": (b"[" * DEEP, 400, "too_deep"),
    "objects in objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, 400, "too_deep"),
    "brackets in a text are no depth": (b'{"text": "' + b"[" * 500 + b'", "stars": "x"}', 422, "refused"),
    "quotes in a text are no end": (b'{"text": "\\"[[[' + b"[\\\\" * 200 + b'", "stars": "x"}', 422, "refused"),
    "a text that never ends": (b'{"text": "' + b"[" * 900_000, 400, "not_json"),
    "quotes that never end": (b'{"text": "' + b'\\"[' * 300_000, 400, "not_json"),
    "a backslash at the end": (b'{"text": "' + b"[" * 100 + b"\\", 400, "not_json"),
    "UTF-16": ('{"text": "a"}'.encode("utf-16"), 400, "not_utf8"),
    "GB18030": ('{"text": "你好"}'.encode("gb18030"), 400, "not_utf8"),
    "overlong UTF-8": (b'{"text": "\xc0\xaf"}', 400, "not_utf8"),
    "half a character": (b'{"text": "\\ud800"}', 400, "half_character"),
    "half a character in a name": (b'{"\\udfff": 1}', 400, "half_character"),
    "a pair of halves is whole": (b'{"text": "\\ud83d\\ude00", "stars": "x"}', 422, "refused"),
    "a null character": (b'{"text": "a\\u0000b"}', 422, "refused"),
    "a null character in a name": (b'{"a\\u0000b": 1, "text": ""}', 422, "refused"),
    "a null character as it is": (b'{"text": "a\x00b"}', 400, "not_json"),
    "a comment": (b'{"text": "a" /* b */}', 400, "not_json"),
    "single quotes": (b"{'text': 'a'}", 400, "not_json"),
    "a comma too many": (b'{"text": "a",}', 400, "not_json"),
    "two values": (b'{"text": "a"} {}', 400, "not_json"),
    "a text": (b'"text"', 400, "not_an_object"),
    "nothing": (b"", 400, "empty"),
    "spaces": (b"  \n ", 400, "empty"),
    "more than a body holds": (b'{"text": "' + b"a" * SMALL + b'"}', 413, "too_large"),
    "a long text": (b'{"text": "' + b"a" * 900_000 + b'"}', 422, "refused"),
    "a huge number of names": (b"{" + b",".join(b'"f%d": 1' % n for n in range(50_000)) + b"}", 422, "refused"),
    "an object as a number": (b'{"text": "a", "stars": {"a": 1}}', 422, "refused"),
    "a list as a reference": (b'{"text": "a", "about": [1]}', 422, "refused"),
    "a reference to nothing": (b'{"text": "a", "about": "01a20000-0000-7000-8000-000000000000"}', 422, "refused"),
    "a whole number with a point": (b'{"text": "a", "stars": 1.5}', 422, "refused"),
    "a large number": (b'{"text": "a", "stars": 1' + b"0" * 40 + b"}", 422, "refused"),
}  # fmt: skip
ADDRESSES = {
    "a null character": ("memo?q=a%00b", 400),
    "no UTF-8": ("memo?filter=%ff%fe", 400),
    "a long filter": ("memo?filter=" + "stars+%2B+" * 6_000 + "1+%3D%3D+1", 400),
    "a deep filter": ("memo?filter=" + "(" * 5_000 + "1" + ")" * 5_000, 400),
    "many fields": ("memo?fields=" + ",".join(f"about.f{n}" for n in range(3_000)), 400),
    "a deep path": ("memo?expand=" + ".".join(["about"] * 50), 400),
    "a long cursor": ("memo?cursor=" + "A" * 60_000, 400),
    "a number of 100 digits": ("memo?limit=" + "9" * 100, 400),
    "full-width digits": ("memo?limit=５", 400),
    "a path that climbs": ("memo/..%2f..%2fetc", 404),
    "a name with a quote": ("memo'--", 404),
    "an id with a quote": ("memo/1'--", 404),
    "a system table": ("kith_token", 404),
    "a searched quote": ("search?q=%22%27%25_*", 200),
    "a field with a quote": ("memo?fields=text%22", 400),
    "a system column": ("memo?fields=deleted_at", 400),
    "an inner path": ("memo?fields=$deleted_at", 400),
    "an inner path behind a reference": ("memo?fields=about.$title", 400),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_has_a_clear_answer(shared: Desk, name: str) -> None:
    body, status, code = BODIES[name]
    start = time.perf_counter()
    response = shared.ask("POST", "memo", "admin", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert len(response.content) < 1_000_000
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_hostile_address_has_a_clear_answer(shared: Desk, name: str) -> None:
    address, status = ADDRESSES[name]
    response = shared.get(address)
    assert response.status_code == status, response.text[:500]


def test_a_body_that_grows_beyond_its_limit_is_let_go(shared: Desk) -> None:
    taken = 0

    def chunks() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(1_000):
            taken += 1
            yield b" " * 100_000

    headers = {"authorization": f"Bearer {shared.tokens['admin']}", "content-type": "application/json"}
    response = shared.client.post("/api/v1/memo", content=chunks(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_deep_body_takes_little_memory() -> None:
    body = b"[" * 500_000
    tracemalloc.start()
    with pytest.raises(Stop):
        reading.read_json(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * len(body)


@pytest.mark.parametrize(
    ("text", "depth"), [("[[1]]", 0), ("[" * 41, 41), ('["' + "[" * 90 + '"]', 1), ("{" * 30 + "}" * 30 + "[" * 30, 30)]
)
def test_depth_is_counted_outside_of_texts(text: str, depth: int) -> None:
    assert reading.depth(text.encode()) == depth
