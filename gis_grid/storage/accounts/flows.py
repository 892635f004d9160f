"""Sign-ins with OpenID Connect that have begun and wait for the provider's answer."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from gis_grid.storage.accounts.changing import changed
from gis_grid.storage.accounts.tables import flow as kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What has to be remembered until the provider answers."""

    provider: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    back: str
    """Path to go to when it is done."""

    started_at: datetime


class FlowStore:
    """Sign-ins that have begun, by the hash of their state. It never commits."""

    def __init__(self, session: Session) -> None:
        """Keep the session of the database."""
        self._session = session

    def begin(self, state_hash: str, flow: Flow) -> None:
        """Keep a sign-in until it is answered."""
        self._session.execute(
            insert(kept).values(
                state_hash=state_hash,
                provider=flow.provider,
                nonce=flow.nonce,
                verifier=flow.verifier,
                back=flow.back,
                started_at=flow.started_at,
            )
        )

    def take(self, state_hash: str) -> Flow | None:
        """Return a sign-in and forget it, so that it is answered once; None for no such one."""
        columns = (kept.c.provider, kept.c.nonce, kept.c.verifier, kept.c.back, kept.c.started_at)
        taken = delete(kept).where(kept.c.state_hash == state_hash).returning(*columns)
        row = self._session.execute(taken).mappings().one_or_none()
        return None if row is None else Flow(**row)

    def forget(self, *, before: datetime) -> int:
        """Remove those that began before a moment; return how many."""
        return changed(self._session, delete(kept).where(kept.c.started_at < before))
