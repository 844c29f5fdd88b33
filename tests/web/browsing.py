"""A browser in the shop: who looks, in which language, theme and width, with or without script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.web.shop import ADMIN, Shop


@dataclass(frozen=True)
class Look:
    """How somebody looks at a page."""

    language: str = "en"
    theme: str = "light"
    width: int = 1280
    script: bool = True


@contextmanager
def visiting(
    chromium: Browser, served: tuple[Shop, str], look: Look | None = None, user: str = ADMIN, path: str = "/"
) -> Iterator[Page]:
    """Yield a page on which somebody is signed in; whatever its console complains of fails the test."""
    (shop, address), look = served, look or Look()
    phone = look.width < 600
    context = chromium.new_context(
        locale=look.language,
        viewport={"width": look.width, "height": 800},
        java_script_enabled=look.script,
        is_mobile=phone,
        has_touch=phone,
        base_url=address,
    )
    cookies = {"theme": look.theme, "language": look.language}
    if user:
        cookies["kith"] = shop.session(user)[0]
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    try:
        page.goto(path)
        yield page
        assert complaints == []
    finally:
        context.close()
