from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from gis_grid.demo.cases import CASES, SHARE, TAKEN_FOR
from gis_grid.demo.incidents import DAYS, LAST_DAY, Year
from gis_grid.demo.worktime import SHIFTS_H, workdays
from gis_grid.standards.tables import event_categories, facility_categories

FIRST_DAY = Year(LAST_DAY).first_day
NOW = Year(LAST_DAY).begins_at + timedelta(days=DAYS)


@pytest.fixture(scope="module")
def incidents(city) -> pd.DataFrame:
    frame = pd.DataFrame(city.layers["incidents"].drop(columns="geometry"))
    return frame.assign(local=frame["reported_at"].dt.tz_convert("Asia/Shanghai"))


def test_categories_are_in_the_standards(incidents):
    known = {"facility": facility_categories()["code"], "event": event_categories()["code"]}
    for kind, codes in known.items():
        assert set(incidents["category"][incidents["kind"] == kind]) <= set(codes)
    assert SHARE.sum() == pytest.approx(1)
    assert {c.kind for c in CASES} == {"facility", "event"}


def test_the_year_is_whole(incidents):
    assert incidents["local"].dt.year.eq(2025).all()
    assert incidents["local"].dt.date.nunique() == 365
    assert incidents["closed_at"].max() <= NOW


def test_days_off_are_quieter(incidents):
    day = incidents.groupby(incidents["local"].dt.day_of_year).size().reindex(range(1, 366))
    worked = workdays(FIRST_DAY, 365)
    assert day[worked].mean() > 1.1 * day[~worked].mean()


def test_mornings_are_busy_and_nights_are_not(incidents):
    hour = incidents["local"].dt.hour.value_counts()
    assert hour[9] > 5 * hour[3]


def test_summer_is_busier_than_winter(incidents):
    month = incidents["local"].dt.month.value_counts()
    assert month[[6, 7, 8]].sum() > 1.1 * month[[1, 2, 12]].sum()


def test_working_limits_run_out_in_working_time(incidents):
    own = incidents[incidents["duplicate_of"].isna()]
    limits = {(c.kind, c.category): c for c in CASES}
    due = own["due_at"].dt.tz_convert("Asia/Shanghai")
    worked = {
        date.fromordinal(FIRST_DAY.toordinal() + k)
        for k in np.flatnonzero(workdays(FIRST_DAY, 420))
    }
    for unit in ("work_hour", "work_day", "urgent_hour"):
        mine = [
            limits.get((k, c), limits["facility", ""]).unit == unit
            for k, c in zip(own["kind"], own["category"], strict=True)
        ]
        hour = due[mine].dt.hour + due[mine].dt.minute / 60 + due[mine].dt.second / 3600
        (m0, m1), (a0, a1) = SHIFTS_H
        in_shift = (hour.between(m0, m1) | hour.between(a0, a1)) & due[mine].dt.date.isin(worked)
        assert in_shift.all() == (unit != "urgent_hour")


def test_urgent_limits_run_through_the_night(incidents):
    covers = incidents.query("category == '0102' and kind == 'facility' and duplicate_of.isna()")
    assert ((covers["due_at"] - covers["reported_at"]) == pd.Timedelta(hours=6)).all()


def test_duplicates_vary(incidents):
    again = incidents[incidents["duplicate_of"].notna()]
    first = incidents.set_index("code").loc[again["duplicate_of"]]
    assert len(again) == 1400
    same = (again["category"].to_numpy() == first["category"].to_numpy()) & (
        again["kind"].to_numpy() == first["kind"].to_numpy()
    )
    assert 0.1 < (~same).mean() < 0.5
    renamed = zip(
        *(
            f[k][~same]
            for f in (first.reset_index(), again.reset_index())
            for k in ("kind", "category")
        ),
        strict=True,
    )
    assert all((kind, category) in TAKEN_FOR[was, what] for was, what, kind, category in renamed)
    assert (again["source"].to_numpy() != first["source"].to_numpy()).mean() > 0.4
    assert first["duplicate_of"].isna().all()
    assert again["facility_code"].isna().all()


def test_duplicates_lie_near_the_first_report(city):
    frame = city.layer("incidents").to_crs(city.epsg)
    again = frame[frame["duplicate_of"].notna() & frame["doubt"].isna()]
    first = frame.set_index("code").loc[again["duplicate_of"]]
    sound = first["doubt"].isna().to_numpy()
    far = again.geometry.to_numpy()[sound]
    distance = np.array(
        [a.distance(b) for a, b in zip(far, first.geometry.to_numpy()[sound], strict=True)]
    )
    assert np.median(distance) < 60
    assert distance.min() > 0.01


def test_doubted_points_are_the_default_point(city):
    incidents = city.layer("incidents")
    doubted = incidents[incidents["doubt"] == "default_point"]
    assert 3 <= len(doubted) < 60
    assert len(set(doubted.geometry.to_wkb())) == 1
    assert set(doubted["source"]) == {"hotline"}


def test_facility_codes_are_of_facilities_of_that_category(city):
    incidents = city.layers["incidents"]
    known = incidents[incidents["facility_code"].notna()]
    facility = city.layers["facilities"].set_index("code")["category"]
    assert len(known) > 3000
    assert (
        facility.reindex(known["facility_code"]).to_numpy() == known["category"].to_numpy()
    ).all()
    assert (known["kind"] == "facility").all()


def test_recent_ones_are_open(incidents):
    open_ones = incidents[incidents["closed_at"].isna()]
    assert 20 < len(open_ones) < 900
    assert set(open_ones["state"]) <= {"reported", "accepted", "filed", "dispatched", "handled"}
    assert len(set(open_ones["state"])) >= 4
    assert open_ones["reported_at"].quantile(0.25) > pd.Timestamp("2025-11-15", tz="UTC")


def test_hot_spots(city):
    """A tenth of the ground grids has far more than its share."""
    grids = city.layer("grids").query("level == 'subarea'")
    joined = city.layer("incidents")[["geometry"]].sjoin(grids[["code", "geometry"]])
    counts = joined["code"].value_counts().reindex(grids["code"], fill_value=0)
    assert counts.nlargest(40).sum() > 0.22 * len(joined)


def test_case_numbers_tell_kind_category_and_day(incidents):
    code = incidents["code"]
    assert code.str.fullmatch(r"[CE]\d{4}2025\d{4}\d{4}").all()
    assert (code.str[0].map({"C": "facility", "E": "event"}) == incidents["kind"]).all()
    assert (code.str[1:5] == incidents["category"]).all()
    assert (code.str[5:13] == incidents["local"].dt.strftime("%Y%m%d")).all()
