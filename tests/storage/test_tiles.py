from collections import Counter

import mercantile
import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, NOWHERE, Area
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.tiles import draw_rows, widest_deg
from gis_grid.tiles.mercator import Tile
from gis_grid.values.layers import LAYERS
from gis_grid.values.tiles import OPEN_STATES, TILE_LAYERS
from tests import databases
from tests.storage.features import areas, points
from tests.tiled import by_code, decoded, shapes

WEST, SOUTH, SIDE = 123.0, 41.0, 0.06
STATES = LAYERS["incidents"].field("state").choices
COMPUTED = {"grids", "grid_labels", "views", "special"}
"""Layers that are drawn from the whole of them in memory: tests/services/ has those."""

DRAWN = [name for name in TILE_LAYERS if name not in COMPUTED]


def spots(rng, count):
    return rng.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (count, 2)).round(7)


def owners(rng, count):
    return rng.choice(["g1", "g2", None], count).tolist()


def houses(rng, count):
    corners = spots(rng, count)
    wide, high = rng.uniform(5e-5, 6e-4, (2, count))
    plain = shapely.box(*corners.T, corners[:, 0] + wide, corners[:, 1] + high)
    plain[::7] = shapely.difference(plain[::7], shapely.buffer(shapely.centroid(plain[::7]), 1e-5))
    return plain


def lines(rng, count):
    starts = spots(rng, count)
    steps = rng.normal(0, 2e-3, (count, 5, 2)).cumsum(axis=1)
    return shapely.linestrings(np.concatenate([starts[:, None], starts[:, None] + steps], axis=1))


def city(rng):
    """Return the layers of a city that nobody planned."""
    ranks = LAYERS["streets"].field("category").choices
    return {
        "buildings": areas(
            "buildings",
            houses(rng, 300),
            name=rng.choice(["1号楼", None], 300).tolist(),
            floors=rng.integers(0, 40, 300),
            height_m=rng.uniform(0, 90, 300),
            grid_code=owners(rng, 300),
        ),
        "landcover": areas(
            "landcover",
            shapely.buffer(shapely.points(spots(rng, 20)), rng.uniform(1e-5, 1e-2, 20)),
            category=rng.choice(["water", "green"], 20).tolist(),
        ),
        "streets": areas(
            "streets",
            lines(rng, 200),
            category=rng.choice(ranks, 200).tolist(),
            bridge=rng.choice([True, False], 200).tolist(),
            width_m=rng.uniform(3, 40, 200),
        ),
        "walls": areas("walls", lines(rng, 40), parent_code="c1"),
        "facilities": points(
            "facilities", spots(rng, 400), category="0101", grid_code=owners(rng, 400)
        ),
        "cameras": points("cameras", spots(rng, 60), azimuth_deg=90.5, fov_deg=60.0, range_m=80.0),
        "places": points("places", spots(rng, 80), category="market", grid_code=owners(rng, 80)),
        "incidents": points(
            "incidents",
            spots(rng, 500),
            state=rng.choice(STATES, 500).tolist(),
            doubt=rng.choice([None, "default_point"], 500, p=[0.9, 0.1]).tolist(),
            grid_code=owners(rng, 500),
        ),
    }


def store(engine, layers):
    with sessions(engine).begin() as session:
        for name, frame in layers.items():
            LayerStore(session).upsert(name, frame)


@pytest.fixture(scope="module")
def layers():
    return city(np.random.default_rng(11))


@pytest.fixture(scope="module")
def both(layers, sqlite_template, postgis_server, postgis_template, tmp_path_factory):
    """Give an engine of each database, with the same city in both."""
    folder = tmp_path_factory.mktemp("tiles")
    with databases.postgis_database(postgis_server, postgis_template) as postgis:
        engines = [
            open_engine(databases.sqlite_database(folder, sqlite_template)),
            open_engine(postgis),
        ]
        for engine in engines:
            store(engine, layers)
        yield engines
        for engine in engines:
            engine.dispose()


def drawn(engine, name, tile, area=EVERYWHERE):
    layer = TILE_LAYERS[name]
    with engine.connect() as connection:
        widest = widest_deg(connection, layer)
        return decoded(draw_rows(connection, layer, tile, area=area, widest_deg=widest), name)


def tiles_at(zoom):
    found = mercantile.tiles(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE, zoom)
    return [Tile(tile.z, tile.x, tile.y) for tile in found]


def some_tiles(zoom, most=6):
    tiles = tiles_at(zoom)
    return [tiles[n] for n in np.random.default_rng(zoom).permutation(len(tiles))[:most]]


def assert_alike(one, other, kind):
    """Compare what two databases drew, feature by feature; PostGIS leaves out what nobody sees."""
    assert [f["properties"] for f in one] == [f["properties"] for f in other]
    for a, b in zip(shapes(one), shapes(other), strict=True):
        if kind == "point":
            assert a.distance(b) <= 1.5
        else:
            assert_near(a, b)


def assert_near(one, other):
    """Compare where two shapes have their vertices, as far as they are seen."""
    for a, b in ((one, other), (other, one)):
        corners = shapely.points(shapely.get_coordinates(a))
        seen = corners[shapely.intersects(shapely.box(0, 0, 4096, 4096), corners)]
        assert shapely.distance(seen, b.boundary if b.area else b).max(initial=0) <= 2.5


@pytest.mark.postgis
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("zoom", [9, 12, 13, 14, 15, 16])
def test_both_databases_draw_the_same(both, name, zoom):
    sqlite, postgis = both
    found = 0
    for tile in some_tiles(zoom):
        one, other = (drawn(engine, name, tile) for engine in (sqlite, postgis))
        assert_alike(one, other, TILE_LAYERS[name].kind)
        found += len(one)
    assert bool(found) == (zoom >= TILE_LAYERS[name].min_zoom)


@pytest.mark.postgis
@pytest.mark.parametrize("name", ["buildings", "facilities", "incidents", "streets"])
@pytest.mark.parametrize("area", [NOWHERE, Area(frozenset({"g1"}))])
def test_an_area_shows_only_what_lies_in_it(both, layers, name, area):
    zoom = max(14, TILE_LAYERS[name].min_zoom)
    frame = layers[name]
    allowed = {
        c
        for c, g in zip(frame["code"], frame.get("grid_code", frame["code"]), strict=True)
        if g in area
    }
    if name == "streets":
        allowed = set(frame["code"])  # the base map is everybody's
    for engine in both:
        seen = {code for t in tiles_at(zoom) for code in by_code(drawn(engine, name, t, area))}
        assert seen <= allowed
        assert bool(seen) == bool(allowed)
        below = [f["properties"] for t in tiles_at(9) for f in drawn(engine, name, t, area)]
        assert sum(one.get("count", 0) for one in below) <= len(allowed)


@pytest.mark.postgis
@pytest.mark.parametrize("zoom", [8, 11, 13, 14, 15])
@pytest.mark.parametrize("name", ["facilities", "incidents"])
def test_counts_add_up_over_the_tiles_of_a_zoom(both, layers, name, zoom):
    frame = layers[name]
    if name == "incidents":
        frame = frame[frame["state"].isin(OPEN_STATES) & frame["doubt"].isna()]
    for engine in both:
        features = [f["properties"] for t in tiles_at(zoom) for f in drawn(engine, name, t)]
        assert sum(f["count"] for f in features) == len(frame)
        if name == "facilities":
            continue
        states = Counter()
        for one in features:
            states.update({state: one[state] for state in OPEN_STATES if state in one})
            states.update([one["state"]] if zoom >= 14 else [])
        assert states == Counter(frame["state"])


@pytest.mark.postgis
def test_a_point_is_drawn_in_one_tile_only(both, layers):
    for engine in both:
        codes = [
            f["properties"]["code"] for t in tiles_at(15) for f in drawn(engine, "facilities", t)
        ]
        assert sorted(codes) == sorted(layers["facilities"]["code"])


@pytest.mark.postgis
def test_a_cell_with_one_point_is_that_point(both):
    for engine in both:
        alone = [
            f["properties"]
            for t in tiles_at(13)
            for f in drawn(engine, "facilities", t)
            if f["properties"]["count"] == 1
        ]
        assert alone
        assert {one["category"] for one in alone} == {"0101"}
        assert len({one["code"] for one in alone}) == len(alone)


def test_what_is_smaller_than_half_a_pixel_is_left_out(engine):
    sizes = {"a0": 1e-7, "a1": 1e-3}
    frame = areas("buildings", [shapely.box(123, 41, 123 + s, 41 + s) for s in sizes.values()])
    store(engine, {"buildings": frame})
    tile = Tile(14, *mercantile.tile(123.0005, 41.0005, 14)[:2])
    assert list(by_code(drawn(engine, "buildings", tile))) == ["a1"]


POLES = points("facilities", [(0, 90), (0, -90), (180, 0), (-180, 0), (0, 85.06)], category="0101")
WHOLE = shapely.MultiPolygon([shapely.box(-180, -90, 180, 90)])
WIDE = shapely.MultiPolygon([shapely.box(-180, -60, 180, 60)])


def test_poles_and_the_date_line_do_no_harm(engine):
    store(engine, {"facilities": POLES, "buildings": areas("buildings", [WHOLE, WIDE])})
    with Session(engine) as session:
        connection = session.connection()
        for name in ("facilities", "buildings"):
            layer = TILE_LAYERS[name]
            for x, y in ((0, 0), (2**14 - 1, 2**14 - 1), (0, 2**13), (2**14 - 1, 2**13)):
                found = decoded(draw_rows(connection, layer, Tile(14, x, y)), name)
                assert len(found) <= 1
    middle = drawn(engine, "buildings", Tile(14, 0, 2**13))
    assert list(by_code(middle)) == ["a1"]
    assert shapes(middle)[0].area == pytest.approx((4096 + 64) * (4096 + 128), rel=0.02)
    assert [
        f["properties"]["code"] for f in drawn(engine, "facilities", Tile(14, 0, 2**13 - 1))
    ] == ["p3"]


def test_counts_add_up_wherever_points_lie(engine):
    rng = np.random.default_rng(5)
    borders = [
        (lon, lat) for lon in (-180, 0, 1.40625, 179.9) for lat in (-85, 0, 66.5132604431118)
    ]
    places = [*borders, *zip(rng.uniform(-180, 180, 60), rng.uniform(-85, 85, 60), strict=True)]
    store(engine, {"facilities": points("facilities", places, category="0101")})
    near = {mercantile.tile(*place, 8)[:2] for place in places}
    near |= {(x, y - 1) for x, y in near}  # what lies on a border belongs to the northern tile
    counts = [
        feature["properties"]["count"]
        for x, y in near
        for feature in drawn(engine, "facilities", Tile(8, x, y))
    ]
    assert sum(counts) == len(places)
