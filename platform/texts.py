"""What Kith says to people, by key and language, with named placeholders and plural forms."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from string import Formatter

FORMS: Mapping[str, Callable[[int], str]] = {
    "en": lambda count: "one" if count == 1 else "other",
    "zh": lambda count: "other",
}
"""The plural form that a count takes, by language; a language that is not listed has `other` alone."""

Entry = str | Mapping[str, str]


class MissingText(LookupError):
    """A key or a placeholder that the texts of a language lack: always a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language; calling it with a key and the named values gives the sentence."""

    language: str
    entries: Mapping[str, Entry]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key; integers are grouped, and `count` chooses the plural form."""
        entry = self.entries.get(key)
        if entry is None:
            raise MissingText(f"no text {key!r} in {self.language}")
        pattern = entry if isinstance(entry, str) else entry[self._form(values.get("count", 0))]
        if not values:
            return pattern
        try:
            return pattern.format_map({name: _shown(value) for name, value in values.items()})
        except KeyError as missing:
            raise MissingText(f"text {key!r} in {self.language} needs {missing}") from None

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def under(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with a prefix."""
        return (key for key in self.entries if key.startswith(prefix))

    def _form(self, count: object) -> str:
        forms = FORMS.get(self.language.partition("-")[0])
        return forms(count) if forms and isinstance(count, int) else "other"


def _shown(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


def load_texts(folder: Traversable) -> dict[str, Texts]:
    """Read a folder of `LANGUAGE.toml` and `TOPIC.LANGUAGE.toml` files: nested tables make dotted keys."""
    entries: dict[str, dict[str, Entry]] = {}
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            language = file.name.removesuffix(".toml").rpartition(".")[2]
            into = entries.setdefault(language, {})
            for key, entry in _flat(tomllib.loads(file.read_text("utf-8"))):
                if key in into:
                    raise ValueError(f"{file.name}: {key} is there twice")
                into[key] = entry
    return {language: Texts(language, found) for language, found in entries.items()}


def _flat(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, Entry]]:
    for name, value in tree.items():
        key = prefix + name
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict) and value.keys() <= {"one", "other"}:
            yield key, value
        elif isinstance(value, dict):
            yield from _flat(value, key + ".")
        else:
            raise ValueError(f"{key} is neither a text nor a table")


def placeholders(entry: Entry) -> frozenset[str]:
    """Return the names that a text expects; `one` may leave out the count."""
    pattern = entry if isinstance(entry, str) else entry["other"]
    return frozenset(name for _, name, _, _ in Formatter().parse(pattern) if name)


def negotiate(header: str | None, offered: Sequence[str]) -> str:
    """Return the offered language that an `Accept-Language` header likes best, else the first offered."""
    for wanted in _by_preference(header or ""):
        for language in offered:
            if language.lower() == wanted:
                return language
        for language in offered:
            if language.lower().partition("-")[0] == wanted.partition("-")[0]:
                return language
    return offered[0]


def _by_preference(header: str) -> list[str]:
    ranked: list[tuple[float, str]] = []
    for part in header[:1000].split(","):
        tag, _, rest = part.partition(";")
        quality = _quality(rest)
        if tag.strip() and quality > 0:
            ranked.append((quality, tag.strip().lower()))
    return [tag for _, tag in sorted(ranked, key=lambda item: -item[0])]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
