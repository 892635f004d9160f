"""A small city, made once; tests never change it."""

import numpy as np
import pytest

from gis_grid.demo.city import City, _make_site, _silent, make_city
from gis_grid.demo.kinds import SPECS
from gis_grid.demo.site import Site

SEED = 7


@pytest.fixture(scope="session")
def city() -> City:
    return make_city("small", SEED)


@pytest.fixture(scope="session")
def site() -> Site:
    """Return the ground of the same city, before things are put on it."""
    streams = np.random.SeedSequence(SEED).spawn(8)
    return _make_site(SPECS["small"], [np.random.default_rng(s) for s in streams], _silent)
