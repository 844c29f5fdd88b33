"""Texts by key and language, and the choice of a language."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.texts import MissingText, Texts, load_texts, negotiate

OFFERED = ("en", "zh-CN")


@pytest.fixture
def english() -> Texts:
    return Texts(
        "en", {"plain": "Hello", "named": "Hello {name}", "found": {"one": "{count} match", "other": "{count} matches"}}
    )


def test_a_count_chooses_the_plural_form_and_is_grouped(english: Texts) -> None:
    assert english("found", count=1) == "1 match"
    assert english("found", count=0) == "0 matches"
    assert english("found", count=12431) == "12,431 matches"


def test_chinese_has_one_form() -> None:
    assert Texts("zh-CN", {"found": {"other": "{count} 个匹配"}})("found", count=1) == "1 个匹配"


def test_a_value_is_never_read_as_a_pattern(english: Texts) -> None:
    assert english("named", name="{count} {0.__class__}") == "Hello {count} {0.__class__}"


@pytest.mark.parametrize(("key", "values"), [("none", {}), ("named", {"other": 1})])
def test_a_missing_key_or_value_is_an_error(english: Texts, key: str, values: dict[str, object]) -> None:
    with pytest.raises(MissingText, match=f"'{key}' in en"):
        english(key, **values)


def test_files_of_several_topics_make_one_language(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[page]\ntitle = "Title"\n')
    (tmp_path / "studio.en.toml").write_text('[studio.found]\none = "{count} rule"\nother = "{count} rules"\n')
    texts = load_texts(tmp_path)["en"]
    assert texts("page.title") == "Title"
    assert texts("studio.found", count=2) == "2 rules"


def test_a_key_in_two_files_is_an_error(tmp_path: Path) -> None:
    for name in ("en.toml", "studio.en.toml"):
        (tmp_path / name).write_text('title = "Title"\n')
    with pytest.raises(ValueError, match="title is there twice"):
        load_texts(tmp_path)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("zh-Hans-SG", "zh-CN"),
        ("en-GB,zh;q=0.9", "en"),
        ("fr, zh;q=0.5, en;q=0.4", "zh-CN"),
        ("fr, de", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=nonsense, en", "en"),
        ("," * 5000 + "zh", "en"),
    ],
)
def test_the_reader_gets_the_best_language_on_offer(header: str | None, language: str) -> None:
    assert negotiate(header, OFFERED) == language
