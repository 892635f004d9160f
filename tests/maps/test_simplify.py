import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.maps.offline import render
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.maps.simplify import MANY_VERTICES, simplify_coverage, tolerance_for
from gis_grid.values.layers import LAYERS
from tests.maps.material import material


def wavy(rng, side, vertices):
    """Squares of a lattice whose shared borders wave: a coverage with many vertices."""
    step = 0.002
    waves = {}

    def border(one, other):
        key = tuple(sorted([one, other]))
        if key not in waves:
            start, end = np.array(key[0], float) * step, np.array(key[1], float) * step
            along = np.linspace(0, 1, vertices)[:, None]
            sway = rng.normal(0, 1e-6, (vertices, 2))
            sway[[0, -1]] = 0
            waves[key] = start + along * (end - start) + sway
        return waves[key] if key[0] == one else waves[key][::-1]

    areas = []
    for x in range(side):
        for y in range(side):
            corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
            rings = [
                border(a, b)[:-1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
            ]
            areas.append(shapely.Polygon(np.vstack(rings) + np.array([123, 41])))
    return gpd.GeoSeries(areas, crs="EPSG:4326")


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.integers(1, 4), st.sampled_from([0.5, 2.0, 20.0]))
def test_neighbours_never_tear(seed, side, tolerance_m):
    areas = wavy(np.random.default_rng(seed), side, 30)
    simple = simplify_coverage(areas, tolerance_m=tolerance_m).to_numpy()
    assert shapely.coverage_is_valid(simple)
    assert shapely.is_valid(simple).all()
    whole = shapely.union_all(simple)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert abs(shapely.area(simple).sum() - whole.area) < 1e-12
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(areas).sum()


def test_corners_stay():
    areas = wavy(np.random.default_rng(1), 2, 30)
    simple = simplify_coverage(areas, tolerance_m=20.0).to_numpy()
    middle = shapely.Point(123.002, 41.002)
    assert (shapely.distance(simple, middle) < 1e-12).all()


def test_nothing_is_done_without_a_tolerance_or_to_nothing():
    areas = wavy(np.random.default_rng(1), 1, 9)
    assert simplify_coverage(areas, tolerance_m=0).geom_equals_exact(areas, 0).all()
    none = gpd.GeoSeries([], crs="EPSG:4326")
    assert len(simplify_coverage(none, tolerance_m=2)) == 0
    assert tolerance_for(none) == 0


def test_only_many_vertices_are_too_many():
    circle = shapely.Point(0, 0).buffer(1, quad_segs=100)
    few = gpd.GeoSeries([circle], crs="EPSG:4326")
    many = gpd.GeoSeries([circle] * (MANY_VERTICES // 400 + 1), crs="EPSG:4326")
    assert tolerance_for(few) == 0 < tolerance_for(many)


@pytest.mark.slow
def test_a_city_of_12900_grids_travels_in_20_megabytes():
    areas = wavy(np.random.default_rng(7), 114, 12)
    frame = gpd.GeoDataFrame(
        {"code": [f"g{n}" for n in range(len(areas))], "level": "subarea"}, geometry=areas
    )
    frame = frame.reindex(columns=[*LAYERS["grids"].field_names, "geometry"])
    frame["name"] = "第" + frame["code"] + "网格"
    frame["households"] = np.arange(len(frame))
    kind = KINDS["grids"]
    found = kind.page(material(frames={"grids": frame}), kind.options_of({"value": "households"}))
    fill = next(layer for layer in found.drawing.layers if layer.key == "fill")
    assert len(fill.shapes) == 12_996
    assert shapely.coverage_is_valid(fill.shapes.to_numpy())
    before, after = (
        shapely.get_num_coordinates(one.to_numpy()).sum() for one in (areas, fill.shapes)
    )
    assert after < before / 2
    assert any("容差 2 米" in note for section in found.sections for note in section.notes)
    assert 1_000_000 < len(render(found).encode()) < 20_000_000
