"""The ways to edit a record over HTTP; who is told of a conflict tries again, as people do, a few times."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from httpx2 import Response

from tests.edits.judging import Edit
from tests.edits.person import TOLD, Person, controls
from tests.edits.world import PLAIN
from tests.web.forms import form_of

TRIES = 3
Channel = Callable[[Person, str], Awaitable[None]]


# ---- the API ------------------------------------------------------------------------------------------------------


async def api_plain(person: Person, matter: str) -> None:
    """Without a version: the last one wins, and says so by asking for nothing."""
    edit = person.edit("API", matter, person.chance.choice(PLAIN))
    answer = await person.api("PATCH", f"matter/{matter}", {edit.field: edit.value})
    _api_answered(person, edit, answer, "data")


async def api_if_match(person: Person, matter: str) -> None:
    """With `If-Match`: any edit since stands in the way."""
    for _ in range(TRIES):
        edit = person.edit("API, If-Match", matter, person.chance.choice(PLAIN))
        if (seen := await _seen(person, edit)) is None:
            return
        headers = {"if_match": seen.headers["etag"]}
        answer = await person.api("PATCH", f"matter/{matter}", {edit.field: edit.value}, **headers)
        if _api_answered(person, edit, answer, "data"):
            return


async def api_version(person: Person, matter: str) -> None:
    """With the version in the body: only edits of the same field stand in the way."""
    for _ in range(TRIES):
        edit = person.edit("API, version", matter, person.chance.choice(PLAIN))
        if (seen := await _seen(person, edit)) is None:
            return
        body = {edit.field: edit.value, "version": seen.json()["data"]["version"]}
        answer = await person.api("PATCH", f"matter/{matter}", body)
        if _api_answered(person, edit, answer, "data", names=edit.field):
            return


async def api_line(person: Person, matter: str) -> None:
    """A line sent with its matter, whose version says what was seen."""
    line = person.chance.choice(person.crowd.lines[matter])
    for _ in range(TRIES):
        edit = person.edit("API, line", line, "what")
        seen = await person.api("GET", f"matter/{matter}")
        if not _is_seen(person, edit, seen):
            return
        data = seen.json()["data"]
        edit.saw = next(one["what"] for one in data["lines"] if one["id"] == line)
        body = {"version": data["version"], "lines": [{"id": line, "what": edit.value}]}
        answer = await person.api("PATCH", f"matter/{matter}", body)
        if _api_answered(person, edit, answer, "", names="lines.0.what"):
            return


async def bulk(person: Person, matter: str) -> None:
    """One of the items of a bulk edit, with the version that was seen or without one."""
    edit = person.edit("bulk", matter, person.chance.choice(PLAIN))
    item: dict[str, Any] = {"op": "update", "id": matter, "values": {edit.field: edit.value}}
    if person.chance.random() < 0.5:
        if (seen := await _seen(person, edit)) is None:
            return
        item["version"] = seen.json()["data"]["version"]
    answer = await person.api("POST", "matter/bulk", {"mode": "each", "items": [item]})
    outcome = answer.json()["data"][0] if answer.status_code == 200 else {"status": answer.status_code}
    edit.version = outcome.get("version")
    told = outcome["status"] in TOLD
    person.conclude(edit, answer, acknowledged=outcome["status"] == 200, told=told)


async def _seen(person: Person, edit: Edit) -> Response | None:
    """The record as it stands, and what the field says; None where it is not there."""
    seen = await person.api("GET", f"matter/{edit.record}")
    if not _is_seen(person, edit, seen):
        return None
    edit.saw = seen.json()["data"][edit.field]
    return seen


def _is_seen(person: Person, edit: Edit, seen: Response) -> bool:
    edit.is_versioned = True
    if seen.status_code != 200:
        person.conclude(edit, seen, acknowledged=False, told=seen.status_code in TOLD)
    return seen.status_code == 200


def _api_answered(person: Person, edit: Edit, answer: Response, data: str, names: str = "") -> bool:
    """Whether that was all; a conflict must name the field that is sent, with both values."""
    done, told = answer.status_code == 200, answer.status_code in TOLD
    if done and data:
        edit.version = answer.json()[data]["version"]
    if answer.status_code == 412 and names:
        told = any(
            one.get("field") == names and one["yours"] == edit.value and one["theirs"] not in (None, edit.value)
            for one in answer.json()["errors"]
        )
    person.conclude(edit, answer, acknowledged=done, told=told)
    return done or not told or answer.status_code == 404


# ---- pages --------------------------------------------------------------------------------------------------------


async def form(person: Person, matter: str) -> None:
    """The whole form; a conflict shows both values and gives back what was typed."""
    await _form(person, matter, person.edit("form", matter, person.chance.choice(PLAIN)))


async def form_line(person: Person, matter: str) -> None:
    """A line in the form's grid."""
    await _form(person, matter, person.edit("form, line", person.chance.choice(person.crowd.lines[matter]), "what"))


async def _form(person: Person, matter: str, edit: Edit) -> None:
    name = edit.field if edit.record == matter else f"lines.{edit.record}.what"
    answer = await person.page(f"/records/matter/{matter}/edit")
    if not _is_seen(person, edit, answer):
        return
    filled = form_of(answer.text)
    edit.saw = filled[name] or None
    filled = filled.fill(**{name: edit.value})
    for _ in range(TRIES):
        answer = await person.send(f"/records/matter/{matter}/edit", dict(filled.fields))
        theirs = _shown_conflict(answer, edit.value) if answer.status_code == 412 else None
        told = theirs is not None if answer.status_code == 412 else answer.status_code in TOLD
        kept = edit.value in answer.text
        person.conclude(edit, answer, acknowledged=answer.status_code == 303, told=told and kept)
        if theirs is None:
            return
        # Whoever has seen theirs and saves again means it.
        before, filled = edit, form_of(answer.text)
        edit = person.edit(before.channel, before.record, before.field)
        edit.saw, edit.is_versioned = theirs, True
        filled = filled.fill(**{name: edit.value})
    person.edits.remove(edit)


def _shown_conflict(answer: Response, mine: str) -> str | None:
    """What a page says that others have put there, beside mine; None where it does not."""
    found = re.search(r'class="clash">.*?Yours</span> (.*?)</.*?Theirs</span> (.*?)</', answer.text, re.DOTALL)
    return found[2] if found and found[1].split(" · ")[0] == mine else None


async def inline(person: Person, matter: str) -> None:
    """One field where it stands on the record's page."""
    edit = person.edit("inline", matter, person.chance.choice(PLAIN))
    path = f"/records/matter/{matter}/field/{edit.field}"
    shown = await person.page(path, hx_request="true")
    if shown.status_code != 200:
        person.conclude(edit, shown, acknowledged=False, told=shown.status_code in TOLD)
        return
    fields = controls(shown.text)
    edit.is_versioned, edit.saw = True, fields[edit.field].strip() or None
    for _ in range(TRIES):
        answer = await person.send(path, fields | {edit.field: edit.value}, hx_request="true")
        theirs = re.search("changed this to “(.*?)”", answer.text)
        done = answer.headers.get("hx-refresh") == "true"
        kept = edit.value in answer.text
        person.conclude(edit, answer, acknowledged=done, told=kept and (theirs is not None or _is_gone(answer)))
        if theirs is None:
            return
        fields = controls(answer.text)
        edit = person.edit("inline", matter, edit.field)
        edit.is_versioned, edit.saw = True, theirs[1]
    person.edits.remove(edit)


def _is_gone(answer: Response) -> bool:
    return "This record is not there any more" in answer.text


# ---- what only adds up --------------------------------------------------------------------------------------------


async def visit(person: Person, matter: str) -> None:
    """A related record: a rule counts it on the matter, and sums move; some are taken away again."""
    body = {"matter": matter, "what": person.name, "spent": f"{person.chance.randrange(1, 900) / 100:.2f}"}
    answer = await person.api("POST", "visit", body)
    if person.count("visit", matter, answer) and person.chance.random() < 0.3:
        person.count("visit gone", matter, await person.api("DELETE", f"visit/{answer.json()['data']['id']}"))


async def tap(person: Person, matter: str) -> None:
    """A named action by the API, the record's page, or the list for several."""
    match person.chance.randrange(3):
        case 0:
            answer = await person.api("POST", f"matter/{matter}/actions/tap")
        case 1:
            answer = await person.send(f"/records/matter/{matter}/do/tap", {})
        case _:
            answer = await person.send("/records/matter/several/tap", {"select": matter})
            if answer.status_code == 200:
                return
    person.count("tap", matter, answer)


async def transition(person: Person, matter: str) -> None:
    """A step of the workflow, there or back, by the API or the record's page."""
    name = person.chance.choice(("go", "come"))
    if person.chance.random() < 0.5:
        answer = await person.api("POST", f"matter/{matter}/actions/{name}")
    else:
        answer = await person.send(f"/records/matter/{matter}/do/{name}", {"_version": "1"})
    person.count(name, matter, answer)


async def away(person: Person, matter: str) -> None:
    """Into the recycle bin and back, under the hands of all others."""
    if person.count("delete", matter, await person.api("DELETE", f"matter/{matter}")):
        person.count("restore", matter, await person.api("POST", f"matter/{matter}/actions/restore"))


CHANNELS: Mapping[Channel, int] = {
    api_plain: 8, api_if_match: 10, api_version: 10, api_line: 8, bulk: 10, form: 12, form_line: 8, inline: 12,
    visit: 10, tap: 6, transition: 8,
}  # fmt: skip
"""The ways, with how many of a hundred take each."""
