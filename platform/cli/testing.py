"""`kith test`: an app's cases, run in a database of their own."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.opening import candidate_of
from kith.cli.progress import Progress
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kith.metadata.model import Model
    from kith.problems import Span
    from kith.runtime.testing.coverage import Coverage
    from kith.runtime.testing.mutants import Mutation
    from kith.runtime.testing.outcome import Mismatch, Outcome
    from kith.runtime.testing.running import Traced

ALL = "all"


def run(
    app: Annotated[Path, typer.Argument(help="The folder of the app.")] = Path(),
    names: Annotated[
        list[str] | None, typer.Argument(help="Documents (quotes) or cases (quotes/totals); else all.")
    ] = None,
    backend: Annotated[
        str, typer.Option("--backend", help="reference, python, sqlite, postgresql, or all one after the other.")
    ] = "sqlite",
    db: Annotated[
        str,
        typer.Option("--db", help="With postgresql: the server; else KITH_TEST_POSTGRESQL_URL, else one for tests."),
    ] = "",
    coverage: Annotated[bool, typer.Option("--coverage", help="Tell what no case reaches, by document.")] = False,
    least: Annotated[float, typer.Option("--min", help="With --coverage: fail below so many per cent.")] = 0.0,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Tell which changes of the rules no case would notice.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="With --mutate: how many mutants at most.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="With --mutate: which mutants, where there are more.")] = 1,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Processes; as many as there are cores, unless said.")
    ] = 0,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Run an app's tests: given, act, expect; the exit code is 1 where one fails."""
    from kith.runtime.testing.backend import BACKENDS

    language = language_of(lang)
    if backend not in (*BACKENDS, ALL):
        refuse(Words(f"There is no back end called {backend}.", f"没有名为 {backend} 的后端。"), language)
    model = candidate_of(app, language)
    for name in names or ():
        document, _, case = name.partition("/")
        if document not in model.tests or (case and case not in model.tests[document].cases):
            refuse(Words(f"There are no tests called {name}.", f"没有名为 {name} 的测试。"), language)
    asked = Asked(model, tuple(names or ()), jobs, language, quiet=as_json)
    outcomes = asked.outcomes([*BACKENDS] if backend == ALL else [backend], db)
    traced = asked.traced() if coverage or mutate else None
    found = asked.mutants(traced, limit, seed) if mutate and traced is not None else None
    covered = traced.coverage if coverage and traced is not None else None
    report(outcomes, covered, found, as_json=as_json, language=language)
    enough = covered is None or covered.total.percent >= least
    raise typer.Exit(0 if enough and all(one.passed for one in outcomes) else 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks for: the cases of a model, over so many processes."""

    model: Model
    names: Sequence[str]
    jobs: int
    language: str
    quiet: bool

    def outcomes(self, backends: Sequence[str], db: str) -> list[Outcome]:
        """What became of the cases on each back end; leaves where a server is missing."""
        from kith.runtime.testing.backend import backend_of
        from kith.runtime.testing.running import run_tests

        found: list[Outcome] = []
        for name in backends:
            try:
                backend = backend_of(name, db)
            except LookupError as error:
                refuse(Words(f"{name}: {error}.", f"{name}：{error}。"), self.language)
            with self.bar(Words(f"Testing ({name})", f"测试（{name}）")) as bar:
                found += run_tests(self.model, wanted=self.names, backend=backend, jobs=self.jobs, progress=bar)
        return found

    def traced(self) -> Traced:
        """The cases once more, watched."""
        from kith.runtime.testing.running import run_traced

        with self.bar(Words("Tracing", "追踪")) as bar:
            return run_traced(self.model, wanted=self.names, jobs=self.jobs, progress=bar)

    def mutants(self, traced: Traced, limit: int, seed: int) -> Mutation:
        """The mutants, and which of them no case notices."""
        from kith.runtime.testing.mutants import run_mutants

        with self.bar(Words("Mutating", "变异")) as bar:
            return run_mutants(traced, limit=limit, seed=seed, jobs=self.jobs, progress=bar)

    @contextmanager
    def bar(self, title: Words) -> Iterator[Progress]:
        """A bar that is gone afterwards."""
        bar = Progress(sys.stderr, title.in_(self.language), quiet=self.quiet)
        yield bar
        bar.done()


def report(
    outcomes: Sequence[Outcome], coverage: Coverage | None, mutation: Mutation | None, *, as_json: bool, language: str
) -> None:
    """Print what failed, what is not reached, and what nobody would notice."""
    if as_json:
        data: object = [one.as_data() for one in outcomes]
        if coverage or mutation:
            data = {"cases": data}
            data |= {"coverage": coverage.as_data(language)} if coverage else {}
            data |= {"mutants": mutation.as_data(language)} if mutation else {}
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
        return
    failed = [one for one in outcomes if not one.passed]
    several = len({one.backend for one in outcomes}) > 1
    for one in failed:
        typer.echo(f"{one.place}  {one.test}/{one.case}" + (f"  [{one.backend}]" if several else ""))
        for mismatch in one.mismatches:
            typer.echo(told(mismatch, language))
        typer.echo("")
    if coverage:
        say_coverage(coverage, language)
    if mutation:
        say_mutation(mutation, language)
    count, bad = len(outcomes), len(failed)
    typer.echo(Words(f"{count} cases, {bad} failed.", f"{count} 个用例，{bad} 个失败。").in_(language))


def say_coverage(coverage: Coverage, language: str) -> None:
    """What no case reaches, document by document, and how much is reached altogether."""
    for share in coverage.documents:
        typer.echo(f"{share.percent:5.1f} %  {share.name}  {share.reached}/{share.total}")
        for one in share.missing:
            typer.echo(f"         {place_in(one.span)}  {one.said(language)}")
    total = coverage.total
    words = Words("of everything is reached", "已覆盖")
    typer.echo(f"{total.percent:5.1f} %  {words.in_(language)}  {total.reached}/{total.total}\n")


def say_mutation(mutation: Mutation, language: str) -> None:
    """Which mutants survived, where, and what to test."""
    for one in mutation.survivors:
        typer.echo(f"{one.span.place}  {one.words.in_(language)}")
        typer.echo(f"    {one.advice.in_(language)}")
    nowhere = Words("no case comes here", "没有用例到达此处").in_(language)
    for one in mutation.unreached:
        typer.echo(f"{one.span.place}  {one.words.in_(language)}\n    {nowhere}")
    tried, alive, unreached = mutation.tried, len(mutation.survivors), len(mutation.unreached)
    words = Words(
        f"{tried} mutants: {tried - alive} noticed, {alive} survived; {unreached} more stand where no case comes.",
        f"{tried} 个变异：{tried - alive} 个被发现，{alive} 个存活；另有 {unreached} 个无用例到达。",
    )
    typer.echo(words.in_(language) + "\n")


def place_in(span: Span) -> str:
    """Line and column in a document that has been named."""
    line, column = span.source.position(span.start)
    return f"{line}:{column}"


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
