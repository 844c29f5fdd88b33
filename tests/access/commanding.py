"""What can be asked of the firm by commands that act as somebody, and what a server says of it in its log."""

from __future__ import annotations

import io
import logging
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from typer.testing import CliRunner

from kith.cli.main import app
from kith.runtime import logs
from tests.access.asking import Ask
from tests.access.firm_world import ADMIN, Firm
from tests.access.oracle import ENTITIES, Person
from tests.access.secrets import Cell

OF_FIELDS = {"client": "matter_fees", "invoice": "doubled", "matter": "hours"}


def commands(cells: Sequence[Cell], me: Person) -> Iterator[Ask]:
    """Every command that tells something, as far as it is about one record; and of each entity what it tells of all."""
    mail, other = (f"{who}@example.com" for who in (me.name, ADMIN))
    for who in (mail, other):
        yield Ask("access", who)
    yield Ask("access", f"{mail} --json")
    for entity in ENTITIES:
        for test in ("remark is set", "fee > 4000000", "note is set"):
            yield Ask("export", f"{entity} /dev/null --filter {shlex.quote(test)}")
        yield Ask("export", f"{entity} /dev/null --fields name,remark,fee")
    for cell in cells:
        record = f"{cell.entity}/{cell.id}"
        for end in ("", " --json", " --as-of 2026-11-22", " --limit 1"):
            yield Ask("history", record + end)
        for end in ("", " --json", " --rule client_rules/told", f" --visible-to {mail}", f" --visible-to {other}"):
            yield Ask("explain", record + end)
        if cell.entity in OF_FIELDS:
            yield Ask("explain", f"{record} --field {OF_FIELDS[cell.entity]}")
        yield Ask("access", f"{mail} {record}")
        yield Ask("access", f"{other} {record} --json")
        yield Ask("privacy export", record)


def commanded(firm: Firm, me: Person, ask: Ask) -> tuple[int, str]:
    """What a command answers."""
    arguments = [*ask.method.split(), *shlex.split(ask.path), "--as", f"{me.name}@example.com"]
    url = firm.workspace.database.url.render_as_string(hide_password=False)
    found = CliRunner().invoke(app, [*arguments, "--db", url, "--lang", "en"])
    return found.exit_code, found.output + ("" if found.exit_code in (0, 1, 64) else repr(found.exception))


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that is logged meanwhile, in what operators see at the most: a line for each request."""
    root, own, stream = logging.getLogger(), logging.getLogger("kith"), io.StringIO()
    before = root.handlers[:], root.level, own.level
    logs.set_up("info", stream, as_json=True)
    try:
        yield stream
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        own.setLevel(before[2])
