"""Comments put back into a text that was printed anew, each behind the token it stood behind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kith.problems import Excerpt
from kith.rules.scanning import Piece, Start, counts, scan
from kith.rules.syntax import Comment

_LINE_END = re.compile(r"\n|$")


def weave(text: str, comments: Sequence[Comment], start: Start) -> str:
    """Put comments into a printed text; a comment in the middle of a line breaks it."""
    if not comments:
        return text
    pieces = scan(Excerpt.whole(text), start).pieces
    places: dict[int, list[Comment]] = {}
    for comment in comments:
        places.setdefault(_place(pieces, comment), []).append(comment)
    hang = "  " if start == "block" else ""
    done, out = 0, ""
    for at, here in sorted(places.items()):
        inserted = _insertion(text, at, _tidy(text, at, here), hang)
        out += text[done:at] + inserted
        done = at + (_spaces(text[at:]) if inserted else 0)
    return out + text[done:]


def _place(pieces: Sequence[Piece], comment: Comment) -> int:
    """The offset behind the token that the comment follows, and behind the signs that cling to it."""
    index = _after(pieces, comment.tokens)
    braces = comment.braces
    while index < len(pieces):
        piece = pieces[index]
        clings = index > 0 and piece.start == pieces[index - 1].end
        if piece.text == "}" and braces:
            braces -= 1
        elif not (piece.text in {")", "]", ",", "{"} or (piece.text in {"(", "["} and clings)):
            break
        index += 1
    return pieces[index - 1].end if index else 0


def _after(pieces: Sequence[Piece], tokens: int) -> int:
    """The index behind so many counted tokens."""
    index = 0
    while tokens and index < len(pieces):
        tokens -= counts(pieces[index])
        index += 1
    return index


def _tidy(text: str, at: int, comments: Sequence[Comment]) -> list[Comment]:
    """Leave away blank lines that do not part statements, and all but one of several."""
    middle = not _LINE_END.match(text, at)
    opens = at == 0 or text[at - 1] == "{"
    kept: list[Comment] = []
    for comment in comments:
        after_blank = not kept[-1].text if kept else opens
        if comment.text or not (after_blank or (middle and at)):
            kept.append(comment)
    while kept and not kept[-1].text and text[at:].lstrip()[:1] in {"", "}"}:
        kept.pop()
    return kept


def _insertion(text: str, at: int, comments: Sequence[Comment], hang: str) -> str:
    """The comments of one place with the line breaks that they need."""
    if not comments:
        return ""
    own, rest = _indents(text, at, hang)
    out = ""
    for index, comment in enumerate(comments):
        if index == 0 and at and not comment.own_line:
            out += f"  {comment.text}"
        else:
            out += f"\n{own}{comment.text}" if comment.text else "\n"
    if at == 0:
        return out.removeprefix("\n") + "\n"
    return out if _LINE_END.match(text, at) else f"{out}\n{rest}"


def _indents(text: str, at: int, hang: str) -> tuple[str, str]:
    """The indentation of a comment's own line, and of what follows it on a line that it breaks."""
    if at == 0:
        return "", ""
    if _LINE_END.match(text, at):
        following = text[at + 1 :]
        indent = " " * _spaces(following)
        return indent + (hang if following.lstrip(" ").startswith("}") else ""), indent
    line = text[text.rfind("\n", 0, at) + 1 : at]
    indent = " " * _spaces(line)
    closes = text[at:].lstrip(" ").startswith(("}", "else"))
    return indent + hang, indent if closes else indent + hang


def _spaces(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
