"""Amounts in their record's own currency: what they are worth in the workspace's, by the rate of a day (docs/decisions/0012)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kith.metadata.model import Entity, Field
from kith.rules.reference import stored
from kith.rules.sql.values import EXACT, from_database, sql_type, to_database
from kith.rules.tree import BASE, Step
from kith.rules.types import DATE, TEXT, Type
from kith.rules.values import DoesNotFit, Record
from kith.runtime.read.prepared import Prepared, prepare
from kith.runtime.write.messages import failure

if TYPE_CHECKING:
    from kith.runtime.release import Release
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session, Values

RATES = "exchange_rate"
"""The platform's entity of rates: what one unit of a currency was worth from a day on, in the workspace's currency."""
Asked = tuple[str, date]
"""A currency and the day whose rate is wanted."""
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Conversion:
    """One such amount: its field, the fields of its currency and of its day ("": the day of the save), and where it goes."""

    field: Field
    currency: str
    day: str
    key: str

    @property
    def inputs(self) -> frozenset[str]:
        """The fields that it is worked out from."""
        return frozenset({self.field.name, self.currency, self.day} - {""})

    @property
    def type(self) -> Type:
        """The type of the converted amount, which names the workspace's currency."""
        return self.field.type

    def given(self, record: Record) -> tuple[object, ...]:
        """What it is worked out from in a record."""
        return tuple(record.get(name) for name in (self.field.name, self.currency, self.day) if name)


def conversions_of(entity: Entity) -> dict[str, Conversion]:
    """The conversions of an entity, by the key of what they make."""
    found = (
        Conversion(one, one.currency_field, str(one.params.get("rate_on") or ""), base_of(one))
        for one in entity.fields.values()
        if one.currency_field
    )
    return {one.key: one for one in found}


def base_of(field: Field) -> str:
    """Where a record has what an amount is worth."""
    return Step(field.entity, field.name, field.type, BASE).key


def refresh(draft: Draft) -> None:
    """Forget what amounts were worth where they, their currency or their day are no longer what they were."""
    for key, one in draft.plan.conversions.items():
        given = one.given(draft.after)
        if given != draft.converted.get(key, given_before(draft, one)):
            draft.after.pop(key, None)
        draft.converted[key] = given


def convert_first(draft: Draft) -> None:
    """Have amounts converted that never were, such as a default that a new field brought; no rate leaves them so."""
    for key in draft.plan.conversions:
        if draft.after.has(key) and draft.after[key] is None:
            del draft.after[key]
    refresh(draft)


def settle(session: Session, draft: Draft) -> None:
    """Have every amount converted, and refuse what cannot be; what nobody touches stays as it is."""
    refresh(draft)
    for key, one in draft.plan.conversions.items():
        lacking = draft.after[key] is None and draft.after[one.field.name] is not None
        if lacking and draft.converted[key] != given_before(draft, one):
            refuse(session, draft, one)


def given_before(draft: Draft, one: Conversion) -> tuple[object, ...] | None:
    """What an amount was worked out from before this save."""
    return one.given(draft.before) if draft.before is not None else None


def refuse(session: Session, draft: Draft, one: Conversion) -> None:
    """Say what is missing: the currency, its rate, or the digits."""
    label, currency = one.field.label, draft.after[one.currency]
    if draft.unread & one.inputs:
        return
    if currency is None:
        named = draft.plan.entity.fields[one.currency].label
        draft.fail(failure(session, "no_currency", draft, one.currency, label=named, amount=label))
    elif rate(session, one, draft.after) is None:
        day = session.show(day_of(session, one, draft.after), DATE)
        draft.fail(failure(session, "no_rate", draft, one.field.name, label=label, currency=currency, day=day))
    else:
        draft.fail(failure(session, "does_not_fit", draft, one.field.name, label=label))


def worth(session: Session, record: Values, one: Conversion) -> Decimal | None:
    """An amount in the workspace's currency; None where there is none, or no rate for it."""
    amount = record.get(one.field.name)
    found = rate(session, one, record) if isinstance(amount, Decimal) else None
    if found is None:
        return None
    try:
        return cast("Decimal", stored(EXACT.multiply(cast("Decimal", amount), found), one.type))
    except DoesNotFit:
        return None


def rate(session: Session, one: Conversion, record: Record) -> Decimal | None:
    """What a unit of a record's currency was worth on its day; None where nobody has said."""
    currency = record.get(one.currency)
    if not isinstance(currency, str):
        return None
    if currency == one.type.currency:
        return ONE
    asked = (currency, day_of(session, one, record))
    if asked not in session.rates:
        session.rates |= rates_of(session, {asked, *waiting(session)})
    return session.rates[asked]


class Rates(Protocol):
    """Where rates are read, and those that have been read."""

    @property
    def connection(self) -> sa.Connection:
        """Where to ask."""

    @property
    def release(self) -> Release:
        """Whose rates."""

    @property
    def rates(self) -> dict[Asked, Decimal | None]:
        """What has been read."""


def rate_on(session: Rates, currency: str, day: date) -> Decimal | None:
    """What a unit of a currency was worth on a day, in the workspace's; None where nobody has said."""
    if currency == session.release.model.app.currency:
        return ONE
    if (currency, day) not in session.rates:
        session.rates.update(rates_of(session, {(currency, day)}))
    return session.rates[currency, day]


def day_of(session: Session, one: Conversion, record: Record) -> date:
    """The day whose rate counts: the record's, else that of the save."""
    day = record.get(one.day) if one.day else None
    return day if isinstance(day, date) else session.context.now.astimezone(session.zone).date()


def waiting(session: Session) -> Iterator[Asked]:
    """What the other records at hand will ask for, so that a batch costs one statement."""
    for entity, records in session.records.items():
        for key, one in session.plan(entity).conversions.items():
            for record in records.values():
                currency = record.get(one.currency) if not record.has(key) else None
                if isinstance(currency, str) and currency != one.type.currency:
                    asked = (currency, day_of(session, one, record))
                    if asked not in session.rates:
                        yield asked


def rates_of(session: Rates, asked: Iterable[Asked]) -> dict[Asked, Decimal | None]:
    """The latest rates at or before some days, in one statement; None where there is none."""
    pairs = sorted(set(asked))
    release = session.release
    if RATES not in release.model.entities:
        return dict.fromkeys(pairs)
    prepared: Prepared = release.cached((RATES,), lambda: prepare(session.connection, _latest(session)))
    engine, type_ = release.tables.engine, release.model.entities[RATES].fields["rate"].type
    days = [to_database(day, DATE, engine) for _, day in pairs]
    given: dict[str, Any] = {"currencies": [currency for currency, _ in pairs], "days": days}
    if engine == "sqlite":
        given = {name: orjson.dumps(values).decode() for name, values in given.items()}
    rows = prepared.run(session.connection, given)
    found = {(str(row[0]), from_database(row[1], DATE, engine)): from_database(row[2], type_, engine) for row in rows}
    return {pair: found.get(pair) for pair in pairs}


def _latest(session: Rates) -> sa.Select[Any]:
    release = session.release
    table, pairs = release.tables[RATES], _pairs(release.tables.engine)
    currency, day = (table.columns[name].value for name in ("currency", "valid_on"))
    latest = (
        sa.select(table.columns["rate"].value)
        .where(table.live, currency == pairs.c.currency, day <= pairs.c.day)
        .order_by(day.desc())
        .limit(1)
        .correlate(pairs)
        .scalar_subquery()
    )
    return sa.select(pairs.c.currency, pairs.c.day, latest)


def _pairs(engine: str) -> Any:
    """Currencies and days of two parameters of the same length, however many there are."""
    text, day = sql_type(TEXT, engine), sql_type(DATE, engine)  # type: ignore[arg-type]
    if engine == "sqlite":
        first = sa.func.json_each(sa.bindparam("currencies", type_=sa.Text())).table_valued("key", "value").alias("c")
        second = sa.func.json_each(sa.bindparam("days", type_=sa.Text())).table_valued("key", "value").alias("d")
        joined = sa.select(first.c.value.label("currency"), second.c.value.label("day"))
        return joined.where(first.c.key == second.c.key).subquery("asked")
    currencies, days = (
        sa.cast(sa.bindparam(name, type_=ARRAY(type_)), ARRAY(type_))
        for name, type_ in (("currencies", text), ("days", day))
    )
    return (
        sa.func.unnest(currencies, days)
        .table_valued(sa.column("currency", text), sa.column("day", day))
        .render_derived(name="asked")
    )
