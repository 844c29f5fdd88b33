"""Accounts: passwords, second steps, sessions, links and tokens of users, and the actor that each of them is."""

from kith.runtime.accounts.actors import (
    SignedIn,
    actor_of_token,
    actor_of_user,
    remembered_session,
    remembered_token,
    session_of,
)
from kith.runtime.accounts.passwords import CHEAP, SAFE, Passwords, is_secret, masked, one_time_password
from kith.runtime.accounts.proving import Proof, Unproven
from kith.runtime.accounts.sessions import close_session, close_sessions, open_session, touch_session
from kith.runtime.accounts.signing import (
    Due,
    Entered,
    Failed,
    change_password,
    enter_by_link,
    knows_password,
    set_password,
    sign_in,
    take_second_step,
)
from kith.runtime.accounts.throttling import Subject, Throttle, machine
from kith.runtime.accounts.tokens import IssuedToken, issue_token, list_tokens, revoke_token, touch_token

__all__ = [
    "CHEAP",
    "SAFE",
    "Due",
    "Entered",
    "Failed",
    "IssuedToken",
    "Passwords",
    "Proof",
    "SignedIn",
    "Subject",
    "Throttle",
    "Unproven",
    "actor_of_token",
    "actor_of_user",
    "change_password",
    "close_session",
    "close_sessions",
    "enter_by_link",
    "is_secret",
    "issue_token",
    "knows_password",
    "list_tokens",
    "machine",
    "masked",
    "one_time_password",
    "open_session",
    "remembered_session",
    "remembered_token",
    "revoke_token",
    "session_of",
    "set_password",
    "sign_in",
    "take_second_step",
    "touch_session",
    "touch_token",
]
