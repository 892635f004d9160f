"""Kinds of incidents: what is reported, where, when, by whom, and how long handling may take."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from gis_grid.demo.kinds import Floats, Texts


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of incident."""

    kind: str
    """facility or event."""

    category: str
    """Minor class; empty is any facility that has no case of its own."""

    where: str
    """facility, street or house."""

    share: float
    limit: float
    unit: str
    """urgent_hour runs at night and on holidays; work_hour and work_day only while people work."""

    profile: str
    weather: str = ""


CASES = (
    Case("facility", "0102", "facility", 4, 6, "urgent_hour", "work"),
    Case("facility", "0103", "facility", 3, 6, "urgent_hour", "work"),
    Case("facility", "0114", "facility", 0.6, 6, "urgent_hour", "work"),
    Case("facility", "0118", "facility", 7, 2, "work_day", "night"),
    Case("facility", "0305", "facility", 6, 8, "work_hour", "work"),
    Case("facility", "", "facility", 5, 5, "work_day", "work"),
    Case("event", "0101", "house", 2, 15, "work_day", "work"),
    Case("event", "0102", "street", 12, 4, "work_hour", "work"),
    Case("event", "0103", "house", 6, 2, "work_day", "work"),
    Case("event", "0104", "street", 8, 4, "work_hour", "work"),
    Case("event", "0106", "house", 3, 1, "work_day", "work"),
    Case("event", "0110", "street", 2, 7, "work_day", "work"),
    Case("event", "0201", "house", 4, 1, "work_day", "work"),
    Case("event", "0205", "street", 1.2, 3, "work_day", "work"),
    Case("event", "0304", "street", 1.5, 4, "work_hour", "work"),
    Case("event", "0402", "street", 0.5, 12, "urgent_hour", "flat", "snow"),
    Case("event", "0404", "house", 3, 24, "urgent_hour", "flat", "rain"),
    Case("event", "0406", "street", 2, 4, "urgent_hour", "flat", "rain"),
    Case("event", "0407", "street", 1.5, 8, "urgent_hour", "work", "snow"),
    Case("event", "0501", "street", 7, 3, "work_hour", "evening"),
    Case("event", "0504", "street", 6, 8, "work_hour", "evening"),
    Case("event", "0505", "street", 11, 4, "work_hour", "peaks"),
    Case("event", "0506", "street", 6, 4, "work_hour", "peaks"),
    Case("event", "0508", "house", 4, 1, "work_day", "late"),
    Case("event", "0510", "street", 2, 4, "urgent_hour", "late"),
)
SHARE: Floats = np.array([case.share for case in CASES]) / sum(case.share for case in CASES)

TAKEN_FOR: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        ("facility", "0102"): (("facility", "0103"), ("event", "0404")),
        ("facility", "0103"): (("facility", "0102"), ("event", "0406")),
        ("facility", "0114"): (("facility", "0102"), ("facility", "0103")),
        ("facility", "0305"): (("event", "0102"),),
        ("event", "0102"): (("event", "0103"), ("event", "0104"), ("facility", "0305")),
        ("event", "0103"): (("event", "0102"),),
        ("event", "0104"): (("event", "0102"),),
        ("event", "0406"): (("event", "0404"), ("facility", "0103")),
        ("event", "0501"): (("event", "0504"),),
        ("event", "0504"): (("event", "0501"),),
        ("event", "0505"): (("event", "0506"),),
        ("event", "0506"): (("event", "0505"),),
    }
)
"""(kind, category) -> what a second reporter may call the same thing."""

_WORKDAY_H = 8.0
_HOURS = {"urgent_hour": 1.0, "work_hour": 1.0, "work_day": _WORKDAY_H}
LIMIT_H: Floats = np.array([case.limit * _HOURS[case.unit] for case in CASES])
RUNS_ALWAYS = np.array([case.unit == "urgent_hour" for case in CASES])


@dataclass(frozen=True, slots=True)
class Source:
    """Who reports: how often first, how often again, and how well the place is known."""

    name: str
    first: float
    again: float
    error_m: float
    stated_m: float
    """Accuracy stated with the report; NaN when none is."""

    with_address: float


SOURCES = (
    Source("collector", 0.51, 0.15, 4, 5, 0.0),
    Source("app", 0.16, 0.35, 11, 15, 0.5),
    Source("hotline", 0.20, 0.42, 28, np.nan, 0.95),
    Source("camera", 0.10, 0.05, 2, 3, 0.0),
    Source("sensor", 0.02, 0.0, 1, 1, 0.0),
    Source("open311", 0.01, 0.03, 15, 20, 0.6),
)
SOURCE_NAMES: Texts = np.array([source.name for source in SOURCES], object)
