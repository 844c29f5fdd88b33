"""Whoever edits what in whichever order: nothing that somebody said is lost without a decision."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kith.metadata.editing import Put, Remove, edited
from kith.metadata.layers.joining import Clash, Side, join
from kith.metadata.layers.loading import layer_of
from kith.metadata.layers.standing import Base, stand, together
from kith.metadata.model import Layer

Documents = dict[str, str]
CORE = layer_of({"app.yaml": "app: platform\nversion: 1.0.0\n"}, "platform")
LAYERS = st.sampled_from(["shop", "ours"])
PATHS = st.sampled_from(["entities/a.yaml", "entities/b.yaml"])
KEYS = st.sampled_from(["x", "y", "z"])
START = {
    "shop": {"app.yaml": "app: shop\nversion: 1.0.0\n", "entities/a.yaml": "entity: a\n"},
    "ours": {
        "app.yaml": "app: ours\nversion: 1.0.0\nextends: shop\n",
        "entities/a.yaml": "entity: a\nx: 0  # at first\n",
    },
}


def layers(of: dict[str, Documents]) -> tuple[Layer, ...]:
    return (CORE, *(layer_of(dict(sorted(documents.items())), name) for name, documents in of.items()))


def texts(of: tuple[Layer, ...]) -> dict[str, Documents]:
    return {layer.name: dict(layer.documents) for layer in of[1:]}


Place = tuple[str, str, str]
"""A layer, a document and a key."""


class Editing(RuleBasedStateMachine):
    """A folder and a database, each edited by somebody: every edit writes a value of its own, so that it is known again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = {name: dict(documents) for name, documents in START.items()}
        self.release = {name: dict(documents) for name, documents in START.items()}
        start = {layer.name: layer.digest for layer in layers(START)}
        self.base = Base(start, start)
        self.known: dict[str, Documents] = {}
        self.number = 0
        self.ours: dict[Place, str] = {}
        """What was written into the folder and the database has not seen."""
        self.theirs: dict[Place, str] = {}
        """What was written into the database and the folder has not seen."""
        self.keep()

    @rule(place=st.tuples(LAYERS, PATHS, KEYS))
    def edit_the_folder(self, place: Place) -> None:
        self.ours[place] = self.put(self.folder, place)

    @rule(place=st.tuples(st.just("ours"), PATHS, KEYS))
    def edit_in_the_running_crm(self, place: Place) -> None:
        self.theirs[place] = self.put(self.release, place)
        self.keep()

    @rule(place=st.tuples(st.just("shop"), PATHS, KEYS))
    def upgrade_the_template_in_the_database(self, place: Place) -> None:
        self.theirs[place] = self.put(self.release, place)

    @rule(path=PATHS, key=KEYS)
    def take_out_in_the_running_crm(self, path: str, key: str) -> None:
        if f"\n{key}:" in self.release["ours"].get(path, ""):
            self.release["ours"][path] = edited(self.release["ours"][path], [Remove((key,))])
            self.theirs.pop(("ours", path, key), None)
            self.keep()

    @rule()
    def apply(self) -> None:
        folder = layers(self.folder)
        found = stand(folder, layers(self.release), self.base, {})
        if found.both:
            return
        self.base = together(folder, found.layers, found, self.base)
        self.release = texts(found.layers)
        self.keep()
        self.has_all(self.release, self.ours)
        self.ours.clear()

    @rule(side=st.sampled_from(["ours", "theirs", None]))
    def pull(self, side: Side | None) -> None:
        clashes: list[Clash] = []

        def choose(clash: Clash) -> Side | None:
            clashes.append(clash)
            return side

        before = self.known[self.base.folder["ours"]]
        joined = join(before, self.folder["ours"], self.release["ours"], choose)
        if joined.clashes:
            return
        for path, text in joined.documents.items():
            assert text is not None, "no document was removed"
            self.folder["ours"][path] = text
        decided = {("ours", clash.path, clash.key) for clash in clashes}
        self.ours = {place: value for place, value in self.ours.items() if side == "ours" or place not in decided}
        seen = {place: value for place, value in self.theirs.items() if place[0] == "ours"}
        self.has_all(self.folder, {place: value for place, value in seen.items() if place not in decided})
        self.theirs = {place: value for place, value in self.theirs.items() if place not in seen}
        release = {layer.name: layer.digest for layer in layers(self.release)}
        self.base = Base({**release, "shop": self.base.folder["shop"]}, {**release, "shop": self.base.release["shop"]})

    @invariant()
    def nothing_is_lost_that_the_other_side_has_not_seen(self) -> None:
        self.has_all(self.folder, self.ours)
        self.has_all(self.release, self.theirs)

    def put(self, of: dict[str, Documents], place: Place) -> str:
        layer, path, key = place
        self.number += 1
        of[layer][path] = edited(of[layer].get(path, f"entity: {path[-6]}\n"), [Put((key,), f"v{self.number}.")])
        return f"{key}: v{self.number}."

    def keep(self) -> None:
        digest = next(layer.digest for layer in layers(self.release) if layer.name == "ours")
        self.known[digest] = dict(self.release["ours"])

    @staticmethod
    def has_all(of: dict[str, Documents], said: dict[Place, str]) -> None:
        for (layer, path, _), value in said.items():
            assert value in of[layer][path], f"{value} is lost"


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=40, stateful_step_count=25)
