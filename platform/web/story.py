"""A record's history as a timeline: who did what when, and what changed, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kith.runtime.read import history
from kith.runtime.read.query import HistoryEntry
from kith.web import addresses
from kith.web.formats import formatter
from kith.web.showing import label_of, shower
from kith.web.subject import Subject
from kith.web.view import Change, Event, Link, Person

ICONS = {"create": "plus", "update": "pencil", "delete": "trash-2", "restore": "undo-2"}
SILENT = frozenset({"system"})
"""Channels that go without saying: who did it says so already."""


def timeline(subject: Subject, limit: int, *, full: bool = False) -> tuple[list[Event], bool]:
    """The latest entries, and whether there are more; only `full` ones tell the values of a record's making."""
    visit = subject.visit
    entries = history(
        visit.connection,
        visit.context,
        visit.release,
        subject.entity.name,
        subject.record.id,
        limit=limit + 1,
        making=full,
    )
    return [_event(subject, entry, full=full) for entry in entries[:limit]], len(entries) > limit


def _event(subject: Subject, entry: HistoryEntry, *, full: bool) -> Event:
    texts = subject.visit.texts
    said = texts(f"history.{entry.op}")
    if entry.channel not in SILENT:
        said = texts("history.through", what=said, channel=texts(f"history.channel.{entry.channel}"))
    if entry.acted_by is not None:
        said = texts("history.acted_by", what=said, name=label_of(entry.acted_by, texts))
    name = label_of(entry.actor, texts) if entry.actor is not None else texts("history.system")
    return Event(
        text=said,
        when=when(subject, entry.at),
        instant=entry.at.isoformat(),
        icon=ICONS.get(entry.op, "activity"),
        person=Person(name),
        actions=(*_why(subject, entry), *(_ways(subject, entry) if full else ())),
        body=texts("history.erased") if entry.erased else "",
        changes=tuple(_changes(subject, entry)),
    )


def _why(subject: Subject, entry: HistoryEntry) -> tuple[Link, ...]:
    """The way to what rules said of it, where there are any."""
    if not subject.visit.model.rules.get(subject.entity.name):
        return ()
    return (Link(subject.visit.texts("whys.link"), f"{subject.address}/saves/{entry.save}", dialog=True),)


def _ways(subject: Subject, entry: HistoryEntry) -> Iterator[Link]:
    """The ways to the record as it was then, and to the batch that it was saved with, for who may undo that."""
    texts = subject.visit.texts
    at = entry.at.isoformat()
    yield Link(texts("past.link"), addresses.past_of(subject.entity.name, subject.record.id, at), "history")
    mine = entry.actor is not None and entry.actor.id == subject.visit.context.actor.id
    if entry.batch and (mine or subject.reader.administers):
        yield Link(texts("batch.link"), addresses.batch_of(entry.batch), "layers")


def _changes(subject: Subject, entry: HistoryEntry) -> Iterator[Change]:
    language = subject.visit.language
    for name, (before, after) in entry.changes.items():
        declared = subject.entity.fields[name]
        was = entry.former.get(name, declared)
        show = shower(subject.showing, was.type, was)
        yield Change(declared.label.in_(language), show(before).text, show(after).text, entry.op == "create")


def when(subject: Subject, at: datetime) -> str:
    """An instant as people say it: today and yesterday by name."""
    visit = subject.visit
    zone = visit.context.reader_zone
    days = (visit.context.now.astimezone(zone).date() - at.astimezone(zone).date()).days
    if days in (0, 1):
        time = formatter("time", visit.language, width="short")(at.astimezone(zone).time())
        return visit.texts("history.today" if days == 0 else "history.yesterday", time=time)
    return formatter("instant", visit.language, zone=str(zone))(at)
