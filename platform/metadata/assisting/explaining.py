"""What stands under the cursor, in words."""

from __future__ import annotations

from dataclasses import dataclass

from kith.metadata.assisting.finding import found_at, spot_in
from kith.metadata.assisting.names import Declared
from kith.metadata.assisting.project import State
from kith.metadata.assisting.spots import Spot
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.reading import chosen
from kith.metadata.shapes.wording import meaning
from kith.problems import Span, Words

KIND_WORDS = {
    "entity": Words("entity", "实体"), "field": Words("field", "字段"), "relation": Words("relation", "关系"),
    "option": Words("option", "选项"), "function": Words("function", "函数"), "variable": Words("variable", "变量"),
    "view": Words("view", "视图"), "segment": Words("segment", "细分"), "form": Words("form", "表单"),
    "dashboard": Words("dashboard", "仪表盘"), "role": Words("role", "角色"),
    "fragment": Words("fragment", "片段"), "rule": Words("rule", "规则"),
    "action": Words("named action", "命名操作"), "transition": Words("transition", "流转"), "state": Words("state", "状态"),
    "key": Words("key", "键"), "step": Words("step", "步骤"), "tab": Words("tab", "选项卡"),
    "input": Words("input", "输入项"),
    "workflow": Words("workflow", "流程"), "calendar": Words("calendar", "日历"), "import": Words("import", "导入"),
}  # fmt: skip
BY_KITH = Words("Kith keeps it for every record", "由 Kith 为每条记录维护")


@dataclass(frozen=True, slots=True)
class Description:
    """Lines about what stands at a place, the most important first."""

    span: Span
    lines: tuple[str, ...]


def describe(state: State, path: str, offset: int, language: str) -> Description | None:
    """What stands at an offset of a document of the app; None where there is nothing to say."""
    if found := found_at(state, path, offset):
        return Description(found.span, tuple(_lines(state, found.declared, language)))
    spot = spot_in(state, path, offset)
    said = spot and _of_shape(spot, language)
    return Description(spot.scalar.span, (said,)) if spot and said else None


def _lines(state: State, one: Declared, language: str) -> list[str]:
    kind = KIND_WORDS.get(one.kind, Words(one.kind, one.kind)).in_(language)
    if one.kind == "function":
        return [one.label.in_(language), one.help.in_(language) if one.help else ""]
    label, other = one.label.in_(language), one.label.in_("en" if language.startswith("zh") else "zh-CN")
    names = label if other == label else f"{label} · {other}"
    type_ = f" — {one.detail}" if one.detail not in ("", one.kind) else ""
    lines = [f"{one.name}: {names}" if names else one.name, f"{kind}{type_}"]
    if one.help:
        lines.append(one.help.in_(language))
    if one.span is not None:
        lines.append(_place(state, one.span))
    elif one.kind == "field":
        lines.append(BY_KITH.in_(language))
    return lines


def _place(state: State, span: Span) -> str:
    """Where something is declared; in another layer's document, that layer is named."""
    path = state.own_path(span.source)
    if path is not None:
        return f"{path}:{span.source.position(span.start)[0]}"
    layer = state.built.documents.layer_of.get(span.source.path, "")
    return f"{span.place} ({layer})" if layer else span.place


def _of_shape(spot: Spot, language: str) -> str:
    """What a key is for, or what a type or kind means."""
    if spot.path[-1:] == ("type",) and not spot.is_key and spot.scalar.text in FIELD_TYPES:
        return FIELD_TYPES[spot.scalar.text].title.in_(language)
    if not spot.is_key:
        return meaning(spot.schema).in_(language)
    if len(spot.path) == 1 and spot.scalar.text in KINDS:
        return KINDS[spot.scalar.text].doc.in_(language)
    schema = chosen(spot.within, spot.schema) if "kith:choose" in spot.schema else spot.schema
    return meaning(schema.get("properties", {}).get(spot.scalar.text, {})).in_(language)
