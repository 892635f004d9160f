"""The features of a city in and out of the database, as frames."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import itemgetter
from typing import Any

import pandas as pd
import shapely
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from gis_grid.errors import InputError, NotFoundError
from gis_grid.storage import audit_layers, search_terms
from gis_grid.storage.bulk import CHUNK
from gis_grid.storage.columns import to_frame
from gis_grid.storage.frames import Frame, conform, layer_of
from gis_grid.storage.merging import Stored, merge
from gis_grid.storage.queries import (
    AT_ONCE,
    Bbox,
    Where,
    conditions,
    in_ranges,
    reported,
    rows,
    wanted_fields,
)
from gis_grid.storage.scoping import EVERYWHERE, Area, inside
from gis_grid.storage.tables import table_of
from gis_grid.storage.versions import count_change
from gis_grid.values.layers import GRIDS, Layer


class LayerStore:
    """The layers of one session. It never commits; whoever opened the session does.

    Every frame is in EPSG:4326, ordered by code (by code point, on both databases), with the
    fields of its layer in order, then ``geometry``; types are those of `frames.DTYPES`: missing
    text is NaN, missing integers and flags NA, missing instants and days NaT, a missing `cell` 0,
    a missing point None. Instants are in UTC. Personal data is left out unless `private` is given.
    Grids are those of the current generation unless `at` names a moment. With an `area` only what
    lies in it is there at all (`storage.scoping.inside`): elsewhere there is nothing to be found.
    """

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    @property
    def _dialect(self) -> str:
        return self._session.get_bind().dialect.name

    def count(self, layer: str | Layer, *, area: Area = EVERYWHERE) -> int:
        """Return how many features a layer has in an area.

        Raises
        ------
        NotFoundError
            There is no such layer.
        """
        layer = layer_of(layer)
        statement = select(func.count()).select_from(table_of[layer.name])
        statement = statement.where(*conditions(layer, Where(), self._dialect))
        scope = inside(layer, area, seek=True)
        statement = statement if scope is None else statement.where(scope)
        return self._session.scalars(statement).one()

    def codes(self, layer: str | Layer, *, area: Area = EVERYWHERE) -> list[str]:
        """Return the codes of a layer in order.

        Raises
        ------
        NotFoundError
            There is no such layer.
        """
        layer = layer_of(layer)
        code = table_of[layer.name].c.code
        where = conditions(layer, Where(area=area), self._dialect)
        return list(self._session.scalars(select(code).where(*where).order_by(code)))

    def read(  # noqa: PLR0913 - the filters of every list of the service
        self,
        layer: str | Layer,
        *,
        bbox: Bbox | None = None,
        level: str | None = None,
        at: datetime | None = None,
        category: str | None = None,
        grid_code: str | None = None,
        after: str | None = None,
        limit: int | None = None,
        private: bool = False,
        area: Area = EVERYWHERE,
    ) -> Frame:
        """Return the features that fit, ordered by code.

        Parameters
        ----------
        layer
            Name of the layer.
        bbox
            West, south, east, north in degrees; keeps what it intersects, its border included.
        level
            Level of grids.
        at
            Moment with a time zone whose generation of grids is meant; before the first one there
            are no grids.
        category, grid_code
            Keep what has this value.
        after
            Only codes behind this one: the last code of the page before.
        limit
            At most so many features.
        private
            With personal data.
        area
            Only what lies in it.

        Returns
        -------
        GeoDataFrame in EPSG:4326, or DataFrame for officers
            Without a fit it has no rows but all columns.

        Raises
        ------
        NotFoundError
            There is no such layer.
        InputError
            The layer cannot be chosen by that, or a filter makes no sense.
        """
        layer = layer_of(layer)
        where = Where(
            bbox=bbox, level=level, at=at, category=category, grid_code=grid_code, area=area
        )
        where.require_fit(layer)
        if limit is not None and limit < 1:
            msg = f"limit {limit} is too small; ask for 1 or more"
            raise InputError(msg)
        statement = rows(layer, where, self._dialect, private=private)
        if bbox is None or layer.geometry == "POINT":
            return self._page(layer, statement, after, limit, private=private)
        return self._in_box(layer, statement, bbox, after, limit)

    def get(
        self,
        layer: str | Layer,
        code: str,
        *,
        at: datetime | None = None,
        private: bool = False,
        area: Area = EVERYWHERE,
    ) -> Frame:
        """Return the feature with this code, as a frame of one row.

        Raises
        ------
        NotFoundError
            There is no such feature, or none at that moment or in that area; or no such layer.
        InputError
            The layer has no generations, or the moment has no time zone.
        """
        layer = layer_of(layer)
        where = Where(at=at, area=area)
        where.require_fit(layer)
        statement = rows(layer, where, self._dialect, private=private)
        statement = statement.where(table_of[layer.name].c.code == code)
        found = self._page(layer, statement, None, None, private=private)
        if not len(found):
            then = "" if at is None else f" at {at.isoformat()}"
            msg = f"{layer.name} have no {code!r}{then}"
            raise NotFoundError(msg)
        return found

    def chunks(
        self,
        layer: str | Layer,
        size: int = CHUNK,
        *,
        private: bool = False,
        area: Area = EVERYWHERE,
    ) -> Iterator[Frame]:
        """Yield a whole layer in frames of at most `size` rows, ordered by code.

        Each frame is a query of its own, so memory is bounded; an empty layer yields nothing.

        Raises
        ------
        NotFoundError
            There is no such layer.
        InputError
            `size` is below 1.
        """
        after: str | None = None
        while True:
            part = self.read(layer, after=after, limit=size, private=private, area=area)
            if len(part):
                yield part
            if len(part) < size:
                return
            after = str(part["code"].iloc[-1])

    def in_cells(
        self,
        layer: str | Layer,
        ranges: Iterable[tuple[int, int]],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        area: Area = EVERYWHERE,
    ) -> Frame:
        """Return the points whose cell lies in one of the ranges, ordered by code.

        Parameters
        ----------
        layer
            A layer of points.
        ranges
            First and last cell of each range, both included (`router.cells.ranges`); they may
            overlap. No ranges find nothing.
        since, until
            Only incidents reported from `since` on and before `until`, with a time zone.
        area
            Only what lies in it.

        Raises
        ------
        NotFoundError
            There is no such layer.
        InputError
            The layer has no cells, or it is not incidents but a time is given.
        """
        layer = layer_of(layer)
        statement = rows(layer, Where(area=area), self._dialect).where(
            *reported(layer, since, until)
        )
        found = [
            row
            for fits in in_ranges(layer, ranges)
            for row in self._session.execute(statement.where(fits))
        ]
        found.sort(key=itemgetter(0))  # the code
        return to_frame(layer, wanted_fields(layer, private=False), found)

    def upsert(self, layer: str | Layer, frame: Frame) -> Stored:
        """Store the features of a frame: new codes are added, known ones brought up to date.

        The same frame again changes nothing. Features that are not in the frame stay.

        Parameters
        ----------
        layer
            Any layer but grids, which are published (`GenerationStore.publish`).
        frame
            In EPSG:4326, as `read` gives it; a column that is not there becomes missing.

        Raises
        ------
        NotFoundError
            There is no such layer.
        InputError
            A value is not allowed, a code occurs twice, or the layer is grids; nothing was stored.
        GeometryError, CrsError
            A geometry is not allowed; nothing was stored.
        StorageError
            The database cannot do this now.
        """
        layer = layer_of(layer)
        if layer == GRIDS:
            msg = "grids are not stored one by one: publish them as a new generation"
            raise InputError(msg)
        after = conform(layer, frame)
        before = audit_layers.stored(self._session, layer, after["code"])
        done = merge(self._session.connection(), layer, after)
        audit_layers.record_stored(self._session, layer, before, after)
        return done

    def delete(self, layer: str | Layer, codes: Iterable[str]) -> int:
        """Remove features with their personal data, and return how many were there.

        Raises
        ------
        NotFoundError
            There is no such layer.
        InputError
            The layer is grids: those of an older generation are history.
        """
        layer = layer_of(layer)
        if layer == GRIDS:
            msg = "grids are not deleted: publish a generation without them"
            raise InputError(msg)
        code = table_of[layer.name].c.code
        wanted, connection = list(dict.fromkeys(codes)), self._session.connection()
        before = audit_layers.stored(self._session, layer, wanted)
        audit_layers.record_removed(self._session, layer, before)
        parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
        gone = sum(
            connection.execute(delete(code.table).where(code.in_(part))).rowcount for part in parts
        )
        for part in parts:
            search_terms.forget(connection, layer, part)
        if gone:
            count_change(connection, layer)
        return gone

    def _page(
        self,
        layer: Layer,
        statement: Select[Any],
        after: str | None,
        limit: int | None,
        *,
        private: bool = False,
    ) -> Frame:
        if after is not None:
            statement = statement.where(table_of[layer.name].c.code > after)
        found = self._session.execute(statement.limit(limit)).fetchall()
        return to_frame(layer, wanted_fields(layer, private=private), found)

    def _in_box(
        self,
        layer: Layer,
        statement: Select[Any],
        bbox: Bbox,
        after: str | None,
        limit: int | None,
    ) -> Frame:
        """Test exactly what the bounds let through, page by page until there is enough."""
        box, pages, missing = shapely.box(*bbox), [], limit
        shapely.prepare(box)
        while True:
            page = self._page(layer, statement, after, missing)
            hits = page[shapely.intersects(box, page.geometry.to_numpy())]
            pages.append(hits)
            if missing is None or len(page) < missing or len(hits) == missing:
                return pd.concat(pages, ignore_index=True)
            after, missing = str(page["code"].iloc[-1]), missing - len(hits)
