"""What was said of a file as a document of kind import: those who make the app put it into its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.inferring.yaml import lines
from kith.metadata.model import ImportValue
from kith.runtime.importing.drafts import Look
from kith.runtime.importing.plans import step_of
from kith.runtime.transfer.mapping import Step
from kith.web.answering import page
from kith.web.importing import importing_of
from kith.web.requests import Stop, Visit, Web

SAID = ("column", "constant", "map", "date", "decimal", "match")


def routes(web: Web, one: str) -> Sequence[Route]:
    """The route of the document."""
    return (Route(f"{one}/mapping.yaml", page(web, show), methods=["GET"]),)


def show(visit: Visit) -> Response:
    """The document, for those who administer."""
    found = importing_of(visit)
    if not found.subject.reader.administers:
        raise Stop(404)
    entity, draft = found.entity, found.draft
    name = f"{entity.name}_file"
    step = step_of(visit.model, entity, draft.plan)
    text = "\n".join(_lines(name, entity.plural.texts, draft.look, step, draft.plan.key)) + "\n"
    disposition = f'attachment; filename="{name}.yaml"'
    headers = {"content-disposition": disposition, "cache-control": "no-store"}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def _lines(name: str, label: Mapping[str, str], look: Look, step: Step, key: str) -> Iterator[str]:
    yield from lines("import", name)
    yield from lines("label", label)
    known = {"delimiter": look.delimiter, "encoding": look.encoding, "sheet": look.sheet}
    yield from lines(
        "file", {"format": look.format, **{one: said for one, said in known.items() if said}, "header": look.header}
    )
    yield "steps:"
    yield f"  {step.entity.name}:"
    yield from lines("entity", step.entity.name, 4)
    yield from lines("mode", step.mode, 4)
    if step.key:
        yield from lines("key", key, 4)
    yield "    values:"
    for field, value in step.values.items():
        yield from lines(field, _said(value), 6)


def _said(value: ImportValue) -> dict[str, object]:
    return {name: said for name in SAID if (said := getattr(value, name))}
