import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CrsError, GeometryError
from gis_grid.geo.coverage import KINDS, check_coverage, propose_repair

METRIC = "EPSG:4549"
NINE = [shapely.box(x, y, x + 10, y + 10) for y in (0, 10, 20) for x in (0, 10, 20)]


def layer(shapes, index=None):
    return gpd.GeoSeries(shapes, index=index, crs=METRIC)


def counts(report):
    return {kind: report.count(kind) for kind in KINDS if report.count(kind)}


@st.composite
def rectangles(draw):
    """Up to six rectangles on a lattice of 5 m, laid anyhow."""
    corner, side = st.integers(0, 6), st.integers(1, 4)
    count = draw(st.integers(1, 6))
    drawn = [draw(st.tuples(corner, corner, side, side)) for _ in range(count)]
    return [shapely.box(5 * x, 5 * y, 5 * (x + w), 5 * (y + h)) for x, y, w, h in drawn]


def lattice(shapes):
    """Count by brute force how many shapes cover each 5 m square."""
    squares = [
        shapely.box(5 * x, 5 * y, 5 * x + 5, 5 * y + 5) for x in range(10) for y in range(10)
    ]
    covered = [[shapely.covers(shape, square) for shape in shapes] for square in squares]
    return squares, np.array(covered)


@given(shapes=rectangles())
def test_overlaps_are_what_brute_force_counts(shapes):
    report = check_coverage(layer(shapes))
    _, covered = lattice(shapes)
    expected = {
        (a, b): 25.0 * (covered[:, a] & covered[:, b]).sum()
        for a in range(len(shapes))
        for b in range(a + 1, len(shapes))
        if (covered[:, a] & covered[:, b]).any()
    }
    found = report.of_kind("overlap")
    assert dict(zip(found["rows"], found["area_m2"], strict=True)) == pytest.approx(expected)


@given(shapes=rectangles())
def test_gaps_are_what_polygonize_leaves_over(shapes):
    report = check_coverage(layer(shapes), gap_width_m=0.5)
    rings = shapely.node(shapely.multilinestrings([shape.exterior for shape in shapes]))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(rings)))
    inner = shapely.point_on_surface(faces)
    empty = [
        face.area
        for face, point in zip(faces, inner, strict=True)
        if not shapely.intersects(shapes, point).any()
    ]
    assert report.of_kind("gap")["area_m2"].sum() == pytest.approx(sum(empty))


@given(shapes=rectangles())
def test_clean_means_that_geos_finds_a_valid_coverage(shapes):
    report = check_coverage(layer(shapes))
    tiles = not report.count("overlap") and not report.count("unmatched_edge")
    assert tiles == shapely.coverage_is_valid(shapes)


@given(shapes=rectangles())
def test_a_repair_tiles_the_same_ground_and_tells_what_it_moves(shapes):
    before = layer(shapes)
    proposal = propose_repair(before, gap_width_m=0)
    after = proposal.shapes.to_numpy()
    assert before.tolist() == shapes
    assert shapely.coverage_is_valid(after)
    assert shapely.area(after).sum() == pytest.approx(shapely.union_all(shapes).area)
    moved_m2 = shapely.area(shapely.symmetric_difference(shapes, after))
    told = proposal.changes["moved_m2"].reindex(before.index, fill_value=0.0)
    assert told.to_numpy() == pytest.approx(moved_m2, abs=1e-6)
    assert list(proposal.lost) == [row for row, one in enumerate(after) if one.is_empty]


def test_nine_blocks_tile():
    report = check_coverage(layer(NINE))
    assert report.is_clean
    assert report.summary == "9 polygons tile without gap or overlap"
    assert propose_repair(layer(NINE)).changes.empty


def test_a_missing_block_is_a_gap_of_any_size_with_its_neighbours():
    report = check_coverage(layer([*NINE[:4], *NINE[5:]], index=list("abcdfghi")))
    gap = report.of_kind("gap").iloc[0]
    assert counts(report) == {"gap": 1}
    assert gap.geometry.equals(NINE[4])
    assert (gap["area_m2"], gap["length_m"], gap["width_m"]) == (100, 40, 5)
    assert set(gap["rows"]) == set("abcdfghi")


def test_a_slit_open_at_both_ends_is_a_gap():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10.4, 0, 20, 10)]
    gap = check_coverage(layer(shapes)).of_kind("gap").iloc[0]
    assert gap["area_m2"] == pytest.approx(4)
    assert gap["rows"] == (0, 1)
    assert check_coverage(layer(shapes), gap_width_m=0.3).is_clean


def test_a_concave_corner_is_no_gap():
    assert (
        check_coverage(layer([shapely.box(0, 0, 20, 10), shapely.box(0, 10, 5, 20)])).count("gap")
        == 0
    )


def test_a_t_junction_is_where_the_corner_is():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 5), shapely.box(10, 5, 20, 10)]
    junctions = check_coverage(layer(shapes, index=["long", "low", "high"])).of_kind("t_junction")
    assert {point.coords[0] for point in junctions.geometry} == {(10.0, 5.0)}
    assert set(junctions["rows"]) == {("long", "low"), ("long", "high")}
    mended = propose_repair(layer(shapes))
    assert mended.remaining.is_clean
    assert mended.changes.empty


def test_a_thread_is_a_sliver():
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 10.2, 10)]
    sliver = check_coverage(layer(shapes)).of_kind("sliver").iloc[0]
    assert sliver["rows"] == (1,)
    assert sliver["width_m"] == pytest.approx(0.196, abs=1e-3)


def test_a_polygon_that_crosses_itself_is_named():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    report = check_coverage(layer([bow, shapely.box(10, 0, 20, 10)], index=["bow", "box"]))
    assert report.of_kind("invalid")["rows"].tolist() == [("bow",)]
    assert "1 invalid polygons" in report.summary


def test_a_twin_is_an_overlap_and_would_vanish():
    proposal = propose_repair(layer([NINE[0], NINE[0]], index=["one", "twin"]))
    assert check_coverage(layer([NINE[0], NINE[0]])).of_kind("overlap")["area_m2"].tolist() == [100]
    assert proposal.lost == ("twin",)
    assert "1 vanish" in proposal.summary


def test_a_narrow_hole_is_closed_and_a_wide_one_stays():
    ring = shapely.box(0, 0, 30, 30) - shapely.box(5, 5, 5.5, 25) - shapely.box(15, 10, 25, 20)
    proposal = propose_repair(layer([ring]), gap_width_m=1)
    assert proposal.remaining.of_kind("gap")["area_m2"].tolist() == [100]
    assert proposal.changes["moved_m2"].tolist() == [10]


def test_missing_and_empty_rows_keep_their_place():
    shapes = [None, NINE[0], shapely.Polygon(), NINE[1], None]
    mended = propose_repair(layer(shapes, index=list("vwxyz"))).shapes
    assert mended.index.tolist() == list("vwxyz")
    assert mended.iloc[[0, 4]].tolist() == [None, None]
    assert mended["x"].is_empty
    assert mended["w"].equals(NINE[0])
    assert mended["y"].equals(NINE[1])


@pytest.mark.parametrize("job", [check_coverage, propose_repair])
def test_no_polygons(job):
    job(layer([]))
    job(layer([None]))


@pytest.mark.parametrize("job", [check_coverage, propose_repair])
def test_refuses_degrees_and_lines(job):
    with pytest.raises(CrsError, match="coverage is in EPSG:4326; project it to metres"):
        job(gpd.GeoSeries(NINE, crs="EPSG:4326"))
    with pytest.raises(GeometryError, match="row b is a LineString"):
        job(layer([NINE[0], shapely.LineString([(0, 0), (1, 1)])], index=["a", "b"]))


@pytest.mark.shared
def test_real_districts_have_places_that_are_wrong(shared):
    districts = gpd.read_file(shared / "china/districts_gcj02.geojson")
    jinchang = districts[districts["city"] == "金昌市"].geometry.to_crs(4544)
    report = check_coverage(jinchang)
    assert report.polygons == 2
    assert report.issues.crs.to_epsg() == 4544
    assert propose_repair(jinchang).remaining.count("overlap") == 0
