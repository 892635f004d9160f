"""From a path to clean rows: open, guess, survey, check, and sort out duplicates."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from gis_grid.errors import FileError, InputError
from gis_grid.exchange.batch import Batch, Problem, Source
from gis_grid.exchange.checks import Checked, Plan, check
from gis_grid.exchange.doubts import count_doubts
from gis_grid.exchange.identity import Seen
from gis_grid.exchange.instants import Clock
from gis_grid.exchange.mapping import ColumnMap, guess_map
from gis_grid.exchange.placing import frame_of, require_place_columns
from gis_grid.exchange.rejects import RejectsFile, rejects_beside
from gis_grid.exchange.sources import Opening, open_source
from gis_grid.exchange.survey import Survey, survey
from gis_grid.exchange.tally import Summary
from gis_grid.geo.crs import LONLAT
from gis_grid.geo.datum import Datum
from gis_grid.geo.detect import detect_datum
from gis_grid.values.layers import Layer

BATCH_ROWS = 50_000
"""Rows that are in memory at a time."""

Progress = Callable[[int, int | None], None]
"""Told how many rows are done, and of how many when that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the user wants files read."""

    stated: ColumnMap = field(default_factory=ColumnMap)
    """Columns and constants that were stated; the rest is guessed."""

    opening: Opening = field(default_factory=Opening)
    crs: str | None = None
    """CRS of files that state none, or a better one than they state."""

    datum: Datum | None = Datum.WGS84
    """What the degrees really are; None to find out from what is stored already."""

    clock: Clock = field(default_factory=Clock)
    repair: bool = False
    """Whether invalid polygons are mended instead of refused."""

    batch_rows: int = BATCH_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A file that is ready to be read row by row."""

    source: Source
    plan: Plan
    survey: Survey
    batch_rows: int
    notes: tuple[str, ...] = ()


def prepare(
    path: Path, layer: Layer, reading: Reading, *, centre: tuple[float, float] | None = None
) -> Prepared:
    """Open a file, find out what its columns mean and look through it once.

    A guessed code column with fewer values than a tenth of the rows is not one: the rows get codes
    made from their places instead, and a note says so.

    Parameters
    ----------
    path
        The file.
    layer
        What it holds.
    reading
        What the user said about it.
    centre
        Lon, lat around which the city is known to lie; found from the file when None.

    Raises
    ------
    FileError
        The file cannot be read, or a layer of places has no known place columns.
    InputError
        A stated column or field does not exist, or a required field has no column.
    CrsError
        The file has geometry but no CRS, and none was given.
    """
    source = open_source(path, reading.opening)
    mapping = guess_map(
        layer, source.columns, stated=reading.stated, has_geometry=source.has_geometry
    )
    optional = "doubt" in layer.field_names or layer.geometry is None
    require_place_columns(source, mapping, needed=not optional and source.rows != 0)
    frame = frame_of(source, crs=reading.crs, datum=reading.datum or Datum.WGS84)
    looked = survey(source, mapping, frame, size=reading.batch_rows)
    mapping, notes = _without_false_codes(mapping, looked)
    _require_columns(layer, mapping, source, looked)
    plan = Plan(
        layer=layer,
        mapping=mapping,
        frame=frame,
        clock=reading.clock,
        centre=centre or looked.centre,
        default_points=looked.default_points if "doubt" in layer.field_names else frozenset(),
        repair=reading.repair,
        derives_codes="code" not in {*mapping.columns, *mapping.constants},
    )
    if plan.derives_codes and layer.geometry is not None and looked.rows:
        notes = (*notes, "no column of codes: codes are made from place, category and time")
    return Prepared(
        source=source, plan=plan, survey=looked, batch_rows=reading.batch_rows, notes=notes
    )


def _without_false_codes(mapping: ColumnMap, looked: Survey) -> tuple[ColumnMap, tuple[str, ...]]:
    if "code" not in mapping.guessed or looked.has_telling_codes or not looked.rows:
        return mapping, ()
    column = mapping.columns["code"]
    columns = {name: value for name, value in mapping.columns.items() if name != "code"}
    guessed = {name: value for name, value in mapping.guessed.items() if name != "code"}
    note = f"column {column!r} has {looked.code_values:,} values in {looked.rows:,} rows: no code"
    return replace(mapping, columns=columns, guessed=guessed), (note,)


def _require_columns(layer: Layer, mapping: ColumnMap, source: Source, looked: Survey) -> None:
    """Refuse a file in which a required field has no column: every row would be refused."""
    if not looked.rows:
        return
    known = {*mapping.columns, *mapping.constants}
    for item in layer.fields:
        made = item.name == "code" and layer.geometry is not None
        if item.required and not made and item.name not in known:
            message = (
                f"{source.path} has no column for {item.name}; name it with "
                f"--map {item.name}=COLUMN or give --set {item.name}=VALUE "
                f"(columns: {', '.join(source.columns)})"
            )
            raise FileError(message)


def describe_plan(prepared: Prepared, summary: Summary) -> None:
    """Write into the summary how a file was understood."""
    mapping = prepared.plan.mapping
    summary.add_file(prepared.source.path)
    summary.mapping = dict(mapping.columns)
    summary.guessed = list(mapping.guessed)
    summary.constants = dict(mapping.constants)
    summary.crs = prepared.plan.frame.crs
    summary.datum = prepared.plan.frame.datum.value
    summary.notes.extend(prepared.notes)
    for lon, lat in sorted(prepared.plan.default_points):
        summary.notes.append(f"{lon:.6f}, {lat:.6f} carries so many rows that it is a default")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The rows of a batch that are good and new."""

    frame: gpd.GeoDataFrame
    """In the form of the layer, EPSG:4326."""

    rows: npt.NDArray[np.int64]
    """Their numbers in the file."""

    batch: Batch
    """What they were made from."""

    rejects: RejectsFile
    """Where the others went."""


def clean_rows(
    prepared: Prepared, seen: Seen, summary: Summary, rejects: RejectsFile
) -> Iterator[Kept]:
    """Yield the good rows of a file in its order; count and write down the others.

    Raises
    ------
    FileError
        The file breaks off, or the rejects cannot be written.
    InputError
        Dates could be month- or day-first and nobody said.
    """
    for batch in prepared.source.read(prepared.batch_rows):
        checked = check(batch, prepared.plan)
        yield accept(batch, checked, seen, summary, rejects)


def accept(
    batch: Batch, checked: Checked, seen: Seen, summary: Summary, rejects: RejectsFile
) -> Kept:
    """Sort out duplicates among checked rows, count everything and return what is left."""
    repeats, conflicts = seen.sort_out(checked.frame)
    problems = [*checked.problems, *_duplicates(checked, conflicts)]
    summary.read += len(batch.rows) + len(batch.unreadable)
    summary.repeated += int(repeats.sum())
    summary.repaired += checked.repaired
    summary.refuse(problems)
    rejects.write(batch, problems)
    fresh = ~(repeats | conflicts)
    frame = checked.frame[fresh].reset_index(drop=True)
    summary.suspicious.update(count_doubts(frame, summary.layer))
    return Kept(frame=frame, rows=checked.rows[fresh], batch=batch, rejects=rejects)


def _duplicates(checked: Checked, conflicts: npt.NDArray[np.bool_]) -> Iterator[Problem]:
    codes = checked.frame["code"]
    for at in np.flatnonzero(conflicts):
        yield Problem(
            row=int(checked.rows[at]),
            field="code",
            value=str(codes.iloc[at]),
            reason="duplicate_code",
            hint="an earlier row has this code and says something else",
        )


def plan_as_named(layer: Layer, *, repair: bool) -> Plan:
    """Return the plan for data in lon, lat whose columns bear the names of the fields."""
    names = [item.name for item in layer.fields if not item.derived]
    mapping = ColumnMap(columns={name: name for name in names})
    return Plan(layer=layer, mapping=mapping, repair=repair)


@contextmanager
def open_rejects(
    path: Path, columns: Sequence[str], where: Path | None, summary: Summary
) -> Iterator[RejectsFile]:
    """Give the file of rejects for `path`, and name it in the summary when it was needed."""
    with RejectsFile(where or rejects_beside(path), columns) as rejects:
        yield rejects
        if rejects.exists:
            summary.rejects_files.append(str(rejects.path))


def find_datum(prepared: Prepared, trusted: Sequence[gpd.GeoSeries]) -> Datum:
    """Compare a file with layers that are known to be right and return its datum.

    Raises
    ------
    InputError
        There is nothing to compare with, or the answer is not sure.
    """
    if not trusted:
        message = "nothing is stored to tell the datum by; say --datum wgs84, gcj02 or bd09"
        raise InputError(message)
    verdict = detect_datum(gpd.GeoSeries(prepared.survey.sample, crs=LONLAT), trusted)
    if verdict.datum is None:
        message = (
            f"the datum of {prepared.source.path} is not sure ({verdict.reason}); "
            "say --datum wgs84, gcj02 or bd09"
        )
        raise InputError(message)
    return verdict.datum
