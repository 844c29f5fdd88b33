"""How a folder stands to a release: layer by layer, who has changed what since they were last the same.

The release is the truth and the folder a proposal. What only the folder changed is proposed; what only the release
changed stays; where both changed a layer, somebody has to bring them together first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from kith.metadata.layers.company import company_of
from kith.metadata.model import Layer

Digests = Mapping[str, str]
"""The hash of each layer, by its name."""


@dataclass(frozen=True, slots=True)
class Base:
    """When folder and release were last brought together: the hashes of the layers of each then."""

    folder: Digests
    release: Digests
    is_own: bool = True
    """Whether it was this very folder; else the one that was brought together with the database last."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What to propose, and why not all of the folder."""

    layers: tuple[Layer, ...]
    """The candidate's."""
    both: tuple[str, ...] = ()
    """The layers that both have changed; the candidate has them as the folder says."""
    ahead: tuple[str, ...] = ()
    """The layers in which the release has what the folder lacks."""
    behind: tuple[str, ...] = ()
    """Those of them that an unknown folder has as an earlier release had them: a copy that is old, or one set back."""
    brings: tuple[str, ...] = ()
    """The layers that the candidate has otherwise than the release."""


def together(folder: Sequence[Layer], release: Sequence[Layer], standing: Standing, base: Base | None) -> Base:
    """The base from now on, where the release has all that the folder proposed.

    A layer in which the release is ahead keeps its own, so that a change of the folder's is one on what is old.
    """
    here, there = ({layer.name: layer.digest for layer in layers} for layers in (folder, release))
    for name in standing.ahead:
        if base is not None and name in base.release and name in here:
            there[name] = base.release[name]
    return Base(here, there)


def stand(
    folder: Sequence[Layer],
    release: Sequence[Layer],
    base: Base | None,
    earlier: Mapping[str, Collection[str]],
    *,
    anyway: bool = False,
) -> Standing:
    """Compare a folder's layers with the release's; both start with the platform's own.

    `earlier` has the hashes that each layer had in the releases before. With `anyway` the folder is right.
    """
    now = {layer.name: layer.digest for layer in release}
    base = base or Base(now, now, is_own=False)
    verdict = _Verdict({layer.name: layer for layer in folder}, {layer.name: layer for layer in release}, base, earlier)
    core = folder[0].name
    names, torn = _names([layer.name for layer in folder], [layer.name for layer in release], base, release)
    picked = [verdict.core(core), *(verdict.pick(name, anyway=anyway) for name in names if name != core)]
    both = (*verdict.both, *(name for name in torn if name not in verdict.both))
    brings = [layer.name for layer in picked if now.get(layer.name) != layer.digest]
    gone = [layer.name for layer in release if layer.name not in {one.name for one in picked}]
    order = [layer.name for layer in picked] != [layer.name for layer in release]
    return Standing(
        tuple(picked),
        () if anyway else tuple(both),
        tuple(verdict.ahead),
        tuple(verdict.behind),
        tuple([*brings, *gone] or ([picked[-1].name] if order else [])),
    )


def _names(
    folder: Sequence[str], release: Sequence[str], base: Base, layers: Sequence[Layer]
) -> tuple[Sequence[str], Sequence[str]]:
    """The layers of the candidate, and those over which both sides have put up another stack."""
    if list(release[: len(folder)]) == list(folder) or list(folder) == list(base.folder):
        # The folder has nothing to say of what lies above it, or says nothing new.
        return release, ()
    company = company_of(layers)
    above = [company.name] if company and company.name not in {*folder, *base.folder} else []
    return [*folder, *above], () if list(release) == list(base.release) else folder[-1:]


@dataclass
class _Verdict:
    folder: Mapping[str, Layer]
    release: Mapping[str, Layer]
    base: Base
    earlier: Mapping[str, Collection[str]]
    both: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)

    def core(self, name: str) -> Layer:
        """The platform's own layer comes with Kith: a newer Kith brings another, an older one beside it does not."""
        here, there = self.folder[name], self.release.get(name)
        if there is None or here.digest == there.digest or here.digest not in self.earlier.get(name, ()):
            return here
        return there

    def pick(self, name: str, *, anyway: bool) -> Layer:
        """The folder's layer or the release's."""
        here, there = self.folder.get(name), self.release.get(name)
        if here is None or there is None:
            return self._only(here, there)
        if here.digest == there.digest or anyway:
            return here
        if here.digest == self.base.folder.get(name):
            self.ahead.append(name)
            return there
        if not self.base.is_own and here.digest in self.earlier.get(name, ()):
            self.ahead.append(name)
            self.behind.append(name)
            return there
        if there.digest != self.base.release.get(name):
            self.both.append(name)
        return here

    def _only(self, here: Layer | None, there: Layer | None) -> Layer:
        layer = here or there
        assert layer is not None
        if here is None:
            self.ahead.append(layer.name)
        return layer
