"""`kith lsp`: the language server that editors start."""

from __future__ import annotations

from importlib.metadata import version

from kith.cli.saying import Language, language_of


def lsp(lang: Language = "") -> None:
    """Speak with an editor over standard input and output, in the Language Server Protocol."""
    from kith.cli.editors.server import server_of

    server_of(language_of(lang), version("kith-crm")).start_io()
