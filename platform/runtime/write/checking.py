"""Every reason why a record may not be written as it stands, all at once, each tied to its field and rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kith.metadata.analysis.steps import own_reads
from kith.metadata.model import Field, Rule
from kith.runtime.write.authorising import authorise_after, may_see
from kith.runtime.write.change import Failure
from kith.runtime.write.deleting import names_deleted
from kith.runtime.write.draft import Draft
from kith.runtime.write.explaining import message_of, title_of, why_not
from kith.runtime.write.filing import check_files
from kith.runtime.write.flows import check_action, check_flows
from kith.runtime.write.likeness import check_likeness
from kith.runtime.write.messages import failure
from kith.runtime.write.plans import compiled
from kith.runtime.write.referring import named_by

if TYPE_CHECKING:
    from kith.runtime.write.session import Session

EMPTY: tuple[object, ...] = (None, frozenset())


def check(session: Session, drafts: Sequence[Draft]) -> None:
    """Note every failure of these drafts; the keys and the references of all are looked up together."""
    load_named(session, drafts)
    check_files(session, drafts)
    for draft in drafts:
        session.rule_time.look()
        if draft.op != "delete" and draft.is_edited:
            check_fields(session, draft)
            check_references(session, draft)
        check_action(session, draft)
        check_flows(session, draft)
        check_rules(session, draft)
        if draft.op != "delete" and session.wave == 1:
            authorise_after(session, draft)
    check_keys(session, [draft for draft in drafts if draft.op != "delete"])
    check_likeness(session, drafts)


def check_fields(session: Session, draft: Draft) -> None:
    """Required, locked and invalid values, and options that cannot be chosen now."""
    env = session.env(draft)
    for declared in draft.plan.inputs:
        name = declared.name
        if name in draft.unread:
            continue
        empty = draft.after[name] in EMPTY
        if (
            empty
            and declared.type_name != "autonumber"
            and (declared.required or (name in draft.plan.required_when and draft.plan.required_when[name](env)))
        ):
            draft.fail(failure(session, "required", draft, name, label=declared.label))
        if name in draft.plan.invalid_when and draft.plan.invalid_when[name](env):
            draft.fail(failure(session, "invalid", draft, name, label=declared.label))
        if draft.changed(name) and not empty:
            check_options(session, draft, declared)
        check_locked(session, draft, declared)


def check_locked(session: Session, draft: Draft, declared: Field) -> None:
    """A locked field is not written by people or programs; what it is locked by is asked of the record as it was."""
    locked = draft.plan.locked_when.get(declared.name)
    if locked is None or draft.before is None or declared.name not in draft.given or not draft.changed(declared.name):
        return
    if locked(session.env_of(draft.before, old=draft.before)):
        draft.fail(failure(session, "locked", draft, declared.name, label=declared.label))


def check_options(session: Session, draft: Draft, declared: Field) -> None:
    """Newly chosen options must be choosable: not retired, and allowed where they depend on other fields."""
    if not declared.options:
        return
    value = draft.after[declared.name]
    before = draft.before[declared.name] if draft.before is not None else None
    chosen = set(value if isinstance(value, frozenset) else {value})
    chosen -= set(before if isinstance(before, frozenset) else {before})
    conditions = draft.plan.options_when.get(declared.name, {})
    for key in sorted(chosen):
        option = declared.options.get(key)
        allowed = option is not None and not option.retired
        if option is not None and key in conditions:
            allowed = allowed and bool(conditions[key](session.env(draft)))
        if not allowed:
            label = option.label if option is not None else key
            draft.fail(failure(session, "not_choosable", draft, declared.name, option=label, label=declared.label))


def load_named(session: Session, drafts: Sequence[Draft]) -> None:
    """Have at hand the records that newly written references name."""
    wanted: dict[str, set[str]] = {}
    for draft in drafts:
        if draft.op != "delete" and draft.is_edited:
            for declared in draft.plan.references:
                if draft.changed(declared.name):
                    for entity, id_ in named_by(declared, draft.after[declared.name]):
                        wanted.setdefault(entity, set()).add(id_)
    session.load_all(wanted)


def check_references(session: Session, draft: Draft) -> None:
    """A newly named record must be there, live, and one that the actor may see."""
    for declared in draft.plan.references:
        named = named_by(declared, draft.after[declared.name])
        if not draft.changed(declared.name):
            if draft.op == "restore" and names_deleted(session, draft, declared):
                draft.fail(failure(session, "names_deleted", draft, declared.name, label=declared.label))
            elif draft.op == "restore":
                session.named |= named
            continue
        before = draft.before[declared.name] if draft.before is not None else None
        named -= named_by(declared, before)
        session.named |= named
        for target, id_ in sorted(named):
            record = session.load(target, id_)
            live = record is not None and record["deleted_at"] is None
            # What a rule sets, it sets with the rights of the release.
            asked = declared.name in draft.given and not draft.chain
            if record is None or not live or (asked and not may_see(session, target, record)):
                label = session.release.model.entities[target].label
                draft.fail(failure(session, "no_such_record", draft, declared.name, entity=label))


def check_rules(session: Session, draft: Draft) -> None:
    """Every `require` that this save wakes."""
    for rule in draft.plan.requires:
        if draft.op == "delete" and "delete" not in rule.trigger.events:
            # What must hold of a live record need not hold of one that goes.
            continue
        session.rule_time.running = rule.path
        if not session.wakes(rule, draft) or (draft.unread and reads_unread(rule, draft)):
            continue
        holds = rule.require is None or bool(compiled(session.release, rule.require)(session.env(draft)))
        session.verdict(rule, draft, "held" if holds else "refused")
        if not holds:
            draft.fail(refusal(session, rule, draft))


def reads_unread(rule: Rule, draft: Draft) -> bool:
    """Whether a condition reads a field that could not be read: what it says would only echo that."""
    return rule.require is not None and not own_reads(rule.require.tree).isdisjoint(draft.unread)


def refusal(session: Session, rule: Rule, draft: Draft) -> Failure:
    """A `require` that does not hold, in the words of its author, with the smallest reason why."""
    language = session.context.language
    message = rule.message.get(language) or next(iter(rule.message.values()), None)
    said = message_of(session, rule, message.tree, session.env(draft)) if message is not None else rule.name
    return Failure("rule", said, rule.field, rule.path, draft.at, why_not(session, rule, draft))


def check_keys(session: Session, drafts: Sequence[Draft]) -> None:
    """No two live records share a key; a record with an empty part is not compared."""
    for entity in sorted({draft.entity for draft in drafts}):
        shelf = session.shelf(entity)
        mine = [draft for draft in drafts if draft.entity == entity]
        for key in shelf.table.keys.values():
            asking = [
                draft
                for draft in mine
                if (draft.op in ("create", "restore") or any(draft.changed(name) for name in key.fields))
                and all(draft.after.get(name) is not None for name in key.fields)
                # Who may not write this record, or one of these fields, learns nothing by it of what others have there.
                and not any(one.code.startswith(("may_not_", "outside_")) for one in draft.failures)
            ]
            if asking:
                check_key(session, key.fields, asking)


def check_key(session: Session, names: tuple[str, ...], asking: Sequence[Draft]) -> None:
    """Look for other live records with the key, in the database and among the drafts."""
    shelf = session.shelf(asking[0].entity)
    keys = [tuple(draft.after[name] for name in names) for draft in asking]
    found = shelf.find(session.connection, names, keys)
    seen: dict[tuple[object, ...], str] = {}
    for draft, key in zip(asking, keys, strict=True):
        same = shelf.comparable(names, key)
        holder = found.get(key)
        if holder is not None and holder != draft.id:
            other = session.records[draft.entity].get(holder)
            # Another draft of this save may just be giving the key up.
            if other is None or shelf.comparable(names, tuple(other.get(name) for name in names)) == same:
                fail_taken(session, draft, names, holder)
                continue
        if seen.setdefault(same, draft.id) != draft.id:
            fail_taken(session, draft, names)


def fail_taken(session: Session, draft: Draft, names: tuple[str, ...], holder: str = "") -> None:
    """The key is taken: by which record is told only where that stands in the way of a restore, to who may see it."""
    language = session.context.language
    labels = " + ".join(draft.plan.entity.fields[name].label.in_(language) for name in names)
    record = session.load(draft.entity, holder) if holder and draft.op == "restore" else None
    if record is not None and may_see(session, draft.entity, record):
        draft.fail(failure(session, "taken_by", draft, names[0], labels=labels, title=title_of(session, record)))
    else:
        draft.fail(failure(session, "taken", draft, names[0], labels=labels, entity=draft.plan.entity.label))
