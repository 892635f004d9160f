from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from gis_grid.demo.check import check_city
from gis_grid.demo.city import City, make_city
from gis_grid.demo.kinds import SPECS
from gis_grid.errors import InputError
from gis_grid.grid.check import check_grids
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.values.layers import LAYERS


def broken(city: City) -> list[str]:
    return [promise for promise, kept in check_city(city).items() if kept is not True]


def fingerprint(city: City) -> dict[str, float]:
    """Sum up a city: counts, people and metres, which no last bit of a coordinate can change.

    Another GEOS may node streets in another order, and another numpy draw other numbers; then this
    changes, and all the rest of the tests says whether the city is still sound.
    """
    counts = {name: len(frame) for name, frame in city.layers.items()}
    people = city.layers["grids"].iloc[0][["households", "persons", "elderly"]].to_dict()
    metric = city.layer("streets").to_crs(city.epsg)
    return {
        **counts,
        **people,
        "street_m": round(float(metric.length.sum())),
        "city_ha": round(float(city.blocks["area_m2"].sum() / 1e4)),
    }


def everything(city: City) -> int:
    total = 0
    for frame in city.layers.values():
        plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
        total += int(pd.util.hash_pandas_object(plain).sum())
        if "geometry" in frame:
            total += hash(tuple(shapely.to_wkb(frame["geometry"].to_numpy()).tolist()))
    return total


@pytest.mark.parametrize("seed", [0, 11])
def test_keeps_every_promise(seed):
    assert broken(make_city("small", seed)) == []


def test_the_city_of_the_tests_keeps_every_promise(city):
    assert broken(city) == []


@pytest.fixture(scope="module")
def later(city) -> City:
    """Return the same city with a record that ends on another day."""
    return make_city("small", city.seed, last_day=date(2026, 11, 29))


def test_a_record_that_ends_another_day_keeps_every_promise(city, later):
    assert broken(later) == []
    for name, frame in city.layers.items():
        if name != "incidents":
            assert everything(replace(city, layers={name: frame})) == everything(
                replace(later, layers={name: later.layers[name]})
            )
    reported = later.layers["incidents"]["reported_at"].dt.tz_convert("Asia/Shanghai").dt.date
    assert (reported.min(), reported.max()) == (date(2025, 11, 30), date(2026, 11, 29))
    assert reported.nunique() == 365


def test_what_is_open_at_the_end_is_seldom_late(later):
    frame = later.layers["incidents"]
    end = pd.Timestamp("2026-11-30", tz="Asia/Shanghai")
    is_open = frame["closed_at"].isna()
    late = frame["due_at"][is_open] < end
    assert 0 < late.sum() < 0.5 * is_open.sum()


def test_the_seasons_stay_where_they_are(later):
    frame = later.layers["incidents"]
    month = frame["reported_at"].dt.tz_convert("Asia/Shanghai").dt.month.value_counts()
    assert month[[6, 7, 8]].sum() > 1.1 * month[[1, 2, 12]].sum()


@pytest.mark.parametrize("day", [date(2004, 12, 31), date(2100, 1, 1)])
def test_refuses_days_whose_work_nobody_could_tell(day):
    with pytest.raises(InputError, match="give a day of 2005 to 2099"):
        make_city("small", 1, last_day=day)


def test_same_seed_same_city(city):
    assert everything(make_city("small", city.seed)) == everything(city)


def test_another_seed_is_another_city(city):
    assert everything(make_city("small", city.seed + 1)) != everything(city)


def test_is_the_city_it_always_was(city):
    assert fingerprint(city) == GOLDEN


GOLDEN = {
    "grids": 590,
    "buildings": 2520,
    "entrances": 6614,
    "facilities": 4980,
    "cameras": 120,
    "speakers": 49,
    "places": 831,
    "streets": 1472,
    "landcover": 59,
    "walls": 133,
    "gates": 164,
    "ways": 4132,
    "officers": 1017,
    "incidents": 20_000,
    "households": 25_209,
    "persons": 58_388,
    "elderly": 11_166,
    "street_m": 137_531,
    "city_ha": 939,
}


def test_small_has_about_what_was_promised(city):
    levels = city.layers["grids"]["level"].value_counts()
    assert levels["subarea"] == 400
    assert len(city.layers["incidents"]) == 20_000
    assert 2_000 <= len(city.layers["buildings"]) <= 2_700
    five_levels = sum(len(city.layers[name]) for name in ("grids", "buildings", "entrances"))
    assert 8_500 <= five_levels <= 11_000


def test_grids_are_a_generation_by_the_check_for_imported_ones(city):
    found = check_grids(city.layer("grids"), city.scheme, epsg=city.epsg)
    assert (dict(found.problems), found.warnings) == ({}, ())


def test_density_falls_from_the_centre_to_the_fringe(city):
    grids = city.layer("grids").to_crs(city.epsg)
    ground = grids[grids["level"] == "subarea"]
    far = ground.centroid.distance(grids.geometry.iloc[0].centroid)
    inner = far < far.quantile(0.5)
    area = ground.area
    density = [ground["persons"][m].sum() / area[m].sum() * 1e6 for m in (inner, ~inner)]
    assert 7_000 < density[0] < 13_000
    assert density[1] < 0.8 * density[0]


def test_says_what_it_is(city):
    assert (city.name, city.area_code, city.scheme, city.epsg) == (
        "明河市",
        "219900000000",
        FIVE_LEVEL,
        4550,
    )
    assert list(city.layers) == list(LAYERS)


def test_derived_fields_are_left_to_services(city):
    for name, frame in city.layers.items():
        if "cell" in LAYERS[name].field_names:
            assert (frame["cell"] == 0).all()
            assert frame["grid_code"].isna().all()


def test_officers_have_no_geometry(city):
    with pytest.raises(KeyError, match="officers"):
        city.layer("officers")


def test_tells_each_step():
    told: list[str] = []
    make_city("small", 2, told.append)
    assert told == ["ground", "houses", "grids", "things", "incidents"]


@pytest.mark.parametrize(
    ("size", "seed", "words"),
    [("tiny", 1, "city size 'tiny' is unknown; use small, medium, large"), ("small", -1, "-1")],
)
def test_refuses_what_it_cannot_make(size, seed, words):
    with pytest.raises(InputError, match=words):
        make_city(size, seed)


@pytest.mark.slow
def test_medium_keeps_every_promise():
    city = make_city("medium", 3)
    assert broken(city) == []
    assert (city.layers["grids"]["level"] == "subarea").sum() == SPECS["medium"].grids


@pytest.mark.slow
def test_large_keeps_every_promise_at_the_declared_size():
    city = make_city("large", 7)
    assert broken(city) == []
    counts = {name: len(frame) for name, frame in city.layers.items()}
    assert (city.layers["grids"]["level"] == "subarea").sum() == 12_900
    assert counts["incidents"] == 1_000_000
    assert counts["cameras"] == 2_600
    assert counts["buildings"] == pytest.approx(100_000, rel=0.03)
    assert counts["facilities"] == pytest.approx(64_000, rel=0.01)
    nodes = np.unique(city.layers["ways"][["from_node", "to_node"]].to_numpy())
    assert len(nodes) == pytest.approx(138_000, rel=0.05)
    workers = city.layers["officers"].query("role == '网格员'")["duty_phone"].nunique()
    assert workers == 1_815
