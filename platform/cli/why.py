"""`kith why`: which layer, file and line a setting comes from, and what it covers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from kith.cli.saying import Json, Language, app_folder, language_of
from kith.problems import Words, did_you_mean


def why(
    app: Annotated[Path, typer.Argument(help="The folder of the app.")],
    path: Annotated[str, typer.Argument(help="The setting, such as entity.member.fields.name.label.")],
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Say where a setting comes from: value, layer, file and line, and the values that it covers."""
    from kith.metadata.layers import load, merged
    from kith.metadata.layers import why as origins_of
    from kith.metadata.layers.why import known_below
    from kith.metadata.memo import Memo

    language = language_of(lang)
    layers, _ = load(app_folder(app, language))
    documents = merged(layers, [], Memo())
    origins = origins_of(documents, path)
    if not origins:
        known = known_below(documents, path)
        hint = did_you_mean(path.rsplit(".", 1)[-1], known) or Words(
            f"known: {', '.join(known[:12])}", f"可用：{'、'.join(known[:12])}"
        )
        words = Words(f"Nothing is set at {path}; {hint.en}", f"{path} 处没有设置；{hint.zh}")
        typer.echo(words.in_(language), err=True)
        raise typer.Exit(1)
    if as_json:
        data = [
            {
                "value": o.value,
                "layer": o.layer,
                "fragment": o.fragment or None,
                "place": o.span.place,
                "effective": index == 0,
            }
            for index, o in enumerate(origins)
        ]
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
        return
    covers = Words("covers", "覆盖了").in_(language)
    for index, origin in enumerate(origins):
        layer = origin.layer + (f" ({origin.fragment})" if origin.fragment else "")
        head = "" if index == 0 else f"  {covers}  "
        typer.echo(f"{head}{origin.value}\n{' ' * len(head)}  {layer}  {origin.span.place}")
