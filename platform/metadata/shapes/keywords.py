"""The keywords of our schemas that JSON Schema does not have, or whose messages must be exact.

Each is a function as the validator wants it: it takes the validator, the keyword's value, the instance and the schema, and
yields findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kith.metadata import names
from kith.metadata.mistakes import shape as mistakes
from kith.problems import Mistake, Value, Words, did_you_mean
from kith.yaml_slips import meant_half_width

Finding = Callable[..., Any]
"""Makes an error of the library of: mistake, values, hint, and the key it stands at (with `on_key`, at the key itself)."""


class Keywords:
    """The keywords, bound to what makes an error of a finding."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding

    def table(self) -> dict[str, Any]:
        """The functions by keyword."""
        return {
            "additionalProperties": self.unknown_keys,
            "required": self.missing_keys,
            "uniqueItems": self.doubles,
            "enum": self.among,
            "enum:text": self.among,
            "dependentRequired": self.companions,
            "kith:names": self.declared_names,
            "kith:name": self.declared_name,
            "kith:languages": self.languages,
            "kith:choose": self.choose,
            "kith:one_of": self.exactly_one,
            "kith:excludes": self.exclusive,
            "kith:goes_with": self.company,
            "kith:later": self.later,
        }

    def unknown_keys(self, validator: Any, rest: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        """Keys that the map does not take; or, where all are taken, what stands there."""
        if not isinstance(instance, dict):
            return
        known = schema.get("properties", {})
        later = schema.get("kith:later", ())
        for key, value in instance.items():
            if key in known:
                continue
            if rest is False and key not in later:
                hint = did_you_mean(meant_half_width(key) or key, known) or _listing(known)
                yield self.finding(mistakes.UNKNOWN_KEY, {"what": title(schema), "name": key}, hint, key, on_key=True)
            elif rest:
                yield from validator.descend(value, rest, path=key)

    def missing_keys(self, _: Any, required: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        """Keys that the map needs and does not have."""
        if isinstance(instance, dict):
            for key in required:
                if key not in instance:
                    yield self.finding(mistakes.MISSING_KEY, {"what": title(schema), "name": key})

    def doubles(self, _: Any, wanted: Any, instance: Any, __: Any) -> Iterator[Any]:
        """Items that stand in a list twice."""
        if not wanted or not isinstance(instance, list):
            return
        seen = set()
        for index, item in enumerate(instance):
            if isinstance(item, str) and item in seen:
                yield self.finding(mistakes.TWICE, {"value": item}, None, index)
            if isinstance(item, str):
                seen.add(item)

    def among(self, _: Any, known: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        """A word that must be one of some."""
        if instance in known or not isinstance(instance, str | bool):
            return
        words = [_word(item) for item in known]
        if instance in schema.get("kith:later", ()):
            yield self.finding(mistakes.NOT_YET, {"name": instance})
        else:
            values = {"value": _word(instance), "known": ", ".join(words)}
            near = did_you_mean(meant_half_width(_word(instance)) or _word(instance), words)
            yield self.finding(mistakes.NOT_AMONG, values, near)

    def companions(self, _: Any, table: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        """Keys that make no sense without another."""
        if not isinstance(instance, dict) or any(key in instance for key in schema.get("kith:later", ())):
            return
        for key, others in table.items():
            for other in others:
                if key in instance and other not in instance:
                    yield self.finding(mistakes.GOES_WITH, {"name": key, "other": other}, None, key, on_key=True)

    def company(self, _: Any, table: Any, instance: Any, __: Any) -> Iterator[Any]:
        """Keys that make no sense without one of others."""
        if isinstance(instance, dict):
            for key, others in table.items():
                if key in instance and not any(other in instance for other in others):
                    values = {"name": key, "other": " / ".join(others)}
                    yield self.finding(mistakes.GOES_WITH, values, None, key, on_key=True)

    def declared_names(self, _: Any, what: str, instance: Any, __: Any) -> Iterator[Any]:
        """The keys of a map that declare names."""
        if isinstance(instance, dict):
            for key in instance:
                if found := wrong_name(key, what):
                    yield self.finding(*found, key, on_key=True)

    def declared_name(self, _: Any, what: str, instance: Any, __: Any) -> Iterator[Any]:
        """A value that declares a name."""
        if isinstance(instance, str) and (found := wrong_name(instance, what)):
            yield self.finding(*found)

    def languages(self, _: Any, pattern: str, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        """The keys of a map of languages."""
        if isinstance(instance, dict):
            wanted = Words("a language tag such as en or zh-CN", "语言标记（如 en、zh-CN）")
            for key in instance:
                if not re.search(pattern, key):
                    yield self.finding(mistakes.PATTERN, {"value": key, "wanted": wanted}, None, key, on_key=True)

    def choose(self, validator: Any, choice: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        """The schema of a map, taken by the value of one of its keys."""
        if not isinstance(instance, dict) or choice["by"] not in instance:
            return
        key, among = instance[choice["by"]], choice["among"]
        if isinstance(key, str) and key in among:
            yield from validator.descend(instance, among[key])
        elif isinstance(key, str) and key in choice.get("later", ()):
            yield self.finding(mistakes.NOT_YET, {"name": key}, choice["later"][key], choice["by"])
        elif isinstance(key, str):
            key_meant = meant_half_width(key) or key
            meant = choice.get("meant", {}).get(key_meant.lower(), key_meant)
            hint = did_you_mean(meant, among) or _listing(among)
            what = Words(choice["what"].en.removeprefix("a "), choice["what"].zh)
            yield self.finding(mistakes.UNKNOWN_TYPE, {"what": what, "name": key}, hint, choice["by"])
        else:
            values = {"wanted": Words("a text", "文本"), "found": found_words(key)}
            yield self.finding(mistakes.WRONG_TYPE, values, None, choice["by"])

    def exactly_one(self, _: Any, keys: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        """Keys of which exactly one must be there."""
        if not isinstance(instance, dict) or any(key in instance for key in schema.get("kith:later", ())):
            return
        there = [key for key in keys if key in instance]
        if len(there) != 1:
            values = {"what": title(schema), "names": ", ".join(keys)}
            where = {"on_key": True} if there else {}
            yield self.finding(mistakes.ONE_OF, values, None, *there[-1:], **where)

    def exclusive(self, _: Any, pairs: Any, instance: Any, __: Any) -> Iterator[Any]:
        """Keys that do not stand beside each other."""
        if isinstance(instance, dict):
            for one, other in pairs:
                if one in instance and other in instance:
                    yield self.finding(mistakes.EXCLUDES, {"name": one, "other": other}, None, other, on_key=True)

    def later(self, _: Any, words: Any, instance: Any, __: Any) -> Iterator[Any]:
        """Keys whose part of the engine does not exist yet."""
        if isinstance(instance, dict):
            for key in words:
                if key in instance:
                    yield self.finding(mistakes.NOT_YET, {"name": key}, None, key, on_key=True)


def wrong_name(text: str, what: str) -> tuple[Mistake, dict[str, Value], Words | None] | None:
    """What is wrong with a name, if anything."""
    if alike := names.look_alike(text):
        better = meant_half_width(text)
        hint = Words(f'write "{better}"', f"请写“{better}”") if names.is_name(better) else None
        return mistakes.LOOK_ALIKE, {"name": text, "letter": alike[0], "what": alike[1]}, hint
    pattern = names.OPTION if what == "option" else names.PATTERN
    if not re.search(pattern, text):
        better = _better(text)
        hint = Words(f'write "{better}"', f"请写“{better}”") if better else _NAME_HINT
        return mistakes.BAD_NAME, {"name": text}, hint
    if names.taken(text, what):
        return mistakes.TAKEN_NAME, {"name": text}, Words("choose another name", "请换一个名称")
    return None


_NAME_HINT = Words(
    "a name is a letter, then letters, digits and single underscores, up to 48, all lower case",
    "名称以小写字母开头，由小写字母、数字和单个下划线组成，最多 48 个字符",
)


def _better(text: str) -> str:
    """The name that an author most likely wants."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    better = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_0123456789")
    return better if names.is_name(better) and not names.taken(better, "field") else ""


def title(schema: Mapping[str, Any]) -> Words:
    """What the place is, for messages."""
    found: Words = schema.get("kith:title", Words("this map", "该映射"))
    return found


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listing(known: Any) -> Words | None:
    listed = ", ".join(list(known)[:14]) + (" …" if len(known) > 14 else "")
    return Words(f"known: {listed}", f"可用：{listed}") if known else None


def found_words(value: object) -> Words:
    """What stands there, in words."""
    if value is None:
        return Words("nothing (~)", "空（~）")
    if isinstance(value, bool):
        return Words("true or false", "布尔值")
    if isinstance(value, dict):
        return Words("a map", "映射")
    if isinstance(value, list):
        return Words("a list", "列表")
    shown = str(value) if len(str(value)) <= 40 else f"{str(value)[:40]}…"
    return Words(f'"{shown}"', f"“{shown}”")
