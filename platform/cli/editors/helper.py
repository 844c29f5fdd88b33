"""What one editor has open: the apps, their unsaved documents, and the problems that it was told."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from kith.cli.editors.places import offset_of, range_of
from kith.metadata.assisting import Project, State
from kith.metadata.scalars import Edit
from kith.problems import Problem, Span

PAUSE = 0.3
"""Seconds after the last keystroke until problems are looked for."""
APP = "app.yaml"
SEVERITIES = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


class Helper:
    """Serves one editor: an app for each folder with an `app.yaml` that a document of the editor stands in."""

    def __init__(self, server: LanguageServer, language: str) -> None:
        self.server = server
        self.language = language
        self.projects: dict[Path, Project] = {}
        self.told: dict[Path, set[str]] = {}
        self.lock = threading.RLock()
        self.timers: dict[Path, threading.Timer] = {}

    def place(self, uri: str) -> tuple[Path, Project, str] | None:
        """The app of a document and the document's path within it; None where it belongs to no app."""
        file = Path(to_fs_path(uri) or "")
        folder = next((one for one in file.parents if (one / APP).is_file()), None)
        if folder is None or file.suffix != ".yaml":
            return None
        if folder not in self.projects:
            self.projects[folder] = Project.of(folder)
        return folder, self.projects[folder], file.relative_to(folder).as_posix()

    def changed(self, uri: str, text: str | None) -> None:
        """Take over an unsaved text, or let go of it, and look for problems soon."""
        with self.lock:
            if (found := self.place(uri)) is None:
                return
            folder, project, path = found
            project.write(path, text)
            if folder in self.timers:
                self.timers[folder].cancel()
            timer = self.timers[folder] = threading.Timer(PAUSE, self.tell, (folder,))
            timer.daemon = True
            timer.start()

    def reread(self, uris: Iterable[str]) -> None:
        """Read the folders of documents again, where other files may have changed along, and the apps upon them."""
        with self.lock:
            changed = {found[0].resolve() for uri in uris if (found := self.place(uri)) is not None}
            for folder, project in self.projects.items():
                if not changed.isdisjoint(Path(layer.root).resolve() for layer in project.layers):
                    project.reload(folder)
                    self.tell(folder)

    def tell(self, folder: Path) -> None:
        """Send the problems of every document of an app that has some, or had some."""
        with self.lock:
            state = self.projects[folder].state()
            by_path: dict[str, list[lsp.Diagnostic]] = {}
            for problem in state.problems:
                for path, span in places_of(state, problem):
                    by_path.setdefault(path, []).append(self.diagnostic(state, folder, problem, span))
            for path in sorted({*by_path, *self.told.get(folder, ())}):
                uri = (folder / path).as_uri()
                found = lsp.PublishDiagnosticsParams(uri, by_path.get(path, []))
                self.server.text_document_publish_diagnostics(found)
            self.told[folder] = set(by_path)

    def diagnostic(self, state: State, folder: Path, problem: Problem, span: Span | None) -> lsp.Diagnostic:
        """A problem as editors show it at a place."""
        message = problem.message(self.language)
        if problem.span is not None and span is not problem.span:
            message = f"{problem.span.place}: {message}"
        if problem.hint:
            message += f"\n{problem.hint.in_(self.language)}"
        related = [
            lsp.DiagnosticRelatedInformation(
                lsp.Location((folder / path).as_uri(), range_of(one.span)), one.words.in_(self.language)
            )
            for one in problem.related
            if (path := state.own_path(one.span.source)) is not None
        ]
        start = range_of(span) if span else lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))
        return lsp.Diagnostic(
            start,
            message,
            SEVERITIES.get(problem.mistake.severity),
            problem.code,
            source="kith",
            related_information=related,
        )

    def asked(self, params: Any) -> tuple[Path, State, str, int] | None:
        """The app, its state, the document and the offset that a request is about."""
        if (found := self.place(params.text_document.uri)) is None:
            return None
        folder, project, path = found
        state = project.latest()
        return folder, state, path, offset_of(state.source(path), params.position)

    def location(self, folder: Path, state: State, span: Span) -> lsp.Location | None:
        """Where a stretch of a document is, as a file."""
        path = state.own_path(span.source)
        file = folder / path if path is not None else Path(span.source.path)
        return lsp.Location(file.resolve().as_uri(), range_of(span)) if file.is_file() else None

    def edits(self, state: State, path: str, edits: list[Edit]) -> list[lsp.TextEdit]:
        """Changes of a document."""
        source = state.source(path)
        return [lsp.TextEdit(range_of(Span(source, one.start, one.end)), one.text) for one in edits]


def places_of(state: State, problem: Problem) -> Iterator[tuple[str, Span | None]]:
    """Where in the app's own documents a problem is shown; an error of another layer, where it is felt or else at the top."""
    path = state.own_path(problem.span.source) if problem.span else APP
    if path is not None:
        yield path, problem.span
        return
    related = [(state.own_path(one.span.source), one.span) for one in problem.related]
    felt = [(path, span) for path, span in related if path is not None]
    yield from felt
    if problem.is_error and not felt:
        yield APP, None
