"""What names mean in expressions: the fields and relations of entities, as the rule language asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kith.metadata.fields.kind import FieldType
from kith.metadata.making.at import At
from kith.metadata.model import Label, Option
from kith.metadata.parts import BESIDES, parts_scope
from kith.problems import Words, did_you_mean
from kith.rules.program import Expression
from kith.rules.scope import SETTINGS, Name, Relation, Scope
from kith.rules.types import DATETIME, INT, TEXT, Type, ref, set_of

TEAMS_BELOW = "teams_below"
"""What only `me` has besides the fields of a user: the own team and all below it."""
SYSTEM_FIELDS: dict[str, tuple[Type, Words]] = {
    "id": (TEXT, BESIDES["id"]),
    "version": (INT, BESIDES["version"]),
    "created_at": (DATETIME, BESIDES["created_at"]),
    "created_by": (ref("user").or_null(), BESIDES["created_by"]),
    "updated_at": (DATETIME, BESIDES["updated_at"]),
    "updated_by": (ref("user").or_null(), BESIDES["updated_by"]),
}
"""What every record has."""


@dataclass
class Shell:
    """A field on its way into the model."""

    entity: str
    name: str
    at: At
    kind: FieldType
    type: Type | None
    """None for a computed field until its expression is compiled."""
    label: Label
    required: bool
    params: dict[str, object]
    options: dict[str, Option]
    to: str = ""
    targets: tuple[str, ...] = ()
    """The entities whose records an any_reference may name."""
    broken: bool = False
    declared: Type | None = None
    """The type that a formula says it shows as."""
    expression: Expression | None = None
    state: str = "new"
    """new, busy or done: where the typing of a computed field is."""
    storage: str = "stored"
    volatile: str = ""
    levels: int = 0
    """How many roll-ups lie below a roll-up, itself included."""
    given: bool = False
    """Whether a new record gets a value by itself."""

    @property
    def computed(self) -> bool:
        """Whether Kith makes its value from an expression."""
        return self.kind.type_of is None


@dataclass
class EntityScope:
    """The names of one entity."""

    entity: str
    label: Words
    world: dict[str, EntityScope]
    shells: dict[str, Shell] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    resolve: Callable[[Shell], Type | None] | None = None
    """Types a computed field when it is first asked for."""
    settings: Scope | None = None
    cache: dict[str, Name] = field(default_factory=dict)

    def name(self, name: str) -> Name | None:
        """The field of that name."""
        found = self.cache.get(name)
        if found is None and (found := self._name(name)) is not None:
            self.cache[name] = found
        return found

    def _name(self, name: str) -> Name | None:
        shell = self.shells.get(name)
        if shell is None:
            return self._other(name)
        if shell.kind.name == "json":
            return None
        type_ = shell.type
        if shell.computed and shell.state != "done" and self.resolve:
            type_ = self.resolve(shell)
        label = label_words(shell.label, name)
        needed = shell.required and not shell.given
        return Name(
            name,
            type_ or TEXT.or_null(),
            label,
            bool(shell.at.text("personal")),
            shell.volatile,
            shell.kind.writable,
            needed,
            str(shell.params.get("currency_field") or ""),
        )

    def _other(self, name: str) -> Name | None:
        if name in SYSTEM_FIELDS:
            type_, label = SYSTEM_FIELDS[name]
            return Name(name, type_, label, writable=False)
        if name == TEAMS_BELOW and self.entity == "user" and "team" in self.world:
            return Name(name, set_of(ref("team")), Words("Teams below", "下级团队"), writable=False)
        return None

    def relation(self, name: str) -> Relation | None:
        """The to-many relation of that name."""
        return self.relations.get(name)

    def names(self) -> Iterable[str]:
        """Every field and relation."""
        return [*self.shells, *self.relations, *SYSTEM_FIELDS]

    def of(self, entity: str) -> Scope | None:
        """The names of another entity."""
        return self.settings if entity == SETTINGS else self.world.get(entity) or parts_scope(entity)

    def hint(self, name: str) -> Words | None:
        """The nearest name."""
        return did_you_mean(name, self.names())


def label_words(label: Label, name: str) -> Words:
    """A field's label as words of messages."""
    text = name.replace("_", " ").capitalize()
    return Words(label.texts.get("en") or text, label.texts.get("zh-CN") or label.texts.get("en") or text)
