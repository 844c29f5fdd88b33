"""Requests made from the API's own description, as three roles: no answer is a mishap, and nothing invalid is accepted.

`python -m tests.fuzz.api --app retail_crm --minutes 10` goes on with new seeds until the time is up; `--seed` repeats a run.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address
from itertools import product
from pathlib import Path

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from kith.api.routes import routes
from kith.runtime.accounts import issue_token
from kith.runtime.calling import Calling, Doors
from kith.runtime.clock import system_clock
from kith.runtime.measuring import Measures
from kith.runtime.operating import OPEN
from kith.web.gate import Gate
from tests.support import run as runs
from tests.support.postgresql import clean_up
from tests.web import shop

ROLES: Mapping[str, Sequence[str]] = {
    "retail_crm": ("administrator", "store_clerk", "analyst"),
    "b2b_crm": ("administrator", "sales_rep", "product_manager"),
}
PATIENCE = 60
"""Seconds for one answer: a busy machine is no flaw."""
DESCRIPTION = "/api/v1/openapi.json"
TURN = 60
"""Seconds of one phase as one role, before the next has its turn."""
EXAMPLES = 20
"""Requests of one kind for each operation, in a run of the long kind."""


@dataclass
class Report:
    """What was asked and answered, and what must not be so: one example of each kind."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    flaws: dict[tuple[str, str], str] = field(default_factory=dict)
    times: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, event: events.ScenarioFinished) -> None:
        """Take in what one scenario has seen."""
        recorder = event.recorder
        for interaction in recorder.interactions.values():
            self.requests += 1
            if interaction.response is not None:
                self.statuses[interaction.response.status_code] += 1
        for checks in recorder.checks.values():
            for check in checks:
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    self.flaw(
                        str(failure.operation), failure.title, f"{failure.message}\n{check.failure_info.code_sample}"
                    )

    def flaw(self, operation: str, title: str, example: str) -> None:
        """Keep one example of a flaw."""
        self.times[operation, title] += 1
        self.flaws.setdefault((operation, title), example)

    def lines(self) -> Iterator[str]:
        """The report as text."""
        answers = ", ".join(f"{count:,} × {status}" for status, count in sorted(self.statuses.items()))
        yield f"{self.requests:,} requests: {answers}"
        for (operation, title), example in sorted(self.flaws.items()):
            yield f"✗ {operation}: {title} ({self.times[operation, title]}×)"
            yield "\n".join(f"    {line[:300]}" for line in example.splitlines()[:30])


class Mishaps(logging.Handler):
    """What the server logs as a mistake of its own."""

    def __init__(self, report: Report) -> None:
        super().__init__(logging.ERROR)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it as a flaw, by the kind of the error and where it was made."""
        error = record.exc_info[1] if record.exc_info else None
        self._report.flaw("log", f"{type(error).__name__} {record.msg}", logging.Formatter().format(record)[-3_000:])


@dataclass
class FromEverywhere:
    """An application whose requests come from a machine each: many bad tokens of one would be asked to wait."""

    app: ASGIApp
    count: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        self.count += 1
        machine = str(IPv4Address(int(IPv4Address("11.0.0.0")) + self.count % 2**24))
        await self.app({**scope, "client": (machine, 1)}, receive, send)


@contextmanager
def served(app: str, folder: Path, *, demo: bool = True) -> Iterator[tuple[ASGIApp, Mapping[str, str]]]:
    """The API of an app with its demonstration data, and a token of each role."""
    with shop.opened(f"sqlite:///{folder / f'{app}.db'}", app, demo=demo) as world:
        database, calling = world.workspace.database, Calling(world.workspace.database)
        now = system_clock()
        with database.write() as connection:
            tokens = {role: issue_token(connection, role, now, roles=[role])[1] for role in ROLES[app]}
        api = Starlette(routes=routes(Doors(world.workspace, calling, system_clock)))
        yield FromEverywhere(Gate(api, OPEN, Measures())), tokens
        calling.close()


def configuration(
    role: str, token: str, seed: int, seconds: int, examples: int, phases: Sequence[str]
) -> SchemathesisConfig:
    """All checks. Who sends what fits the description may still be refused by a rule, so that one allows any 4xx.

    Addresses have their methods for all; the description of a role leaves out what it may not do, so that `Allow` is compared
    with the administrator's alone.
    """
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "max-time": seconds,
            "continue-on-failure": True,
            "request-timeout": PATIENCE,
            "headers": {"Authorization": f"Bearer {token}"},
            "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
            "phases": {name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "4xx"]},
                "allow_header_conformance": {"enabled": role == "administrator"},
                "missing_required_header": {"expected-statuses": ["400", "401", "403", "404", "422"]},
            },
            "cache": {"enabled": False},
        }
    )


ALL = ("examples", "coverage", "fuzzing", "stateful")


def run(
    app: ASGIApp,
    role: str,
    token: str,
    report: Report,
    *,
    seed: int,
    seconds: int,
    examples: int,
    phases: Sequence[str],
) -> None:
    """Send what one role may, and more, for so many seconds at most."""
    config = configuration(role, token, seed, seconds, examples, phases)
    schema = schemathesis.openapi.from_asgi(
        DESCRIPTION, app, config=config, headers={"Authorization": f"Bearer {token}"}
    )
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            report.add(event)
        elif isinstance(event, events.NonFatalError):
            report.flaw(event.label, "the fuzzer could not go on", str(event.value))
        elif isinstance(event, events.FatalError):
            raise event.exception


@contextmanager
def listening(report: Report) -> Iterator[None]:
    """Hear what the server logs meanwhile."""
    handler, log = Mishaps(report), logging.getLogger("kith")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz one app as all its roles in turn; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", choices=list(ROLES), action="append", help="both where none is named")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int(datetime.now().timestamp()))  # noqa: DTZ005 - any number will do
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--phase", choices=ALL, action="append", help="all where none is named")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    runs.create()
    try:
        return int(sum(_fuzzed(app, given) for app in given.app or list(ROLES)) > 0)
    finally:
        clean_up(runs.folder())


def _fuzzed(name: str, given: argparse.Namespace) -> bool:
    """Whether anything is wrong with an app. Roles and phases take turns, so that a short night has some of everything."""
    reports, phases, seed = {role: Report() for role in ROLES[name]}, given.phase or ALL[1:], given.seed
    seconds = given.minutes * 60 / len(given.app or ROLES)
    turn, until = max(2, int(min(TURN, seconds / len(reports) / len(phases)))), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder, served(name, Path(folder)) as (app, tokens):
        while time.monotonic() < until:
            for phase, (role, token) in product(phases, tokens.items()):
                # However late it is, each has its first turn.
                if time.monotonic() < until or seed == given.seed:
                    with listening(reports[role]):
                        run(
                            app, role, token, reports[role],
                            seed=seed, seconds=turn, examples=given.examples, phases=(phase,),
                        )  # fmt: skip
            seed += 1
    for role, report in reports.items():
        print(f"{name} as {role}, seeds {given.seed} to {seed - 1}:", *report.lines(), sep="\n")  # noqa: T201
    return any(report.flaws for report in reports.values())


if __name__ == "__main__":
    sys.exit(main())
