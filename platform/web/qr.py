"""QR codes: a text as dots, by ISO/IEC 18004 in byte mode at level M, for the few hundred characters that an address has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

# By version 1 to 12, at level M: bytes for correction in each block, and how many blocks there are.
CORRECTION = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22)
BLOCKS = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8)
QUIET = 4
"""Empty dots around the code."""
PENALTY_LINE, PENALTY_BOX, PENALTY_FINDER, PENALTY_BALANCE = 3, 3, 40, 10
FINDER = ((1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0), (0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1))
LEVEL_M = 0


class TooLong(ValueError):
    """More than the largest code here holds."""


@dataclass
class _Grid:
    """Dots as they are drawn; `fixed` ones belong to the pattern and hold no data."""

    version: int
    size: int = 0
    dark: list[list[int]] = field(default_factory=list)
    fixed: list[list[bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.size = 17 + 4 * self.version
        self.dark = [[0] * self.size for _ in range(self.size)]
        self.fixed = [[False] * self.size for _ in range(self.size)]

    def set(self, x: int, y: int, dark: int) -> None:
        self.dark[y][x], self.fixed[y][x] = dark, True


def svg_path(text: str) -> tuple[int, str]:
    """The side of a text's code with the quiet zone around it, and its dark dots as a path."""
    rows = matrix(text)
    dots = (f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row))
    return len(rows) + 2 * QUIET, "".join(dots)


def matrix(text: str) -> list[list[int]]:
    """The dots of a text's code, 1 for dark ones, row by row. Raises TooLong."""
    data = text.encode()
    version = next((one for one in range(1, len(BLOCKS) + 1) if _fits(len(data), one)), 0)
    if not version:
        raise TooLong(len(data))
    words = _interleaved(_padded(data, version), version)
    drawn = [_drawn(version, words, mask) for mask in range(8)]
    return min(drawn, key=_penalty)


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(row):
        end = at
        while end < len(row) and row[end] == row[at]:
            end += 1
        if row[at]:
            yield at, end - at
        at = end


# ---- what is written -----------------------------------------------------------------------------------------------


def _capacity(version: int) -> int:
    """All bytes of a version: its dots without those of the pattern, by eight."""
    bits = (16 * version + 128) * version + 64
    if version >= 2:
        aligned = version // 7 + 2
        bits -= (25 * aligned - 10) * aligned - 55
        if version >= 7:
            bits -= 36
    return bits // 8


def _room(version: int) -> int:
    return _capacity(version) - CORRECTION[version - 1] * BLOCKS[version - 1]


def _fits(length: int, version: int) -> bool:
    return 4 + _count_bits(version) + 8 * length <= 8 * _room(version)


def _count_bits(version: int) -> int:
    return 8 if version < 10 else 16


def _padded(data: bytes, version: int) -> list[int]:
    """Mode, length, data, end and filling."""
    bits = f"0100{len(data):0{_count_bits(version)}b}" + "".join(f"{byte:08b}" for byte in data)
    room = 8 * _room(version)
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    return words + [(0xEC, 0x11)[number % 2] for number in range(_room(version) - len(words))]


def _interleaved(words: Sequence[int], version: int) -> list[int]:
    """Blocks with their correction, dealt out word by word; the first blocks are one shorter where it does not come out even."""
    count, correction = BLOCKS[version - 1], CORRECTION[version - 1]
    short, longer = divmod(len(words), count)
    sizes = [short + (number >= count - longer) for number in range(count)]
    divisor, blocks, at = _divisor(correction), [], 0
    for size in sizes:
        blocks.append(list(words[at : at + size]))
        at += size
    checks = [_remainder(block, divisor) for block in blocks]
    dealt = [block[place] for place in range(short + 1) for block in blocks if place < len(block)]
    return dealt + [check[place] for place in range(correction) for check in checks]


def _times(a: int, b: int) -> int:
    """The product in the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ ((product >> 7) * 0x11D)
        product ^= ((b >> bit) & 1) * a
    return product


def _divisor(degree: int) -> list[int]:
    found, root = [0] * (degree - 1) + [1], 1
    for _ in range(degree):
        for place in range(degree):
            found[place] = _times(found[place], root) ^ (found[place + 1] if place + 1 < degree else 0)
        root = _times(root, 2)
    return found


def _remainder(words: Sequence[int], divisor: Sequence[int]) -> list[int]:
    left = [0] * len(divisor)
    for word in words:
        factor = word ^ left.pop(0)
        left.append(0)
        left = [one ^ _times(part, factor) for one, part in zip(left, divisor, strict=True)]
    return left


# ---- where it is drawn ----------------------------------------------------------------------------------------------


def _drawn(version: int, words: Sequence[int], mask: int) -> list[list[int]]:
    grid = _Grid(version)
    _draw_pattern(grid)
    _draw_format(grid, mask)
    _draw_version(grid)
    bits = [(word >> bit) & 1 for word in words for bit in range(7, -1, -1)]
    for number, (x, y) in enumerate(_places(grid)):
        bit = bits[number] if number < len(bits) else 0
        grid.dark[y][x] = bit ^ _masked(mask, x, y)
    return grid.dark


def _draw_pattern(grid: _Grid) -> None:
    size = grid.size
    for at in range(size):
        grid.set(6, at, 1 - at % 2)
        grid.set(at, 6, 1 - at % 2)
    for x, y in ((3, 3), (size - 4, 3), (3, size - 4)):
        for dx in range(-4, 5):
            for dy in range(-4, 5):
                if 0 <= x + dx < size and 0 <= y + dy < size:
                    grid.set(x + dx, y + dy, int(max(abs(dx), abs(dy)) not in (2, 4)))
    middles = _middles(grid.version)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for x, y in ((x, y) for x in middles for y in middles if (x, y) not in corners):
        for dx in range(-2, 3):
            for dy in range(-2, 3):
                grid.set(x + dx, y + dy, int(max(abs(dx), abs(dy)) != 1))


def _middles(version: int) -> list[int]:
    """The middles of the alignment patterns."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return sorted([6, *(version * 4 + 10 - step * number for number in range(count - 1))])


def _draw_format(grid: _Grid, mask: int) -> None:
    data, size = LEVEL_M << 3 | mask, grid.size
    rest = data
    for _ in range(10):
        rest = (rest << 1) ^ ((rest >> 9) * 0x537)
    bits = [((data << 10 | rest) ^ 0x5412) >> number & 1 for number in range(15)]
    around = [*((8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)), (7, 8), *((x, 8) for x in (5, 4, 3, 2, 1, 0))]
    apart = [*((size - 1 - number, 8) for number in range(8)), *((8, size - 15 + number) for number in range(8, 15))]
    for places in (around, apart):
        for (x, y), bit in zip(places, bits, strict=True):
            grid.set(x, y, bit)
    grid.set(8, size - 8, 1)


def _draw_version(grid: _Grid) -> None:
    if grid.version < 7:
        return
    rest = grid.version
    for _ in range(12):
        rest = (rest << 1) ^ ((rest >> 11) * 0x1F25)
    bits = grid.version << 12 | rest
    for number in range(18):
        a, b = grid.size - 11 + number % 3, number // 3
        grid.set(a, b, bits >> number & 1)
        grid.set(b, a, bits >> number & 1)


def _places(grid: _Grid) -> Iterator[tuple[int, int]]:
    """The dots for data: in pairs of columns from the right, up and down."""
    upwards = True
    for right in [*range(grid.size - 1, 6, -2), *range(5, 0, -2)]:
        for step in range(grid.size):
            y = grid.size - 1 - step if upwards else step
            yield from ((x, y) for x in (right, right - 1) if not grid.fixed[y][x])
        upwards = not upwards


def _masked(mask: int, x: int, y: int) -> int:
    return int(
        (
            (x + y) % 2,
            y % 2,
            x % 3,
            (x + y) % 3,
            (x // 3 + y // 2) % 2,
            x * y % 2 + x * y % 3,
            (x * y % 2 + x * y % 3) % 2,
            ((x + y) % 2 + x * y % 3) % 2,
        )[mask]
        == 0
    )


def _penalty(rows: Sequence[Sequence[int]]) -> int:
    """How hard a code is to read: long lines, boxes, what looks like a corner, too dark or too light."""
    size, found = len(rows), 0
    for lines in (rows, list(zip(*rows, strict=True))):
        for line in lines:
            found += sum(PENALTY_LINE + length - 5 for length in _lengths(line) if length >= 5)
            found += sum(PENALTY_FINDER for at in range(size - 10) if tuple(line[at : at + 11]) in FINDER)
    for y in range(size - 1):
        for x in range(size - 1):
            found += PENALTY_BOX * (rows[y][x] == rows[y][x + 1] == rows[y + 1][x] == rows[y + 1][x + 1])
    dark = sum(map(sum, rows))
    return found + abs(dark * 20 - size * size * 10) // (size * size) * PENALTY_BALANCE


def _lengths(line: Sequence[int]) -> Iterator[int]:
    length = 1
    for before, after in pairwise(line):
        if before == after:
            length += 1
        else:
            yield length
            length = 1
    yield length
