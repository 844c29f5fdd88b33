"""`kith package`: apps as archives, built, looked at, installed, upgraded and removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer

from kith.cli.opening import Db, database_url, fail, is_new, model_of, workspace_of
from kith.cli.package_upgrade import upgrade
from kith.cli.packages import App, File, Note, carry_out, checked, checked_on, opened_file, project_of, say, stop_with
from kith.cli.saying import AllowLoss, Json, Language, app_folder, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kith.metadata.model import Layer
    from kith.packages.package import Package

EXTENDS, REQUIRES = Words("extends", "基于"), Words("requires", "要求")

package = typer.Typer(help="Build, install, upgrade and remove packages of apps.", no_args_is_help=True)
package.command()(upgrade)


@package.command()
def build(
    app: Annotated[Path, typer.Argument(help="The folder of the app.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder or file to write.")] = Path(),
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Make one archive of an app; the same folder makes the same bytes on every machine."""
    from kith.metadata.layers import load
    from kith.packages.package import pack_folder

    language = language_of(lang)
    model_of(*load(app_folder(app, language)), language)
    made, problems = pack_folder(app)
    if made is None:
        stop_with(problems, language)
    target = output / made.file_name if output.is_dir() else output
    beside = target.with_name(f".{target.name}.tmp")
    try:
        beside.write_bytes(made.packed())
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        fail(
            Words(f"{target} cannot be written: {error.strerror}.", f"无法写入 {target}：{error.strerror}。"), language
        )
    if as_json:
        typer.echo(orjson.dumps({"file": str(target), **made.manifest}, option=orjson.OPT_INDENT_2).decode())
    else:
        say(Words(f"{target}: {told(made).en}", f"{target}：{told(made).zh}"), language)


@package.command()
def show(file: File, as_json: Json = False, lang: Language = "") -> None:
    """Check a package fully and show what is in it."""
    from kith.runtime.plan.spoken import spoken

    language = language_of(lang)
    found = checked(opened_file(file, language), None, language)
    if as_json:
        typer.echo(orjson.dumps(found.manifest, option=orjson.OPT_INDENT_2).decode())
        return
    title = found.manifest["title"]
    texts = title if isinstance(title, dict) else {"": title}
    typer.echo(f"{found.name} {found.version}  {texts.get(language, next(iter(texts.values()), ''))}")
    say(told(found), language)
    for kind, count in found.manifest["counts"].items():
        typer.echo(f"  {count:>5}  {spoken(kind).in_(language)}")
    needs = [f"{name} {bound}" for name, bound in found.manifest["requires"].items()]
    for key, shown in ((EXTENDS, found.manifest["extends"]), (REQUIRES, ", ".join(needs))):
        if shown:
            say(Words(f"{key.en}: {shown}", f"{key.zh}：{shown}"), language)


def told(one: Package) -> Words:
    """How much a package holds, and its hash."""
    count, content = len(one.texts), one.manifest["content"]
    return Words(f"{count} files, content {content}", f"{count} 个文件，内容散列 {content}")


@package.command()
def install(
    file: File, app: App = None, db: Db = "", note: Note = "", as_json: Json = False, lang: Language = ""
) -> None:
    """Install a package in a database that has no app yet, or in a project's folder."""
    from kith.cli.apply import publish
    from kith.packages.projects import changes_to, installed_as

    language = language_of(lang)
    found = opened_file(file, language)
    if app is not None:
        project = project_of(app, language)
        checked(found, project, language)
        there = installed_as(project, found.name)
        if there is not None:
            _there_already(found, there[0].version, language)
        carry_out(project, *changes_to(project, found), language)
        say(_lies_in(project, found), language)
        return
    url = database_url(db, found.name, language)
    if is_new(url):
        # A package with mistakes shall not leave an empty database behind.
        checked(found, None, language)
    with workspace_of(url, language) as opened:
        layers = opened.release.model.layers if opened.release else ()
        model = model_of((*_below(found, layers, language), found.layer()), (), language)
        publish(opened, model, note=note, as_json=as_json, language=language)


def _lies_in(project: Path, found: Package) -> Words:
    """Where a package is now; and, unless the project says so already, what to write."""
    from kith.metadata.layers import load

    said = Words(
        f"{found.name} {found.version} is in {project}/packages.",
        f"{found.name} {found.version} 已放入 {project}/packages。",
    )
    layers = load(project)[0] if (project / "app.yaml").is_file() else ()
    if any(layer.name == found.name for layer in layers):
        return said
    return Words(
        f"{said.en} A layer on it says `extends: {found.name}`.",
        f"{said.zh}基于它的图层应写明 `extends: {found.name}`。",
    )


def _below(found: Package, layers: Sequence[Layer], language: str) -> Sequence[Layer]:
    """The layers that a package is installed on in a database; leaves where another app is there already."""
    from kith.packages.projects import layers_below

    base = str(found.manifest["extends"])
    if not layers:
        below, problems = layers_below(base, None)
        checked_on(found, below, problems, language)
        return below
    for layer in layers[1:]:
        if layer.name == found.name:
            _there_already(found, layer.version, language)
    if base != layers[-1].name:
        names = ", ".join(layer.name for layer in layers[1:])
        fail(
            Words(f"This database runs another app already: {names}.", f"此数据库已在运行其他应用：{names}。"), language
        )
    checked_on(found, layers, (), language)
    return layers


def _there_already(found: Package, version: str, language: str) -> NoReturn:
    fail(
        Words(
            f"{found.name} {version} is installed already; `kith package upgrade` changes its version.",
            f"已安装 {found.name} {version}；更换版本请用 `kith package upgrade`。",
        ),
        language,
    )


@package.command("list")
def list_(app: App = None, db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """List the apps of a database's current release, or the packages in a project's folder."""
    from kith.packages.manifest import manifest_of
    from kith.packages.projects import installed

    language = language_of(lang)
    rows: list[dict[str, object]] = []
    if app is not None:
        for one, as_it_was in installed(project_of(app, language)):
            rows.append({"name": one.name, "version": one.version, "files": len(one.texts), "changed": not as_it_was})
    else:
        url = database_url(db, None, language)
        with workspace_of(url, language) as opened:
            for layer in opened.current().model.layers:
                count = sum(manifest_of(layer.documents)["counts"].values())
                rows.append({"name": layer.name, "version": layer.version, "files": count, "changed": False})
    if as_json:
        typer.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    if not rows:
        say(Words(f"There is no package in {app}/packages.", f"{app}/packages 中没有包。"), language)
    changed = Words("changed by hand", "已被手工修改").in_(language)
    unit = (Words("documents", "个文档") if app is None else Words("files", "个文件")).in_(language)
    for row in rows:
        line = f"{row['name']}  {row['version']}  {row['files']} {unit}"
        typer.echo(f"{line}  {changed}" if row["changed"] else line)


@package.command()
def remove(
    name: Annotated[str, typer.Argument(help="The app to remove.")],
    app: App = None,
    db: Db = "",
    note: Note = "",
    allow_loss: AllowLoss = False,
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Remove an app from under what stands on it; everything of it that is still used is listed, and then nothing happens."""
    language = language_of(lang)
    if app is not None:
        _remove_from_project(name, project_of(app, language), language)
        return
    from kith.cli.apply import publish

    url = database_url(db, None, language)
    if is_new(url):
        fail(Words("There is no database.", "数据库不存在。"), language)
    with workspace_of(url, language) as opened:
        left = _left_in_database(name, opened.current().model.layers, language)
        model = model_of(left, (), language)
        publish(opened, model, note=note, allow_loss=allow_loss, as_json=as_json, language=language)


def _remove_from_project(name: str, project: Path, language: str) -> None:
    """Take a package out of a project's folder; a layer that stood on it stands on what it stood on."""
    from kith.metadata.layers import load
    from kith.packages.projects import installed_as, removal_of
    from kith.packages.removing import without

    if installed_as(project, name) is None:
        fail(Words(f"{name} is not in {project}/packages.", f"{project}/packages 中没有 {name}。"), language)
    layers = load(project)[0] if (project / "app.yaml").is_file() else ()
    writes: dict[str, str] = {}
    if (left := without(layers, name)) is not None:
        model_of(left, (), language)
        if left[-1].root == layers[-1].root:
            writes = {"app.yaml": left[-1].documents["app.yaml"]}
    carry_out(project, writes, removal_of(project, name), language)
    say(Words(f"{name} is removed.", f"已移除 {name}。"), language)


def _left_in_database(name: str, layers: Sequence[Layer], language: str) -> Sequence[Layer]:
    """The layers without that app; leaves where it is not there, or where nothing else is."""
    from kith.packages.removing import without

    left = without(layers, name)
    if left is None:
        fail(Words(f"{name} is not in this database.", f"此数据库中没有 {name}。"), language)
    if len(left) < 2:
        fail(Words(f"{name} is all that this database runs.", f"{name} 是此数据库运行的唯一应用。"), language)
    return left
