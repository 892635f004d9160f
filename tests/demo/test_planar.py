import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.demo.kinds import Kind
from gis_grid.demo.lines import Lines, join_lines, like
from gis_grid.demo.planar import (
    adjacency,
    ends,
    faces_of,
    node_lines,
    prune,
    roundness,
    sides,
    without_dead_ends,
)

FRAME = like(shapely.box(0, 0, 100, 100).boundary, Kind.CUT)


@st.composite
def streets(draw):
    """Draw straight streets over a square, all within its frame."""
    place = st.integers(-20, 120)
    found = [FRAME]
    for number in range(draw(st.integers(1, 6))):
        a, b = ((draw(place), draw(place)) for _ in range(2))
        if a != b:
            kind = draw(st.sampled_from([Kind.ARTERIAL, Kind.LOCAL]))
            found.append(like(shapely.LineString([a, b]), kind, number))
    return join_lines(*found).cut(shapely.box(0, 0, 100, 100))


@given(streets())
def test_noding_keeps_the_ground_that_lines_cover(drawn):
    lines = node_lines(join_lines(drawn))
    whole = shapely.union_all(drawn.geom)
    assert shapely.union_all(lines.geom).hausdorff_distance(whole) < 0.05


@given(streets())
def test_noded_lines_meet_at_their_ends_only(drawn):
    lines = node_lines(join_lines(drawn))
    a, b = shapely.STRtree(lines.geom).query(lines.geom, predicate="crosses")
    assert len(a) == len(b) == 0


@given(streets())
def test_the_strongest_kind_wins(drawn):
    lines = node_lines(join_lines(drawn))
    mid = shapely.line_interpolate_point(lines.geom, 0.5, normalized=True)
    for point, kind in zip(mid, lines.kind, strict=True):
        near = shapely.distance(drawn.geom, point) < 0.05
        assert kind == drawn.kind[near].min()


@given(streets())
def test_sides_are_the_faces_beside_a_line(drawn):
    """Oracle: step to both sides of the middle of each line and ask which face is there."""
    lines = without_dead_ends(node_lines(join_lines(drawn)))
    faces = faces_of(lines)
    for line, pair in zip(lines.geom, sides(lines.geom, faces), strict=True):
        (x0, y0), (x1, y1) = shapely.get_coordinates(line)[:2]
        normal = np.array([y0 - y1, x1 - x0]) / np.hypot(x1 - x0, y1 - y0) * 1e-6
        spots = [np.array([(x0 + x1) / 2, (y0 + y1) / 2]) + s * normal for s in (1, -1)]
        found = {
            int(np.flatnonzero(shapely.contains_xy(faces, *spot)).max(initial=-1)) for spot in spots
        }
        assert set(pair.tolist()) == found


@given(streets())
def test_pruning_leaves_no_dead_end_and_only_loses_lines(drawn):
    lines = node_lines(join_lines(drawn))
    rest = prune(lines, lambda q: q.kind == Kind.LOCAL, 50.0)
    ids, n = ends(rest.geom)
    assert (np.bincount(ids.ravel(), minlength=n) != 1).all()
    kept = {shape.wkb for shape in rest.geom}
    assert kept <= {shape.wkb for shape in lines.geom}
    sound = without_dead_ends(lines)
    gone = np.array([shape.wkb not in kept for shape in sound.geom], bool)
    loose = without_dead_ends(sound.take(sound.kind != Kind.LOCAL))
    needs_local = {shape.wkb for shape in sound.geom} - {shape.wkb for shape in loose.geom}
    assert all(shape.wkb in needs_local for shape in sound.geom[gone])


def test_a_sliver_is_dissolved_over_its_longest_removable_line():
    rows = [like(shapely.LineString([(0, y), (100, y)]), Kind.LOCAL, 0) for y in (50, 50.5)]
    lines = node_lines(join_lines(FRAME, *rows))
    assert len(faces_of(lines)) == 3
    rest = prune(lines, lambda q: q.kind == Kind.LOCAL, 100.0)
    assert len(faces_of(rest)) == 2
    kept = prune(lines, lambda q: q.kind == Kind.ARTERIAL, 100.0)
    assert len(faces_of(kept)) == 3


def test_adjacency_sums_shared_borders():
    pair = np.array([[0, 1], [1, 0], [1, 2], [2, -1], [2, 2]])
    near, border = adjacency(pair, np.array([1.0, 2.0, 4.0, 8.0, 16.0]), 3)
    assert near.tolist() == [[0, 1], [1, 2]]
    assert border.tolist() == [3.0, 4.0]


def test_roundness_of_a_disc_a_square_and_a_thread():
    shapes = np.array(
        [shapely.Point(0, 0).buffer(1, 64), shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 0.01)]
    )
    assert roundness(shapes) == pytest.approx([1, np.pi / 4, 0.031], abs=2e-3)


def test_crumbs_and_points_are_no_lines():
    point = like(shapely.Point(0, 0), Kind.LOCAL)
    crumb = like(shapely.LineString([(0, 0), (0.5, 0)]), Kind.LOCAL)
    assert len(join_lines(point, crumb).geom) == 0
    assert isinstance(join_lines(FRAME), Lines)
