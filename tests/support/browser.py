"""A Chromium for tests; run as a module it says where it is, or with `packages` what to install by apt-get."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, Page, sync_playwright

# The last is what Playwright's driver is linked with; a bare machine lacks it.
PACKAGES = "chromium fonts-noto-cjk libatomic1"
HINT = f"A browser test needs it. Run: make test, or: sudo apt-get install -y {PACKAGES}"

# The sandbox refuses to run as root; the others keep Chromium from calling home at every start.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class MissingError(RuntimeError):
    """Something that a browser test needs is not on this machine."""

    def __init__(self, what: str) -> None:
        super().__init__(f"No {what} on this machine. {HINT}")


class PageError(AssertionError):
    """A page under test had an error in its script or broke its content security policy."""


def executable() -> Path:
    """Return the system's Chromium, else Playwright's own."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        # Ubuntu's is a script that only asks for a snap.
        if found and "snap" not in Path(found).resolve().read_bytes()[:4096].decode("latin-1"):
            return Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    if own.exists():
        return own
    raise MissingError("Chromium")


def require_chinese_font() -> None:
    """Refuse to draw boxes in place of Chinese text."""
    fonts = shutil.which("fc-list")
    if not fonts or not subprocess.run([fonts, ":lang=zh"], capture_output=True, check=True).stdout.strip():
        raise MissingError("Chinese font")


def require_driver() -> None:
    """Refuse with words, where Playwright would only find its connection closed."""
    node, _ = compute_driver_executable()
    if subprocess.run([node, "--version"], capture_output=True, check=False).returncode != 0:
        raise MissingError("libatomic")


class Chromium:
    """One browser for a test process, together with the event loop that Playwright leaves marked as running."""

    def __init__(self, browser: Browser, loop: asyncio.AbstractEventLoop | None) -> None:
        self._browser = browser
        self._loop = loop

    @contextmanager
    def in_use(self) -> Iterator[Browser]:
        """Lend the browser, and afterwards hide its loop, so that other tests can call `asyncio.run`."""
        asyncio._set_running_loop(self._loop)
        try:
            yield self._browser
        finally:
            asyncio._set_running_loop(None)


@contextmanager
def launched() -> Iterator[Chromium]:
    """Start the browser and close it at the end."""
    require_driver()
    require_chinese_font()
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        chromium = Chromium(browser, asyncio._get_running_loop())
        asyncio._set_running_loop(None)
        try:
            yield chromium
        finally:
            with chromium.in_use():
                browser.close()
            asyncio._set_running_loop(chromium._loop)


@contextmanager
def watched_page(browser: Browser) -> Iterator[Page]:
    """Yield a page in a context of its own, and raise PageError at the end for what its scripts did wrong."""
    wrong: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC", locale="en-US")
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    try:
        yield page
    finally:
        context.close()
    if wrong:
        raise PageError("\n".join(wrong))


if __name__ == "__main__":
    if sys.argv[1:] == ["packages"]:
        print(PACKAGES)
        sys.exit()
    try:
        require_driver()
        require_chinese_font()
        print(f"Browser for tests: {executable()}")
    except MissingError as missing:
        sys.exit(str(missing))
