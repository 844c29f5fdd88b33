"""What a server imports before its first answer: nothing that only checks documents."""

from __future__ import annotations

import subprocess
import sys

ROOMS = "import kith.cli.main, kith.cli.serve, kith.cli.ground, kith.cli.serving, kith.runtime.write.gate"
LATER = ("jsonschema", "phonenumbers", "pypinyin", "ruamel.yaml", "yaml", "kith.metadata.checks", "kith.rules.proving")
"""Libraries and rooms that cost more to import than a server that starts from a release has time for."""


def test_a_server_starts_without_what_checks_documents() -> None:
    program = f"import sys; {ROOMS}; print(*(name for name in {LATER} if name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
