"""How a folder stands to a release, as a table: who changed what since they were last the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from kith.metadata.layers.company import company_of, with_company
from kith.metadata.layers.loading import layer_of
from kith.metadata.layers.standing import Base, stand, together
from kith.metadata.model import Layer

EXTENDS = {"company": "shop", "two": "shop"}


def stack(text: str) -> tuple[Layer, ...]:
    """Layers such as `platform:1 shop:2`; the number stands for their text."""
    return tuple(_layer(*word.split(":")) for word in text.split())


def _layer(name: str, version: str) -> Layer:
    below = f"extends: {EXTENDS[name]}\n" if name in EXTENDS else ""
    return layer_of({"app.yaml": f"app: {name}\nversion: {version}\n{below}"}, name)


def digests(text: str) -> dict[str, str]:
    return {layer.name: layer.digest for layer in stack(text)}


def history(*texts: str) -> Mapping[str, Collection[str]]:
    found: dict[str, set[str]] = {}
    for text in texts:
        for name, digest in digests(text).items():
            found.setdefault(name, set()).add(digest)
    return found


# name: folder now, release now, folder and release when last together (- for never), candidate, what else is said
CASES = {
    "nothing changed": ("platform:1 shop:1", "platform:1 shop:1", "platform:1 shop:1", "platform:1 shop:1", {}),
    "the folder changed": (
        "platform:1 shop:2", "platform:1 shop:1", "platform:1 shop:1", "platform:1 shop:2", {"brings": ("shop",)},
    ),
    "the release changed": (
        "platform:1 shop:1", "platform:1 shop:2", "platform:1 shop:1", "platform:1 shop:2", {"ahead": ("shop",)},
    ),
    "both changed": (
        "platform:1 shop:2", "platform:1 shop:3", "platform:1 shop:1", "platform:1 shop:2",
        {"both": ("shop",), "brings": ("shop",)},
    ),
    "both changed alike": ("platform:1 shop:2", "platform:1 shop:2", "platform:1 shop:1", "platform:1 shop:2", {}),
    "the folder is set back": (
        "platform:1 shop:1", "platform:1 shop:2", "platform:1 shop:2", "platform:1 shop:1", {"brings": ("shop",)},
    ),
    "a database that knows no folder": (
        "platform:1 shop:2", "platform:1 shop:1", "-", "platform:1 shop:2", {"brings": ("shop",)},
    ),
    "a newer Kith": (
        "platform:2 shop:1", "platform:1 shop:1", "platform:1 shop:1", "platform:2 shop:1", {"brings": ("platform",)},
    ),
    "an older Kith beside a newer one": (
        "platform:0 shop:1", "platform:1 shop:1", "platform:1 shop:1", "platform:1 shop:1", {},
    ),
    "a newer Kith, and the folder changed": (
        "platform:2 shop:2", "platform:1 shop:1", "platform:1 shop:1", "platform:2 shop:2",
        {"brings": ("platform", "shop")},
    ),
    "a newer Kith, and the release changed": (
        "platform:2 shop:1", "platform:1 shop:2", "platform:1 shop:1", "platform:2 shop:2",
        {"brings": ("platform",), "ahead": ("shop",)},
    ),
    "a company layer made in the running CRM": (
        "platform:1 shop:1", "platform:1 shop:1 company:1", "platform:1 shop:1", "platform:1 shop:1 company:1",
        {"ahead": ("company",)},
    ),
    "the template changed below a company layer made in the running CRM": (
        "platform:1 shop:2", "platform:1 shop:1 company:1", "platform:1 shop:1", "platform:1 shop:2 company:1",
        {"brings": ("shop",), "ahead": ("company",)},
    ),
    "the template was upgraded in the database, the company changed in the folder": (
        "platform:1 shop:1 company:2", "platform:1 shop:2 company:1", "platform:1 shop:1 company:1",
        "platform:1 shop:2 company:2", {"brings": ("company",), "ahead": ("shop",)},
    ),
    "the template was upgraded in the folder, the company changed in the database": (
        "platform:1 shop:2 company:1", "platform:1 shop:1 company:2", "platform:1 shop:1 company:1",
        "platform:1 shop:2 company:2", {"brings": ("shop",), "ahead": ("company",)},
    ),
    "a bare template gets a company project": (
        "platform:1 shop:1 company:1", "platform:1 shop:1", "platform:1 shop:1", "platform:1 shop:1 company:1",
        {"brings": ("company",)},
    ),
    "the project goes over to another template": (
        "platform:1 two:1 company:2", "platform:1 shop:1 company:1", "platform:1 shop:1 company:1",
        "platform:1 two:1 company:2", {"brings": ("two", "company", "shop")},
    ),
    "a package was added in the database": (
        "platform:1 shop:1 company:1", "platform:1 shop:1 two:1 company:1", "platform:1 shop:1 company:1",
        "platform:1 shop:1 two:1 company:1", {"ahead": ("two",)},
    ),
    "both put up another stack": (
        "platform:1 more:1 company:1", "platform:1 shop:1 two:1 company:1", "platform:1 shop:1 company:1",
        "platform:1 more:1 company:1", {"both": ("company",), "brings": ("more", "shop", "two")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_who_changed_what_decides_what_is_proposed(case: tuple[str, str, str, str, dict[str, tuple[str, ...]]]) -> None:
    folder, release, together, candidate, said = case
    base = None if together == "-" else Base(digests(together), digests(together))
    found = stand(stack(folder), stack(release), base, history("platform:0 shop:0", release))
    assert " ".join(f"{layer.name}:{layer.version}" for layer in found.layers) == candidate
    told = {"both": found.both, "ahead": found.ahead, "behind": found.behind, "brings": found.brings}
    assert {name: value for name, value in told.items() if value} == said


def test_an_unknown_folder_that_is_as_an_earlier_release_was_does_not_set_the_database_back() -> None:
    base = Base(digests("platform:1 shop:2"), digests("platform:1 shop:2"), is_own=False)
    earlier = history("platform:1 shop:1", "platform:1 shop:2")
    old = stand(stack("platform:1 shop:1"), stack("platform:1 shop:2"), base, earlier)
    assert (old.behind, old.brings) == (("shop",), ())
    new = stand(stack("platform:1 shop:3"), stack("platform:1 shop:2"), base, earlier)
    assert (new.behind, new.brings) == ((), ("shop",))


def test_where_the_folder_is_right_anyway_nothing_stops_it() -> None:
    base = Base(digests("platform:1 shop:1"), digests("platform:1 shop:1"))
    found = stand(stack("platform:1 shop:2"), stack("platform:1 shop:3"), base, {}, anyway=True)
    assert (found.both, found.layers) == ((), stack("platform:1 shop:2"))


def test_after_a_pull_that_left_a_lower_layer_alone_only_what_changes_since_counts() -> None:
    """The folder finds an older template than the release has, and that is no proposal to set it back."""
    base = Base(digests("platform:1 shop:1 company:2"), digests("platform:1 shop:2 company:2"))
    found = stand(stack("platform:1 shop:1 company:3"), stack("platform:1 shop:2 company:2"), base, {})
    assert [(layer.name, layer.version) for layer in found.layers[1:]] == [("shop", "2"), ("company", "3")]
    assert (found.both, found.ahead, found.brings) == ((), ("shop",), ("company",))


def test_a_change_of_the_folder_s_is_one_on_what_is_old_until_it_is_brought_up_to_date() -> None:
    first = Base(digests("platform:1 shop:1 company:1"), digests("platform:1 shop:1 company:1"))
    folder, release = stack("platform:1 shop:1 company:2"), stack("platform:1 shop:2 company:1")
    found = stand(folder, release, first, {})
    second = together(folder, found.layers, found, first)
    again = stand(stack("platform:1 shop:3 company:2"), found.layers, second, {})
    assert again.both == ("shop",)


# --- the company layer ---------------------------------------------------------------------------------------------------


def test_a_stack_without_a_company_layer_gets_one_when_something_is_said_in_it() -> None:
    layers = stack("platform:1 shop:1")
    assert company_of(layers) is None
    changed = with_company(layers, {"entities/item.yaml": "entity: item\r\n"})
    assert changed[:2] == layers
    company = company_of(changed)
    assert company is not None
    assert company.documents == {
        "app.yaml": "app: company\nversion: 1.0.0\nextends: shop\n",
        "entities/item.yaml": "entity: item\n",
    }
    again = with_company(changed, {"entities/item.yaml": None})
    assert again[-1].documents == {"app.yaml": company.documents["app.yaml"]}
    assert len(again) == len(changed)


@pytest.mark.parametrize("path", ["x.yaml", "../app.yaml", "entities/../x.yaml", "entities/x.txt", "/entities/x.yaml"])
def test_only_documents_are_put_into_the_company_layer(path: str) -> None:
    with pytest.raises(ValueError, match="no document"):
        with_company(stack("platform:1 shop:1"), {path: "entity: x\n"})


def test_the_company_layer_keeps_its_app() -> None:
    with pytest.raises(ValueError, match="no document"):
        with_company(stack("platform:1 shop:1 company:1"), {"app.yaml": None})
