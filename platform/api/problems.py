"""Requests that end with a problem document (RFC 9457): what stops them, and how it is told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
from starlette.responses import Response

from kith.api.messages import texts

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
PROBLEM = "application/problem+json"
MOST_ERRORS = 1_000
"""So many errors are told; who makes more will not read them."""
Error = Mapping[str, object]


@dataclass(eq=False)
class Stop(Exception):
    """A request that ends here: its status, the key of the sentence with its values, and the single errors."""

    status: int
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    errors: Sequence[Error] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    """The sentence, where it is made already."""


def stop(status: int, code: str, **values: object) -> Stop:
    """A request that ends with the sentence of a code."""
    return Stop(status, code, values)


def again(status: int, code: str, wait: timedelta) -> Stop:
    """A request that may be sent again after a while."""
    seconds = math.ceil(wait.total_seconds())
    return Stop(status, code, {"seconds": seconds}, headers={"retry-after": str(seconds)})


def error(code: str, message: str, *, field: str = "", rule: str = "", why: Sequence[str] = ()) -> dict[str, object]:
    """One entry of `errors`."""
    return {"field": field or None, "code": code, "rule": rule or None, "message": message, "why": list(why)}


def problem(stopped: Stop, language: str) -> Response:
    """The answer to a request that was stopped."""
    said = texts(language)
    detail = stopped.detail or said(f"problem.{stopped.code}", **stopped.values)
    document = {
        "type": "about:blank",
        "title": said(f"status.{stopped.status}"),
        "status": stopped.status,
        "detail": detail,
        "code": stopped.code,
        "errors": list(stopped.errors[:MOST_ERRORS]),
    }
    headers = {**HEADERS, "content-language": language, **stopped.headers}
    return Response(orjson.dumps(document, default=str), stopped.status, headers, PROBLEM)
