"""`kith user`: the people who may sign in."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail, need_roles
from kith.cli.saying import Json, Language, language_of
from kith.problems import Words

user = typer.Typer(help="Add and list users, and give them new passwords.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]


@user.command("add")
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="The user's name; else the first part of the address.")] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="A role; may be given several times.")] = None,
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Add a user and print a password that is changed at the first sign-in."""
    from kith.runtime.accounts.managing import Added, add_user
    from kith.runtime.accounts.passwords import SAFE
    from kith.runtime.publishing import system_context

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        release = workspace.current()
        need_roles(role or (), release.model.roles, language)
        context = system_context(release, workspace.clock, language)
        added = add_user(workspace.database, context, release, SAFE, email, name=name, roles=role or ())
    if not isinstance(added, Added):
        for failure in added.failures:
            typer.echo(failure.message, err=True)
        raise typer.Exit(1)
    _tell(added, as_json=as_json, language=language)


@user.command("list")
def list_(db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """List the users with their roles and when they last signed in."""
    from kith.runtime.accounts.managing import list_users

    language = language_of(lang)
    with existing_workspace(db, language) as workspace, workspace.database.read() as connection:
        users = list_users(connection, workspace.current())
    if as_json:
        typer.echo(orjson.dumps(users, option=orjson.OPT_INDENT_2).decode())
        return
    inactive = Words(" (inactive)", "（停用）").in_(language)
    never = Words("never signed in", "从未登录").in_(language)
    for one in users:
        seen = f"{one.signed_in_at:%Y-%m-%d %H:%M}Z" if one.signed_in_at else never
        typer.echo(f"{one.email}  {one.name}{'' if one.active else inactive}  {', '.join(one.roles)}  {seen}")


@user.command("reset-password")
def reset_password(email: Email, db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """Give a user a new password, to be changed at the next sign-in, and sign the user out everywhere."""
    from kith.runtime.accounts.managing import reset_password as reset
    from kith.runtime.accounts.passwords import SAFE

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        added = reset(workspace.database, workspace.current(), SAFE, email, workspace.clock())
    if added is None:
        fail(Words(f"There is no user {email}.", f"没有用户 {email}。"), language)
    _tell(added, as_json=as_json, language=language)


def _tell(added: Any, *, as_json: bool, language: str) -> None:
    if as_json:
        typer.echo(orjson.dumps(added, option=orjson.OPT_INDENT_2).decode())
        return
    words = Words(
        f"{added.email} signs in with {added.password} and then chooses a password. It is shown only now.",
        f"{added.email} 首次登录密码：{added.password}，登录后需设置新密码。此密码仅显示一次。",
    )
    typer.echo(words.in_(language))
