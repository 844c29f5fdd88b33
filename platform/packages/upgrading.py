"""A template's new version under a company's layer: everything that has to be decided, at once, and what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kith.metadata.build import Built, build_all
from kith.metadata.layers.documents import Document
from kith.metadata.model import Layer
from kith.packages.comparing import Comparing
from kith.packages.conflicts import Action, Choice, Conflict, Drop, DropUse, Give, Path, Rename, Say, Side, id_of
from kith.packages.losing import Losses, conflicts_of
from kith.packages.resolving import carried_out, depth, mended
from kith.packages.stack import Stack, documents_of, is_in, place_of
from kith.problems import Problem, Span, Words
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar

MOST_ROUNDS = 6
"""How often what has been decided is checked again: one decision may bring up another."""

Failing = Callable[[Sequence[Layer]], Mapping[str, str]]
"""The cases that fail on layers, as `document/case`, each with what came otherwise."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody decided: the name of a choice, with the value that it needs."""

    choice: str
    value: Node | None = None


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade would come to with what has been decided so far."""

    stack: Stack
    company: Layer
    """The company's layer with all decisions carried out, and the recommended ones where none was made."""
    conflicts: tuple[Conflict, ...]
    open: tuple[Conflict, ...]
    """Those that nobody has decided."""
    unknown: tuple[str, ...]
    """Decisions about what is no conflict, or not any more."""
    built: Built

    @property
    def is_ready(self) -> bool:
        """Whether everything is decided and what came of it is sound."""
        return not self.open and self.built.is_sound


def upgrade(stack: Stack, taken: Mapping[str, Taken] | None = None, failing: Failing | None = None) -> Upgrade:
    """Find everything that has to be decided, and carry out what was; without `taken`, what is recommended."""
    attempt = _Attempt(stack, taken, failing)
    found = list({one.id: one for one in first_conflicts(stack)}.values())
    company = attempt.settled(stack.company, found, (*stack.below, stack.old, *stack.between))
    company, built = attempt.renamed(company, found)
    for _ in range(MOST_ROUNDS):
        told = {one.id for one in found}
        more = list({one.id: one for one in attempt.later(company, built) if one.id not in told}.values())
        found += more
        after = attempt.settled(company, more, stack.after()[:-1])
        if after.documents == company.documents:
            break
        company, built = attempt.renamed(after, found)
    if failing is not None and not built.is_sound:
        found += attempt.beyond(company, found)
    ids = {one.id for one in found}
    open_ = tuple(one for one in found if taken is None or attempt.decision(one) is None)
    unknown = tuple(sorted((taken or {}).keys() - ids))
    return Upgrade(stack, company, tuple(found), open_, unknown, built)


def first_conflicts(stack: Stack) -> Iterator[Conflict]:
    """What the layers themselves tell: names that are gone, and what both sides changed."""
    titles = (_titled(stack.old), _titled(stack.new), stack.company.name)
    losses = Losses(stack.old_world(), stack.new_world()).look()
    lost = list(conflicts_of(stack, losses, titles))
    yield from lost
    comparing = Comparing(*titles, _renamed_in(losses), frozenset(one.path for one in lost))
    old, new = (world.built.documents.documents for world in (losses.old, losses.new))
    for key, _, root in documents_of(stack.company):
        was, becomes = old.get(key), new.get((key[0], comparing.renamed(key) or key[1]))
        if not (was and becomes and is_demo(was)):
            yield from comparing.document(key, root, was.node if was else None, becomes.node if becomes else None)


def _renamed_in(losses: Losses) -> Callable[[Path], str]:
    """What stands now where something stood: by its place, or, in lists and maps of names, by its name where that is plain."""
    places = {one.path: one.new_name for one in losses.found if one.new_name}
    every = Counter(one.thing.name for one in losses.found)
    names = {one.thing.name: one.new_name for one in losses.found if one.new_name and every[one.thing.name] == 1}
    return lambda path: places.get(path) or (names.get(path[-1], "") if len(path) > 2 else "")


def is_demo(document: Document) -> bool:
    """Whether a document holds demo data, which nothing is built on."""
    return any(part.path.startswith("data/demo/") for part in document.parts)


def _titled(layer: Layer) -> str:
    return f"{layer.name} {layer.version}"


@dataclass(frozen=True, slots=True)
class _Attempt:
    stack: Stack
    taken: Mapping[str, Taken] | None
    failing: Failing | None

    def decision(self, conflict: Conflict) -> Taken | None:
        """What was decided about a conflict, if it is one of the ways there are."""
        said = (self.taken or {}).get(conflict.id)
        if said is None or said.choice not in conflict.choices:
            return None
        needs = any(isinstance(action, Give) for action in conflict.choices[said.choice].actions)
        return None if needs and said.value is None else said

    def actions(self, conflict: Conflict) -> list[tuple[Action, Node | None]]:
        """What is to be done about a conflict: as was decided, else as is recommended."""
        said = self.decision(conflict) or Taken(conflict.recommended)
        choice = conflict.choices.get(said.choice)
        return [(action, said.value) for action in choice.actions] if choice else []

    def settled(self, company: Layer, conflicts: Sequence[Conflict], below: tuple[Layer, ...]) -> Layer:
        """The company's layer with these conflicts settled as was decided, else as is recommended."""
        actions = [action for one in conflicts for action in self.actions(one)]
        return carried_out(company, below, actions, self.stack.memo) if actions else company

    def renamed(self, company: Layer, conflicts: Sequence[Conflict]) -> tuple[Layer, Built]:
        """The candidate; old names that only its check finds are followed, too, where that was decided."""
        followed = (action for one in conflicts for action, _ in self.actions(one) if isinstance(action, Rename))
        names = {action.thing.name: action.new for action in followed}
        lost = Counter(one.path[-1] for one in conflicts if one.kind == "gone")
        names = {name: new for name, new in names.items() if lost[name] == 1}
        built = build_all(self.stack.after(company), self.stack.memo, advice=False)
        for _ in range(MOST_ROUNDS):
            places = [
                (problem.span, names[str(problem.values["name"])])
                for problem in _errors(built, company)
                if problem.span is not None
                and problem.values.get("name") in names
                and problem.span.source.text[problem.span.start : problem.span.end] == problem.values["name"]
            ]
            if not places:
                break
            company = mended(company, places)
            built = build_all(self.stack.after(company), self.stack.memo, advice=False)
        return company, built

    def later(self, company: Layer, built: Built) -> Iterator[Conflict]:
        """What only the candidate tells: references that lead nowhere, else tests that fail now and did not before."""
        errors = [problem for problem in built.problems if problem.is_error]
        if errors:
            for problem in errors:
                yield _broken(problem, company, built)
        elif self.failing is not None:
            fails = self.failing(self.stack.after(company))
            before = self.failing(self.stack.before()) if fails else {}
            for case in sorted(fails.keys() - before.keys()):
                yield _failed(case, fails[case], built, company)

    def beyond(self, company: Layer, conflicts: Sequence[Conflict]) -> list[Conflict]:
        """Tests that fail once what is broken is mended: the first way of each is tried, lest they come up only afterwards."""
        broken = [one for one in conflicts if one.kind == "broken" and one.choices and self.decision(one) is None]
        actions = [action for one in broken for action in next(iter(one.choices.values())).actions]
        if any(isinstance(action, Give) for action in actions):
            return []
        tried = carried_out(company, self.stack.after()[:-1], [(action, None) for action in actions], self.stack.memo)
        built = build_all(self.stack.after(tried), self.stack.memo, advice=False)
        return list(self.later(tried, built)) if built.is_sound else []


def _errors(built: Built, company: Layer) -> Iterator[Problem]:
    """Errors in the company's own documents."""
    for problem in built.problems:
        if problem.is_error and problem.span is not None and is_in(company, problem.span):
            yield problem


def _broken(problem: Problem, company: Layer, built: Built) -> Conflict:
    """A problem of the candidate as something to be decided."""
    words = Words(f"{problem.code}: {problem.message('en')}", f"{problem.code}：{problem.message('zh-CN')}")
    span = problem.span
    if span is None:
        return Conflict(f"app {problem.code}", "broken", words, (), problem=problem)
    found = place_of(built, span)
    path, item, node = found or ((), None, None)
    choices: dict[str, Choice] = {}
    if is_in(company, span):
        choices["drop"] = Choice(Words("take it out of the company's layer", "从公司层中删除"), (DropUse(span),))
        if isinstance(node, Scalar):
            instead = Words("say this instead (value: …)", "改为所给的值（value: …）")
            choices["value"] = Choice(instead, (Give(path),))
    else:
        choices = {**_undoing(problem, company), **_without(built, path)}
    line = span.source.line(span.source.position(span.start)[0]).strip()
    sides = (Side(Words("the new release", "新发布"), line, span.place),)
    told = id_of((*path, *([str(item + 1)] if item is not None else []))) or span.source.path
    return Conflict(f"{told} {problem.code}", "broken", words, sides, choices, "", path, problem)


def _undoing(problem: Problem, company: Layer) -> dict[str, Choice]:
    """Where the template names what the company took away: bringing that back."""
    name = str(problem.values.get("name", ""))
    told = {(one.span.source.path, one.span.start) for one in problem.related}
    for key, _, root in documents_of(company):
        for keys, span in _taken_away(root):
            if (name and (keys or key)[-1] == name) or (span.source.path, span.start) in told:
                words = Words(f"bring {id_of((*key, *keys))} back", f"恢复 {id_of((*key, *keys))}")
                return {"template": Choice(words, (Drop((*key, *keys)),))}
    return {}


def _without(built: Built, path: Path) -> dict[str, Choice]:
    """What the template has there, taken away by the company: the smallest map that makes sense by itself."""
    whole = built.documents.documents.get((path[0], path[1])) if path else None
    if whole is None or path[0] == "app":
        return {}
    keys = path[2 : 2 + depth(path[0], whole.node, path[2:])]
    while keys and not isinstance(_at(whole.node, keys), MappingNode):
        keys = keys[:-1]
    unit = (*path[:2], *keys)
    words = Words(f"take {id_of(unit)} away, which comes from the template", f"移除来自模板的 {id_of(unit)}")
    return {"drop": Choice(words, (Say((*unit, "~remove"), True),))}


def _taken_away(node: MappingNode, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Span]]:
    """The paths that a document takes away, each with its key."""
    for name, entry in node.entries.items():
        if isinstance(entry.value, MappingNode):
            if entry.value.get("~remove") is not None:
                yield (*keys, name), entry.key.span
            yield from _taken_away(entry.value, (*keys, name))
        elif isinstance(entry.value, Scalar) and entry.value.is_null:
            yield (*keys, name), entry.key.span
        elif name == "~remove" and not keys:
            yield keys, entry.key.span


def _at(root: MappingNode, keys: tuple[str, ...]) -> Node | None:
    node: Node | None = root
    for step in keys:
        node = node.get(step) if isinstance(node, MappingNode) else None
    return node


def _failed(case: str, why: str, built: Built, company: Layer) -> Conflict:
    """A test that held before."""
    document, _, name = case.partition("/")
    path = ("tests", document, "cases", name)
    words = Words(f"The test {case} held before and fails now: {why}", f"测试 {case} 此前通过，现在失败：{why}")
    own = any(key == path[:2] and _at(root, path[2:]) is not None for key, _, root in documents_of(company))
    tests = built.model.tests.get(document)
    place = tests.cases[name].span.place if tests and name in tests.cases else ""
    gone = (Drop(path),) if own else (Say(path, {"~remove": True}),)
    choices = {
        "company": Choice(Words("go on though it fails", "仍然继续（保留失败的测试）"), ()),
        "drop": Choice(Words("take the test out", "移除此测试"), gone),
    }
    return Conflict(id_of(path), "test", words, (Side(Words("the test", "测试"), case, place),), choices, "", path)
