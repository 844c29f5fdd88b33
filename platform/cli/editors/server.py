"""The server as a whole: it follows what the author types, and answers what the editor asks."""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from kith.cli.editors.answers import answer, change
from kith.cli.editors.helper import Helper


def server_of(language: str, version: str) -> LanguageServer:
    """A server, ready to be started."""
    server = LanguageServer("kith", version, lsp.TextDocumentSyncKind.Full)
    helper = Helper(server, language)
    _follow(server, helper)
    answer(server, helper)
    change(server, helper)
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
