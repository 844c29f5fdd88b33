"""`kith explain`: in which order a save does what, and why a record is as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer

from kith.cli.acting import As, context_for
from kith.cli.opening import Db, candidate_of, existing_workspace, fail
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words, did_you_mean

if TYPE_CHECKING:
    from kith.metadata.model import Model
    from kith.runtime.context import Actor, Context
    from kith.runtime.workspace import Workspace


def explain(
    target: Annotated[str, typer.Argument(help="An entity (user), or a record of one (user/ID).")],
    app: Annotated[
        Path | None,
        typer.Option("--app", help="For an entity: the folder of an app; else the release in the database."),
    ] = None,
    save: Annotated[str, typer.Option("--save", help="A save of the record; else the latest.")] = "",
    rule: Annotated[str, typer.Option("--rule", help="Why this rule does nothing, now or at a save.")] = "",
    field: Annotated[str, typer.Option("--field", help="Why this computed field has its value.")] = "",
    visible_to: Annotated[
        str, typer.Option("--visible-to", help="Why the user of this e-mail address sees the record, or does not.")
    ] = "",
    in_list: Annotated[
        str, typer.Option("--list", help="Why this view or segment lists the record to whoever asks, or does not.")
    ] = "",
    db: Db = "",
    as_user: As = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Say in which order an entity's formulas, rules and roll-ups run, or why a record is as it is."""
    language = language_of(lang)
    entity, _, id_ = target.partition("/")
    if app is not None:
        order(candidate_of(app, language), entity, language, as_json=as_json)
        return
    with existing_workspace(db, language) as workspace:
        if not id_:
            order(workspace.current().model, entity, language, as_json=as_json)
            return
        need_entity(workspace.current().model, entity, language)
        context = context_for(workspace, as_user, language)
        who = context_for(workspace, visible_to, language).actor if visible_to else context.actor
        if in_list:
            lines, data = listing(workspace, context, (entity, id_, in_list), who)
        elif visible_to:
            lines, data = visibility(workspace, context, entity, id_, who)
        else:
            lines, data = record(workspace, context, Asked(entity, id_, save, rule, field))
    if data is None:
        fail(Words("There is nothing to explain, or it may not be seen.", "没有可解释的内容，或无权查看。"), language)
    typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() if as_json else "\n".join(lines))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a record."""

    entity: str
    id: str
    save: str
    rule: str
    field: str


def record(workspace: Workspace, context: Context, asked: Asked) -> tuple[list[str], dict[str, object] | None]:
    """The answer as lines and as data; no data where there is none."""
    from kith.runtime.explaining import explain_rule, explain_save
    from kith.runtime.explaining.told import save_data, save_text, value_data, value_text
    from kith.runtime.explaining.valuing import explain_value

    release = workspace.current()
    with workspace.database.read() as connection:
        about = (connection, context, release, asked.entity, asked.id)
        if asked.field:
            value = explain_value(*about, asked.field)
            if value is None:
                return [], None
            return [*value_text(context, value)], value_data(asked.field, value)
        if asked.rule:
            rule = explain_rule(*about, asked.rule, asked.save)
            if rule is None:
                return [], None
            return [*rule.lines], {"rule": rule.rule, "label": rule.label, "holds": rule.holds, "lines": rule.lines}
        save = explain_save(*about, asked.save)
        return ([], None) if save is None else ([*save_text(context, save)], save_data(save))


def visibility(
    workspace: Workspace, context: Context, entity: str, id_: str, who: Actor
) -> tuple[list[str], dict[str, object] | None]:
    """Why somebody sees a record, or does not."""
    from kith.runtime.explaining import explain_visibility
    from kith.runtime.write.messages import texts

    with workspace.database.read() as connection:
        found = explain_visibility(connection, context, workspace.current(), entity, id_, who)
    if found is None:
        return [], None
    head = texts(context.language)(f"access.{'sees' if found.sees else 'sees_not'}", name=who.name)
    return [head, *found.lines], {"sees": found.sees, "lines": found.lines}


def listing(
    workspace: Workspace, context: Context, about: tuple[str, str, str], who: Actor
) -> tuple[list[str], dict[str, object] | None]:
    """Why a record is in somebody's list, or is not."""
    from kith.runtime.explaining import explain_list, lists_of
    from kith.runtime.write.messages import texts

    release, (entity, _, name) = workspace.current(), about
    if name not in (known := lists_of(release, entity)):
        unknown(Words("list", "列表"), name, known, context.language)
    with workspace.database.read() as connection:
        found = explain_list(connection, context, release, *about, who)
    if found is None:
        return [], None
    say = texts(context.language)
    name_of = say("explain.actor.system") if who.kind == "system" else who.name
    head = say(f"explain.list.{'yes' if found.inside else 'no'}", name=found.label, who=name_of)
    return [head, *found.lines], {"list": name, "inside": found.inside, "lines": found.lines}


def order(model: Model, name: str, language: str, *, as_json: bool) -> None:
    """Print the order of an entity."""
    from kith.metadata.analysis.order import order_of
    from kith.metadata.analysis.order_told import order_data, order_text

    need_entity(model, name, language)
    entity = model.entities[name]
    acts = order_of(model, entity)
    if as_json:
        typer.echo(orjson.dumps(order_data(acts, language), option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(order_text(entity, acts, language))


def need_entity(model: Model, name: str, language: str) -> None:
    """Leave where there is no such entity, with the nearest one."""
    if name not in model.entities:
        unknown(Words("entity", "实体"), name, model.entities, language)


def unknown(what: Words, name: str, known: Iterable[str], language: str) -> NoReturn:
    """Leave where there is nothing of that name, with the nearest one."""
    hint = did_you_mean(name, known)
    end = Words(f"; {hint.en}", f"；{hint.zh}") if hint else Words(".", "。")
    refuse(Words(f'There is no {what.en} "{name}"{end.en}', f"没有{what.zh}“{name}”{end.zh}"), language)
