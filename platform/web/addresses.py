"""The addresses of the pages: one place for each, so that no page spells another one's."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode

HOME = "/"
SEARCH = "/search"
PALETTE = "/palette"
INBOX = "/inbox"
EVENTS = "/events"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
PASSWORD = "/password"  # noqa: S105 - an address
SECOND = "/sign-in/code"
FORGOT = "/forgot"
LINK = "/link"
PROVIDER = "/sign-in/provider"
PROVIDED = "/sign-in/provider/back"
ACCOUNT = "/account"
CODES = "/account/codes"
OWN_ADDRESS = "/account/email"
ACCOUNTS = "/accounts"
NEW_ACCOUNT = "/accounts/new"
END_ACTING = "/acting/end"
BIN = "/bin"
KEYS = "/keys"
JOBS = "/jobs"
BATCHES = "/batches"
DASHBOARDS = "/dashboards"
PRIVACY = "/privacy"
RELEASES = "/releases"
WAITING = "/releases/waiting"
KEPT = "/releases/kept"
SETTINGS = "/releases/settings"
ORIGINS = "/releases/why"
FILES = "/files"
UPLOADS = "/api/v1/files"

Parameters = Iterable[tuple[str, str]]


def with_query(path: str, parameters: Parameters) -> str:
    """An address with those of its parameters that say something."""
    query = urlencode([(name, value) for name, value in parameters if value])
    return f"{path}?{query}" if query else path


def list_of(entity: str, **parameters: str) -> str:
    """The list of an entity's records."""
    return with_query(f"/records/{entity}", parameters.items())


def record_of(entity: str, id_: str) -> str:
    """A record's page."""
    return f"/records/{entity}/{quote(id_, safe='')}"


def new_of(entity: str, **values: str) -> str:
    """The form for a new record; `values` are filled in."""
    return with_query(f"/records/{entity}/new", values.items())


def edit_of(entity: str, id_: str) -> str:
    """The form of a record."""
    return f"{record_of(entity, id_)}/edit"


def delete_of(entity: str, id_: str) -> str:
    """The question before a record goes into the recycle bin."""
    return f"{record_of(entity, id_)}/delete"


def merge_of(entity: str, id_: str, other: str) -> str:
    """Where a record is put together with another, which goes."""
    return f"{record_of(entity, id_)}/merge/{quote(other, safe='')}"


def apart_of(entity: str, id_: str, other: str) -> str:
    """Where it is said that two records are not the same (POST)."""
    return f"{record_of(entity, id_)}/apart/{quote(other, safe='')}"


def pairs_of(entity: str) -> str:
    """All records of an entity that may be the same."""
    return f"/records/{entity}/duplicates"


def check_of(entity: str) -> str:
    """Where one asks whether there is such a record."""
    return f"/records/{entity}/check"


def activities_of(entity: str, id_: str) -> str:
    """Where an activity about a record is written down (POST)."""
    return f"{record_of(entity, id_)}/activities"


def notes_of(entity: str, id_: str) -> str:
    """Where a note about a record is written down (POST)."""
    return f"{record_of(entity, id_)}/notes"


def done_of(activity: str) -> str:
    """Where it is said that an activity has been done (POST)."""
    return f"{record_of('activity', activity)}/done"


def restore_of(entity: str, id_: str) -> str:
    """Where a record is brought back from the recycle bin (POST)."""
    return f"{record_of(entity, id_)}/restore"


def account_of(user: str) -> str:
    """An account as those who administer see it."""
    return f"{ACCOUNTS}/{quote(user, safe='')}"


def link_of(secret: str) -> str:
    """Where the secret of an invitation or reset is taken."""
    return f"{LINK}/{quote(secret, safe='')}"


def past_of(entity: str, id_: str, at: str = "") -> str:
    """A record as of a moment, and where it is brought back (POST)."""
    return with_query(f"{record_of(entity, id_)}/past", [("at", at)])


def batch_of(id_: str) -> str:
    """What a batch did, and undoing it."""
    return f"{BATCHES}/{quote(id_, safe='')}"


def dashboard_of(name: str) -> str:
    """A dashboard."""
    return f"{DASHBOARDS}/{name}"


def tile_of(dashboard: str, name: str) -> str:
    """A tile of a dashboard by itself."""
    return f"{DASHBOARDS}/{dashboard}/{name}"


def job_of(id_: str) -> str:
    """A background job's page."""
    return f"{JOBS}/{quote(id_, safe='')}"


def retry_of(id_: str) -> str:
    """Where a background job is tried again (POST)."""
    return f"{job_of(id_)}/retry"


def release_of(number: int) -> str:
    """A release's page."""
    return f"{RELEASES}/{number}"


def document_of(number: int, layer: str, path: str, line: int = 0) -> str:
    """A document of a release, or a line of it."""
    address = with_query(f"{release_of(number)}/document", [("layer", layer), ("path", path)])
    return f"{address}#line-{line}" if line else address


def back_of(number: int) -> str:
    """What going back to a release would do, and where it is asked for (POST)."""
    return f"{RELEASES}/{number}/back"


def publishing_of(job: str) -> str:
    """How far publishing is, or going back."""
    return f"{RELEASES}/publishing/{quote(job, safe='')}"


def origin_of(setting: str, of: str = "") -> str:
    """Where a setting comes from, in a release or in what waits; without either in the current release."""
    return with_query(ORIGINS, [("path", setting), ("of", of)])


def bin_of(entity: str) -> str:
    """The deleted records of an entity."""
    return f"{BIN}/{entity}"


def import_of(entity: str, id_: str = "", step: str = "") -> str:
    """Where a file is brought in: the upload, or a step of an import that has begun."""
    return "/".join(part for part in (f"/records/{entity}/import", id_, step) if part)


def file_of(id_: str) -> str:
    """Where a file is got."""
    return f"{FILES}/{id_}"


def preview_of(id_: str) -> str:
    """Where the small picture of a picture is."""
    return f"{FILES}/{id_}/preview"
