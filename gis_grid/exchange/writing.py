"""Layers written to files, all or nothing."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from gis_grid.errors import FileError
from gis_grid.exchange.writers import WRITERS, Writer
from gis_grid.geo.datum import Datum, shapes_from_wgs84
from gis_grid.values.layers import Field, Layer

DATUM = Field(name="datum", doc="What the degrees really are, when they are not WGS-84.")


def write_layer(
    chunks: Iterable[pd.DataFrame],
    layer: Layer,
    path: Path,
    *,
    datum: Datum = Datum.WGS84,
    private: bool = False,
) -> int:
    """Write a layer to a file whose ending names the format.

    The file appears when it is complete: it is written beside its place and renamed. Reading it
    back with `gis_grid.exchange.sources.open_source` and `gis_grid.exchange.checks.check` gives
    the same rows, but for what `gis_grid.exchange.writers.write_shapefile` says of Shapefiles.

    Parameters
    ----------
    chunks
        Rows in the form of the layer (EPSG:4326), at least one chunk, which may have no rows.
    layer
        What they are.
    path
        Where to: .gpkg, .shp, .geojson, .csv, .csv.gz, .xlsx or .parquet.
    datum
        In which datum the coordinates go out. Shifted ones carry its name in a column ``datum``
        and no CRS, because no CRS is true of them.
    private
        Whether personal fields go out too.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    FileError
        The ending is unknown, the folder is missing, the file cannot be written, or the format
        cannot hold the rows.
    """
    writer = writer_for(path)
    fields = tuple(field for field in layer.fields if private or not field.private)
    if datum is not Datum.WGS84:
        fields = (*fields, DATUM)
    counter = _Counter()
    try:
        with _complete(path) as unfinished:
            writer(counter.through(_shifted(chunks, fields, datum)), layer, fields, unfinished)
    except (OSError, pyogrio.errors.DataSourceError) as error:
        message = f"cannot write {path}: {getattr(error, 'strerror', None) or error}"
        raise FileError(message) from error
    return counter.rows


def writer_for(path: Path) -> Writer:
    """Return the writer that the ending of a name asks for.

    Raises
    ------
    FileError
        The ending is unknown.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None or (path.suffix == ".gz" and Path(path.stem).suffix != ".csv"):
        message = f"{path} is of an unknown kind; known endings: {' '.join(WRITERS)}"
        raise FileError(message)
    return writer


class _Counter:
    """Counts rows on their way."""

    def __init__(self) -> None:
        self.rows = 0

    def through(self, chunks: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for chunk in chunks:
            self.rows += len(chunk)
            yield chunk


def _shifted(
    chunks: Iterable[pd.DataFrame], fields: tuple[Field, ...], datum: Datum
) -> Iterator[pd.DataFrame]:
    for chunk in chunks:
        names = [field.name for field in fields if field is not DATUM]
        if not isinstance(chunk, gpd.GeoDataFrame):
            yield chunk[names].assign(**({} if datum is Datum.WGS84 else {"datum": datum.value}))
            continue
        kept = chunk[[*names, "geometry"]]
        if datum is Datum.WGS84:
            yield kept
            continue
        shapes = shapes_from_wgs84(kept.geometry.to_numpy(), datum=datum)
        attributes = pd.DataFrame(kept.drop(columns="geometry")).assign(datum=datum.value)
        yield gpd.GeoDataFrame(attributes, geometry=gpd.GeoSeries(shapes, index=kept.index))


@contextmanager
def _complete(path: Path) -> Iterator[Path]:
    """Give a name to write under, in a folder of its own, and move what is there when done."""
    folder = Path(tempfile.mkdtemp(prefix=".gis-grid-", dir=path.parent))
    try:
        yield folder / path.name
        written = sorted(folder.iterdir(), key=lambda part: part.suffix == path.suffix)
        for part in written:
            os.replace(part, path.with_name(part.name))  # noqa: PTH105 - replaces on every system
    finally:
        shutil.rmtree(folder, ignore_errors=True)
