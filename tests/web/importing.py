"""Walking through an import without script, as a browser would."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

from starlette.testclient import TestClient

from kith.jobs.worker import Worker
from tests.web.shop import Shop

FORM = {"content-type": "application/x-www-form-urlencoded"}


def sent(client: TestClient, entity: str, name: str, data: bytes) -> tuple[int, str, str]:
    """The status of an upload, its page, and where it leads on."""
    said = client.post(f"/records/{entity}/import", files={"file": (name, data)})
    return said.status_code, unescape(said.text), said.headers.get("location", "")


def filled(html: str) -> dict[str, str]:
    """What the form of a page sends when nothing is changed in it."""
    form = html.partition('<form class="stack')[2].partition("</form>")[0]
    found = {}
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        found[unescape(name)] = unescape(chosen[1]) if chosen else ""
    for box in re.findall(r"<input [^>]*>", form):
        if 'type="' in box and not re.search(r'type="(radio|checkbox)" [^>]* checked|type="text"', box):
            continue
        name, value = re.search(r'name="([^"]+)"', box), re.search(r'value="([^"]*)"', box)
        if name is not None:
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    return found


def posted(client: TestClient, address: str, **changed: str) -> tuple[int, str, str]:
    """The form of a page sent with some inputs changed; `go` presses the button of that name."""
    form = filled(client.get(address).text) | {name.replace("__", "."): value for name, value in changed.items()}
    said = client.post(address, content=urlencode(form), headers=FORM)
    return said.status_code, unescape(said.text), said.headers.get("location", "")


def tiles(html: str) -> dict[str, str]:
    """The counts of a page by what they are called."""
    return dict(re.findall(r'tile-label">([^<]+)</span><span class="tile-value">([^<]+)<', unescape(html)))


def worked(shop: Shop) -> None:
    """Everything that waits is done."""
    worker = Worker(shop.workspace)
    while worker.step():
        pass
