from __future__ import annotations

import pytest
import segno

from kith.web.qr import svg_path


@pytest.mark.parametrize("text", ["kith", "otpauth://totp/Kith:ann%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Kith"])
def test_the_path_draws_each_dark_dot_once_within_the_quiet_zone(text: str) -> None:
    rows = segno.make_qr(text, error="m", boost_error=False).matrix
    size, path = svg_path(text)
    drawn = []
    for part in path.split("M")[1:]:
        place, length = part.split("h")[:2]
        x, y = map(int, place.split())
        drawn += [(x - 4 + step, y - 4) for step in range(int(length.split("v")[0]))]
    assert size == len(rows) + 8
    assert sorted(drawn) == sorted((x, y) for y, row in enumerate(rows) for x, dot in enumerate(row) if dot)
