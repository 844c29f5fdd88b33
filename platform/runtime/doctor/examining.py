"""All checks in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kith.problems import Words
from kith.runtime.doctor import applies, computed, counters, engine, files, history, jobs, links, schema, search
from kith.runtime.doctor.findings import Check, Found, Visit

CHECKS: tuple[Check, ...] = (
    Check("engine", Words("Database", "数据库"), engine.look),
    Check("applies", Words("Applying", "应用"), applies.look, applies.mend),
    Check("schema", Words("Tables", "数据表"), schema.look, schema.mend),
    Check("views", Words("Views", "视图"), schema.look_at_views, schema.mend_views),
    Check("history", Words("History", "历史记录"), history.look),
    Check("references", Words("References", "引用"), links.look, links.mend),
    Check("lines", Words("Owned lines", "从属行"), links.look_at_lines),
    Check("files", Words("Files", "文件"), files.look, files.mend),
    Check("computed", Words("Computed values", "计算值"), computed.look, computed.mend),
    Check("search", Words("Search", "搜索"), search.look, search.mend),
    Check("counters", Words("Numbers", "自动编号"), counters.look, counters.mend),
    Check("jobs", Words("Jobs", "后台任务"), jobs.look),
)
"""Each needs what comes before it: without its tables nothing can be read, and a value is computed from what is referred to."""


def examine(visit: Visit, *, repair: bool = False) -> Iterator[tuple[Check, Found]]:
    """What each check finds; with `repair` what is flawed is mended where that is safe, and looked at again."""
    missing = False
    for check in CHECKS:
        if missing and check.name not in ("views", "history", "jobs"):
            continue
        found = check.look(visit)
        if repair and found.flaws and check.mend is not None:
            mended = list(check.mend(visit))
            found = replace(check.look(visit), mended=mended)
        missing = missing or (check.name == "schema" and schema.lacks_columns(visit))
        yield check, found
