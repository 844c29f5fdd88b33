"""`kith diff A B`: what one version of an app has that another has not: folders, releases and packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.saying import Json, Language, app_folder, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from kith.metadata.layers.differing import Differs
    from kith.metadata.model import Layer, Model
    from kith.runtime.plan.changes import Change

DIFFER = 2
"""The exit code where something differs, as of a plan with changes."""
LONGEST = 100
"""Characters of a value in a line for people."""
Side = Annotated[str, typer.Argument(help="A folder, a package, or a release: @3, or @ for the current one.")]


@dataclass(frozen=True)
class Version:
    """One of the two; the model is None where its documents have errors."""

    name: str
    layers: Sequence[Layer]
    model: Model | None


def diff(a: Side, b: Side, db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """Show what differs between two versions of an app; the exit code is 0 for nothing, 2 for differences."""
    from kith.metadata.layers.differing import differing

    language = language_of(lang)
    one, other = (_version(side, db, language) for side in (a, b))
    changes = _changes(one.model, other.model)
    documents = differing(one.layers, other.layers)
    if as_json:
        data = {
            "a": one.name,
            "b": other.name,
            "changes": None if changes is None else [change.as_data(language) for change in changes],
            "documents": [
                {"path": item.path, "before": item.before, "after": item.after, "moved": item.moved}
                for item in documents
            ],
        }
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    else:
        for line in _lines(changes, documents, one, other):
            typer.echo(line.in_(language) if isinstance(line, Words) else line.rendered(language))
    raise typer.Exit(DIFFER if changes or documents else 0)


def _version(side: str, db: str, language: str) -> Version:
    from kith.metadata.build import build

    layers = _layers(side, db, language)
    return Version(side, layers, build(layers, advice=False)[0])


def _layers(side: str, db: str, language: str) -> Sequence[Layer]:
    from kith.metadata.layers import load

    if side.startswith("@"):
        return _released(side[1:], db, language)
    if Path(side).is_file():
        from kith.cli.packages import opened_file
        from kith.packages.projects import layers_below

        package = opened_file(Path(side), language)
        below, _ = layers_below(str(package.manifest["extends"]), None)
        return (*below, package.layer())
    return load(app_folder(Path(side), language))[0]


def _released(number: str, db: str, language: str) -> Sequence[Layer]:
    from kith.runtime import releases

    with existing_workspace(db, language) as opened, opened.database.read() as connection:
        wanted = int(number) if number.isdigit() else opened.current().number if not number else 0
        layers = releases.load(connection, wanted).layers if wanted else ()
    if not layers:
        fail(Words(f"There is no release @{number}.", f"没有发布 @{number}。"), language)
    return layers


def _changes(before: Model | None, after: Model | None) -> list[Change] | None:
    """What differs in meaning, in the words of plans; None where one of both has errors."""
    from kith.runtime.plan.compare import compare
    from kith.runtime.plan.pairs import Pairs
    from kith.runtime.schema.names import Names, named

    if before is None or after is None:
        return None
    return compare(Pairs(before, after, named(before, Names())))


@dataclass(frozen=True)
class _Line:
    """A line about a change or a setting."""

    sign: str
    what: Change | Differs

    def rendered(self, language: str) -> str:
        """The line in a language."""
        if hasattr(self.what, "message"):
            return f"  {self.sign} {self.what.message(language)}"
        one = self.what
        if one.moved:
            return f"  {self.sign} {one.path}: " + Words("another place", "位置不同").in_(language)
        values = " → ".join(_short(value) for value in (one.before, one.after) if value is not None)
        return f"  {self.sign} {one.path}: {values}"


def _short(value: str) -> str:
    line = value.replace("\n", "\\n")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _lines(
    changes: Sequence[Change] | None, documents: Sequence[Differs], one: Version, other: Version
) -> list[Words | _Line]:
    if not changes and not documents and changes is not None:
        return [Words("No differences.", "没有差异。")]
    lines: list[Words | _Line] = [Words(f"{one.name} → {other.name}\n", f"{one.name} → {other.name}\n")]
    if changes is None:
        broken = " & ".join(version.name for version in (one, other) if version.model is None)
        lines.append(
            Words(
                f"{broken}: has errors (`kith check` tells them), so only documents are compared.\n",
                f"{broken}：有错误（请用 `kith check` 查看），因此只比较文档。\n",
            )
        )
    elif changes:
        lines += [Words("Changes:", "变更："), *(_Line(change.sign, change) for change in changes), Words("", "")]
    if documents:
        lines += [Words("Settings:", "设置："), *(_Line(item.sign, item) for item in documents)]
    return lines
