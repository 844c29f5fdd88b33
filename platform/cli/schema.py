"""`kith schema`: the shapes of documents as JSON Schema, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from kith.cli.saying import Language, language_of, refuse
from kith.problems import Words, did_you_mean


def schema(
    kind: Annotated[
        str, typer.Argument(help="A kind such as entity; without one, a schema for documents of every kind.")
    ] = "",
    all_into: Annotated[
        Path | None, typer.Option("--all", metavar="DIR", help="Write the schemas of all kinds into a folder.")
    ] = None,
    lang: Language = "",
) -> None:
    """Print the JSON Schema of a kind of document, or write those of all kinds into a folder."""
    from kith.metadata.shapes.kinds import KINDS
    from kith.metadata.shapes.publishing import published, published_for_any

    if all_into is not None:
        all_into.mkdir(parents=True, exist_ok=True)
        for name in KINDS:
            (all_into / f"{name}.schema.json").write_bytes(_text(published(name)))
        (all_into / "document.schema.json").write_bytes(_text(published_for_any()))
        return
    if kind and kind not in KINDS:
        hint = did_you_mean(kind, KINDS) or Words(f"kinds: {', '.join(KINDS)}", f"种类：{'、'.join(KINDS)}")
        refuse(Words(f'There is no kind "{kind}"; {hint.en}', f"没有种类“{kind}”；{hint.zh}"), language_of(lang))
    typer.echo(_text(published(kind) if kind else published_for_any()).decode(), nl=False)


def _text(data: dict[str, object]) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
