"""`kith purge`: what was kept aside when it left the metadata, listed and dropped for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Json, Language, consents, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.applying.purging import Purge

NOTHING = Words("Nothing is kept aside.", "没有另行保留的内容。")
FOR_GOOD = Words(
    "What is dropped is gone for good: no release before it can bring it back.",
    "清除后无法恢复：之前的任何发布都不能再带回这些数据。",
)


def purge(
    names: Annotated[
        list[str] | None, typer.Argument(help="What to drop: ENTITY or ENTITY.FIELD; without it everything kept aside.")
    ] = None,
    db: Db = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Drop it; else a terminal asks, and what is kept is listed.")
    ] = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """List what is kept aside of removed fields and entities, and drop it for good."""
    from kith.runtime.applying.progress import CannotApply
    from kith.runtime.applying.purging import kept_aside, purge_plan

    language = language_of(lang)
    with existing_workspace(db, language) as opened:
        release = opened.current()
        with opened.database.read() as connection:
            everything = kept_aside(connection, release.names)
        wanted = _chosen(everything, names or (), language)
        planned = purge_plan(release, wanted, everything)
        _show(planned.changes, as_json=as_json, language=language)
        if not planned.changes or not (yes or (not as_json and consents(release.model.app.name, language))):
            return
        try:
            done = opened.apply(planned, allow_loss=True, note="kith purge")
        except CannotApply as error:
            fail(error.words, language)
        if not as_json:
            typer.echo(
                Words(f"Dropped; release {done.number} is live.", f"已清除；发布 {done.number} 已生效。").in_(language)
            )


def _chosen(everything: Sequence[Purge], names: Sequence[str], language: str) -> list[Purge]:
    """What was asked for; leaves where something is not kept aside."""
    known = {f"{one.entity}.{one.field}" if one.field else one.entity for one in everything}
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known))
            fail(
                Words(
                    f"{name} is not kept aside" + (f"; there are {listed}." if known else "."),
                    f"{name} 不在另行保留的内容中" + (f"；可用：{listed}。" if known else "。"),
                ),
                language,
            )
    return [
        one for one in everything if not names or (f"{one.entity}.{one.field}" if one.field else one.entity) in names
    ]


def _show(changes: Sequence[object], *, as_json: bool, language: str) -> None:
    from kith.runtime.applying.purging import Purge

    found = [change for change in changes if isinstance(change, Purge)]
    if as_json:
        typer.echo(orjson.dumps([one.as_data(language) for one in found], option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        typer.echo(f"  {one.sign} {one.message(language)}")
    typer.echo((FOR_GOOD if found else NOTHING).in_(language))
