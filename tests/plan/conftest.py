"""Real blocks and made-up ones."""

import geopandas as gpd
import numpy as np
import pytest

from gis_grid.plan.arrays import numbered
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.state import PlanState


@pytest.fixture(scope="session")
def providence_blocks(shared):
    """Return the census blocks of Providence with their persons, and the ward of each."""
    frame = gpd.read_file(shared / "providence" / "blocks.zip").to_crs(32619)
    wards = frame["WARD"].astype(int).astype(str).to_numpy()
    blocks = blocks_of(frame.geometry, codes=frame["GEOID10"], weights={"persons": frame["TOTPOP"]})
    return blocks, wards


@pytest.fixture
def providence(providence_blocks):
    """Return the plan of the 15 wards of Providence."""
    blocks, wards = providence_blocks
    number, names = numbered(wards)
    return PlanState(blocks, number, [*names])


@pytest.fixture
def rng():
    return np.random.default_rng(20261121)
