"""A year of incidents: rhythm, hot spots, duplicates, late cases and doubtful points."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_grid.demo.cases import (
    CASES,
    LIMIT_H,
    RUNS_ALWAYS,
    SHARE,
    SOURCE_NAMES,
    SOURCES,
    TAKEN_FOR,
)
from gis_grid.demo.coding import digits, running
from gis_grid.demo.facilities import Facilities
from gis_grid.demo.kinds import Bools, Floats, Ints, Texts
from gis_grid.demo.lines import points
from gis_grid.demo.rhythm import hour_weights
from gis_grid.demo.scenes import Scenes, make_scenes
from gis_grid.demo.site import Site
from gis_grid.demo.tables import chosen, layer_frame
from gis_grid.demo.worktime import make_clock, workdays

DAYS = 365
LAST_DAY = date(2025, 12, 31)
"""Of the record, unless another one is asked for."""

DUPLICATES = 0.07
DEFAULT_POINT = 0.003
REJECTED = 0.012
_OTHER_NAME = 0.4
_CLOCK_DAYS = 420
_LAST_S = DAYS * 86_400 - 1
_OPEN_STATES: Texts = np.array(["reported", "accepted", "filed", "dispatched", "handled"], object)


@dataclass(frozen=True, slots=True)
class Year:
    """The days of the record. At its end the city is as it was then: what was not closed is open.

    Examples
    --------
    >>> Year(LAST_DAY).first_day.isoformat(), Year(LAST_DAY).begins_at.isoformat()
    ('2025-01-01', '2024-12-31T16:00:00+00:00')
    >>> Year(date(2026, 3, 1)).after_new_year
    60
    """

    last_day: date

    @property
    def first_day(self) -> date:
        """Return the first of its 365 days."""
        return self.last_day - timedelta(days=DAYS - 1)

    @property
    def begins_at(self) -> datetime:
        """Return its first midnight in Asia/Shanghai."""
        first = self.first_day
        return datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=8)

    @property
    def after_new_year(self) -> int:
        """Return how many days after 1 January it begins."""
        return (self.first_day - self.first_day.replace(month=1, day=1)).days


@dataclass(frozen=True, slots=True)
class _Reports:
    """Reports as arrays, first ones and then those that repeat one of them."""

    case: Ints
    scene: Ints
    at_s: Ints
    first: Ints
    """Row of the report that each one repeats; -1."""

    def __len__(self) -> int:
        return len(self.case)


def make_incidents(
    site: Site, facilities: Facilities, count: int, rng: np.random.Generator, *, last_day: date
) -> gpd.GeoDataFrame:
    """Draw a year of incidents, up to a day, in the order in which they were reported."""
    year = Year(last_day)
    scenes = make_scenes(site, facilities, rng)
    reports = _in_order(_draw(scenes, count, year, rng))
    source = _sources(reports, rng)
    category, kind = _categories(reports, scenes, rng)
    due_s, closed_s = _deadlines(reports, scenes, year, rng)
    state, done = _states(reports, closed_s, rng)
    doubt = (rng.random(count) < DEFAULT_POINT) & (SOURCE_NAMES[source] == "hotline")
    spot = _spots(reports, scenes, source, doubt, rng)
    again = reports.first >= 0
    known = (scenes.facility[reports.scene] >= 0) & ~again & ~doubt
    code = _case_numbers(kind, category, reports.at_s, year)
    facility_code = facilities.frame["code"].to_numpy(object)[scenes.facility[reports.scene]]
    accuracy = np.array([s.stated_m for s in SOURCES])[source]
    columns = {
        "code": code,
        "kind": kind,
        "category": category,
        "state": state,
        "source": SOURCE_NAMES[source],
        "reported_at": instants(reports.at_s, year),
        "due_at": instants(due_s, year),
        "closed_at": instants(closed_s, year).where(done),
        "accuracy_m": (accuracy * rng.lognormal(0, 0.3, count)).round(1),
        "address": chosen(scenes.address[reports.scene], _has_address(source, rng)),
        "facility_code": chosen(facility_code, known),
        "duplicate_of": chosen(code[reports.first], again),
        "doubt": chosen(np.full(count, "default_point", object), doubt),
    }
    return layer_frame("incidents", points(site.ground.to_lonlat(spot).round(7)), columns)


def instants(at_s: Floats | Ints, year: Year) -> "pd.Series[pd.Timestamp]":
    """Return seconds after the first midnight of a year as UTC instants."""
    micro = np.round(np.asarray(at_s, np.float64)).astype("timedelta64[s]")
    start = np.datetime64(year.begins_at.replace(tzinfo=None), "us")
    moments = pd.DatetimeIndex(start + micro).as_unit("us")
    return moments.tz_localize("UTC").to_series(index=pd.RangeIndex(len(micro)))


def _draw(scenes: Scenes, count: int, year: Year, rng: np.random.Generator) -> _Reports:
    """Draw first reports case by case, and then some of them again, hours later."""
    n_again = int(count * DUPLICATES)
    n = count - n_again
    case = rng.choice(len(CASES), n, p=SHARE)
    scene, hour = np.zeros(n, np.int64), np.zeros(n, np.int64)
    workday = workdays(year.first_day, DAYS)
    for number, what in enumerate(CASES):
        mine = np.flatnonzero(case == number)
        weight = hour_weights(
            what.profile, what.weather, workday, rng, first_day=year.after_new_year
        )
        hour[mine] = _pick(weight, len(mine), rng)
        row, chance = scenes.of_case(number)
        scene[mine] = row[_pick(chance, len(mine), rng)]
    at = hour * 3600 + rng.integers(0, 3600, n)
    again = rng.choice(n, n_again)
    later = np.round(rng.exponential(5 * 3600, n_again)).astype(np.int64) + 240
    return _Reports(
        np.r_[case, case[again]],
        np.r_[scene, scene[again]],
        np.minimum(np.r_[at, at[again] + later], _LAST_S),
        np.r_[np.full(n, -1), again],
    )


def _pick(weight: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Draw positions with chances in proportion to `weight`."""
    total = np.cumsum(weight)
    row = np.searchsorted(total, rng.random(count) * total[-1], side="right")
    return np.asarray(np.minimum(row, len(total) - 1))


def _in_order(reports: _Reports) -> _Reports:
    order = np.lexsort((np.arange(len(reports)), reports.at_s))
    place = np.empty(len(reports) + 1, np.int64)
    place[order], place[-1] = np.arange(len(reports)), -1
    first = place[reports.first[order]]
    return _Reports(reports.case[order], reports.scene[order], reports.at_s[order], first)


def _sources(reports: _Reports, rng: np.random.Generator) -> Ints:
    first, again = ([getattr(s, k) for s in SOURCES] for k in ("first", "again"))
    chance = rng.random(len(reports))
    pick = [np.searchsorted(np.cumsum(p) / np.sum(p), chance, side="right") for p in (first, again)]
    return np.where(reports.first >= 0, pick[1], pick[0]).clip(0, len(SOURCES) - 1)


def _categories(reports: _Reports, scenes: Scenes, rng: np.random.Generator) -> tuple[Texts, Texts]:
    """Name what is reported; who reports it again may call it something else."""
    own = np.array([case.category for case in CASES], object)[reports.case]
    category = np.where(own == "", scenes.category[reports.scene], own)
    kind = np.array([case.kind for case in CASES], object)[reports.case]
    other = (reports.first >= 0) & (rng.random(len(reports)) < _OTHER_NAME)
    pick = rng.integers(0, 60, len(reports))
    for (this_kind, this_category), options in TAKEN_FOR.items():
        mine = np.flatnonzero(other & (kind == this_kind) & (category == this_category))
        other[mine] = False
        choice = pick[mine] % len(options)
        kind[mine] = np.array([k for k, _ in options], object)[choice]
        category[mine] = np.array([c for _, c in options], object)[choice]
    return category, kind


def _deadlines(
    reports: _Reports, scenes: Scenes, year: Year, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return when each report is due and when it is closed, by the clock of its case."""
    limit = LIMIT_H[reports.case] * 3600
    busy = 1 + 0.5 * (scenes.heat[reports.scene] > 2.5)  # noqa: PLR2004 - hot spots are slower
    took = limit * rng.lognormal(-1.2, 0.72, len(reports)) * busy
    took = np.where(reports.first >= 0, np.minimum(took, rng.exponential(5400, len(took))), took)
    clock, at = make_clock(year.first_day, _CLOCK_DAYS), reports.at_s.astype(np.float64)
    always = RUNS_ALWAYS[reports.case]
    due, closed = (np.where(always, at + span, clock.after(at, span)) for span in (limit, took))
    return due, np.maximum(np.round(closed), at + 60)


def _states(reports: _Reports, closed_s: Floats, rng: np.random.Generator) -> tuple[Texts, Bools]:
    """Return the state of each report at the end of the year, and whether it is done with.

    Repeated reports and some others are rejected; the rest is closed, or as far as its age says.
    """
    done = closed_s <= _LAST_S
    age = (_LAST_S - reports.at_s) / np.maximum(closed_s - reports.at_s, 1)
    step = np.clip((age * len(_OPEN_STATES)).astype(np.int64), 0, len(_OPEN_STATES) - 1)
    refused = (reports.first >= 0) | (rng.random(len(reports)) < REJECTED)
    state = np.where(done, np.where(refused, "rejected", "closed"), _OPEN_STATES[step])
    return np.asarray(state, object), done


def _spots(
    reports: _Reports, scenes: Scenes, source: Ints, doubt: Bools, rng: np.random.Generator
) -> Floats:
    """Return where each report says it is: off by the error of its source, or the default point."""
    error = np.array([s.error_m for s in SOURCES])[source]
    xy = scenes.spots(reports.scene, rng) + rng.standard_t(4, (len(reports), 2)) * error[:, None]
    return np.where(doubt[:, None], scenes.default_point, xy)


def _has_address(source: Ints, rng: np.random.Generator) -> Bools:
    return np.asarray(rng.random(len(source)) < np.array([s.with_address for s in SOURCES])[source])


def _case_numbers(kind: Texts, category: Texts, at_s: Ints, year: Year) -> Texts:
    """Write C or E, the minor class, the day and a running number of that day."""
    days = [(year.first_day + timedelta(days=k)).strftime("%Y%m%d") for k in range(DAYS)]
    day = np.array(days, object)[at_s // 86_400]
    letter = np.where(kind == "facility", "C", "E").astype(object)
    prefix = np.asarray(letter + category + day, object)
    return np.asarray(prefix + digits(running(prefix), 4), object)
