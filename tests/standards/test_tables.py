import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import FileError, InputError
from gis_grid.standards import tables
from gis_grid.standards.schema import CONFIDENCES

LOADERS = [
    tables.facility_categories,
    tables.event_categories,
    tables.majors,
    tables.gb28181_parts,
    tables.place_kinds,
    tables.life_circle_tiers,
    tables.life_circle_items,
    tables.time_limits,
]
KEYS_OF_THE_PROJECT = """
    kindergarten nursery primary_school middle_school clinic hospital market supermarket shop mall
    restaurant canteen pharmacy elder_care nursing_home community_station community_service_centre
    subdistrict_office police_post fire_station bank post telecom culture_station culture_centre
    sports_ground gym library park park_gate public_toilet bus_stop metro_station parking recycling
    waste_collection property_service playground party_service_centre party_service_station
    party_service_home other
"""


@pytest.mark.parametrize("load", LOADERS)
def test_every_row_says_where_it_comes_from_and_how_sure_it_is(load):
    table = load()
    assert len(table) > 3
    assert table.columns[0] == "edition"
    assert table.columns[-3:].tolist() == ["confidence", "source", "note"]
    assert table.confidence.isin(CONFIDENCES).all()
    assert table.source.str.len().gt(3).all()
    assert table.edition.notna().all()


@pytest.mark.parametrize("load", LOADERS)
def test_a_frame_that_was_changed_does_not_change_the_next_one(load):
    first = load()
    first["edition"] = "mine"
    assert "mine" not in set(load().edition)


def test_facilities_have_the_85_classes_of_2007():
    table = tables.facility_categories()
    assert table.code.is_unique
    assert table.name_zh.is_unique
    assert table.name_en.is_unique
    assert table.groupby("major").size().to_dict() == {
        "01": 38,
        "02": 17,
        "03": 11,
        "04": 10,
        "05": 3,
        "06": 6,
    }
    for major, codes in table.groupby("major").code:
        assert codes.tolist() == [f"{major}{number:02d}" for number in range(1, len(codes) + 1)]
    assert set(table.confidence) == {"deployed"}


def test_manholes_are_the_covers_and_poles_stand():
    table = tables.facility_categories()
    covers = table[table.name_zh.str.contains("井盖")]
    assert covers.code.tolist() == table.code[table.is_manhole].tolist()
    assert " ".join(table.code[table.is_pole]) == "0117 0118 0120 0133 0136 0209 0210 0213"


def test_the_local_extension_adds_to_the_standard():
    national = tables.facility_categories()
    local = tables.facility_categories(edition="2007-shenzhen")
    assert len(local) == 85 + 27
    pd.testing.assert_frame_equal(local[:85], national)
    assert set(local[85:].major) == {"21"}
    assert set(local[85:].confidence) == {"local"}


def test_an_unknown_edition_is_refused():
    with pytest.raises(InputError, match="no facility edition '2013'; use 2007, 2007-shenzhen"):
        tables.facility_categories(edition="2013")


def test_events_are_50_named_classes_and_four_others():
    table = tables.event_categories()
    assert table.groupby("major").size().to_dict() == {
        "01": 19,
        "02": 5,
        "03": 6,
        "04": 10,
        "05": 14,
    }
    assert table.code[table.is_other].tolist() == ["0199", "0399", "0499", "0599"]
    assert table.code.is_unique
    assert table.name_zh.is_unique
    assert table.name_en.is_unique


@pytest.mark.parametrize(
    ("kind", "load"),
    [("facility", tables.facility_categories), ("event", tables.event_categories)],
)
def test_every_minor_class_has_its_major(kind, load):
    majors = tables.majors()
    known = majors.code[(majors.kind == kind) & (majors.edition == "CJ/T 214-2007")]
    assert set(load().major) <= set(known)
    assert "21" in set(known)


def test_parts_of_a_device_code_have_the_widths_of_their_digits():
    parts = tables.gb28181_parts()
    widths = parts.groupby("part").code.agg(lambda codes: set(codes.str.len()))
    assert widths.to_dict() == {"industry": {2}, "network": {1}, "type": {3}}
    assert not parts.duplicated(["part", "code"]).any()
    names = parts.set_index(["part", "code"]).name_zh
    assert names["type", "131"] == "摄像机"
    assert names["industry", "08"] == "城市管理"


def test_place_kinds_are_the_keys_that_the_rest_of_the_house_uses():
    kinds = tables.place_kinds()
    assert kinds.key.tolist() == KEYS_OF_THE_PROJECT.split()
    assert kinds.name_zh.is_unique
    assert kinds.name_en.is_unique
    assert (kinds.tier.isna() == kinds.requirement.isna()).all()
    assert kinds.radius_m[kinds.tier.isna()].isna().all()


def test_only_the_read_radii_are_verified():
    kinds = tables.place_kinds().set_index("key")
    assert kinds.radius_m[kinds.confidence == "verified"].to_dict() == {
        "kindergarten": 300,
        "primary_school": 500,
        "middle_school": 1000,
    }


def test_life_circle_items_name_tiers_and_places_that_exist():
    items, tiers = tables.life_circle_items(), tables.life_circle_tiers()
    assert tiers.code.tolist() == list(tables.TIERS)
    assert set(items.tier) == set(tables.TIERS)
    assert set(items.place_kind.dropna()) <= set(tables.place_kinds().key)
    assert items.code.is_unique
    assert set(items.requirement) == set(tables.REQUIREMENTS)


def test_a_place_kind_is_an_item_of_its_tier():
    items, kinds = tables.life_circle_items(), tables.place_kinds()
    listed = set(zip(items.place_kind, items.tier, items.requirement, strict=True))
    stated = kinds[kinds.tier.notna() & ~kinds.key.isin({"supermarket"})]
    missing = set(zip(stated.key, stated.tier, stated.requirement, strict=True)) - listed
    assert missing == set()


def test_tiers_grow():
    tiers = tables.life_circle_tiers()
    for column in ("persons_low", "persons_high", "households_low", "households_high"):
        assert tiers[column].is_monotonic_decreasing
    assert tiers.walk_high_m[:3].tolist() == [1000, 500, 300]
    assert tiers.minutes.isna().tolist() == [False, False, False, True]


def test_time_limits_name_classes_that_exist():
    limits = tables.time_limits()
    events = limits[limits.kind == "event"]
    assert set(events.category) <= set(tables.event_categories().code)
    assert (limits.limit > 0).all()
    assert set(limits.confidence) == {"local"}


def write(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


HEADER = "code,major,name_zh,name_en,is_manhole,is_pole"


def test_a_city_replaces_rows_by_code_and_adds_new_ones(tmp_path):
    path = write(
        tmp_path / "city.csv", HEADER, "0117,01,灯杆,,false,TRUE", "0140,01,电杆,,false,true"
    )
    national = tables.facility_categories().set_index("code")
    table = tables.facility_categories(override=path).set_index("code")
    assert len(table) == 86
    assert table.index[:85].tolist() == national.index.tolist()
    assert table.name_zh["0117"] == "灯杆"
    assert table.name_en[["0117", "0140"]].isna().all()
    assert table.is_pole[["0117", "0140"]].all()
    assert table.loc["0140", ["edition", "confidence", "source"]].tolist() == [
        "city",
        "local",
        "given by the city",
    ]
    others = national.index.drop("0117")
    pd.testing.assert_frame_equal(table.loc[others], national.loc[others])


@given(columns=st.permutations(HEADER.split(",")))
def test_columns_may_stand_in_any_order(tmp_path_factory, columns):
    values = {"code": "0140", "major": "01", "name_zh": "电杆", "name_en": "pole"}
    values |= {"is_manhole": "false", "is_pole": "true"}
    path = tmp_path_factory.mktemp("order") / "city.csv"
    write(path, ",".join(columns), ",".join(values[name] for name in columns))
    table = tables.facility_categories(override=path).set_index("code")
    assert table.name_en["0140"] == "pole"


@pytest.mark.parametrize("load", LOADERS)
def test_a_table_written_out_replaces_itself(load, tmp_path):
    path = tmp_path / "same.csv"
    load().to_csv(path, index=False)
    pd.testing.assert_frame_equal(load(override=path), load())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("117,01,灯杆,,false,true", "row 2: column 'code': '117' is refused; .* dropped zeros"),
        ("0117,02,灯杆,,false,true", "row 2: column 'major': '02' does not begin code '0117'"),
        ("0117,01,,,false,true", "row 2: column 'name_zh': no value"),
        ("0117,01,灯杆,,false,yes", "row 2: column 'is_pole': 'yes' is not true or false"),
        ("0117,01,灯杆,,false", "row 2: has 5 values for 6 columns"),
        ("0117,01,a,,false,true\n0117,01,b,,false,true", "row 3: code 0117 is already in row 2"),
    ],
)
def test_names_row_column_and_value_of_what_it_refuses(row, message, tmp_path):
    path = write(tmp_path / "city.csv", HEADER, row)
    with pytest.raises(FileError, match=f"city.csv, {message}"):
        tables.facility_categories(override=path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("clinic,诊所,clinic,20min,should,300", "'20min' is not one of 15min, 10min, 5min, block"),
        ("clinic,诊所,clinic,5min,must,300", "'must' is not one of should, may"),
        ("clinic,诊所,clinic,5min,should,-3", "column 'radius_m': '-3' is not a number of zero"),
        ("clinic,诊所,clinic,5min,should,1e9", "column 'radius_m': '1e9' is not a number"),
        ("Clinic,诊所,clinic,5min,should,300", "column 'key': 'Clinic' is refused; a key has"),
    ],
)
def test_refuses_place_kinds_that_would_break_the_circle(row, message, tmp_path):
    path = write(tmp_path / "city.csv", "key,name_zh,name_en,tier,requirement,radius_m", row)
    with pytest.raises(FileError, match=message):
        tables.place_kinds(override=path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("code,major,name_zh", "lacks column 'is_manhole', 'is_pole', 'name_en'; facility_cat"),
        (HEADER + ",colour", "has the unknown column 'colour'"),
        (HEADER + ",code", "repeats column 'code'"),
    ],
)
def test_names_columns_that_do_not_fit(header, message, tmp_path):
    with pytest.raises(FileError, match=f"city.csv {message}"):
        tables.facility_categories(override=write(tmp_path / "city.csv", header))
