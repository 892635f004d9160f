"""Compile the planner's kernels now, so that nobody waits for them later: run when it is installed.

``python -m gis_grid.plan.warm`` takes half a minute the first time; see `gis_grid.router.warm`.
"""

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.plan.balance import Wish, balance, rebalance
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.edits import flip_to
from gis_grid.plan.parting import parts_of_grid
from gis_grid.plan.state import PlanState


def warm() -> None:
    """Balance, edit and search a small plan.

    Examples
    --------
    >>> warm()
    """
    row = gpd.GeoSeries([shapely.box(i, 0, i + 1, 1) for i in range(6)], crs="EPSG:4549")
    work = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0])
    state = PlanState(blocks_of(row, weights={"work": work}), [0, 0, 0, 0, 1, 1], ["a", "b"])
    rng, quick = np.random.default_rng(0), Wish(tries=1)
    balance(state, work, 2, rng=rng, wish=quick)
    rebalance(state, work, work, most_moved=0.5, rng=rng, wish=quick)
    state.apply(flip_to(state, [3], 1))
    parts_of_grid(state, 0)


if __name__ == "__main__":
    warm()
