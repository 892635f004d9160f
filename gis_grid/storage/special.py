"""Special grids (专属网格) of a city: whole sets, each valid until the next one begins."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.errors import ConflictError, InputError
from gis_grid.geo.crs import LONLAT
from gis_grid.grid.generations import require_aware
from gis_grid.storage.audit import record
from gis_grid.storage.database import begin_to_write
from gis_grid.storage.tables import special_grid, special_set
from gis_grid.storage.versions import count_topic

TOPIC = "special"
"""What the counter of the sets and their entries in the audit log are called."""

COLUMNS: Mapping[str, type] = MappingProxyType(
    {"code": object, "name": object, "priority": float, "tolerance_m": float}
)


class SpecialStore:
    """The special grids of one session. It never commits; whoever opened the session does."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def number(self, at: datetime | None = None) -> int:
        """Return the number of the set that is valid at a moment, by default the newest.

        0 stands for none: before the first one.

        Raises
        ------
        InputError
            `at` has no time zone.
        StorageError
            The database cannot be read.
        """
        newest: Select[Any] = select(func.coalesce(func.max(special_set.c.number), 0))
        if at is not None:
            require_aware(at, "moment")
            newest = newest.where(special_set.c.valid_from <= at)
        number: int = self._session.scalars(newest).one()
        return number

    def put(self, frame: gpd.GeoDataFrame, *, valid_from: datetime) -> int:
        """Make a set the valid one and return its number; no rows end the set before.

        Nothing happens when the newest set is the same.

        Parameters
        ----------
        frame
            In EPSG:4326 with `code`, `name`, `priority` and `tolerance_m`, polygons and lines, as
            `gis_grid.router.special.SpecialIndex.build` takes them.
        valid_from
            When it begins, with a time zone.

        Raises
        ------
        InputError
            A code occurs twice, a shape or a code is missing, or `valid_from` has no time zone.
        ConflictError
            The set before begins later.
        StorageError
            The database cannot be written.
        """
        require_aware(valid_from, "start of the special grids")
        rows = _rows(frame)
        connection = self._session.connection()
        begin_to_write(connection)
        count_topic(connection, TOPIC)  # whoever writes next waits here
        before = self.number()
        if digest(self.get(before)) == digest(frame):
            return before
        newest = select(func.max(special_set.c.valid_from))
        began = self._session.scalars(newest).one()
        if began is not None and began >= valid_from:
            msg = f"the special grids before are valid from {began.isoformat()}; begin later"
            raise ConflictError(msg)
        number = before + 1
        self._session.execute(insert(special_set).values(number=number, valid_from=valid_from))
        if rows:
            self._session.execute(insert(special_grid), [row | {"set": number} for row in rows])
        after = {"set": number, "rows": len(rows), "sha256": digest(frame)}
        record(self._session, Change(action="load", layer=TOPIC, after=after))
        return number

    def get(self, number: int) -> gpd.GeoDataFrame:
        """Return a set in EPSG:4326, ordered by code; without rows when there is none."""
        columns = [special_grid.c[name] for name in (*COLUMNS, "geometry")]
        wanted = select(*columns).where(special_grid.c.set == number).order_by(special_grid.c.code)
        found = self._session.execute(wanted).all()
        table = {
            name: pd.Series([row[at] for row in found], dtype=kind)
            for at, (name, kind) in enumerate(COLUMNS.items())
        }
        return gpd.GeoDataFrame(table, geometry=[row[-1] for row in found], crs=LONLAT)

    def names(self) -> dict[str, str | None]:
        """Return the code and the name of every special grid of the newest set, by code."""
        wanted = select(special_grid.c.code, special_grid.c.name)
        wanted = wanted.where(special_grid.c.set == self.number()).order_by(special_grid.c.code)
        return {code: name for code, name in self._session.execute(wanted)}  # noqa: C416 - typed

    def shapes(self, codes: Collection[str]) -> dict[str, BaseGeometry]:
        """Return the shapes of some special grids of the newest set, by code, in EPSG:4326."""
        wanted = select(special_grid.c.code, special_grid.c.geometry)
        wanted = wanted.where(
            special_grid.c.set == self.number(), special_grid.c.code.in_(sorted(codes))
        )
        return {code: shape for code, shape in self._session.execute(wanted)}  # noqa: C416 - typed


class GivenSpecial:
    """Special grids that go before those of the database; read like those, never written."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        """Keep a set as `SpecialStore.get` returns it, and its checksum."""
        self._frame = frame.sort_values("code", ignore_index=True)
        self.digest = digest(self._frame)

    def number(self, at: datetime | None = None) -> int:
        """Return 0, which no set of a database has; they are valid at every moment.

        Raises
        ------
        InputError
            `at` has no time zone.
        """
        if at is not None:
            require_aware(at, "moment")
        return 0

    def get(self, _number: int = 0) -> gpd.GeoDataFrame:
        """Return them in EPSG:4326, ordered by code."""
        return self._frame.copy()

    def names(self) -> dict[str, str | None]:
        """Return the code and the name of every one, by code."""
        names = [None if pd.isna(name) else str(name) for name in self._frame["name"]]
        return dict(zip(self._frame["code"], names, strict=True))

    def shapes(self, codes: Collection[str]) -> dict[str, BaseGeometry]:
        """Return the shapes of some, by code, in EPSG:4326."""
        wanted = self._frame[self._frame["code"].isin(list(codes))]
        return dict(zip(wanted["code"], wanted.geometry, strict=True))


def special_of(session: Session, given: GivenSpecial | None = None) -> SpecialStore | GivenSpecial:
    """Return the special grids that count: those that were given, else those of the database."""
    return SpecialStore(session) if given is None else given


def digest(frame: gpd.GeoDataFrame) -> str:
    """Return a checksum of a set, whatever the order of its rows."""
    rows = sorted(
        (row["code"], row["name"], row["priority"], row["tolerance_m"], row["geometry"].wkb_hex)
        for row in _rows(frame)
    )
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _rows(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    shapes = np.asarray(shapely.force_2d(frame.geometry.to_numpy()), object)
    codes = frame["code"].tolist()
    bad = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if bad.any():
        msg = f"special grid {codes[int(np.argmax(bad))]!r} has no shape; draw it or leave it out"
        raise InputError(msg)
    if len(set(codes)) < len(codes) or not all(codes):
        msg = "every special grid needs a code of its own"
        raise InputError(msg)
    return [
        {
            "code": str(code),
            "name": None if name is None or name != name else str(name),  # noqa: PLR0124 - NaN
            "priority": float(priority),
            "tolerance_m": float(tolerance_m),
            "geometry": shape,
        }
        for code, name, priority, tolerance_m, shape in zip(
            codes, frame["name"], frame["priority"], frame["tolerance_m"], shapes, strict=True
        )
    ]
