from __future__ import annotations

import pytest

from kith.runtime.read import choices, list_records, search
from kith.runtime.read.query import BadQuery, Denied, Query
from kith.runtime.search.terms import index_terms, phrases, runs
from tests.runtime.read.world import World


def found(world: World, text: str, *roles: str, entities: tuple[str, ...] = ()) -> list[str]:
    with world.database.read() as connection:
        hits = search(connection, world.context(*(roles or ("admin",))), world.release, text, entities=entities)
    return [hit.title.split(" ")[0] for hit in hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张三", ["张三"]), ("三", ["张三"]), ("zhangsan", ["张三"]), ("ZhangS", ["张三"]), ("zs", ["张三"]), ("雄信", ["单雄信"]),
        ("shanxiong", ["单雄信"]), ("danxiong", ["单雄信"]), ("sxx", ["单雄信"]), ("0013", ["张三"]), ("138 0013 8000", ["张三"]),
        ("１３８００１３", ["张三"]), ("emile", ["Émile"]), ("ÉMILE", ["Émile"]), ("mil", ["Émile"]), ("lph", ["alpha"]),
        ("张三 8000", ["张三"]), ("张三 9999", []), ("三张", []), ("", []), ("---", []), ("zebra", ["张三", "Émile"]),
        ('" OR "a"*', []), ("q' & | ! <-> !x", []), ("quagga", ["Pumps"]), ("ghost", []), ("Ann", ["Ann"]),
    ],
)  # fmt: skip
def test_search_finds_any_part_pinyin_initials_and_digits(world: World, text: str, expected: list[str]) -> None:
    assert sorted(found(world, text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "roles", "expected"),
    [
        ("0013", ("viewer",), []),
        ("0013", ("rep",), ["张三"]),
        ("0013", ("clerk",), []),
        ("Émile", ("rep",), []),
        ("zebra", ("rep",), []),
        ("quagga", ("viewer",), []),
        ("okapi", ("viewer", "closer"), ["Valves"]),
        ("quagga", ("viewer", "closer"), []),
        ("Valves okapi", ("viewer", "closer"), ["Valves"]),
        ("Bob", ("viewer",), ["Bob"]),
        ("bob@", ("viewer",), ["Bob"]),
        ("example", ("viewer",), []),
    ],
)
def test_a_hit_counts_only_by_fields_that_may_be_read_there(
    world: World, text: str, roles: tuple[str, ...], expected: list[str]
) -> None:
    assert found(world, text, *roles) == expected


def test_search_may_be_limited_to_entities_that_may_be_read(world: World) -> None:
    assert found(world, "cem", entities=("user", "deal")) == ["Cem"]
    with pytest.raises(Denied):
        found(world, "x", "stranger", entities=("deal",))


def test_a_title_that_begins_with_the_text_comes_first(world: World) -> None:
    assert found(world, "p")[:2] == ["Pipes", "Pumps"]


@pytest.mark.parametrize(("text", "roles", "expected"), [("zs", "admin", ["张三"]), ("8000", "viewer", [])])
def test_lists_search_too(world: World, text: str, roles: str, expected: list[str]) -> None:
    with world.database.read() as connection:
        query = Query("account", ("name",), search=text)
        page = list_records(connection, world.context(roles), world.release, query)
    assert ([row[2] for row in page.rows], page.count) == (expected, len(expected))


def test_candidates_of_a_reference_are_what_may_be_read(world: World) -> None:
    def offered(text: str, role: str, entity: str = "deal", field: str = "account") -> list[str]:
        with world.database.read() as connection:
            context = world.context(role)
            return [one.label for one in choices(connection, context, world.release, entity, field, text)]

    assert offered("", "viewer") == ["alpha", "单雄信", "Émile & Co", "Zeta", "张三"]
    assert offered("zs", "rep") == ["张三 · +8613800138000"]
    assert offered("", "rep") == ["Zeta", "张三 · +8613800138000"]
    assert offered("zeta", "viewer", "account", "partners") == ["Zeta"]
    for entity, field in (("deal", "name"), ("deal", "nothing"), ("user", "team")):
        with pytest.raises(BadQuery):
            offered("", "stranger", entity, field)


def test_terms_are_plain_and_begin_with_their_field() -> None:
    terms = list(index_terms("abcde", "张三 <b>'x\" OR 单; Łódź ñ 1e5"))
    assert all(term.isascii() and term.isalnum() and term.startswith("abcde") for term in terms)


@pytest.mark.parametrize("text", ["zhang", "张三丰", "a1b2", "三"])
def test_what_is_indexed_is_found_by_every_part_of_it(text: str) -> None:
    terms = list(index_terms("abcde", text))
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            (run,) = runs(text[start:end])
            phrase = phrases("abcde", run)[0]
            places = [index for index, term in enumerate(terms) if term.startswith(phrase[0])]
            assert any(
                all(found.startswith(term) for found, term in zip(terms[place:], phrase, strict=False))
                for place in places
            ), (text, run)
