"""The company's layer against two versions of its template, path by path: what both changed, and what is not there any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kith.metadata.editing import same
from kith.metadata.layers.merging import AFTER, BEFORE, DIRECTIVES, merge, removes
from kith.packages.conflicts import ADOPT, DROP, Action, Adopt, Choice, Conflict, Drop, Give, Path, Say, id_of, side
from kith.problems import Problem, Words
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar

Renamed = Callable[[Path], str]
"""What the new template calls that which stands at a path of the old one, "" where nothing has another name."""
WHOLE: Mapping[str, tuple[str, int]] = {"rules": ("items", 4)}
"""What means something only as a whole: kind of document, the map that it is in, and how long its path is."""

OWN = frozenset({"of", "version", "extends"})
"""What every layer says for itself."""

KEEP = Words("keep what the company says", "保留公司的设置")
TAKE = Words(
    "drop what the company says here; the template's new version holds", "删除公司在此处的设置，采用模板新版本"
)
GIVEN = Words("say this instead (value: …)", "改为所给的值（value: …）")


@dataclass(frozen=True, slots=True)
class Comparing:
    """A comparison of one company's layer; titles say who says what."""

    old_title: str
    new_title: str
    company_title: str
    renamed: Renamed
    told: frozenset[Path]
    """What is gone and told already."""

    def document(self, path: Path, ours: MappingNode, old: Node | None, new: Node | None) -> Iterator[Conflict]:
        """The conflicts of one document of the company's layer."""
        if old is None and new is None:
            return
        if removes(ours, _silent):
            yield from self._removal(path, ours, old, new)
        elif new is None:
            yield from self._gone(path, ours, old)
        else:
            identity = next(iter(ours.entries), "")
            own = {name: entry for name, entry in ours.entries.items() if name not in (identity, *OWN)}
            yield from self._entries(path, MappingNode(own, ours.span), old, new)

    def _entries(self, path: Path, ours: MappingNode, old: Node | None, new: Node | None) -> Iterator[Conflict]:
        """What the keys of a map of the company's layer have against them."""
        for name, entry in ours.entries.items():
            here = (*path, name)
            was, becomes = _at(old, name), _at(new, name)
            if becomes is None and was is not None:
                becomes = _at(new, self.renamed(here))
            if name not in DIRECTIVES:
                yield from self._entry(here, entry.value, was, becomes)
            if isinstance(entry.value, MappingNode):
                yield from self._placement(here, entry.value, ours, old, new)

    def _entry(self, path: Path, ours: Node, old: Node | None, new: Node | None) -> Iterator[Conflict]:
        if _takes_away(ours):
            yield from self._removal(path, ours, old, new)
        elif (
            isinstance(ours, MappingNode)
            and isinstance(old, MappingNode | None)
            and isinstance(new, MappingNode | None)
        ):
            yield from self._map(path, ours, old, new)
        elif not _same(old, new) and not _same(ours, new):
            yield self._both(path, ours, old, new)

    def _map(
        self, path: Path, ours: MappingNode, old: MappingNode | None, new: MappingNode | None
    ) -> Iterator[Conflict]:
        if old is None and new is None:
            return
        if new is None:
            yield from self._gone(path, ours, old)
        elif old is None:
            if any(True for _ in _unlike(ours, new)):
                yield self._added(path, ours, new)
        elif self._is_whole(path):
            if not same(old, new) and any(True for _ in _unlike(ours, new)):
                yield self._rule(path, ours, old, new)
        else:
            yield from self._entries(path, ours, old, new)

    def _is_whole(self, path: Path) -> bool:
        part, length = WHOLE.get(path[0], ("", 0))
        return len(path) == length and path[2] == part

    def _both(self, path: Path, ours: Node, old: Node | None, new: Node | None) -> Conflict:
        words = Words(
            f"{id_of(path)}: both the template and the company changed it.", f"{id_of(path)}：模板和公司都修改了它。"
        )
        choices = {
            "template": Choice(TAKE, (Drop(path),)),
            "company": Choice(KEEP),
            "value": Choice(GIVEN, (Give(path),)),
        }
        return self._conflict("both", path, words, (old, new, ours), choices, "company")

    def _added(self, path: Path, ours: Node, new: Node) -> Conflict:
        words = Words(
            f"{id_of(path)}: the template now has one of this name, and so has the company.",
            f"{id_of(path)}：模板新增了同名项，而公司已有一个。",
        )
        keep = Words("lay the company's over the template's", "将公司的设置叠加在模板之上")
        choices = {"template": Choice(TAKE, (Drop(path),)), "company": Choice(keep)}
        return self._conflict("added", path, words, (None, new, ours), choices, "company")

    def _rule(self, path: Path, ours: MappingNode, old: MappingNode, new: MappingNode) -> Conflict:
        words = Words(
            f"{id_of(path)}: both changed this rule; together the changes may mean something else.",
            f"{id_of(path)}：双方都修改了此规则，合在一起含义可能改变。",
        )
        keep = Words("lay the company's changes over the template's new rule", "将公司的改动叠加在模板的新规则之上")
        as_was = Words(
            "keep the rule as it has been until now, whole, in the company's layer", "在公司层保留原有的完整规则"
        )
        choices = {
            "template": Choice(TAKE, (Drop(path),)),
            "company": Choice(keep),
            "adopt": Choice(as_was, (Adopt(path, old), *_clearing(path, merge(old, ours, _silent), new))),
        }
        return self._conflict("rule", path, words, (old, new, ours), choices, "")

    def _gone(self, path: Path, ours: MappingNode, old: Node | None) -> Iterator[Conflict]:
        if any(path[: len(told)] == told for told in self.told):
            return
        words = Words(
            f"{id_of(path)}: the company changes it, and the template's new version has it no more.",
            f"{id_of(path)}：公司对其有修改，但模板新版本中已不存在。",
        )
        choices = {"adopt": Choice(ADOPT, (Adopt(path, old),))} if isinstance(old, MappingNode) else {}
        choices["drop"] = Choice(DROP, (Drop(path),))
        yield self._conflict("gone", path, words, (old, None, ours), choices, next(iter(choices)))

    def _removal(self, path: Path, ours: Node, old: Node | None, new: Node | None) -> Iterator[Conflict]:
        """Where the company takes something away: that may be gone by itself, or have become something else."""
        if old is None or _same(old, new) or any(path[: len(told)] == told for told in self.told):
            return
        if new is None:
            words = Words(
                f"{id_of(path)}: the company takes it away, and the template's new version has it no more.",
                f"{id_of(path)}：公司移除了它，而模板新版本中也已不存在。",
            )
            choices = {
                "drop": Choice(
                    Words("drop the company's removal, which does nothing", "删除公司的移除指令"), (Drop(path),)
                )
            }
            yield self._conflict("gone", path, words, (old, None, ours), choices, "drop")
            return
        words = Words(
            f"{id_of(path)}: the company takes it away, and the template changed it.",
            f"{id_of(path)}：公司移除了它，而模板修改了它。",
        )
        choices = {
            "template": Choice(
                Words("bring it back as the template has it now", "恢复为模板当前的内容"), (Drop(path),)
            ),
            "company": Choice(Words("leave it away", "保持移除")),
        }
        yield self._conflict("both", path, words, (old, new, ours), choices, "company")

    def _placement(
        self, path: Path, ours: MappingNode, siblings: MappingNode, old: Node | None, new: Node | None
    ) -> Iterator[Conflict]:
        """A place beside something that is not there any more."""
        for directive in (AFTER, BEFORE):
            said, here = ours.get(directive), (*path, directive)
            if not isinstance(said, Scalar) or said.text in siblings.entries:
                continue
            beside = _at(old, said.text)
            if beside is None or _at(new, said.text) is not None:
                continue
            words = Words(
                f'{id_of(here)}: "{said.text}", beside which the company placed it, is not there any more.',
                f"{id_of(here)}：公司将其放在“{said.text}”旁边，而后者已不存在。",
            )
            choices = {
                "drop": Choice(Words("leave it where it comes by itself", "不再指定位置"), (Drop(here),)),
                "value": Choice(
                    Words("place it beside this (value: …)", "放在所给的项旁边（value: …）"), (Give(here),)
                ),
            }
            other = self.renamed((*path[:-1], said.text))
            if _at(new, other) is not None:
                follow = Words(f'place it beside "{other}", as it is called now', f"放在已改名的“{other}”旁边")
                choices = {"rename": Choice(follow, (Say(here, other),)), **choices}
            yield self._conflict("place", here, words, (beside, None, said), choices, next(iter(choices)))

    def _conflict(
        self,
        kind: str,
        path: Path,
        words: Words,
        values: tuple[Node | None, Node | None, Node],
        choices: Mapping[str, Choice],
        recommended: str,
    ) -> Conflict:
        titles = (self.old_title, self.new_title, self.company_title)
        sides = tuple(side(title, node) for title, node in zip(titles, values, strict=True))
        return Conflict(id_of(path), kind, words, sides, choices, recommended, path)


def _silent(_: Problem) -> None:
    """What layers have against each other is told by the check of the candidate."""


def _at(node: Node | None, name: str) -> Node | None:
    return node.get(name) if isinstance(node, MappingNode) else None


def _takes_away(node: Node) -> bool:
    return (isinstance(node, Scalar) and node.is_null) or removes(node, _silent)


def _same(one: Node | None, other: Node | None) -> bool:
    return one is other if one is None or other is None else same(one, other)


def _unlike(ours: MappingNode, new: MappingNode) -> Iterator[str]:
    """The keys at which the company says something else than the template does now."""
    for name, entry in ours.entries.items():
        value = new.get(name)
        if isinstance(entry.value, MappingNode) and isinstance(value, MappingNode):
            yield from _unlike(entry.value, value)
        elif name not in DIRECTIVES and not _same(entry.value, value):
            yield name


def _clearing(path: Path, whole: MappingNode, below: MappingNode) -> Iterator[Action]:
    """What clears everything that only the lower map says, so that a map laid over it is what it is alone."""
    for name, entry in below.entries.items():
        own = whole.get(name)
        if own is None:
            yield Say((*path, name), None)
        elif isinstance(own, MappingNode) and isinstance(entry.value, MappingNode):
            yield from _clearing((*path, name), own, entry.value)
