"""A dossier to be read: as text for a terminal, and as a page of its own to be handed to the person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from kith.rules.types import DATETIME
from kith.runtime.context import Context
from kith.runtime.privacy.dossier import Dossier, Told, shown
from kith.runtime.read.printing import printer
from kith.runtime.release import Release
from kith.runtime.write.messages import texts

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h2{border-bottom:1px solid #ccc;margin-top:2rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;white-space:pre-wrap}th{width:14rem;font-weight:500}"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with rows of two columns."""

    title: str
    rows: Sequence[tuple[str, str]]
    level: int = 2


def parts(release: Release, context: Context, found: Dossier) -> Iterator[Part]:
    """The dossier part by part, in the reader's language."""
    say, language, model = texts(context.language), context.language, release.model
    when = printer(DATETIME, model, language, context.reader_zone)
    for one in found.records:
        fields = model.entities[one.view.entity].fields
        label = model.entities[one.view.entity].label.in_(language)
        title = f"{label}: {one.view.title}" + (f" ({say('privacy.deleted')})" if one.view.deleted else "")
        known = ((fields[name], value) for name, value in one.view.values.items() if name in fields)
        values = ((field, shown(release, context, field, value)) for field, value in known)
        yield Part(title, [(field.label.in_(language), text) for field, text in values if text])
        if one.history:
            yield Part(say("privacy.versions"), list(_versions(release, context, one)), 3)
    if found.named:
        rows = []
        for named in found.named:
            entity = model.entities[named.entity].label.in_(language)
            rows.append((f"{entity}: {named.record.label} · {named.field.label.in_(language)}", named.text))
        yield Part(say("privacy.mentions"), rows)
    if found.consents:
        purposes = {name: one for entity in model.entities.values() for name, one in entity.consents.items()}
        rows = []
        for row in found.consents:
            purpose = purposes.get(row["purpose"])
            head = purpose.label.in_(language) if purpose is not None else row["purpose"]
            given = say("privacy.consent.given" if row["given"] else "privacy.consent.withdrawn")
            rows.append((head, f"{given} · {when(row['at'])} · {say('privacy.how.' + row['how'])} · {row['version']}"))
        yield Part(say("privacy.consents"), rows)
    if found.files:
        about = [one.file.described for one in found.files]
        yield Part(say("privacy.files"), [(one.name, f"{one.size:,} B · {one.id}") for one in about])
    if found.sign_ins:
        yield Part(
            say("privacy.sign_ins"),
            [(when(row["at"]), f"{row['what']} · {row['address']} · {row['agent']}") for row in found.sign_ins],
        )


def _versions(release: Release, context: Context, one: Told) -> Iterator[tuple[str, str]]:
    fields, language = release.model.entities[one.view.entity].fields, context.language
    when = printer(DATETIME, release.model, language, context.reader_zone)
    for entry in one.history:
        lines = []
        for name, (old, new) in entry.changes.items():
            field = entry.former.get(name, fields[name])
            before, after = (shown(release, context, field, value) for value in (old, new))
            lines.append(f"{field.label.in_(language)}: {before} → {after}")
        yield when(entry.at), "\n".join(lines or [entry.op])


def as_text(release: Release, context: Context, found: Dossier) -> str:
    """For a terminal or a letter."""
    lines = [_head(release, context, found), ""]
    for part in parts(release, context, found):
        lines += [f"{'#' * part.level} {part.title}", ""]
        for name, text in part.rows:
            first, *more = text.splitlines() or [""]
            lines += [f"{name}: {first}", *(f"    {line}" for line in more)]
        lines.append("")
    return "\n".join(lines)


def as_html(release: Release, context: Context, found: Dossier) -> str:
    """A page that needs nothing else."""
    head = escape(_head(release, context, found))
    body = "".join(
        f"<h{part.level}>{escape(part.title)}</h{part.level}><table>"
        + "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in part.rows)
        + "</table>"
        for part in parts(release, context, found)
    )
    return (
        f'<!doctype html><html lang="{escape(context.language)}"><head><meta charset="utf-8"><title>{head}</title>'
        f"<style>{STYLE}</style></head><body><h1>{head}</h1>{body}</body></html>"
    )


def _head(release: Release, context: Context, found: Dossier) -> str:
    title = found.records[0].view.title if found.records else found.id
    when = printer(DATETIME, release.model, context.language, context.reader_zone)(found.at)
    return texts(context.language)("privacy.head", title=title, at=when)
