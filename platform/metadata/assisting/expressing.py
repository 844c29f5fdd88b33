"""What an author may want to write where the cursor stands in an expression, a template or an action block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kith.metadata.assisting.mentions import Mention, Seen, mentions
from kith.metadata.assisting.names import fields_of, inputs, known, relations_of
from kith.metadata.assisting.project import State
from kith.metadata.assisting.proposing import HERE, Proposal, closing, declared, word
from kith.metadata.assisting.spots import Spot
from kith.problems import Excerpt, Words
from kith.rules.describing import Described, functions
from kith.rules.lexical import STATEMENTS
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.scanning import Start

FIRST = ("not", "if", "true", "false", "null")
"""Words that a value may begin with."""
THEN = ("and", "or", "in", "not in", "is set", "is not set", "between", "then", "else")
"""Words that may stand behind a value."""
RECORDS = {
    "this": Words("the record itself", "记录本身"),
    "old": Words("the record before the change", "更改前的记录"),
    "me": Words("the user who acts", "当前用户"),
}
VALUES = ("{}", "{} == 1", "{}: 1", "{} = 1", "{} {{ }}", "{} {{ a: 1 }}", "{} {{ stop }}", '{} "a"')
"""What makes a name readable: alone, compared, as the key of an entry, set, or before a map or block."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text around the cursor, in a language."""

    before: str
    after: str
    language: Start

    def reads(self, text: str) -> str:
        """The whole with a text at the cursor, if it can be read, else without what follows; "" where neither can be."""
        for whole in (f"{self.before}{text}{self.after}", f"{self.before}{text}{closing(self.before + text)}"):
            if readable(whole, self.language):
                return whole
        return ""


def readable(text: str, language: Start) -> bool:
    """Whether a text can be parsed."""
    parse = {"expression": parse_expression, "block": parse_block, "template": parse_template}[language]
    tree, problems = parse(Excerpt.whole(text))
    return tree is not None and not problems


def in_expression(state: State, spot: Spot, language: Start, start: int, end: int) -> Iterator[Proposal]:
    """What has a meaning at the cursor of an expression."""
    before, _, after = spot.scalar.text.partition(HERE)
    here = Written(before, after, language)
    in_text = closing(before).startswith('"') and language != "template"
    if language == "block" and not in_text and here.reads("set a = 1"):
        yield from (word(one, "statement", start, end) for one in STATEMENTS)
        return
    if not in_text:
        yield from _options(state, spot, here, start, end)
    for value in VALUES if not in_text else ():
        whole = here.reads(value.format(HERE))
        if whole and (found := _mentioned(state, spot, whole, language)):
            mention, seen = found
            if mention.kind == "entity":
                yield from (declared(one, start, end) for one in known(state, "entity", "").values())
                return
            is_value = bool(here.reads(value.format("min(1)")))
            yield from _names(state, mention.owner, seen, None if before.endswith(".") else is_value, start, end)
            return
    if in_text:
        quoted = replace(here, after=after.removeprefix('"'))
        whole = next(filter(None, (quoted.reads(f'{HERE}"'), quoted.reads(f'{HERE}" {{ stop }}'))), "")
        found = _mentioned(state, spot, whole, language) if whole else None
        if found and found[0].kind == "option":
            yield from (declared(one, start, end) for one in known(state, "option", found[0].owner).values())
    elif here.reads("in [1]") or here.reads("in [1] { stop }"):
        yield from (word(one, "word", start, end) for one in THEN)


def _mentioned(state: State, spot: Spot, text: str, language: Start) -> tuple[Mention, Seen] | None:
    """What the word that holds the cursor's place means."""
    found = mentions(text, language, state.built.world, spot.owner, inputs(spot, state))
    return next(((one, seen) for one, seen in found if HERE in one.name), None)


def _options(state: State, spot: Spot, here: Written, start: int, end: int) -> Iterator[Proposal]:
    """The options that a value may be compared with, or set to, in quotes."""
    whole = here.reads(f'"{HERE}"')
    found = _mentioned(state, spot, whole, here.language) if whole else None
    if found and found[0].kind == "option":
        for one in known(state, "option", found[0].owner).values():
            yield replace(declared(one, start, end), text=f'"{one.name}"')


def _names(state: State, owner: str, seen: Seen, value: bool | None, start: int, end: int) -> Iterator[Proposal]:
    """Fields and relations of an entity; where a value of any sort can stand, also variables, functions and words.

    `value` is None behind a dot.
    """
    scope = state.built.world.get(owner)
    for name in seen.lets if value is not None else ():
        yield Proposal(name, "variable", Words("", ""), seen.lets[name], start, end)
    if scope is not None:
        yield from (declared(one, start, end) for one in fields_of(scope))
        yield from (declared(one, start, end) for one in relations_of(scope))
    if value:
        yield from (word(name, "word", start, end, label) for name, label in RECORDS.items())
        yield from (_function(one, start, end) for one in functions().values())
        yield from (word(one, "word", start, end) for one in FIRST)


def _function(one: Described, start: int, end: int) -> Proposal:
    return Proposal(one.name, "function", one.doc, one.form, start, end)
