"""A text of the language in its canonical form, comments and all: what `kith fmt` writes into a slot."""

from __future__ import annotations

from kith.problems import Excerpt
from kith.rules.parsing import parse_block, parse_expression, parse_template
from kith.rules.printing import print_lines, print_syntax
from kith.rules.scanning import Start, scan
from kith.rules.syntax import Syntax
from kith.rules.weaving import weave


def format_slot(text: str, start: Start) -> str | None:
    """Return the canonical form of an expression, a block or a document's text; none where it has a mistake.

    An expression of several lines keeps several if it has a place to break; any other has one line.
    """
    excerpt = Excerpt.whole(text)
    match start:
        case "expression":
            return _expression(excerpt)
        case "block":
            block, _ = parse_block(excerpt)
            return print_syntax(block) if block else None
        case "template":
            return _template(excerpt)


def _expression(excerpt: Excerpt) -> str | None:
    syntax, _ = parse_expression(excerpt)
    if syntax is None:
        return None
    several = "\n" in excerpt.text.strip()
    return weave(
        print_lines(syntax) if several else print_syntax(syntax), scan(excerpt, "expression").comments, "expression"
    )


def _template(excerpt: Excerpt) -> str | None:
    """Only the holes of a text are code; the rest stays as it was written."""
    text, _ = parse_template(excerpt)
    if text is None:
        return None
    holes = iter([part for part in text.parts if isinstance(part, Syntax)])
    done, out = 0, ""
    for start, end in sorted(part for part in scan(excerpt, "template").texts[0] if isinstance(part, tuple)):
        out += excerpt.text[done:start] + print_syntax(next(holes))
        done = end
    return out + excerpt.text[done:]
