"""The grids and points that a comparison is about: made up for it, or those of a demo city."""

import os
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np

from gis_grid import __version__
from gis_grid.demo.city import make_city
from tests.benchmarks import made_up

CITY = "GIS_GRID_BENCH_CITY"
"""Environment variable that names a demo city; ``--city`` of the benchmarks sets it."""

SEED = 7


def name() -> str | None:
    """Return which demo city was asked for; None for the grids that are made up."""
    return os.environ.get(CITY)


def grids(default: str | None = None) -> gpd.GeoDataFrame:
    """Return the ground grids; a demo city is made once and kept among temporary files."""
    size = name() or default
    if size is None:
        return made_up.coverage()
    file = Path(tempfile.gettempdir()) / f"gis-grid-{__version__}-{size}-{SEED}.parquet"
    if not file.exists():
        city = make_city(size, SEED)
        everything = city.layers["grids"]
        ground = everything[everything["level"] == city.scheme.ground]
        ground.sort_values("code", ignore_index=True).to_parquet(file)
    return gpd.read_parquet(file)


def points(count: int, frame: gpd.GeoDataFrame, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return lon, lat: crowded in the made-up city's centre, spread evenly over a demo city."""
    if name() is None:
        return made_up.clustered_points(count, seed)
    return even_points(count, frame, seed)


def even_points(count: int, frame: gpd.GeoDataFrame, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return lon, lat of points spread evenly over the bounds of grids."""
    west, south, east, north = frame.total_bounds
    rng = np.random.default_rng(seed)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


def told() -> str:
    """Return what the grids are, for a heading."""
    return "made-up grids" if name() is None else f"ground grids of the demo city `{name()}`"
