"""What a form is like while it is filled: which fields it shows, which must be filled, which are locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kith.metadata.model import Act, Form, FormItem, Section
from kith.runtime.context import Context
from kith.runtime.testing.comparing import Comparing
from kith.runtime.testing.given import Ungiven
from kith.runtime.testing.outcome import Mismatch
from kith.runtime.write.change import Change
from kith.runtime.write.previewing import Preview, preview

if TYPE_CHECKING:
    from kith.runtime.release import Release


def filled(comparing: Comparing, context: Context, change: Change, act: Act) -> Iterator[Mismatch]:
    """What the form shows, asks for and locks otherwise than expected."""
    release = comparing.session.release
    seen = preview(comparing.session.connection, context, release, change)
    form = _form(release, change.entity, act.form)
    if seen is None:
        yield Mismatch("visible", "true", "false")
        return
    states = {
        "shown": frozenset(shown_by(form, seen, release.model.entities[change.entity].variants))
        if form
        else frozenset(),
        "required": seen.required,
        "locked": frozenset(seen.locked),
    }
    for key, found in states.items():
        for wanted in (True, False):
            names = act.expect.get(key if wanted else f"not_{key}")
            for name in names if isinstance(names, list | tuple) else ():
                if (name in found) != wanted:
                    told = (key, f"not {key}")
                    yield Mismatch(f"{change.entity}.{name}", told[not wanted], told[wanted])
    values = act.expect.get("values")
    if isinstance(values, Mapping):
        yield from comparing.differing(seen.values, change.entity, values)


def _form(release: Release, entity: str, name: str) -> Form | None:
    if name and name not in release.model.forms:
        raise Ungiven(f"form {name}")
    forms = [form for form in release.model.forms.values() if form.of == entity]
    return release.model.forms[name] if name else next(iter(forms), None)


def shown_by(form: Form, seen: Preview, variants: str) -> Iterator[str]:
    """The fields that a form shows as it stands; `variants` is the field that tells kinds of records apart, or ""."""
    kind = seen.values.get(variants)

    def is_shown(part: Section | FormItem) -> bool:
        return (not part.only_for or kind in part.only_for) and seen.holds(part.visible_when)

    for section in filter(is_shown, form.sections.values()):
        yield from (item.field for item in section.items.values() if is_shown(item))
