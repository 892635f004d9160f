"""Real blocks and made-up ones."""

import geopandas as gpd
import numpy as np
import pytest

from gis_grid.demo.city import make_city
from gis_grid.plan.arrays import numbered
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.ground import Ground, Named, lay_out
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


@pytest.fixture(scope="session")
def town():
    """Return the small demo city as ground, and its layers."""
    city = make_city("small", 7)

    def metric(name):
        return np.asarray(city.layer(name).to_crs(city.epsg).geometry.to_numpy(), object)

    grids = city.layer("grids")
    plane = metric("grids")

    def level(key):
        here = (grids["level"] == key).to_numpy()
        return Named(plane[here], grids["code"].to_numpy(object)[here])

    streets, bridge = metric("streets"), city.layer("streets")["bridge"].to_numpy(bool)
    water = (city.layer("landcover")["category"] == "water").to_numpy(bool)
    houses = city.layer("buildings")
    return city, Ground(
        epsg=city.epsg,
        grids=level("subarea"),
        streets=streets[~bridge],
        bridges=streets[bridge],
        walls=metric("walls"),
        gates=metric("gates"),
        water=metric("landcover")[water],
        compounds=level("compound"),
        communities=level("community"),
        buildings=metric("buildings"),
        people=houses[["households", "persons", "elderly"]].to_numpy(float),
        incidents=metric("incidents"),
    )


@pytest.fixture
def demo(town):
    """Return the plan of the grids of the small demo city."""
    _, ground = town
    laid = lay_out(ground)
    return PlanState(laid.blocks, laid.assignment, [*ground.grids.codes])


@pytest.fixture
def rng():
    return np.random.default_rng(20261121)
