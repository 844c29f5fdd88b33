"""An author at an editor: a real client talks with `kith lsp` over pipes; run as a program, it prints what was said.

python -m tests.lsp.session
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

OFFICE = Path(__file__).parents[1] / "doors" / "office"
CURSOR = "|"
PATIENCE = 30.0


@dataclass
class Editor:
    """An editor with the office's folder open; a `¦` in a text is where the cursor stands."""

    client: LanguageClient
    folder: Path
    texts: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    problems: dict[str, list[lsp.Diagnostic]] = field(default_factory=dict)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def uri(self, path: str) -> str:
        """The address of a document."""
        return (self.folder / path).as_uri()

    def type(self, path: str, text: str) -> lsp.TextDocumentPositionParams:
        """Open a document, or change it whole; where the cursor is then."""
        before, _, after = text.partition("¦")
        whole, uri = before + after, self.uri(path)
        self.heard.clear()
        if path not in self.texts:
            self.versions[path] = 1
            item = lsp.TextDocumentItem(uri, "yaml", 1, whole)
            self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        else:
            self.versions[path] += 1
            named = lsp.VersionedTextDocumentIdentifier(self.versions[path], uri)
            change = lsp.TextDocumentContentChangeWholeDocument(whole)
            self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(named, [change]))
        self.texts[path] = whole
        line, _, last = before.rpartition("\n")
        at = lsp.Position(line.count("\n") + bool(_), len(last.encode("utf-16-le")) // 2)
        return lsp.TextDocumentPositionParams(lsp.TextDocumentIdentifier(uri), at)

    def write(self, path: str, text: str) -> None:
        """Another program writes a document, and the editor says so."""
        (self.folder / path).write_text(text, "utf-8")
        self.heard.clear()
        change = lsp.FileEvent(self.uri(path), lsp.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))

    def point(self, path: str, at: str) -> lsp.TextDocumentPositionParams:
        """Put the cursor into a document that was not changed: behind the part before `¦`, at its first place."""
        text = self.texts.get(path) or (self.folder / path).read_text("utf-8")
        before, _, after = at.partition("¦")
        offset = text.index(before + after) + len(before)
        return self.type(path, text[:offset] + "¦" + text[offset:])

    async def complete(self, path: str, text: str) -> list[str]:
        """What is proposed, as the texts that would be written."""
        at = self.type(path, text)
        asked = lsp.CompletionParams(at.text_document, at.position)
        found = await self.client.text_document_completion_async(asked)
        items = found.items if isinstance(found, lsp.CompletionList) else found or []
        return [item.label for item in items]

    async def hover(self, path: str, at: str) -> str:
        """What is told of what stands at the cursor."""
        place = self.point(path, at)
        found = await self.client.text_document_hover_async(lsp.HoverParams(place.text_document, place.position))
        return found.contents.value if found and isinstance(found.contents, lsp.MarkupContent) else ""

    async def define(self, path: str, at: str) -> str:
        """Where what stands at the cursor is declared: path and line."""
        place = self.point(path, at)
        found = await self.client.text_document_definition_async(
            lsp.DefinitionParams(place.text_document, place.position)
        )
        return self.shown(found) if isinstance(found, lsp.Location) else ""

    async def uses(self, path: str, at: str) -> list[str]:
        """Where what stands at the cursor is named."""
        place = self.point(path, at)
        context = lsp.ReferenceContext(include_declaration=True)
        asked = lsp.ReferenceParams(context, place.text_document, place.position)
        return [self.shown(one) for one in await self.client.text_document_references_async(asked) or ()]

    async def rename(self, path: str, at: str, new: str) -> dict[str, str]:
        """The documents as they are once what stands at the cursor is called otherwise."""
        place = self.point(path, at)
        asked = lsp.RenameParams(place.text_document, place.position, new)
        done = await self.client.text_document_rename_async(asked)
        changes = done.changes or {} if done else {}
        return {self.named(uri): self.changed(self.named(uri), edits) for uri, edits in changes.items()}

    async def mends(self, path: str) -> dict[str, str]:
        """What is offered for all problems of a document, each with the document as it would be."""
        whole = lsp.Range(lsp.Position(0, 0), lsp.Position(self.texts[path].count("\n") + 1, 0))
        asked = lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(self.uri(path)), whole, lsp.CodeActionContext(self.problems.get(path, []))
        )
        found: Any = await self.client.text_document_code_action_async(asked) or ()
        return {one.title: self.changed(path, (one.edit.changes or {})[self.uri(path)]) for one in found}

    async def format(self, path: str) -> str:
        """A document in its one form."""
        options = lsp.FormattingOptions(2, insert_spaces=True)
        asked = lsp.DocumentFormattingParams(lsp.TextDocumentIdentifier(self.uri(path)), options)
        return self.changed(path, await self.client.text_document_formatting_async(asked) or ())

    async def told(self, path: str) -> list[str]:
        """The problems of a document, once they are told."""
        await asyncio.wait_for(self.heard.wait(), PATIENCE)
        lines = (
            f"{one.range.start.line + 1}:{one.range.start.character + 1} {one.code} {one.message}"
            for one in self.problems.get(path, ())
        )
        return [line.replace("\n", " — ") for line in lines]

    def changed(self, path: str, edits: Any) -> str:
        """A document with changes made; the office's documents have no characters that UTF-16 counts twice."""
        text = self.texts.get(path) or (self.folder / path).read_text("utf-8")
        starts = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]
        for one in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
            start, end = (starts[at.line] + at.character for at in (one.range.start, one.range.end))
            text = text[:start] + one.new_text + text[end:]
        return text

    def named(self, uri: str) -> str:
        """The path of a document by its address."""
        return uri.removeprefix(self.folder.as_uri() + "/")

    def shown(self, location: lsp.Location) -> str:
        """A place in words."""
        return f"{self.named(location.uri)}:{location.range.start.line + 1}"


@asynccontextmanager
async def editing(language: str = "en") -> AsyncIterator[Editor]:
    """An editor that has started the server."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "office"
        shutil.copytree(OFFICE, folder)
        client = LanguageClient("editor", "1")
        editor = Editor(client, folder)

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def told(params: lsp.PublishDiagnosticsParams) -> None:
            editor.problems[editor.named(params.uri)] = list(params.diagnostics)
            editor.heard.set()

        await client.start_io(str(Path(sys.executable).with_name("kith")), "lsp", "--lang", language)
        await client.initialize_async(
            lsp.InitializeParams(lsp.ClientCapabilities(), root_uri=folder.as_uri(), process_id=None)
        )
        client.initialized(lsp.InitializedParams())
        yield editor
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()  # type: ignore[no-untyped-call]


RULES = """\
rules: more_rules
of: deal
items:
  big:
    require: {condition}
    message: {{en: Too big., zh-CN: 太大。}}
"""


async def session(say: Callable[[str, object], object]) -> None:
    """A walk through all that the server does; `say` hears what was asked and answered."""
    path = "rules/more_rules.yaml"
    async with editing() as editor:
        say("complete    of: de¦", await editor.complete(path, "rules: more_rules\nof: de¦\n"))
        for typed in ("amo¦", 'stage == "¦"', "any(wishes where deal.¦)", "leng¦"):
            say(f"complete    {typed}", (await editor.complete(path, RULES.format(condition=typed)))[:8])
        editor.type(path, RULES.format(condition="ammount ?? 0 > 5"))
        say("problems    ammount ?? 0 > 5", await editor.told(path))
        say("mend", list(await editor.mends(path)))
        say("hover       discount", (await editor.hover("rules/deal_rules.yaml", "disco¦unt ??")).splitlines())
        say("definition  discount", await editor.define("rules/deal_rules.yaml", "disco¦unt ??"))
        say("references  discount", await editor.uses("entities/deal.yaml", "disc¦ount: {"))
        editor.type(path, RULES.format(condition='amount>5 and  stage=="new"'))
        say('format      amount>5 and  stage=="new"', (await editor.format(path)).splitlines()[4].strip())
        done = await editor.rename("entities/deal.yaml", "disc¦ount: {", "rebate")
        say("rename      discount → rebate", {name: text.count("rebate") for name, text in done.items()})
        try:
            await editor.rename("entities/deal.yaml", "disc¦ount: {", "amount")
        except JsonRpcException as refused:
            say("rename      discount → amount", refused)


if __name__ == "__main__":
    asyncio.run(session(lambda asked, answer: sys.stdout.write(f"{asked:<42}{answer}\n")))
