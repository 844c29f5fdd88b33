"""Apps upon each other in one editor."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from kith.cli.editors.helper import Helper
from tests.lsp.session import OFFICE, RULES

APP = "app: branch\nversion: 1.0.0\nextends: office\ntitle: {en: Branch, zh-CN: 分店}\n"


def test_an_app_is_looked_at_again_when_one_that_it_extends_is_saved(tmp_path: Path) -> None:
    lower, upper = tmp_path / "office", tmp_path / "branch"
    shutil.copytree(OFFICE, lower)
    (upper / "rules").mkdir(parents=True)
    (upper / "app.yaml").write_text(APP, "utf-8")
    rules = upper / "rules/more_rules.yaml"
    rules.write_text(RULES.format(condition="discount ?? 0% < 50%"), "utf-8")
    told: dict[str, list[str]] = {}
    messages: dict[str, str] = {}

    def publish(found: lsp.PublishDiagnosticsParams) -> None:
        told[found.uri] = [str(one.code) for one in found.diagnostics]
        messages[found.uri] = "".join(one.message for one in found.diagnostics)

    server: Any = SimpleNamespace(text_document_publish_diagnostics=publish)
    helper = Helper(cast(LanguageServer, server), "en")
    helper.place(rules.as_uri())
    helper.tell(upper)
    assert told == {}

    deal = lower / "entities/deal.yaml"
    deal.write_text(deal.read_text("utf-8").replace("  discount: {", "  rebate: {"), "utf-8")
    helper.reread([deal.as_uri()])
    assert told[rules.as_uri()] == ["D437"]

    (lower / "rules/deal_rules.yaml").write_text("rules: [\n", "utf-8")
    helper.reread([deal.as_uri()])
    assert len(told[(upper / "app.yaml").as_uri()]) == 1
    assert "office/rules/deal_rules.yaml:" in messages[(upper / "app.yaml").as_uri()]
