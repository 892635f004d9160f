"""Special grids (专属网格) that a city keeps in its database, beside its grids."""

from datetime import datetime
from pathlib import Path

import geopandas as gpd
import shapely
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.exchange.special_files import index_special, read_set
from gis_grid.exchange.writing import write_layer, writer_for
from gis_grid.geo.datum import Datum
from gis_grid.router.special import SpecialIndex
from gis_grid.storage.database import require_schema, sessions
from gis_grid.storage.special import GivenSpecial, SpecialStore, special_of
from gis_grid.values.special import SPECIAL


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
    kept = read_set(path, datum=datum)
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


def list_special(
    session: Session,
    *,
    at: datetime | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    given: GivenSpecial | None = None,
) -> gpd.GeoDataFrame:
    """Return the special grids of a moment, by code.

    Parameters
    ----------
    session
        The database.
    at
        The moment, with a time zone; None for now.
    bbox
        Only those that meet this box: west, south, east, north in degrees, border included.
    given
        Those of a file, which go before those of the database.

    Returns
    -------
    GeoDataFrame in EPSG:4326
        With the fields of `SPECIAL`; without rows when there were none.

    Raises
    ------
    InputError
        `at` has no time zone.
    StorageError
        The database cannot be read.
    """
    store = special_of(session, given)
    frame = store.get(store.number(at))
    if bbox is None:
        return frame
    met = shapely.intersects(frame.geometry.to_numpy(), shapely.box(*bbox))
    return frame[met].reset_index(drop=True)


def find_special(
    session: Session, code: str, *, at: datetime | None = None, given: GivenSpecial | None = None
) -> gpd.GeoDataFrame:
    """Return the special grid that a code meant at a moment, by default now, as one row.

    Raises
    ------
    NotFoundError
        There was none.
    InputError
        `at` has no time zone.
    StorageError
        The database cannot be read.
    """
    frame = list_special(session, at=at, given=given)
    frame = frame[frame["code"] == code].reset_index(drop=True)
    if frame.empty:
        message = f"there is no special grid {code!r}; GET /api/v1/special lists them"
        raise NotFoundError(message)
    return frame


def export_special(
    engine: Engine, path: Path, *, at: datetime | None = None, datum: Datum = Datum.WGS84
) -> int:
    """Write the special grids of a moment to a file, and return how many there are.

    Parameters
    ----------
    engine
        A database with the tables of this version.
    path
        .gpkg, .geojson, .parquet, which `keep_special` reads again; .csv or .xlsx with WKT. It
        appears when it is complete.
    at
        The moment, with a time zone; None for now.
    datum
        In which datum the coordinates go out.

    Raises
    ------
    InputError
        `at` has no time zone.
    FileError
        The ending is unknown or that of a Shapefile, or the file cannot be written.
    StorageError
        The database cannot be read.
    """
    writer_for(path)
    require_schema(engine)
    with sessions(engine)() as session:
        frame = list_special(session, at=at)
    return write_layer([frame], SPECIAL, path, datum=datum)
