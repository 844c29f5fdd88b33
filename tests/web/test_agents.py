"""What browsers call themselves, as the list of devices says it in both languages."""

from __future__ import annotations

import pytest

from kith.web.agents import agent_in_words
from kith.web.templating import Templates

MAC, PHONE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ",
)
WINDOWS, HARMONY = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) ", "Mozilla/5.0 (Phone; OpenHarmony 5.0) "
KIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) "

AGENTS = {
    MAC + KIT + "Version/18.1 Safari/605.1.15": ("Safari · macOS", "Safari · macOS"),
    PHONE + KIT + "CriOS/131.0 Mobile/15E148 Safari/604.1": ("Chrome · iPhone", "Chrome · iPhone"),
    PHONE + KIT + "FxiOS/132.0 Mobile/15E148 Safari/605.1.15": ("Firefox · iPhone", "Firefox · iPhone"),
    PHONE + KIT + "Mobile/15E148 MicroMessenger/8.0.50 NetType/WIFI": ("WeChat · iPhone", "微信 · iPhone"),
    WINDOWS + KIT + "Chrome/131.0 Safari/537.36 Edg/131.0": ("Edge · Windows", "Edge · Windows"),
    HARMONY + KIT + "Chrome/114.0 Mobile Safari/537.36": ("Chrome · HarmonyOS", "Chrome · HarmonyOS"),
    "till/1.0": ("till/1.0", "till/1.0"),
    "": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("agent", AGENTS)
def test_a_device_is_called_by_its_browser_and_system(templates: Templates, agent: str) -> None:
    assert tuple(agent_in_words(agent, templates.texts[language]) for language in ("en", "zh-CN")) == AGENTS[agent]
