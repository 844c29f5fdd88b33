"""Whether a document has the shape of its kind: JSON Schema, with each finding told in our words at its place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from kith.metadata.mistakes import shape as mistakes
from kith.metadata.shapes.keywords import Keywords, found_words
from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.missing import Place, where_missing
from kith.metadata.shapes.reading import data_of
from kith.problems import Mistake, Problem, Source, Span, Value, Words
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence
from kith.yaml_slips import meant_half_width


class _Finding(ValidationError):
    """An error that brings its mistake along."""

    def __init__(
        self,
        mistake: Mistake,
        values: Mapping[str, Value],
        hint: Words | None = None,
        at: str | int | None = None,
        on_key: bool = False,
    ) -> None:
        super().__init__(mistake.code, path=() if at is None else (at,))
        self.told = (mistake, values, hint, on_key)


@cache
def validator_of(kind: str) -> Any:
    """The validator of a kind, made once."""
    return _VALIDATOR(KINDS[kind].schema)


_VALIDATOR: Any = extend(Draft202012Validator, Keywords(_Finding).table())  # type: ignore[no-untyped-call]  # the library's

_TYPES = {
    "string": Words("a text", "文本"),
    "boolean": Words("true or false", "true 或 false"),
    "integer": Words("a whole number", "整数"),
    "number": Words("a number", "数字"),
    "object": Words("a map", "映射"),
    "array": Words("a list", "列表"),
}


def check_shape(kind: str, node: Node) -> list[Problem]:
    """What is wrong with the shape of a merged document."""
    return check_against(validator_of(kind), node)


def check_value(node: Node, schema: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a value that a schema describes, such as a field's value in a row of data."""
    return check_against(_VALIDATOR(schema), node)


def check_against(validator: Any, node: Node) -> list[Problem]:
    """The findings of a validator, each at its place."""
    instance = data_of(node, validator.schema)
    return [_problem(error, node) for error in validator.iter_errors(instance)]


def _problem(error: ValidationError, root: Node) -> Problem:
    if isinstance(error, _Finding):
        mistake, values, hint, on_key = error.told
        path = list(error.absolute_path)
        if mistake in (mistakes.MISSING_KEY, mistakes.ONE_OF) and not on_key and (found := _missing(error, root)):
            return Problem(mistake, found[0], values, hint or found[1])
        return Problem(mistake, place(root, path, on_key), values, hint)
    mistake, values, hint = _told(error)
    return Problem(mistake, place(root, list(error.absolute_path)), values, half_width_hint(error.instance) or hint)


def _missing(error: _Finding, root: Node) -> Place | None:
    """Where the key would stand that a map lacks."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    name = str(error.told[1].get("name") or error.told[1]["names"]).split(", ")[0]
    return where_missing(node_at(root, list(error.absolute_path)), name, list(schema.get("properties", ())))


def node_at(root: Node, path: list[Any]) -> Node:
    """What stands at a path of keys and numbers, or the last that is there on the way."""
    node = root
    for step in path:
        inner = node.get(step) if isinstance(node, MappingNode) else None
        if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            inner = node.items[step]
        if inner is None:
            break
        node = inner
    return node


def half_width_hint(value: object) -> Words | None:
    """What to write for a value in full-width letters, digits or signs."""
    better = meant_half_width(value) if isinstance(value, str) else ""
    return Words(f"write {better}, in half-width characters", f"请用半角字符，写成 {better}") if better else None


def _told(error: ValidationError) -> tuple[Mistake, dict[str, Value], Words | None]:
    """An error of a standard keyword in our words."""
    limit: Any = error.validator_value
    instance: Any = error.instance
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    match error.validator:
        case "type":
            return (
                mistakes.WRONG_TYPE,
                {"wanted": _wanted(schema), "found": found_words(instance)},
                _type_hint(schema, instance),
            )
        case "pattern":
            return (
                mistakes.PATTERN,
                {"value": str(instance), "wanted": schema.get("kith:wanted", Words("right", "正确的值"))},
                None,
            )
        case "minimum" | "maximum":
            end = Words("least", "最小值") if error.validator == "minimum" else Words("most", "最大值")
            return mistakes.OUT_OF_RANGE, {"value": str(instance), "limit": str(limit), "end": end}, None
        case "minItems" | "minProperties" | "minLength":
            return mistakes.TOO_FEW, {}, None
        case "maxItems" | "maxProperties":
            return mistakes.TOO_MANY, {"count": f"{len(instance):,}", "limit": f"{limit:,}"}, None
        case _:  # no schema of ours uses another keyword
            return mistakes.WRONG_SHAPE, {"why": error.message}, None


def _wanted(schema: Mapping[str, Any]) -> Words:
    wanted = schema["type"]
    types = [wanted] if isinstance(wanted, str) else wanted
    parts = [_TYPES[name] for name in types]
    return Words(" or ".join(part.en for part in parts), "或".join(part.zh for part in parts))


def _type_hint(schema: Mapping[str, Any], instance: object) -> Words | None:
    if (
        schema["type"] == "boolean"
        and isinstance(instance, str)
        and instance.lower() in ("yes", "no", "on", "off", "true", "false")
    ):
        better = "true" if instance.lower() in ("yes", "on", "true") else "false"
        return Words(f"write {better}, without quotes", f"请写 {better}，不加引号")
    if schema["type"] == "array" and isinstance(instance, str):
        return Words(f"write [{instance}]", f"请写 [{instance}]")
    return None


def place(root: Node, path: list[Any], on_key: bool = False) -> Span:
    """Where in the documents a path of keys and numbers leads; a map or list is shown by its key."""
    node, key = root, None
    for step in path:
        if isinstance(node, MappingNode) and step in node.entries:
            entry = node.entries[step]
            node, key = entry.value, entry.key
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node, key = node.items[step], None
        else:
            break
    if key and (on_key or not isinstance(node, Scalar) or not node.text):
        return key.span
    return node.span if isinstance(node, Scalar) else first_line(node)


def first_line(node: Node) -> Span:
    """A node's place, no further than the end of its first line."""
    source, start = node.span.source, node.span.start
    if isinstance(node, MappingNode) and not node.flow and node.entries:
        return next(iter(node.entries.values())).key.span
    return Span(source, start, max(start + 1, min(node.span.end, line_end(source, start))))


def line_end(source: Source, start: int) -> int:
    """Where the line of an offset ends."""
    end = source.text.find("\n", start)
    return len(source.text) if end < 0 else end
