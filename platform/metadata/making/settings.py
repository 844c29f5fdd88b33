"""Settings: values that an app declares, later layers decide, and expressions read as `settings.NAME`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from kith.metadata.making.at import At, fraction
from kith.metadata.making.context import Context
from kith.metadata.making.declaring import shell_of
from kith.metadata.making.scopes import label_words
from kith.metadata.model import Field
from kith.metadata.model_settings import AppSetting
from kith.metadata.shapes.settings import SETTING_TYPES
from kith.problems import Words
from kith.rules.plain import plain, trimmed
from kith.rules.scope import SETTINGS, Name, Relation, Scope
from kith.rules.types import TEXT, Type

LABEL = Words("Settings", "设置")
UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}


def settings_of(context: Context, app: At) -> dict[str, AppSetting]:
    """All settings of the app, as all layers together say them."""
    return {name: setting_of(context, name, at) for name, at in app.parts("settings")}


def setting_of(context: Context, name: str, at: At) -> AppSetting:
    """One setting; a value that does not fit is told by a check, and reads as none."""
    shell = shell_of(context, "settings", name, at, context.currency)
    known = shell.type is not None and shell.kind.name in SETTING_TYPES
    field = Field(
        entity="settings",
        name=name,
        type_name=shell.kind.name if known else "text",
        type=(shell.type if known and shell.type is not None else TEXT).or_null(False),
        label=shell.label,
        help=context.label(at, "help"),
        span=at.span,
        layer=context.layer(at.span),
        required=True,
        default=at.data("value", shell.kind.value) if shell.kind.value is not None else None,
        options=shell.options,
        params=shell.params,
    )
    return AppSetting(field, value_of(field), at.flag("editable"))


def value_of(field: Field) -> object:
    """The value as expressions have it; None where what is written is none of the type."""
    written, type_ = field.default, field.type
    try:
        return _value(written, type_)
    except (ValueError, ArithmeticError):
        return None


def _value(written: object, type_: Type) -> object:
    match type_.kind:
        case "bool" | "int":
            return written
        case "decimal" | "money" | "percent":
            return Decimal(str(fraction(written))).quantize(Decimal(1).scaleb(-type_.scale), ROUND_HALF_UP)
        case "date":
            return date.fromisoformat(str(written))
        case "time":
            return time.fromisoformat(str(written))
        case "duration":
            return _duration(str(written))
        case "choice":
            return written if written in type_.options else None
        case _:
            return None if written is None else str(written)


def _duration(written: str) -> timedelta:
    pieces: list[tuple[str, str]] = re.findall(r"([0-9]+)([a-z]+)", written)
    length = sum((int(count) * UNITS[unit] for count, unit in pieces), timedelta())
    return -length if written.startswith("-") else length


def spelled(field: Field, value: object) -> str | bool | int | Decimal:
    """A value as documents write it."""
    match value:
        case bool() | int():
            return value
        case Decimal() if field.type.kind != "percent":
            return Decimal(trimmed(value))
        case time():
            return value.isoformat("seconds" if value.second else "minutes")
        case timedelta():
            return _spelled(value)
        case _:
            return plain(value, field.type)


def _spelled(length: timedelta) -> str:
    rest, found = abs(length), list[str]()
    for unit in ("d", "h", "min"):
        count, rest = divmod(rest, UNITS[unit])
        found += [f"{count}{unit}"] if count else []
    return ("-" if length < timedelta() else "") + (" ".join(found) or "0min")


@dataclass(frozen=True)
class SettingsScope:
    """The settings as the names that stand behind `settings.`."""

    settings: Mapping[str, AppSetting]
    entity: str = SETTINGS
    label: Words = LABEL

    def name(self, name: str) -> Name | None:
        """The setting of that name, with its value."""
        found = self.settings.get(name)
        if found is None:
            return None
        return Name(name, found.field.type, label_words(found.field.label, name), writable=False, value=found.value)

    def relation(self, name: str) -> Relation | None:
        """Settings have no records."""
        return None

    def names(self) -> Iterable[str]:
        """Every setting."""
        return self.settings

    def of(self, entity: str) -> Scope | None:
        """Nothing is behind a setting."""
        return None
