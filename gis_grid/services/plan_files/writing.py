"""Blocks with what was decided about them, and the rows that were not taken, written to files."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
import pyogrio

from gis_grid.errors import FileError
from gis_grid.exchange.rejects import RejectsFile, rejects_beside
from gis_grid.geo.crs import LONLAT
from gis_grid.services.plan_files.reading import Given

Writer = Callable[[gpd.GeoDataFrame, Path], None]


def write_shapes(frame: gpd.GeoDataFrame, path: Path) -> int:
    """Write rows with geometry (EPSG:4326) in the format that the ending names.

    The file appears when it is complete.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    FileError
        The ending is unknown, or the file cannot be written.
    """
    writer = writer_of(path)
    try:
        with _complete(path) as unfinished:
            writer(frame.set_crs(LONLAT), unfinished)
    except (OSError, ValueError, pyogrio.errors.DataSourceError) as error:
        message = f"cannot write {path}: {getattr(error, 'strerror', None) or error}"
        raise FileError(message) from error
    return len(frame)


def writer_of(path: Path) -> Writer:
    """Return the writer for the ending of a name.

    Raises
    ------
    FileError
        The ending is unknown.
    """
    if path.suffix.lower() not in WRITERS:
        message = f"{path} is of an unknown kind; known endings: {' '.join(WRITERS)}"
        raise FileError(message)
    return WRITERS[path.suffix.lower()]


def write_rejects(given: Given, path: Path | None = None) -> Path | None:
    """Write the rows that were not taken, each with its reason; None when there are none.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    with RejectsFile(path or rejects_beside(given.path), list(given.raw.table.columns)) as rejects:
        rejects.write(given.raw, given.problems)
        return rejects.path if rejects.exists else None


def _csv(frame: gpd.GeoDataFrame, path: Path) -> None:
    plain = pd.DataFrame(frame.drop(columns="geometry"))
    plain.assign(wkt=frame.geometry.to_wkt()).to_csv(path, index=False, encoding="utf-8")


def _parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)


def _gdal(driver: str) -> Writer:
    def write(frame: gpd.GeoDataFrame, path: Path) -> None:
        pyogrio.write_dataframe(frame, path, driver=driver)

    return write


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        ".gpkg": _gdal("GPKG"),
        ".geojson": _gdal("GeoJSON"),
        ".shp": _gdal("ESRI Shapefile"),
        ".parquet": _parquet,
        ".csv": _csv,
    }
)
"""How to write a file, by the ending of its name."""


@contextmanager
def _complete(path: Path) -> Iterator[Path]:
    """Give a name to write under, in a folder of its own, and move what is there when done."""
    folder = Path(tempfile.mkdtemp(prefix=".gis-grid-", dir=path.parent))
    try:
        yield folder / path.name
        for part in sorted(folder.iterdir(), key=lambda part: part.suffix == path.suffix):
            os.replace(part, path.with_name(part.name))  # noqa: PTH105 - replaces on every system
    finally:
        shutil.rmtree(folder, ignore_errors=True)
