"""`kith doctor`: whether a workspace is sound, and mending what can be mended safely."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import Db, check_environment, existing_workspace
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.doctor import Check, Found
    from kith.runtime.workspace import Workspace


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended without losing anything.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Look at all records, not at some of each entity.")] = False,
    seal: Annotated[
        str,
        typer.Option(
            "--seal", metavar="SEAL", help="A seal that was kept, as this command prints it: is it still there?"
        ),
    ] = "",
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Check tables, history, computed values, search, numbers and jobs; flaws that are left end with 1."""
    language = language_of(lang)
    check_environment(language)
    kept = _kept(seal, language)
    with existing_workspace(db, language) as workspace:
        sound, results = examined(workspace, language, deep=deep, repair=repair, kept=kept, quiet=as_json)
    if as_json:
        checks = [{"name": check.name, **found.as_data(language)} for check, found in results]
        typer.echo(orjson.dumps({"sound": sound, "checks": checks}, option=orjson.OPT_INDENT_2).decode())
    elif not sound:
        for words in _advice([check for check, found in results if found.flaws], repaired=repair):
            typer.echo("\n" + words.in_(language))
    if not sound:
        raise typer.Exit(1)


def _kept(seal: str, language: str) -> tuple[int, str] | None:
    from kith.runtime.sealing import read_name

    found = read_name(seal) if seal else None
    if seal and found is None:
        refuse(
            Words("--seal: a seal as `kith doctor` prints it, 42-…", "--seal：应为 `kith doctor` 输出的封存，如 42-…"),
            language,
        )
    return found


def examined(
    workspace: Workspace,
    language: str,
    *,
    deep: bool,
    repair: bool = False,
    kept: tuple[int, str] | None = None,
    quiet: bool = False,
) -> tuple[bool, list[tuple[Check, Found]]]:
    """Whether a workspace is sound, and what each check has found, which is told unless one is quiet."""
    from kith.runtime.doctor import Visit, examine
    from kith.runtime.publishing import system_context
    from kith.runtime.settings import seal_key_of

    release = workspace.current()
    context = system_context(release, workspace.clock, language)
    visit = Visit(workspace.database, release, context, deep, kept, seal_key_of(os.environ))
    results: list[tuple[Check, Found]] = []
    for check, found in examine(visit, repair=repair):
        results.append((check, found))
        if not quiet:
            _show(check, found, language)
    return not any(found.flaws for _, found in results), results


def _advice(flawed: list[Check], *, repaired: bool) -> Iterator[Words]:
    """What to do about the flaws that are left."""
    mended = [check.title for check in flawed if check.mend is not None and not repaired]
    if mended:
        en, zh = ", ".join(one.en for one in mended), "、".join(one.zh for one in mended)
        yield Words(
            f"`kith doctor --repair` mends what can be mended safely of: {en}.",
            f"`kith doctor --repair` 会安全地修复其中可修复的部分：{zh}。",
        )
    others = [check.title for check in flawed if check.mend is None or repaired]
    if others:
        en, zh = ", ".join(one.en for one in others), "、".join(one.zh for one in others)
        yield Words(
            f"These need a person: {en}. Where values were changed outside of Kith, a backup has those from before.",
            f"以下问题需要人工处理：{zh}。如数据曾在 Kith 之外被修改，备份中有修改前的值。",
        )


def _show(check: Check, found: Found, language: str) -> None:
    from kith.runtime.doctor.findings import SHOWN

    colon = Words(": ", "：").in_(language)
    typer.echo(f"{'✗' if found.flaws else '✓'} {check.title.in_(language)}{colon}{found.proved.in_(language)}")
    for sign, lines in (("✗", found.flaws), ("!", found.notes), ("+", found.mended)):
        for line in lines[:SHOWN]:
            typer.echo(f"  {sign} {line.in_(language)}")
        if len(lines) > SHOWN:
            more = len(lines) - SHOWN
            typer.echo(Words(f"  … and {more} more", f"  … 还有 {more} 项").in_(language))
