"""The description of the API is OpenAPI 3.1, speaks of what the caller may do, and agrees with what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.api.world import Desk

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def filled(shared: Desk) -> Desk:
    """A desk with a record of each kind, so that no schema is looked at with nulls alone."""
    ann = shared.users["ann"]
    acme = shared.make(
        "account", name="Acme", owner=ann, phone="13800138000", credit="5.5", tags=["a"], vip=True, opened_on="2026-01-02",
        seen_at="2026-01-02T03:04:05Z", place={"city": "上海"},
    )  # fmt: skip
    shared.make("account", name="Beta", owner=ann, parent=acme["id"], partners=[acme["id"]])
    lines = [{"what": "Pen", "price": 2, "quantity": 3}]
    shared.make("deal", name="Big", account=acme["id"], discount="10%", margin=1, closes_on="2026-12-01", lines=lines)
    shared.make("memo", text="x", about=acme["id"], stars=3)
    return shared


def described(desk: Desk, who: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.get("openapi.json", who).json()
    return found


def references(node: Any) -> Iterator[str]:
    """All `$ref`s of a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def at(document: dict[str, Any], reference: str) -> Any:
    """What a `$ref` points at."""
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def validator(document: dict[str, Any], schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


@pytest.mark.parametrize("who", ["admin", "ann", "scribe", "nobody"])
def test_the_description_is_well_formed(shared: Desk, who: str) -> None:
    document = described(shared, who)
    assert document["openapi"].startswith("3.1")
    for reference in references(document):
        at(document, reference)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    operations = [one for item in document["paths"].values() for name, one in item.items() if name in METHODS]
    ids = [one["operationId"] for one in operations]
    assert len(ids) == len(set(ids))
    for path, item in document["paths"].items():
        assert ("{" in path) == ("parameters" in item)
        for operation in (one for name, one in item.items() if name in METHODS):
            assert operation["responses"]
            assert {schema["name"] for schema in operation.get("parameters", []) if "name" in schema} <= {"q", "entity"}


@pytest.mark.parametrize("who", ["admin", "ann"])
@pytest.mark.parametrize("entity", ["account", "deal", "deal_line", "memo", "user"])
def test_answers_agree_with_the_description(filled: Desk, who: str, entity: str) -> None:
    document = described(filled, who)
    if entity not in document["components"]["schemas"]:
        assert filled.get(entity, who).status_code == 404
        return
    schema = document["components"]["schemas"][entity]
    page = filled.get(entity, who).json()
    assert page["data"]
    answer = document["paths"][f"/api/v1/{entity}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator(document, answer).validate(page)
    for row in page["data"]:
        whole = filled.get(f"{entity}/{row['id']}", who).json()["data"]
        validator(document, schema).validate(whole)
        assert whole.keys() <= schema["properties"].keys()


@pytest.mark.parametrize("who", ["admin", "ann", "scribe", "nobody"])
def test_what_is_described_can_be_asked_and_nothing_else(filled: Desk, who: str) -> None:
    paths = described(filled, who)["paths"]
    for entity in filled.workspace.current().model.entities:
        is_described = "get" in paths.get(f"/api/v1/{entity}", {})
        assert is_described == (filled.get(f"{entity}?limit=1", who).status_code == 200)


def test_a_body_that_the_description_allows_is_taken(filled: Desk) -> None:
    document = described(filled, "ann")
    schema = document["components"]["schemas"]["deal.create"]
    account = filled.get("account", "ann").json()["data"][0]
    body = {"name": "New", "account": account["owner"] and {"id": account["id"], "label": "Acme"}, "discount": 0.1}
    body["lines"] = [{"what": "Pen", "price": "1.50"}]
    validator(document, schema).validate(body)
    assert filled.ask("POST", "deal", "ann", body).status_code == 201
    assert not validator(document, schema).is_valid({**body, "margin": 1})
    assert filled.ask("POST", "deal", "ann", {**body, "margin": 1}).status_code == 403


def test_problems_agree_with_the_description(filled: Desk) -> None:
    document = described(filled, "admin")
    schema = validator(document, document["components"]["schemas"]["Problem"])
    for path in ("account?filter=x", "account?x=1", "nope", "account/1"):
        schema.validate(filled.get(path).json())
    schema.validate(filled.ask("POST", "account", body={"vip": 1}).json())
