"""Exporting layers to files."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from gis_grid.errors import FileError, InputError, NotFoundError
from gis_grid.exchange.prepare import Progress
from gis_grid.exchange.writing import write_layer, writer_for
from gis_grid.geo.datum import Datum
from gis_grid.storage.database import require_schema, sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS

CHUNK_ROWS = 50_000


def export_layer(  # noqa: PLR0913 - what, where and how
    engine: Engine,
    layer: str,
    path: Path,
    *,
    datum: Datum = Datum.WGS84,
    at: datetime | None = None,
    private: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write a layer to a file in the format that its ending names.

    Parameters
    ----------
    engine
        A database with the tables of this version.
    layer
        Name of the layer.
    path
        Where to; see `gis_grid.exchange.writing.write_layer`. It appears when it is complete.
    datum
        In which datum the coordinates go out.
    at
        Moment with a time zone whose grids are meant; None for the current ones.
    private
        Whether personal fields go out too.
    progress
        Told after every chunk how many rows are done, and of how many.

    Returns
    -------
    int
        How many rows were written; an empty layer makes a file without rows.

    Raises
    ------
    NotFoundError
        There is no such layer.
    InputError
        `at` is given for a layer without generations, or has no zone.
    FileError
        The ending is unknown, or the file cannot be written or hold the rows.
    StorageError
        The database cannot be read.
    """
    if layer not in LAYERS:
        message = f"there is no layer {layer!r}; choose one of {', '.join(LAYERS)}"
        raise NotFoundError(message)
    writer_for(path)
    require_schema(engine)
    with sessions(engine)() as session:
        store = LayerStore(session)
        total = store.count(layer)
        chunks = _chunks(store, layer, at=at, private=private)
        told = _telling(chunks, total, progress)
        return write_layer(told, LAYERS[layer], path, datum=datum, private=private)


def _chunks(
    store: LayerStore, layer: str, *, at: datetime | None, private: bool
) -> Iterator[pd.DataFrame]:
    """Yield a layer in parts, at least one."""
    after: str | None = None
    while True:
        part = store.read(layer, at=at, after=after, limit=CHUNK_ROWS, private=private)
        if len(part) or after is None:
            yield part
        if len(part) < CHUNK_ROWS:
            return
        after = str(part["code"].iloc[-1])


def _telling(
    chunks: Iterator[pd.DataFrame], total: int, progress: Progress | None
) -> Iterator[pd.DataFrame]:
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        if progress is not None:
            progress(done, total)


def export_all(
    engine: Engine,
    folder: Path,
    *,
    ending: str = ".gpkg",
    datum: Datum = Datum.WGS84,
    private: bool = False,
) -> dict[str, int]:
    """Write every layer to a file of its own in a folder, and return how many rows each has.

    Raises
    ------
    FileError
        The folder cannot be made, or a file not be written.
    InputError
        The ending names no format that holds every layer.
    StorageError
        The database cannot be read.
    """
    if ending == ".shp":
        message = "officers have no places and fit no Shapefile; use --format gpkg"
        raise InputError(message)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {folder}: {error.strerror}"
        raise FileError(message) from error
    return {
        layer: export_layer(
            engine, layer, folder / f"{layer}{ending}", datum=datum, private=private
        )
        for layer in LAYERS
    }
