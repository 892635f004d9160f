"""From a lattice point to the number of its H3 cell, four digits at a time.

Two resolutions up, a lattice is the same one seven times as wide; so what four steps up do repeats
every 49 points along either axis, and a small table knows it.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.edges import frozen

UNSURE = -1
DIGIT_BITS, FINEST = 3, 15
STEP, PERIOD = 4, 49
STEP_BITS = STEP * DIGIT_BITS
STEP_MASK = (1 << STEP_BITS) - 1
MOVE_BITS = 4
MOVE_MASK = (1 << MOVE_BITS) - 1

CCW = (0, 5, 3, 1, 6, 4, 2, 7)
"""Each digit turned by 60 degrees, counter-clockwise."""


class Bases(NamedTuple):
    """What follows from the face and the lattice point of resolution 0; arrays are read-only."""

    number: NDArray[np.int64]
    """Base cell by face, i, j, k; -1 where h3-py must be asked. Shape ``(20, 3, 3, 3)``."""

    turn: NDArray[np.int64]
    """By how many times 60 degrees digits turn into the base cell's own frame, by face, i, j, k and
    the first digit that is not 0 (on which it depends around pentagons), shape
    ``(20, 3, 3, 3, 7)``; -1 as above."""


class Steps(NamedTuple):
    """Tables for four digits at a time; read-only."""

    up: NDArray[np.int64]
    """By parity of the resolution, i and j modulo 49: the digits, and how far the lattice point
    four resolutions up lies beyond i // 49, j // 49. Shape ``(2, 49, 49)``."""

    turned: NDArray[np.int64]
    """Four digits turned by 0 to 5 times 60 degrees, shape ``(6, 4096)``."""


@cache
def turns() -> NDArray[np.int64]:
    """Return the digits turned by 0 to 5 times 60 degrees, shape ``(6, 8)``."""
    found = [np.arange(8)]
    for _ in range(5):
        found.append(np.array(CCW)[found[-1]])
    return np.array(found)


@cache
def steps() -> Steps:
    """Return the tables."""
    up = np.empty((2, PERIOD, PERIOD), np.int64)
    fill_up(up)
    four = np.arange(1 << STEP_BITS)
    turned = np.zeros((6, 1 << STEP_BITS), np.int64)
    for shift in range(0, STEP_BITS, DIGIT_BITS):
        turned |= turns()[:, four >> shift & 7] << shift
    return Steps(frozen(up), frozen(turned))


@kernel
def fill_up(up: NDArray[np.int64]) -> None:
    """Fill the table of four steps up by going them one by one."""
    for parity in range(2):
        for first_i in range(PERIOD):
            for first_j in range(PERIOD):
                i, j, digits = first_i, first_j, 0
                for step in range(STEP):
                    i, j, digit = parent_of(i, j, parity + step)
                    digits |= digit << DIGIT_BITS * step
                moves = i << STEP_BITS | j << STEP_BITS + MOVE_BITS  # never below 0
                up[parity, first_i, first_j] = digits | moves


@kernel
def seventh(n: int) -> int:
    """Return n / 7, rounded to the nearest whole number."""
    return (n + 3) // 7


@kernel
def parent_of(i: int, j: int, resolution: int) -> tuple[int, int, int]:
    """Return the lattice point one resolution coarser, and which of its seven children this is."""
    if resolution % 2 == 1:
        up_i, up_j = seventh(3 * i - j), seventh(i + 2 * j)
        di, dj = i - 2 * up_i - up_j, j + up_i - 3 * up_j
    else:
        up_i, up_j = seventh(2 * i + j), seventh(3 * j - i)
        di, dj = i - 3 * up_i + up_j, j - up_i - 2 * up_j
    low = min(di, dj, 0)
    return up_i, up_j, (di - low) * 4 + (dj - low) * 2 - low


@kernel
def up_to_base(i: int, j: int, resolution: int, up: NDArray[np.int64]) -> tuple[int, int, int]:
    """Return the lattice point of resolution 0 above one, and the digits on the way."""
    digits, level, shift = 0, resolution, DIGIT_BITS * (FINEST - resolution)
    while level >= STEP:
        up_i, up_j = i // PERIOD, j // PERIOD
        found = up[level & 1, i - PERIOD * up_i, j - PERIOD * up_j]
        digits |= (found & STEP_MASK) << shift
        i = up_i + (found >> STEP_BITS & MOVE_MASK)
        j = up_j + (found >> STEP_BITS + MOVE_BITS)
        level, shift = level - STEP, shift + STEP_BITS
    while level > 0:
        i, j, digit = parent_of(i, j, level)
        digits |= digit << shift
        level, shift = level - 1, shift + DIGIT_BITS
    return i, j, digits


@kernel
def leading(digits: int) -> int:
    """Return the first digit that is not 0, or 0."""
    for shift in range(DIGIT_BITS * (FINEST - 1), -1, -DIGIT_BITS):
        digit = digits >> shift & 7
        if digit != 0:
            return digit
    return 0


@kernel
def turned_by(turn: int, digits: int, turned: NDArray[np.int64]) -> int:
    """Return the digits of a cell, turned."""
    found = 0
    for shift in range(0, DIGIT_BITS * FINEST, STEP_BITS):
        found |= turned[turn, digits >> shift & STEP_MASK] << shift
    return found
