"""What the read gate says to people, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from kith.metadata.model import Label
from kith.problems import Problem
from kith.runtime.context import Context
from kith.runtime.read.query import BadQuery, Denied
from kith.texts import Texts, load_texts


@lru_cache(maxsize=1)
def _texts() -> dict[str, Texts]:
    return load_texts(files("kith.runtime") / "strings")


def said(language: str, key: str, **values: object) -> str:
    """A sentence about reading; labels among the values are shown in the reader's language."""
    known = _texts()
    texts = known.get(language) or known["zh-CN" if language.lower().startswith("zh") else "en"]
    shown = {name: value.in_(language) if isinstance(value, Label) else value for name, value in values.items()}
    return texts(f"read.{key}", **shown)


def no_entity(context: Context, entity: str) -> Denied:
    """An entity that is not there, or of which the reader may see nothing: nobody learns which."""
    return Denied(said(context.language, "no_entity", name=entity), hidden=True)


def no_field(context: Context, path: str) -> BadQuery:
    """A field that is not there, or that the reader may not read: nobody learns which."""
    return BadQuery(said(context.language, "no_field", name=path), field=path, code="unknown_field")


def unfit(context: Context, code: str, part: str, **values: object) -> BadQuery:
    """A part of a query that makes no sense."""
    return BadQuery(said(context.language, code, **values), field=part, code=code)


def mistaken(context: Context, part: str, problems: list[Problem]) -> BadQuery:
    """An expression that somebody sent and that does not hold water; the first mistake is told."""
    problem = next((one for one in problems if one.is_error), None)
    if problem is None:
        return unfit(context, "no_expression", part)
    hint = f" ({problem.hint.in_(context.language)})" if problem.hint else ""
    return BadQuery(problem.message(context.language) + hint, field=part, code=problem.code)
