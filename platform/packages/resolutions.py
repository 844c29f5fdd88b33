"""The document of decisions about an upgrade: written with everything that somebody has to know, read when it is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kith.metadata.editing.values import inline
from kith.packages import deciding
from kith.packages.conflicts import Conflict
from kith.packages.stack import Stack
from kith.packages.upgrading import Taken, Upgrade
from kith.problems import Problem, Source, Span, Words, fill
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, read

HEAD = Words(
    "What has to be decided before {name} {old} can become {new} under {company}.\n"
    "Behind each line stands a choice; {{value: …}} gives another value, ~ leaves it open.",
    "将 {company} 之下的 {name} 从 {old} 升级到 {new} 之前需要决定的事项。\n"
    "每行冒号之后是所选的处理方式；{{value: …}} 给出其他值，~ 表示尚未决定。",
)
RECOMMENDED = Words(" (recommended)", "（推荐）")


def written(upgrade: Upgrade, language: str = "en") -> str:
    """The document: what is recommended is filled in, where something is; the rest waits."""
    stack = upgrade.stack
    values = {"name": stack.new.name, "old": stack.old.version, "new": stack.new.version, "company": stack.company.name}
    lines = [f"# {line}" for line in fill(HEAD, values, language).replace("{{", "{").replace("}}", "}").split("\n")]
    about = {"package": stack.new.name, "from": stack.old.version, "to": stack.new.version}
    lines += [f"{key}: {inline(value, in_flow=False)}" for key, value in about.items()]
    if not upgrade.conflicts:
        return "\n".join([*lines, "decisions: {}"]) + "\n"
    lines.append("decisions:")
    for conflict in upgrade.conflicts:
        lines += ["", *_entry(conflict, language)]
    return "\n".join(lines) + "\n"


def _entry(conflict: Conflict, language: str) -> Iterator[str]:
    for line in told(conflict, language):
        # What a mistake is about may be a sign that no document takes, a comment included.
        yield "  # " + "".join(sign if sign.isprintable() else "?" for sign in line)
    yield f"  {inline(conflict.id, in_flow=False)}: {conflict.recommended or '~'}"


def told(conflict: Conflict, language: str) -> Iterator[str]:
    """A conflict in lines: what happened, who says what where, and what can be done."""
    yield from conflict.words.in_(language).splitlines()
    for one in conflict.sides:
        yield f"  {one.title.in_(language)}  {one.text.replace(chr(10), ' ')}  {one.place}".rstrip()
    for name, choice in conflict.choices.items():
        mark = RECOMMENDED.in_(language) if name == conflict.recommended else ""
        yield f"{name}: {choice.does.in_(language)}{mark}"


def with_more(text: str, conflicts: Sequence[Conflict], language: str) -> str | None:
    """The document with conflicts that it does not know yet, to be decided; None where it is not written as `written` does."""
    head = text.rstrip()
    head = head.removesuffix("{}").rstrip() if head.endswith("decisions: {}") else head
    lines = [line for one in conflicts for line in ("", *_entry(one, language))]
    more = "\n".join([head, *lines]) + "\n"
    node, problems = read(more, "")
    decisions = node.get("decisions") if isinstance(node, MappingNode) and not problems else None
    ids = decisions.entries if isinstance(decisions, MappingNode) else {}
    return more if all(one.id in ids for one in conflicts) else None


def taken_of(text: str, path: str, stack: Stack) -> tuple[dict[str, Taken], list[Problem]]:
    """The decisions of a document, and what is wrong with it."""
    node, problems = read(text, path)
    if not isinstance(node, MappingNode):
        return {}, problems or [Problem(deciding.NO_DECISIONS, Span(Source(path, text), 0, 1))]
    wanted = {"package": stack.new.name, "from": stack.old.version, "to": stack.new.version}
    for key, value in wanted.items():
        said = node.get(key)
        if not isinstance(said, Scalar) or said.text != value:
            place = said.span if said else Span(node.span.source, 0, 1)
            problems.append(Problem(deciding.ANOTHER, place, {"key": key, "wanted": value}))
    decisions = node.get("decisions")
    if not isinstance(decisions, MappingNode):
        problems.append(Problem(deciding.NO_DECISIONS, node.span))
        return {}, problems
    return {key: taken for key, entry in decisions.entries.items() if (taken := _taken(entry.value))}, problems


def _taken(node: Node) -> Taken | None:
    if isinstance(node, Scalar):
        return None if node.is_null else Taken(node.text)
    value = node.get("value") if isinstance(node, MappingNode) else None
    return Taken("value", value) if value is not None else Taken("")


def problems_of(upgrade: Upgrade, taken: Mapping[str, Taken], text: str, path: str) -> Iterator[Problem]:
    """Decisions that are none: about no conflict, or none of the ways to settle one."""
    node, _ = read(text, path)
    decisions = node.get("decisions") if isinstance(node, MappingNode) else None
    entries = decisions.entries if isinstance(decisions, MappingNode) else {}
    for name in upgrade.unknown:
        yield Problem(deciding.OBSOLETE, entries[name].key.span if name in entries else None, {"name": name})
    for one in upgrade.conflicts:
        said = taken.get(one.id)
        if said is not None and said.choice not in one.choices:
            span = entries[one.id].value.span if one.id in entries else None
            known = ", ".join(one.choices) or "–"
            yield Problem(deciding.NO_CHOICE, span, {"name": said.choice or "?", "known": known})
