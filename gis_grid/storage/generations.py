"""The generations of the grids: which were valid when, and how a new one is published."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.errors import ConflictError, InputError
from gis_grid.grid.generations import Generation, Lineage, generation_at, require_aware
from gis_grid.storage import audit_layers, search_terms, tables
from gis_grid.storage.audit import record
from gis_grid.storage.bulk import CHUNK, count_again
from gis_grid.storage.database import begin_to_write
from gis_grid.storage.frames import Frame, conform
from gis_grid.storage.staging import is_same, staging, wait
from gis_grid.values.layers import GRIDS

CHANNEL = "gis_grid"
"""On PostGIS, ``LISTEN gis_grid`` hears the number of each new generation when it is committed."""

_TOPIC = "generation"
_LOCK = int.from_bytes(b"gis_grid")
"""The number of PostgreSQL's advisory lock on what is current."""

_GRID = tables.table_of["grids"]
_IS_CURRENT = _GRID.c.last_generation.is_(None)


class GenerationStore:
    """The generations of one session. It never commits; whoever opened the session does."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def number(self) -> int:
        """Return the number of the newest generation, 0 before the first: cheap to ask often."""
        counter = select(tables.version.c.number).where(tables.version.c.topic == _TOPIC)
        number: int = self._session.scalars(counter).one()
        return number

    def hold(self) -> None:
        """Let nobody publish until this transaction ends; wait for who is publishing now.

        Whoever stores owners holds the generation before reading the grids, so that what is stored
        fits the generation that is current when it becomes visible. Any number may hold it at once
        (on SQLite one, as with every writer), and nobody overtakes a waiting publisher.

        Raises
        ------
        StorageError
            Somebody takes longer than we wait.
        """
        self._lock("pg_advisory_xact_lock_shared")

    def take(self) -> None:
        """Let nobody hold the generation until this transaction ends; wait for those who do.

        Raises
        ------
        StorageError
            Somebody takes longer than we wait.
        """
        self._lock("pg_advisory_xact_lock")

    def _lock(self, function: str) -> None:
        connection = self._session.connection()
        begin_to_write(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(select(getattr(func, function)(_LOCK)))

    def all(self) -> list[Generation]:
        """Return every generation, the oldest first."""
        columns = tables.generation.c
        rows = self._session.execute(
            select(columns.number, columns.name, columns.valid_from, columns.valid_to).order_by(
                columns.number
            )
        )
        return [
            Generation(number=number, name=name, valid_from=start, valid_to=end)
            for number, name, start, end in rows
        ]

    def current(self) -> Generation | None:
        """Return the newest generation; None when none was published."""
        return next(reversed(self.all()), None)

    def at(self, moment: datetime) -> Generation:
        """Return the generation that was valid at `moment`.

        Raises
        ------
        NotFoundError
            None was valid then.
        InputError
            `moment` has no time zone.
        """
        return generation_at(self.all(), moment)

    def lineage(self, number: int) -> list[Lineage]:
        """Return what became of the grids when generation `number` was published, by code."""
        kept = tables.lineage.c
        rows = self._session.execute(
            select(
                *(kept.old_code, kept.new_code, kept.share, kept.share_of_new),
                *(kept.amount, kept.kind),
            )
            .where(kept.generation == number)
            .order_by(kept.old_code, kept.new_code)
        )
        return [Lineage(**row) for row in rows.mappings()]

    def changes(self) -> dict[int, list[Lineage]]:
        """Return the lineage of every publication by its number, without grids that were kept."""
        kept = tables.lineage.c
        rows = self._session.execute(
            select(*tables.lineage.c)
            .where(kept.kind != "kept")
            .order_by(kept.generation, kept.old_code, kept.new_code)
        )
        found: dict[int, list[Lineage]] = {}
        for row in rows.mappings():
            values = dict(row)
            found.setdefault(values.pop("generation"), []).append(Lineage(**values))
        return found

    def publish(
        self, grids: Frame, *, name: str, valid_from: datetime, lineage: Iterable[Lineage] = ()
    ) -> Generation:
        """Make `grids` the current generation and return it.

        A grid that is the same as before keeps its row, so history costs only what changed. When
        nothing changed at all there is no new generation: the current one is returned as it is.

        Parameters
        ----------
        grids
            Every grid of every level, in EPSG:4326, as `LayerStore.read` gives them.
        name
            What people call the generation.
        valid_from
            When it starts, with a time zone; the one before ends then.
        lineage
            What becomes of the grids of the generation before.

        Raises
        ------
        InputError
            There are no grids, a value is not allowed, a code occurs twice, or `valid_from` has no
            time zone.
        GeometryError, CrsError
            A geometry is not allowed.
        ConflictError
            Somebody else published meanwhile, or `valid_from` is not after the start of the
            generation before.
        StorageError
            The database cannot do this now.
        """
        require_aware(valid_from, "start of the generation")
        frame = conform(GRIDS, grids)
        if not len(frame):
            msg = "a generation needs grids; there are none to publish"
            raise InputError(msg)
        before = self.number()
        connection = self._session.connection()
        _claim(connection, before)
        with staging(connection, GRIDS) as stage:
            for start in range(0, len(frame), CHUNK):
                wait(connection, GRIDS, stage, frame.iloc[start : start + CHUNK])
            current = self.current()
            if current is not None and _is_unchanged(connection, stage):
                _set_number(connection, before)
                return current
            new = Generation(number=before + 1, name=name, valid_from=valid_from.astimezone(UTC))
            _follow(connection, current, new)
            ended, begun = _swap(connection, stage, new.number)
            search_terms.replace(connection, GRIDS, frame, None)
        self._keep_lineage(new.number, lineage)
        record(self._session, _publication(new, frame, ended, begun))
        count_again(connection, GRIDS)
        _notify(connection, new.number)
        return new

    def _keep_lineage(self, number: int, lineage: Iterable[Lineage]) -> None:
        rows = [
            {
                "generation": number,
                "old_code": each.old_code,
                "new_code": each.new_code,
                "share": each.share,
                "share_of_new": each.share_of_new,
                "amount": each.amount,
                "kind": each.kind,
            }
            for each in lineage
        ]
        if rows:
            self._session.execute(insert(tables.lineage), rows)


def _claim(connection: Connection, before: int) -> None:
    """Take the right to publish after `before`; whoever waits here for another one has lost."""
    if not _set_number(connection, before + 1, expected=before):
        msg = f"generation {before + 1} was published by somebody else meanwhile; look at it first"
        raise ConflictError(msg)


def _set_number(connection: Connection, number: int, expected: int | None = None) -> bool:
    statement = update(tables.version).where(tables.version.c.topic == _TOPIC)
    if expected is not None:
        statement = statement.where(tables.version.c.number == expected)
    return connection.execute(statement.values(number=number)).rowcount == 1


def _is_unchanged(connection: Connection, stage: Table) -> bool:
    gone = select(_GRID.c.code).where(_IS_CURRENT, _is_not_waiting(stage))
    return (
        connection.execute(gone.limit(1)).first() is None
        and connection.execute(_fresh(stage).limit(1)).first() is None
    )


def _is_not_waiting(stage: Table) -> ColumnElement[bool]:
    return not_(exists().where(is_same(GRIDS, _GRID, stage)))


def _fresh(stage: Table) -> Select[Any]:
    known = exists().where(_GRID.c.code == stage.c.code, _IS_CURRENT)
    return select(*stage.c).where(not_(known))


def _follow(connection: Connection, current: Generation | None, new: Generation) -> None:
    """Let the current generation end where the new one starts."""
    if current is not None:
        if new.valid_from <= current.valid_from:
            msg = (
                f"generation {current.number} is valid from {current.valid_from.isoformat()}; "
                f"the next one must start later than that, not at {new.valid_from.isoformat()}"
            )
            raise ConflictError(msg)
        number = tables.generation.c.number
        ended = update(tables.generation).where(number == current.number)
        connection.execute(ended.values(valid_to=new.valid_from))
    connection.execute(
        insert(tables.generation).values(
            number=new.number, name=new.name, valid_from=new.valid_from
        )
    )


def _swap(connection: Connection, stage: Table, number: int) -> tuple[int, int]:
    """End what changed or went, then add what changed or came; return how many of both."""
    ended = update(_GRID).where(_IS_CURRENT, _is_not_waiting(stage))
    gone = connection.execute(ended.values(last_generation=number - 1)).rowcount
    names = ["first_generation", *(column.name for column in stage.columns)]
    fresh = _fresh(stage).with_only_columns(literal(number), *stage.c)
    connection.execute(insert(_GRID).from_select(names, fresh))
    begun = select(func.count()).where(_GRID.c.first_generation == number)
    return gone, connection.execute(begun).scalar_one()


def _publication(new: Generation, frame: Frame, ended: int, begun: int) -> Change:
    """Return what the audit log keeps of a publication: the grids themselves are never deleted."""
    after = {"name": new.name, "valid_from": new.valid_from.isoformat(), "grids": len(frame)}
    changed = {"ended": ended, "begun": begun, "sha256": audit_layers.digest(GRIDS, frame)}
    before = {"generation": new.number - 1}
    return Change(
        action="publish",
        layer=GRIDS.name,
        code=str(new.number),
        before=before,
        after=after | changed,
    )


def _notify(connection: Connection, number: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, str(number))))
