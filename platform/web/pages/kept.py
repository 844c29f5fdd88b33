"""What is kept aside of fields and entities that left the metadata: since when, how much, and how it goes for good."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from kith.runtime.applying.purging import Purge, kept_aside
from kith.web import addresses
from kith.web.formats import formatter
from kith.web.pages.jobs import administering
from kith.web.requests import Visit
from kith.web.view import Cell, Column, Empty, Link, Row, Table


def show(visit: Visit) -> Response:
    """Everything that is kept aside, the longest kept first."""
    administering(visit)
    texts = visit.texts
    return visit.page(
        "kept.html",
        title=texts("kept.title"),
        crumbs=(Link(texts("menu.releases"), addresses.RELEASES), Link(texts("kept.title"), visit.here)),
        table=_table(visit, kept_aside(visit.connection, visit.release.names)),
    )


def _table(visit: Visit, found: Sequence[Purge]) -> Table:
    texts, count = visit.texts, formatter("integer", visit.language)
    rows = []
    for one in found:
        name = f"{one.entity}.{one.field}" if one.field else one.entity
        cells = (
            Cell(texts("kept.field" if one.field else "kept.entity", name=name)),
            Cell(texts("releases.one", number=one.since), addresses.release_of(one.since)),
            Cell(count(one.rows)),
            Cell(f"kith purge {name}"),
        )
        rows.append(Row(f"{one.table}.{one.base}", cells, label=name))
    return Table(
        caption=texts("kept.title"),
        columns=(
            Column("what", texts("kept.what"), phone="title"),
            Column("since", texts("kept.since")),
            Column("count", texts("kept.count"), numeric=True),
            Column("purge", texts("kept.purge")),
        ),
        rows=rows,
        empty=Empty(texts("kept.empty"), texts("kept.empty_text"), "archive"),
    )
