"""The addresses of the API as OpenAPI operations: the same for every entity but for the schemas they name."""

from __future__ import annotations

from typing import Any

from kith.api.lists import KNOWN
from kith.runtime.privacy.consents import HOW

Operation = dict[str, Any]
TEXT = {"type": "string"}
BASE = "/api/v1"
REASON = {
    "type": "object",
    "properties": {
        "field": {"type": ["string", "null"]},
        "code": TEXT,
        "rule": {"type": ["string", "null"]},
        "message": TEXT,
        "why": {"type": "array", "items": TEXT},
    },
    "required": ["field", "code", "rule", "message", "why"],
}
WARNINGS = {"type": "array", "items": {"$ref": "#/components/schemas/Warning"}}
SCHEMAS: dict[str, Any] = {
    "Warning": {
        "type": "object",
        "properties": {
            "code": TEXT, "rule": TEXT, "message": TEXT, "why": {"type": "array", "items": TEXT},
            "record": {"anyOf": [{"$ref": "#/components/schemas/Reference"}, {"type": "null"}]},
            "told": {"type": "object", "additionalProperties": TEXT},
        },
        "required": ["code", "rule", "message", "record", "why", "told"],
    },
    "Reference": {
        "type": "object",
        "properties": {"id": {"type": "string", "format": "uuid"}, "label": TEXT},
        "required": ["id", "label"],
    },
    "Problem": {
        "type": "object",
        "properties": {
            "type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "code": TEXT,
            "errors": {"type": "array", "items": REASON},
        },
        "required": ["type", "title", "status", "detail", "code", "errors"],
    },
    "Entry": {
        "type": "object",
        "properties": {
            "version": {"type": "integer"}, "op": TEXT, "at": {"type": "string", "format": "date-time"},
            "actor": {"anyOf": [{"$ref": "#/components/schemas/Reference"}, {"type": "null"}]},
            "acted_by": {"anyOf": [{"$ref": "#/components/schemas/Reference"}, {"type": "null"}]},
            "channel": TEXT, "batch": {"type": ["string", "null"]}, "save": TEXT, "erased": {"type": "boolean"},
            "changes": {
                "type": "object",
                "additionalProperties": {"type": "object", "properties": {"old": {}, "new": {}}},
            },
        },
        "required": ["version", "op", "at", "changes"],
    },
    "Offer": {
        "type": "object",
        "properties": {
            "name": TEXT, "label": TEXT, "kind": {"enum": ["action", "transition"]}, "possible": {"type": "boolean"},
            "why": {"type": "array", "items": TEXT}, "asked": {"type": "array", "items": {"type": "object"}},
            "confirm": TEXT, "field": TEXT, "to": TEXT,
        },
        "required": ["name", "label", "kind", "possible", "why", "asked"],
    },
    "Job": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"}, "kind": TEXT, "label": TEXT, "about": TEXT,
            "state": {"enum": ["waiting", "running", "done", "dead"]}, "save": {"type": ["string", "null"]},
            "attempts": {"type": "integer"}, "created_at": {"type": "string", "format": "date-time"},
            "due_at": {"type": "string", "format": "date-time"}, "finished_at": {"type": ["string", "null"]},
            "failed": {"type": ["string", "null"]}, "told": {"type": "array", "items": TEXT},
            "refusals": {
                "type": "array",
                "items": {"type": "object", "properties": {"record": TEXT, "message": TEXT}},
            },
            "result": {},
        },
        "required": ["id", "kind", "label", "state", "attempts", "told"],
    },
    "Hit": {
        "type": "object",
        "properties": {"entity": TEXT, "id": {"type": "string", "format": "uuid"}, "label": TEXT},
        "required": ["entity", "id", "label"],
    },
    "Outcome": {
        "type": "object",
        "properties": {
            "item": {"type": "integer"}, "status": {"type": "integer"}, "op": TEXT, "id": TEXT,
            "version": {"type": "integer"}, "errors": {"type": "array", "items": REASON}, "warnings": WARNINGS,
        },
        "required": ["item", "status"],
    },
}  # fmt: skip
RESPONSES = {
    "Problem": {
        "description": "A problem document (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
QUERY: dict[str, Any] = {
    "filter": ("A condition in the rule language, such as `amount > 100 and stage == \"won\"`", TEXT),
    "sort": ("Fields or paths parted by commas, `-` for descending", TEXT),
    "fields": ("Fields or paths parted by commas; without it all that may be read", TEXT),
    "expand": ("References whose records stand inside, such as `account.owner`", TEXT),
    "limit": ("Records of a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}),
    "cursor": ("`next` of the page before", TEXT),
    "count": ("How exactly records are counted", {"enum": ["capped", "exact", "none"], "default": "capped"}),
    "q": ("What is searched for", TEXT),
    "view": ("A view: a list adds its filter, an explanation says why it has the record or not", TEXT),
    "segment": ("A segment, likewise", TEXT),
    "save": ("A save of the record; without it the latest", TEXT),
    "rule": ("A rule of which to say why it does nothing, now or at the save", TEXT),
    "field": ("A computed field of which to say why it has its value", TEXT),
    "user": ("Another user, by id: only for those who administer", {"type": "string", "format": "uuid"}),
    "state": ("How a job stands", {"enum": ["waiting", "running", "done", "dead"]}),
    "kind": ("What a job does, such as copy or schedule", TEXT),
    "as_of": ("The record as it was at the end of a day, such as 2026-01-31, or at an instant", TEXT),
    "at": ("Only what was in force at the end of a day, such as 2026-01-31, or at an instant", TEXT),
    "deleted": ("The recycle bin", {"enum": ["false", "true"], "default": "false"}),
}  # fmt: skip
PARAMETERS: dict[str, Any] = {
    name: {"name": name, "in": "query", "description": description, "schema": schema_}
    for name, (description, schema_) in QUERY.items()
} | {
    "If-Match": {"name": "If-Match", "in": "header", "description": "The record's ETag", "schema": TEXT},
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A request that is sent again with the same key is carried out once",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    },
}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


def schema(name: str) -> dict[str, Any]:
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _parameters(*names: str) -> list[dict[str, Any]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _json(found: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": found}}}


def _data(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    properties = {"data": found, **more}
    return _json({"type": "object", "properties": properties, "required": ["data"]})


def _page(item: dict[str, Any]) -> dict[str, Any]:
    next_, count = {"type": ["string", "null"]}, {"type": ["integer", "null"]}
    return _data({"type": "array", "items": item}, next=next_, count=count, capped={"type": "boolean"})


def _operation(name: str, tag: str, answer: dict[str, Any], *names: str, **more: Any) -> Operation:
    status = more.pop("status", "200")
    answers = {status: {"description": "Done", **answer}, "default": {"$ref": "#/components/responses/Problem"}}
    found: Operation = {"operationId": f"{name}_{tag}" if tag else name, "responses": answers}
    if tag:
        found["tags"] = [tag]
    if names:
        found["parameters"] = _parameters(*names)
    return {**found, **more}


def _body(found: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, **_json(found)}


def listing(entity: str) -> Operation:
    """A page of records."""
    return _operation("list", entity, _page(schema(entity)), *KNOWN)


def creating(entity: str) -> Operation:
    """A new record."""
    body = _body(schema(f"{entity}.create"))
    return _operation(
        "create", entity, _data(schema(entity), warnings=WARNINGS), "Idempotency-Key", status="201", requestBody=body
    )


def getting(entity: str) -> Operation:
    """One record."""
    return _operation("get", entity, _data(schema(entity), as_of={"type": "object"}), "deleted", "as_of")


def updating(entity: str) -> Operation:
    """New values of a record."""
    body = _body(schema(f"{entity}.update"))
    return _operation("update", entity, _data(schema(entity), warnings=WARNINGS), "If-Match", requestBody=body)


def deleting(entity: str) -> Operation:
    """A record into the recycle bin."""
    return _operation("delete", entity, {}, "If-Match", status="204")


def restoring(entity: str) -> Operation:
    """A record out of the recycle bin."""
    return _operation("restore", entity, _data(schema(entity), warnings=WARNINGS), "Idempotency-Key")


def reverting(entity: str) -> Operation:
    """A record back to what it was."""
    names = {"type": "array", "items": TEXT}
    properties = {
        "as_of": TEXT,
        "fields": names,
        "lines": {"type": "boolean"},
        "version": {"type": "integer", "minimum": 1},
    }
    body = _body({"type": "object", "properties": properties, "required": ["as_of"], "additionalProperties": False})
    return _operation("revert", entity, _data(schema(entity)), "If-Match", "Idempotency-Key", requestBody=body)


def _batches() -> dict[str, Any]:
    """Batches and taking them back: for who administers, and for who did them."""
    thing = _data({"type": "object"})
    return {
        f"{BASE}/meta/batches/{{id}}": {"get": _operation("batch", "", thing), "parameters": [ID]},
        f"{BASE}/meta/batches/{{id}}/undo": {
            "post": _operation("undo_batch", "", thing, status="202"),
            "parameters": [ID],
        },
    }


def offering(entity: str) -> Operation:
    """What the caller can do with a record now."""
    return _operation("actions", entity, _page(schema("Offer")))


def acting(entity: str, name: str, label: str, values: dict[str, Any]) -> Operation:
    """A named action or a transition with what comes along with it."""
    properties = {"values": values, "version": {"type": "integer", "minimum": 1}}
    body = {**_json({"type": "object", "properties": properties, "additionalProperties": False}), "required": False}
    if values.get("required"):
        body = _body({**body["content"]["application/json"]["schema"], "required": ["values"]})
    return _operation(
        f"do_{name}",
        entity,
        _data(schema(entity), warnings=WARNINGS),
        "If-Match",
        "Idempotency-Key",
        requestBody=body,
        summary=label,
    )


def personal(entity: str) -> dict[str, Any]:
    """Everything about one person, erasing it, and consents: for who administers."""
    thing, flag, at = (
        _data({"type": "object"}),
        {"type": "boolean"},
        {"type": ["string", "null"], "format": "date-time"},
    )
    erase = _json(
        {"type": "object", "properties": {"preview": flag, "all_mentions": flag}, "additionalProperties": False}
    )
    said = {"purpose": TEXT, "given": flag, "how": {"enum": list(HOW)}, "at": at}
    note = _body(
        {"type": "object", "properties": said, "required": ["purpose", "given"], "additionalProperties": False}
    )
    return {
        "subject": {"get": _operation("subject", entity, thing)},
        "erase": {"post": _operation("erase", entity, thing, requestBody={**erase, "required": False})},
        "consents": {
            "get": _operation("consents", entity, thing),
            "post": _operation("consent", entity, thing, requestBody=note),
        },
    }


def history(entity: str) -> Operation:
    """What was done to a record."""
    return _operation("history", entity, _page(schema("Entry")), "limit")


def explaining(entity: str) -> Operation:
    """Why a record is as it is."""
    return _operation("explain", entity, _data({"type": "object"}), "save", "rule", "field", "view", "segment")


def access(entity: str) -> Operation:
    """Who may do what with a record, and why."""
    return _operation("access", entity, _data({"type": "object"}), "user")


def aggregating(entity: str) -> Operation:
    """Measures by group."""
    bucket = {"enum": ["day", "week", "month", "quarter", "year"]}
    named = {"type": "object", "properties": {"name": TEXT, "expr": TEXT, "bucket": bucket}, "required": ["expr"]}
    properties = {
        "group": {"type": "array", "items": {"anyOf": [TEXT, named]}},
        "measures": {"type": "object", "additionalProperties": TEXT},
        "filter": TEXT,
        "sort": TEXT,
        "limit": {"type": "integer", "minimum": 1},
    }
    body = _body({"type": "object", "properties": properties, "additionalProperties": False})
    rows = {"type": "array", "items": {"type": "object"}}
    return _operation("aggregate", entity, _data(rows, count={"type": "integer"}), requestBody=body)


def bulk(entity: str) -> Operation:
    """Many records at once."""
    item = {
        "type": "object",
        "properties": {
            "op": {"enum": ["create", "update", "upsert", "delete"]}, "id": TEXT, "key": {"type": "object"},
            "version": {"type": "integer"}, "values": {"type": "object"},
        },
        "required": ["op"],
        "additionalProperties": False,
    }  # fmt: skip
    items = {"type": "array", "items": item, "maxItems": 10_000}
    properties = {"mode": {"enum": ["all", "each"], "default": "all"}, "items": items}
    body = _body({"type": "object", "properties": properties, "required": ["items"], "additionalProperties": False})
    number = {"type": "integer"}
    answer = _data({"type": "array", "items": schema("Outcome")}, batch=TEXT, saved=number, refused=number)
    return _operation("bulk", entity, answer, "Idempotency-Key", requestBody=body)


def _publishing() -> dict[str, Any]:
    base, note = {"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 1000}
    documents = {"type": "object", "additionalProperties": {"type": ["string", "null"]}, "maxProperties": 500}
    carried_out = {"note": note, "allow_loss": {"type": "boolean", "default": False}}
    object_ = {"type": "object", "additionalProperties": False}
    asked = {**object_, "properties": {"base": base, "documents": documents, "back": base}, "required": ["base"]}
    published = {"type": "object", "properties": {"release": {"type": "integer"}}, "required": ["release"]}
    plan = {
        "type": "object",
        "properties": {"base": base, "plan": {"type": ["object", "null"]}, "problems": {"type": "array"}},
        "required": ["base", "plan", "problems"],
    }
    found = {"plan": _operation("plan_release", "", _data(plan), requestBody=_body(asked))}
    for name, part, schema_ in (("apply", "documents", documents), ("rollback", "back", base)):
        body = {**object_, "properties": {"base": base, part: schema_, **carried_out}, "required": ["base", part]}
        found[name] = _operation(f"{name}_release", "", _data(published), "Idempotency-Key", requestBody=_body(body))
    for operation in found.values():
        operation["responses"]["409"] = {"$ref": "#/components/responses/Problem"}
    return {f"{BASE}/meta/{name}": {"post": operation} for name, operation in found.items()}


def _releases() -> dict[str, Any]:
    thing = {"type": "object"}
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    return {
        f"{BASE}/meta/releases": {
            "get": _operation("releases", "", _data({"type": "array", "items": thing}), "limit", "at")
        },
        f"{BASE}/meta/releases/{{number}}": {"get": _operation("release", "", _data(thing)), "parameters": [number]},
    }


def administering() -> dict[str, Any]:
    """The addresses of those who administer."""
    listed = _operation("jobs", "", _page(schema("Job")), "state", "kind", "limit", "cursor")
    return {
        **_releases(),
        **_publishing(),
        f"{BASE}/jobs": {"get": listed},
        f"{BASE}/jobs/{{id}}": {"get": _operation("job", "", _data(schema("Job"))), "parameters": [ID]},
        f"{BASE}/jobs/{{id}}/retry": {"post": _operation("retry_job", "", _data(schema("Job"))), "parameters": [ID]},
    }


def general() -> dict[str, Any]:
    """The addresses that belong to no entity."""
    entity = {"name": "entity", "in": "query", "description": "Entities parted by commas", "schema": TEXT}
    search = _operation("search", "", _page(schema("Hit")))
    search["parameters"] = [{**PARAMETERS["q"], "required": True}, entity, *_parameters("limit")]
    thing = {"type": "object"}
    return {
        **_batches(),
        f"{BASE}/search": {"get": search},
        f"{BASE}/meta": {"get": _operation("meta", "", _data(thing))},
        f"{BASE}/openapi.json": {"get": _operation("openapi", "", _json(thing))},
    }
