"""Ten million random points on the large demo city: is every owner that of shapely's STRtree?"""

import os
import time

import numpy as np
import shapely

from gis_grid.router import Router
from gis_grid.router.located import OUTSIDE
from tests.benchmarks import cities
from tests.benchmarks.machine import machine

POINTS = int(os.environ.get("POINTS", "10_000_000"))
AT_ONCE = 500_000
BORDER_DEG = 1e-9
"""Nearer to a border than this (0.1 mm) STRtree may differ: rounding, and who owns a border."""


def owners(tree: shapely.STRtree, points: np.ndarray) -> np.ndarray:
    """Return the lowest row that holds each point, as STRtree finds it."""
    found = np.full(len(points), np.iinfo(np.int32).max)
    point, row = tree.query(points, predicate="intersects")
    np.minimum.at(found, point, row)
    return np.where(found == np.iinfo(np.int32).max, OUTSIDE, found)


def main() -> None:
    """Print what was compared, and how much differs."""
    grids = cities.grids("large")
    shapes = grids.geometry.to_numpy()
    router, tree = Router.build(grids), shapely.STRtree(shapes)
    borders = shapely.STRtree(shapely.boundary(shapes))
    started, inside, on_border, wrong = time.perf_counter(), 0, 0, 0
    for part in range(0, POINTS, AT_ONCE):
        lon, lat = cities.even_points(min(AT_ONCE, POINTS - part), grids, seed=100 + part)
        points = shapely.points(lon, lat)
        ours, theirs = router.rows_of(lon=lon, lat=lat), owners(tree, points)
        inside += int((ours != OUTSIDE).sum())
        differing = points[ours != theirs]
        near = np.unique(borders.query(differing, predicate="dwithin", distance=BORDER_DEG)[0])
        on_border += len(near)
        wrong += len(differing) - len(near)
    print(f"{machine()}\n")
    print(
        f"{POINTS:,} random points over {len(grids):,} grids of the city `large`, {inside:,} in a"
    )
    print(f"grid: {wrong} owned otherwise than by shapely.STRtree, besides {on_border} nearer than")
    print(f"0.1 mm to a border. {time.perf_counter() - started:.0f} s.")
    assert wrong == 0


if __name__ == "__main__":
    main()
