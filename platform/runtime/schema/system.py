"""Kith's own tables: releases, accounts, history, jobs, search. Their names start with `kith_`, which no entity's does.

Rows name an entity by its `stable_name` and a field by its column, so that they outlive renames.
"""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.schema.columns import ID, TEXT, Instant, Json
from kith.runtime.schema.own import SYSTEM
from kith.runtime.schema.own import column as _column
from kith.runtime.schema.own import index as _index
from kith.runtime.schema.own import table as _table
from kith.runtime.schema.own_accounts import account, attempt, identity, link, session, sign_in, token
from kith.runtime.schema.own_alike import apart
from kith.runtime.schema.own_files import file, file_part
from kith.runtime.schema.own_imports import file_import, import_failure
from kith.runtime.schema.own_inbox import notice

__all__ = [
    "SYSTEM",
    "account",
    "apart",
    "attempt",
    "file",
    "file_import",
    "file_part",
    "identity",
    "import_failure",
    "link",
    "notice",
    "session",
    "sign_in",
    "token",
]

release = _table(
    "release",
    _column("number", sa.BigInteger, key=True),
    _column("at", Instant),
    _column("actor", ID, null=True),
    _column("actor_name", TEXT),
    _column("note", TEXT),
    _column("app", TEXT),
    _column("version", TEXT),
    _column("names", Json),
    _column("changes", Json),
    _column("back", sa.BigInteger, null=True),
)
"""The published states of the metadata; the highest number is the current one. `names` maps logical to physical names,
`changes` is the plan that made it; `back` is the older release that it goes back to, where it does."""

layer = _table(
    "layer",
    _column("release", sa.BigInteger, key=True),
    _column("position", sa.Integer, key=True),
    _column("name", TEXT),
    _column("version", TEXT),
    _column("digest", TEXT),
)
"""The layers of a release, the lowest first; `digest` is the hash of the folder a layer came from."""

document = _table(
    "document",
    _column("release", sa.BigInteger, key=True),
    _column("position", sa.Integer, key=True),
    _column("path", TEXT, key=True),
    _column("ordinal", sa.Integer),
    _column("text", TEXT),
)
"""The documents of a layer, in their order; `text` is the digest of a text that many releases share."""

text = _table("text", _column("digest", TEXT, key=True), _column("text", TEXT))
"""Texts of documents, once each, exactly as they came."""

folder = _table(
    "folder",
    _column("key", TEXT, key=True),
    _column("release", sa.BigInteger),
    _column("layers", Json),
    _column("at", Instant),
)
"""Folders that were brought together with a release by applying or pulling: `layers` has each layer's name with its hash
in the folder and in the release then. The key is a hash of the machine and the path."""

progress = _table(
    "progress",
    _column("id", ID, key=True),
    _column("state", TEXT),
    _column("stage", TEXT),
    _column("base", sa.BigInteger),
    _column("candidate", TEXT),
    _column("names", Json),
    _column("made", Json),
    _column("done", Json),
    _column("owner", TEXT),
    _column("started_at", Instant),
    _column("seen_at", Instant),
    _column("finished_at", Instant, null=True),
    _column("error", TEXT, null=True),
    _column("late", Json, null=True),
)
"""Every `apply`, how far it came and what it has added (`made`), so that it can be gone on with or taken back; from the switch
on also what is left to fill (`late`). At most one is `running`; `seen_at` is when its owner last showed that it lives."""
_index(progress, "state", unique=True, where=progress.c.state == sa.literal_column("'running'"))

save = _table(
    "save",
    _column("id", ID, key=True),
    _column("at", Instant),
    _column("release", sa.BigInteger),
    _column("actor", ID, null=True),
    _column("actor_name", TEXT),
    _column("actor_kind", TEXT),
    _column("roles", Json),
    _column("channel", TEXT),
    _column("detail", TEXT),
    _column("batch", ID, null=True),
    _column("now", Instant),
    _column("considered", Json),
    _column("read", Json, null=True),
    _column("moved", Json, null=True),
    _column("acted_by", ID, null=True),
    _column("request", TEXT, null=True),
)
"""One row for each save: who, why and when, the verdict of every considered rule (`considered`), the values read from
records outside the save (`read`) and the computed values that it moved (`moved`); erasure empties both. Everything else that
explaining needs is in the history. `acted_by` is the administrator who acted as the actor, where one did; `request` is the id by
which the logs know what led to it."""
_index(save, "batch", where=save.c.batch.is_not(None))
_index(save, "at")

history = _table(
    "history",
    _column("id", ID, key=True),
    _column("save", ID),
    _column("entity", TEXT),
    _column("record", ID),
    _column("version", sa.BigInteger),
    _column("op", TEXT),
    _column("release", sa.BigInteger),
    _column("actor", ID, null=True),
    _column("channel", TEXT),
    _column("batch", ID, null=True),
    _column("at", Instant),
    _column("values", Json, null=True),
    _column("digests", Json),
    _column("previous", TEXT),
    _column("hash", TEXT),
    _column("seal", sa.BigInteger, null=True),
    _column("acted_by", ID, null=True),
)
"""One row for each version of a record. `values` maps a column to `{"old": …, "new": …, "salt": [s, s]}` and is what erasure
empties; `digests` maps it to the salted digests of both and stays; `hash` covers all other columns but `values` and `seal`, and
`previous`, the hash of the record's row before ("" for the first)."""
_index(history, "entity", "record", "version", unique=True)
_index(history, "save")
_index(history, "batch", where=history.c.batch.is_not(None))
_index(history, "id", where=history.c.seal.is_(None))

seal = _table(
    "seal",
    _column("number", sa.BigInteger, key=True),
    _column("at", Instant),
    _column("rows", sa.BigInteger),
    _column("previous", TEXT),
    _column("hash", TEXT),
)
"""The one chain over all history rows: every minute a row that covers the hashes of the rows sealed with it."""

job = _table(
    "job",
    _column("id", ID, key=True),
    _column("kind", TEXT),
    _column("payload", Json),
    _column("save", ID, null=True),
    _column("once", TEXT, null=True),
    _column("state", TEXT),
    _column("priority", sa.Integer),
    _column("created_at", Instant),
    _column("due_at", Instant),
    _column("attempts", sa.Integer),
    _column("leased_by", TEXT, null=True),
    _column("leased_until", Instant, null=True),
    _column("finished_at", Instant, null=True),
    _column("error", TEXT, null=True),
    _column("result", Json, null=True),
    _column("request", TEXT, null=True),
)
"""The queue, which is the outbox as well: what a save wants done is a row of its transaction. `once` is unique: a slot of a
schedule, or what leaves the process, is enqueued once. States: waiting, running, done, dead. `result` is what a job that is done
has to tell, `request` the id of the request that set it off."""
_index(job, "once", unique=True)
_index(job, "priority", "due_at", where=job.c.state == sa.literal_column("'waiting'"))
_index(job, "leased_until", where=job.c.state == sa.literal_column("'running'"))

schedule = _table(
    "schedule",
    _column("name", TEXT, key=True),
    _column("meaning", TEXT),
    _column("next_at", Instant),
    _column("last_at", Instant, null=True),
)
"""What time starts: rules by their path, Kith's own work by `kith:…`. `meaning` is the schedule as it was when `next_at`, its
next slot, was worked out; `last_at` is the slot that was started last."""

search = _table(
    "search",
    sa.Column("row", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    _column("entity", TEXT),
    _column("record", ID),
    _column("title", TEXT),
    _column("terms", TEXT),
)
"""What search finds: a record's title and its terms, as the tokenizer made them. Each engine has its index over `terms`."""
_index(search, "entity", "record", unique=True)

idempotency = _table(
    "idempotency",
    _column("actor", TEXT, key=True),
    _column("key", TEXT, key=True),
    _column("request", TEXT),
    _column("status", sa.Integer),
    _column("answer", Json, null=True),
    _column("created_at", Instant),
)
"""Answers to POST requests with an Idempotency-Key, so that a repeated one is answered and not carried out again."""
_index(idempotency, "created_at")

delta = _table(
    "delta",
    _column("id", ID, key=True),
    _column("entity", TEXT),
    _column("field", TEXT),
    _column("record", ID),
    _column("amount", sa.Numeric().with_variant(sa.BigInteger(), "sqlite")),
)
"""What sums that are kept `soon` are still to be moved by, as their columns hold it; `field` is the column."""
_index(delta, "entity", "field", "record")

reference = _table(
    "reference",
    _column("entity", TEXT, key=True),
    _column("record", ID, key=True),
    _column("key", TEXT),
    _column("data", TEXT),
    _column("row", TEXT),
    _column("version", sa.BigInteger),
    _column("values", Json),
)
"""What the current release's reference data has put into records. `key` is what a row is known by, `values` maps a column (owned
lines: their table and reference) to `[value, source]`: what the record then held, and what the document said. `version` is the
record's after that, 0 where a person had changed it before: as long as it is the same, nobody has touched the record. Below 0 it is
that of a record which a release has taken away: it comes back where the row does."""
_index(reference, "entity", "key")

counter = _table("counter", _column("name", TEXT, key=True), _column("next", sa.BigInteger))
"""Autonumbers, handed out in blocks; named `table.column`."""

hold = _table(
    "hold",
    _column("id", ID, key=True),
    _column("entity", TEXT),
    _column("record", ID),
    _column("reason", TEXT),
    _column("placed_at", Instant),
    _column("placed_by", ID, null=True),
    _column("lifted_at", Instant, null=True),
    _column("lifted_by", ID, null=True),
)
"""Records that the law forbids to erase for a while: nothing that hangs on a person is erased while one of it is held."""
_index(hold, "entity", "record")

erasure = _table(
    "erasure",
    _column("number", sa.BigInteger, key=True),
    _column("id", ID),
    _column("at", Instant),
    _column("actor", ID, null=True),
    _column("cause", TEXT),
    _column("entity", TEXT),
    _column("record", ID, null=True),
    _column("counts", Json),
    _column("records", TEXT),
    _column("previous", TEXT),
    _column("hash", TEXT),
    sa.Column("compacted_at", Instant, nullable=True, info={"later": True}),
)
"""Certificates of what was erased, chained: why (`request` or `retention`), about which record where it was one, how many rows of
what, and the hash of the keys of all records (`records`). `compacted_at` is when the file was rewritten without what had been in
it."""
_index(erasure, "id", unique=True)

erased = _table(
    "erased",
    _column("entity", TEXT, key=True),
    _column("record", ID, key=True),
    _column("erasure", ID),
    _column("version", sa.BigInteger),
)
"""The records that an erasure has taken away or emptied, with the version that they had after it."""
_index(erased, "erasure")

consent = _table(
    "consent",
    _column("number", sa.BigInteger, key=True),
    _column("id", ID),
    _column("entity", TEXT),
    _column("record", ID),
    _column("purpose", TEXT),
    _column("given", sa.Boolean),
    _column("at", Instant),
    _column("how", TEXT),
    _column("version", TEXT),
    _column("noted_at", Instant),
    _column("actor", ID, null=True),
    _column("previous", TEXT),
    _column("hash", TEXT),
)
"""Who agreed to what, and who took it back: when, how, and to which version of the text. A chained log that is only added to."""
_index(consent, "entity", "record", "number")

saved_view = _table(
    "saved_view",
    _column("id", ID, key=True),
    _column("entity", TEXT),
    _column("user", ID),
    _column("name", TEXT),
    _column("shared", sa.Boolean),
    _column("state", Json),
    _column("at", Instant),
)
"""Views that a user keeps of an entity's list: what its address says, for himself or `shared` with everybody."""
_index(saved_view, "entity", "user")

SEARCH_INDEX = {
    "sqlite": (
        (
            "CREATE VIRTUAL TABLE IF NOT EXISTS kith_search_index USING fts5"
            "(terms, content='kith_search', content_rowid='row', tokenize='unicode61 remove_diacritics 0')"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS kith_search_added AFTER INSERT ON kith_search BEGIN"
            " INSERT INTO kith_search_index(rowid, terms) VALUES (new.row, new.terms); END"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS kith_search_removed AFTER DELETE ON kith_search BEGIN"
            " INSERT INTO kith_search_index(kith_search_index, rowid, terms) VALUES ('delete', old.row, old.terms); END"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS kith_search_changed AFTER UPDATE OF terms ON kith_search BEGIN"
            " INSERT INTO kith_search_index(kith_search_index, rowid, terms) VALUES ('delete', old.row, old.terms);"
            " INSERT INTO kith_search_index(rowid, terms) VALUES (new.row, new.terms); END"
        ),
    ),
    "postgresql": (
        "CREATE INDEX IF NOT EXISTS ix_kith_search_terms ON kith_search USING gin (to_tsvector('simple', terms))",
        # What waits to be put into the index is read by every search, and by every save that looks for others: 4 MB by default.
        "ALTER INDEX ix_kith_search_terms SET (gin_pending_list_limit = 128)",
    ),
}
"""What SQLAlchemy has no words for: FTS5 over `terms`, kept by triggers; a GIN index over `to_tsvector('simple', terms)`."""
