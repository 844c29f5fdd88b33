"""What a browser calls itself, in words that people know: `Chrome · Windows`."""

from __future__ import annotations

from kith.texts import Texts

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("MicroMessenger", "wechat"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("OpenHarmony", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
)
LONGEST = 60


def agent_in_words(agent: str, texts: Texts) -> str:
    """The browser and the system; what is none that is known, as it calls itself."""
    browser = _first(agent, (*BROWSERS, ("Safari/", "Safari")))
    # The one that has a name of its own in each language.
    browser = texts("devices.wechat") if browser == "wechat" else browser
    system = _first(agent, (*SYSTEMS, ("Linux", "Linux")))
    return " · ".join(filter(None, (browser, system))) or agent[:LONGEST]


def _first(agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in known if mark in agent), "")
