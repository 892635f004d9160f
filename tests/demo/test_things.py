"""Facilities, cameras, places, officers and speakers of the small city."""

import numpy as np
import pytest
import shapely

from gis_grid.demo.facilities import THINGS
from gis_grid.standards.tables import facility_categories, gb28181_parts, place_kinds


def test_every_category_is_in_the_standard(city):
    facilities = city.layers["facilities"]
    assert set(facilities["category"]) <= set(facility_categories()["code"])
    assert set(facilities["category"]) == {thing.category for thing in THINGS}
    table = facility_categories().set_index("code")["name_zh"]
    assert {t.name for t in THINGS} == set(table[[t.category for t in THINGS]])


def test_nobody_owns_an_ownerless_cover(city):
    facilities = city.layers["facilities"]
    ownerless = facilities["category"] == "0114"
    assert ownerless.sum() > 5
    assert facilities[ownerless][["owner", "maintainer"]].isna().all(axis=None)
    assert facilities["in_charge"].notna().all()
    assert facilities[~ownerless][["owner", "maintainer"]].notna().all(axis=None)
    assert facilities[ownerless]["in_charge"].str.endswith("区城市管理局").all()


def test_bodies_of_a_district_are_those_of_its_facilities(city):
    facilities = city.layers["facilities"]
    districts = city.layers["grids"].query("level == 'district'").set_index("code")["name"]
    own = districts.reindex(facilities["code"].str[:6] + "000000").to_numpy()
    local = facilities["maintainer"].str.contains("区市政设施养护所", na=False).to_numpy()
    assert local.sum() > 100
    stated = facilities["maintainer"][local].str.replace("市政设施养护所", "")
    assert (stated.to_numpy() == own[local]).all()


def test_some_plates_are_dead_and_some_badly_painted(city):
    poles = city.layers["facilities"].query("category in ('0117', '0118')")
    plate = poles["painted_number"]
    assert 0.02 < plate.isna().mean() < 0.09
    number = plate.dropna().str.rsplit("-", n=1).str[1]
    assert 0.005 < (number.str.len() < 4).mean() < 0.05
    others = city.layers["facilities"].query("category not in ('0117', '0118')")
    assert others["painted_number"].isna().all()


def test_police_numbers_have_seven_digits_and_name_one_lamp(city):
    facilities = city.layers["facilities"]
    known = facilities["police_number"].dropna()
    assert known.str.fullmatch(r"[1-9]\d{6}").all()
    assert known.is_unique
    assert (facilities.loc[known.index, "category"] == "0118").all()
    assert 0.85 < len(known) / (facilities["category"] == "0118").sum() < 0.97


def test_odd_poles_stand_south_or_east(city):
    """Oracle: cross product of the way of the nearest street piece with the way to the lamp."""
    lamps = city.layer("facilities").query("category == '0118'").to_crs(city.epsg)
    lamps = lamps[lamps["painted_number"].notna()]
    streets = city.layer("streets").to_crs(city.epsg)
    streets = streets[streets["name"].notna()].reset_index(drop=True)
    right = 0
    for lamp in lamps.iloc[::7].itertuples():
        own = streets[streets["name"] == lamp.street].geometry
        line = own.loc[own.distance(lamp.geometry).idxmin()].geoms[0]
        at = line.project(lamp.geometry)
        ahead, behind = line.interpolate(at + 1), line.interpolate(at - 1)
        way = np.array([ahead.x - behind.x, ahead.y - behind.y])
        foot = line.interpolate(at)
        off = np.array([lamp.geometry.x - foot.x, lamp.geometry.y - foot.y])
        whole = own.union_all().bounds
        east_west = whole[2] - whole[0] > whole[3] - whole[1]
        on_odd_side = off[1] < 0 if east_west else off[0] > 0
        odd = int(lamp.painted_number.rsplit("-")[-1]) % 2 == 1
        right += odd == on_odd_side
        assert abs(way @ off) < 3 * np.linalg.norm(way)
    assert right / len(lamps.iloc[::7]) > 0.93  # streets bend


def test_lamps_stand_an_even_distance_apart(city):
    lamps = city.layer("facilities").query("category == '0118'").to_crs(city.epsg)
    near = shapely.STRtree(lamps.geometry.to_numpy())
    pairs, far = near.query_nearest(lamps.geometry.to_numpy(), exclusive=True, return_distance=True)
    assert pairs.shape[1] >= len(lamps)
    assert 25 < np.median(far) < 60, np.percentile(far, [1, 50, 99])


def test_azimuths_are_as_good_as_they_say(city):
    cameras = city.layers["cameras"]
    azimuth, quality = cameras["azimuth_deg"], cameras["azimuth_quality"]
    assert azimuth[quality == "unknown"].isna().all()
    assert azimuth[quality != "unknown"].between(0, 360, inclusive="left").all()
    assert (azimuth[quality == "sector"] % 45 == 0).all()
    assert {"surveyed", "sector", "unknown"} == set(quality)
    assert (cameras["fov_deg"][cameras["kind"] == "panorama"] == 360).all()


def test_camera_codes_say_what_they_are(city):
    parts = gb28181_parts().set_index(["part", "code"]).index
    for code in city.layers["cameras"]["code"].head(20):
        assert ("industry", code[8:10]) in parts
        assert ("type", code[10:13]) in parts


def test_surveyed_gate_cameras_look_out_of_the_compound(city):
    cameras = city.layer("cameras").to_crs(city.epsg)
    gates = cameras.query("site == 'gate' and azimuth_quality == 'surveyed' and kind != 'panorama'")
    compounds = city.layer("grids").query("level == 'compound'").to_crs(city.epsg)
    shapes = compounds.geometry.to_numpy()
    camera, own = shapely.STRtree(shapes).query(gates.geometry.to_numpy(), predicate="within")
    angle = np.radians(gates["azimuth_deg"].to_numpy()[camera])
    ahead = shapely.get_coordinates(gates.geometry.to_numpy()[camera])
    ahead += 40 * np.c_[np.sin(angle), np.cos(angle)]
    assert len(camera) > 10
    assert shapely.contains_xy(shapes[own], ahead).mean() < 0.1


def test_every_kind_of_place_is_there_but_metro_and_other(city):
    kinds = set(city.layers["places"]["category"])
    assert kinds <= set(place_kinds()["key"])
    assert set(place_kinds()["key"]) - kinds <= {"metro_station", "other"}


@pytest.mark.parametrize(
    ("level", "kind"),
    [("subdistrict", "party_service_centre"), ("community", "party_service_station")],
)
def test_every_region_has_its_party_service(city, level, kind):
    names = city.layers["grids"].query("level == @level")["name"]
    places = city.layers["places"].query("category == @kind")["name"]
    housed = sum(any(place.startswith(name) for place in places) for name in names)
    assert housed >= 0.9 * len(names)  # a community of fields alone has no house for it


def test_places_of_a_kind_keep_apart(city):
    places = city.layer("places").to_crs(city.epsg)
    for kind in ("pharmacy", "kindergarten", "market"):
        shapes = places[places["category"] == kind].geometry.to_numpy()
        far = shapely.STRtree(shapes).query_nearest(shapes, exclusive=True, return_distance=True)[1]
        assert far.min() > 40
        assert np.median(far) > 250


def test_posts_serve_grids_and_workers_share_them(city):
    officers = city.layers["officers"]
    known = {*city.layers["grids"]["code"], *city.layers["buildings"]["code"]}
    assert set(officers["area_code"]) <= known
    assert officers["role"].value_counts()["网格员"] == 400
    assert officers.query("role == '网格员'")["duty_phone"].nunique() == 60
    assert officers.groupby("duty_phone")["name"].nunique().max() == 1
    assert officers["duty_phone"].str.fullmatch(r"0199-8\d{6}").all()


def test_compounds_with_lanes_have_a_gate_in_their_wall(city):
    gates = city.layers["gates"]
    compounds = set(city.layers["grids"].query("level == 'compound'")["code"])
    assert set(gates["parent_code"]) <= compounds
    assert len(set(gates["parent_code"])) > 0.8 * len(compounds)
    walls = city.layer("walls").to_crs(city.epsg).geometry.to_numpy()
    spots = city.layer("gates").to_crs(city.epsg).geometry.to_numpy()
    assert shapely.STRtree(walls).query_nearest(spots, return_distance=True)[1].min() > 3.0
