"""The app as a whole: its languages, time zone, currency and navigation."""

from __future__ import annotations

from collections.abc import Mapping

from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.scopes import EntityScope
from kith.metadata.model import App, Label, NavItem
from kith.metadata.model_settings import AppSetting

PLATFORM = "platform"


def app_of(
    context: Context,
    at: At,
    name: str,
    version: str,
    world: dict[str, EntityScope],
    settings: Mapping[str, AppSetting],
) -> App:
    """The app, as all layers together say it."""
    return App(
        name=name,
        version=version,
        title=context.label(at, "title", fallback=humanize(name)),
        languages=context.languages,
        time_zone=at.text("time_zone", "UTC"),
        currency=at.text("currency", "USD"),
        accent=at.text("accent", "indigo"),
        navigation=navigation_of(context, at, world),
        settings=settings,
    )


def navigation_of(context: Context, at: At, world: dict[str, EntityScope]) -> tuple[NavItem, ...]:
    """The side bar: what the app says, and last what the platform has for administrators."""
    items = [(context.layer(part.span), item_of(context, name, part, world)) for name, part in at.parts("navigation")]
    own = [item for layer, item in items if layer != PLATFORM]
    return (*own, *(item for layer, item in items if layer == PLATFORM))


def item_of(context: Context, name: str, at: At, world: dict[str, EntityScope]) -> NavItem:
    """An entry, or a group of entries; an entity's entry is called as its records are."""
    entity = at.text("entity")
    inner = tuple(item_of(context, key, part, world) for key, part in at.parts("items"))
    label = context.label(at, lint=not entity, fallback="" if entity else humanize(name))
    if not label.texts and entity in world:
        label = plural_of(context, entity)
    return NavItem(
        name,
        label if label.texts else Label({context.languages[0]: humanize(name)}),
        entity,
        at.text("view"),
        at.text("icon"),
        inner,
    )


def plural_of(context: Context, entity: str) -> Label:
    """What people call the records of an entity."""
    at = context.at(context.merged.documents["entity", entity])
    plural = context.label(at, "plural", lint=False)
    return plural if plural.texts else context.label(at, lint=False, fallback=humanize(entity))
