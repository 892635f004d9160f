"""Exact predicates against rational arithmetic."""

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from gis_grid.router import predicates

DEGREES = st.one_of(
    st.floats(-180, 180).filter(lambda v: v == 0 or abs(v) >= predicates.TINY_DEG),
    st.integers(-40, 40).map(lambda n: n / 8 + 123),
)
POINTS = st.tuples(DEGREES, DEGREES)


def turn(a, b, c):
    (ax, ay), (bx, by), (cx, cy) = ([Fraction(v) for v in point] for point in (a, b, c))
    cross = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (cross > 0) - (cross < 0)


def nearly_on_line(a, b, t):
    return (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))


@given(a=POINTS, b=POINTS, c=POINTS)
@example((0.0, 0.0), (1e-100, 180.0), (180.0, 1e-100))
def test_turn_is_exact(a, b, c):
    assert predicates.turn(a, b, c) == turn(a, b, c)
    assert predicates.exact_turn(a, b, c) == turn(a, b, c)


@given(a=POINTS, b=POINTS, t=st.floats(-1, 2))
def test_turn_is_exact_where_rounding_would_decide(a, b, t):
    c = tuple(predicates.without_dust(v) for v in nearly_on_line(a, b, t))
    assert predicates.turn(a, b, c) == turn(a, b, c)


@given(a=POINTS, b=POINTS, t=st.floats(0, 1))
def test_a_moved_point_is_on_one_side_and_the_reverse_edge_agrees(a, b, t):
    if a == b:
        return
    c = tuple(predicates.without_dust(v) for v in nearly_on_line(a, b, t))
    side = predicates.side(a, b, c)
    assert side in {-1, 1}
    assert predicates.side(b, a, c) == -side
    # a step small enough to keep every side that is not zero, east before north
    step = Fraction(1, 10**400)
    moved = (Fraction(c[0]) + step, Fraction(c[1]) + step**2)
    assert side == turn(a, b, moved)


@given(a=POINTS, b=POINTS, start=POINTS, stop=POINTS)
def test_a_walk_and_its_return_cross_alike(a, b, start, stop):
    if a == b or start == stop:
        return
    there = predicates.crossing(a, b, start, stop)
    assert predicates.crossing(a, b, stop, start) == -there
    assert predicates.crossing(b, a, start, stop) == -there
