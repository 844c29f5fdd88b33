"""What the API says to people, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from kith.texts import Texts, load_texts


@lru_cache(maxsize=1)
def _texts() -> dict[str, Texts]:
    return load_texts(files("kith.api") / "strings")


def texts(language: str) -> Texts:
    """The API's texts in a language, English where there is none."""
    found = _texts()
    return found.get(language) or found["zh-CN" if language.lower().startswith("zh") else "en"]
