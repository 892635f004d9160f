"""Wrong tries to sign in, counted in the database so that every process counts the same."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gis_grid.accounts.lockout import Rule, Tries
from gis_grid.storage.accounts.changing import changed
from gis_grid.storage.accounts.tables import tries as kept
from gis_grid.storage.database import begin_to_write

Keys = Sequence[tuple[str, Rule]]
"""What to count under which rule: always the account first, then the address."""


class TryStore:
    """Counted tries. It never commits."""

    def __init__(self, session: Session) -> None:
        """Keep the session of the database."""
        self._session = session

    def begin(self, keys: Keys, *, now: datetime) -> int:
        """Count a try as a failure before it is made, when it may be made.

        Each key is locked until the transaction ends, so a thousand tries at once are counted like
        a thousand one after another. `succeeded` takes back what was no failure.

        Returns
        -------
        int
            0, or how many seconds to wait; then nothing was counted.

        Raises
        ------
        StorageError
            Somebody takes longer than we wait.
        """
        connection = self._session.connection()
        begin_to_write(connection)
        found = [(key, rule, self._locked(key, now)) for key, rule in keys]
        left_s = max((tries.left_s(rule, now) for _, rule, tries in found), default=0)
        if left_s == 0:
            for key, rule, tries in found:
                self._keep(key, tries.failed(rule, now))
        return left_s

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        self._session.execute(delete(kept).where(kept.c.key == key))

    def take_back(self, key: str) -> None:
        """Uncount one try: it was neither a failure nor a success."""
        mine = (kept.c.key == key, kept.c.failures > 0)
        self._session.execute(update(kept).where(*mine).values(failures=kept.c.failures - 1))

    def forget(self, *, before: datetime) -> int:
        """Remove what was last counted before a moment; return how many keys."""
        return changed(self._session, delete(kept).where(kept.c.last_at < before))

    def _locked(self, key: str, now: datetime) -> Tries:
        insert_here = (
            postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        ).insert
        empty = insert_here(kept).values(key=key, failures=0, last_at=now)
        self._session.execute(empty.on_conflict_do_nothing())
        columns = select(kept.c.failures, kept.c.last_at).where(kept.c.key == key)
        failures, last_at = self._session.execute(columns.with_for_update()).one()
        return Tries(failures=failures, last_at=last_at)

    def _keep(self, key: str, tries: Tries) -> None:
        values = {"failures": tries.failures, "last_at": tries.last_at}
        self._session.execute(update(kept).where(kept.c.key == key).values(values))
