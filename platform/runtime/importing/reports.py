"""What has come of an import so far: records, rows that failed, and reasons put together so that a thousand are told in a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kith.runtime.importing.source import LONGEST, text_of
from kith.runtime.transfer.result import Result
from kith.runtime.transfer.table import Row
from kith.runtime.write.change import Failure

GROUPS, VALUES, ROWS = 60, 40, 50
"""Reasons, texts of each, and failed rows that are kept with what they say."""
COUNTED = ("created", "updated", "unchanged", "skipped")
Report = dict[str, Any]
Told = list[tuple[int, str, Failure]]


def empty(total: int) -> Report:
    """The report of an import that has not begun."""
    start = dict.fromkeys(("rows", "failed", "alike", "repeats", *COUNTED), 0)
    return {**start, "total": total, "groups": [], "bad": [], "taken": {}}


def added(
    report: Mapping[str, Any], result: Result, rows: Sequence[Row], failed: Mapping[int, Sequence[str]]
) -> Report:
    """The report with another batch of rows."""
    new = {**report, "rows": report["rows"] + len(rows), "failed": report["failed"] + len(failed)}
    for name in COUNTED:
        new[name] = report[name] + sum(getattr(one, name) for one in result.counts.values())
    return new | {"alike": report["alike"] + result.alike}


def explained(report: Report, rows: Sequence[Row], failed: Mapping[int, Sequence[str]], told: Told) -> Report:
    """The report with the reasons of a batch: counted by column and code, and the first rows with what can be mended."""
    groups = {(one["column"], one["code"]): {**one, "values": dict(one["values"])} for one in report["groups"]}
    wrong: dict[int, list[str]] = {}
    counted: set[tuple[int, str, str]] = set()
    for index, column, failure in told:
        if (index, column, failure.code) in counted:
            continue
        counted.add((index, column, failure.code))
        group = groups.get((column, failure.code))
        if group is None:
            if len(groups) >= GROUPS:
                continue
            group = {"column": column, "code": failure.code, "message": failure.message, "count": 0, "values": {}}
            groups[column, failure.code] = group
        group["count"] += 1
        if column:
            wrong.setdefault(index, []).append(column)
            text = text_of(rows[index].cells.get(column))[:LONGEST]
            if text in group["values"] or len(group["values"]) < VALUES:
                group["values"][text] = group["values"].get(text, 0) + 1
    bad = list(report["bad"])
    for index, reasons in sorted(failed.items()):
        if len(bad) >= ROWS:
            break
        cells = {one: text_of(rows[index].cells.get(one)) for one in dict.fromkeys(wrong.get(index, ()))}
        bad.append({"row": rows[index].number, "cells": cells, "reasons": list(reasons)})
    return {**report, "groups": list(groups.values()), "bad": bad}
