"""Changes that people are told of and that need no table: documents, rights, the app as a whole, texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kith.problems import Value, Words, fill
from kith.runtime.plan.changes import Change
from kith.runtime.plan.spoken import spoken

HOW: Mapping[str, tuple[str, Words]] = {
    "added": ("+", Words("added", "新增")),
    "changed": ("~", Words("changed", "更改")),
    "removed": ("-", Words("removed", "移除")),
}
"""What happens to a document: its sign, and in words."""


@dataclass(frozen=True, slots=True)
class ChangeDocument(Change):
    """A document that needs nothing of the database: a form, a view, a rule, a role …; `how` is a key of HOW."""

    document: str
    name: str
    how: str
    words = Words("{document} {name} {how}", "{document} {name} {how}")

    @property
    def sign(self) -> str:
        """As `how` says."""
        return HOW[self.how][0]

    def values(self) -> dict[str, Value]:
        """What its words need."""
        return {**super(ChangeDocument, self).values(), "how": HOW[self.how][1], "document": spoken(self.document)}


LEVELS: Mapping[str, int] = {"no": 0, "none": 0, "mask": 1, "read": 2, "write": 3, "yes": 3}
"""How far a right goes; a scope is between no and yes."""
SOME = 1
RIGHTS: Mapping[str, Words] = {
    "no": Words("no", "否"),
    "yes": Words("yes", "是"),
    "none": Words("hidden", "不可见"),
    "mask": Words("masked", "掩码"),
    "read": Words("read", "查看"),
    "write": Words("write", "修改"),
    "create": Words("create", "新建"),
    "update": Words("update", "修改"),
    "delete": Words("delete", "删除"),
    "transfer": Words("transfer", "移交"),
    "export": Words("export", "导出"),
    "import": Words("import", "导入"),
    "field": Words("field", "字段"),
    "action": Words("action", "操作"),
    "other fields": Words("other fields", "其他字段"),
    "all_entities": Words("access", "访问"),
}
"""Rights and how far they go, as a person calls them."""
WAYS: Mapping[str, Words] = {
    "gains": Words("gains", "增加权限"),
    "loses": Words("loses", "减少权限"),
    "changes": Words("has other rights", "权限有变"),
}


@dataclass(frozen=True, slots=True)
class ChangeRights(Change):
    """What a role may do with an entity, before and after: no, yes or a scope expression; so many `people` have the role."""

    role: str
    entity: str
    what: str
    before: str
    after: str
    people: int = 0
    words = Words(
        "role {role} on {entity} {how}: {what} was {before}, becomes {after}",
        "角色 {role} 对 {entity} {how}：{what} 由 {before} 变为 {after}",
    )

    @property
    def how(self) -> str:
        """Whether the role gains or loses by it; a key of WAYS."""
        was, becomes = LEVELS.get(self.before, SOME), LEVELS.get(self.after, SOME)
        return "changes" if was == becomes else "gains" if was < becomes else "loses"

    def values(self) -> dict[str, Value]:
        """What its words need."""
        kind, _, name = self.what.partition(" ")
        what = self.what if self.what in RIGHTS else kind
        spoken_ = RIGHTS.get(what, Words(what, what))
        named = f" {name}" if name and what == kind else ""
        return {
            **super(ChangeRights, self).values(),
            "entity": Words("all entities", "所有实体") if self.entity == "*" else self.entity,
            "how": WAYS[self.how],
            "what": Words(spoken_.en + named, spoken_.zh + named),
            "before": RIGHTS.get(self.before, self.before),
            "after": RIGHTS.get(self.after, self.after),
        }

    def message(self, language: str) -> str:
        """The change as one line."""
        line = super(ChangeRights, self).message(language)
        return line + (fill(PEOPLE, {"people": people(self.people)}, language) if self.people else "")

    def as_data(self, language: str) -> dict[str, object]:
        """The change as plain data."""
        return super(ChangeRights, self).as_data(language) | {"how": self.how}


PEOPLE = Words(" ({people})", "（{people}）")


def people(count: int) -> Words:
    """A number of users, in words."""
    return Words(f"{count:,} user{'' if count == 1 else 's'}", f"{count:,} 名用户")


ANYBODY = ("*",)


@dataclass(frozen=True, slots=True)
class ChangeMove(Change):
    """The roles whose people may take a transition of a workflow, before and after; ANYBODY for who may change the record."""

    workflow: str
    transition: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    words = Words(
        "workflow {workflow}, {transition}: taken by {before}, from now on by {after}",
        "流程 {workflow} 的 {transition}：原由 {before} 执行，今后由 {after} 执行",
    )

    def values(self) -> dict[str, Value]:
        """What its words need."""
        return {**super(ChangeMove, self).values(), "before": takers(self.before), "after": takers(self.after)}


def takers(roles: tuple[str, ...]) -> Value:
    """Roles as a person says them."""
    if roles == ANYBODY:
        return Words("whoever may change the record", "凡可修改记录的人")
    return Words(", ".join(roles), "、".join(roles)) if roles else Words("nobody", "无人")


@dataclass(frozen=True, slots=True)
class ChangeApp(Change):
    """Settings of the app as a whole."""

    aspects: tuple[str, ...]
    words = Words("app: {aspects}", "应用：{aspects}")


@dataclass(frozen=True, slots=True)
class ChangeTexts(Change):
    """Documents whose text differs and means the same, such as comments."""

    layer: str
    paths: tuple[str, ...]
    words = Words("texts of {layer}: {paths}", "{layer} 的文本：{paths}")
