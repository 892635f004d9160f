"""Read a QR code (ISO/IEC 18004, byte mode, correction M) from the path that draws it.

It shares nothing with the code that draws: it goes by the standard from the other side, and it
tells when a single module is wrong, for the check bytes of every block must come out as zero.
"""

import re

import numpy as np

BLOCKS_M = {
    1: [(1, 16)], 2: [(1, 28)], 3: [(1, 44)], 4: [(2, 32)], 5: [(2, 43)], 6: [(4, 27)],
    7: [(4, 31)], 8: [(2, 38), (2, 39)], 9: [(3, 36), (2, 37)], 10: [(4, 43), (1, 44)],
    11: [(1, 50), (4, 51)], 12: [(6, 36), (2, 37)], 13: [(8, 37), (1, 38)], 14: [(4, 40), (5, 41)],
    15: [(5, 41), (5, 42)], 16: [(7, 45), (3, 46)], 17: [(10, 46), (1, 47)], 18: [(9, 43), (4, 44)],
    19: [(3, 44), (11, 45)], 20: [(3, 41), (13, 42)],
}  # fmt: skip
"""Blocks and their data bytes, table 9 of the standard."""

CENTRES = {
    1: [], 2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38],
    8: [6, 24, 42], 9: [6, 26, 46], 10: [6, 28, 50], 11: [6, 30, 54], 12: [6, 32, 58],
    13: [6, 34, 62], 14: [6, 26, 46, 66], 15: [6, 26, 48, 70], 16: [6, 26, 50, 74],
    17: [6, 30, 54, 78], 18: [6, 30, 56, 82], 19: [6, 30, 58, 86], 20: [6, 34, 62, 90],
}  # fmt: skip
"""Centres of the alignment patterns, annex E."""

FORMATS_M = (0x5412, 0x5125, 0x5E7C, 0x5B4B, 0x45F9, 0x40CE, 0x4F97, 0x4AA0)
"""The format bits of correction M with each mask, annex C."""

EXP = [1]
while len(EXP) < 255:
    EXP.append((EXP[-1] << 1) ^ (0x11D if EXP[-1] & 0x80 else 0))
LOG = {value: power for power, value in enumerate(EXP)}


def read_qr(path: str, view_box: str, quiet: int = 4) -> str:
    """Return the text of a code."""
    size = int(view_box.split()[2]) - 2 * quiet
    dark = np.zeros((size, size), dtype=bool)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path):
        dark[int(y) - quiet, int(x) - quiet] = True
    version = (size - 17) // 4
    _require_finders(dark)
    mask = FORMATS_M.index(_format(dark))
    return _text(_unblocked(_walked(dark, version, mask), version), version)


def _require_finders(dark):
    ring = np.ones((7, 7), dtype=bool)
    ring[1:6, 1:6] = False
    ring[2:5, 2:5] = True
    for corner in (dark[:7, :7], dark[:7, -7:], dark[-7:, :7]):
        assert (corner == ring).all()
    assert (dark[6, 8:-8:2]).all()
    assert not (dark[6, 9:-8:2]).any()
    assert dark[-8, 8]


def _format(dark):
    places = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    first = sum(int(dark[y, x]) << (14 - bit) for bit, (y, x) in enumerate(places))
    size = len(dark)
    places = [(size - 1 - y, 8) for y in range(7)] + [(8, size - 8 + x) for x in range(8)]
    second = sum(int(dark[y, x]) << (14 - bit) for bit, (y, x) in enumerate(places))
    assert first == second
    return first


def _masked(mask, y, x):
    return (
        (y + x) % 2, y % 2, x % 3, (y + x) % 3, (y // 2 + x // 3) % 2,
        y * x % 2 + y * x % 3, (y * x % 2 + y * x % 3) % 2, ((y + x) % 2 + y * x % 3) % 2,
    )[mask] == 0  # fmt: skip


def _reserved(size, version):
    kept = np.zeros((size, size), dtype=bool)
    kept[:9, :9] = kept[:9, -8:] = kept[-8:, :9] = True
    kept[6, :] = kept[:, 6] = True
    for y in CENTRES[version]:
        for x in CENTRES[version]:
            if (y, x) not in {(6, 6), (6, size - 7), (size - 7, 6)}:
                kept[y - 2 : y + 3, x - 2 : x + 3] = True
    if version >= 7:
        kept[:6, -11:-8] = kept[-11:-8, :6] = True
    return kept


def _walked(dark, version, mask):
    size = len(dark)
    kept = _reserved(size, version)
    bits, up = [], True
    columns = [x for x in range(size - 1, 0, -1) if x != 6]
    for right, left in zip(columns[::2], [*columns[1::2], 0], strict=False):
        for y in range(size - 1, -1, -1) if up else range(size):
            bits += [
                bool(dark[y, x]) != _masked(mask, y, x) for x in (right, left) if not kept[y, x]
            ]
        up = not up
    usable = len(bits) // 8 * 8
    return np.packbits(bits[:usable]).tolist()


def _unblocked(sent, version):
    sizes = [size for many, size in BLOCKS_M[version] for _ in range(many)]
    blocks = [[] for _ in sizes]
    rest = iter(sent)
    for turn in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if turn < size:
                block.append(next(rest))
    checks = [[] for _ in sizes]
    for number, byte in enumerate(rest):
        checks[number % len(sizes)].append(byte)
    assert len({len(check) for check in checks}) == 1
    for block, check in zip(blocks, checks, strict=True):
        for power in range(len(check)):  # the code word is a multiple of x - 2^power
            value = 0
            for byte in block + check:
                value = byte ^ (EXP[(LOG[value] + power) % 255] if value else 0)
            assert value == 0
    return [byte for block in blocks for byte in block]


def _text(data, version):
    bits = "".join(f"{byte:08b}" for byte in data)
    assert bits[:4] == "0100"
    count = 8 if version < 10 else 16
    length = int(bits[4 : 4 + count], 2)
    start = 4 + count
    told = [int(bits[at : at + 8], 2) for at in range(start, start + 8 * length, 8)]
    return bytes(told).decode()
