"""The problems found so far in one text of the language."""

from __future__ import annotations

from dataclasses import dataclass, field

from kith.problems import Excerpt, Fix, Mistake, Problem, Value, Words


@dataclass
class Findings:
    """An excerpt and what is wrong in it."""

    excerpt: Excerpt
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        mistake: Mistake,
        start: int,
        end: int,
        *,
        mend: str | None = None,
        hint: Words | None = None,
        **values: Value,
    ) -> None:
        """Report a mistake from offset `start` to `end`.

        `mend` is what would be right there; where the sentence does not say it already (as `good`), it becomes the hint.
        """
        span = self.excerpt.span(start, end)
        fix = None if mend is None else Fix(span, mend)
        if mend and hint is None and "good" not in values:
            hint = Words(f"write `{mend}`", f"请写 `{mend}`")
        self.problems.append(Problem(mistake, span, values, hint, fix))

    def mend(self, start: int, end: int, text: str) -> None:
        """Give the last problem a fix at another place than its own; `start == end` inserts."""
        span = self.excerpt.span(start, end)
        last = self.problems[-1]
        if start == end:
            span = type(span)(span.source, span.start, span.start)
        self.problems[-1] = Problem(last.mistake, last.span, last.values, last.hint, Fix(span, text))

    def has(self, mistake: Mistake) -> bool:
        """Whether that kind of mistake was found already."""
        return any(problem.mistake is mistake for problem in self.problems)
