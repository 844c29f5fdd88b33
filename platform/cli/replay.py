"""`kith replay`: what a folder's rules would have made of the stored history, without any effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer

from kith.cli.acting import context_for
from kith.cli.opening import Db, candidate_of, database_url, fail, is_new, workspace_of
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words, fill

if TYPE_CHECKING:
    from kith.metadata.model import Model
    from kith.runtime.replaying import Difference, Replayed, RuleCount

SHOWN = 10
"""Differences that are printed for each rule and kind; `--json` has the first thousand of all."""
GROUPS = 10
"""Values that are printed where differences are counted by a field."""
NAMES = {
    "newly_refused": Words("would now be refused", "现在会被拒绝"),
    "no_longer_refused": Words("would no longer be refused", "不再被拒绝"),
    "other_values": Words("would set other values", "会设置不同的值"),
    "other_records": Words("would do otherwise elsewhere", "对其他记录的动作不同"),
    "other_messages": Words("would notify, send or submit otherwise", "通知、发送或提交会有不同"),
}
HEAD = Words(
    "{saves} saves of records judged by the rules of {app}; nothing was changed.",
    "已用 {app} 的规则评判 {saves} 次记录保存，未作任何更改。",
)
RULE = Words("{label} ({rule})", "{label}（{rule}）")
ASKED = Words("asked: {judged}", "检查 {judged} 次")
UNDECIDED = Words("undecided: {undecided}", "无法判定 {undecided} 次")
SAME = Words("No difference:", "没有差异：")
UNASKED = Words("Not asked by any of these saves:", "这些保存均未检查：")
COUNT = Words("{count} {kind}", "{count} 次{kind}")
MORE = Words("… and {count} more", "……另有 {count} 条")
GROUP = Words("by {name}: {values}", "按{name}：{values}")
OTHERS = Words("others {count}", "其他 {count}")
NOW, THEN = Words("as it is: {line}", "现行：{line}"), Words("as it would be: {line}", "新规则：{line}")
NOTHING = Words("nothing", "不执行")
COMMA = Words(", ", "、")
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
    by: Annotated[str, typer.Option("--by", help="Count differences by the values of this field, such as owner.")] = "",
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
        name = name_of(release.model, by, language) if by else ""
        start = day_of(since, workspace.clock(), release.model.app.time_zone, language) if since else None
        context = context_for(workspace, "", language)
        with workspace.database.read() as connection:
            found = run(connection, context, release, candidate, rules=rules or (), since=start, limit=limit, by=by)
    if as_json:
        typer.echo(orjson.dumps(data_of(found), option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo("\n".join(Report(found, name, language, context.reader_zone).lines(str(app))))


def name_of(model: Model, field: str, language: str) -> str:
    """What a field is called in the entities that have it; leaves where none has."""
    found = next((one.fields[field] for one in model.entities.values() if field in one.fields), None)
    if found is None:
        refuse(Words(f"No record has a field called {field}.", f"没有记录含有名为 {field} 的字段。"), language)
    return found.label.in_(language)


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


@dataclass(frozen=True, slots=True)
class Report:
    """The result in words: what differs first and most, then the rules that agree."""

    found: Replayed
    by: str
    language: str
    zone: tzinfo

    def say(self, words: Words, **values: str) -> str:
        """A sentence in the reader's language."""
        return fill(words, values, self.language)

    def lines(self, app: str) -> list[str]:
        """All of it."""
        rules = self.found.rules.items()
        differing = [(path, count) for path, count in rules if any(count.differing.values())]
        differing.sort(key=lambda item: -sum(item[1].differing.values()))
        lines = [self.say(HEAD, saves=f"{self.found.saves:,}", app=app)]
        for path, count in differing:
            lines += ["", *self.rule(path, count)]
        agreeing = [(path, count) for path, count in rules if not any(count.differing.values())]
        for words, asked in ((SAME, True), (UNASKED, False)):
            some = [one for one in agreeing if bool(one[1].judged or one[1].undecided) is asked]
            lines += ["", words.in_(self.language), *(f"  {self.head(*one)}" for one in some)] if some else []
        return [*lines, "", REFUSED.in_(self.language)]

    def head(self, path: str, count: RuleCount) -> str:
        """A rule, and how often it was asked."""
        numbers = [self.say(ASKED, judged=f"{count.judged:,}")] if count.judged else []
        numbers += [self.say(UNDECIDED, undecided=f"{count.undecided:,}")] if count.undecided else []
        head = self.say(RULE, label=count.label, rule=path)
        return f"{head} · {COMMA.in_(self.language).join(numbers)}" if numbers else head

    def rule(self, path: str, count: RuleCount) -> Iterator[str]:
        """A rule that differs: how often, on which values, and the first of its differences."""
        yield self.head(path, count)
        for kind, number in count.differing.items():
            if number:
                yield "  " + self.say(COUNT, count=f"{number:,}", kind=NAMES[kind].in_(self.language))
                yield from (f"    {line}" for line in self.groups(count.groups.get(kind)))
                listed = [one for one in self.found.listed if one.rule == path and one.kind == kind][:SHOWN]
                yield from (f"    {line}" for one in listed for line in self.difference(one))
                if number > len(listed):
                    yield "    " + self.say(MORE, count=f"{number - len(listed):,}")

    def groups(self, found: Counter[str] | None) -> Iterator[str]:
        """How many fall on which value."""
        if found:
            most = found.most_common(GROUPS)
            values = [f"{name} {number:,}" for name, number in most]
            rest = found.total() - sum(number for _, number in most)
            values += [self.say(OTHERS, count=f"{rest:,}")] if rest else []
            yield self.say(GROUP, name=self.by, values=COMMA.in_(self.language).join(values))

    def difference(self, one: Difference) -> Iterator[str]:
        """One difference: the record and the day, why it is refused, or what is and would be done."""
        day = one.at.astimezone(self.zone).date().isoformat()
        yield f"{one.title or one.record} · {day} · {one.entity}/{one.record}"
        yield from (f"  {line}" for line in one.why)
        if one.before or one.after:
            nothing = (NOTHING.in_(self.language),)
            yield from ("  " + self.say(NOW, line=line) for line in one.before or nothing)
            yield from ("  " + self.say(THEN, line=line) for line in one.after or nothing)


def data_of(found: Replayed) -> dict[str, Any]:
    """The result as data."""
    return {
        "saves": found.saves,
        "rules": {
            path: {
                "label": one.label,
                "judged": one.judged,
                "undecided": one.undecided,
                **one.differing,
                **({"groups": one.groups} if one.groups else {}),
            }
            for path, one in found.rules.items()
        },
        "differences": [
            {
                "kind": one.kind,
                "rule": one.rule,
                "save": one.save,
                "at": one.at,
                "record": f"{one.entity}/{one.record}",
                "title": one.title,
                "why": list(one.why),
                "before": list(one.before),
                "after": list(one.after),
            }
            for one in found.listed
        ],
    }
