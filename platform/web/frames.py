"""The frame around the pages of a signed-in reader: drawn once per roles, language and look, then filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kith.runtime.read.reader import Reader
from kith.texts import Texts
from kith.web import addresses
from kith.web.look import Look
from kith.web.shell import Places, places_of, shell_of, user_menu
from kith.web.stencils import Stencil, cut, escaped
from kith.web.templating import Templates
from kith.web.view import Link, Person, Shell

COLOUR = "teal"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: the reader's roles and words, and what belongs to the request.

    `path` decides which place is marked as the current one, `here` is where choosing another look leads back to.
    """

    templates: Templates
    reader: Reader
    texts: Texts
    look: Look
    path: str
    here: str
    csrf: str
    user: str
    name: str
    acted_by: str = ""

    def shell(self) -> Shell:
        """The frame as templates take it."""
        shell = self._shell(Person(self.name, self._profile(), COLOUR), self.here, self.csrf, self._profile())
        return replace(shell, acted_by=self.acted_by) if self.acted_by else shell

    def around(self, content: str, title: str, crumbs: Sequence[Link]) -> str:
        """The whole page; `content` is HTML."""
        texts = [title, self.here, self.csrf, self.name, Person(self.name).initials, self._profile(), self.acted_by]
        for crumb in crumbs:
            texts += (crumb.label, crumb.href)
        return self._stencil(len(crumbs)).fill([*escaped(texts), content])

    def _profile(self) -> str:
        return addresses.record_of("user", self.user)

    def _places(self) -> Places:
        return places_of(self.reader, self.texts.language, self.texts)

    def _shell(self, person: Person, here: str, csrf: str, profile: str) -> Shell:
        language = self.texts.language
        places = self._places()
        return replace(
            shell_of(self.reader, language, self.texts, places.marks(self.path)),
            here=here,
            look=self.look,
            csrf=csrf,
            user=person,
            user_menu=user_menu(profile if places.profile else "", self.texts, administers=places.administers),
        )

    def _stencil(self, crumbs: int) -> Stencil:
        marks = self._places().marks(self.path)
        key = ("frame", self.reader.key, self.texts.language, self.look, marks, crumbs, bool(self.acted_by))
        return self.reader.release.cached(key, lambda: cut(self._draw, 8 + 2 * crumbs))

    def _draw(self, texts: Sequence[str]) -> str:
        title, here, csrf, name, letters, profile, acted_by, *way, content = texts
        person = Person(name, profile, COLOUR, letters)
        shell = replace(self._shell(person, here, csrf, profile), acted_by=acted_by if self.acted_by else "")
        crumbs = [Link(label, href) for label, href in zip(way[::2], way[1::2], strict=True)]
        return self.templates.page(
            "layouts/frame.html", self.texts.language, shell=shell, title=title, crumbs=crumbs, content=content
        )
