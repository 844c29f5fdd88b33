"""`POST /api/v1/meta/assist`: help for whoever writes documents in a browser, of the same service as `kith lsp`.

The body has the unsaved `documents` by path, the `path` and `offset` (characters) of the cursor, and what is `ask`ed. Nothing is
kept between two requests but what was built of the release.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.api.reading import only
from kith.metadata import assisting
from kith.metadata.assisting import Project, Refusal, State
from kith.metadata.scalars import Edit, applied
from kith.problems import Problem, Span

PARTS = ("ask", "path", "offset", "end", "documents", "name")
MOST_DOCUMENTS = 200
Data = Mapping[str, Any]


@dataclass(slots=True)
class Desk:
    """The documents of a release, for one author at a time: a build takes the processor anyway."""

    project: Project
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    project: Project
    path: str
    offset: int
    end: int
    name: str
    language: str

    @property
    def latest(self) -> State:
        """The texts as they are, with what was built last."""
        return self.project.latest()


def assist(call: Call) -> Response:
    """Answer a question of an author; whoever administers may ask."""
    parameters(call.request)
    if not call.reader.administers:
        raise stop(404, "nothing_to_explain")
    body = call.json()
    only(body, PARTS)
    question = ANSWERS.get(str(body.get("ask", "")))
    if question is None:
        raise stop(400, "bad_part", name="ask", expected=" | ".join(ANSWERS))
    texts = _texts(body.get("documents", {}))
    desk = call.release.cached(("api.assist",), lambda: Desk(Project(call.release.model.layers)))
    path = body.get("path", "")
    if not isinstance(path, str):
        raise stop(400, "bad_part", name="path", expected='"rules/….yaml"')
    with desk.lock:
        desk.project.take(texts)
        offset = _whole(body, "offset", 0)
        name = str(body.get("name", ""))
        asked = Asked(desk.project, path, offset, _whole(body, "end", offset), name, call.context.language)
        return answer({"data": question(asked)})


def _texts(raw: object) -> dict[str, str]:
    if not isinstance(raw, dict) or len(raw) > MOST_DOCUMENTS or not all(isinstance(one, str) for one in raw.values()):
        raise stop(400, "bad_part", name="documents", expected='{"rules/….yaml": "…"}')
    return raw


def _whole(body: Data, name: str, default: int) -> int:
    found = body.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise stop(400, "bad_part", name=name, expected="0 …")
    return found


def problems(asked: Asked) -> list[Data]:
    """Everything that is wrong with the app, in the order of documents."""
    state = asked.project.state()
    return [_problem(state, one, asked.language) for one in state.problems]


def complete(asked: Asked) -> list[Data]:
    """What could be written at the cursor."""
    return [
        {
            "text": one.text,
            "kind": one.kind,
            "label": one.label.in_(asked.language),
            "detail": one.detail,
            "help": one.help.in_(asked.language) if one.help else "",
            "start": one.start,
            "end": one.end,
        }
        for one in assisting.complete(asked.latest, asked.path, asked.offset)
    ]


def describe(asked: Asked) -> Data | None:
    """What stands at the cursor, in words."""
    found = assisting.describe(asked.latest, asked.path, asked.offset, asked.language)
    return {"lines": [line for line in found.lines if line], **_stretch(found.span)} if found else None


def define(asked: Asked) -> Data | None:
    """Where what stands at the cursor is declared."""
    state = asked.latest
    found = assisting.found_at(state, asked.path, asked.offset)
    span = found.declared.span if found else None
    return _place(state, span) if span else None


def uses(asked: Asked) -> list[Data]:
    """Where it is named."""
    state = asked.latest
    found = assisting.found_at(state, asked.path, asked.offset)
    return [{"path": path, **_stretch(span)} for path, span in assisting.uses(state, found.declared)] if found else []


def rename(asked: Asked) -> Data:
    """The changes that give it another name, or why it cannot have that one."""
    done = assisting.rename(asked.project, asked.path, asked.offset, asked.name)
    if isinstance(done, Refusal):
        return {"refused": done.words.in_(asked.language)}
    return {"edits": {path: list(map(_edit, edits)) for path, edits in done.items()}}


def mends(asked: Asked) -> list[Data]:
    """What mends the problems that the stretch touches."""
    found = assisting.mends(asked.project.state(), asked.path, asked.offset, asked.end)
    return [{"title": one.title.in_(asked.language), "code": one.problem.code, **_edit(one.edit)} for one in found]


def form(asked: Asked) -> Data:
    """The document with its expressions in their one form."""
    state = asked.latest
    edits = assisting.formatted(state, asked.path)
    return {"text": applied(state.texts.get(asked.path, ""), edits), "edits": list(map(_edit, edits))}


ANSWERS: Mapping[str, Callable[[Asked], Any]] = {
    "problems": problems,
    "complete": complete,
    "describe": describe,
    "define": define,
    "uses": uses,
    "rename": rename,
    "mends": mends,
    "format": form,
}
"""What can be asked."""


def _problem(state: State, one: Problem, language: str) -> Data:
    said = one.as_data(language)
    if one.span is None:
        return said
    return said | {"path": state.own_path(one.span.source) or one.span.source.path, **_stretch(one.span)}


def _place(state: State, span: Span) -> Data:
    """A place; of another layer's document only the layer's name is told."""
    path = state.own_path(span.source)
    if path is None:
        return {"layer": state.built.documents.layer_of.get(span.source.path, "")}
    return {"path": path, **_stretch(span)}


def _stretch(span: Span) -> Data:
    line, column = span.source.position(span.start)
    return {"start": span.start, "end": span.end, "line": line, "column": column}


def _edit(edit: Edit) -> Data:
    return {"start": edit.start, "end": edit.end, "text": edit.text}
