"""Slips of the pen in YAML that a machine can undo: full-width signs and missing blanks, found by trying what would help."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kith.problems import Fix, Problem, Source, Span, Words
from kith.yaml_errors import odd_indent
from kith.yaml_mistakes import FULL_WIDTH, NO_BLANK

LONGEST = 65_536
"""Characters of a document that is read again and again with one sign replaced."""
MOST_REPAIRS = 40
"""Slips that are undone in one document before its reader gives up."""

_SIGNS = {"“": '"', "”": '"', "‘": "'", "’": "'", "、": ",", "。": ".", "—": "-", "\u3000": " ", "\xa0": " "}
_GROUPS = ("，、；", "｛｝", "［］", "“”＂", "‘’＇", "\u3000\xa0", "＃－｜＞＆＊！")
_NAME = r"[\"'“]?[A-Za-z_~][A-Za-z0-9_~.-]*[\"'”]?"
_COLON = re.compile(rf"(?:^[ \u3000]*(?:[-－] *)?|[{{,｛，]\s*){_NAME}(?P<sign>\s*：\s*)")
_JOINED = re.compile(rf"(?:^ *(?:- +)?|[{{,]\s*){_NAME}(?P<sign>:)(?=[^\s:/\\])")
_FURTHER = re.compile(rf"[，、]\s*{_NAME}\s*[：:]")
_APART = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|(?:^|(?<=\s))#.*$")
"""What no slip stands in: quoted texts and comments."""
OPENING = frozenset("“”‘’｛［")
"""What a plain value does not start with, unless a slip made it do so."""
_ENCLOSED = re.compile(r"[“”][^“”]*[“”]|[‘’][^‘’]*[‘’]")
_BRACKETED = re.compile(r"｛[^\n]*｝|［[^\n]*］")
_LIST = re.compile(r"[a-z_][a-z0-9_.]*(?:[，、；]\s*[a-z_][a-z0-9_.]*)+")


@dataclass(frozen=True, slots=True)
class Slip:
    """Stretches of a text, each with what was meant there."""

    changes: tuple[tuple[int, int, str], ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.changes[0][0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.changes[-1][1]

    def undone(self, text: str) -> str:
        """The text as it was meant."""
        for start, end, new in reversed(self.changes):
            text = text[:start] + new + text[end:]
        return text


def half_width(text: str) -> str:
    """A text with the signs of a Western keyboard for those of a Chinese input method."""
    return "".join(_SIGNS.get(character) or unicodedata.normalize("NFKC", character) for character in text)


def meant_half_width(text: str) -> str:
    """What a text of full-width letters, digits or signs was meant to be; "" where it has none or means something else."""
    better = half_width(text).strip()
    return better if better != text and better.isascii() else ""


def candidates(text: str, start: int, end: int) -> Iterator[Slip]:
    """What may have slipped in one line, the likeliest first: each by itself, then all together."""
    line = _APART.sub(lambda match: " " * len(match.group()), text[start:end])
    colons = [Slip(((start + m.start("sign"), start + m.end("sign"), ": "),)) for m in _COLON.finditer(line)]
    joined = [Slip(((start + m.start("sign") + 1, start + m.end("sign"), " "),)) for m in _JOINED.finditer(line)]
    yield from (*colons, *joined)
    both = sorted((change for slip in (*colons, *joined) for change in slip.changes), key=lambda change: change[0])
    if len(both) > 1:
        yield Slip(tuple(both))
    signs = [tuple(_replaced(line, start, group)) for group in _GROUPS]
    yield from (Slip(group) for group in signs if group)
    everything = sorted({*both, *(change for group in signs for change in group)})
    if len(everything) > 1:
        yield Slip(tuple(everything))


def _replaced(line: str, start: int, signs: str) -> Iterator[tuple[int, int, str]]:
    """Each of some signs in a line, with its half-width one."""
    for at, sign in enumerate(line):
        if sign in signs:
            yield start + at, start + at + 1, "," if sign == "；" else half_width(sign)


def slip_of_key(text: str, start: int, end: int, has_value: bool) -> Slip | None:
    """The slip of a key that YAML read with more in it than a name: `label：Box`, `en:Box`, `“label”`."""
    key = text[start:end]
    if match := _COLON.match(key):
        if _FURTHER.search(key, match.end()):
            return list(candidates(text, start, end))[-1]
        return Slip(((start + match.start("sign"), start + match.end("sign"), ": "),))
    if (match := _JOINED.match(key)) and (not has_value or key[match.end()] in "{[\"'"):
        return Slip(((start + match.end(), start + match.end(), " "),))
    return slip_of_value(text, start, end)


def slip_of_value(text: str, start: int, end: int) -> Slip | None:
    """The slip of a plain value that full-width quotes enclose, or of names between full-width commas."""
    value = text[start:end]
    if _ENCLOSED.fullmatch(value):
        return Slip(((start, start + 1, half_width(value[0])), (end - 1, end, half_width(value[-1]))))
    if _BRACKETED.fullmatch(value):
        return list(candidates(text, start, end))[-1]
    return None


def slip_of_indent(text: str, at: int) -> Slip | None:
    """The slip of a line that is indented by other blanks than spaces."""
    start = text.rfind("\n", 0, at) + 1
    indent = re.match(r"[^\S\n]*", text[start:])
    blanks = indent.group() if indent else ""
    if not blanks.strip(" \r"):
        return None
    above = next((line for line in reversed(text[:start].split("\n")) if re.match(r" *\S", line)), "")
    wanted = len(above) - len(above.lstrip()) + 2 * above.rstrip().endswith(":")
    return Slip(((start, start + len(blanks), " " * wanted),))


def slip_of_item(text: str, start: int, end: int) -> Slip | None:
    """The slip of a list's item that is several names with full-width commas between."""
    if _LIST.fullmatch(text[start:end]):
        return Slip(tuple((at, at + 1, ",") for at in range(start, end) if text[at] in "，、；"))
    return None


def first_that_help(text: str, lines: list[tuple[int, int]], reads_to: Callable[[str], int], at: int) -> list[Slip]:
    """The first slip on one of the lines without which the text can be read further than up to `at`, or all of them."""
    found = [list(candidates(text, start, end)) for start, end in lines]
    if indent := slip_of_indent(text, at):
        found.insert(0, [indent])
    every = [slips[-1] for slips in found if slips]
    for slips in (*([slip] for line in found for slip in line), every):
        changes = [change for slip in slips for change in slip.changes]
        longer = sum(len(new) - (stop - begin) for begin, stop, new in changes)
        if changes and reads_to(Slip(tuple(changes)).undone(text)) > max(at, changes[-1][1]) + longer:
            return slips
    return []


def told(slip: Slip, text: str, source: Source, origin: Callable[[int], int]) -> Problem:
    """The problem of a slip; `origin` says where in the source a character of the text stands."""
    start, end = origin(slip.start), max(origin(slip.end), origin(slip.start) + 1)
    if text[slip.start : slip.end].isspace() and (odd := odd_indent(source, start)):
        return odd
    moved = Slip(tuple((begin - slip.start, stop - slip.start, new) for begin, stop, new in slip.changes))
    meant = moved.undone(text[slip.start : slip.end])
    signs = "".join(dict.fromkeys("".join(text[begin:stop] for begin, stop, _ in slip.changes).replace(" ", "")))
    span = Span(source, start, end)
    fix = Fix(Span(source, start, origin(slip.end)), meant)
    shown = _shown(slip, text)
    hint = Words(f"write: {shown}", f"请写：{shown}")
    if not signs:
        name = re.split(r"[\s{,]", text[: slip.start - 1])[-1]
        return Problem(NO_BLANK, span, {"name": name}, hint, fix)
    wanted = "".join(dict.fromkeys("".join(new for _, _, new in slip.changes).replace(" ", "")))
    blank = Words("an ordinary space", "空格")
    signs = signs.replace("\u3000", "␣").replace("\xa0", "␣")
    return Problem(FULL_WIDTH, span, {"signs": signs, "wanted": wanted or blank}, hint, fix)


def _shown(slip: Slip, text: str) -> str:
    """The line as it was meant; of a long one what is near."""
    start, end = text.rfind("\n", 0, slip.start) + 1, (text + "\n").find("\n", slip.end)
    moved = Slip(tuple((begin - start, stop - start, new) for begin, stop, new in slip.changes))
    line = moved.undone(text[start:end])
    near = max(0, slip.start - start - 30)
    return line.strip() if len(line) <= 80 else f"… {line[near : near + 70].strip()} …"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the parser reads: the source, or the source with slips undone; `places` tells where each character came from."""

    source: Source
    text: str
    places: tuple[int, ...] | None = None

    def at(self, index: int) -> int:
        """Where in the source a character of the text stands."""
        return index if self.places is None else self.places[min(index, len(self.places) - 1)]

    def without(self, slips: list[Slip]) -> Draft:
        """The text with slips undone."""
        text, places = self.text, list(self.places or range(len(self.text) + 1))
        for start, end, new in sorted((change for slip in slips for change in slip.changes), reverse=True):
            text = text[:start] + new + text[end:]
            places[start:end] = places[start:end][: len(new)] + [places[end]] * max(0, len(new) - (end - start))
        return Draft(self.source, text, tuple(places))

    def told(self, slip: Slip) -> Problem:
        """The problem of a slip."""
        return told(slip, self.text, self.source, self.at)
