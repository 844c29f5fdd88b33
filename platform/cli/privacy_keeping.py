"""`kith privacy due`, `hold`, `lift`, `holds` and `consent`: what is kept too long or must be, and who agreed to what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.acting import As
from kith.cli.opening import Db, fail
from kith.cli.privacy import Office, Record, Yes, certificates, erase, export, ledger, office, record_of
from kith.cli.saying import Json, Language, consents, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.privacy.consents import Said


def due(yes: Yes = False, as_user: As = "", as_json: Json = False, db: Db = "", lang: Language = "") -> None:
    """Show what has been kept long enough, as a plan shows changes; a worker does it every night."""
    from kith.runtime.privacy.retaining import due as all_due
    from kith.runtime.privacy.spoken import due_lines

    with office(db, as_user, lang) as opened:
        with opened.workspace.database.read() as connection:
            found = [one for one in all_due(connection, opened.context, opened.release) if one.count]
        if as_json:
            opened.say(
                [
                    {"entity": one.entity, "do": one.retention.do, "before": one.before.isoformat(), "count": one.count}
                    | {"along": dict(one.along)}
                    for one in found
                ]
            )
        else:
            for one in found:
                typer.echo("\n".join(due_lines(opened.release, opened.context, one)))
            if not found:
                typer.echo(Words("Nothing has been kept too long.", "没有超过保留期限的内容。").in_(opened.language))
        if found and (yes or (not as_json and consents(opened.release.model.app.name, opened.language))):
            _retain(opened, quiet=as_json)


def _retain(opened: Office, *, quiet: bool) -> None:
    from kith.runtime.ids import new_id
    from kith.runtime.privacy.compacting import compact
    from kith.runtime.privacy.retaining import retain

    so_far: dict[str, Any] = {}
    more, batch, database = True, new_id(), opened.workspace.database
    while more:
        step = so_far
        so_far, more = database.run(lambda connection: retain(connection, opened.context, opened.release, batch, step))  # noqa: B023
    compact(database, opened.context.now)
    if not quiet:
        counts = {name: count for name, count in so_far.items() if isinstance(count, int)}
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        typer.echo(Words(f"Done: {told}", f"已完成：{told}").in_(opened.language))


def hold(
    record: Record,
    reason: Annotated[str, typer.Option("--reason", help="Why the law forbids to erase it.")],
    as_user: As = "",
    db: Db = "",
    lang: Language = "",
) -> None:
    """Hold a record: neither it nor the person that it hangs on is erased until it is let go."""
    from kith.runtime.privacy import holding

    with office(db, as_user, lang) as opened:
        entity, id_ = record_of(opened, record)
        opened.workspace.database.run(
            lambda connection: holding.place(connection, opened.context, opened.release, entity, id_, reason)
        )
        typer.echo(Words(f"{record} is held.", f"{record} 已依法保全。").in_(opened.language))


def lift(record: Record, as_user: As = "", db: Db = "", lang: Language = "") -> None:
    """Let a record go that was held."""
    from kith.runtime.privacy import holding

    with office(db, as_user, lang) as opened:
        entity, id_ = record_of(opened, record)
        count = opened.workspace.database.run(
            lambda connection: holding.lift(connection, opened.context, opened.release, entity, id_)
        )
        if not count:
            fail(Words(f"{record} is not held.", f"{record} 未被依法保全。"), opened.language)
        typer.echo(Words(f"{record} is no longer held.", f"{record} 已解除保全。").in_(opened.language))


def holds(as_user: As = "", as_json: Json = False, db: Db = "", lang: Language = "") -> None:
    """List what is held."""
    from kith.runtime.privacy import holding
    from kith.runtime.privacy.spoken import hold_line

    with office(db, as_user, lang) as opened:
        with opened.workspace.database.read() as connection:
            found = holding.all_holds(connection, opened.release)
        if as_json:
            opened.say(
                [{"record": f"{one.entity}/{one.record}", "reason": one.reason, "at": one.placed_at} for one in found]
            )
        else:
            for one in found:
                typer.echo(hold_line(opened.release, opened.context, one))


def consent(
    record: Record,
    purpose: Annotated[str, typer.Argument(help="A purpose of the entity; without it all are listed.")] = "",
    said: Annotated[str, typer.Argument(help="yes or no.")] = "",
    how: Annotated[str, typer.Option("--how", help="form, paper, phone, mail, in_person or other.")] = "other",
    at: Annotated[str, typer.Option("--at", help="When it was said, such as 2026-03-01T10:00; else now.")] = "",
    as_user: As = "",
    as_json: Json = False,
    db: Db = "",
    lang: Language = "",
) -> None:
    """List what a person agreed to, or note a yes or a no; what is noted is never changed."""
    from kith.runtime.privacy import consents as log

    if said not in ("", "yes", "no") or bool(purpose) != bool(said):
        refuse(Words("Write: consent ENTITY/ID PURPOSE yes|no", "用法：consent 实体/ID 用途 yes|no"), language_of(lang))
    with office(db, as_user, lang) as opened:
        entity, id_ = record_of(opened, record)
        when = _instant(at, opened) if at else None
        database = opened.workspace.database
        if purpose:
            about = (opened.context, opened.release, (entity, id_), purpose)
            try:
                database.run(lambda connection: log.note(connection, *about, given=said == "yes", how=how, at=when))
            except ValueError as wrong:
                fail(Words(f"“{wrong}” cannot be noted.", f"无法记录“{wrong}”。"), opened.language)
        with database.read() as connection:
            found = list(log.said_by(connection, opened.release, entity, id_))
        if as_json:
            opened.say([_data(one) for one in found])
        else:
            for one in found:
                typer.echo(_line(one, opened.language))


def _instant(text: str, opened: Office) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        refuse(Words(f"“{text}” is no time.", f"“{text}”不是时间。"), opened.language)
    return (found if found.tzinfo else found.replace(tzinfo=opened.context.zone)).astimezone(UTC)


def _data(one: Said) -> dict[str, Any]:
    entry = one.entry or {}
    return {"purpose": one.purpose.name, "given": one.given, "outdated": one.outdated} | {
        name: entry.get(name) for name in ("at", "how", "version")
    }


def _line(one: Said, language: str) -> str:
    from kith.runtime.write.messages import texts

    state = "outdated" if one.outdated else "given" if one.given else "withdrawn" if one.entry else "none"
    return f"{one.purpose.label.in_(language)} ({one.purpose.name}): {texts(language)(f'privacy.consent.{state}')}"


privacy = typer.Typer(
    name="privacy", no_args_is_help=True, help="Personal data: tell, erase, keep no longer, hold, agree."
)
for command in (export, erase, certificates, ledger, due, hold, lift, holds, consent):
    privacy.command()(command)
