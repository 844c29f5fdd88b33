"""What SQL conditions become: bare comparisons, `not` at the leaves, EXISTS for collections; `--update` writes it anew."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from kith.rules.sql.dialect import Dialect
from kith.rules.sql.lower import condition
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from tests.rules.sql.layout import Layout, tree

FOLDER = Path(__file__).parent
COMPILERS = {
    "sqlite": sa.create_engine("sqlite://", paramstyle="named").dialect,
    "postgresql": sa.create_engine("postgresql+psycopg://").dialect,
}
DIALECTS: dict[str, Dialect] = {"sqlite": SQLite("Asia/Shanghai"), "postgresql": PostgreSQL("Asia/Shanghai")}


def where(text: str, name: str) -> str:
    layout = Layout(DIALECTS[name])
    query = sa.select(layout.this.source.c.id).where(condition(tree(text), layout, layout.dialect))
    compiled = str(query.compile(dialect=COMPILERS[name], compile_kwargs={"literal_binds": False}))
    return " ".join(compiled.split("WHERE", 1)[1].split())


@pytest.mark.parametrize("name", DIALECTS)
def test_conditions_become_this_sql(name: str, update: bool) -> None:
    texts = (FOLDER / "conditions.txt").read_text(encoding="utf-8").splitlines()
    shown = "".join(f"{text}\n    {where(text, name)}\n\n" for text in texts)
    golden = FOLDER / f"conditions_{name}.txt"
    if update:
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")
