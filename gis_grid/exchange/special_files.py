"""Special grids (专属网格) in files."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_grid.errors import InputError
from gis_grid.exchange.sources import open_source
from gis_grid.geo.crs import to_lonlat
from gis_grid.geo.datum import Datum, shapes_to_wgs84
from gis_grid.router.special import TOLERANCE_M, SpecialIndex

COLUMNS = ("code", "name", "priority", "tolerance_m")
"""What is read; only the code is needed."""


def read_special(path: Path, *, datum: Datum = Datum.WGS84) -> gpd.GeoDataFrame:
    """Read the special grids of a file, in EPSG:4326; columns that it lacks are missing values.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or GeoParquet of polygons and lines in any CRS, with `code`
        and, as wanted, `name`, `priority` (the highest wins) and `tolerance_m` (how far from a
        line its street section reaches).
    datum
        What its degrees really are.

    Raises
    ------
    FileError, CrsError, InputError
        The file is no set of special grids; the message says why.
    """
    source = open_source(path)
    if not source.has_geometry:
        msg = f"{path} has no geometry; special grids are polygons or lines"
        raise InputError(msg)
    batches = list(source.read(100_000))
    shapes = np.concatenate([np.empty(0, object), *(batch.shapes for batch in batches)])
    known = [name for name in COLUMNS if name in source.columns]
    table = pd.concat([pd.DataFrame(columns=known), *(batch.table[known] for batch in batches)])
    frame = gpd.GeoDataFrame(table.reset_index(drop=True), geometry=list(shapes), crs=source.crs)
    placed = to_lonlat(frame, str(path))
    if datum is not Datum.WGS84:
        moved = shapes_to_wgs84(placed.geometry.to_numpy(), datum=datum)
        placed = placed.set_geometry(gpd.GeoSeries(moved, crs=placed.crs))
    return placed


def index_special(frame: gpd.GeoDataFrame, named: str) -> SpecialIndex:
    """Index special grids; `named` is what a message says of where they come from.

    Raises
    ------
    CrsError, GeometryError, InputError
        As `SpecialIndex.build` does.
    """
    try:
        return SpecialIndex.build(
            frame,
            priority="priority" if "priority" in frame else None,
            tolerance_m="tolerance_m" if "tolerance_m" in frame else TOLERANCE_M,
        )
    except InputError as error:
        msg = f"{named}: {error}"
        raise type(error)(msg) from error


def read_set(path: Path, *, datum: Datum = Datum.WGS84) -> gpd.GeoDataFrame:
    """Read the special grids of a file as the set that an index of them is made of.

    Parameters
    ----------
    path, datum
        As for `read_special`.

    Returns
    -------
    GeoDataFrame in EPSG:4326
        With `code`, `name`, `priority` and `tolerance_m`, and what the file lacks filled in.

    Raises
    ------
    FileError, CrsError, GeometryError, InputError
        The file is no set of special grids; the message says why.
    """
    frame = read_special(path, datum=datum)
    index = index_special(frame, str(path))  # refuses what no index could be made of
    rows = {"code": index.codes, "name": index.names, "priority": index.priorities}
    table = pd.DataFrame({**rows, "tolerance_m": index.tolerances_m})
    shape_of = dict(zip(frame["code"].astype(str), frame.geometry, strict=True))
    shapes = [shape_of[code] for code in index.codes]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=frame.crs)
