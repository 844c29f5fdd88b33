"""Statements that ask for something outside of the records: messages, webhooks, queues and approvals."""

from __future__ import annotations

from kith.problems import Words
from kith.rules import mistakes_names, mistakes_types, syntax
from kith.rules.checking.checker import Checker
from kith.rules.checking.entries import writable
from kith.rules.checking.families import type_words
from kith.rules.checking.names import ACTOR
from kith.rules.checking.storing import stored
from kith.rules.program import Action, Handing, Letter, Notice, Payload, Post, Submission
from kith.rules.tree import Node, Path
from kith.rules.types import TEXT, Type

TEAM = "team"
PEOPLE = Words("a user or a list of users", "一个用户或用户列表")
ADDRESS = Words("a text with an address", "含地址的文本")
TEMPLATE = Words("template", "模板")
WEBHOOK = Words("webhook", "Webhook")
QUEUE = Words("queue", "队列")
APPROVAL = Words("approval", "审批")


def statement(checker: Checker, node: syntax.Statement) -> Action | None:
    """One statement that sends something away; none where it is another, or has a mistake."""
    match node:
        case syntax.Notify():
            return notify(checker, node)
        case syntax.Email():
            return email(checker, node)
        case syntax.Webhook():
            return webhook(checker, node)
        case syntax.Hand():
            return hand(checker, node)
        case syntax.Submit():
            name = plain_name(checker, node.approval, APPROVAL)
            return Submission(name, node.start, node.end) if name else None
        case _:
            return None


def notify(checker: Checker, node: syntax.Notify) -> Action | None:
    """`notify people "message"`: a user, or several."""
    to = checker.check(node.to)
    message = checker.check(node.message)
    if to is not None and not _is_user(to.type) and not (to.type.item is not None and _is_user(to.type.item)):
        checker.report(mistakes_types.ARGUMENT, node.to, name="notify", wanted=PEOPLE, found=type_words(to.type))
        return None
    if to is None or message is None:
        return None
    said = stored(checker, message, TEXT)
    return Notice(to, said, node.start, node.end) if said else None


def _is_user(type_: Type) -> bool:
    return type_.kind == "ref" and type_.entity == ACTOR


def email(checker: Checker, node: syntax.Email) -> Action | None:
    """`email address using "template"`."""
    to = checker.check(node.to)
    template = plain_name(checker, node.template, TEMPLATE)
    if to is not None and to.type.kind != "text":
        checker.report(mistakes_types.ARGUMENT, node.to, name="email", wanted=ADDRESS, found=type_words(to.type))
        return None
    return Letter(to, template, node.start, node.end) if to is not None and template else None


def webhook(checker: Checker, node: syntax.Webhook) -> Action | None:
    """`webhook "name" { … }`."""
    name = plain_name(checker, node.name, WEBHOOK)
    payload = payload_of(checker, node.payload)
    return Post(name, payload, node.start, node.end) if name and payload is not None else None


def payload_of(checker: Checker, node: syntax.Object) -> tuple[tuple[str, Payload], ...] | None:
    """An object of values and objects."""
    found: list[tuple[str, Payload]] = []
    failed = False
    for item in node.entries:
        value: Payload | None
        value = payload_of(checker, item.value) if isinstance(item.value, syntax.Object) else checker.check(item.value)
        if value is None:
            failed = True
        else:
            found.append((item.name, value))
    return None if failed else tuple(found)


def hand(checker: Checker, node: syntax.Hand) -> Action | None:
    """`assign field from queue "name"`: a field of this record that names a user or a team."""
    queue = plain_name(checker, node.queue, QUEUE)
    target: Node | None = checker.check(node.target)
    if target is None:
        return None
    people = target.type.kind == "ref" and target.type.entity in (ACTOR, TEAM)
    if not isinstance(target, Path) or target.root != "this" or len(target.steps) != 1 or not people:
        checker.report(mistakes_names.QUEUE_TARGET, node.target)
        return None
    name = target.steps[0].name
    if not writable(checker, checker.scope.name(name), node.target) or not queue:
        return None
    return Handing(name, queue, node.start, node.end)


def plain_name(checker: Checker, node: syntax.Text, what: Words) -> str:
    """A name that is written down; "" where it is none."""
    name = node.parts[0] if len(node.parts) == 1 else ""
    if isinstance(name, str) and name.strip():
        return name
    checker.report(mistakes_names.PLAIN_NAME, node, what=what)
    return ""
