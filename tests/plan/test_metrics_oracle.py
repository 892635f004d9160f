"""Every number of a grid against one that is got in another way: networks, overlays, counting."""

import math
from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gis_grid.errors import InputError
from gis_grid.plan.blocks import Labels, blocks_of
from gis_grid.plan.ground import Ground, Named, lay_out
from gis_grid.plan.metrics import METRICS, View, measure, spread, spread_within
from gis_grid.plan.state import PlanState
from gis_grid.plan.work import Formula
from tests.plan.voronoi import cells

WIDE_M = 2_000.0
COUNTED = ("persons", "elderly", "buildings", "facilities", "cameras", "incidents_a_year")


def welzl(points, rim=()):
    """Return the smallest circle around points (Welzl 1991), without a library."""
    if not points or len(rim) == 3:
        return circle_of(rim)
    *rest, last = points
    x, y, radius = welzl(rest, rim)
    if math.dist((x, y), last) <= radius * (1 + 1e-12):
        return x, y, radius
    return welzl(rest, (*rim, last))


def circle_of(rim):
    if len(rim) < 2:
        return (*rim[0], 0.0) if rim else (0.0, 0.0, -1.0)
    if len(rim) == 2:
        (ax, ay), (bx, by) = rim
        return (ax + bx) / 2, (ay + by) / 2, math.dist(*rim) / 2
    (ax, ay), (bx, by), (cx, cy) = rim
    turn = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    squares = [ax**2 + ay**2, bx**2 + by**2, cx**2 + cy**2]
    x = np.dot(squares, [by - cy, cy - ay, ay - by]) / turn
    y = np.dot(squares, [cx - bx, ax - cx, bx - ax]) / turn
    return x, y, math.dist((x, y), (ax, ay))


@pytest.fixture(scope="module")
def made():
    """Return random blocks with everything that can be counted, in seven grids."""
    rng = np.random.default_rng(44)
    shapes = cells(90, rng, width_m=WIDE_M, height_m=WIDE_M)
    n = len(shapes)
    weights = {name: rng.integers(0, 9, n).astype(float) for name in COUNTED}
    weights |= {"households": rng.integers(1, 60, n).astype(float), "patrol_m": rng.random(n) * 500}
    blocks = blocks_of(
        shapes,
        weights=weights,
        community=Labels(rng.integers(-1, 3, n), np.array(["x", "y", "z"], object)),
        compound=Labels(rng.integers(-1, 12, n), np.array([f"c{i}" for i in range(12)], object)),
    )
    houses = [(house, b) for house in range(30) for b in rng.choice(n, 2, replace=False)]
    blocks = replace(blocks, houses=np.array(houses))
    middle = np.array([one.centroid.coords[0] for one in shapes])
    seeds = rng.random((7, 2)) * WIDE_M
    grid = np.argmin(np.linalg.norm(middle[:, None] - seeds[None], axis=2), axis=1)
    return PlanState(blocks, grid, [f"g{i}" for i in range(7)])


@pytest.fixture(scope="module")
def found(made):
    formula = Formula({"households": 40.0, "facilities": 2.0})
    return measure(View(made, np.arange(7), formula, 250.0))


@pytest.fixture(scope="module")
def table(made):
    """Return the blocks as a table, their grid among the columns."""
    blocks = made.blocks
    frame = gpd.GeoDataFrame(dict(zip(blocks.names, blocks.weights.T, strict=True)))
    frame = frame.set_geometry(gpd.GeoSeries(list(blocks.shapes)))
    labels = {"community": blocks.community.number, "compound": blocks.compound.number}
    return frame.assign(grid=made.assignment, **labels)


def test_sums_are_those_of_the_table(found, table):
    sums = table.drop(columns="geometry").groupby("grid").sum()
    for name in (*COUNTED, "households"):
        np.testing.assert_allclose(found[name], sums[name])
    np.testing.assert_allclose(found["work"], 40 * sums["households"] + 2 * sums["facilities"])
    np.testing.assert_allclose(found["households_to_target"], sums["households"] / 250)
    np.testing.assert_allclose(found["round_min"], sums["patrol_m"] / 80)


def test_shapes_are_those_of_an_overlay(found, table):
    ground = table.dissolve("grid").geometry
    area, around = ground.area, ground.length
    np.testing.assert_allclose(found["polsby_popper"], 4 * math.pi * area / around**2)
    for grid, shape in ground.items():
        corners = [tuple(xy) for xy in shapely.get_coordinates(shape.convex_hull)[:-1]]
        _, _, radius = welzl(corners)
        reock = shape.area / (math.pi * radius**2)
        assert found["reock"][grid] == pytest.approx(reock, rel=1e-6)
        far = max(math.dist(xy, shape.centroid.coords[0]) for xy in shapely.get_coordinates(shape))
        assert found["edge_min"][grid] == pytest.approx(far * 1.25 / 80)
    np.testing.assert_allclose(found["inside_min"], 0.5214 * np.sqrt(area) * 1.25 / 80)


def test_the_mean_way_inside_a_square_is_what_the_formula_says():
    rng = np.random.default_rng(1)
    ends = rng.random((2, 200_000, 2))
    assert np.linalg.norm(ends[0] - ends[1], axis=1).mean() == pytest.approx(0.5214, abs=2e-3)


def test_pieces_are_those_of_a_network(found, made, table):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(table)))
    graph.add_edges_from(map(tuple, made.blocks.links.pair.tolist()))
    for grid in range(7):
        own = graph.subgraph(np.flatnonzero(made.assignment == grid))
        assert found["pieces"][grid] == nx.number_connected_components(own)


def test_what_is_cut_is_counted_by_a_table(found, made, table):
    houses = pd.DataFrame(made.blocks.houses, columns=["house", "block"])
    houses["grid"] = made.assignment[houses["block"]]
    for name, rows, label in (
        ("compounds_cut", table, "compound"),
        ("buildings_cut", houses, "house"),
    ):
        known = rows[rows[label] >= 0][[label, "grid"]].drop_duplicates()
        shared = known[known.groupby(label)["grid"].transform("size") > 1]
        counted = shared.groupby("grid").size().reindex(range(7), fill_value=0)
        assert found[name].tolist() == counted.tolist()
    homes = table[table["community"] >= 0].groupby("grid")["community"].nunique()
    assert found["communities"].tolist() == homes.reindex(range(7), fill_value=0).tolist()


def test_borders_run_along_what_an_overlay_finds():
    grids = [shapely.box(x, 0, x + 200, 300) for x in (0, 200)]
    street = shapely.LineString([(200, 0), (200, 120)])
    bank = shapely.box(-60, 0, 0, 300)
    wall = shapely.LineString([(0, 300), (200, 300)])
    array = np.empty(2, object)
    array[:] = grids
    ground = Ground(
        epsg=4549,
        grids=Named(array, np.array(["a", "b"], object)),
        streets=np.array([street], object),
        water=np.array([bank], object),
        walls=np.array([wall], object),
    )
    laid = lay_out(ground)
    state = PlanState(laid.blocks, laid.assignment, ["a", "b"])
    found = measure(View(state, np.arange(2), Formula({"patrol_m": 1.0})))
    lines = {"border_street": street, "border_wall": wall, "border_water": bank.boundary}
    for name, line in lines.items():
        for at, grid in enumerate(grids):
            along = grid.boundary.intersection(line.buffer(0.01)).length
            assert found[name][at] == pytest.approx(along / grid.boundary.length, abs=1e-3)
    total = sum(found[name] for name in lines)
    np.testing.assert_allclose(found["plain_border"], total)
    assert found["border_street"].tolist() == pytest.approx([0.12, 0.12])


def test_every_number_has_a_test_here(found):
    told = {"work", "households", "households_to_target", *COUNTED, "round_min", "inside_min"}
    told |= {"edge_min", "polsby_popper", "reock", "pieces", "plain_border", "compounds_cut"}
    told |= {"communities", "buildings_cut", "border_street", "border_wall", "border_water"}
    assert set(METRICS) == told == set(found)


@settings(max_examples=30)
@given(st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=40))
def test_the_spread_is_that_of_scipy(values):
    one, known = spread(values), np.array(values)
    assert one.cv == pytest.approx(stats.variation(known))
    assert one.ratio == pytest.approx(max(values) / min(values))
    high, low = (stats.scoreatpercentile(known, share) for share in (90, 10))
    assert one.p90_p10 == pytest.approx(high / low)
    # the area between the Lorenz curve and the diagonal, by trapezes
    curve = np.append(0, np.cumsum(np.sort(known))) / known.sum()
    assert one.gini == pytest.approx(1 - 2 * np.trapezoid(curve, dx=1 / len(values)), abs=1e-9)


@given(st.lists(st.tuples(st.floats(0.1, 9), st.sampled_from(["e", "w", None])), max_size=20))
def test_the_spread_within_groups_is_that_of_each(pairs):
    values, groups = [value for value, _ in pairs], [group for _, group in pairs]
    found = spread_within(values, groups)
    frame = pd.DataFrame({"value": values, "group": groups}).dropna()
    assert found == {name: spread(rows["value"]) for name, rows in frame.groupby("group")}


def test_a_group_for_each_value_is_needed():
    with pytest.raises(InputError, match="2 groups for 1 values"):
        spread_within([1.0], ["a", "b"])
