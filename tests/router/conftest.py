"""Small grids that can be seen."""

import geopandas as gpd
import pytest
import shapely


@pytest.fixture
def drawn():
    """Two squares side by side, west and east, of 0.01 degrees in Anshan."""
    boxes = [shapely.box(123.0 + x, 41.0, 123.01 + x, 41.01) for x in (0, 0.01)]
    return gpd.GeoDataFrame({"code": ["west", "east"]}, geometry=boxes, crs="EPSG:4326")
