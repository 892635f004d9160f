"""Special grids (专属网格) that a city keeps in its database, beside its grids."""

from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.exchange.special_files import index_special, read_special
from gis_grid.geo.datum import Datum
from gis_grid.router.special import SpecialIndex
from gis_grid.storage.database import sessions
from gis_grid.storage.special import SpecialStore


def keep_special(
    engine: Engine, path: Path, *, now: datetime, datum: Datum = Datum.WGS84
) -> tuple[int, int]:
    """Keep the special grids of a file in the database: from now on they are those of the city.

    Those that were kept before stay valid for the time before; a file without rows ends them.

    Parameters
    ----------
    engine
        A database with the tables of this version.
    path, datum
        As for `read_special`.
    now
        When they begin, with a time zone.

    Returns
    -------
    int, int
        The number of the set and how many special grids it has. Nothing happens, and it is the
        number of the newest set, when that one is the same.

    Raises
    ------
    FileError, CrsError, GeometryError, InputError
        The file is no set of special grids; the message says why. Nothing was stored.
    ConflictError
        The newest set begins later than `now`.
    StorageError
        The database cannot be written.
    """
    frame = read_special(path, datum=datum)
    index = index_special(frame, str(path))  # refuses what no index could be made of
    rows = {"code": index.codes, "name": index.names, "priority": index.priorities}
    table = pd.DataFrame({**rows, "tolerance_m": index.tolerances_m})
    shape_of = dict(zip(frame["code"].astype(str), frame.geometry, strict=True))
    shapes = [shape_of[code] for code in index.codes]
    kept = gpd.GeoDataFrame(table, geometry=shapes, crs=frame.crs)
    with sessions(engine).begin() as session:
        return SpecialStore(session).put(kept, valid_from=now), len(kept)


def stored_special(session: Session, number: int) -> SpecialIndex | None:
    """Index a set of special grids of the database; None when it has none.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    frame = SpecialStore(session).get(number)
    return None if frame.empty else index_special(frame, "the database")
