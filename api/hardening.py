"""What holds for every request: its number, its limits, and the headers of its answer."""

import asyncio
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import refusal
from gis_grid.accounts.audit import Actor
from gis_grid.storage.acting import acting

BODY_BYTES = 1_000_000
"""Largest body of a request, but for `BODIES`."""

BODIES: Mapping[str, int] = {"/api/v1/route": 4_100_000, "/api/v1/plans/import": 64_000_000}
"""Largest body by path: ten thousand points; a plan of a district with its steps."""

BODY_S = 30.0
"""A body must have come completely within this time."""

ADDRESS_BYTES = 8_192
"""Longest path and query together."""

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""What an answer that is no page may do in a browser: nothing."""

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
}
"""Headers of every answer that does not say otherwise itself."""

HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


class HardeningMiddleware:
    """Numbers requests, says who acts from where, keeps limits and sets headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        is_https: bool,
        body_bytes: int = BODY_BYTES,
        body_s: float = BODY_S,
    ) -> None:
        self._app = app
        self._headers = {**HEADERS, **(HTTPS if is_https else {})}
        self._body_bytes = body_bytes
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), request_id)
            await send(message)

        client = scope.get("client")
        with acting(Actor(who="", address=client[0] if client else "", request_id=request_id)):
            try:
                most = self._limit(scope)
            except HTTPException as error:
                await refusal(Request(scope), error)(scope, receive, send_on)
                return
            await self._app(scope, _limited(receive, most, self._body_s), send_on)

    def _complete(self, headers: MutableHeaders, request_id: str) -> None:
        headers["X-Request-Id"] = request_id
        for name, value in self._headers.items():
            headers.setdefault(name, value)

    def _limit(self, scope: Scope) -> int:
        """Return how large the body may be.

        Raises
        ------
        HTTPException
            The address is too long, or the body says itself that it is too large.
        """
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > ADDRESS_BYTES:
            said = f"the address is longer than {ADDRESS_BYTES:,} bytes"
            raise HTTPException(HTTPStatus.REQUEST_URI_TOO_LONG, said)
        most = BODIES.get(scope["path"], self._body_bytes)
        stated = Headers(scope=scope).get("content-length", "0")
        if stated.isdecimal() and int(stated) > most:
            raise _too_large(most)
        return most


def _too_large(most: int) -> HTTPException:
    said = f"the body is larger than {most:,} bytes; send less at a time"
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)


def _limited(receive: Receive, most: int, within_s: float) -> Receive:
    """Return `receive` for a body of limited size that must come within some time."""
    taken = 0
    ends: float | None = None
    done = False

    async def receive_some() -> Message:
        nonlocal taken, ends, done
        if done:
            return await receive()
        now = asyncio.get_running_loop().time()
        ends = now + within_s if ends is None else ends
        try:
            message = await asyncio.wait_for(receive(), ends - now)
        except TimeoutError:
            said = f"the body did not come within {within_s:.0f} s"
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, said) from None
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if taken > most:
                raise _too_large(most)
        return message

    return receive_some
