"""`kith eval`: expressions in bulk, JSON lines in and out."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kith.rules.evaluating import Evaluator


class Backend(StrEnum):
    """Who evaluates."""

    reference = "reference"
    python = "python"
    sqlite = "sqlite"
    postgresql = "postgresql"


def backend_of(name: Backend, url: str) -> Evaluator:
    """The evaluator of that name."""
    from kith.rules.evaluating import reference

    if name is Backend.reference:
        return reference
    from kith.rules.backends import evaluator

    return evaluator(name.value, url)


def evaluate(
    backend: Annotated[Backend, typer.Option(help="Who evaluates.")] = Backend.reference,
    db: Annotated[str, typer.Option(envvar="KITH_TEST_POSTGRESQL_URL", help="Where PostgreSQL is.")] = "",
    lang: Annotated[str, typer.Option(envvar="LANG", help="The language of messages: en or zh-CN.")] = "en",
) -> None:
    """Evaluate expressions: JSON lines on standard input, one answer a line on standard output.

    A request is {"id", "expr", "types": {name: type}, "values": {name: value}, "now", "tz"}; an answer {"id", "type", "value"}
    or {"id", "error": {"code", "message", "line", "column"}}.
    """
    from kith.rules.evaluating import answer

    run = backend_of(backend, db)
    clock = datetime.now(UTC)
    for line in sys.stdin:
        if line.strip():
            typer.echo(json.dumps(answer(line, run, clock, lang), ensure_ascii=False))
