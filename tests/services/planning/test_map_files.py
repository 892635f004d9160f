"""Maps and tables of a plan: what goes out comes in unchanged, and what does not fit is told."""

import io
import zipfile

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import FileError
from gis_grid.plan.core import NOBODY
from gis_grid.plan.ops import Flip
from gis_grid.services.planning.desk import Held
from gis_grid.services.planning.handing_out import PlanFormat, handed_out
from gis_grid.services.planning.taking_in import assignment_of
from tests import planned

SIDE = planned.SIDE
BLOCKS = SIDE * SIDE
FORMATS = [PlanFormat.CSV, PlanFormat.GPKG, PlanFormat.SHP]
ASSIGNMENTS = st.lists(st.integers(NOBODY, 3), min_size=BLOCKS, max_size=BLOCKS)
A_SQUARE = 100.0


def held_with(grids):
    """Return a draft of the square blocks, in the given grids."""
    state = planned.start().state()
    now = state.assignment
    moved = [at for at, grid in enumerate(grids) if now[at] != grid]
    if moved:
        state.apply(Flip(tuple(moved), tuple(int(now[at]) for at in moved),
                         tuple(grids[at] for at in moved)))  # fmt: skip
    return Held(state)


def exported(how, held):
    return handed_out(how, None, planned.start().state(), held.state, [])


def take(held, content, **how):
    """Take a file in as a step; return what it said."""
    found = assignment_of(held, content, **how)
    for op in found.edit.ops:
        held.state.apply(op)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", FORMATS)
@given(there=ASSIGNMENTS, here=ASSIGNMENTS)
def test_what_goes_out_comes_in_unchanged(how, there, here):
    content, held = exported(how, held_with(there)), held_with(here)
    found = take(held, content)
    assert held.state.assignment.tolist() == there
    assert (found.rejects, found.doubts, found.untouched) == ((), (), 0)
    assert found.moved == sum(one != other for one, other in zip(there, here, strict=True))
    again = take(held, content)
    assert (again.moved, again.edit.ops) == (0, ())


@pytest.mark.slow
@given(there=st.lists(st.integers(0, 3), min_size=BLOCKS, max_size=BLOCKS), here=ASSIGNMENTS)
def test_a_map_of_grids_says_as_much_as_one_of_blocks(there, here):
    held = held_with(here)
    take(held, exported(PlanFormat.GPKG, held_with(there)), layer="grids")
    assert held.state.assignment.tolist() == there


def square(i, j, *, size=1.0):
    """Return a square on the plane of the plan: column and row of blocks, side in blocks."""
    box = shapely.box(i, j, i + size, j + size)
    return shapely.transform(box, lambda xy: xy * A_SQUARE + planned.ORIGIN_M)


def drawn_map(rows, *, crs=f"EPSG:{planned.EPSG}", to=None, column="网格"):
    """Return a GeoPackage of areas and the grids that they name."""
    frame = gpd.GeoDataFrame(
        {column: [grid for grid, _ in rows]}, geometry=[shape for _, shape in rows], crs=crs
    )
    stream = io.BytesIO()
    pyogrio.write_dataframe(frame.to_crs(to) if to else frame, stream, layer="手绘", driver="GPKG")
    return stream.getvalue()


@pytest.mark.parametrize("to", [None, "EPSG:3857", "EPSG:4490"])
def test_an_area_takes_the_blocks_that_it_covers_most_of(to):
    held = held_with([0] * BLOCKS)
    found = take(held, drawn_map([("g3", square(0, 0, size=1.7))], to=to))
    expected = np.zeros(BLOCKS, int)
    expected[[0, 1, SIDE]] = 3  # 100 %, 70 %, 70 %; the fourth is covered by 49 % only
    assert held.state.assignment.tolist() == expected.tolist()
    assert (found.moved, found.unchanged, found.untouched) == (3, 0, BLOCKS - 3)
    told = {one.block: (one.grid, round(one.share, 2)) for one in found.doubts}
    code = held.state.code
    assert told == {
        code(1): ("g3", 0.7),
        code(SIDE): ("g3", 0.7),
        code(SIDE + 1): ("g0", 0.49),
    }
    said = {one.block: one.reason for one in found.doubts}
    assert said[code(1)] == "only 70% of it is in grid g3 on the map; cut it there"
    stays = "no grid of the map covers half of it; it stays in grid g0"
    assert said[code(SIDE + 1)] == stays


def test_bad_areas_are_named_with_the_way_out_and_the_others_are_taken():
    held = held_with([0] * BLOCKS)
    knot = shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    rows = [
        ("g1", square(0, 0)),
        ("nowhere", square(1, 0)),
        ("g1", knot),
        ("g1", shapely.Point(planned.ORIGIN_M)),
        ("g1", None),
        ("", square(2, 0)),
        ("g2", square(3, 0)),
        ("g1", square(3, 0)),
    ]
    found = take(held, drawn_map(rows))
    assert held.state.assignment[:5].tolist() == [1, 0, NOBODY, 0, 0]
    told = [(one.row, one.field) for one in found.rejects]
    assert told == [(2, "网格"), (3, "geometry"), (4, "geometry"), (5, "geometry")]
    reasons = [one.reason for one in found.rejects]
    assert found.rejects[0].value == "nowhere"
    for reason, way in zip(
        reasons, ["begin it in the plan", "Fix geometries", "draw a polygon", "draw one"],
        strict=True,
    ):  # fmt: skip
        assert way in reason
    [both] = found.doubts
    assert both.block == held.state.code(3)
    assert "correct the overlap" in both.reason
    assert (both.grid, both.share) == ("g0", pytest.approx(1))


def test_codes_of_whole_numbers_are_codes():
    held = held_with([0] * BLOCKS)
    found = take(held, drawn_map([(219901001001.0, square(0, 0))], column="code"))
    assert [one.value for one in found.rejects] == ["219901001001"]


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def without_crs():
    with zipfile.ZipFile(io.BytesIO(exported(PlanFormat.SHP, held_with([0] * BLOCKS)))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "prj" not in name}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"../{name}", content)  # a folder that leads out is left out
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"SQLite format 3\x00" + b"x" * 200, "neither a GeoPackage"),
        (b"PK\x03\x04 and no more", "cannot be unpacked"),
        (packed(notes_txt="x"), "no Shapefile"),
        (packed(a__one_shp="x", b__one_shp="y"), "two files one.shp"),
        (without_crs(), "give it one"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # GDAL says of the first one what it thinks of it
def test_what_is_no_map_is_refused(content, said):
    with pytest.raises(FileError, match=said):
        assignment_of(held_with([0] * BLOCKS), content)


def test_a_layer_or_column_that_is_not_there_is_named():
    held = held_with([0] * BLOCKS)
    content = exported(PlanFormat.GPKG, held)
    with pytest.raises(FileError, match="it has grids, blocks, assignment"):
        assignment_of(held, content, layer="x")
    with pytest.raises(FileError, match=r"'grid' \(网格\) or 'code' \(编码\); it has name"):
        assignment_of(held, drawn_map([("g1", square(0, 0))], column="name"))
    found = assignment_of(held, content, layer="assignment")
    assert (found.moved, found.unchanged) == (0, BLOCKS)
