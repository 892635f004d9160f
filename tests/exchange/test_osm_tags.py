import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.exchange.osm_tags import (
    area_meanings,
    azimuth,
    line_meanings,
    metres,
    place_meaning,
    point_meanings,
)
from gis_grid.exchange.osm_words import COVERS, FACILITIES
from gis_grid.standards.tables import facility_categories, place_kinds
from gis_grid.values.layers import LAYERS

KEYS = ["amenity", "shop", "building", "highway", "name", "height", "direction", "man_made"]
VALUES = [
    "yes",
    "no",
    "school",
    "townhall",
    "surveillance",
    "12 m",
    "NE",
    "350-10",
    "小学",
    "steps",
]
TAGS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))


@given(TAGS)
def test_means_only_what_the_layers_know(tags):
    for meant in [*point_meanings(tags), *line_meanings(tags), *area_meanings(tags)]:
        assert set(meant.fields) <= set(LAYERS[meant.layer].field_names)


def test_uses_only_categories_of_the_standards():
    assert {*COVERS.values(), *FACILITIES.values()} <= set(facility_categories()["code"])
    kinds = set(place_kinds()["key"])
    for tags in (
        {"amenity": "school", "name": "第一小学"},
        {"amenity": "school", "name": "金陵中学"},
        {"amenity": "school"},
        {"amenity": "community_centre", "name": "党群服务中心"},
        {"amenity": "community_centre", "name": "党群之家"},
        {"amenity": "community_centre", "name": "党群服务站"},
        {"amenity": "community_centre", "name": "社区服务中心"},
        {"amenity": "social_facility", "social_facility": "nursing_home"},
        {"amenity": "social_facility", "social_facility:for": "senior"},
        {"amenity": "townhall", "name": "新街口街道办事处"},
        {"railway": "station", "station": "subway"},
    ):
        meant = place_meaning(tags)
        assert meant is not None
        assert meant.fields["category"] in kinds


@pytest.mark.parametrize(
    ("name", "kind"),
    [("琅琊路小学", "primary_school"), ("南京市第一中学", "middle_school"), ("驾校", "other")],
)
def test_tells_schools_apart_by_their_names(name, kind):
    assert place_meaning({"amenity": "school", "name": name}).fields["category"] == kind


@given(st.floats(0, 360))
def test_takes_a_number_as_a_surveyed_azimuth(bearing):
    assert azimuth(f"{bearing:.2f}") == (float(f"{bearing:.2f}"), "surveyed")


@given(st.integers(0, 359), st.integers(0, 359))
def test_takes_the_middle_of_a_range_clockwise(first, width):
    middle, quality = azimuth(f"{first}-{(first + width) % 360}")
    assert quality == "sector"
    assert (
        min(abs(middle - (first + width / 2) % 360), 360 - abs(middle - (first + width / 2) % 360))
        < 1e-9
    )


def test_has_no_opinion_on_unclear_lengths():
    assert metres("about 3", low=0, high=9) is None
    assert metres("1000", low=0, high=9) is None


def test_passes_guards_and_trees_by():
    assert point_meanings({"man_made": "surveillance", "surveillance:type": "guard"}) == []
    assert point_meanings({"natural": "tree"}) == []
    assert place_meaning({"railway": "station"}) is None
