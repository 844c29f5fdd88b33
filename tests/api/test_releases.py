"""The releases of a workspace over the API."""

from __future__ import annotations

from tests.api.world import Desk


def test_releases_are_listed_and_shown_with_their_changes(desk: Desk) -> None:
    (listed,) = desk.get("meta/releases").json()["data"]
    shown = desk.get("meta/releases/1").json()["data"]
    assert (listed["number"], listed["app"], listed["actor"]) == (1, "desk", "system")
    assert sum(listed["counts"].values()) == len(shown["changes"])
    assert {"kind", "class", "message"} <= shown["changes"][0].keys()
