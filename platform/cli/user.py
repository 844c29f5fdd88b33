"""`kith user`: the people who may sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail, need_roles
from kith.cli.saying import Json, Language, language_of
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.accounts.managing import Added, Invited, NewUser
    from kith.runtime.context import Context
    from kith.runtime.workspace import Workspace
    from kith.runtime.write.change import Refused

user = typer.Typer(
    help="Who signs in: add, invite and list users, reset their passwords, see what happened.", no_args_is_help=True
)
Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]


Url = Annotated[
    str, typer.Option("--url", envvar="KITH_URL", help="Where people reach the pages: what links begin with.")
]
Role = Annotated[list[str] | None, typer.Option("--role", help="A role; may be given several times.")]
Name = Annotated[str, typer.Option("--name", help="The user's name; else the first part of the address.")]
NEAR = "http://127.0.0.1:8000"


@contextmanager
def _with_roles(db: str, language: str, person: NewUser) -> Iterator[tuple[Workspace, Context]]:
    """The workspace that somebody is to be added to, with the system at work there; his roles must be known."""
    from kith.runtime.publishing import system_context

    with existing_workspace(db, language) as workspace:
        release = workspace.current()
        need_roles(person.roles, release.model.roles, language)
        yield workspace, system_context(release, workspace.clock, language)


@user.command("add")
def add(
    email: Email,
    name: Name = "",
    role: Role = None,
    service: Annotated[
        bool, typer.Option("--service", help="An account for a program: nobody signs in, tokens act in its name.")
    ] = False,
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Add a user and print a password that is changed at the first sign-in."""
    from kith.runtime.accounts.managing import Added, NewUser, add_service, add_user
    from kith.runtime.accounts.passwords import SAFE

    language, person = language_of(lang), NewUser(email, name, tuple(role or ()))
    with _with_roles(db, language, person) as (workspace, context):
        release = workspace.current()
        if service:
            added = add_service(workspace.database, context, release, person)
        else:
            added = add_user(workspace.database, context, release, SAFE, person)
    if not isinstance(added, Added):
        _leave(added)
    _tell(added, as_json=as_json, language=language)


@user.command("invite")
def invite(
    email: Email,
    name: Name = "",
    role: Role = None,
    url: Url = NEAR,
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Add a user and print a link, good once, with which that person chooses a password and signs in."""
    from kith.runtime.accounts.managing import Invited, NewUser
    from kith.runtime.accounts.managing import invite as invite_user

    language, person = language_of(lang), NewUser(email, name, tuple(role or ()))
    with _with_roles(db, language, person) as (workspace, context):
        invited = invite_user(workspace.database, context, workspace.current(), person)
    if not isinstance(invited, Invited):
        _leave(invited)
    _tell_link(invited, url, as_json=as_json)


@user.command("reset")
def reset(email: Email, url: Url = NEAR, db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """Print a link, good once, with which a user chooses another password; what holds now holds until then."""
    from kith.runtime.accounts.managing import link_again
    from kith.runtime.publishing import system_context

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        release = workspace.current()
        id_ = _user_of(workspace, email, language)
        context = system_context(release, workspace.clock, language)
        made = link_again(workspace.database, context, release, id_)
    if made is None:
        fail(Words(f"Nobody can sign in as {email}.", f"{email} 不能登录。"), language)
    _tell_link(made, url, as_json=as_json)


@user.command("sign-out")
def sign_out(email: Email, db: Db = "", lang: Language = "") -> None:
    """Sign a user out on all devices at once."""
    from kith.runtime.accounts import close_sessions

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        id_ = _user_of(workspace, email, language)
        workspace.database.run(lambda connection: close_sessions(connection, id_, workspace.clock()))
    typer.echo(Words("Signed out everywhere.", "已从所有设备退出。").in_(language))


@user.command("codes-off")
def codes_off(email: Email, db: Db = "", lang: Language = "") -> None:
    """Turn a user's second step off: the phone and the recovery codes are lost."""
    from kith.runtime.accounts.codes import turn_off
    from kith.runtime.accounts.entries import note

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        id_ = _user_of(workspace, email, language)
        with workspace.database.write() as connection:
            if not turn_off(connection, id_):
                fail(Words(f"{email} has no second step.", f"{email} 未开启两步验证。"), language)
            note(connection, id_, "codes_off", workspace.clock())
    typer.echo(Words("The second step is off.", "两步验证已关闭。").in_(language))


@user.command("history")
def history(email: Email, db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """List what happened to a user's account: signing in and failing to, other secrets, who acted as the user."""
    from kith.runtime.accounts.entries import entries
    from kith.runtime.queue.telling import texts_of

    language = language_of(lang)
    with existing_workspace(db, language) as workspace:
        id_ = _user_of(workspace, email, language)
        with workspace.database.read() as connection:
            found = entries(connection, id_, limit=1_000)
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    said = texts_of(language)
    for one in found:
        what = said(f"happened.{one.what}")
        typer.echo(f"{one.at:%Y-%m-%d %H:%M}Z  {what}  {one.address or '-'}  {one.agent or '-'}")


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
    program = Words("program", "程序").in_(language)
    for one in users:
        seen = f"{one.signed_in_at:%Y-%m-%d %H:%M}Z" if one.signed_in_at else program if one.service else never
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


def _user_of(workspace: Workspace, email: str, language: str) -> str:
    from kith.runtime.accounts.managing import find_user

    with workspace.database.read() as connection:
        found = find_user(connection, workspace.current(), email)
    if found is None:
        fail(Words(f"There is no user {email}.", f"没有用户 {email}。"), language)
    return found


def _leave(refused: Refused) -> NoReturn:
    for failure in refused.failures:
        typer.echo(failure.message, err=True)
    raise typer.Exit(1)


def _tell_link(made: Invited, url: str, *, as_json: bool) -> None:
    from kith.runtime.accounts.mailing import LINK

    link = f"{url.rstrip('/')}{LINK}{made.secret}"
    if as_json:
        data = {"id": made.user, "kind": made.kind, "link": link, "until": made.until}
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(link)


def _tell(added: Added, *, as_json: bool, language: str) -> None:
    if as_json:
        typer.echo(orjson.dumps(added, option=orjson.OPT_INDENT_2).decode())
        return
    if not added.password:
        words = Words(
            f"{added.email} is there; `kith token create NAME --user {added.email}` makes its token.",
            f"{added.email} 已创建；用 `kith token create 名称 --user {added.email}` 为其创建令牌。",
        )
        typer.echo(words.in_(language))
        return
    words = Words(
        f"{added.email} signs in with {added.password} and then chooses a password. It is shown only now.",
        f"{added.email} 首次登录密码：{added.password}，登录后需设置新密码。此密码仅显示一次。",
    )
    typer.echo(words.in_(language))
