"""Changes of settings, and of what is computed from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kith.metadata.model import Model
from kith.metadata.model_settings import AppSetting
from kith.problems import Words
from kith.rules.program import Expression
from kith.runtime.plan.changes import Change, Effect
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.plain import plain

READ = re.compile(r"\bsettings\s*\.\s*([a-z0-9_]+)")
"""A setting where an expression reads it."""
WAYS = {
    "added": Words("setting {setting}: {after}", "设置 {setting}：{after}"),
    "removed": Words("setting {setting}", "设置 {setting}"),
    "set": Words("setting {setting} was {before}, becomes {after}", "设置 {setting} 由 {before} 变为 {after}"),
    "changed": Words("setting {setting}", "设置 {setting}"),
}
SIGNS = {"added": "+", "removed": "-"}


@dataclass(frozen=True, slots=True)
class ChangeSetting(Change):
    """A setting of the app that is new, gone, set to another value, or declared otherwise; `how` is a key of WAYS."""

    setting: str
    how: str
    before: str = ""
    after: str = ""

    @property
    def sign(self) -> str:
        """As `how` says."""
        return SIGNS.get(self.how, "~")

    def said(self) -> Words:
        """As `how` says."""
        return WAYS[self.how]


def compare_settings(pairs: Pairs) -> Iterator[Change]:
    """What becomes of each setting."""
    before, after = pairs.before.app.settings, pairs.after.app.settings
    if not pairs.before.app.name:
        return
    scopes = "\n".join(_scopes(pairs.after))
    for name, new in after.items():
        old = before.get(name)
        if old is None:
            yield ChangeSetting(name, "added", after=written(new))
        elif plain(old.value) != plain(new.value):
            effect: Effect = "rights" if reads_any(scopes, frozenset({name})) else "safe"
            yield ChangeSetting(name, "set", written(old), written(new), effect=effect)
        elif plain(old) != plain(new):
            yield ChangeSetting(name, "changed")
    for name in before:
        if name not in after:
            yield ChangeSetting(name, "removed")


def _scopes(model: Model) -> Iterator[str]:
    """Which records and actions roles grant, as far as that is an expression."""
    for role in model.roles.values():
        for grant in role.grants.values():
            rights = (*grant.rights.values(), *grant.actions.values())
            yield from (right.excerpt.text for right in rights if isinstance(right, Expression))


def written(setting: AppSetting) -> str:
    """A value as documents write it."""
    value = setting.field.default
    return str(value).lower() if isinstance(value, bool) else str(value)


def set_anew(pairs: Pairs) -> frozenset[str]:
    """The settings whose value is another than before."""
    before, after = pairs.before.app.settings, pairs.after.app.settings
    if before is after:
        return frozenset()
    return frozenset(
        name for name in after if name not in before or plain(before[name].value) != plain(after[name].value)
    )


def reads_any(text: str, names: frozenset[str]) -> bool:
    """Whether an expression reads one of some settings."""
    return bool(names) and not names.isdisjoint(READ.findall(text))
