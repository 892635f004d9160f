"""Maps that come back: areas with the code of a grid, laid over the blocks of a plan.

The ground decides, not the codes of blocks: each block goes to the grid that covers most of it. So
a map of grids serves as well as one of blocks, and one that was drawn elsewhere as well as ours.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import FileError, GisGridError
from gis_grid.exchange.bombs import require_honest
from gis_grid.plan.arrays import Floats, Ints, Shapes
from gis_grid.plan.core import NOBODY
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.assigning import (
    Assignment,
    Doubt,
    Reject,
    assigned,
    assigned_by_rows,
    target_of,
)
from gis_grid.services.planning.desk import Held

MOST_AREAS = 500_000
SURE = 0.99
"""A block of which the grid of the map covers less is told, though it goes there."""

MOST = 0.5
"""A block goes to a grid that covers more than this, and stays when none does."""

NOTHING = 1e-3
"""A block of which the map covers less is one that it says nothing of."""

PREFERRED = ("blocks", "grids", "assignment")
"""Layers of our own files: the first that is there is read when nobody says which."""

_GRID, _CODE, _BLOCK = ("grid", "网格"), ("code", "编码"), ("block", "地块")
_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_SAID = 60


def is_map(content: bytes) -> bool:
    """Tell whether a file is a GeoPackage or a zip archive, by how it begins."""
    return content.startswith((b"SQLite format 3\x00", b"PK\x03\x04"))


def map_assignment(held: Held, content: bytes, *, layer: str | None = None) -> Assignment:
    """Return the step that puts each block into the grid that covers most of it on a map.

    Good areas are taken whatever the bad ones are. An area with an empty grid takes its blocks out
    of the plan; blocks that no area touches stay.

    Parameters
    ----------
    held
        The draft.
    content
        A GeoPackage, or a zip of Shapefiles, whose features have a column grid (网格), or for want
        of one code (编码). Any CRS that the file states.
    layer
        Which layer; by default blocks, grids or assignment, or the only one.

    Raises
    ------
    FileError
        It is no such file, it has no such layer or column, states no CRS or is too large.
    """
    with tempfile.TemporaryDirectory(prefix="gis-grid-") as folder:
        path = _unpacked(Path(folder), content)
        name = _layer_of(path, layer)
        try:
            frame = pyogrio.read_dataframe(path, layer=name)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
            message = f"layer {name!r} of the map cannot be read: {error}"
            raise FileError(message) from error
    if len(frame) > MOST_AREAS:
        message = f"layer {name!r} has more than {MOST_AREAS:,} features; send it in parts"
        raise FileError(message)
    if not isinstance(frame, gpd.GeoDataFrame):
        return assigned_by_rows(held, _rows(frame))
    return _by_ground(held.state, frame)


def _unpacked(folder: Path, content: bytes) -> Path:
    """Write a file where GDAL can read it; of an archive only the parts of Shapefiles."""
    if not content.startswith(b"PK"):
        path = folder / "map.gpkg"
        path.write_bytes(content)
        return path
    packed, inside = folder / "map.zip", folder / "map"
    packed.write_bytes(content)
    inside.mkdir()
    try:
        require_honest(packed)
        with zipfile.ZipFile(packed) as archive:
            for member in archive.infolist():
                name = Path(member.filename.replace("\\", "/")).name.lower()
                if Path(name).suffix in _PARTS:
                    with archive.open(member) as part, (inside / name).open("xb") as out:
                        shutil.copyfileobj(part, out)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        message = f"the archive cannot be unpacked: {error}"
        raise FileError(message) from error
    except FileExistsError as error:
        message = f"the archive has two files {Path(error.filename).name}; keep one of them"
        raise FileError(message) from error
    if not any(inside.glob("*.shp")):
        message = "the archive holds no Shapefile (.shp with .shx and .dbf)"
        raise FileError(message)
    return inside


def _layer_of(path: Path, wanted: str | None) -> str:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        message = f"this is neither a GeoPackage nor a zip of Shapefiles: {error}"
        raise FileError(message) from error
    told = ", ".join(names[:10]) or "none"
    if wanted is not None:
        if wanted not in names:
            message = f"the map has no layer {wanted!r}; it has {told}"
            raise FileError(message)
        return wanted
    known = [name for name in PREFERRED if name in names]
    if not known and len(names) != 1:
        message = f"say which layer of the map is meant; it has {told}"
        raise FileError(message)
    return (known or names)[0]


def _rows(table: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    block, grid = _column(table, _BLOCK), _column(table, _GRID)
    pairs = zip(table[block], table[grid], strict=True)
    for number, (code, owner) in enumerate(pairs, 1):
        yield number, _text(code), _text(owner)


def _column(table: pd.DataFrame, *wanted: tuple[str, ...]) -> str:
    """Return the one column of the first names that are there."""
    for names in wanted:
        found = [str(one) for one in table.columns if str(one).strip().lower() in names]
        if len(found) == 1:
            return found[0]
    told = " or ".join(f"{names[0]!r} ({names[1]})" for names in wanted)
    message = f"the map needs one column {told}; it has "
    message += ", ".join(str(one) for one in table.columns[:10])
    raise FileError(message)


def _text(value: object) -> str:
    """Return a code as text: a column of whole numbers is one of codes, too."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _by_ground(state: PlanState, frame: gpd.GeoDataFrame) -> Assignment:
    column = _column(frame, _GRID, _CODE)
    if frame.crs is None:
        message = "the map does not say its CRS; give it one (a Shapefile has it in .prj)"
        raise FileError(message)
    shapes = np.asarray(frame.to_crs(state.blocks.epsg).geometry.to_numpy(), object)
    owner, rejects = np.full(len(frame), NOBODY, np.int64), list[Reject]()
    good = np.zeros(len(frame), bool)
    for at, (code, shape) in enumerate(zip(frame[column], shapes, strict=True)):
        fault = _fault(shape)
        if fault is not None:
            rejects.append(Reject(at + 1, "geometry", str(shape)[:_SAID], fault))
            continue
        try:
            owner[at] = target_of(state, _text(code))
        except GisGridError as error:
            rejects.append(Reject(at + 1, column, _text(code), str(error)))
            continue
        good[at] = True
    alive = state.alive()
    shares = _shares(state.shapes(alive), shapes[good], owner[good])
    target, doubts = _chosen(state, alive, shares)
    return assigned(state, target, by="a map", rejects=rejects, doubts=doubts)


def _fault(shape: BaseGeometry | None) -> str | None:
    """Return what is wrong with an area and the way out; None when nothing is."""
    if shape is None or shape.is_empty:
        return "it has no area; draw one or leave it out"
    if shapely.get_type_id(shape) not in _POLYGONS:
        return f"it is a {shape.geom_type}, not an area; draw a polygon"
    if not shape.is_valid:
        why = shapely.is_valid_reason(shape)
        return f"it is invalid ({why}); repair it, in QGIS by Fix geometries"
    return None


def _shares(blocks: Shapes, areas: Shapes, owner: Ints) -> pd.DataFrame:
    """Return which share of each block each grid covers: columns at, owner, share, best first."""
    at, area = shapely.STRtree(areas).query(blocks, predicate="intersects")
    common: Floats = shapely.area(shapely.intersection(blocks[at], areas[area]))
    found = pd.DataFrame(
        {"at": at, "owner": owner[area], "share": common / shapely.area(blocks[at])}
    )
    summed = pd.DataFrame(found.groupby(["at", "owner"])["share"].sum()).reset_index()
    return summed.sort_values(["at", "share"], ascending=[True, False])


def _chosen(
    state: PlanState, alive: Ints, shares: pd.DataFrame
) -> tuple[dict[int, int], list[Doubt]]:
    """Return the grid of each block that the map has a majority for, and what does not fit."""
    target, doubts = dict[int, int](), list[Doubt]()
    for at, mine in shares.groupby("at"):
        block, best = int(alive[int(str(at))]), float(mine["share"].iloc[0])
        if mine["share"].sum() < NOTHING:
            continue
        wanted, now = int(mine["owner"].iloc[0]), int(state.core.grid[block])
        stays = f"it stays in {_named(state, now)}"
        if best <= MOST:
            why = f"no grid of the map covers half of it; {stays}"
            doubts.append(Doubt(state.code(block), _code(state, now), best, why))
            continue
        if len(mine) > 1 and float(mine["share"].iloc[1]) > MOST:
            both = " and ".join(_named(state, int(one)) for one in mine["owner"].iloc[:2])
            why = f"the map has both {both} there; {stays}, correct the overlap"
            doubts.append(Doubt(state.code(block), _code(state, now), best, why))
            continue
        target[block] = wanted
        if best < SURE:
            why = f"only {best:.0%} of it is in {_named(state, wanted)} on the map; cut it there"
            doubts.append(Doubt(state.code(block), _code(state, wanted), best, why))
    return target, doubts


def _code(state: PlanState, grid: int) -> str | None:
    return None if grid == NOBODY else state.codes[grid]


def _named(state: PlanState, grid: int) -> str:
    return "no grid" if grid == NOBODY else f"grid {state.codes[grid]}"
