"""Compile the planner's kernels now, so that nobody waits for them later: run when it is installed.

``python -m gis_grid.plan.warm`` takes a minute the first time; see `gis_grid.router.warm`.
"""

from functools import partial

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.plan.balance import Wish, balance, rebalance
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.drawing import drag_border, split_by_line
from gis_grid.plan.edits import flip_to
from gis_grid.plan.ops import Op
from gis_grid.plan.parting import parts_of_grid
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState
from gis_grid.plan.underfoot import blocks_under


def warm() -> None:
    """Balance, edit, cut and search a small plan.

    Examples
    --------
    >>> warm()
    """
    row = gpd.GeoSeries([shapely.box(9 * i, 0, 9 * i + 9, 9) for i in range(6)], crs="EPSG:4549")
    work = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0])
    state = PlanState(blocks_of(row, weights={"work": work}), [0, 0, 0, 0, 1, 1], ["a", "b"])
    rng, quick = np.random.default_rng(0), Wish(tries=1)
    balance(state, work, 2, rng=rng, wish=quick)
    rebalance(state, work, work, most_moved=0.5, rng=rng, wish=quick)
    state.apply(flip_to(state, [3], 1))
    parts_of_grid(state, 0)
    _cut(PlanState(state.blocks, [0, 0, 0, 1, 1, 1], ["a", "b"]))
    blocks_under(state.blocks.shapes, np.zeros((1, 2)))


def _cut(state: PlanState) -> None:
    """Drag a border and split a grid, through blocks; take both back."""
    spots, done = Spots(state), list[Op]()
    drag, split = _line((27, 0), (31, 5), (27, 9)), _line((4, 0), (4, 9))
    for draw in (
        partial(drag_border, state, "a", "b", drag, spots),
        partial(split_by_line, state, "a", split, "c", spots),
    ):
        for op in draw().ops:
            state.apply(op)
            done.append(op)
    for op in reversed(done):
        state.apply(op.inverse())


def _line(*places: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(places)


if __name__ == "__main__":
    warm()
