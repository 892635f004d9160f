"""A service asked in this process, without sockets and threads between: a request costs little."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What a service said."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)


@asynccontextmanager
async def serving(app):
    """Start an application, give what sends a request to it, stop it."""
    async with app.router.lifespan_context(app) as state:

        async def ask(method, path, query=None, headers=None, body=b""):
            return await _ask(app, dict(state), method, path, query, headers or {}, body)

        yield ask


async def _ask(app, state, method, path, query, headers, body):  # noqa: PLR0913, PLR0917
    sent, parts = {}, []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(query or {}).encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": state,
    }
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if waiting:
            return waiting.pop()
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message):
        if message["type"] == "http.response.start":
            sent.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent["headers"]}
    return Answer(sent["status"], told, b"".join(parts))
