"""Parameters of an address: each known one once, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request

from kith.api.problems import stop
from kith.api.reading import shown
from kith.runtime.read.query import Sort

LONGEST = 64 * 1024


def parameters(request: Request, *known: str) -> dict[str, str]:
    """The parameters of a request; raises Stop for unknown and repeated ones."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            if not known:
                raise stop(400, "no_parameters", name=shown(name))
            raise stop(400, "unknown_parameter", name=shown(name), known=", ".join(known))
        if name in found:
            raise stop(400, "repeated_parameter", name=name)
        if "\0" in value:
            raise stop(400, "forbidden_character", name=name)
        if len(value) > LONGEST:
            raise stop(400, "bad_parameter", name=name, value=shown(value), expected=f"≤ {LONGEST}")
        found[name] = value
    return found


def number(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A parameter that is a number from 1 on."""
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= most):
        raise stop(400, "bad_parameter", name=name, value=shown(text), expected=f"1–{most}")
    return int(text)


def one_of(given: Mapping[str, str], name: str, values: Sequence[str]) -> str:
    """A parameter that is one of a few words; the first is the default."""
    found = given.get(name, values[0])
    if found not in values:
        raise stop(400, "bad_parameter", name=name, value=shown(found), expected=" | ".join(values))
    return found


def names(text: str, parameter: str, example: str = "name,owner.name") -> tuple[str, ...]:
    """A list of names parted by commas, each once; raises Stop where one is empty."""
    if not text.strip():
        return ()
    found = [part.strip() for part in text.split(",")]
    if not all(name.removeprefix("-") for name in found):
        raise stop(400, "bad_parameter", name=parameter, value=shown(text), expected=example)
    return tuple(dict.fromkeys(found))


def sorting(text: str) -> tuple[Sort, ...]:
    """An order as `-amount,name`."""
    return tuple(Sort(name.removeprefix("-"), name.startswith("-")) for name in names(text, "sort", "-amount,name"))
