"""A field of files that becomes another: what goes on, what is lost and who still has the files; and back again."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from kith.metadata.fields.files import MEMBER
from kith.metadata.model import Field
from kith.rules.types import Type, set_of
from kith.runtime.converting.conversions import Conversion, conversion
from tests.runtime.models import field

PDF = {"id": "1", "name": "a.pdf", "type": "pdf", "size": 3}
PICTURE = {"id": "2", "name": "b.png", "type": "png", "size": 4}
PDF_TEXT, PICTURE_TEXT = "1/pdf/3/a.pdf", "2/png/4/b.png"


def made(type_name: str, **params: Any) -> Field:
    """A field of files."""
    type_ = set_of(MEMBER) if type_name == "files" else Type("record", entity=f":{type_name}")
    return field("f", type_name, type=type_, params=params)


@pytest.mark.parametrize(
    ("old", "new", "value", "becomes", "told"),
    [
        ("file", made("image"), PICTURE, PICTURE, ""),
        ("file", made("image"), PDF, None, "“a.pdf” is of a kind that is not accepted here (pdf)."),
        ("image", made("file"), PICTURE, PICTURE, ""),
        ("file", made("files"), PDF, frozenset({PDF_TEXT}), ""),
        ("files", made("file"), frozenset({PDF_TEXT}), PDF, ""),
        ("files", made("file"), frozenset({PDF_TEXT, PICTURE_TEXT}), PDF, "Only the first remains, not b.png."),
        ("files", made("files", accept=["pdf"]), frozenset({PDF_TEXT, PICTURE_TEXT}), frozenset({PDF_TEXT}), "b.png"),
    ],
)
def test_a_file_goes_on_where_its_kind_is_taken(old: str, new: Field, value: Any, becomes: Any, told: str) -> None:
    way = conversion(made(old), new, UTC, "en")
    assert isinstance(way, Conversion)
    found = way(value)
    assert found.value == becomes
    assert told in (found.loss.message("en") if found.loss is not None else "")
