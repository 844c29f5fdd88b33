"""Who has to take a second step to sign in: everybody where the operator says so, else whoever has a role that says so."""

from __future__ import annotations

from kith.runtime.accounts.actors import SignedIn
from kith.runtime.context import Actor
from kith.runtime.release import Release
from kith.runtime.settings import Settings


def wants_second(release: Release, settings: Settings, actor: Actor) -> bool:
    """Whether somebody has to have a second step."""
    roles = release.model.roles
    return settings.second_step or any(roles[name].second_step for name in actor.roles if name in roles)


def lacks_second(release: Release, settings: Settings, account: SignedIn) -> bool:
    """Whether somebody is signed in without the second step that he has to have: he sets it up before anything else.

    Who acts as somebody else has taken his own.
    """
    if account.second or account.actor.acted_by:
        return False
    return wants_second(release, settings, account.actor)
