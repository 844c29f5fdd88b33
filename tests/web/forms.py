"""Forms as a browser without script has them: what they would send, changed by hand and sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from httpx2 import Response
from starlette.testclient import TestClient

VOID = "input"


@dataclass
class Form:
    """The fields of a page's main form in their order."""

    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return next(value for key, value in self.fields if key == name)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    def named(self, start: str) -> list[str]:
        """The names that begin like this."""
        return [name for name, _ in self.fields if name.startswith(start)]

    def fill(self, **values: str) -> Form:
        """The form with other values; `__` stands for the dot in a name, and what is not there is added."""
        wanted = {name.replace("__", "."): value for name, value in values.items()}
        fields = [(name, wanted.pop(name, value)) for name, value in self.fields]
        return Form(self.action, [*fields, *wanted.items()])

    def send(self, client: TestClient, *pressed: tuple[str, str], path: str = "") -> Response:
        """Send it, with the button that was pressed."""
        return post(client, path or self.action, [*self.fields, *pressed])


def post(client: TestClient, path: str, fields: Iterable[tuple[str, str]]) -> Response:
    """Send fields, several of which may have one name."""
    content = urlencode(list(fields))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer: Response = client.post(path, content=content, headers=headers)
    return answer


class _Reader(HTMLParser):
    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.form: Form | None = None
        self.inside = False
        self.select = ""
        self.chosen: str | None = None
        self.text: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form" and self.wanted in (
            found.get("class", ""),
            found.get("action", ""),
            *found.get("class", "").split(),
        ):
            self.form, self.inside = Form(found["action"]), True
        if not self.inside or self.form is None:
            return
        name = found.get("name", "")
        if tag == VOID and name and found.get("type") != "search":
            if found.get("type") not in ("checkbox", "radio") or "checked" in found:
                self.form.fields.append((name, found.get("value", "")))
        elif tag == "select":
            self.select, self.chosen = name, None
        elif tag == "option" and (self.chosen is None or "selected" in found):
            self.chosen = found.get("value", "")
        elif tag == "textarea":
            self.select, self.text = name, ""

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if not self.inside or self.form is None:
            return
        if tag == "select":
            self.form.fields.append((self.select, self.chosen or ""))
        elif tag == "textarea":
            self.form.fields.append((self.select, (self.text or "").removeprefix("\n")))
            self.text = None
        elif tag == "form":
            self.inside = False


def form_of(html: str, wanted: str = "record-form") -> Form:
    """The form of a record's page, or the last one with another class or address."""
    reader = _Reader(wanted)
    reader.feed(html)
    assert reader.form is not None, html[:2000]
    return reader.form
