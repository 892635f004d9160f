"""Find what somebody looks for: a grid, a house, a lamp by its number, coordinates, a cell."""

from collections.abc import Iterable, Iterator

import shapely
from sqlalchemy.orm import Session

from gis_grid.errors import InputError
from gis_grid.locating.coordinates import Reading, readings
from gis_grid.locating.question import Question, understand
from gis_grid.locating.ranking import Fit, likeness
from gis_grid.router.cells import boundaries
from gis_grid.services.searching.candidates import Candidate, Scope, candidates, similar
from gis_grid.services.searching.showing import Found, show
from gis_grid.storage.scoping import EVERYWHERE, Area
from gis_grid.storage.special import GivenSpecial

LIMIT, MOST = 10, 50
"""Results that are given when nobody says how many, and at most."""

ORDER = (
    *(
        "grids",
        "special",
        "entrances",
        "buildings",
        "streets",
        "places",
        "facilities",
        "cameras",
        "gates",
    ),
    *("speakers", "landcover", "incidents"),
)
"""Layers in the order in which equally good candidates are given."""


def find(
    session: Session,
    text: str,
    *,
    area: Area = EVERYWHERE,
    limit: int = LIMIT,
    special: GivenSpecial | None = None,
) -> list[Found]:
    """Return what a text may mean, the likeliest first.

    Parameters
    ----------
    session
        A database with the tables of this version.
    text
        A code or its beginning, a name or a part of it, a number as it is painted or its last
        digits, an address, coordinates in any datum, an H3 cell.
    area
        Only features in it.
    limit
        At most so many, 1 to 50.
    special
        Special grids of a file, which go before those of the database.

    Returns
    -------
    list of Found
        The same on both databases; empty when nothing fits.

    Raises
    ------
    InputError
        `limit` is out of range.
    StorageError
        The database cannot be read.
    """
    if not 1 <= limit <= MOST:
        msg = f"limit {limit} is not between 1 and {MOST}"
        raise InputError(msg)
    points = [_coordinate(reading) for reading in readings(text)]
    if points:
        return points[:limit]
    asked, scope = understand(text), Scope(session, area, special)
    best = _best(asked, candidates(scope, asked)) or _best(asked, similar(scope, asked.whole))
    cells = list(_cells(asked))
    return cells + show(session, best, limit=limit - len(cells), special=special)


def _best(asked: Question, found: Iterable[Candidate]) -> list[Candidate]:
    """Return each feature once, the best fit first."""
    best: dict[tuple[str, str], Candidate] = {}
    for one in found:
        key = (one.layer, one.code)
        if key not in best or one.fit < best[key].fit:
            best[key] = one
    return sorted(best.values(), key=lambda one: _rank(asked, one))


def _rank(asked: Question, one: Candidate) -> tuple[int, float, int, int, str, str]:
    name = one.known.get("name") or ""
    if one.fit in {Fit.CODE, Fit.CODE_BEGINS}:
        return (int(one.fit), len(one.code), ORDER.index(one.layer), 0, "", one.code)
    alike = likeness(asked.whole, one.known["address"] if one.layer == "buildings" else name)
    return (int(one.fit), -alike, ORDER.index(one.layer), len(name), name, one.code)


def _coordinate(reading: Reading) -> Found:
    lon, lat = reading.given
    return Found(
        kind="coordinate",
        layer=None,
        code=f"{lon:.6f},{lat:.6f}",
        name=f"{lon:.6f}, {lat:.6f}",
        note="",
        lon=reading.lon,
        lat=reading.lat,
        datum=reading.datum.value,
        apart_m=None if reading.stated else round(reading.apart_m, 1),
    )


def _cells(asked: Question) -> Iterator[Found]:
    if asked.cell is None:
        return
    try:
        outline = boundaries([int(asked.cell, 16)])[0]
    except InputError:
        return
    middle = shapely.centroid(outline)
    west, south, east, north = shapely.bounds(outline).tolist()
    yield Found(
        kind="cell",
        layer=None,
        code=asked.cell,
        name=asked.cell,
        note="",
        lon=shapely.get_x(middle),
        lat=shapely.get_y(middle),
        bbox=(west, south, east, north),
    )
