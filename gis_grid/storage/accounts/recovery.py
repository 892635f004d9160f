"""Recovery codes, which stand in for an authenticator once each."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from gis_grid.storage.accounts.changing import changed
from gis_grid.storage.accounts.tables import recovery as kept


class RecoveryStore:
    """The hashes of recovery codes. It never commits."""

    def __init__(self, session: Session) -> None:
        """Keep the session of the database."""
        self._session = session

    def replace(self, account_code: str, hashes: Iterable[str]) -> None:
        """Keep new codes of an account instead of the old ones; none to have none."""
        self._session.execute(delete(kept).where(kept.c.account_code == account_code))
        rows = [{"account_code": account_code, "code_hash": each} for each in hashes]
        if rows:
            self._session.execute(insert(kept), rows)

    def use(self, account_code: str, code_hash: str) -> bool:
        """Use up a code; False when it is none or was used."""
        mine = (kept.c.account_code == account_code, kept.c.code_hash == code_hash)
        return changed(self._session, delete(kept).where(*mine)) == 1

    def left(self, account_code: str) -> int:
        """Return how many codes of an account are left."""
        mine = select(func.count()).where(kept.c.account_code == account_code)
        return self._session.scalars(mine).one()
