"""The README of the proposed app: how to start it, in which order files go in, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator

from kith.inferring.drafts import Proposal
from kith.inferring.findings import one_line
from kith.problems import Words


def readme(proposal: Proposal, language: str) -> str:
    """The README in one language."""

    def say(en: str, zh: str) -> str:
        return Words(en, zh).in_(language)

    other = say("[简体中文](README.zh-CN.md)", "[English](README.md)")
    parts = [
        f"# {proposal.title.in_(language)}",
        other,
        say(
            "Proposed by `kith infer` from spreadsheets. Everything here is yours to change; "
            "each guess stands with its reason in `entities/`.",
            "由 `kith infer` 根据表格生成，可自由修改；`entities/` 中每个推断都注明了理由。",
        ),
        say("## Start", "## 启动"),
        "```\n" + "\n".join(commands(proposal, ".")) + "\n```",
        say("## What is inside", "## 内容"),
        "\n".join(_inside(proposal, language)),
    ]
    if proposal.doubts:
        parts += [
            say("## What could be meant otherwise", "## 可能另有含义之处"),
            "\n".join(_doubts(proposal, language)),
        ]
    if proposal.notes:
        parts += [say("## What else was seen", "## 其他发现"), "\n".join(_notes(proposal, language))]
    return "\n\n".join(parts) + "\n"


def commands(proposal: Proposal, folder: str, *, whole: bool = False) -> list[str]:
    """What to type, in this order; files by their names only, or by their whole paths."""
    database = f"--db sqlite:///{proposal.name}.db"
    imports = [
        f"kith import {one.name} {quoted(str(one.path) if whole else one.path.name)} {database}"
        for one in proposal.imports
    ]
    app = quoted(folder)
    return [f"kith check {app}", f"kith apply {app} {database}", *imports, f"kith serve {app} {database}"]


def quoted(text: str) -> str:
    """A word of a command."""
    return (
        text
        if text and all(sign.isalnum() or sign in "._-/" for sign in text)
        else "'" + text.replace("'", "'\\''") + "'"
    )


def _inside(proposal: Proposal, language: str) -> Iterator[str]:
    for entity in proposal.entities.values():
        count = Words(f"{entity.count:,} records", f"{entity.count:,} 条记录").in_(language)
        fields = ("、" if language.startswith("zh") else ", ").join(
            cell(one.label.in_(language)) for one in entity.fields.values()
        )
        yield f"* **{cell(entity.plural.in_(language))}** (`{entity.name}`, {count}): {fields}"


def _doubts(proposal: Proposal, language: str) -> Iterator[str]:
    for one in proposal.doubts:
        yield f"* **{cell(one.place)}** {cell(one.words.in_(language))} {cell(one.otherwise.in_(language))}"


def _notes(proposal: Proposal, language: str) -> Iterator[str]:
    for one in proposal.notes:
        yield f"* **{cell(one.place)}** {cell(one.words.in_(language))}"


def cell(text: str) -> str:
    """A text on one line, so that nothing in it is taken for Markdown's own."""
    return one_line(text, 300).replace("*", "\\*").replace("<", "\\<").replace("|", "\\|")
