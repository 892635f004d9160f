"""What stands at a place, on both databases, against shapely over whole layers."""

import numpy as np
import pytest
import shapely

from gis_grid.errors import NotFoundError
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.whereabouts import buildings_at, doors_of, facility_at, posts_of
from tests import drawn


def boxes(rng, count):
    west, south = 123.0 + rng.integers(0, 20, count) / 1e4, 41.0 + rng.integers(0, 20, count) / 1e4
    return shapely.box(west, south, west + rng.integers(1, 9, count) / 1e4, south + 5e-4)


def test_buildings_whose_footprint_covers_the_point(session):
    rng = np.random.default_rng(3)
    shapes = boxes(rng, 60)
    shapes[::5] = shapely.buffer(shapely.centroid(shapes[::5]), 3e-4)  # rounder than their bounds
    rows = [{"code": f"b{row:02}", "name": None} for row in range(60)]
    LayerStore(session).upsert("buildings", drawn.layer("buildings", rows, shapes))
    corners = shapely.get_coordinates(shapes[1:9])
    points = np.vstack([corners, rng.uniform((123.0, 41.0), (123.003, 41.003), (60, 2))])
    hits = 0
    for lon, lat in points.tolist():
        here = shapely.covers(shapes, shapely.Point(lon, lat))
        found = buildings_at(session, lon=lon, lat=lat)
        assert [one.code for one in found] == [f"b{row:02}" for row in np.flatnonzero(here)]
        hits += len(found)
    assert hits > 60


def test_doors_of_one_building(session):
    rows = [
        {"code": code, "name": code[-1], "building_code": building}
        for code, building in [("d2", "b1"), ("d1", "b1"), ("d3", "b2")]
    ]
    doors = shapely.points([(123.002, 41.0), (123.001, 41.0), (123.003, 41.0)])
    LayerStore(session).upsert("entrances", drawn.layer("entrances", rows, doors))
    found = doors_of(session, "b1")
    assert [(one.code, one.name, one.lon) for one in found] == [
        ("d1", "1", 123.001),
        ("d2", "2", 123.002),
    ]
    assert doors_of(session, "none") == []


def test_posts_in_the_order_of_the_grids_without_persons(session):
    rows = [
        {"code": code, "name": "不可公开", "role": "网格员", "area_code": area, "duty_phone": "800"}
        for code, area in [("o2", "A"), ("o1", "A"), ("o3", "w"), ("o4", "z")]
    ]
    LayerStore(session).upsert("officers", drawn.layer("officers", rows))
    found = posts_of(session, ["w", "A", "w"])
    assert [(one.code, one.area_code) for one in found] == [("o3", "w"), ("o1", "A"), ("o2", "A")]
    assert "不可公开" not in repr(found)
    assert posts_of(session, []) == []
    assert posts_of(session, ["'; DROP TABLE officer"]) == []


def test_a_facility_with_its_bodies_and_place(session):
    row = {"code": "0307", "category": "0301", "maintainer": "养护队", "accuracy_class": "B"}
    LayerStore(session).upsert("facilities", drawn.points("facilities", [(row, "A")]))
    found = facility_at(session, "0307")
    assert (found.lon, found.lat) == drawn.middle("A")
    assert (found.maintainer, found.owner, found.accuracy_class) == ("养护队", None, "B")
    with pytest.raises(NotFoundError, match="'0308'"):
        facility_at(session, "0308")
