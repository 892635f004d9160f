"""The made-up city: every layer of gis_grid, from a size and a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_grid.demo import fabric, regions
from gis_grid.demo.buildings import make_buildings
from gis_grid.demo.coding import AREA_CODE, make_codes
from gis_grid.demo.facilities import make_facilities
from gis_grid.demo.ground import EPSG, make_ground
from gis_grid.demo.hierarchy import make_hierarchy
from gis_grid.demo.incidents import LAST_DAY, make_incidents
from gis_grid.demo.kinds import SPECS, Spec
from gis_grid.demo.names import CITY_NAME, make_names
from gis_grid.demo.officers import make_officers
from gis_grid.demo.places import make_places
from gis_grid.demo.site import Site
from gis_grid.demo.walk import make_walk
from gis_grid.demo.watch import make_cameras, make_speakers
from gis_grid.errors import InputError
from gis_grid.grid.levels import FIVE_LEVEL, Scheme
from gis_grid.values.layers import LAYERS

FIRST_YEAR, LAST_YEAR = 2005, 2099

Progress = Callable[[str], None]
"""Told the name of each step before it begins."""


@dataclass(frozen=True, slots=True)
class City:
    """A whole city in memory."""

    size: str
    seed: int
    layers: Mapping[str, pd.DataFrame]
    """Every layer of `gis_grid.values.layers`; officers are a plain table, the others
    GeoDataFrames in EPSG:4326. Derived fields are empty."""

    blocks: gpd.GeoDataFrame
    """The atoms of the ground grids, see `regions.make_blocks`."""

    name: str = CITY_NAME
    area_code: str = AREA_CODE
    scheme: Scheme = FIVE_LEVEL
    epsg: int = EPSG
    last_day: date = LAST_DAY
    """Of the record of incidents."""

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer that has geometry.

        Raises
        ------
        KeyError
            No layer of the city has this name, or it has no geometry.
        """
        found = self.layers[name]
        if not isinstance(found, gpd.GeoDataFrame):
            raise KeyError(name)
        return found


def make_city(
    size: str, seed: int, progress: Progress | None = None, *, last_day: date = LAST_DAY
) -> City:
    """Make a city that does not exist.

    Parameters
    ----------
    size
        ``small``, ``medium`` or ``large``, see `kinds.SPECS`.
    seed
        The same size and seed give the same city. Everything is rounded and sorted on the way, so
        that machines agree; another release of GEOS or numpy may draw another city.
    progress
        Called with the name of each step.
    last_day
        Last of the 365 days of which there are incidents; the ground does not depend on it.

    Returns
    -------
    City
        Layers in EPSG:4326, valid coverages at every level.

    Raises
    ------
    InputError
        There is no such size, `seed` is negative, or the day lies before 2005 or after 2099.

    Examples
    --------
    >>> make_city("tiny", 1)
    Traceback (most recent call last):
    gis_grid.errors.InputError: city size 'tiny' is unknown; use small, medium, large
    """
    require_known(size, seed)
    require_day(last_day)
    tell = progress or _silent
    spec, streams = SPECS[size], np.random.SeedSequence(seed).spawn(8)
    chance = [np.random.default_rng(stream) for stream in streams]
    site = _make_site(spec, chance, tell)
    layers = _make_layers(site, spec, chance, tell, last_day)
    found = {name: layers[name] for name in LAYERS}
    return City(size, seed, found, regions.make_blocks(site), last_day=last_day)


def require_known(size: str, seed: int) -> None:
    """Refuse a size that does not exist and a negative seed.

    Raises
    ------
    InputError
        There is no such size, or `seed` is negative.
    """
    if size not in SPECS:
        message = f"city size {size!r} is unknown; use {', '.join(SPECS)}"
        raise InputError(message)
    if seed < 0:
        message = f"seed {seed} is negative; use 0 or a whole number above"
        raise InputError(message)


def require_day(last_day: date) -> None:
    """Refuse a last day whose working days nobody could tell.

    Raises
    ------
    InputError
        It lies before 2005 or after 2099.
    """
    if not FIRST_YEAR <= last_day.year <= LAST_YEAR:
        message = f"the record cannot end on {last_day}; give a day of {FIRST_YEAR} to {LAST_YEAR}"
        raise InputError(message)


def _silent(_: str) -> None:
    return


def _make_site(spec: Spec, chance: list[np.random.Generator], tell: Progress) -> Site:
    tell("ground")
    ground = make_ground(spec, chance[0])
    hierarchy = make_hierarchy(ground, spec)
    tell("houses")
    houses = make_buildings(ground, spec, chance[1])
    walk = make_walk(ground, houses, chance[2])
    names = make_names(ground, hierarchy, chance[3])
    tree = shapely.STRtree(ground.blocks)
    return Site(ground, hierarchy, houses, walk, names, make_codes(hierarchy), tree)


def _make_layers(
    site: Site, spec: Spec, chance: list[np.random.Generator], tell: Progress, last_day: date
) -> dict[str, pd.DataFrame]:
    tell("grids")
    layers: dict[str, pd.DataFrame] = {
        "grids": regions.make_grids_layer(site),
        "buildings": fabric.make_buildings_layer(site),
        "entrances": fabric.make_entrances_layer(site),
        "streets": fabric.make_streets_layer(site),
        "landcover": fabric.make_landcover_layer(site),
        "walls": fabric.make_walls_layer(site),
        "gates": fabric.make_gates_layer(site),
        "ways": fabric.make_ways_layer(site),
    }
    tell("things")
    facilities = make_facilities(site, spec.facilities, chance[4])
    layers["facilities"] = facilities.frame
    layers["cameras"] = make_cameras(site, spec.cameras, chance[4])
    layers["speakers"] = make_speakers(site, chance[5])
    layers["places"] = make_places(site, facilities, spec.half_m, chance[5])
    layers["officers"] = make_officers(site, spec.officers, chance[6])
    tell("incidents")
    layers["incidents"] = make_incidents(
        site, facilities, spec.incidents, chance[7], last_day=last_day
    )
    return layers
