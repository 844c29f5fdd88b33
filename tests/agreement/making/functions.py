"""The functions of the table as forms, by the family of their value; nobody needs to add a new one here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kith.rules.operations import FUNCTIONS, Operation, Shorthand
from tests.agreement.making.names import kind_of

Function = Operation | Shorthand
TAKES = {
    "number": "$number", "plain": "$number", "int": "$whole", "places": "$places", "text": "«$text|$text|$written»",
    "money": "$money", "pattern": "$pattern", "bool": "$bool", "date": "$date", "datetime": "$datetime",
    "duration": "$duration",
    "period": "$period", "set": "$set.",
}  # fmt: skip
"""What stands for an argument of each family."""
SEVERAL = {
    "ordered": ("number", "text", "date", "datetime", "duration", "money"),
    "printable": ("number", "text", "date", "bool", "money"),
    "measured": ("number", "date", "duration"), "any": ("number", "text", "date"), "same": ("number",),
}  # fmt: skip
"""The families that stand for each of those that take several kinds."""


def forms_of(function: Function) -> Iterator[str]:
    """A call of a function with arguments of what it takes; one form for each kind where it takes several."""
    open_ = next((taken.rstrip("?.") for taken in function.takes if taken.rstrip("?.") in SEVERAL), "")
    for kind in SEVERAL.get(open_, ("number",)):
        yield from _calls(function, kind)


def _calls(function: Function, kind: str) -> Iterator[str]:
    args: list[str] = []
    for taken in function.takes:
        family = taken.rstrip("?.")
        arg = f"${kind}" if family in SEVERAL else TAKES[family]
        if taken.endswith("?"):
            yield f"{function.name}({', '.join(args)})"
        if not taken.endswith("..."):
            args.append(arg)
            continue
        yield f"{function.name}({', '.join([*args, arg, *([arg] if _is_paired(function) else [])])})"
        args += [arg] * 2 if not _is_paired(function) else []
    yield f"{function.name}({', '.join(args)})"


def _is_paired(function: Function) -> bool:
    return isinstance(function, Shorthand) and function.pairs


def by_kind(kind_of_form: Callable[[str], str | None]) -> dict[str, list[str]]:
    """Every function's forms by what they give; `kind_of_form` tells that, none where the checker takes no such call."""
    found: dict[str, list[str]] = {}
    for function in FUNCTIONS.values():
        kinds = {form: kind_of_form(form) for form in forms_of(function)}
        if not any(kinds.values()):
            raise LookupError(f"no call of {function.name} is taken: {[*kinds]}")
        for form, type_ in kinds.items():
            if type_ is not None:
                found.setdefault(kind_of(type_), []).append(form)
    return found
