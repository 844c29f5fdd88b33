"""Reasons for refusing a save, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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


def reasons(session: Session, top: Draft, refused: Sequence[Draft]) -> tuple[Failure, ...]:
    """Why a change is refused; what a rule did to other records is told with the rules that led there.

    A field is named only where it is one of the records that were sent: no form marks its own for another record's.
    """
    own = {(one.entity, one.id) for one in top.tree()}
    return tuple(
        led(session, top, one, failure, (one.entity, one.id) in own) if one.chain else failure
        for one in refused
        for failure in one.failures
    )


def led(session: Session, top: Draft, draft: Draft, failure: Failure, own: bool) -> Failure:
    """A reason that rules led to."""
    language, last = session.context.language, () if failure.rule in ("", draft.chain[-1]) else (failure.rule,)
    key = "failure.chain" if draft.entity == top.entity else "failure.chain_elsewhere"
    entity = draft.plan.entity.label.in_(language)
    said = texts(language)(key, message=failure.message, entity=entity, chain=" → ".join((*draft.chain, *last)))
    return replace(failure, message=said, field=failure.field if own else "")


def misread(session: Session, draft: Draft, declared: Field, error: Misread) -> Failure:
    """A raw value that could not be read."""
    return failure(session, error.code, draft, declared.name, label=declared.label, **error.values)
