"""`kith token`: what programs show to the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import orjson
import typer

from kith.cli.opening import Db, existing_workspace, fail, need_roles
from kith.cli.saying import Json, Language, language_of, refuse
from kith.problems import Words

token = typer.Typer(help="Make, list and revoke API tokens.", no_args_is_help=True)


@token.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    user: Annotated[str, typer.Option("--user", help="E-mail address of the user in whose name it acts.")] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="A role; else it has those of the user.")] = None,
    days: Annotated[int, typer.Option("--days", min=0, help="Days until it ends; 0: never.")] = 90,
    db: Db = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """Make a token and print its secret, which is shown only now."""
    from kith.runtime.accounts.managing import find_user
    from kith.runtime.accounts.tokens import issue_token

    language = language_of(lang)
    if not user and not role:
        refuse(Words("A token needs --user or --role.", "令牌需要 --user 或 --role。"), language)
    with existing_workspace(db, language) as workspace:
        release, now = workspace.current(), workspace.clock()
        need_roles(role or (), release.model.roles, language)
        with workspace.database.write() as connection:
            owner = find_user(connection, release, user) if user else None
            if user and owner is None:
                fail(Words(f"There is no user {user}.", f"没有用户 {user}。"), language)
            ends = now + timedelta(days=days) if days else None
            id_, secret = issue_token(connection, name, now, user=owner, roles=role or (), expires_at=ends)
    if as_json:
        data = {"id": id_, "name": name, "secret": secret, "expires_at": ends}
        typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(secret)


@token.command("list")
def list_(db: Db = "", as_json: Json = False, lang: Language = "") -> None:
    """List the tokens, without their secrets."""
    from kith.runtime.accounts.tokens import list_tokens

    language = language_of(lang)
    with existing_workspace(db, language) as workspace, workspace.database.read() as connection:
        tokens = list_tokens(connection)
    if as_json:
        typer.echo(orjson.dumps(tokens, option=orjson.OPT_INDENT_2).decode())
        return
    states = {
        "revoked": Words("revoked", "已吊销"),
        "used": Words("last used", "上次使用"),
        "never": Words("never used", "从未使用"),
    }
    for one in tokens:
        state = "revoked" if one.revoked_at else "used" if one.used_at else "never"
        when = one.revoked_at or one.used_at
        ends = f"→ {one.expires_at:%Y-%m-%d}" if one.expires_at else "→ ∞"
        shown = states[state].in_(language) + (f" {when:%Y-%m-%d %H:%M}Z" if when else "")
        typer.echo(f"{one.id}  {one.name}  {', '.join(one.roles)}  {ends}  {shown}")


@token.command("revoke")
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as `kith token list` shows it.")],
    db: Db = "",
    lang: Language = "",
) -> None:
    """End a token at once."""
    from kith.runtime.accounts.tokens import revoke_token

    language = language_of(lang)
    with existing_workspace(db, language) as workspace, workspace.database.write() as connection:
        revoked = _is_id(id_) and revoke_token(connection, id_, workspace.clock())
    if not revoked:
        fail(Words(f"There is no live token {id_}.", f"没有有效的令牌 {id_}。"), language)
    typer.echo(Words("Revoked.", "已吊销。").in_(language))


def _is_id(text: str) -> bool:
    from uuid import UUID

    try:
        UUID(text)
    except ValueError:
        return False
    return True
