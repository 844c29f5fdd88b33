"""Explanations as lines of text and as plain data: the same for the command line and the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kith.runtime.context import Context
from kith.runtime.explaining.saves import Explanation, RuleTold
from kith.runtime.explaining.valuing import Explained
from kith.runtime.write.messages import texts
from kith.texts import Texts


def save_text(context: Context, found: Explanation) -> Iterator[str]:
    """A save line by line, its rules below it."""
    say = texts(context.language)
    through = say(f"explain.channel.{found.channel}") + (f" ({found.detail})" if found.detail else "")
    op = say(f"explain.op.{found.op}")
    yield say("explain.head", op=op, at=found.when, actor=found.actor, through=through, release=str(found.release))
    yield say("explain.save", save=found.save)
    if found.together:
        yield say("explain.together")
    if found.erased:
        yield say("explain.erased")
    if not found.rules:
        yield say("explain.no_rules")
    for verdict in ("refused", "fired"):
        for told in (one for one in found.rules if one.verdict == verdict):
            yield ""
            yield _head(say, told)
            chain = (say("explain.chain", chain=told.chain),) if told.chain else ()
            yield from (f"  {line}" for line in (*chain, told.sentence, *told.why, *told.did))
    if found.moved:
        yield ""
        yield say("explain.moved.head")
    yield from ("  " + say("explain.moved.line", wave=one.wave, sentence=one.sentence) for one in found.moved)
    for verdict in ("held", "when"):
        some = [one for one in found.rules if one.verdict == verdict]
        yield from ("", say(f"explain.all.{verdict}")) if some else ()
        for told in some:
            yield "  " + _head(say, told)
            yield from (f"    {line}" for line in told.why)


def _head(say: Texts, told: RuleTold) -> str:
    """A rule with the wave in which it was asked; before the first, time itself has woken it."""
    key = "rule" if told.wave else "rule_timed"
    return say(f"explain.{key}", wave=told.wave, label=told.label, rule=told.rule, title=told.title)


def save_data(found: Explanation) -> dict[str, Any]:
    """The same as data."""
    return {
        "save": found.save,
        "at": found.at,
        "release": found.release,
        "actor": found.actor,
        "channel": found.channel,
        "detail": found.detail,
        "op": found.op,
        "erased": found.erased,
        "rules": [
            {
                "rule": told.rule,
                "label": told.label,
                "entity": told.entity,
                "record": {"id": told.record, "label": told.title},
                "wave": told.wave,
                "verdict": told.verdict,
                "sentence": told.sentence,
                "why": list(told.why),
                "did": list(told.did),
                "chain": told.chain,
            }
            for told in found.rules
        ],
        "moved": [
            {
                "entity": one.entity,
                "record": {"id": one.record, "label": one.title},
                "wave": one.wave,
                "field": one.field,
                "sentence": one.sentence,
                "chain": one.chain,
            }
            for one in found.moved
        ],
    }


def value_text(context: Context, found: Explained) -> Iterator[str]:
    """A computed value line by line: its formula, what that read, and what this is made of in turn."""
    say = texts(context.language)
    yield f"{found.name}{say('explain.colon')}{found.value}"
    yield from (f"    {line}" for line in found.formula.splitlines())
    yield from (f"  {line}" for line in found.facts)
    if found.too_many:
        yield "  " + say("explain.adds.too_many")
    for one in found.sums:
        yield from one.lines(context.language)
    for part in found.parts:
        yield f"{part.name}{say('explain.colon')}".rstrip()
        yield from (f"    {line}" for line in part.formula.splitlines())
        yield from (f"  {line}" for line in part.facts)


def value_data(field: str, found: Explained) -> dict[str, Any]:
    """The same as data."""
    return {
        "field": field,
        "value": found.value,
        "formula": found.formula,
        "facts": list(found.facts),
        "sums": [
            {
                "name": one.name,
                "records": [{"entity": added.entity, "id": added.id, "text": added.text} for added in one.records],
                "more": one.more,
                "hidden": one.hidden,
            }
            for one in found.sums
        ],
        "parts": [{"name": one.name, "formula": one.formula, "facts": list(one.facts)} for one in found.parts],
        "too_many": found.too_many,
    }
