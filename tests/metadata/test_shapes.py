"""Shapes: scalars read as their place wants them, and the published schemas say what the checker says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kith.metadata.fields import FIELD_TYPES, LATER
from kith.metadata.fields.files import FILES
from kith.metadata.layers import load, merged
from kith.metadata.memo import Memo
from kith.metadata.mistakes import shape
from kith.metadata.shapes.checking import check_shape, check_value
from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.publishing import published, published_for_any
from kith.metadata.shapes.reading import data_of
from kith.metadata.shapes.wording import chinese
from kith.problems import LANGUAGES
from kith.source import Mapping, read
from tests.metadata.example import BASE, problems_of

ROOT = Path(__file__).resolve().parents[2]
TYPES = ("clock", "file", "files", "geo", "image", "secret", *FIELD_TYPES)


def node_of(text: str) -> Mapping:
    node, problems = read(text, "some.yaml")
    assert problems == []
    assert isinstance(node, Mapping)
    return node


@pytest.mark.parametrize(
    ("schema", "written", "value"),
    [
        ({"type": "string"}, "no", "no"),
        ({"type": "string"}, "017", "017"),
        ({"type": "string"}, "12:30:00", "12:30:00"),
        ({"type": "string"}, "2026-01-31", "2026-01-31"),
        ({"type": "string"}, "1e3", "1e3"),
        ({"type": "integer"}, "017", 17),
        ({"type": "integer"}, "'17'", "17"),
        ({"type": "number"}, "0.10", Decimal("0.10")),
        ({"type": "number"}, "12", 12),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "yes", "yes"),
        ({"type": ["boolean", "string"]}, "owner == me", "owner == me"),
        ({"type": ["boolean", "string"]}, "false", False),
        ({}, "~", None),
        ({}, "'~'", "~"),
    ],
)
def test_a_scalar_is_read_as_its_place_wants_it(schema: dict[str, Any], written: str, value: object) -> None:
    node = node_of(f"a: {written}\n").get("a")
    assert node is not None
    found = data_of(node, schema)
    assert (found, type(found)) == (value, type(value))


def test_every_field_type_of_the_design_is_there_or_said_to_come_later() -> None:
    design = """text long_text markdown integer decimal money percent boolean date datetime time duration date_range choice choices
        tags reference references any_reference user users team email phone url person_name address country language currency
        time_zone geo autonumber external_id file files image secret json formula rollup lookup clock""".split()
    assert set(design) == FIELD_TYPES.keys() | LATER.keys()


@pytest.mark.parametrize("kind", FIELD_TYPES.values(), ids=lambda kind: kind.name)
def test_a_field_type_is_complete_and_its_example_is_sound(kind: Any, tmp_path: Path) -> None:
    fields = f"entity: box\ntitle: '{{id}}'\nfields:\n  subject: {kind.example}\n"
    helpers = """  price: {type: integer}
  quantity: {type: integer}
  account: {type: reference, to: thing}
  up: {type: reference, to: box, inverse: lines}
  amount: {type: money}
"""
    example = fields.replace("account.owner", "account.amount") + helpers.replace("subject", "other")
    example = example.replace("to: product", "to: thing").replace("to: account", "to: thing")
    assert problems_of(tmp_path, example) == []
    assert all(words.in_(language) for words in (kind.title, kind.doc) for language in LANGUAGES)
    assert kind.storage
    # What is in a file is not written in YAML.
    assert kind.value is not None or not kind.writable or kind.name in FILES


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schema_of_a_kind_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(published(kind))
    assert "kith:" not in str(published(kind))


def test_the_published_schemas_take_every_shipped_document() -> None:
    validator = Draft202012Validator(published_for_any())
    for app in ("retail_crm", "b2b_crm"):
        layers, _ = load(ROOT / "apps" / app)
        for document in merged(layers, [], Memo()).documents.values():
            data = data_of(document.node, KINDS[document.kind].schema)
            errors = [
                f"{document.kind} {document.name}: {error.json_path} {error.message}"
                for error in validator.iter_errors(data)
            ]
            assert errors == []


@pytest.mark.parametrize(
    "text",
    [
        "entity: box\nfields: {a: {type: text, max_length: 0}}",
        "entity: box\nfields: {a: {type: integer, max_length: 3}}",
        "entity: box\nfields: {Upper: {type: text}}",
        "entity: box\nfields: {id: {type: text}}",
        "entity: search",
        "view: v\nof: thing\ncolumns: {}",
        "view: v\nof: thing\ncolumns: {a: {}}\nsegment: s\nfilter: due is set",
        "rules: r\nof: thing\nitems: {a: {on: [create]}}",
        "rules: r\nof: thing\nitems: {a: {on: [made], do: stop}}",
        "form: f\nof: thing\nsections: {a: {columns: 9, items: {b: {}}}}",
    ],
)
def test_the_published_schemas_refuse_what_the_checker_refuses(text: str) -> None:
    node = node_of(text)
    kind = next(iter(node.entries))
    assert check_shape(kind, node)
    assert not Draft202012Validator(published(kind)).is_valid(data_of(node, KINDS[kind].schema))


def test_a_keyword_without_words_of_ours_is_still_told() -> None:
    problem = check_value(
        node_of("a: b"), {"type": "object", "maxLength": 3, "required": [], "minProperties": 0, "not": {}}
    )[0]
    assert problem.mistake is shape.WRONG_SHAPE
    assert problem.message()


def test_the_base_of_all_examples_is_sound(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "# app.yaml\n" + BASE["app.yaml"]) == []


def test_every_sentence_about_a_key_is_said_in_chinese() -> None:
    said = {text for kind in KINDS.values() for text in _sentences(kind.schema)}
    assert said == set(chinese())
    assert all(re.search("[\u4e00-\u9fff]", text) for text in chinese().values())


def _sentences(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        found = schema.get("description")
        if isinstance(found, str) and found:
            yield found
        for part in schema.values():
            yield from _sentences(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from _sentences(part)
