"""Reports of a plain file, without a database."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_grid.errors import InputError
from gis_grid.exchange.batch import Batch, Problem
from gis_grid.exchange.checks import Checked, check
from gis_grid.exchange.mapping import guess_map
from gis_grid.exchange.prepare import Prepared, Progress, Reading, prepare
from gis_grid.exchange.sources import open_source
from gis_grid.grid.levels import COMMUNITY_GRID, FIVE_LEVEL, Scheme
from gis_grid.maps.page import Page
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Kind, Options
from gis_grid.maps.reports.vocabulary import vocabularies
from gis_grid.router.cells import encode
from gis_grid.values.layers import LAYERS, Layer

ASSUMED = {
    "grids": {"level": COMMUNITY_GRID.ground},
    "facilities": {"category": "-"},
    "incidents": {"state": "reported"},
}
"""What is taken for granted of a file that has no such column, by layer and field."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The page of a file, and what was wrong with it."""

    page: Page
    problems: tuple[Problem, ...] = field(default=())
    """One for each row that was left out."""


def page_from_file(
    path: Path,
    kind: Kind,
    options: Options,
    reading: Reading,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Drawn:
    """Draw a report of the features in a file; without a base map, as no city is known.

    Columns are guessed, places converted and rows checked as by ``gis-grid import``.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON, CSV, XLSX or Parquet.
    kind, options
        What to draw, and how.
    reading
        What is said about the file: columns, CRS, datum, encoding.
    now
        When it is drawn, with a time zone.
    progress
        Told how many rows are read, and of how many.

    Raises
    ------
    InputError
        The kind takes a whole city, or its options do not fit the file.
    FileError
        The file cannot be read, or lacks a column that is needed.
    CrsError
        The file has geometry but no CRS, and none was given.
    """
    if not kind.from_file:
        message = f"report {kind.key} draws a whole city; name a database, not a file"
        raise InputError(message)
    layer = LAYERS[kind.from_file]
    prepared = prepare(path, layer, _assuming(path, layer, reading))
    value = getattr(options, "value", None)
    extra = value if value is not None and value not in layer.field_names else None
    frame, problems = _read(prepared, extra, progress)
    material = Material(
        city=path.stem,
        scheme=_scheme(frame),
        frames=_frames(kind, layer, frame),
        drawn_at=now,
        vocabularies=vocabularies(),
        file=path.name,
    )
    return Drawn(kind.page(material, options), tuple(problems))


def _assuming(path: Path, layer: Layer, reading: Reading) -> Reading:
    """Add constants for required fields without a column."""
    source = open_source(path, reading.opening)
    found = guess_map(
        layer, source.columns, stated=reading.stated, has_geometry=source.has_geometry
    )
    held = {*found.columns, *found.constants}
    missing = {key: text for key, text in ASSUMED.get(layer.name, {}).items() if key not in held}
    constants = {**reading.stated.constants, **missing}
    return replace(reading, stated=replace(reading.stated, constants=constants))


def _read(
    prepared: Prepared, extra: str | None, progress: Progress | None
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    parts, problems, done = [], [], 0
    for batch in prepared.source.read(prepared.batch_rows):
        checked = check(batch, prepared.plan)
        problems += [*checked.problems, *batch.unreadable]
        parts.append(_with_extra(checked, batch, prepared, extra))
        done += len(batch.rows)
        if progress is not None:
            progress(done, prepared.survey.rows)
    if not parts:
        names = [*prepared.plan.layer.field_names, "geometry"]
        return gpd.GeoDataFrame(pd.DataFrame(columns=names), crs="EPSG:4326"), problems
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True)), problems


def _with_extra(
    checked: Checked, batch: Batch, prepared: Prepared, extra: str | None
) -> gpd.GeoDataFrame:
    """Return the good rows, with one more column of the file as numbers where it is wanted."""
    if extra is None or extra not in batch.table.columns:
        return checked.frame
    rows = np.searchsorted(batch.rows, checked.rows)
    column = batch.table[extra].iloc[rows]
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.isna().all() and column.notna().any():
        message = f"{prepared.source.path}: column {extra!r} holds no numbers"
        raise InputError(message)
    return checked.frame.assign(**{extra: numbers.to_numpy()})


def _scheme(frame: gpd.GeoDataFrame) -> Scheme:
    """Return the scheme with all levels of the file."""
    levels = set(frame["level"]) if "level" in frame.columns else set()
    return COMMUNITY_GRID if levels <= set(COMMUNITY_GRID.keys) else FIVE_LEVEL


def _frames(kind: Kind, layer: Layer, frame: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    frames: dict[str, pd.DataFrame] = {layer.name: frame}
    if "incident_cells" in kind.needs:
        placed = frame[frame.geometry.notna() & frame["doubt"].isna()]
        cells = encode(lon=placed.geometry.x.to_numpy(), lat=placed.geometry.y.to_numpy())
        held, counts = np.unique(cells, return_counts=True)
        frames["incident_cells"] = pd.DataFrame({"cell": held, "count": counts})
    return frames
