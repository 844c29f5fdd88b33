"""Whether what happened is what a case expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from kith.metadata.making.moving import IS_SET
from kith.metadata.model import Field
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.read.query import Reference
from kith.runtime.testing.given import Known, Ungiven, World
from kith.runtime.testing.outcome import Mismatch
from kith.runtime.write.change import Failure, Refused, Verdict

if TYPE_CHECKING:
    from kith.runtime.write.session import Session, Values

TYPE_NAMES: Mapping[str, str] = {
    "bool": "boolean",
    "int": "integer",
    "decimal": "decimal",
    "money": "money",
    "percent": "percent",
    "date": "date",
    "datetime": "datetime",
    "duration": "duration",
    "time": "time",
}
"""How the value of a computed field is written, by the kind of its type."""
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Comparing:
    """What comparing needs: the given records, and the session that sees what has been saved."""

    world: World
    session: Session

    def record(self, entity: str, id_: str, expected: Mapping[str, object]) -> Iterator[Mismatch]:
        """The values of a record that are not as expected."""
        record = self.session.load(entity, id_)
        differs = list(self.differing(record, entity, expected))
        yield from differs
        if record is not None and not differs:
            yield from self._anew(record, entity, expected)

    def _anew(self, record: Values, entity: str, expected: Mapping[str, object]) -> Iterator[Mismatch]:
        """Stored values that come out otherwise from the records as they are now: what moved them forgot something."""
        env = self.session.env_of(record)
        for name in expected:
            declared = self.session.release.model.entities[entity].fields.get(name)
            if declared is None or declared.value is None or isinstance(expected[name], Mapping):
                continue
            found = self.session.function(declared)(env)
            if not self.matches(declared, expected[name], found):
                yield Mismatch(f"{entity}.{name} (anew)", shown(expected[name]), self._readable(declared, found))

    def differing(
        self, record: Mapping[str, Any] | None, entity: str, expected: Mapping[str, object]
    ) -> Iterator[Mismatch]:
        """The same of values at hand; all are missing where there is no record."""
        described = self.session.release.model.entities[entity]
        for name, raw in expected.items():
            declared = described.fields.get(name)
            if record is not None and name in described.inverses:
                yield from self._related(entity, record, name, raw)
            elif declared is None or record is None:
                yield Mismatch(f"{entity}.{name}", shown(raw), "?")
            elif declared.type.kind == "ref" and isinstance(raw, Mapping) and record[name] is not None:
                # What the record that it names has become, whichever that is.
                yield from self.record(declared.type.entity, str(record[name]), raw)
            elif not self.matches(declared, raw, found := record[name]):
                yield Mismatch(f"{entity}.{name}", shown(raw), self._readable(declared, found))

    def _related(self, entity: str, record: Any, relation: str, raw: object) -> Iterator[Mismatch]:
        """The records of a relation, in the order in which they were made, that are not as expected."""
        found = sorted(self.session.related(entity, record, relation), key=lambda one: str(one["id"]))
        wanted = [item for item in (raw if isinstance(raw, list | tuple) else [raw]) if isinstance(item, Mapping)]
        if len(found) != len(wanted):
            yield Mismatch(f"{entity}.{relation}", str(len(wanted)), str(len(found)))
            return
        for one, values in zip(found, wanted, strict=True):
            yield from self.record(one.entity, str(one["id"]), values)

    def view(self, values: Mapping[str, object], entity: str, expected: Mapping[str, object]) -> Iterator[Mismatch]:
        """The same for values as the read gate gives them."""
        fields = self.session.release.model.entities[entity].fields
        for name, raw in expected.items():
            if isinstance(raw, Mapping):
                continue
            if name in fields and name in values and not self.matches(fields[name], raw, found := values[name]):
                yield Mismatch(f"{entity}.{name} (SQL)", shown(raw), self._readable(fields[name], found))

    def matches(self, declared: Field, raw: object, found: Any) -> bool:
        """Whether a value is the expected one, or any where that is all that is expected."""
        found = plain(found)
        if raw == IS_SET:
            return found is not None and found != frozenset()
        wanted = self.expected(declared, raw)
        if isinstance(wanted, Decimal) or isinstance(found, Decimal):
            if wanted is None or found is None:
                return wanted is found
            scale = Decimal(1).scaleb(-declared.type.scale)
            return bool(_rounded(wanted, scale) == _rounded(found, scale))
        return bool(wanted == found)

    def expected(self, declared: Field, raw: object) -> Any:
        """A value of a document as a value of its field; raises Ungiven where it can be none."""
        if raw is None:
            return frozenset() if declared.type.kind == "set" else None
        if declared.type.kind == "ref":
            return self.world.reference(declared.type.entity, raw)
        value = self.world.value(declared, raw)
        if declared.type_name == "autonumber":
            return value
        if declared.is_computed:
            name = TYPE_NAMES.get(declared.type.kind)
            if name is None:
                return value
            declared = replace(declared, type_name=name, params={})
        try:
            return coerce(declared, value, Reading(zone=self.session.context.zone, text=True))
        except Misread as error:
            raise Ungiven(f"{declared.entity}.{declared.name}: {raw} ({error.code})") from None

    def _readable(self, declared: Field, value: Any) -> str:
        if isinstance(value, Reference):
            return value.label
        if declared.type.kind == "ref" and value is not None:
            if value == self.world.me:
                return "me"
            known = self.world.records.get(declared.type.entity, {}).get(value, {})
            return next((str(one) for one in known.values() if isinstance(one, str)), str(value))
        return shown(value, percent=declared.type.kind == "percent")


def verdict_differs(expect: Mapping[str, object], verdict: Verdict) -> Iterator[Mismatch]:
    """Whether the save was refused, denied or done as expected."""
    refused = list(names) if isinstance(names := expect.get("refused"), Sequence) else []
    failures = verdict.failures if isinstance(verdict, Refused) else ()
    denied = is_denied(verdict)
    why = tuple(_reason(failure) for failure in failures)
    found = "denied" if denied else "refused: " + ", ".join(told(one) for one in failures) if failures else "saved"
    if isinstance(verdict, Refused) and not failures:
        found = verdict.kind
    if refused:
        if denied or not _same(refused, failures):
            yield Mismatch("verdict", "refused: " + ", ".join(map(str, refused)), found, why)
    elif expect.get("denied") is True:
        if not denied:
            yield Mismatch("verdict", "denied", found, why)
    elif expect.get("denied") is False and denied:
        yield Mismatch("verdict", "allowed", found, why)
    elif expect.get("saved") is False:
        if not isinstance(verdict, Refused):
            yield Mismatch("verdict", "refused", found, why)
    elif isinstance(verdict, Refused):
        yield Mismatch("verdict", "saved", found, why)


def is_denied(verdict: Verdict) -> bool:
    """Whether it was the actor's rights that refused a save."""
    return isinstance(verdict, Refused) and (
        verdict.kind in ("denied", "missing") or any(one.code.startswith("may_not_") for one in verdict.failures)
    )


def told(failure: Failure) -> str:
    """How documents name a reason: by its rule, else by its field, else by its code."""
    return failure.rule.removeprefix("action ").rpartition("/")[2] or failure.field or failure.code


def _same(names: Sequence[object], failures: Sequence[Failure]) -> bool:
    """Whether exactly the named rules and fields refused."""
    known = [{told(one), one.code, one.rule} | ({one.field} if not one.rule else set()) for one in failures]
    wanted = {str(name) for name in names}
    return all(aliases & wanted for aliases in known) and all(any(name in one for one in known) for name in wanted)


def _reason(failure: Failure) -> str:
    place = ".".join(part for part in (failure.at, failure.field) if part)
    lines = [f"{place}: {failure.message}" if place else failure.message, *failure.why]
    return "\n".join(lines)


def shown(value: object, *, percent: bool = False) -> str:
    """A value as documents write it."""
    if value is None:
        return NOTHING
    if isinstance(value, Known):
        return value.id
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        number = value * 100 if percent else value
        text = f"{number:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return f"{text}%" if percent else text
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, (frozenset, set, list, tuple)):
        return "[" + ", ".join(sorted(shown(one) for one in value)) + "]"
    return str(value)


def plain(value: Any) -> Any:
    """A value of the read gate as the write gate has it."""
    if isinstance(value, Reference):
        return value.id
    if isinstance(value, (tuple, list, set)):
        return frozenset(plain(one) for one in value)
    return value


def _rounded(value: Any, scale: Decimal) -> Decimal:
    return Decimal(value).quantize(scale, rounding=ROUND_HALF_UP)
