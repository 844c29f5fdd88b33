"""Every statement of the baseline, written by hand for the one entity; the tables are those that Kith keeps."""

from __future__ import annotations

from collections.abc import Mapping

_TICKET = """t.id, t.version, t.name, t.stage, t.amount, t.rate, t.opened_on, t.seen_at, t.urgent, t.score,
 t.company, c.name, t.owner, o.name, t.phone, t.note, t.created_at, t.created_by, m.name, t.updated_at, t.updated_by, e.name"""
_FROM = """ticket t LEFT JOIN company c ON c.id = t.company LEFT JOIN "user" o ON o.id = t.owner
 LEFT JOIN "user" m ON m.id = t.created_by LEFT JOIN "user" e ON e.id = t.updated_by"""
_SEEN = "t.deleted_at IS NULL AND t.owner = :me"
_WRITTEN = """name, name__sort, stage, amount, rate, opened_on, seen_at, urgent, score, company, owner, phone, note"""
_GIVEN = ", ".join(f":{name.strip()}" for name in _WRITTEN.split(","))
_SET = ", ".join(f"{name.strip()} = :{name.strip()}" for name in _WRITTEN.split(","))


def statements(kind: str) -> Mapping[str, str]:
    """The statements by name, for a database."""
    true = "1" if kind == "sqlite" else "true"
    roles = "json_group_array(r.value)" if kind == "sqlite" else "array_agg(r.value)"
    lock = "" if kind == "sqlite" else " FOR UPDATE OF t"
    who = f"""u.id, u.name, (SELECT {roles} FROM user__roles r WHERE r.record = u.id)"""
    return {
        "token": f"""SELECT k.used_at, {who} FROM kith_token k JOIN "user" u ON u.id = k."user"
 WHERE k.digest = :digest AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > :now)
 AND u.deleted_at IS NULL AND u.active = {true}""",
        "session": f"""SELECT s.csrf, {who} FROM kith_session s JOIN kith_account a ON a."user" = s."user"
 JOIN "user" u ON u.id = s."user" WHERE s.digest = :digest AND s.expires_at > :now
 AND u.deleted_at IS NULL AND u.active = {true}""",
        "list": f"SELECT {_TICKET} FROM {_FROM} WHERE {_SEEN} ORDER BY t.amount DESC NULLS LAST, t.id DESC LIMIT :limit",
        "after": f"""SELECT {_TICKET} FROM {_FROM} WHERE {_SEEN} AND (t.amount, t.id) < (:amount, :id)
 ORDER BY t.amount DESC NULLS LAST, t.id DESC LIMIT :limit""",
        "count": f"SELECT count(*) FROM (SELECT 1 FROM ticket t WHERE {_SEEN} LIMIT 1001) x",
        "get": f"SELECT {_TICKET}, t.computed FROM {_FROM} WHERE {_SEEN} AND t.id = :id",
        "lock": f"SELECT t.version, {_own()} FROM ticket t WHERE {_SEEN} AND t.id = :id{lock}",
        "company": "SELECT 1 FROM company WHERE id = :id AND deleted_at IS NULL",
        "user": 'SELECT 1 FROM "user" WHERE id = :id AND deleted_at IS NULL',
        "insert": f"""INSERT INTO ticket (id, version, computed, created_at, created_by, updated_at, updated_by, {_WRITTEN})
 VALUES (:id, 1, 0, :now, :me, :now, :me, {_GIVEN})""",
        "update": f"""UPDATE ticket SET version = version + 1, updated_at = :now, updated_by = :me, {_SET}
 WHERE id = :id AND version = :version""",
        "last": "SELECT hash FROM kith_history WHERE entity = 'ticket' AND record = :id AND version = :version",
        "history": """INSERT INTO kith_history (id, save, entity, record, version, op, release, actor, channel, at,
 "values", digests, previous, hash) VALUES (:id, :save, 'ticket', :record, :version, :op, :release, :actor, 'api', :at,
 :values, :digests, :previous, :hash)""",
        "search": """INSERT INTO kith_search (entity, record, title, terms) VALUES ('ticket', :record, '', :terms)
 ON CONFLICT (entity, record) DO UPDATE SET terms = excluded.terms WHERE kith_search.terms <> excluded.terms""",
    }


def _own() -> str:
    return ", ".join(f"t.{name.strip()}" for name in _WRITTEN.split(",") if "__" not in name)
