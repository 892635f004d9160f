"""What is worth a look in a span of days: the hot spot, and grids out of the ordinary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area, Territory
from gis_grid.geo.crs import metric_epsg, to_metric
from gis_grid.incidents.unusual import unusual
from gis_grid.maps.heat import heat_of
from gis_grid.maps.hotspots import HotSpot, hot_spot
from gis_grid.router import cells as h3cells
from gis_grid.storage.incident_counts import counts_by_grid, reports_in_cells
from gis_grid.storage.incident_times import ALL, Choice
from gis_grid.storage.incidents import cell_counts
from gis_grid.storage.layers import LayerStore

USUAL_DAYS = 84
"""What is usual is told from so many days before: twelve whole weeks."""

LEAST_DAYS = 28
"""A shorter time before tells nothing about what is usual."""

WEEKS, WEEK = 12, timedelta(days=7)
SHOWN = 12
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A grid whose count is out of the ordinary."""

    code: str
    name: str | None
    count: int
    expected: float
    """What it had before, for as many days."""

    low: float
    high: float
    """95 % interval of the count (Poisson)."""

    chance: float
    compared: int
    """1 far more than before, -1 far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hot:
    """The hot spot with its last twelve weeks."""

    spot: HotSpot
    resolution: int
    lon: float
    lat: float
    weeks: Sequence[int]
    """Incidents of each week up to the end of the span, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What is worth a look."""

    hot: Hot | None
    grids: Sequence[Standing]
    """The least likely first, at most `SHOWN`."""

    more: int
    """Grids out of the ordinary that are not listed."""

    compared: int
    """Grids that were compared."""

    usual_days: int | None
    """How many days before the span say what is usual; None when the record is too short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which days: from an instant, before another one, and since when there are reports."""

    since: datetime
    until: datetime
    recorded_since: datetime

    @property
    def days(self) -> int:
        """Return how many whole days it has."""
        return round((self.until - self.since) / timedelta(days=1))

    @property
    def usual_days(self) -> int | None:
        """Return how many days before it say what is usual; None for too few."""
        known = (self.since - self.recorded_since) // timedelta(days=1)
        days = min(USUAL_DAYS, known)
        return days if days >= LEAST_DAYS else None


def attention(  # noqa: PLR0913 - where, when and which
    session: Session,
    land: Territory,
    asked: Asked,
    *,
    ground: str,
    wide: str,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> Attention:
    """Return the hot spot of a span, and the ground grids that differ from what they had before.

    Parameters
    ----------
    session
        The database.
    land
        The grids of the current generation.
    asked
        Which days.
    ground, wide
        Key of the level that owns incidents, and of one with few grids that holds its ground.
    choice, area
        Which incidents, and where.
    """
    grids, compared = _standing(session, land, asked, ground, choice, area)
    return Attention(
        hot=_hot(session, asked, wide, choice, area),
        grids=grids[:SHOWN],
        more=max(0, len(grids) - SHOWN),
        compared=compared,
        usual_days=asked.usual_days,
    )


def _standing(
    session: Session, land: Territory, asked: Asked, ground: str, choice: Choice, area: Area
) -> tuple[list[Standing], int]:
    days = asked.usual_days
    if days is None:
        return [], 0
    start = asked.since - timedelta(days=days)
    spans = ((asked.since, asked.until), (start, asked.since))
    now, before = (
        land.sums_at(
            ground, counts_by_grid(session, since=since, until=until, choice=choice, area=area)
        )
        for since, until in spans
    )
    codes = [
        str(code)
        for code, level in zip(land.tree.codes, land.tree.levels, strict=True)
        if level == ground and code in area
    ]
    count = [now.get(code, 0) for code in codes]
    found = unusual(
        count, [before.get(code, 0) for code in codes], now_days=asked.days, before_days=days
    )
    told = np.flatnonzero(found.compared)
    order = told[np.lexsort((told, found.chance[told]))]
    names = _names(session, [codes[row] for row in order[:SHOWN]])
    return [
        Standing(
            code=codes[row],
            name=names.get(codes[row]),
            count=count[row],
            expected=float(found.expected[row]),
            low=float(found.low[row]),
            high=float(found.high[row]),
            chance=float(found.chance[row]),
            compared=int(found.compared[row]),
        )
        for row in order.tolist()
    ], len(codes)


def _names(session: Session, codes: Sequence[str]) -> dict[str, str]:
    store = LayerStore(session)
    names = {code: store.get("grids", code)["name"].iloc[0] for code in codes}
    return {code: name for code, name in names.items() if isinstance(name, str)}


def _hot(session: Session, asked: Asked, wide: str, choice: Choice, area: Area) -> Hot | None:
    until = asked.until - _INSTANT
    counted = cell_counts(session, since=asked.since, until=until, choice=choice, area=area)
    heat = heat_of(counted.cells, counted.counts)
    if not counted.cells.size:
        return None
    owners, row = np.unique(h3cells.parents(counted.cells, heat.resolution), return_inverse=True)
    sums = np.bincount(row, weights=counted.counts, minlength=owners.size).astype(np.int64)
    spot = hot_spot(owners, sums, land_m2=_land_m2(session, wide, area))
    if spot is None:
        return None
    low, high = h3cells.ranges([spot.cell])
    cells = int(low[0]), int(high[0])
    begin = asked.until - WEEKS * WEEK
    reports = reports_in_cells(
        session, cells, since=begin, until=asked.until, choice=choice, area=area
    )
    weeks = [0] * WEEKS
    for moment in reports:
        weeks[(moment - begin) // WEEK] += 1
    lon, lat = h3cells.centres([spot.cell])
    return Hot(
        spot=spot,
        resolution=heat.resolution,
        lon=float(lon[0]),
        lat=float(lat[0]),
        weeks=weeks,
    )


def _land_m2(session: Session, level: str, area: Area) -> float:
    frame = LayerStore(session).read("grids", level=level, area=area) if level else None
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return 0.0
    west, south, east, north = frame.total_bounds
    epsg = metric_epsg(lon=(west + east) / 2, lat=(south + north) / 2)
    return float(shapely.area(to_metric(frame, epsg=epsg).geometry.to_numpy()).sum())
