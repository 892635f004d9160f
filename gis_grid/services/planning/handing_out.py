"""Plans as files: the plan file, GeoPackage, Shapefile, who has which block, and the gazette."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from gis_grid.geo.crs import unproject
from gis_grid.plan.arrays import Shapes
from gis_grid.plan.compare import compare, gazette
from gis_grid.plan.core import NOBODY
from gis_grid.plan.log import Entry
from gis_grid.plan.planfile import plan_to_json
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.judging import known
from gis_grid.services.planning.telling import grid_shapes
from gis_grid.storage.plans.plans import Plan

ABOUT = "plan"
"""The member of a plan file that says which plan it is; the rest is its ground and its steps."""

ASSIGNMENT = ("block", "grid")
GAZETTE = ("old_code", "new_codes", "kind", "area_m2", "households")
SHORT = MappingProxyType(
    {
        "handling_minutes_a_year": "handl_min",
        "incidents_a_year": "incid_year",
        "households": "households",
        "facilities": "facilities",
    }
)
"""Names of weights in a Shapefile, which holds ten characters."""


class PlanFormat(StrEnum):
    """Kinds of files that a plan goes out as."""

    PLAN = "plan"
    """All of it, with every step; to go on with it elsewhere."""

    GPKG = "gpkg"
    """GeoPackage with the layers grids, blocks and assignment."""

    SHP = "shp"
    """Zip of two Shapefiles, grids and blocks."""

    CSV = "csv"
    """Block and grid."""

    XLSX = "xlsx"
    """The same as an Excel workbook."""

    GAZETTE_CSV = "gazette_csv"
    """Old code, new codes, kind, area, households."""

    GAZETTE_XLSX = "gazette_xlsx"

    @property
    def media_type(self) -> str:
        """Return what HTTP calls it."""
        return _MEDIA[self]

    @property
    def ending(self) -> str:
        """Return how the name of such a file ends."""
        return _ENDINGS[self]


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA: Mapping[PlanFormat, str] = {
    PlanFormat.PLAN: "application/json",
    PlanFormat.GPKG: "application/geopackage+sqlite3",
    PlanFormat.SHP: "application/zip",
    PlanFormat.CSV: "text/csv; charset=utf-8",
    PlanFormat.XLSX: _SHEET,
    PlanFormat.GAZETTE_CSV: "text/csv; charset=utf-8",
    PlanFormat.GAZETTE_XLSX: _SHEET,
}
_ENDINGS: Mapping[PlanFormat, str] = {
    PlanFormat.PLAN: ".plan.json",
    PlanFormat.GPKG: ".gpkg",
    PlanFormat.SHP: ".zip",
    PlanFormat.CSV: ".csv",
    PlanFormat.XLSX: ".xlsx",
    PlanFormat.GAZETTE_CSV: ".gazette.csv",
    PlanFormat.GAZETTE_XLSX: ".gazette.xlsx",
}


def handed_out(
    how: PlanFormat, plan: Plan, start: PlanState, state: PlanState, log: Sequence[Entry]
) -> bytes:
    """Return a plan as the bytes of a file.

    Parameters
    ----------
    how
        Which kind of file.
    plan
        What is known of the plan.
    start, state, log
        Its grids in the beginning and now, and the steps between.
    """
    if how is PlanFormat.PLAN:
        return plan_file(plan, start, log)
    if how is PlanFormat.GAZETTE_CSV:
        return _csv(GAZETTE, gazette_rows(start, state))
    if how is PlanFormat.GAZETTE_XLSX:
        return _sheet("gazette", GAZETTE, gazette_rows(start, state))
    if how is PlanFormat.CSV:
        return _csv(ASSIGNMENT, assignment_rows(state))
    if how is PlanFormat.XLSX:
        return _sheet("assignment", ASSIGNMENT, assignment_rows(state))
    writers: Mapping[PlanFormat, Callable[[PlanState, Path], bytes]] = {
        PlanFormat.GPKG: _geopackage,
        PlanFormat.SHP: _shapefiles,
    }
    with tempfile.TemporaryDirectory(prefix="gis-grid-") as folder:
        return writers[how](state, Path(folder))


def plan_file(plan: Plan, start: PlanState, log: Sequence[Entry]) -> bytes:
    """Return the plan file: to the last bit what `taken_in` reads."""
    about = {
        "title": plan.title,
        "area_code": plan.area_code,
        "generation": plan.generation,
        "settings": dict(plan.settings),
    }
    document = plan_to_json(start, log) | {ABOUT: about}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def assignment_rows(state: PlanState) -> list[tuple[str, str]]:
    """Return code of block and grid, by code of block; an empty grid is none."""
    alive = state.alive()
    grids = state.grid_codes(alive)
    rows = [
        (state.code(block), grid or "") for block, grid in zip(alive.tolist(), grids, strict=True)
    ]
    return sorted(rows)


def gazette_rows(start: PlanState, state: PlanState) -> list[tuple[object, ...]]:
    """Return the table that is published: old codes in their order."""
    found = gazette(start, compare(start, state, shared=start.grids))
    return [
        (
            row.old_code,
            " ".join(row.new_codes),
            row.kind,
            round(row.area_m2, 2),
            known(row.households),
        )
        for row in found
    ]


def _csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows with a mark in front, so that spreadsheets read them as UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8-sig")


def _sheet(name: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    import openpyxl  # noqa: PLC0415 - for sheets only

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.append(list(names))
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: object) -> object:  # noqa: ANN401 - openpyxl is untyped here
    """Return a cell; text stays text, also where it looks like a formula or an error."""
    if not isinstance(value, str) or not value.startswith(("=", "#")):
        return value  # a cell of its own takes ten times as long
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _geopackage(state: PlanState, folder: Path) -> bytes:
    path = folder / "plan.gpkg"
    grids, blocks = _grids(state), _blocks(state)
    assignment = pd.DataFrame(assignment_rows(state), columns=[*ASSIGNMENT])
    pyogrio.write_dataframe(grids, path, layer="grids", driver="GPKG")
    pyogrio.write_dataframe(blocks, path, layer="blocks", driver="GPKG", append=True)
    pyogrio.write_dataframe(assignment, path, layer="assignment", driver="GPKG", append=True)
    return path.read_bytes()


def _shapefiles(state: PlanState, folder: Path) -> bytes:
    for name, frame in (("grids", _grids(state)), ("blocks", _blocks(state))):
        short = frame.rename(columns={one: SHORT.get(one, one[:10]) for one in frame.columns})
        pyogrio.write_dataframe(short, folder / f"{name}.shp", encoding="UTF-8")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
    return stream.getvalue()


def _grids(state: PlanState) -> gpd.GeoDataFrame:
    """Return the grids that have ground, in degrees, with their weights."""
    numbers = state.living_grids()
    numbers = numbers[state.core.size[numbers] > 0]
    codes = [state.codes[grid] for grid in numbers.tolist()]
    weights = pd.DataFrame(state.sums(numbers), columns=list(state.blocks.names))
    frame = weights.assign(code=codes, area_m2=state.area_m2(numbers))
    return _placed(frame, grid_shapes(state, numbers), state.blocks.epsg)


def _blocks(state: PlanState) -> gpd.GeoDataFrame:
    alive = state.alive()
    weights = pd.DataFrame(state.core.weights[alive, :-1], columns=list(state.blocks.names))
    owners = [None if grid == NOBODY else state.codes[grid] for grid in state.core.grid[alive]]
    frame = weights.assign(code=[state.code(block) for block in alive.tolist()])
    frame["grid"] = pd.Series(owners, dtype=object)
    return _placed(frame, state.shapes(alive), state.blocks.epsg)


def _placed(frame: pd.DataFrame, shapes: Shapes, epsg: int) -> gpd.GeoDataFrame:
    def to_degrees(xy: Any) -> Any:  # noqa: ANN401 - arrays of corners
        lon, lat = unproject(x_m=xy[:, 0], y_m=xy[:, 1], epsg=epsg)
        return pd.DataFrame({"lon": lon, "lat": lat}).to_numpy()

    made = [
        shapely.MultiPolygon([*shapely.get_parts(shape)])
        for shape in shapely.transform(shapes, to_degrees)
    ]
    columns = ["code", *(name for name in frame.columns if name != "code")]
    return gpd.GeoDataFrame(frame[columns], geometry=made, crs="EPSG:4326")
