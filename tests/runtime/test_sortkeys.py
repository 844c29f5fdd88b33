from __future__ import annotations

import pytest

from kith.runtime.schema.sortkeys import sort_key


@pytest.mark.parametrize(
    "in_order",
    [
        ["alice", "Bob", "carl"],
        ["Emil", "Émile", "Emily"],
        ["西安", "先生"],
        ["张三", "张四", "章一"],
        ["1号", "Adam", "李雷", "Mary", "王芳", "Zoe"],
        ["a b", "ab"],
    ],
)
def test_texts_sort_as_people_do(in_order: list[str]) -> None:
    assert sorted(in_order, key=lambda text: sort_key(text).encode()) == in_order


def test_a_key_fits_into_an_index() -> None:
    assert len(sort_key("庄" * 10_000).encode()) < 2_000


def test_the_same_name_decomposed_has_the_same_key() -> None:
    assert sort_key("E\u0301mile") == sort_key("\u00c9MILE")
