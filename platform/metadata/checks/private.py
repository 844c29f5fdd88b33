"""Checks of what entities say about personal data."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.mistakes import model as mistakes
from kith.metadata.mistakes import privacy
from kith.metadata.model import Entity
from kith.metadata.model_privacy import STAMPS
from kith.problems import Problem


@tells(privacy.NO_DATE, mistakes.NO_FIELD)
def retention_counts_from_a_day(c: Checking) -> Iterator[Problem]:
    """Records are kept from a day that they hold: a stored date or instant."""
    for entity in c.model.entities.values():
        retention = entity.retention
        if retention is None or retention.from_field in STAMPS:
            continue
        span = c.span("entity", entity.name, "retention", "from")
        field = entity.fields.get(retention.from_field)
        if field is None:
            yield from c.field_problem(entity, retention.from_field, span)
        elif field.type.kind not in ("date", "datetime") or field.storage != "stored":
            yield Problem(privacy.NO_DATE, span, {"name": field.name, "type": field.type_name})


@tells(privacy.NOT_A_PERSON)
def people_agree(c: Checking) -> Iterator[Problem]:
    """Purposes of consent stand where the records are people."""
    for entity in c.model.entities.values():
        if entity.consents and not entity.person:
            yield Problem(privacy.NOT_A_PERSON, c.span("entity", entity.name, "consents", key=True))


@tells(privacy.NOTHING_PERSONAL, privacy.UNKNOWN_PERSON)
def something_is_personal(c: Checking) -> Iterator[Problem]:
    """What is anonymised, and who a person is, is in fields that are personal."""
    for entity in c.model.entities.values():
        if _holds_personal(entity):
            continue
        if entity.person:
            yield Problem(privacy.UNKNOWN_PERSON, c.span("entity", entity.name, "person", key=True))
        if entity.retention is not None and entity.retention.do == "anonymise":
            yield Problem(privacy.NOTHING_PERSONAL, c.span("entity", entity.name, "retention", "do"))


def _holds_personal(entity: Entity) -> bool:
    return any(field.personal and not field.is_computed for field in entity.fields.values())


CHECKS = (retention_counts_from_a_day, people_agree, something_is_personal)
