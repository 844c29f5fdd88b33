"""What is asked of many records at once: which records, what is to be done with them, and the fields that may be set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData, QueryParams

from kith.metadata.fields.files import FILES
from kith.metadata.model import Entity, Field, NamedAction
from kith.runtime.bulk import Wish
from kith.runtime.read.cursors import ID
from kith.runtime.read.reader import Reader
from kith.web import addresses
from kith.web.choices import local
from kith.web.outline import is_input
from kith.web.questions import first_of
from kith.web.requests import Stop
from kith.web.subject import Subject
from kith.web.typed import Typed, typed_of

EDIT, DELETE, DO = ":edit", ":delete", ":do"
"""What can be done with many records; of a named action the name follows."""
WHAT, SELECT, EVERY, FIELD, BACK = "_what", "_select", "_all", "_field", "_back"
VIEW, FILTER, SEARCH = "_view", "_filter", "_q"
"""What the pages send; the names of fields begin with letters."""
MOST = 200
"""Records that a page can name one by one."""


def editable(reader: Reader, entity: Entity) -> list[Field]:
    """The fields that the reader may give the same value in several records."""
    rights = reader.rights[entity.name]
    return [
        one
        for one in entity.fields.values()
        if is_input(one)
        and not one.unique
        and one.type_name not in FILES
        and not rights.writing(one.name, "update").never
    ]


def may_delete(reader: Reader, entity: Entity) -> bool:
    """Whether the reader may delete some record."""
    return not reader.rights[entity.name].right("delete").never


@dataclass(frozen=True, slots=True)
class Bulk:
    """One request: the wish without its values, and the fields or inputs that give them."""

    subject: Subject
    what: str
    action: NamedAction | None
    fields: Sequence[Field]
    wish: Wish

    @property
    def path(self) -> str:
        """Where it is asked for."""
        return bulk_of(self.subject.entity.name)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What every form of it carries along."""
        wish, what = self.wish, f"{DO}.{self.action.name}" if self.action else self.what
        where = [(VIEW, wish.view), (FILTER, wish.filter), (SEARCH, wish.search), (EVERY, "1" * wish.every)]
        fields = [] if self.action else [(FIELD, one.name) for one in self.fields]
        found = [(WHAT, what), *where, *((SELECT, id_) for id_ in wish.ids), *fields, (BACK, wish.back)]
        return [pair for pair in found if pair[1]]

    def first(self) -> Typed:
        """What stands in its form at first."""
        return Typed(raw={one.name: first_of(one) for one in self.fields}) if self.action else Typed()

    def typed(self, form: FormData) -> Typed:
        """What was typed into it."""
        found = typed_of(form, [*self.fields], {})
        for one in self.fields:
            # A box without its tick sends nothing, nor does a list of which nothing is chosen.
            if one.name not in found.raw and (one.type.kind in ("bool", "set")):
                found.raw[one.name] = "false" if one.type.kind == "bool" else ()
        return found


def bulk_of(entity: str) -> str:
    """Where something is asked of many records."""
    return f"{addresses.list_of(entity)}/bulk"


def bulk_from(subject: Subject, given: FormData | QueryParams, added: str = "") -> Bulk:
    """What a page sends, and a field that is to be set as well; stops where the reader may not do it."""
    reader, entity = subject.reader, subject.entity
    what, _, name = _text(given, WHAT).partition(".")
    action, fields = None, list[Field]()
    if what == DO:
        action = entity.actions.get(name)
        if action is None or reader.rights[entity.name].named(name).never:
            raise Stop(404)
        fields = [*action.inputs.values()]
    elif what == EDIT:
        known = {one.name: one for one in editable(reader, entity)}
        if not known:
            raise Stop(404)
        chosen = dict.fromkeys([*map(str, given.getlist(FIELD)), added])
        fields = [known[one] for one in chosen if one in known]
    elif what != DELETE or not may_delete(reader, entity):
        raise Stop(404)
    return Bulk(subject, what, action, fields, _wish(entity.name, what, name, given))


def _wish(entity: str, what: str, action: str, given: FormData | QueryParams) -> Wish:
    every = bool(_text(given, EVERY))
    ids = [] if every else [one for one in dict.fromkeys(map(str, given.getlist(SELECT))) if ID.fullmatch(one)][:MOST]
    if not every and not ids:
        raise Stop(404)
    return Wish(
        entity,
        "delete" if what == DELETE else "update",
        ids=tuple(ids),
        every=every,
        view=_text(given, VIEW),
        filter=_text(given, FILTER),
        search=_text(given, SEARCH),
        action=action,
        back=local(back) if (back := _text(given, BACK)) else addresses.list_of(entity),
    )


def _text(given: FormData | QueryParams, name: str) -> str:
    found = given.get(name, "")
    return found if isinstance(found, str) else ""
