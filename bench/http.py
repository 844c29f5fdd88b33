"""Over HTTP: each application in a process of its own, asked by a small generator of load in this one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

from bench.asking import Asked
from bench.measuring import LOOP, Figure, Timed, ratio
from bench.requests import LIMITS, Both, Next

CONNECTIONS = (1, 16)
SECONDS = 0.5
END = b"\r\n\r\n"


@contextmanager
def served(name: str, url: str) -> Iterator[int]:
    """The port of an application in its own process."""
    command = [sys.executable, "-m", "bench.serving", name, url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))  # noqa: S603
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(30)


def http(where: str, found: Both, url: str, *, rounds: int) -> Iterator[Figure]:
    """Requests per second over 1 and 16 connections."""
    with served("kith", url) as kith, served("baseline", url) as baseline:
        ports = {"kith": kith, "baseline": baseline}
        for what, limit in LIMITS.items():
            nexts = {name: found.requests(name)[what] for name in ports}
            for connections in CONNECTIONS:
                measured = in_turn(ports, nexts, connections, rounds)
                note = f"{1 / measured['kith'].median:.0f} against {1 / measured['baseline'].median:.0f} requests/s"
                speed = ratio(measured["baseline"], measured["kith"])
                label = f"{what} over HTTP, {connections} connections, ÷ baseline"
                yield Figure(where, label, limit, speed, "", "at least", note)


def in_turn(ports: Mapping[str, int], nexts: Mapping[str, Next], connections: int, rounds: int) -> dict[str, Timed]:
    """Seconds per request, in turn; the first round warms up."""
    found: dict[str, list[float]] = {name: [] for name in ports}
    for number in range(rounds + 1):
        for name in list(ports) if number % 2 else list(ports)[::-1]:
            seconds = LOOP.run(load(ports[name], nexts[name], connections))
            if number:
                found[name].append(seconds)
    return {name: Timed(rounds_) for name, rounds_ in found.items()}


async def load(port: int, following: Next, connections: int) -> float:
    """Seconds per request while some connections ask without pause."""
    end = perf_counter() + SECONDS
    started = perf_counter()
    done = await asyncio.gather(*(_asking(port, following, end) for _ in range(connections)))
    return (perf_counter() - started) / max(1, sum(done))


async def _asking(port: int, following: Next, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    count = 0
    while perf_counter() < end:
        status, body = await exchange(reader, writer, following())
        if status not in (200, 201):
            raise RuntimeError(f"{status} {body[:300]!r}")
        count += 1
    writer.close()
    return count


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Asked) -> tuple[int, bytes]:
    """Send a request over an open connection; status and body of the answer."""
    writer.write(_raw(asked))
    head = await reader.readuntil(END)
    return int(head[9:12]), await reader.readexactly(_length(head))


def _raw(asked: Asked) -> bytes:
    lines = [f"{asked.method} {asked.target} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in asked.headers.items()]
    lines += [f"content-length: {len(asked.body)}"] if asked.body else []
    return "\r\n".join(lines).encode() + END + asked.body


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0
