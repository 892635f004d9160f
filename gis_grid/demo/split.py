"""Local streets: the cells between main streets are halved until the blocks are handy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gis_grid.demo.kinds import Bools, Floats, Ints, Kind
from gis_grid.demo.lines import Lines, segments

DEPTH = 4
THROUGH = 0.7
"""Share of first cuts that run through a whole row or column of cells; the rest are T-junctions."""

_REACH = (0.0, 0.3, 0.55, 0.85, 1.0)
_FACE_M2 = (24e3, 34e3, 48e3, 80e3, 120e3)


@dataclass(frozen=True, slots=True)
class _Cells:
    """Quads (n, 4, 2) with the column and row of their lattice cell."""

    quad: Floats
    iu: Ints
    iv: Ints

    def take(self, keep: Bools) -> "_Cells":
        return _Cells(self.quad[keep], self.iu[keep], self.iv[keep])


def split_cells(
    us: Floats,
    vs: Floats,
    cells: tuple[Ints, Ints],
    where: tuple[Callable[[Floats], Floats], int],
    rng: np.random.Generator,
) -> Lines:
    """Cut lattice cells by local streets: fine in the old town, coarse at the fringe.

    Parameters
    ----------
    us, vs
        Places of the lattice lines.
    cells
        Column and row of the cells to cut.
    where
        How far out a point lies (0 centre, 1 edge), and the first free street number.
    rng
        Source of chance.
    """
    reach, first_street = where
    iu, iv = cells
    corner = ((iu, iv), (iu + 1, iv), (iu + 1, iv + 1), (iu, iv + 1))
    now = _Cells(np.stack([np.c_[us[a], vs[b]] for a, b in corner], axis=1), iu, iv)
    shared = [rng.uniform(0.4, 0.6, len(s)) for s in (us, vs)]
    geom, street, n_street = [], [], first_street
    for depth in range(DEPTH):
        now, wide = _too_big(now, reach, rng)
        through = (depth == 0) & (rng.random(len(wide)) < THROUGH)
        common = np.where(wide, shared[0][now.iu], shared[1][now.iv])
        line = np.where(wide, now.iu, len(us) + now.iv)
        own = len(us) + len(vs) + np.arange(len(wide))
        street.append(n_street + np.where(through, line, own))
        n_street += len(us) + len(vs) + len(wide)
        now, cut = _halve(now, wide, np.where(through, common, np.nan), rng)
        geom.append(cut)
    lines = np.concatenate(geom)
    return Lines(lines, np.full(len(lines), int(Kind.LOCAL)), np.concatenate(street))


def _too_big(
    cells: _Cells, reach: Callable[[Floats], Floats], rng: np.random.Generator
) -> tuple[_Cells, Bools]:
    """Return the cells that are still too big, and whether they are wider than tall."""
    quad = cells.quad
    goal = np.interp(reach(quad.mean(axis=1)), _REACH, _FACE_M2) * rng.uniform(0.7, 1.35, len(quad))
    width, height = (np.linalg.norm(quad[:, a] - quad[:, b], axis=1) for a, b in ((1, 0), (3, 0)))
    go = width * height > 1.45 * goal
    return cells.take(go), (width > height * rng.uniform(0.85, 1.18, len(width)))[go]


def _halve(
    cells: _Cells, wide: Bools, share: Floats, rng: np.random.Generator
) -> tuple[_Cells, np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """Cut each quad across its longer side at `share` (NaN: anywhere near the middle)."""
    own = rng.uniform(0.38, 0.62, (len(wide), 1)) + rng.uniform(-0.03, 0.03, (len(wide), 2))
    at = np.where(np.isnan(share)[:, None], own, share[:, None])[:, :, None]
    q = np.where(wide[:, None, None], cells.quad, cells.quad[:, [3, 0, 1, 2]])
    low, high = q[:, 0] + at[:, 0] * (q[:, 1] - q[:, 0]), q[:, 3] + at[:, 1] * (q[:, 2] - q[:, 3])
    left = np.stack([q[:, 0], low, high, q[:, 3]], axis=1)
    right = np.stack([low, q[:, 1], q[:, 2], high], axis=1)
    halves = np.concatenate([left, right])
    turned = np.tile(~wide, 2)
    halves[turned] = halves[turned][:, [1, 2, 3, 0]]
    return _Cells(halves, np.tile(cells.iu, 2), np.tile(cells.iv, 2)), segments(low, high)
