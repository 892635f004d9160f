from datetime import date

import numpy as np
import pytest

from gis_grid.demo.rhythm import hour_weights
from gis_grid.demo.worktime import workdays

WORKDAY = workdays(date(2025, 1, 1), 365)


def weights(profile: str, weather: str = "") -> np.ndarray:
    rng = np.random.default_rng(5)
    return hour_weights(profile, weather, WORKDAY, rng).reshape(365, 24)


@pytest.mark.parametrize("profile", ["work", "flat", "peaks", "evening", "late", "night"])
def test_every_hour_has_a_weight(profile):
    found = weights(profile)
    assert (found >= 0).all()
    assert (found.sum(axis=1) > 0).all()


def test_work_rests_on_holidays_and_barbecues_do_not():
    for profile, busier in (("work", WORKDAY), ("late", ~WORKDAY)):
        day = weights(profile).sum(axis=1)
        assert day[busier].mean() > 1.15 * day[~busier].mean()


def test_the_long_holiday_is_quieter_than_a_weekend():
    day = weights("work").sum(axis=1)
    golden_week = slice(273, 281)  # 1 to 8 October 2025
    weekend = ~WORKDAY & (np.abs(np.arange(365) - 277) > 20)
    assert day[golden_week].mean() < 0.7 * day[weekend].mean()


def test_summer_is_busier_than_winter():
    day = weights("flat").sum(axis=1)
    assert day[170:230].mean() > 1.2 * day[:45].mean()


def test_rain_falls_in_summer_and_in_storms():
    day = weights("flat", "rain").sum(axis=1)
    assert day[150:260].sum() > 0.7 * day.sum()
    assert day.max() > 10 * np.median(day)


def test_snow_falls_in_winter():
    day = weights("flat", "snow").sum(axis=1)
    assert day[:75].sum() + day[320:].sum() > 0.7 * day.sum()
