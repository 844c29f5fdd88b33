"""Rebuild the icon sprite and the vendor lists from unpacked npm packages: `python tests/web/update_vendor.py FOLDER`.

FOLDER holds `htmx.org`, `lucide-static` and `axe-core`, each as `npm pack NAME@VERSION` and `tar x` leave them.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "platform" / "web" / "assets" / "vendor"
NAMES = ROOT / "platform" / "metadata" / "shapes" / "icons.txt"
"""What apps may name."""
TESTING = ROOT / "tests" / "web" / "vendor"

# Offered to apps as `icon:`; a page that wants another adds it here and runs this file.
ICONS = """
activity alarm-clock archive arrow-down arrow-left arrow-right arrow-up arrow-up-down at-sign award badge-check
banknote bell book-open box briefcase building building-2 cake calculator calendar calendar-check calendar-clock
calendar-days car chart-column chart-line chart-pie check check-check chevron-down chevron-left chevron-right
chevron-up circle circle-alert circle-check circle-dashed circle-dot circle-question-mark circle-user circle-x
clipboard-check clipboard-list clock coins columns-3 contact copy credit-card crown database download ellipsis
ellipsis-vertical external-link eye eye-off factory file file-text files filter flag flame folder folder-tree funnel
gauge gem gift git-branch git-compare globe graduation-cap grip-vertical hand-coins handshake hash headset heart
heart-handshake history hospital hotel house id-card inbox info key key-round landmark languages layers
layout-dashboard leaf link list list-checks list-filter list-todo list-tree loader-circle lock lock-open log-in
log-out mail map map-pin megaphone menu message-circle message-square messages-square minus monitor moon network
newspaper package package-check palette paperclip pencil percent phone phone-call piggy-bank pin plane play plus
printer puzzle receipt refresh-cw rocket rotate-ccw route ruler save scale scroll-text search send server settings
shield shield-alert shield-check shirt shopping-bag shopping-cart sliders-horizontal smile snowflake sparkles split
square square-kanban square-pen star store sun swords table tag tags target thumbs-down thumbs-up ticket
ticket-percent timer trash-2 trending-down trending-up triangle-alert trophy truck umbrella undo-2 upload user
user-check user-cog user-plus user-round users users-round utensils wallet warehouse webhook workflow wrench x zap
""".split()

Entry = dict[str, str]


def symbol(name: str, svg: str) -> str:
    """Return one icon as a `<symbol>`; colour and stroke are inherited from the page."""
    body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if body is None:
        raise ValueError(f"{name}: not an SVG")
    inner = re.sub(r"\s+", " ", body[1]).replace("> <", "><").replace(" />", "/>").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def sprite(folder: Path) -> str:
    """Return the sprite of all offered icons."""
    symbols = [symbol(name, (folder / "icons" / f"{name}.svg").read_text("utf-8")) for name in sorted(ICONS)]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def entry(package: Path, file: Path, licence_file: str) -> Entry:
    """Describe one vendored file."""
    about = json.loads((package / "package.json").read_text("utf-8"))
    return {
        "file": file.name,
        "name": about["name"],
        "version": about["version"],
        "licence": about["license"],
        "licence_file": licence_file,
        "sha256": sha256(file.read_bytes()).hexdigest(),
    }


def copy(package: Path, source: str, target: Path, licence: str) -> Entry:
    """Copy one file and its licence, and describe it."""
    shutil.copyfile(package / source, target)
    shutil.copyfile(package / "LICENSE", target.parent / licence)
    return entry(package, target, licence)


def write(folder: Path, entries: list[Entry]) -> None:
    """Write the list of one vendor folder."""
    (folder / "VENDOR.json").write_text(json.dumps(entries, indent=2) + "\n", "utf-8")


def main(packages: Path) -> None:
    """Bring both vendor folders up to the packages in a folder."""
    lucide = packages / "lucide-static"
    icons = SHIPPED / "icons.svg"
    icons.write_text(sprite(lucide), "utf-8")
    NAMES.write_text("\n".join(sorted(ICONS)) + "\n", "utf-8")
    shutil.copyfile(lucide / "LICENSE", SHIPPED / "lucide.LICENSE")
    htmx = copy(packages / "htmx.org", "dist/htmx.min.js", SHIPPED / "htmx.min.js", "htmx.LICENSE")
    write(SHIPPED, [htmx, entry(lucide, icons, "lucide.LICENSE")])
    write(TESTING, [copy(packages / "axe-core", "axe.min.js", TESTING / "axe.min.js", "axe.LICENSE")])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
