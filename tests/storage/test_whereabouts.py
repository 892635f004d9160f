"""What stands at a place, on both databases, against shapely over whole layers."""

import numpy as np
import pytest
import shapely

from gis_grid.errors import NotFoundError
from gis_grid.storage.bulk import load
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.versions import versions
from gis_grid.storage.whereabouts import KEPT, Whereabouts, facility_at
from gis_grid.values.layers import LAYERS
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
    around, hits = Whereabouts.read(session), 0
    for lon, lat in points.tolist():
        here = shapely.covers(shapes, shapely.Point(lon, lat))
        found = around.buildings_at(lon=lon, lat=lat)
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
    around = Whereabouts.read(session)
    found = around.doors_of("b1")
    assert [(one.code, one.name, one.lon) for one in found] == [
        ("d1", "1", 123.001),
        ("d2", "2", 123.002),
    ]
    assert around.doors_of("none") == []


def test_posts_in_the_order_of_the_grids_without_persons(session):
    rows = [
        {"code": code, "name": "不可公开", "role": "网格员", "area_code": area, "duty_phone": "800"}
        for code, area in [("o2", "A"), ("o1", "A"), ("o3", "w"), ("o4", "z")]
    ]
    LayerStore(session).upsert("officers", drawn.layer("officers", rows))
    around = Whereabouts.read(session)
    found = around.posts_of(["w", "A", "w"])
    assert [(one.code, one.area_code) for one in found] == [("o3", "w"), ("o1", "A"), ("o2", "A")]
    assert "不可公开" not in repr(found)
    assert around.posts_of([]) == []
    assert around.posts_of(["'; DROP TABLE officer"]) == []


def test_a_facility_with_its_bodies_and_place(session):
    row = {"code": "0307", "category": "0301", "maintainer": "养护队", "accuracy_class": "B"}
    LayerStore(session).upsert("facilities", drawn.points("facilities", [(row, "A")]))
    found = facility_at(session, "0307")
    assert (found.lon, found.lat) == drawn.middle("A")
    assert (found.maintainer, found.owner, found.accuracy_class) == ("养护队", None, "B")
    with pytest.raises(NotFoundError, match="'0308'"):
        facility_at(session, "0308")


def test_wide_footprints_are_found_too(session):
    wide = shapely.box(123.0, 41.0, 123.2, 41.01)
    rows = [{"code": code} for code in ("b2", "b1")]
    shapes = [wide, shapely.box(123.1, 41.0, 123.1001, 41.0001)]
    LayerStore(session).upsert("buildings", drawn.layer("buildings", rows, shapes))
    around = Whereabouts.read(session)
    for lon, lat, codes in [(123.1, 41.0, ["b1", "b2"]), (123.2, 41.01, ["b2"]), (123.3, 41, [])]:
        assert [one.code for one in around.buildings_at(lon=lon, lat=lat)] == codes
    assert around.buildings_at(lon=float("nan"), lat=41.0) == []


def test_only_what_changed_is_read_again(session):
    store = LayerStore(session)
    for name in (*KEPT, "facilities"):
        store.upsert(name, one_of(name, "x"))
    first = Whereabouts.read(session)
    store.upsert("officers", one_of("officers", "x"))  # the same row again
    store.upsert("facilities", one_of("facilities", "y"))
    assert first.is_of(versions(session))
    store.upsert("officers", one_of("officers", "y"))
    assert not first.is_of(versions(session))
    second = Whereabouts.read(session, first)
    assert second.is_of(versions(session))
    assert second.footprints is first.footprints
    assert second.doors is first.doors
    assert [post.code for post in second.posts_of(["A"])] == ["x", "y"]


def one_of(name, code):
    given = {"name": "n", "building_code": "b", "area_code": "A", "role": "r", "category": "0301"}
    row = {"code": code} | {key: given[key] for key in given if key in LAYERS[name].field_names}
    if name in {"facilities", "entrances"}:
        return drawn.points(name, [(row, "A")])
    return drawn.layer(name, [row], None if name == "officers" else [drawn.BOXES["A"]])


@pytest.mark.parametrize("name", ["buildings", "entrances", "officers", "facilities"])
def test_every_way_of_writing_moves_the_counter_of_its_layer(session, name):
    store, seen = LayerStore(session), [versions(session).get(name, 0)]
    for write in (
        lambda: load(session, name, one_of(name, "a")),
        lambda: store.upsert(name, one_of(name, "b")),
        lambda: store.delete(name, ["a"]),
    ):
        write()
        seen.append(versions(session)[name])
    assert seen == sorted(set(seen))
    assert store.upsert(name, one_of(name, "b")).unchanged == 1
    assert store.delete(name, ["none"]) == 0
    assert versions(session)[name] == seen[-1]


def test_incidents_queue_for_no_counter(session):
    LayerStore(session).upsert("incidents", drawn.frames()["incidents"])
    assert "incidents" not in versions(session)
