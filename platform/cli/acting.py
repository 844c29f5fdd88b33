"""Who a command acts as: the system, or a user whose rights then hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.opening import fail
from kith.problems import Words

if TYPE_CHECKING:
    from kith.runtime.context import Context
    from kith.runtime.workspace import Workspace

As = Annotated[str, typer.Option("--as", help="The e-mail address of the user who acts; else the system.")]


def context_for(workspace: Workspace, email: str, language: str) -> Context:
    """The context of a command; leaves where there is no such user."""
    from kith.runtime.accounts.actors import actor_of_user
    from kith.runtime.publishing import system_context
    from kith.runtime.write.shelf import shelf_of

    release = workspace.current()
    context = system_context(release, workspace.clock, language)
    if not email:
        return context
    with workspace.database.read() as connection:
        found = shelf_of(release, "user").find(connection, ("email",), [(email,)]).get((email,))
        actor = actor_of_user(connection, release, found) if found is not None else None
    if actor is None:
        fail(Words(f"There is no active user {email}.", f"没有启用的用户 {email}。"), language)
    return context.as_(actor)
