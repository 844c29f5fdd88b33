"""What a check is given: the model, the documents it was made of, and a way to say where something stands."""

from __future__ import annotations

from dataclasses import dataclass

from kith.metadata.build.context import Context
from kith.metadata.layers.documents import APP
from kith.metadata.model import Model
from kith.metadata.shapes.checking import place
from kith.problems import Mistake, Problem, Span, Value, Words


@dataclass(frozen=True)
class Checking:
    """One round of checks."""

    model: Model
    context: Context

    def problem(self, mistake: Mistake, span: Span, hint: Words | None = None, **values: Value) -> Problem:
        """A problem at a place."""
        return Problem(mistake, span, values, hint)

    def span(self, kind: str, name: str, *path: str | int, key: bool = False) -> Span:
        """Where a path inside a document leads; `key` asks for the key itself."""
        document = self.context.merged.documents[APP if kind == "app" else (kind, name)]
        return place(document.node, list(path), key)
