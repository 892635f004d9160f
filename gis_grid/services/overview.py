"""What those who look at the whole city see: sums, and where incidents are many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.errors import NotFoundError
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.maps.classes import Counts
from gis_grid.maps.density import BANDWIDTH_M, Density, density_of
from gis_grid.maps.heat import Heat, heat_of
from gis_grid.standards.tables import event_categories, facility_categories, place_kinds
from gis_grid.storage.city import CityStore
from gis_grid.storage.incident_times import ALL, Choice
from gis_grid.storage.incidents import YEAR, cell_counts, last_reported_at
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.overview import level_sums, overdue_count, state_counts
from gis_grid.values.layers import LAYERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How much of everything there is in an area."""

    layers: Mapping[str, int]
    """Features of each layer."""

    states: Mapping[str, int]
    """Incidents in each state; a state without any is left out."""

    overdue: int
    """Incidents somebody still works on though their time is over."""

    ground_grids: int
    """Grids of the ground level."""

    ground_inhabited: int
    """Those in which somebody lives."""

    ground_households: int | None
    """Households in them; None when nobody counted any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanOfHeat:
    """Incidents of a time, counted in cells."""

    heat: Heat
    since: datetime | None
    until: datetime | None
    """Both included; None without any incident."""

    doubted: int
    """Incidents of that time whose point is not believed; they are in no cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanOfDensity:
    """Incidents of a time, as a density."""

    density: Density
    since: datetime | None
    until: datetime | None
    """Both included; None without any incident."""

    doubted: int
    """Incidents of that time whose point is not believed; they count nowhere."""


def sums_of(session: Session, *, now: datetime, area: Area = EVERYWHERE) -> Sums:
    """Count the features of every layer and the incidents in every state."""
    store, ground = LayerStore(session), ground_level(session)
    grids, inhabited, households = level_sums(session, level=ground, area=area)
    return Sums(
        layers={name: store.count(name, area=area) for name in LAYERS},
        states=state_counts(session, area=area),
        overdue=overdue_count(session, now=now, area=area),
        ground_grids=grids,
        ground_inhabited=inhabited,
        ground_households=households,
    )


def heat_within(
    session: Session,
    span: tuple[datetime, datetime] | None = None,
    *,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
    resolution: int | None = None,
    breaks: Sequence[int] | None = None,
) -> SpanOfHeat:
    """Count incidents in H3 cells that suit the city.

    Parameters
    ----------
    session
        The database.
    span
        From, and until, both included; the last 365 days of the record when None.
    choice, area
        Which incidents, and where.
    resolution, breaks
        As for `maps.heat.heat_of`.
    """
    counted = _counted(session, span, choice=choice, area=area)
    heat = heat_of(counted.cells, counted.counts, resolution=resolution, breaks=breaks)
    return SpanOfHeat(heat=heat, since=counted.since, until=counted.until, doubted=counted.doubted)


def density_within(
    session: Session,
    span: tuple[datetime, datetime] | None = None,
    *,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
    bandwidth_m: float = BANDWIDTH_M,
    breaks: Sequence[float] | None = None,
) -> SpanOfDensity:
    """Return the kernel density of incidents.

    Parameters
    ----------
    session, span, choice, area
        As for `heat_within`.
    bandwidth_m, breaks
        As for `maps.density.density_of`.

    Raises
    ------
    InputError
        The bandwidth is out of range, or too narrow for the city.
    """
    counted = _counted(session, span, choice=choice, area=area)
    density = density_of(counted.cells, counted.counts, bandwidth_m=bandwidth_m, breaks=breaks)
    return SpanOfDensity(
        density=density, since=counted.since, until=counted.until, doubted=counted.doubted
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    cells: Counts
    counts: Counts
    doubted: int
    since: datetime | None
    until: datetime | None


def _counted(
    session: Session, span: tuple[datetime, datetime] | None, *, choice: Choice, area: Area
) -> _Counted:
    """Count the incidents of a span, or of the last year of the record, in cells."""
    if span is None:
        until = last_reported_at(session, area=area)
        if until is None:
            none = np.zeros(0, np.int64)
            return _Counted(cells=none, counts=none, doubted=0, since=None, until=None)
        span = until - YEAR, until
    found = cell_counts(session, since=span[0], until=span[1], choice=choice, area=area)
    return _Counted(
        cells=found.cells,
        counts=found.counts,
        doubted=found.doubted,
        since=span[0],
        until=span[1],
    )


def ground_level(session: Session) -> str:
    """Return the key of the level that owns incidents; that of FIVE_LEVEL without a city."""
    try:
        return CityStore(session).get().scheme.ground
    except NotFoundError:
        return FIVE_LEVEL.ground


@cache
def category_names() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Return the Chinese and the English name of every category, by layer and code.

    ``incidents`` are events; an incident about a facility carries the category of the facility.
    """
    tables = {
        "facilities": (facility_categories(), "code"),
        "incidents": (event_categories(), "code"),
        "places": (place_kinds(), "key"),
    }
    return {
        layer: {
            str(code): (str(zh), str(en))
            for code, zh, en in zip(table[key], table["name_zh"], table["name_en"], strict=True)
        }
        for layer, (table, key) in tables.items()
    }
