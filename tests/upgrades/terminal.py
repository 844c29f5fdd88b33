"""Somebody at a terminal in a folder, with a database: what is typed and answered goes into a transcript."""

from __future__ import annotations

import contextlib
import gc
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from unittest.mock import patch

from starlette.testclient import TestClient
from typer.testing import CliRunner

from kith.cli import serving
from kith.cli.main import app as command
from kith.runtime.workspace import Workspace

NOT_SAID = re.compile(r"^\S.* \d[\d,]*/[\d,]+ \([\d,]+/s\)\n", re.MULTILINE)
"""How far long work is, which a terminal takes away again."""


@dataclass
class Terminal:
    """A folder, a database and what is written down of what happens there."""

    folder: Path
    url: str
    out: TextIO
    language: str = "en"
    times: dict[str, float] = field(default_factory=dict)
    """Seconds of this process, command by command."""

    def say(self, text: str = "") -> None:
        """Write a line of the transcript."""
        print(text, file=self.out, flush=True)

    def chapter(self, en: str, zh: str) -> None:
        """Begin a new part."""
        self.say(f"\n== {zh if self.language == 'zh-CN' else en} ==\n")

    def note(self, en: str, zh: str) -> None:
        """Say what somebody does who is not typing a command."""
        self.say(f"# {zh if self.language == 'zh-CN' else en}")

    def kith(self, *words: str, code: int = 0) -> str:
        """Type a command and read its answer, which ends with a code."""
        self.say(f"$ kith {' '.join(words)}")
        environment = {"KITH_DB": self.url, "LANG": f"{self.language}.UTF-8"}
        began = time.process_time()
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(command, words, env=environment)
        name = " ".join(words[: 2 if words[0] == "package" else 1])
        self.times[name] = self.times.get(name, 0.0) + time.process_time() - began
        if result.exit_code != code:
            raise AssertionError(f"kith {words} ended with {result.exit_code}:\n{result.output}") from result.exception
        answer = NOT_SAID.sub("", result.output)
        self.say(answer.rstrip() + ("" if code == 0 else f"\n[{code}]") + "\n")
        return answer

    def serve(self, *words: str, people: Callable[[People], None], secret: str = "") -> str:
        """Type `kith serve`; while it runs people work over the API, and then somebody stops it; pages are not made ready."""

        def served(workspace: Workspace, *_: object, **__: object) -> None:
            with TestClient(serving.application(workspace)) as client:
                people(People(client, secret, later.append))
            gc.unfreeze()

        later: list[str] = []
        with patch.object(serving, "run", served), patch.object(serving, "page_routes", lambda doors: []):
            answer = self.kith("serve", *words, "--port", "8000")
        for line in later:
            self.say(line)
        if later:
            self.say()
        return answer


@dataclass(frozen=True, slots=True)
class Named:
    """A record by the value of a field."""

    entity: str
    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.entity} {self.value}"


@dataclass
class People:
    """Those who work over the API while it is served."""

    client: TestClient
    secret: str
    say: Callable[[str], None]

    def release(self) -> int:
        """The release that is served."""
        found: int = self.asked("GET", "meta")["release"]
        self.say(f"GET /api/v1/meta → release {found}")
        return found

    def publish(self, base: int, documents: Mapping[str, str]) -> None:
        """Publish documents of the company's layer, as the studio does."""
        found = self.asked("POST", "meta/apply", {"base": base, "documents": documents, "note": "studio"})
        self.say(f"POST /api/v1/meta/apply {', '.join(documents)} → release {found['release']}")

    def save_all(self, edits: Iterable[tuple[str | Named, Mapping[str, Any]]]) -> None:
        """Save one after the other."""
        for of, values in edits:
            self.save(of, values)

    def save(self, of: str | Named, values: Mapping[str, Any]) -> None:
        """Change a record, or create one of an entity."""
        said = {name: self._given(value) for name, value in values.items()}
        if isinstance(of, Named):
            self.asked("PATCH", f"{of.entity}/{self._given(of)}", said)
        else:
            self.asked("POST", of, said)
        shown = ", ".join(f"{name}: {_shown(value)}" for name, value in values.items())
        self.say(f"{'PATCH' if isinstance(of, Named) else 'POST'} {of} {{{shown}}}")

    def asked(self, method: str, place: str, body: object = None, **parameters: str) -> Any:
        """What the API answers."""
        head = {"Authorization": f"Bearer {self.secret}"}
        answer = self.client.request(method, f"/api/v1/{place}", headers=head, params=parameters, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["data"]

    def _given(self, value: object) -> object:
        if isinstance(value, Named):
            found = self.asked("GET", value.entity, filter=f'{value.field} == "{value.value}"', fields="id")
            return found[0]["id"]
        if isinstance(value, list):
            return [self._given(item) for item in value]
        if isinstance(value, dict):
            return {name: self._given(item) for name, item in value.items()}
        return value


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_shown(item)}" for name, item in value.items()) + "}"
    return str(value)
