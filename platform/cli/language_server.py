"""The language server: the assistance for authors, spoken in the protocol that editors understand (pygls, over stdio)."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from kith.metadata import assisting
from kith.metadata.assisting import Project, Refusal, State
from kith.metadata.scalars import Edit
from kith.problems import Problem, Source, Span

PAUSE = 0.3
"""Seconds after the last keystroke until problems are looked for."""
APP = "app.yaml"
TRIGGERS = (".", '"', ":", "{", " ", "(")
SEVERITIES = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}
ICONS = {
    "field": lsp.CompletionItemKind.Field, "relation": lsp.CompletionItemKind.Reference,
    "function": lsp.CompletionItemKind.Function, "option": lsp.CompletionItemKind.EnumMember,
    "entity": lsp.CompletionItemKind.Class, "key": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.Value, "variable": lsp.CompletionItemKind.Variable,
    "statement": lsp.CompletionItemKind.Keyword, "word": lsp.CompletionItemKind.Keyword,
}  # fmt: skip


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


def position_of(source: Source, offset: int) -> lsp.Position:
    """A place as editors count: lines from 0, and units of UTF-16."""
    line, column = source.position(min(offset, len(source.text)))
    before = source.text[source.line_starts[line - 1] : source.line_starts[line - 1] + column - 1]
    return lsp.Position(line - 1, len(before.encode("utf-16-le")) // 2)


def range_of(span: Span) -> lsp.Range:
    """A stretch as editors count."""
    return lsp.Range(position_of(span.source, span.start), position_of(span.source, span.end))


def offset_of(source: Source, position: lsp.Position) -> int:
    """The offset of a place that an editor names."""
    if position.line >= len(source.line_starts):
        return len(source.text)
    start = source.line_starts[position.line]
    line = source.line(position.line + 1)
    units = line.encode("utf-16-le")[: position.character * 2]
    return start + len(units.decode("utf-16-le", "ignore"))


def server_of(language: str, version: str) -> LanguageServer:
    """A server, ready to be started."""
    server = LanguageServer("kith", version, lsp.TextDocumentSyncKind.Full)
    helper = Helper(server, language)
    _follow(server, helper)
    _answer(server, helper)
    _change(server, helper)
    return server


def _follow(server: LanguageServer, helper: Helper) -> None:
    """What the author types, opens, saves and closes."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        helper.changed(params.text_document.uri, params.text_document.text)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        text = server.workspace.get_text_document(params.text_document.uri).source
        helper.changed(params.text_document.uri, text)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        helper.reread([params.text_document.uri])

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed_outside(params: lsp.DidChangeWatchedFilesParams) -> None:
        helper.reread(one.uri for one in params.changes)

    @server.feature(lsp.INITIALIZED)
    def initialized(_: lsp.InitializedParams) -> None:
        watching = (
            server.client_capabilities.workspace and server.client_capabilities.workspace.did_change_watched_files
        )
        if watching and watching.dynamic_registration:
            # What other programs write, such as Git, is seen too.
            watched = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher("**/*.yaml")])
            asked = lsp.Registration("documents", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched)
            server.client_register_capability(lsp.RegistrationParams([asked]))

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        helper.changed(params.text_document.uri, None)


def _answer(server: LanguageServer, helper: Helper) -> None:
    """What the author asks."""

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(TRIGGERS)))
    def complete(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        with helper.lock:
            if (asked := helper.asked(params)) is None:
                return []
            _, state, path, offset = asked
            source = state.source(path)
            found = assisting.complete(state, path, offset)
        return [
            lsp.CompletionItem(
                one.text,
                kind=ICONS.get(one.kind, lsp.CompletionItemKind.Text),
                detail=" — ".join(filter(None, (one.label.in_(helper.language), one.detail))),
                documentation=one.help.in_(helper.language) if one.help else None,
                sort_text=f"{number:04}",
                text_edit=lsp.TextEdit(range_of(Span(source, one.start, one.end)), one.text),
            )
            for number, one in enumerate(found)
        ]

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        with helper.lock:
            asked = helper.asked(params)
            found = asked and assisting.describe(*asked[1:], helper.language)
        if not found:
            return None
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.PlainText, "\n".join(found.lines)), range_of(found.span))

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def define(params: lsp.DefinitionParams) -> lsp.Location | None:
        with helper.lock:
            asked = helper.asked(params)
            found = asked and assisting.found_at(*asked[1:])
            if not asked or not found or found.declared.span is None:
                return None
            return helper.location(asked[0], asked[1], found.declared.span)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def refer(params: lsp.ReferenceParams) -> list[lsp.Location]:
        with helper.lock:
            asked = helper.asked(params)
            found = asked and assisting.found_at(*asked[1:])
            if not asked or not found:
                return []
            folder, state = asked[:2]
            spans = (span for _, span in assisting.uses(state, found.declared))
            return [one for span in spans if (one := helper.location(folder, state, span))]


def _change(server: LanguageServer, helper: Helper) -> None:
    """What the author wants changed."""

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        with helper.lock:
            asked = helper.asked(params)
            found = assisting.renamable(*asked[1:]) if asked else None
        if isinstance(found, Refusal):
            raise JsonRpcInvalidParams(found.words.in_(helper.language))
        return range_of(found.span) if found else None

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        with helper.lock:
            if (found := helper.place(params.text_document.uri)) is None:
                return None
            folder, project, path = found
            state = project.state()
            done = assisting.rename(project, path, offset_of(state.source(path), params.position), params.new_name)
            if isinstance(done, Refusal):
                raise JsonRpcInvalidParams(done.words.in_(helper.language))
            return lsp.WorkspaceEdit(
                {(folder / one).as_uri(): helper.edits(state, one, edits) for one, edits in done.items()}
            )

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def mend(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        with helper.lock:
            if (found := helper.place(params.text_document.uri)) is None:
                return []
            folder, project, path = found
            state = project.state()
            source, uri = state.source(path), (folder / path).as_uri()
            start, end = (offset_of(source, one) for one in (params.range.start, params.range.end))
            return [
                lsp.CodeAction(
                    one.title.in_(helper.language),
                    lsp.CodeActionKind.QuickFix,
                    [helper.diagnostic(state, folder, one.problem, one.problem.span)],
                    edit=lsp.WorkspaceEdit({uri: helper.edits(state, path, [one.edit])}),
                )
                for one in assisting.mends(state, path, start, end)
            ]

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def form(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        with helper.lock:
            if (found := helper.place(params.text_document.uri)) is None:
                return []
            _, project, path = found
            state = project.latest()
            return helper.edits(state, path, assisting.formatted(state, path))
