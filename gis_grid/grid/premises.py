"""Buildings and entrances as grids: the two levels below the ground level."""

from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gis_grid.errors import InputError
from gis_grid.values.layers import GRIDS

Mask: TypeAlias = npt.NDArray[np.bool_]
_NAMED_AT_MOST = 5
_DTYPES = {"text": "str", "integer": "Int64"}


def grids_of_buildings(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the buildings as grids of level ``building``.

    Parameters
    ----------
    buildings
        The buildings layer, shape ``(n,)``, in any CRS. Only `code` and the geometry must be
        there; `name`, `parent_code`, counts and `source` are taken over.

    Returns
    -------
    GeoDataFrame, shape ``(n,)``
        Columns of the grids layer, geometry and CRS of `buildings`, a new index from 0. What
        buildings do not have (area code, grade) is missing.

    Raises
    ------
    InputError
        There is no column `code`.

    Examples
    --------
    >>> import shapely
    >>> rows = {"code": ["b1", "b2"], "households": [8, 0]}
    >>> buildings = gpd.GeoDataFrame(rows, geometry=[shapely.box(0, 0, 1, 1), None])
    >>> grids = grids_of_buildings(buildings)
    >>> grids[["code", "level", "households"]].values.tolist()
    [['b1', 'building', 8], ['b2', 'building', 0]]
    >>> len(grids_of_buildings(buildings[:0]))
    0
    """
    return _as_grids(buildings, "building", "parent_code", buildings.geometry)


def grids_of_entrances(
    entrances: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return the entrances as grids of level ``entrance``, each the shape of its building.

    Entrances of one building share its footprint: they are told apart by code, not by place.

    Parameters
    ----------
    entrances
        The entrances layer, shape ``(n,)``; `code` and `building_code` must be there. The points
        of the doors are not used.
    buildings
        The buildings layer; `code` and the footprint are used.

    Returns
    -------
    GeoDataFrame, shape ``(n,)``
        Columns of the grids layer in the CRS of `buildings`, a new index from 0; the parent of an
        entrance is its building.

    Raises
    ------
    InputError
        A column is missing, a building's code occurs twice, or an entrance has no building; the
        first five rows are named. Leave them out with `entrances_without_building`.
    """
    lost = np.flatnonzero(entrances_without_building(entrances, buildings))
    if len(lost):
        codes, homes = entrances["code"].tolist(), entrances["building_code"].tolist()
        named = [f"row {row}: {codes[row]!r} of {homes[row]!r}" for row in lost[:_NAMED_AT_MOST]]
        message = f"{len(lost)} entrances have no building: {'; '.join(named)}"
        raise InputError(message)
    index = pd.Index(buildings["code"])
    place = index.get_indexer(pd.Index(entrances["building_code"]))
    footprints = gpd.GeoSeries(buildings.geometry.to_numpy()[place], crs=buildings.crs)
    return _as_grids(entrances, "entrance", "building_code", footprints)


def entrances_without_building(entrances: pd.DataFrame, buildings: pd.DataFrame) -> Mask:
    """Return which entrances name no building that is there, as a bool array ``(n,)``.

    An entrance that names no building at all is one of them.

    Raises
    ------
    InputError
        A column is missing, or a building's code occurs twice.
    """
    _require_columns(entrances, "entrances", ("code", "building_code"))
    _require_columns(buildings, "buildings", ("code",))
    repeated = buildings["code"][buildings["code"].duplicated()]
    if len(repeated):
        message = f"buildings have code {repeated.iloc[0]!r} more than once"
        raise InputError(message)
    named = entrances["building_code"]
    return (named.isna() | ~named.isin(buildings["code"])).to_numpy(np.bool_)


def _as_grids(
    layer: gpd.GeoDataFrame, level: str, parent: str, shapes: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    _require_columns(layer, f"{level}s", ("code",))
    given = layer.rename(columns={parent: "parent_code"}).assign(level=level)
    columns = {}
    for field in GRIDS.fields:
        values = given[field.name].to_numpy() if field.name in given else [None] * len(given)
        columns[field.name] = pd.Series(values, dtype=_DTYPES[field.kind])
    return gpd.GeoDataFrame(columns, geometry=shapes.to_numpy(), crs=shapes.crs)


def _require_columns(layer: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    for column in columns:
        if column not in layer.columns:
            message = f"{name} have no column {column!r}"
            raise InputError(message)
