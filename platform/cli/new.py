"""`kith new`: a project that checks clean and can be served at once: a company's on a template, or an app of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.opening import fail
from kith.cli.saying import Language, language_of, refuse
from kith.problems import Words, did_you_mean

if TYPE_CHECKING:
    from kith.metadata.model import Layer, Model, NavItem

NAME = re.compile(r"[a-z][a-z0-9_]*")


def new(
    folder: Annotated[Path, typer.Argument(help="The folder of the project; it must be empty, or not there yet.")],
    base: Annotated[str, typer.Option("--from", help="The template to build on: its name, or its folder.")] = "",
    title: Annotated[str, typer.Option("--title", help="What people call it; else after the folder.")] = "",
    name: Annotated[str, typer.Option("--name", help="The app's name; else after the folder.")] = "",
    lang: Language = "",
) -> None:
    """Make a project: a company's own on a template (`--from`), or an app with a first entity."""
    language = language_of(lang)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        refuse(Words(f"{folder} is not empty.", f"{folder} 非空。"), language)
    chosen = name or re.sub(r"\W+", "_", folder.resolve().name.lower(), flags=re.ASCII).strip("_")
    if not NAME.fullmatch(chosen) or "__" in chosen:
        refuse(
            Words(
                f'"{chosen}" is no name of an app: a letter, then letters, digits and underscores. Give one with `--name`.',
                f"“{chosen}”不能作为应用名称：应以小写字母开头，后接小写字母、数字或下划线。请用 `--name` 指定。",
            ),
            language,
        )
    said = {"name": chosen, "title": title or chosen.replace("_", " ").capitalize(), "platform": platform_version()}
    write(folder, _of_company(folder, base, said, language) if base else _of_app(said, language))
    typer.echo(
        Words(f"{folder} is ready. Next: kith serve {folder}", f"{folder} 已就绪。下一步：kith serve {folder}").in_(
            language
        )
    )


def _of_app(said: Mapping[str, str], language: str) -> dict[str, str]:
    """The files of an app of its own."""
    zone, currency = ("Asia/Shanghai", "CNY") if language == "zh-CN" else ("UTC", "USD")
    return filled("app", {**said, "zone": zone, "currency": currency})


def _of_company(folder: Path, base: str, said: Mapping[str, str], language: str) -> dict[str, str]:
    """The files of a company's project, with the template's where the project would not find it otherwise."""
    from kith.metadata.build import build
    from kith.metadata.editing.values import inline
    from kith.metadata.layers import load
    from kith.metadata.layers.loading import SHIPPED

    template = _template(base, language)
    layers, problems = load(template)
    model, found = build(layers, advice=False)
    if model is None or problems:
        fail(
            Words(
                f"{template} has {len([*problems, *found])} problems; `kith check {template}` tells them.",
                f"{template} 有 {len([*problems, *found])} 个问题，请用 `kith check {template}` 查看。",
            ),
            language,
        )
    name = said["name"]
    if name in {layer.name for layer in layers}:
        refuse(
            Words(
                f"{name} is taken by the template; give another `--name`.",
                f"{name} 已被模板使用，请用 `--name` 指定其他名称。",
            ),
            language,
        )
    entity = first_entity(model)
    label = inline(dict(model.entities[entity].label.texts), in_flow=False)
    texts = filled("company", {**said, "base": layers[-1].name, "entity": entity, "label": label})
    beside = [folder.resolve().parent / layers[-1].name, SHIPPED / layers[-1].name]
    return texts if template.resolve() in map(Path.resolve, beside) else texts | vendored(layers)


def _template(base: str, language: str) -> Path:
    """The folder of a template that is named: one of the user's own, or one that comes with Kith."""
    from kith.metadata.layers.loading import SHIPPED

    found = next((place for place in (Path(base), SHIPPED / base) if (place / "app.yaml").is_file()), None)
    if found is None:
        known = sorted(path.name for path in SHIPPED.iterdir() if (path / "app.yaml").is_file())
        near = did_you_mean(base, known) or Words(f"there are {', '.join(known)}", f"可用：{'、'.join(known)}")
        refuse(Words(f"There is no template {base}; {near.en}.", f"没有模板 {base}；{near.zh}。"), language)
    return found


def vendored(layers: tuple[Layer, ...]) -> dict[str, str]:
    """The files of the templates that a project brings along."""
    from kith.packages.manifest import manifest_of
    from kith.packages.package import Package
    from kith.packages.projects import changes_to

    found: dict[str, str] = {}
    for layer in layers[1:]:
        texts = dict(layer.documents)
        found |= changes_to(Path(), Package(texts, manifest_of(texts)))[0]
    return found


def first_entity(model: Model) -> str:
    """The entity that people see first: that of the first entry of the navigation, else the first of all."""

    def entities(items: tuple[NavItem, ...]) -> Iterator[str]:
        for item in items:
            if item.entity:
                yield item.entity
            yield from entities(item.items)

    return next(entities(model.app.navigation), next(iter(model.entities)))


def platform_version() -> str:
    """The platform's version, as a project asks for at least."""
    from kith.metadata.layers import CORE, load_layer

    return ".".join(load_layer(CORE, "")[0].version.split(".")[:2])


def filled(kind: str, said: Mapping[str, str]) -> dict[str, str]:
    """The files that a kind of project starts with."""
    from kith.metadata.scalars import on_one_line

    room = files("kith.cli") / "starting"
    in_yaml = {**said, "title": on_one_line(said["title"], in_flow=True)}
    texts = {
        path: Template(text).safe_substitute(in_yaml if path.endswith(".yaml") else said)
        for path, text in _walk(room / kind)
    }
    texts[".gitignore"] = (room / "gitignore").read_text("utf-8")
    if "entity" in said:
        texts[f"entities/{said['entity']}.yaml"] = texts.pop("entities/entity.yaml")
    return texts


def _walk(place: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    for item in sorted(place.iterdir(), key=lambda one: one.name):
        if item.is_dir():
            yield from _walk(item, f"{above}{item.name}/")
        else:
            yield above + item.name, item.read_text("utf-8")


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a project's files."""
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8", newline="\n")
