"""A small plan for tests: square blocks in four grids, in a database with one generation."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.plan.blocks import blocks_of
from gis_grid.storage.database import sessions
from gis_grid.storage.plans.packing import Start
from gis_grid.storage.plans.plans import PlanStore
from tests import drawn, stored

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
SIDE = 6
EPSG = 4550
ORIGIN_M = (500_000.0, 4_500_000.0)


def start(side=SIDE):
    """Return square blocks in four grids."""
    squares = [shapely.box(i, j, i + 1, j + 1) for j in range(side) for i in range(side)]
    shapes = gpd.GeoSeries(
        shapely.transform(squares, lambda xy: xy * 100 + ORIGIN_M), crs=f"EPSG:{EPSG}"
    )
    rng = np.random.default_rng(5)
    blocks = blocks_of(shapes, weights={"households": rng.integers(1, 90, len(shapes)) / 7})
    half = side // 2
    grid = [(i >= half) + 2 * (j >= half) for j in range(side) for i in range(side)]
    return Start(blocks, np.array(grid, np.int64), ("g0", "g1", "g2", "g3"), ("o1", None) * 2)


def store(engine):
    """Put the drawn city and a plan of these blocks into a migrated database; return the plan."""
    stored.put(engine, _fill)
    with sessions(engine).begin() as session:
        return PlanStore(session).get(1)


def _fill(engine):
    drawn.store(engine)
    with sessions(engine).begin() as session:
        plans = PlanStore(session)
        plans.add(
            title="秋季调整",
            area_code="s",
            generation=1,
            start_digest=plans.keep_start(start(), now=NOW),
            settings={"households": [300, 500]},
            author="ann",
            now=NOW,
        )
