"""`kith replay`: what a folder's rules would have made of the stored history, without any effects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer

from kith.cli.opening import Db, candidate_of, database_url, fail, is_new, workspace_of
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words, fill

if TYPE_CHECKING:
    from kith.runtime.replaying import Difference, Replayed

SHOWN = 20
"""Differences that are printed for each rule; `--json` has the first thousand of all."""
NAMES = {
    "newly_refused": Words("would now be refused", "现在会被拒绝"),
    "no_longer_refused": Words("would no longer be refused", "不再被拒绝"),
    "other_values": Words("would set other values", "会设置不同的值"),
    "other_records": Words("would do otherwise elsewhere", "对其他记录的动作不同"),
}
HEAD = Words(
    "{saves} saves of records replayed against {app}, nothing was changed.",
    "已用 {app} 重放 {saves} 次记录保存，未作任何更改。",
)
RULE = Words("{rule}: {judged} judged, {undecided} undecided", "{rule}：判定 {judged} 次，无法判定 {undecided} 次")
SAME = Words("no difference", "没有差异")
COUNT = Words("{count} {kind}", "{count} 次{kind}")
MORE = Words("… and {count} more", "……另有 {count} 条")
REFUSED = Words(
    "Refused saves leave no history: what would no longer be refused is told of stored saves alone.",
    "被拒绝的保存不留历史：“不再被拒绝”仅就已保存的记录而言。",
)


def replay(
    app: Annotated[Path, typer.Argument(help="The folder whose rules are tried.")] = Path(),
    rules: Annotated[
        list[str] | None, typer.Option("--rules", help="Only this rule (set/rule) or set; may be given again.")
    ] = None,
    since: Annotated[str, typer.Option("--since", help="Judge from this day on, such as 2026-01-31, or 30d.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=0, help="Judge at most so many saves of records.")] = 0,
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Evaluate a folder's rules over the stored history, beside the current ones, and list what would differ."""
    from kith.runtime.replaying import replay as run
    from kith.runtime.workspace import NoRelease

    language = language_of(lang)
    candidate = candidate_of(app, language)
    known = {name for some in candidate.rules.values() for one in some for name in (one.path, one.set_name)}
    for name in rules or ():
        if name not in known:
            refuse(Words(f"There are no rules called {name}.", f"没有名为 {name} 的规则。"), language)
    url = database_url(db, candidate.app.name, language)
    if is_new(url):
        fail(NoRelease.words, language)
    with workspace_of(url, language) as workspace:
        release = workspace.current()
        start = day_of(since, workspace.clock(), release.model.app.time_zone, language) if since else None
        with workspace.database.read() as connection:
            found = run(connection, release, candidate, rules=rules or (), since=start, limit=limit)
    if as_json:
        typer.echo(orjson.dumps(data_of(found), option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo("\n".join(lines_of(found, str(app), language)))


def day_of(text: str, now: datetime, zone: str, language: str) -> datetime:
    """The instant from which saves are judged: the beginning of a day in the workspace, or so many days ago."""
    if text.endswith("d") and text[:-1].isdigit() and len(text) < 7:
        return now - timedelta(days=int(text[:-1]))
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except ValueError:
        fail(
            Words(f"{text} is no day: write 2026-01-31 or 30d.", f"{text} 不是日期：请写 2026-01-31 或 30d。"), language
        )


def lines_of(found: Replayed, app: str, language: str) -> list[str]:
    """The result in words."""
    lines = [fill(HEAD, {"saves": f"{found.saves:,}", "app": app}, language), ""]
    for path, count in found.rules.items():
        values = {"rule": path, "judged": f"{count.judged:,}", "undecided": f"{count.undecided:,}"}
        lines.append(fill(RULE, values, language))
        kinds = [(kind, number) for kind, number in count.differing.items() if number]
        if not kinds and count.judged:
            lines.append(f"  {SAME.in_(language)}")
        for kind, number in kinds:
            lines.append("  " + fill(COUNT, {"count": f"{number:,}", "kind": NAMES[kind]}, language))
            listed = [one for one in found.listed if one.rule == path and one.kind == kind][:SHOWN]
            lines += [f"    {line_of(one)}" for one in listed]
            if number > len(listed):
                lines.append("    " + fill(MORE, {"count": f"{number - len(listed):,}"}, language))
    return [*lines, "", REFUSED.in_(language)]


def line_of(one: Difference) -> str:
    """One difference: the record, and what is and would be done."""
    changes = " → ".join("; ".join(some) or "–" for some in (one.before, one.after)) if one.before or one.after else ""
    return f"{one.entity}/{one.record}  {changes}".rstrip()


def data_of(found: Replayed) -> dict[str, Any]:
    """The result as data."""
    return {
        "saves": found.saves,
        "rules": {
            path: {"judged": one.judged, "undecided": one.undecided, **one.differing}
            for path, one in found.rules.items()
        },
        "differences": [
            {
                "kind": one.kind,
                "rule": one.rule,
                "save": one.save,
                "record": f"{one.entity}/{one.record}",
                "before": list(one.before),
                "after": list(one.after),
            }
            for one in found.listed
        ],
    }
