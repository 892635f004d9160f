from collections import Counter
from itertools import pairwise

import mercantile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.accounts.areas import NOWHERE, Area
from gis_grid.tiles.columns import columns_of
from gis_grid.tiles.grids import GridSheets
from gis_grid.tiles.mercator import Tile, shapes_to_world, to_world
from gis_grid.tiles.sheet import Sheet
from gis_grid.values.tiles import GRIDS
from tests.tiled import by_code, decoded, shapes

WEST, SOUTH, SIDE = 123.0, 41.0, 0.12
CELLS, STEPS = 5, 8
VISIBLE = shapely.box(0, 0, 4096, 4096)


def frayed(seed):
    """Return squares whose common borders are crooked: each point of them is moved once."""
    rng = np.random.default_rng(seed)
    count = CELLS * STEPS + 1
    step = SIDE / (CELLS * STEPS)
    moved = rng.uniform(-0.3, 0.3, (count, count, 2)) * step

    def at(column, row):
        return (WEST, SOUTH) + np.array([column, row]) * step + moved[column, row]

    def cell(column, row):
        left, low = column * STEPS, row * STEPS
        ring = [(left + i, low) for i in range(STEPS)]
        ring += [(left + STEPS, low + i) for i in range(STEPS)]
        ring += [(left + STEPS - i, low + STEPS) for i in range(STEPS)]
        ring += [(left, low + STEPS - i) for i in range(STEPS)]
        return shapely.Polygon([at(*point) for point in ring])

    cells = np.array([cell(c, r) for c in range(CELLS) for r in range(CELLS)], dtype=object)
    assert shapely.coverage_is_valid(cells)
    return cells


def sheets(coverage, levels=None):
    count = len(coverage)
    columns = {name: [None] * count for name in GRIDS.fields}
    columns |= {"code": [f"g{n}" for n in range(count)], "level": levels or ["subarea"] * count}
    return GridSheets(coverage, columns)


def tiles_over(zoom):
    found = mercantile.tiles(
        WEST - 0.01, SOUTH - 0.01, WEST + SIDE + 0.01, SOUTH + SIDE + 0.01, zoom
    )
    return [Tile(tile.z, tile.x, tile.y) for tile in found]


def some(tiles, seed):
    return [tiles[n] for n in np.random.default_rng(seed).permutation(len(tiles))[:9]]


def torn(found, tile, outline):
    """Return the edges that one polygon has and no neighbour, away from the rim of everything."""
    times = Counter()
    for ring in shapely.get_rings(shapely.get_parts(np.array(found, dtype=object))):
        points = map(tuple, shapely.get_coordinates(ring))
        times.update(frozenset(edge) for edge in pairwise(points))
    alone = [tuple(edge) for edge, count in times.items() if count % 2]
    edges = shapely.linestrings(alone or np.zeros((0, 2, 2)))
    clipped = shapely.box(-64, -64, 4160, 4160).exterior
    corner = (tile.x * 4096, tile.y * 4096)
    rim = shapely.transform(outline, lambda xy: to_world(xy) * tile.units - corner)
    on_rim = shapely.dwithin(edges, rim, 12)  # it is simplified too, by itself
    return edges[~(on_rim | shapely.covered_by(edges, clipped))].tolist()


@settings(max_examples=15)
@given(st.integers(0, 999), st.integers(9, 16))
def test_neighbours_never_tear(seed, zoom):
    coverage = frayed(seed)
    drawn, outline = sheets(coverage), shapely.union_all(coverage).exterior
    for tile in some(tiles_over(zoom), seed):
        found = shapes(decoded(drawn.draw(tile), "grids"))
        assert torn(found, tile, outline) == []


def test_a_tear_would_be_seen():
    outline = shapely.union_all(frayed(0)).exterior
    tile = Tile(13, *mercantile.tile(WEST + SIDE / 2, SOUTH + SIDE / 2, 13)[:2])
    found = shapes(decoded(sheets(frayed(0)).draw(tile), "grids"))
    assert torn(found, tile, outline) == []
    one = max(found, key=lambda shape: shape.intersection(VISIBLE).area)
    alone = [shape for shape in found if shape is not one] + [one.simplify(40)]
    assert torn(alone, tile, outline) != []


@settings(max_examples=8)
@given(st.integers(0, 999), st.integers(10, 13))
def test_a_border_has_the_same_corners_in_every_tile(seed, zoom):
    drawn, corners, tiles = sheets(frayed(seed)), {}, tiles_over(zoom)
    for tile in tiles:
        for code, feature in by_code(decoded(drawn.draw(tile), "grids")).items():
            [shape] = shapes([feature])
            points = shapely.get_coordinates(shape)
            inside = (np.abs(points - 2048) < 2048 + 64).all(axis=1)  # not where it was clipped
            found = points[inside] + (tile.x * 4096, tile.y * 4096)
            corners.setdefault(code, []).append((tile, {tuple(map(int, p)) for p in found}))
    assert len(corners) == CELLS**2
    for seen in corners.values():
        whole = set().union(*(points for _, points in seen))
        for tile, points in seen:
            middle = np.array([tile.x * 4096 + 2048, tile.y * 4096 + 2048])
            assert points == {p for p in whole if (np.abs(p - middle) < 2048 + 64).all()}


@pytest.mark.parametrize("zoom", [8, 9])
def test_low_zooms_have_fewer_corners_and_nearly_the_same_ground(zoom):
    coverage = frayed(1)
    world = shapes_to_world(coverage)
    codes = [f"g{n}" for n in range(len(coverage))]
    exact = Sheet(GRIDS, world, columns_of({"code": codes}), owners=codes)
    tile = Tile(zoom, *mercantile.tile(WEST + SIDE / 2, SOUTH + SIDE / 2, zoom)[:2])
    fine = np.array(shapes(decoded(exact.draw(tile), "grids")))
    simple = np.array(shapes(decoded(sheets(coverage).draw(tile), "grids")))
    assert shapely.get_num_coordinates(simple).sum() < 0.8 * shapely.get_num_coordinates(fine).sum()
    assert shapely.area(simple) == pytest.approx(shapely.area(fine), rel=0.1)
    assert shapely.area(simple).sum() == pytest.approx(shapely.area(fine).sum(), rel=0.01)


def test_what_is_prepared_is_what_looks_at_all_grids_and_at_a_street_take(monkeypatch):
    drawn, alone = sheets(frayed(3)), sheets(frayed(3))
    drawn.prepare()
    tiles = [tile for zoom in (10, 16) for tile in tiles_over(zoom)]
    west, north, east, south = shapely.total_bounds(shapes_to_world(frayed(3)))
    wide = [zoom for zoom in range(16) if max(east - west, south - north) * 2**zoom <= 2]
    monkeypatch.setattr(shapely, "coverage_simplify", None)
    monkeypatch.setattr(shapely, "maximum_inscribed_circle", None)
    for zoom in (wide[-1], 16):
        assert b"".join(drawn.draw(tile) for tile in tiles_over(zoom))
        assert b"".join(drawn.draw_labels(tile) for tile in tiles_over(zoom))
    monkeypatch.undo()
    for tile in tiles:
        assert drawn.draw_labels(tile) == alone.draw_labels(tile)
    sheets(np.zeros(0, dtype=object)).prepare()


def test_levels_appear_as_they_become_wide_enough():
    coverage = frayed(2)
    everything = shapely.union_all(coverage)
    drawn = sheets(np.array([*coverage, everything], dtype=object), ["subarea"] * 25 + ["city"])
    assert drawn.drawn_from["city"] < drawn.drawn_from["subarea"] < drawn.named_from["subarea"]
    zoom = drawn.drawn_from["subarea"]
    tile = Tile(zoom, *mercantile.tile(WEST + SIDE / 2, SOUTH + SIDE / 2, zoom)[:2])
    above = Tile(zoom - 1, tile.x // 2, tile.y // 2)
    levels = [
        {f["properties"]["level"] for f in decoded(drawn.draw(t), "grids")} for t in (above, tile)
    ]
    assert levels == [{"city"}, {"city", "subarea"}]


def test_polygons_that_overlap_are_drawn_as_they_are():
    over = np.array(
        [shapely.box(123, 41, 123.1, 41.1), shapely.box(123.05, 41, 123.2, 41.1)], dtype=object
    )
    drawn = sheets(over)
    tile = Tile(8, *mercantile.tile(123.05, 41.05, 8)[:2])
    assert set(by_code(decoded(drawn.draw(tile), "grids"))) == {"g0", "g1"}


@pytest.mark.parametrize("zoom", [12, 14, 15])
def test_each_grid_has_one_label_inside_it(zoom):
    coverage = frayed(3)
    drawn = sheets(coverage)
    zoom = max(zoom, drawn.named_from["subarea"])
    labels = {}
    for tile in tiles_over(zoom):
        for code, feature in by_code(decoded(drawn.draw_labels(tile), "grid_labels")).items():
            assert code not in labels  # in one tile only
            x, y = feature["geometry"]["coordinates"]
            world = np.array([tile.x * 4096 + x, tile.y * 4096 + y]) / tile.units
            lon, lat = (
                world[0] * 360 - 180,
                np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world[1])))),
            )
            labels[code] = (lon, lat, feature["properties"]["radius_m"])
    assert len(labels) == len(coverage)
    for number, shape in enumerate(coverage):
        lon, lat, radius_m = labels[f"g{number}"]
        distance = shapely.boundary(shape).distance(shapely.Point(lon, lat))
        assert shape.contains(shapely.Point(lon, lat))
        # a degree of longitude is the shorter one
        assert distance * 84_000 * 0.98 <= radius_m * 1.02 <= distance * 111_400 * 1.06


def test_an_area_hides_what_lies_outside():
    drawn = sheets(frayed(4))
    tile = Tile(8, *mercantile.tile(WEST + SIDE / 2, SOUTH + SIDE / 2, 8)[:2])
    here = Area(frozenset({"g3", "g7"}))
    assert set(by_code(decoded(drawn.draw(tile, area=here), "grids"))) == here.codes
    assert drawn.draw(tile, area=NOWHERE) == b""
    deep = Tile(16, *mercantile.tile(WEST + SIDE / 2, SOUTH + SIDE / 2, 16)[:2])
    assert drawn.draw_labels(deep, area=NOWHERE) == b""


def test_no_grids_draw_nothing():
    drawn = sheets(np.zeros(0, dtype=object))
    assert drawn.draw(Tile(3, 1, 1)) == b""
    assert drawn.draw_labels(Tile(3, 1, 1)) == b""
    assert dict(drawn.drawn_from) == {}
