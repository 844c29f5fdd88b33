"""Logs as lines of JSON: what happened, when, and in which request; never what people have typed into the CRM."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from pathlib import Path
from typing import Any, TextIO, TypeVar

import orjson

T = TypeVar("T")
Entry = MutableMapping[str, Any]

LEVELS = ("error", "warning", "info", "debug")
FRAMES = 12
"""Calls that are told of an error, the innermost last."""
ADDRESS = re.compile(r"[^\s@:<>()\"']+@[^\s@:<>()\"']+")
LONGEST = 4_000
"""Characters of an event that are told."""
_ROOT = Path(__file__).resolve().parents[1]
_REQUEST: ContextVar[str] = ContextVar("kith_request", default="")


def request_id() -> str:
    """The id of the request that is answered, or of the one whose job this is; "" where there is none."""
    return _REQUEST.get()


def route_of(scope: Mapping[str, Any]) -> str:
    """The address of a request as the routes have it: the one that was asked for may hold any text, a secret too."""
    return str(getattr(scope.get("route"), "path", "") or "none")


@contextmanager
def in_request(id_: str) -> Iterator[None]:
    """Let everything within be known to belong to a request."""
    token = _REQUEST.set(id_)
    try:
        yield
    finally:
        _REQUEST.reset(token)


def carried(work: Callable[[], T]) -> Callable[[], T]:
    """Some work for another thread, which is to know the request as well."""
    context = copy_context()
    return lambda: context.run(work)


def set_up(level: str, stream: TextIO | None = None, *, as_json: bool | None = None) -> logging.Handler:
    """Send what all loggers say to a stream: for machines as JSON, on a terminal as lines for people; the handler.

    Only at the level `debug` errors tell their messages too, which may quote what people have typed.
    """
    import structlog  # costs a tenth of a second, and most commands serve nothing

    out = sys.stderr if stream is None else stream
    as_json = not out.isatty() if as_json is None else as_json
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                _spoken if level == "debug" else _silent,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_written) if as_json else structlog.dev.ConsoleRenderer(colors=False),
            ],
            foreign_pre_chain=[
                structlog.processors.TimeStamper("iso", utc=True, key="at"),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                _of_request,
            ],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # What libraries say at their leisure may hold anything.
    own = logging.getLogger("kith")
    own.setLevel(level.upper())
    root.setLevel(max(logging.WARNING, own.level))
    return handler


def _written(entry: Entry, **_: Any) -> str:
    return orjson.dumps(entry, default=str, option=orjson.OPT_UTC_Z).decode()


def _of_request(logger: Any, method: str, entry: Entry) -> Entry:
    if (id_ := request_id()) and "request" not in entry:
        entry["request"] = id_
    return entry


def _silent(logger: Any, method: str, entry: Entry) -> Entry:
    return _filled(entry, messages=False)


def _spoken(logger: Any, method: str, entry: Entry) -> Entry:
    return _filled(entry, messages=True)


def _filled(entry: Entry, *, messages: bool) -> Entry:
    """The event with its arguments in it. Errors are told by kind and place: their messages quote values and statements."""
    given = entry.pop("positional_args", ())
    event = str(entry["event"])
    if isinstance(given, tuple) and given:
        event %= tuple(_described(one, messages=messages) if isinstance(one, BaseException) else one for one in given)
    elif given:
        event %= given
    entry["event"] = ADDRESS.sub("(address)", event[:LONGEST])
    error = entry.pop("exc_info", None)
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        entry["error"] = " < ".join(_described(one, messages=messages) for one in _chain(error))
        entry["calls"] = _calls(error)
    return entry


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _described(error: BaseException, *, messages: bool) -> str:
    orig = getattr(error, "orig", error)
    code = getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None) or getattr(orig, "errno", None)
    name = type(error).__name__ + (f" {code}" if code else "")
    return f"{name}: {error}" if messages else name


def _calls(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _place(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_ROOT):
        return str(path.relative_to(_ROOT))
    return "/".join(path.parts[-2:])
