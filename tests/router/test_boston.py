"""Boston: 60,572 requests against the district that the city itself wrote on each of them."""

import geopandas as gpd
import pandas as pd
import pytest

from gis_grid.router.index import Router

DEFAULT_POINT = (42.3594, -71.0587)
"""Where the city puts requests whose place it does not know."""

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def routed(shared):
    grids = gpd.read_file(shared / "boston" / "police_districts.geojson")
    requests = pd.read_csv(
        shared / "boston" / "requests_2015.csv.gz", dtype=str, keep_default_na=False
    )
    lon, lat = requests["LONGITUDE"].astype(float), requests["LATITUDE"].astype(float)
    router = Router.build(grids, code="DISTRICT")
    found = router.locate_many(lon=lon, lat=lat)
    border_m = router.distance_to_border_m(lon=lon, lat=lat, index=found.index)
    suspicious = (lat == DEFAULT_POINT[0]) & (lon == DEFAULT_POINT[1])
    return requests.assign(grid_code=found.code, border_m=border_m, suspicious=suspicious)


def test_agrees_with_the_city_and_lists_every_disagreement(routed):
    stated = routed[~routed["suspicious"] & (routed["police_district"].str.strip() != "")]
    wrong = stated[stated["grid_code"] != stated["police_district"]]
    columns = ["CASE_ENQUIRY_ID", "police_district", "grid_code", "border_m"]
    print(  # noqa: T201 - the list is asked for
        f"\n{len(stated) - len(wrong):,} of {len(stated):,} agree; the others:\n"
        + wrong.sort_values("border_m")[columns].to_string(index=False)
    )
    assert len(routed) == 60_572
    assert len(stated) > 50_000
    assert 1 - len(wrong) / len(stated) >= 0.994
    assert wrong["border_m"].notna().all()


def test_disagreements_lie_near_borders(routed):
    stated = routed[~routed["suspicious"] & (routed["police_district"].str.strip() != "")]
    wrong = stated[stated["grid_code"] != stated["police_district"]]
    assert wrong["border_m"].median() < stated["border_m"].median() / 4


def test_the_default_point_holds_far_more_requests_than_any_other(routed):
    places = routed.groupby(["LATITUDE", "LONGITUDE"]).size().sort_values(ascending=False)
    assert places.index[0] == tuple(str(degrees) for degrees in DEFAULT_POINT)
    assert routed["suspicious"].sum() == places.iloc[0]
