"""Broken packages and folders, some of them; `python -m tests.packages.mutated` breaks thousands."""

from __future__ import annotations

from tests.packages.mutated import break_folders, break_packages
from tests.packages.mutated_folders import break_live_folders


def test_no_broken_package_is_half_installed_or_fails_without_a_word() -> None:
    outcome = break_packages(120, 1)
    assert outcome.bad == []
    assert outcome.told["a package"] and outcome.told["refused: K1"] > 40


def test_no_broken_folder_fails_without_a_word_whatever_is_decided() -> None:
    outcome = break_folders(40, 1)
    assert outcome.bad == []
    assert outcome.told["upgraded"]


def test_no_broken_folder_is_half_published_or_fails_without_a_word() -> None:
    outcome = break_live_folders(12, 1)
    assert outcome.bad == []
    assert outcome.told["published"] and outcome.told["refused by the check"]
