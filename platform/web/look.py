"""How a page looks to its reader: theme, density and accent, as attributes of the root element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

COLOURS = ("gray", "red", "orange", "amber", "lime", "green", "teal", "cyan", "blue", "indigo", "purple", "pink")
"""The names that an app may use as its accent and for the options of a choice."""

THEMES = ("system", "light", "dark")
DENSITIES = ("comfortable", "compact")
SHORTCUTS = ("on", "off")
"""Whether single letters of the keyboard do something: they must not where somebody speaks to his device."""

ICONS = frozenset(
    re.findall(r'<symbol id="([^"]+)"', (files("kith.web") / "assets" / "vendor" / "icons.svg").read_text("utf-8"))
)
"""The names that an app may use as `icon:`."""

SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Sent with every page: nothing inline, nothing from elsewhere."""


@dataclass(frozen=True, slots=True)
class Look:
    """The reader's choices; each has a cookie of its name, so that the first paint is already right."""

    theme: str = "system"
    density: str = "comfortable"
    accent: str = "indigo"
    shortcuts: str = "on"

    @classmethod
    def of(cls, cookies: Mapping[str, str], accent: str = "indigo") -> Look:
        """Read the reader's choices from the cookies, ignoring what is not on offer."""
        theme, density = cookies.get("theme", ""), cookies.get("density", "")
        return cls(
            theme if theme in THEMES else THEMES[0],
            density if density in DENSITIES else DENSITIES[0],
            accent if accent in COLOURS else "indigo",
            "off" if cookies.get("shortcuts") == "off" else "on",
        )
