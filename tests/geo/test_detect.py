from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely

from gis_grid.errors import CrsError
from gis_grid.geo.crs import unproject
from gis_grid.geo.datum import Datum, shapes_from_wgs84, shapes_to_wgs84
from gis_grid.geo.detect import detect_datum

COAST = Path(__file__).resolve().parents[2] / "data" / "datum" / "liaoning_coast.topojson"


def layer(shapes):
    return gpd.GeoSeries(np.asarray(shapes, dtype=object), crs="EPSG:4326")


def claimed(shapes, datum):
    """Return WGS-84 shapes as a file in `datum` that claims EPSG:4326."""
    return layer(shapes_from_wgs84(np.asarray(shapes, dtype=object), datum=datum))


def ways(path, key):
    found = []
    for way in (
        osmium.FileProcessor(path).with_locations().with_filter(osmium.filter.KeyFilter(key))
    ):
        if way.is_way():
            xy = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            closed = key == "building" and len(xy) > 3
            found += (
                [shapely.Polygon(xy) if closed else shapely.LineString(xy)] if len(xy) > 1 else []
            )
    return np.array(found, dtype=object)


@pytest.fixture(scope="module")
def blocks():
    """Draw 300 irregular blocks around Nanjing's Xinjiekou, in WGS-84."""
    xy_m = np.random.default_rng(5).uniform([665e3, 3545e3], [668e3, 3548e3], (300, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy_m)))
    inner = cells[shapely.within(cells, shapely.box(*xy_m.min(axis=0), *xy_m.max(axis=0)))]
    return shapely.transform(
        shapely.buffer(inner, -5, join_style="mitre"),
        lambda xy: np.column_stack(unproject(x_m=xy[:, 0], y_m=xy[:, 1], epsg=32650)),
    )


@pytest.mark.parametrize("datum", list(Datum))
@pytest.mark.parametrize("kind", ["polygons", "lines", "corners"])
def test_names_the_datum_of_polygons_lines_and_points(blocks, datum, kind):
    suspect = {
        "polygons": blocks[::2],
        "lines": shapely.boundary(blocks[::2]),
        "corners": shapely.points(shapely.get_coordinates(blocks))[::3],
    }[kind]
    verdict = detect_datum(claimed(suspect, datum), [layer(blocks)])
    assert verdict.datum is datum
    assert 0.99 <= verdict.confidence <= 0.999
    assert min(verdict.mismatch_m, key=verdict.mismatch_m.get) is datum
    assert datum in verdict.reason


def test_half_an_overlap_is_enough(blocks):
    west, east = blocks[:180], blocks[90:]
    assert detect_datum(claimed(west, "gcj02"), [layer(east)]).datum is Datum.GCJ02


@pytest.mark.parametrize("bearing", [20, 110, 200, 290])
def test_a_layer_that_is_displaced_otherwise_is_not_named(blocks, bearing):
    turn = np.radians(bearing)
    moved = layer(blocks[::2]).translate(0.0025 * np.sin(turn), 0.0025 * np.cos(turn))
    assert detect_datum(moved, [layer(blocks)]).datum is None


@pytest.mark.parametrize(
    ("pick", "reason"),
    [
        (lambda blocks: layer(blocks).translate(1, 0), "no trusted layer lies within 3 km"),
        (lambda blocks: layer(blocks[:2]), "no datum fits better"),
        (lambda _: layer([None, shapely.Polygon()]), "no trusted layer lies within 3 km"),
        (lambda _: layer([]), "no trusted layer lies within 3 km"),
    ],
    ids=["apart", "too few", "missing", "none"],
)
def test_cannot_tell_without_evidence(blocks, pick, reason):
    verdict = detect_datum(pick(blocks), [layer(blocks)])
    assert (verdict.datum, verdict.confidence) == (None, 0.0)
    assert verdict.reason.startswith(reason)


def test_cannot_tell_without_a_trusted_layer(blocks):
    assert detect_datum(layer(blocks), []).datum is None


def test_cannot_tell_when_trusted_layers_contradict_each_other(blocks):
    other = layer(shapes_to_wgs84(blocks, datum="gcj02"))
    verdict = detect_datum(layer(blocks), [layer(blocks), other])
    assert (verdict.datum, verdict.confidence) == (None, 0.0)
    assert verdict.reason == "trusted layers contradict each other: gcj02, wgs84"


def test_cannot_tell_where_datums_agree(blocks):
    boston = layer(blocks).translate(-190, 10)
    assert detect_datum(boston, [boston]).datum is None


def test_needs_to_know_what_a_layer_claims():
    with pytest.raises(CrsError, match="suspect has no CRS"):
        detect_datum(gpd.GeoSeries([shapely.Point(118, 32)]), [])


@pytest.mark.slow
@pytest.mark.shared
def test_real_districts_that_claim_wgs84_are_found_out(shared):
    """Nothing here is shifted by our own formula: the coastline comes from OpenStreetMap."""
    districts = gpd.read_file(shared / "china/districts_gcj02.geojson")
    coast = gpd.read_file(COAST).set_crs("EPSG:4326", allow_override=True)
    assert districts.crs.to_epsg() == 4326
    verdict = detect_datum(districts, [coast])
    assert verdict.datum is Datum.GCJ02
    assert verdict.confidence >= 0.99
    assert verdict.mismatch_m[Datum.GCJ02] < verdict.mismatch_m[Datum.WGS84] - 100


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("datum", list(Datum))
def test_real_buildings_are_placed_by_real_streets(shared, datum):
    """Nanjing's buildings, moved to each datum by us, against its streets as they are."""
    path = str(shared / "nanjing/xinjiekou.osm.pbf")
    buildings, streets = ways(path, "building"), ways(path, "highway")
    verdict = detect_datum(claimed(buildings, datum), [layer(streets)])
    assert verdict.datum is datum
    assert verdict.reason.startswith("areas kept clear")


@pytest.mark.slow
@pytest.mark.shared
def test_suzhou_cannot_be_told_from_streets_of_shanghai(shared):
    suzhou = gpd.read_file(shared / "suzhou/buildings_floor.geojson")
    streets = ways(str(shared / "shanghai/streets.osm.pbf"), "highway")
    assert detect_datum(suzhou, [layer(streets)]).datum is None
