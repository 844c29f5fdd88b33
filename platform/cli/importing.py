"""`kith import`: a file into records, by a mapping of the app or straight into one entity."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from kith.cli.acting import As, context_for
from kith.cli.opening import Db, existing_workspace, fail
from kith.cli.progress import Progress
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

if TYPE_CHECKING:
    from kith.metadata.model import Model
    from kith.runtime.context import Context
    from kith.runtime.transfer.importing import Order
    from kith.runtime.transfer.result import Result
    from kith.runtime.workspace import Workspace

MODES = ("upsert", "create", "update")


def run(
    name: Annotated[str, typer.Argument(help="A mapping of the app, or an entity.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, XLS or JSON.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, keep nothing.")] = False,
    errors: Annotated[
        Path | None, typer.Option("--errors", help="Where rows that failed are written, with their reasons.")
    ] = None,
    key: Annotated[str, typer.Option("--key", help="Without a mapping: the field or key that finds records.")] = "",
    mode: Annotated[str, typer.Option("--mode", help="Without a mapping: upsert, create or update.")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="The sheet of a workbook.")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="The encoding of a text file.")] = "",
    delimiter: Annotated[
        str, typer.Option("--delimiter", help="What parts the columns; blanks for runs of blanks.")
    ] = "",
    actor: As = "",
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Import a file through all rules; the exit code is 1 where rows failed."""
    from kith.runtime.transfer.importing import Order
    from kith.runtime.transfer.table import Settings

    language = language_of(lang)
    if mode and mode not in MODES:
        refuse(Words(f"--mode is one of {', '.join(MODES)}.", f"--mode 只能是 {'、'.join(MODES)} 之一。"), language)
    with existing_workspace(db, language) as workspace:
        release = workspace.current()
        check_name(release.model, name, language)
        settings = Settings(sheet=sheet, encoding=encoding, delimiter=delimiter.replace("\\t", "\t"))
        order = Order(name, file, settings, key, mode, dry_run, errors)
        result = imported(workspace, order, context_for(workspace, actor, language), language, quiet=as_json)
        if not dry_run:
            workspace.database.learn()
        report(result, release.model, errors, as_json=as_json, language=language)
    raise typer.Exit(1 if result.failed else 0)


def imported(workspace: Workspace, order: Order, context: Context, language: str, *, quiet: bool) -> Result:
    """What became of a file; leaves where it cannot be read, or where the actor may not."""
    from kith.runtime.read.query import Denied
    from kith.runtime.transfer.importing import run_import
    from kith.runtime.transfer.table import Unreadable
    from kith.runtime.write.messages import texts

    bar = Progress(sys.stderr, Words("Importing", "导入").in_(language), quiet=quiet)
    try:
        result = run_import(workspace.database, context, workspace.current(), order, bar)
    except Unreadable as error:
        bar.done()
        said = texts(language)
        key = f"unreadable.{error.code}" if f"unreadable.{error.code}" in said else f"import.{error.code}"
        message = said(key, **error.values)
        fail(Words(f"{order.file}: {message}", f"{order.file}：{message}"), language)
    except Denied as denied:
        fail(Words(denied.message, denied.message), language)
    bar.done()
    return result


def check_name(model: Model, name: str, language: str) -> None:
    """Leave where a name is neither a mapping nor an entity."""
    if name not in model.imports and name not in model.entities:
        known = ", ".join([*model.imports, *model.entities])
        refuse(
            Words(
                f"There is no mapping and no entity {name}. There are: {known}.",
                f"没有映射或实体 {name}。现有：{known}。",
            ),
            language,
        )


def _warn(result: Result, say: Callable[[str, str], None]) -> None:
    if result.alike:
        say(
            f"{result.alike:,} records look like others and were saved all the same:",
            f"{result.alike:,} 条记录与其他记录相似，已照常保存：",
        )
    for row, messages in result.warnings:
        say(f"  row {row}: {'; '.join(messages)}", f"  第 {row} 行：{'；'.join(messages)}")


def report(result: Result, model: Model, errors: Path | None, *, as_json: bool, language: str) -> None:
    """Print what an import did."""
    if as_json:
        typer.echo(orjson.dumps(result.as_data(), option=orjson.OPT_INDENT_2).decode())
        return

    def say(en: str, zh: str) -> None:
        typer.echo(Words(en, zh).in_(language))

    for name, counts in result.counts.items():
        label = model.entities[name].plural.in_(language)
        say(
            f"{label}: {counts.created:,} created, {counts.updated:,} updated, {counts.unchanged:,} unchanged, "
            f"{counts.skipped:,} skipped",
            f"{label}：新建 {counts.created:,}，更新 {counts.updated:,}，未变 {counts.unchanged:,}，跳过 {counts.skipped:,}",
        )
    if result.ignored:
        columns = ", ".join(result.ignored)
        say(f"Columns that are no fields: {columns}", f"未识别的列：{columns}")
    encoding = f" ({result.encoding})" if result.encoding else ""
    say(
        f"{result.rows:,} rows{encoding} in {result.seconds:.1f} s, {result.failed:,} failed.",
        f"{result.rows:,} 行{encoding}，用时 {result.seconds:.1f} 秒，失败 {result.failed:,} 行。",
    )
    _warn(result, say)
    if result.failed and errors is not None:
        say(f"What failed and why: {errors}", f"失败的行及原因：{errors}")
    elif result.failed:
        for row, reasons in result.reasons:
            say(f"  row {row}: {'; '.join(reasons)}", f"  第 {row} 行：{'；'.join(reasons)}")
        say(
            "--errors FILE writes all rows that failed, with their reasons.",
            "用 --errors 文件 可写出全部失败的行及原因。",
        )
    if result.dry_run:
        say("A dry run: nothing was kept.", "试运行：未保存任何内容。")
    else:
        say(f"Import {result.batch}", f"导入编号 {result.batch}")
