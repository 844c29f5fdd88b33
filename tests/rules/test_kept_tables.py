from __future__ import annotations

import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from kith.rules import parsing

TEXT = "if a.b between 1 and 2 then not c else d in [1, 2]"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    made = Path(cache_from_source(parsing.__file__)).parent
    made.mkdir(parents=True)
    return made


@pytest.mark.parametrize("spoilt", [None, b"", b"half a file", b"0" * 64 + b"\n"])
def test_tables_that_were_kept_parse_alike_and_those_that_are_spoilt_are_made_anew(
    folder: Path, spoilt: bytes | None
) -> None:
    made = parsing.build().parse(TEXT, start="expression")
    kept = folder / "grammar.tables"
    first, *_ = kept.read_bytes().splitlines()
    if spoilt is not None:
        kept.write_bytes(spoilt)
    assert parsing.build().parse(TEXT, start="expression") == made
    assert kept.read_bytes().splitlines()[0] == first


def test_nothing_is_kept_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    parsing.build()
    assert list(folder.iterdir()) == []
