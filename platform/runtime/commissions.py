"""A wish to publish, or to go back, that is put into the queue: what is kept of it, how it is carried out, how far it is.

The texts that were shown are kept with it, so that nothing else is published when a folder has changed meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from kith.metadata.model import Layer
from kith.problems import Words
from kith.runtime import folders, queue
from kith.runtime.applying.progress import CannotApply
from kith.runtime.context import Actor
from kith.runtime.database import Connection, is_busy
from kith.runtime.loading import NotLoaded
from kith.runtime.offered import Together
from kith.runtime.plan.planning import CONSENT
from kith.runtime.plan.rolling import CannotGoBack
from kith.runtime.schema import system
from kith.runtime.wanted import Wanted, Wrong, layers_at, publish, why_not
from kith.runtime.workspace import Workspace

KIND = "publish"
FIRST = 50
"""Its priority: somebody waits for it."""
IN_TIME = timedelta(minutes=10)
"""What nobody has begun by then is dropped: whoever wanted it does not expect it any more."""
TRIES = 5
"""How often it is tried where the database has too much to do."""

TOO_LATE = Words(
    "Nothing was published: no worker has begun within ten minutes. See that `kith worker` runs, then publish again.",
    "未发布任何内容：十分钟内没有工作进程开始执行。请确认 `kith worker` 正在运行，然后重新发布。",
)
MORE_IS_LOST = Words(
    "Nothing was published: meanwhile more would be lost than was shown. Look at the plan again.",
    "未发布任何内容：此时会丢失的数据多于之前显示的。请重新查看计划。",
)
UNEXPECTED = Words(
    "An unexpected error stopped it; the server's log tells more. What had begun is taken back, or gone on with by the next try.",
    "发生意外错误而中止；服务器日志中有详情。已开始的部分会撤回，或由下一次尝试继续。",
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Commission:
    """A wish with what was said when it was made; `nonce` tells a form that is sent twice."""

    wanted: Wanted
    actor: Actor
    nonce: str
    note: str = ""
    allow_loss: bool = False
    folder: Together | None = None
    """How the folder that it comes from and the release go together then."""


def put(connection: Connection, workspace: Workspace, one: Commission, now: datetime) -> str:
    """Put a wish into the queue; its job, or that of another wish that waits or is carried out already."""
    found = find(connection, one.nonce) or under_way(connection)
    if found:
        return found
    row = queue.job_row(KIND, _kept(workspace, one), now=now, once=f"{KIND}:{one.nonce}", priority=FIRST)
    return str(row["id"]) if queue.enqueue_once(connection, row) else find(connection, one.nonce)


def _kept(workspace: Workspace, one: Commission) -> dict[str, Any]:
    there = {layer.name: layer.digest for layer in layers_at(workspace, one.wanted.base)}

    def layer_of(layer: Layer) -> dict[str, Any]:
        kept = {"name": layer.name, "version": layer.version, "digest": layer.digest}
        return kept if there.get(layer.name) == layer.digest else {**kept, "documents": dict(layer.documents)}

    return {
        "base": one.wanted.base,
        "back": one.wanted.back,
        "layers": [layer_of(layer) for layer in one.wanted.layers],
        "actor": {"id": one.actor.id, "name": one.actor.name, "roles": sorted(one.actor.roles)},
        "note": one.note,
        "allow_loss": one.allow_loss,
        "folder": one.folder,
    }


def wanted_of(workspace: Workspace, payload: Mapping[str, Any]) -> Wanted:
    """The wish that a job keeps."""
    there = {layer.name: layer for layer in layers_at(workspace, payload["base"])} if payload["layers"] else {}

    def layer_of(kept: Mapping[str, Any]) -> Layer:
        if "documents" not in kept:
            return there[kept["name"]]
        return Layer(kept["name"], kept["version"], dict(kept["documents"]), kept["digest"], kept["name"])

    return Wanted(payload["base"], payload["back"], tuple(layer_of(kept) for kept in payload["layers"]))


def carry_out(workspace: Workspace, job: queue.Job, now: datetime) -> dict[str, Any]:
    """Fulfil the wish of a job; the `release` that has it, or why it was `stopped`. It may be done again after a death."""
    if job.attempts == 1 and now - job.created_at > IN_TIME:
        return _stopped(TOO_LATE)
    payload = job.payload
    kept = payload["actor"]
    actor = Actor(kept["id"], kept["name"], frozenset(kept["roles"]))
    try:
        number = publish(
            workspace,
            wanted_of(workspace, payload),
            actor,
            note=payload["note"],
            allow_loss=payload["allow_loss"],
        )
    except (CannotApply, CannotGoBack, NotLoaded, Wrong) as error:
        words = why_not(error)
        return _stopped(MORE_IS_LOST if words is CONSENT else words)
    except Exception as error:
        if is_busy(error) and job.attempts < TRIES:
            raise
        log.exception("a release could not be published")
        return _stopped(UNEXPECTED)
    if payload["folder"]:
        folders.remember(workspace, *payload["folder"])
    return {"release": number}


def _stopped(words: Words) -> dict[str, Any]:
    return {"stopped": {"en": words.en, "zh": words.zh}}


Stage = Literal["", "expand", "fill", "switch", "tidy"]
STAGES: Mapping[str, Stage] = {"expand": "expand", "fill": "fill", "constrain": "switch", "tidy": "tidy"}
"""The stages that people are told of, by those that an apply notes."""


@dataclass(frozen=True, slots=True)
class Going:
    """How a wish stands: `waiting`, `running` in a stage, `live` as a release, or `stopped` for a reason."""

    state: Literal["waiting", "running", "live", "stopped"]
    stage: Stage = ""
    release: int = 0
    why: Words | None = None


def going(connection: Connection, job: queue.Listed) -> Going:
    """How the wish of a job stands."""
    result = job.result if isinstance(job.result, Mapping) else {}
    if "release" in result:
        return Going("live", release=int(result["release"]))
    if "stopped" in result:
        return Going("stopped", why=Words(result["stopped"]["en"], result["stopped"]["zh"]))
    if job.state == "dead":
        return Going("stopped", why=UNEXPECTED)
    if job.state != "running":
        return Going("waiting")
    running = system.progress.c.state == "running"
    stage = connection.scalar(sa.select(system.progress.c.stage).where(running))
    return Going("running", STAGES.get(str(stage), "") if stage else "")


def find(connection: Connection, nonce: str) -> str:
    """The job of a form that was sent already, "" where there is none."""
    known = sa.select(system.job.c.id).where(system.job.c.once == f"{KIND}:{nonce}")
    return str(connection.scalar(known) or "") if nonce else ""


def under_way(connection: Connection) -> str:
    """The job of a wish that waits or is carried out, "" where there is none."""
    busy = system.job.c.state.in_(("waiting", "running"))
    return str(connection.scalar(sa.select(system.job.c.id).where(system.job.c.kind == KIND, busy).limit(1)) or "")
