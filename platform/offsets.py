"""Where each character of a YAML scalar's text stands in the source: the readings of YAML's five styles, with offsets.

Each decoder takes the scalar as written, the offset of its start, and its text; it gives the characters with their offsets.
A test holds them to the parser with random texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Pairs = Iterator[tuple[str, int]]
_ESCAPES = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_HEX = {"x": 2, "u": 4, "U": 8}
_BREAK = re.compile(r"\r?\n")


def _spaces(raw: str, base: int, start: int, escaped: bool = False) -> tuple[list[tuple[str, int]], int]:
    """Blanks of a flow scalar: one line break is a space, more are one break less, and blanks around breaks vanish."""
    end = start
    while end < len(raw) and raw[end] in " \t\r\n":
        end += 1
    breaks = [match.end() - 1 for match in _BREAK.finditer(raw, start, end)]
    if not breaks:
        return [(raw[index], base + index) for index in range(start, end)], end
    if len(breaks) == 1 and not escaped:
        return [(" ", base + breaks[0])], end
    return [("\n", base + index) for index in breaks[1:]], end


def _plain(raw: str, base: int, _text: str) -> Pairs:
    return _flow(raw, base, "")


def _quoted(raw: str, base: int, _text: str) -> Pairs:
    return _flow(raw[1:-1], base + 1, raw[0])


def _flow(raw: str, base: int, quote: str) -> Pairs:
    at = 0
    while at < len(raw):
        if raw[at] in " \t\r\n":
            pairs, at = _spaces(raw, base, at)
            yield from pairs
        elif quote == '"' and raw[at] == "\\":
            pairs, at = _escape(raw, base, at)
            yield from pairs
        else:
            yield raw[at], base + at
            at += 2 if quote == "'" and raw[at] == "'" else 1


def _escape(raw: str, base: int, at: int) -> tuple[list[tuple[str, int]], int]:
    sign = raw[at + 1]
    if sign in "\r\n":
        return _spaces(raw, base, at + 1, escaped=True)
    if size := _HEX.get(sign):
        return [(chr(int(raw[at + 2 : at + 2 + size], 16)), base + at)], at + 2 + size
    return [(_ESCAPES[sign], base + at)], at + 2


def _block(raw: str, base: int, text: str) -> Pairs:
    """A literal or folded scalar: the indentation goes, folded breaks become spaces, breaks at the end are chomped."""
    lines, folded = _block_lines(raw, text), raw[0] == ">"
    pairs: list[tuple[str, int]] = []
    breaks: list[tuple[str, int]] = []
    was_blank = False
    for start, end, line_end in lines:
        if start == end:
            breaks.append(("\n", base + line_end))
            continue
        blank = raw[start] in " \t"
        if folded and pairs and breaks and not was_blank and not blank:
            breaks = breaks[1:] or [(" ", breaks[0][1])]
        pairs += breaks
        pairs += [(raw[index], base + index) for index in range(start, end)]
        breaks, was_blank = [("\n", base + line_end)], blank
    return iter((pairs + breaks)[: len(text)])


def _block_lines(raw: str, text: str) -> list[tuple[int, int, int]]:
    """Where each line's content begins and ends, and where its break stands."""
    spans, at = [], (raw + "\n").index("\n") + 1
    while at < len(raw):
        stop = raw.find("\n", at)
        stop = len(raw) if stop < 0 else stop
        spans.append((at, stop - (raw[at:stop].endswith("\r")), stop))
        at = stop + 1
    written = next((raw[a:b] for a, b, _ in spans if raw[a:b].strip(" ")), "")
    first = next((line for line in text.split("\n") if line.strip(" ")), "")
    shown = len(written) - len(written.lstrip(" "))
    indent = shown - (len(first) - len(first.lstrip(" ")))
    return [(min(a + indent, b) if raw[a:b].strip(" ") or b - a > indent else b, b, s) for a, b, s in spans]


DECODERS = {"plain": _plain, "single": _quoted, "double": _quoted, "literal": _block, "folded": _block}


def offsets_of(style: str, raw: str, start: int, text: str) -> tuple[int, ...]:
    """Where each character of a scalar's text stands, and one more entry for its end; `raw` is the scalar as written."""
    quoted = style in ("single", "double")
    if (quoted or style == "plain") and raw.strip("\"'") == text:  # as most are: nothing is folded or escaped
        return tuple(range(start + quoted, start + quoted + len(text) + 1))
    pairs = list(DECODERS[style](raw, start, text))
    if "".join(character for character, _ in pairs) != text:  # never seen; a caret at the start is still right
        pairs = [(character, start) for character in text]
    return (*(offset for _, offset in pairs), pairs[-1][1] + 1 if pairs else start)
