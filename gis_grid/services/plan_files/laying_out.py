"""Blocks made of files: streets, walls, water, compounds, grids and what is counted in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gis_grid.errors import InputError
from gis_grid.exchange.convert import convert, numbers
from gis_grid.exchange.instants import Clock
from gis_grid.geo.crs import LONLAT, to_lonlat
from gis_grid.plan.arrays import Progress, silent
from gis_grid.plan.ground import Ground, Named, lay_out
from gis_grid.services.plan_files.reading import Given, How, read_shapes
from gis_grid.values.layers import LAYERS

SOURCES: Mapping[str, str] = {
    "grids": "grids",
    "streets": "streets",
    "walls": "walls",
    "gates": "gates",
    "water": "landcover",
    "compounds": "grids",
    "communities": "grids",
    "buildings": "buildings",
    "facilities": "facilities",
    "cameras": "cameras",
    "incidents": "incidents",
}
"""The layer whose columns each kind of file has."""

_AREAL = frozenset({"grids", "compounds", "communities"})
_PEOPLE = ("households", "persons", "elderly")


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Blocks made of files."""

    frame: gpd.GeoDataFrame
    """code, grid_code, community_code, compound_code, water and the weights; EPSG:4326."""

    given: Mapping[str, Given]
    """What was read from each file."""


def lay_out_files(
    files: Mapping[str, Path],
    how: How,
    *,
    years: float = 1.0,
    minutes: float = 30.0,
    progress: Progress = silent,
) -> LaidOut:
    """Make blocks of files.

    Parameters
    ----------
    files
        File by kind, see `SOURCES`; grids, or streets that enclose ground, are needed.
    how
        How all of them are read.
    years
        Time that the incidents are from.
    minutes
        Work that an incident takes.
    progress
        Told of each step.

    Raises
    ------
    FileError, CrsError, GeometryError, InputError
        A file cannot be read, or its content cannot be used.
    """
    if "grids" not in files and "streets" not in files:
        message = "blocks need --grids, or --streets that enclose ground"
        raise InputError(message)
    given: dict[str, Given] = {}
    plane = how
    for kind in sorted(files, key=[*SOURCES].index):
        one = read_shapes(files[kind], plane, of=LAYERS[SOURCES[kind]], areal=kind in _AREAL)
        given[kind] = one
        plane = How(crs=how.crs, datum=how.datum, encoding=how.encoding, epsg=one.epsg)
    ground = _ground(given, years, minutes)
    laid = lay_out(ground, progress=progress)
    blocks = laid.blocks
    columns = {
        "code": blocks.codes,
        "grid_code": np.array([*ground.grids.codes, None], object)[laid.assignment],
        "community_code": np.array([*blocks.community.names, None], object)[
            blocks.community.number
        ],
        "compound_code": np.array([*blocks.compound.names, None], object)[blocks.compound.number],
        "water": blocks.water,
        **{name: blocks.column(name) for name in blocks.names},
    }
    shapes = to_lonlat(gpd.GeoSeries(blocks.shapes, crs=blocks.epsg))
    return LaidOut(gpd.GeoDataFrame(columns, geometry=shapes, crs=LONLAT), given)


def _ground(given: Mapping[str, Given], years: float, minutes: float) -> Ground:
    none = np.empty(0, object)

    def shapes(kind: str) -> npt.NDArray[np.object_]:
        return given[kind].metric if kind in given else none

    def named(kind: str) -> Named:
        if kind not in given:
            return Named()
        return Named(given[kind].metric, np.array(given[kind].codes, object))

    over, under = _flag(given, "streets", "bridge"), _flag(given, "streets", "tunnel")
    streets = shapes("streets")
    wet = _water(given)
    people = [_column(given, "buildings", name) for name in _PEOPLE]
    return Ground(
        epsg=next(iter(given.values())).epsg,
        grids=named("grids"),
        streets=streets[~(over | under)],
        bridges=streets[over],
        walls=shapes("walls"),
        gates=shapes("gates"),
        water=shapes("water")[wet],
        compounds=named("compounds"),
        communities=named("communities"),
        buildings=shapes("buildings"),
        people=np.stack(people, axis=1),
        facilities=shapes("facilities"),
        cameras=shapes("cameras"),
        incidents=shapes("incidents"),
        handling_minutes=np.full(len(shapes("incidents")), minutes),
        years=years,
    )


def _column(given: Mapping[str, Given], kind: str, name: str) -> npt.NDArray[np.float64]:
    if kind not in given:
        return np.zeros(0)
    table = given[kind].table
    if name not in table.columns:
        return np.zeros(len(table))
    return np.maximum(np.nan_to_num(numbers(table[name])[0]), 0.0)


def _flag(given: Mapping[str, Given], kind: str, name: str) -> npt.NDArray[np.bool_]:
    if kind not in given:
        return np.zeros(0, bool)
    table = given[kind].table
    if name not in table.columns:
        return np.zeros(len(table), bool)
    found = convert(table[name], "flag", Clock()).column
    return np.asarray(found.fillna(value=False), bool)


def _water(given: Mapping[str, Given]) -> npt.NDArray[np.bool_]:
    """Return which rows of the file of water are water; all where it does not say."""
    if "water" not in given:
        return np.zeros(0, bool)
    table = given["water"].table
    if "category" not in table.columns:
        return np.ones(len(table), bool)
    words = table["category"].astype(object).where(pd.notna(table["category"]), "water")
    return np.asarray(words == "water", bool)
