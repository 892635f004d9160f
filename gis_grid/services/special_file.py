"""Special grids (专属网格) from a file."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_grid.errors import InputError
from gis_grid.exchange.sources import open_source
from gis_grid.geo.crs import to_lonlat
from gis_grid.router.special import TOLERANCE_M, SpecialIndex

COLUMNS = ("code", "name", "priority", "tolerance_m")
"""What is read; only the code is needed."""


def special_grids(path: Path | None) -> SpecialIndex | None:
    """Index the special grids of a file; None without one.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON or GeoParquet of polygons and lines in any CRS, with `code`
        and, as wanted, `name`, `priority` (the highest wins) and `tolerance_m` (how far from a
        line its street section reaches).

    Raises
    ------
    FileError, CrsError, GeometryError, InputError
        The file is no set of special grids; the message says why.
    """
    if path is None:
        return None
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
    try:
        return SpecialIndex.build(
            placed,
            priority="priority" if "priority" in known else None,
            tolerance_m="tolerance_m" if "tolerance_m" in known else TOLERANCE_M,
        )
    except InputError as error:
        msg = f"{path}: {error}"
        raise type(error)(msg) from error
