"""Processes of the command: started, waited for and weighed."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

AS_INSTALLED = "import sys; sys.modules['interegular'] = None; "
"""Lark compares all tokens of a grammar where this library is there, which only our tests need and install."""
KITH = (sys.executable, "-c", f"{AS_INSTALLED}from kith.cli.main import run; run()")
PATIENCE = 300.0


def timed_run(command: Sequence[str], code: int = 0) -> tuple[float, str]:
    """Seconds of a command that must end with a code, and of the processor's; with compiled modules, as people have them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603
    if done.returncode != code:
        raise RuntimeError(done.stdout + done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, f"processor {busy:.2f} s"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers; `seconds` from its start to its first answer."""

    port: int
    pid: int
    seconds: float

    @property
    def busy(self) -> float:
        """Seconds of the processor's that it has had."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def note(self) -> str:
        """That, in words."""
        return f"processor {self.busy:.2f} s"

    @property
    def memory(self) -> float:
        """Megabytes that it holds."""
        return megabytes(str(self.pid), "VmRSS")


def megabytes(process: str = "self", which: str = "VmHWM") -> float:
    """Megabytes of a process, at most so far; what `resource` tells is at least what the process held that started it."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def served(arguments: Sequence[str]) -> Iterator[Server]:
    """A server, from its first answer on."""
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
        yield Server(port, process.pid, time.perf_counter() - started)
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
