"""Reasons for refusing a save, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kith.metadata.model import Field, Label
from kith.runtime.coerce import Misread
from kith.runtime.write.change import Failure
from kith.texts import Texts, load_texts

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session


@lru_cache(maxsize=1)
def _texts() -> dict[str, Texts]:
    return load_texts(files("kith.runtime") / "strings")


def texts(language: str) -> Texts:
    """The runtime's texts in a language, English where there is none."""
    found = _texts()
    return found.get(language) or found["zh-CN" if language.lower().startswith("zh") else "en"]


def failure(session: Session, code: str, draft: Draft | None = None, field: str = "", **values: object) -> Failure:
    """A reason with its sentence; labels among the values are shown in the reader's language."""
    language = session.context.language
    shown = {name: value.in_(language) if isinstance(value, Label) else value for name, value in values.items()}
    message = texts(language)(f"failure.{code}", **shown)
    return Failure(code, message, field=field, at=draft.at if draft else "")


def misread(session: Session, draft: Draft, declared: Field, error: Misread) -> Failure:
    """A raw value that could not be read."""
    return failure(session, error.code, draft, declared.name, label=declared.label, **error.values)
