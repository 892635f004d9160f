"""When things happen: by the hour, the working calendar, the season and the weather."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from gis_grid.demo.kinds import Bools, Floats

_HOURS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "work": (
            *(1, 1, 1, 1, 1, 2, 6, 14, 26, 30, 26, 18),
            *(12, 16, 24, 24, 20, 14, 9, 7, 5, 3, 2, 1),
        ),
        "flat": (*(3,) * 6, *(6,) * 16, *(4,) * 2),
        "peaks": (
            *(1, 1, 1, 1, 1, 2, 7, 24, 26, 14, 11, 13),
            *(12, 11, 12, 14, 20, 28, 26, 18, 10, 5, 3, 2),
        ),
        "evening": (
            *(1, 0, 0, 0, 1, 5, 12, 10, 6, 6, 9, 12),
            *(8, 6, 6, 9, 17, 26, 30, 28, 18, 9, 4, 2),
        ),
        "late": (
            *(12, 6, 3, 1, 0, 0, 1, 1, 1, 2, 2, 3),
            *(4, 2, 2, 2, 3, 5, 11, 21, 30, 32, 26, 18),
        ),
        "night": (
            *(6, 4, 3, 2, 3, 3, 4, 4, 5, 5, 4, 3),
            *(3, 3, 3, 4, 7, 14, 26, 30, 26, 18, 12, 8),
        ),
    }
)
_DAY_OFF = {"work": 0.55, "peaks": 0.8, "flat": 1.0, "night": 1.0}
_DAY_OFF_ELSE = 1.3
_LONG_HOLIDAY = 4
"""So many days off in a row empty the offices: half of the rest of the work stops too."""

_WEATHER = {"rain": (205, 28, 14), "snow": (8, 30, 9)}
"""Middle day, spread in days, and number of storms a year."""

_FADING = ((0, 1.0), (1, 0.6), (2, 0.25))


def hour_weights(
    profile: str, weather: str, workday: Bools, rng: np.random.Generator, *, first_day: int = 0
) -> Floats:
    """Return the weight of every hour of the year, shape ``(days * 24,)``.

    Parameters
    ----------
    profile
        How the day goes: work, flat, peaks, evening, late or night.
    weather
        ``rain`` or ``snow`` for what comes in storms, else empty.
    workday
        Which days are worked.
    rng
        Source of chance.
    first_day
        How many days after 1 January the first one is: the season begins there.
    """
    day = np.arange(len(workday)) + first_day
    noise = np.exp(rng.normal(0, 0.12, len(day)))
    if weather:
        storms = _storms(weather, len(day), rng)
        weight = 0.05 * noise + np.roll(storms, -first_day)
    else:
        season = 1 + 0.22 * np.cos(2 * np.pi * (day - 200) / 365)
        off = _DAY_OFF.get(profile, _DAY_OFF_ELSE)
        rest = np.where(_in_long_holiday(workday) & (off < 1), off / 2, off)
        weight = season * noise * np.where(workday, 1.0, rest)
    return np.asarray(np.outer(weight, _HOURS[profile]).ravel())


def _storms(weather: str, days: int, rng: np.random.Generator) -> Floats:
    middle, spread, count = _WEATHER[weather]
    first = np.round(rng.normal(middle, spread, count)).astype(np.int64)
    strength = 4 * rng.lognormal(0.6, 0.8, count)
    found = np.zeros(days)
    for lag, left in _FADING:
        np.add.at(found, (first + lag) % days, left * strength)
    return found


def _in_long_holiday(workday: Bools) -> Bools:
    change = np.r_[True, workday[1:] != workday[:-1]]
    run = np.cumsum(change) - 1
    return np.asarray(~workday & (np.bincount(run)[run] >= _LONG_HOLIDAY))
