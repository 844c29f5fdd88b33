"""`kith test`: an app's cases, run in a database of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import candidate_of
from kith.cli.progress import Progress
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kith.runtime.testing.outcome import Mismatch, Outcome


def run(
    app: Annotated[Path, typer.Argument(help="The folder of the app.")] = Path(),
    names: Annotated[
        list[str] | None, typer.Argument(help="Documents (quotes) or cases (quotes/totals); else all.")
    ] = None,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Run an app's tests: given, act, expect; the exit code is 1 where one fails."""
    from kith.runtime.testing.running import run_tests

    language = language_of(lang)
    model = candidate_of(app, language)
    for name in names or ():
        document, _, case = name.partition("/")
        if document not in model.tests or (case and case not in model.tests[document].cases):
            refuse(Words(f"There are no tests called {name}.", f"没有名为 {name} 的测试。"), language)
    bar = Progress(sys.stderr, Words("Testing", "测试").in_(language), quiet=as_json)
    outcomes = run_tests(model, wanted=names or (), progress=bar)
    bar.done()
    report(outcomes, as_json=as_json, language=language)
    raise typer.Exit(0 if all(one.passed for one in outcomes) else 1)


def report(outcomes: Sequence[Outcome], *, as_json: bool, language: str) -> None:
    """Print what failed and how many there were."""
    if as_json:
        typer.echo(orjson.dumps([one.as_data() for one in outcomes], option=orjson.OPT_INDENT_2).decode())
        return
    failed = [one for one in outcomes if not one.passed]
    for one in failed:
        typer.echo(f"{one.place}  {one.test}/{one.case}")
        for mismatch in one.mismatches:
            typer.echo(told(mismatch, language))
        typer.echo("")
    count, bad = len(outcomes), len(failed)
    typer.echo(Words(f"{count} cases, {bad} failed.", f"{count} 个用例，{bad} 个失败。").in_(language))


def told(mismatch: Mismatch, language: str) -> str:
    """One thing that came otherwise than expected."""
    if mismatch.what == "given":
        return Words(f"  cannot be given: {mismatch.found}", f"  无法准备：{mismatch.found}").in_(language)
    words = Words(
        f"  {mismatch.what}: expected {mismatch.expected}, found {mismatch.found}",
        f"  {mismatch.what}：应为 {mismatch.expected}，实为 {mismatch.found}",
    )
    why = [f"    {line}" for reason in mismatch.why for line in reason.splitlines()]
    return "\n".join([words.in_(language), *why])
