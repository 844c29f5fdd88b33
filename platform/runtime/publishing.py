"""What publishing a release does to records: computed values anew, and the reference data that comes with it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kith.runtime.applying.applying import Hooks
from kith.runtime.clock import Clock
from kith.runtime.context import SYSTEM, Context, context_of
from kith.runtime.loading import apply_reference
from kith.runtime.release import Release
from kith.runtime.write.renewing import renew


def system_context(release: Release, clock: Clock, language: str = "") -> Context:
    """The system at work in a release's time zone and language."""
    app = release.model.app
    return context_of(SYSTEM, clock(), language=language or app.languages[0], time_zone=app.time_zone)


def hooks(clock: Clock) -> Hooks:
    """What the write path does within an apply."""

    def renew_records(
        connection: sa.Connection, release: Release, entity: str, fields: Sequence[str], ids: Sequence[str]
    ) -> None:
        renew(connection, system_context(release, clock), release, entity, fields, ids)

    def reference_data(connection: sa.Connection, release: Release) -> None:
        apply_reference(connection, system_context(release, clock), release)

    return Hooks(renew=renew_records, reference_data=reference_data)
