"""Plans drawn as text: a letter is the grid of a block of 100 m, ~ is water, . no grid."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.plan.blocks import Labels, blocks_of
from gis_grid.plan.state import PlanState

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SIDE = 100.0
CRS = "EPSG:4549"
WHO = {"author": "planner", "now": NOW}


def blocks(rows, *, weight=None, community=None, **more):
    """Make square blocks, row by row from the north; all weigh 1 unless `weight` says more."""
    text = [row.strip() for row in rows.split()]
    boxes = [
        shapely.box(x * SIDE, -(y + 1) * SIDE, (x + 1) * SIDE, -y * SIDE)
        for y, row in enumerate(text)
        for x, _ in enumerate(row)
    ]
    letters = np.array([letter for row in text for letter in row])
    weights = np.ones(len(boxes)) if weight is None else np.asarray(weight, float)
    home = None
    if community is not None:
        names, number = np.unique(list("".join(community.split())), return_inverse=True)
        home = Labels(number.astype(np.int64), names.astype(object))
    return blocks_of(
        gpd.GeoSeries(boxes, crs=CRS),
        weights={"households": weights},
        community=home,
        water=letters == "~",
        **more,
    )


def plan(rows, **more):
    """Make the state of a drawn plan; lower and upper case are different grids."""
    letters = list("".join(rows.split()))
    codes = sorted(set(letters) - {"~", "."})
    assignment = [codes.index(letter) if letter in codes else -1 for letter in letters]
    return PlanState(blocks(rows, **more), assignment, codes)
