"""Who holds which cookie or token, kept for a moment: knowing it costs a request nothing."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import anyio
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from gis_grid.accounts.sessions import SessionRules
from gis_grid.services.accounts.passwords import AT_ONCE
from gis_grid.services.accounts.providers import Provider, load_providers
from gis_grid.services.accounts.recognising import Recognised, by_cookie, by_token
from gis_grid.services.accounts.seal import Seal, make_seal
from gis_grid.settings import Settings
from gis_grid.storage.accounts import versions
from gis_grid.storage.database import sessions

if TYPE_CHECKING:
    from gis_grid.services.accounts.provider_client import ProviderClient

LOOK_S = 0.5
"""A read may still be answered so long after a session or token was ended in another process; a
write never is."""

AHEAD = 0.5
"""After this share of it the next look begins beside the requests, so that none waits for it."""

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    recognised: Recognised
    number: int
    """Of the counter of accounts when it was looked up."""


class LiveIdentity:
    """Recognises cookies and tokens for all requests of a process."""

    def __init__(
        self,
        engine: Engine,
        *,
        seal: Seal,
        rules: SessionRules,
        is_https: bool,
        providers: Mapping[str, "ProviderClient"],
        look_s: float = LOOK_S,
    ) -> None:
        self.seal = seal
        self.rules = rules
        self.is_https = is_https
        self.providers = providers
        start = (
            "__Host-" if is_https else ""
        )  # browsers then insist on Secure, Path=/ and no Domain
        self.cookie_name = f"{start}gis_grid"
        self.flow_name = f"{start}gis_grid_flow"
        self.hashing = anyio.CapacityLimiter(AT_ONCE)
        """Turns for requests that hash a password, so that they never take every thread."""

        self._maker = sessions(engine)
        self._look_s = look_s
        self._kept: dict[str, _Kept] = {}
        self._number = -1
        self._looked_at = -float("inf")
        self._looking: asyncio.Task[None] | None = None

    async def by_cookie(self, cookie: str, *, is_write: bool) -> Recognised | None:
        """Return who holds a cookie; None when it is worth nothing.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        return self._held(cookie, is_write=is_write) or await run_in_threadpool(
            self._look, cookie, self._of_cookie, is_write=is_write
        )

    async def by_token(self, text: str, *, is_write: bool) -> Recognised | None:
        """Return whom a token acts for; None when it is worth nothing.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        return self._held(text, is_write=is_write) or await run_in_threadpool(
            self._look, text, self._of_token, is_write=is_write
        )

    def at_once(self, text: str) -> Recognised | None:
        """Return for a read who holds a cookie or token, if that need not be looked up.

        None says only that it must be; call it from the event loop.
        """
        age_s = time.monotonic() - self._looked_at
        if age_s > self._look_s:
            return None
        if age_s > AHEAD * self._look_s and self._looking is None:
            self._looking = asyncio.create_task(self._look_ahead())
            self._looking.add_done_callback(self._looked_ahead)
        return self._valid(text, datetime.now(UTC), self._number)

    def _held(self, text: str, *, is_write: bool) -> Recognised | None:
        return None if is_write else self.at_once(text)

    async def _look_ahead(self) -> None:
        before, looked_at = self._looked_at, time.monotonic()
        number = await run_in_threadpool(self._counted)
        if self._looked_at == before:  # else a write came between, or another look
            self._take(number)
            self._looked_at = looked_at

    def _looked_ahead(self, task: asyncio.Task[None]) -> None:
        self._looking = None
        if not task.cancelled():
            task.exception()  # heard; the look of a request that must wait will raise it again

    def _valid(self, text: str, now: datetime, number: int) -> Recognised | None:
        kept = self._kept.get(text)
        if kept is None or kept.number != number or now >= kept.recognised.until:
            return None
        return kept.recognised

    def _look(
        self,
        text: str,
        find: Callable[[str, datetime], Recognised | None],
        *,
        is_write: bool,
    ) -> Recognised | None:
        looked_at, now = time.monotonic(), datetime.now(UTC)
        number = self._counted()
        self._take(number)
        self._looked_at = -float("inf") if is_write else looked_at  # it may change accounts
        found = self._valid(text, now, number)
        if found is None:
            found = find(text, now)
            if found is not None:
                self._kept[text] = _Kept(recognised=found, number=number)
        return found

    def _counted(self) -> int:
        with self._maker.begin() as session:
            return versions.number(session)

    def _take(self, number: int) -> None:
        if number != self._number or len(self._kept) > MOST_KEPT:
            self._kept.clear()
        self._number = number

    def _of_cookie(self, cookie: str, now: datetime) -> Recognised | None:
        return by_cookie(self._maker, self.seal, cookie, now=now, rules=self.rules)

    def _of_token(self, text: str, now: datetime) -> Recognised | None:
        return by_token(self._maker, text, now=now)


def live_identity(engine: Engine, settings: Settings) -> LiveIdentity:
    """Return what recognises people by the settings of a service.

    Raises
    ------
    InputError
        The secret is too short, or the file of OpenID providers cannot be used.
    StorageError
        The database cannot be read or written.
    """
    secret = settings.secret.get_secret_value() if settings.secret else None
    with sessions(engine).begin() as session:
        seal = make_seal(session, secret)
    rules = SessionRules(
        idle=timedelta(minutes=settings.session_idle_min),
        most=timedelta(hours=settings.session_max_h),
    )
    return LiveIdentity(
        engine,
        seal=seal,
        rules=rules,
        is_https=settings.https,
        providers=_clients(load_providers(settings.oidc_file)),
    )


def _clients(providers: Mapping[str, Provider]) -> dict[str, "ProviderClient"]:
    if not providers:
        return {}  # as most services; they need not import what talks to one
    from gis_grid.services.accounts.provider_client import ProviderClient  # noqa: PLC0415

    return {key: ProviderClient(one) for key, one in providers.items()}
