"""Jobs in words: what one is about, how it stands, what went wrong and what came of it, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kith.metadata.model import Model
from kith.runtime.queue.ending import ATTEMPTS
from kith.runtime.queue.looking import Listed
from kith.texts import Texts, load_texts

CAME = (
    "release", "matched", "looked_at", "renewed", "changed", "unchanged", "fired",
    "returned", "kept_count", "refused", "withdrawn", "sent", "erased", "anonymised",
    "deleted", "held", "compacted", "jobs", "answers", "entries", "files",
    "created", "updated", "skipped", "failed", "told",
)  # fmt: skip
"""What is counted in the results of jobs, in the order in which it is told."""
DIED = "its workers died"
"""What is kept of a job whose workers have died over it."""
AWAY = ("OperationalError", "Busy", "TimeoutError", "SerializationFailure", "DeadlockDetected", "InterfaceError")
"""Errors of a database that has too much to do or is away."""
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Told:
    """A job in words; `failed` says why the last attempt failed, `came` what came of it, a sentence each."""

    kind: str
    about: str
    state: str
    failed: str
    next: str
    came: tuple[str, ...]
    refusals: tuple[tuple[str, str], ...]
    """Records that were refused, with the reason: at most a hundred."""


@lru_cache(maxsize=1)
def _texts() -> dict[str, Texts]:
    return load_texts(files("kith.runtime") / "strings")


def texts_of(language: str) -> Texts:
    """The texts of a language, English where there is none."""
    found = _texts()
    return found.get(language) or found["zh-CN" if language.lower().startswith("zh") else "en"]


def told(job: Listed, model: Model, language: str, when: Callable[[datetime], str]) -> Told:
    """A job in words; `when` prints an instant for the reader."""
    texts = texts_of(language)
    result = job.result if isinstance(job.result, Mapping) else {}
    return Told(
        kind=kind_of(job.kind, texts),
        about=_about(job, model, texts, when),
        state=texts(f"jobs.state.{'again' if _is_tried_again(job) else job.state}"),
        failed=_failed(job.error, texts) if job.error else "",
        next=_next(job, texts, when),
        came=tuple(_came(result, texts)),
        refusals=tuple((str(one["record"]), str(one["message"])) for one in result.get("refusals", ())),
    )


def kind_of(kind: str, texts: Texts) -> str:
    """What a kind of jobs is called."""
    key = f"jobs.kind.{kind}"
    return texts(key) if key in texts else kind


def _is_tried_again(job: Listed) -> bool:
    return job.state == "waiting" and bool(job.error)


def _about(job: Listed, model: Model, texts: Texts, when: Callable[[datetime], str]) -> str:
    payload = job.payload
    if job.kind == "copy" and payload.get("entity") in model.entities:
        entity = model.entities[payload["entity"]]
        labels = [entity.fields[name].label.in_(texts.language) for name in payload["fields"] if name in entity.fields]
        return texts("jobs.about.copy", entity=entity.label.in_(texts.language), fields=", ".join(labels))
    if job.kind == "alike" and payload.get("entity") in model.entities:
        return model.entities[payload["entity"]].plural.in_(texts.language)
    if job.kind == "bulk" and payload["entity"] in model.entities:
        return model.entities[payload["entity"]].plural.in_(texts.language)
    if "draft" in payload and payload["entity"] in model.entities:
        plural = model.entities[payload["entity"]].plural.in_(texts.language)
        return texts("jobs.about.import", entity=plural, file=payload["name"])
    if job.kind == "schedule":
        slot = when(datetime.fromisoformat(payload["slot"]))
        return texts("jobs.about.schedule", rule=payload["rule"], slot=slot)
    if "link" in payload:
        return texts(f"jobs.about.{payload['link']}")
    return texts("jobs.about.rule", rule=payload["rule"]) if "rule" in payload else ""


def _failed(error: str, texts: Texts) -> str:
    """The last line of what was kept: the lines before it are for the log."""
    last = error.strip().splitlines()[-1]
    if last == DIED:
        return texts("jobs.failed.died")
    if last.partition(":")[0].rpartition(".")[2] in AWAY:
        return texts("jobs.failed.busy")
    return texts("jobs.failed.other", error=last if len(last) <= LONGEST else last[: LONGEST - 1] + "…")


def _next(job: Listed, texts: Texts, when: Callable[[datetime], str]) -> str:
    if _is_tried_again(job):
        return texts("jobs.next", at=when(job.due_at), count=job.attempts, most=ATTEMPTS)
    return texts("jobs.last", count=job.attempts) if job.state == "dead" else ""


def _came(result: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    if result.get("gone"):
        yield texts("jobs.gone")
    if stopped := result.get("stopped"):
        yield str(stopped["zh" if texts.language.lower().startswith("zh") else "en"])
    for name in CAME:
        count = result.get(name)
        if isinstance(count, int) and (count or name in ("matched", "looked_at", "renewed")):
            yield texts(f"jobs.came.{name}", count=count)
