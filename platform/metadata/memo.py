"""What one build made, for the next: a new release differs from the last one in a document or two."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memo:
    """Pieces of a build by what they are made of; keys start with the name of their user.

    A piece stays for as long as every build asks for it, so the table is never larger than what one build needs. One
    build uses it at a time.
    """

    def __init__(self) -> None:
        self._before: dict[Hashable, Any] = {}
        self._now: dict[Hashable, Any] = {}

    def get(self, key: Hashable) -> Any:
        """What this build or the one before put there; None where neither did."""
        found = self._now.get(key)
        if found is None and (found := self._before.get(key)) is not None:
            self._now[key] = found
        return found

    def put(self, key: Hashable, piece: Any) -> None:
        """Keep a piece, which nobody changes any more."""
        self._now[key] = piece

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The piece of a key, made where there is none yet."""
        found: T | None = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def turn(self) -> None:
        """End a build: what it did not ask for is forgotten."""
        self._before, self._now = self._now, {}
