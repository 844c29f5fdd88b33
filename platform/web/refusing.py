"""Why a save was refused, sorted by the places of the form where it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kith.metadata.model import Field
from kith.runtime.write.change import Conflict, Failure, Refused
from kith.texts import Texts
from kith.web.showing import shower
from kith.web.subject import Subject
from kith.web.typed import Raw, Typed, mark

Place = tuple[str, int, str]
"""A relation ("" for the record itself), the number of the line, and the field ("" for the line as a whole)."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """The reasons by place; `loose` belong to no place of this form."""

    placed: Mapping[Place, tuple[Failure, ...]] = field(default_factory=dict)
    loose: tuple[Failure, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def of(self, name: str, relation: str = "", number: int = -1) -> tuple[str, tuple[str, ...]]:
        """What is wrong with a field, and why."""
        failures = self.placed.get((relation, number, name), ())
        return " ".join(one.message for one in failures), tuple(line for one in failures for line in one.why)

    def general(self, subject: Subject, shown: set[str]) -> list[str]:
        """What has no place on the form as it shows."""
        texts = subject.visit.texts
        found = [told(one, texts) for one in self.loose]
        for (relation, _, name), failures in self.placed.items():
            if not relation and name and name not in shown:
                label = subject.entity.fields[name].label.in_(subject.visit.language)
                found += [texts("mark.said", what=label, said=told(one, texts)) for one in failures]
        return list(dict.fromkeys(found))


def told(failure: Failure, texts: Texts) -> str:
    """A reason with why, in one line."""
    reasons = texts("mark.reasons").join(failure.why)
    return texts("mark.aside", what=failure.message, said=reasons) if reasons else failure.message


def sorted_out(subject: Subject, refused: Refused) -> Refusals:
    """The reasons of a refused save by their places."""
    placed: dict[Place, list[Failure]] = {}
    loose: list[Failure] = []
    for failure in refused.failures:
        place = _place(subject, failure)
        if place is None:
            loose.append(failure)
        else:
            placed.setdefault(place, []).append(failure)
    return Refusals({place: tuple(some) for place, some in placed.items()}, tuple(loose), refused.conflicts)


def _place(subject: Subject, failure: Failure) -> Place | None:
    relation, _, number = failure.at.partition(".")
    if relation in subject.entity.inverses and number.isdecimal():
        return relation, int(number), failure.field
    # A rule of another record that this save reaches may speak of a field that has its name here as well.
    ours = not failure.rule or failure.rule in {
        *(rule.path for rule in subject.visit.model.rules.get(subject.entity.name, ())),
        *(f"{subject.entity.name}.duplicates.{name}" for name in subject.entity.duplicates),
    }
    return ("", -1, failure.field) if ours and failure.field in subject.entity.fields and not failure.at else None


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed: its name in the form and its label, and both values in words."""

    name: str
    label: str
    yours: str
    theirs: str


Ways = Mapping[str, tuple[str, bool]]
"""By its way in the change (`lines.2`) the name of a line in the form (`lines.KEY`), and whether it was taken away."""


def clashes(subject: Subject, refusals: Refusals, labels: Mapping[tuple[str, str], str], ways: Ways) -> Iterator[Clash]:
    """The fields that somebody else has changed meanwhile, as they stand now; a line that was taken away as one."""
    texts, gone = subject.visit.texts, dict[str, list[str]]()
    for conflict in sorted(refusals.conflicts, key=lambda one: bool(one.at)):
        declared = _field_at(subject, conflict)
        if declared is None:
            continue
        label = declared.label.in_(subject.visit.language)
        theirs = _in_words(subject, declared, conflict.theirs, labels) if conflict.is_told else texts("record.nothing")
        way, is_gone = ways.get(conflict.at, ("", False))
        if is_gone:
            gone.setdefault(way, []).append(texts("mark.said", what=label, said=theirs))
            continue
        name = f"{way}.{conflict.field}" if way else "" if conflict.at else conflict.field
        yours = _in_words(subject, declared, conflict.yours, labels)
        yield Clash(name, conflict.label or label, yours, theirs)
    for way, found in gone.items():
        inverse = subject.entity.inverses[way.partition(".")[0]]
        label = subject.visit.model.entities[inverse.entity].label.in_(subject.visit.language)
        yield Clash(way, label, texts("meanwhile.removed"), texts("mark.reasons").join(found))


def _in_words(subject: Subject, declared: Field, value: object, labels: Mapping[tuple[str, str], str]) -> str:
    known = labels.get((declared.type.entity, str(value))) if declared.type.kind == "ref" else None
    return (
        known or shower(subject.showing, declared.type, declared)(value).text or subject.visit.texts("record.nothing")
    )


def _field_at(subject: Subject, conflict: Conflict) -> Field | None:
    entity = subject.entity
    for relation in conflict.at.split(".")[::2] if conflict.at else ():
        inverse = entity.inverses.get(relation)
        if inverse is None:
            return None
        entity = subject.visit.model.entities[inverse.entity]
    return entity.fields.get(conflict.field)


# ---- told again while one types -----------------------------------------------------------------------------------


def carried(refusals: Refusals, typed: Typed) -> str:
    """What is wrong with fields, to be told again while other fields are typed into."""
    found = []
    for relation, number, name in refusals.placed:
        raw, row = _typed_at(typed, relation, number, name)
        if raw is not None:
            found.append([relation, row, name, *refusals.of(name, relation, number), mark(raw)])
    return json.dumps(found, ensure_ascii=False) if found else ""


def told_again(text: str, typed: Typed) -> Refusals:
    """What has been told before and still holds, because nobody has typed there since."""
    try:
        told = json.loads(text) if text else []
        entries = [(str(a), str(b), str(c), str(d), tuple(map(str, e)), str(f)) for a, b, c, d, e, f in told]
    except (ValueError, TypeError, RecursionError):
        return Refusals()
    placed: dict[Place, tuple[Failure, ...]] = {}
    for relation, key, name, message, why, sign in entries:
        numbers = [number for number, row in enumerate(typed.live_rows(relation)) if row.key == key]
        number = numbers[0] if numbers else -1
        raw, _ = _typed_at(typed, relation, number, name)
        if raw is not None and mark(raw) == sign:
            placed[relation, number, name] = (Failure("told", message, name, why=why),)
    return Refusals(placed)


def _typed_at(typed: Typed, relation: str, number: int, name: str) -> tuple[Raw | None, str]:
    """What is typed at a place, and the key of its line."""
    if not relation:
        return typed.raw.get(name), ""
    rows = typed.live_rows(relation)
    return (rows[number].raw.get(name), rows[number].key) if 0 <= number < len(rows) else (None, "")
