"""The templates: one environment for each language, whole pages and single blocks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.runtime import Macro
from jinja2_fragments import render_block
from markupsafe import Markup
from starlette.requests import Request

from kith.compiled import beside_modules
from kith.runtime.release import Release
from kith.texts import Texts, load_texts
from kith.web.assets import Assets
from kith.web.look import COLOURS, DENSITIES, ICONS, THEMES
from kith.web.stencils import Stencil, cut, escaped

STRINGS = files("kith.web") / "strings"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A block of a template as its stencil makes it.

    What `fixed` answers is the same for all that share the `key`; the template may only print the `texts`.
    """

    template: str
    block: str
    key: Hashable
    texts: Mapping[str, str]
    fixed: Callable[[], Mapping[str, object]]


class Templates:
    """Renders pages and fragments in the reader's language."""

    def __init__(self, assets: Assets, texts: Mapping[str, Texts] | None = None) -> None:
        self.assets = assets
        self.texts = texts or load_texts(STRINGS)
        self._icons: dict[tuple[str, str], Markup] = {}
        self.environments = {language: self._environment(found) for language, found in self.texts.items()}

    def page(self, name: str, language: str, /, **context: object) -> str:
        """Render a whole template."""
        return self.environments[language].get_template(name).render(context)

    def block(self, name: str, block: str, language: str, /, **context: object) -> str:
        """Render one block of a template: what htmx swaps in."""
        return render_block(self.environments[language], name, block, context)

    def ui(self, language: str) -> Any:
        """The components in a language."""
        return self.environments[language].globals["ui"]

    def drawn(self, release: Release, language: str, drawing: Drawing) -> str:
        """A block of its stencil, which is kept with the release."""
        part = (drawing.template, drawing.block, language)

        def draw(marks: Sequence[str]) -> str:
            return self.block(*part, **drawing.fixed(), **dict(zip(drawing.texts, marks, strict=True)))

        made: Stencil = release.cached(("stencil", part, drawing.key), lambda: cut(draw, len(drawing.texts)))
        return made.fill(escaped(drawing.texts.values()))

    def _environment(self, texts: Texts) -> Environment:
        kept = beside_modules(__file__)
        environment = Environment(
            loader=PackageLoader("kith.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
            # Compiling them is half a second of each start.
            bytecode_cache=FileSystemBytecodeCache(str(kept), "template-%s.cache") if kept else None,
        )
        environment.globals |= {"t": texts, "language": texts.language, "asset": self.assets.url, "icon": self.icon}
        environment.globals |= {"themes": THEMES, "densities": DENSITIES, "colours": COLOURS}
        environment.globals["ui"] = _components(environment)
        return environment

    def icon(self, name: str, classes: str = "") -> Markup:
        """Return an icon; it is decoration, so the text beside it or the label of its button says what it means."""
        found = self._icons.get((name, classes))
        if found is None:
            known = name if name in ICONS else "circle-dashed"
            found = Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
                classes, self.assets.url("vendor/icons.svg"), known
            )
            if name in ICONS:
                # A page shows dozens of icons, of which there are few; names of others come from data.
                self._icons[name, classes] = found
        return found


def wanted(request: Request, *blocks: str) -> str:
    """Return which of the blocks, each named like the element around it, htmx will swap; else "": the whole page.

    Going back in the history asks for the whole page too, though htmx does the asking.
    """
    if "hx-request" not in request.headers or "hx-history-restore-request" in request.headers:
        return ""
    target = request.headers.get("hx-target", "").rpartition("#")[2]
    return target if target in blocks else ""


def _components(environment: Environment) -> SimpleNamespace:
    """Return all macros as one namespace, so that pages and blocks alike use `ui.name(…)` without importing."""
    found: dict[str, object] = {}
    for name in environment.list_templates(filter_func=lambda name: name.startswith("macros/")):
        exported = vars(environment.get_template(name).module)
        found |= {key: value for key, value in exported.items() if isinstance(value, Macro) and value.name == key}
    return SimpleNamespace(**found)
