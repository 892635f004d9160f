"""What everybody may see: incidents counted by grid, so coarsely that nobody can be found.

The rule. Only grids of one level, the one above the ground, and only one period, the last twelve
whole months in the city's time. A count below five is not told, nor whether it is zero; any other
is rounded down to a multiple of five. There are no totals, no other levels and no filters, so there
are no two figures whose difference would be a small number; from one month to the next a figure
moves by steps of five.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import Territory
from gis_grid.geo.crs import LONLAT
from gis_grid.storage.city import CityStore
from gis_grid.storage.incident_counts import counts_by_grid
from gis_grid.storage.layers import LayerStore

STEP = 5
"""Counts below it are not told, others are rounded down to a multiple of it."""

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublicView:
    """Incidents by grid over a year."""

    grids: gpd.GeoDataFrame
    """`code`, `name`, `count` (multiple of 5, or NA) and geometry in EPSG:4326, by code."""

    level: str
    since: datetime
    until: datetime


def public_view(session: Session, land: Territory, *, now: datetime) -> PublicView:
    """Count what everybody may know.

    Parameters
    ----------
    session
        A database with a city.
    land
        Its grids.
    now
        In the time zone of the city.

    Raises
    ------
    NotFoundError
        Nobody has said which city this is.
    """
    scheme = CityStore(session).get().scheme
    level = scheme.levels[max(0, scheme.depth(scheme.ground) - 1)].key
    since, until = whole_months(now, MONTHS)
    held = counts_by_grid(session, since=since, until=until)
    frame = LayerStore(session).read("grids", level=level)
    counts = land.sums_at(level, held)
    told = [coarse(counts[code]) for code in frame["code"]]
    columns: dict[str, Any] = {
        "code": frame["code"],
        "name": frame["name"],
        "count": np.array(told, dtype=object),
    }
    grids = gpd.GeoDataFrame(columns, geometry=frame["geometry"].to_numpy(), crs=LONLAT)
    return PublicView(grids=grids, level=level, since=since, until=until)


def coarse(count: int) -> int | None:
    """Return a count as everybody may know it.

    Examples
    --------
    >>> [coarse(count) for count in (0, 4, 5, 9, 10, 1234)]
    [None, None, 5, 5, 10, 1230]
    """
    return None if count < STEP else count - count % STEP


def whole_months(now: datetime, months: int) -> tuple[datetime, datetime]:
    """Return the beginning of the month `months` ago, and of this one.

    Examples
    --------
    >>> from datetime import UTC
    >>> [one.date().isoformat() for one in whole_months(datetime(2026, 3, 31, tzinfo=UTC), 12)]
    ['2025-03-01', '2026-03-01']
    """
    until = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month = until.month - 1 - months
    return until.replace(year=until.year + month // 12, month=month % 12 + 1), until
