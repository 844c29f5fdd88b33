"""The setting that a change is about, as `kith why` names it, of the change as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def setting_of(change: Mapping[str, Any]) -> str:
    """Such as `entity.member.fields.tier`; "" where a change is about nothing that documents set."""
    if "workflow" in change:
        return f"workflow.{change['workflow']}.transitions.{change['transition']}"
    if "role" in change:
        return f"role.{change['role']}" + (f".entities.{change['entity']}" if change.get("entity") != "*" else "")
    if "document" in change:
        return f"{change['document']}.{change['name']}"
    if "data" in change:
        return f"data.{change['data']}"
    if "setting" in change:
        return f"app.settings.{change['setting']}"
    if change.get("kind") == "change_app":
        return "app"
    return _of_entity(change) if "entity" in change else ""


def _of_entity(change: Mapping[str, Any]) -> str:
    found = f"entity.{change['entity']}"
    if change.get("kind") == "change_retention":
        return f"{found}.retention"
    if "key" in change:
        return f"{found}.keys.{change['key']}"
    if "field" not in change:
        return found
    option = f".options.{change['option']}" if "option" in change else ""
    return f"{found}.fields.{change['field']}{option}"
