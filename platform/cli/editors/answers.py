"""What editors ask: what could come next, what stands there, where it is declared and named, other names, mends and form."""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from kith.cli.editors.helper import Helper
from kith.cli.editors.places import offset_of, range_of
from kith.metadata import assisting
from kith.metadata.assisting import Refusal
from kith.problems import Span

TRIGGERS = (".", '"', ":", "{", " ", "(")
ICONS = {
    "field": lsp.CompletionItemKind.Field, "relation": lsp.CompletionItemKind.Reference,
    "function": lsp.CompletionItemKind.Function, "option": lsp.CompletionItemKind.EnumMember,
    "entity": lsp.CompletionItemKind.Class, "key": lsp.CompletionItemKind.Property,
    "value": lsp.CompletionItemKind.Value, "variable": lsp.CompletionItemKind.Variable,
    "statement": lsp.CompletionItemKind.Keyword, "word": lsp.CompletionItemKind.Keyword,
}  # fmt: skip


def answer(server: LanguageServer, helper: Helper) -> None:
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


def change(server: LanguageServer, helper: Helper) -> None:
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
