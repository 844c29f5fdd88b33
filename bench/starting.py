"""Starting: how soon a large app answers, what a process weighs, and how long checking takes."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import generated
from bench.measuring import Figure

KITH = (sys.executable, "-c", "from kith.cli.main import app; app()")
PATIENCE = 120.0


def starting() -> Iterator[Figure]:
    """A server over a large app that has been applied before."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as name:
        folder = Path(name)
        generated.write(folder / "generated")
        database = f"sqlite:///{folder / 'bench.db'}"
        seconds, busy = check(folder / "generated")
        yield Figure("start", "kith check of 100 entities, 2,000 fields, 500 rules", 2, seconds, "s", note=busy)
        first, _, busy = serve([str(folder / "generated"), "--db", database])
        yield Figure("start", "first start, database made and applied, to the first answer", -1, first, "s", note=busy)
        seconds, memory, busy = serve([str(folder / "generated"), "--db", database])
        yield Figure("start", "start with the folder to the first answer", 3, seconds, "s", note=busy)
        yield Figure("start", "memory of that process", 150, memory, "MB")
        seconds, memory, busy = serve(["--db", database])
        yield Figure("start", "start from the release to the first answer", 3, seconds, "s", note=busy)
        yield Figure("start", "memory of that process", 150, memory, "MB")
    imports = (sys.executable, "-c", "import kith.cli.main, kith.cli.serve, kith.cli.serving, kith.runtime.write.gate")
    seconds, busy = timed_run(imports)
    yield Figure("start", "imports", 1, seconds, "s", note=busy)


def check(folder: Path) -> tuple[float, str]:
    """The better of two runs of the command."""
    return min(timed_run((*KITH, "check", str(folder))) for _ in range(2))


def timed_run(command: Sequence[str]) -> tuple[float, str]:
    """Seconds of a command that must succeed, and of the processor's."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, f"processor {busy:.2f} s"


def serve(arguments: Sequence[str]) -> tuple[float, float, str]:
    """Seconds from starting a server to its first answer, its megabytes then, and seconds of the processor's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    started = time.perf_counter()
    command = [*KITH, "serve", *arguments, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - started > PATIENCE:
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        return time.perf_counter() - started, memory_of(process.pid), f"processor {busy_of(process.pid):.2f} s"
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    """Whether the page of signing in is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def busy_of(pid: int) -> float:
    """Seconds of the processor's that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Megabytes that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
