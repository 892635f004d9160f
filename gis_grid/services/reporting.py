"""Reports: reading what a kind needs from the database or a file, and drawing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.errors import NotFoundError
from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.maps.page import Page
from gis_grid.maps.reports.incident_report import MOST
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Kind, Options, Windowed
from gis_grid.maps.reports.vocabulary import vocabularies
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import require_schema, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.incidents import cell_counts, last_reported_at, recent_or_open
from gis_grid.storage.layers import LayerStore

UNNAMED = "未命名的城市"
"""What a city is called before somebody names it."""

Told = Callable[[int, int | None], None]
Reader = Callable[[Session, Options, Area], pd.DataFrame]
NOTHING: Mapping[str, Reader] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a reader of material has to know."""

    session: Session
    since: datetime | None
    until: datetime | None
    at: datetime | None
    area: Area


def page_from_database(  # noqa: PLR0913 - what, when and where
    engine: Engine,
    kind: Kind,
    options: Options,
    *,
    now: datetime,
    at: datetime | None = None,
    area: Area = EVERYWHERE,
    progress: Told | None = None,
    frames: Mapping[str, Reader] = NOTHING,
) -> Page:
    """Draw a report of what the database holds, read in one transaction.

    Parameters
    ----------
    engine
        A database with the tables of this version; it may be empty.
    kind, options
        What to draw, and how.
    now
        When it is drawn, with a time zone.
    at
        Moment with a time zone whose generation of grids is meant; None for the current one.
    area
        Only what lies in these grids; the base map is always there.
    progress
        Told after every step how many of how many are done.
    frames
        How material is read that is neither a layer nor known here, by name.

    Raises
    ------
    InputError
        The options do not fit what is there.
    NotFoundError
        No generation was valid at that moment.
    StorageError
        The database cannot be read.
    """
    require_schema(engine)
    tell = progress or _silent
    steps = len(kind.needs) + 1
    with sessions(engine).begin() as session:
        wanted = _wanted(session, options, at, area)
        held, doubted = {}, 0
        for step, name in enumerate(kind.needs):
            tell(step, steps)
            if name in frames:
                held[name] = frames[name](session, options, area)
                continue
            held[name] = _READERS.get(name, _layer)(wanted, name)
            doubted += int(held[name].attrs.get("doubted", 0))
        city, generation = _city(session), _generation(session, at)
    tell(len(kind.needs), steps)
    material = Material(
        city=city.name if city else UNNAMED,
        scheme=city.scheme if city else FIVE_LEVEL,
        frames=held,
        generation=generation,
        drawn_at=now,
        vocabularies=vocabularies(),
        since=wanted.since,
        until=wanted.until,
        doubted=doubted,
    )
    page = kind.page(material, options)
    tell(steps, steps)
    return page


def moment_of(engine: Engine, generation: int) -> datetime:
    """Return the first instant of a generation, by its number.

    Raises
    ------
    NotFoundError
        There is no such generation; the message names those there are.
    """
    with sessions(engine).begin() as session:
        held = GenerationStore(session).all()
    for one in held:
        if one.number == generation:
            return one.valid_from
    numbers = ", ".join(str(one.number) for one in held) or "none"
    message = f"there is no generation {generation}; there are {numbers}"
    raise NotFoundError(message)


def _silent(_done: int, _total: int | None) -> None:
    """Tell nobody."""


def _wanted(session: Session, options: Options, at: datetime | None, area: Area) -> _Wanted:
    until = None
    if isinstance(options, Windowed):
        until = last_reported_at(session, area=area)
    since = None
    if until is not None and isinstance(options, Windowed):
        since = until - timedelta(days=options.days)
    return _Wanted(session=session, since=since, until=until, at=at, area=area)


def _layer(wanted: _Wanted, name: str) -> pd.DataFrame:
    at = wanted.at if name == "grids" else None
    return LayerStore(wanted.session).read(name, at=at, area=wanted.area)


def _incidents(wanted: _Wanted, name: str) -> pd.DataFrame:
    if wanted.since is None or wanted.until is None:
        return LayerStore(wanted.session).read(name, limit=1).iloc[:0]
    return recent_or_open(
        wanted.session, since=wanted.since, until=wanted.until, most=MOST, area=wanted.area
    )


def _cells(wanted: _Wanted, _: str) -> pd.DataFrame:
    if wanted.since is None or wanted.until is None:
        return pd.DataFrame({"cell": np.zeros(0, np.int64), "count": np.zeros(0, np.int64)})
    found = cell_counts(wanted.session, since=wanted.since, until=wanted.until, area=wanted.area)
    frame = pd.DataFrame({"cell": found.cells, "count": found.counts})
    frame.attrs["doubted"] = found.doubted
    return frame


_READERS: Mapping[str, Callable[[_Wanted, str], pd.DataFrame]] = MappingProxyType(
    {"incidents": _incidents, "incident_cells": _cells}
)
"""Material that is not simply a layer. A kind that needs something new adds its reader here."""


def _city(session: Session) -> City | None:
    try:
        return CityStore(session).get()
    except NotFoundError:
        return None


def _generation(session: Session, at: datetime | None) -> Generation | None:
    store = GenerationStore(session)
    return store.current() if at is None else store.at(at)
