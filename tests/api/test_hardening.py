"""Limits that a test client cannot reach: a body that stops in the middle."""

import asyncio
import json

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from api import problems
from api.hardening import HardeningMiddleware
from tests import asyncs


def sent(app, parts, *, ends=True):
    """Send a body in parts; when it does not end, nothing more ever comes."""
    messages, answer = list(parts), []

    async def receive():
        if messages:
            body = messages.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(messages) or not ends}
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message):
        answer.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/echo",
        "raw_path": b"/echo",
        "query_string": b"",
        "headers": [],
        "client": ("10.0.0.7", 1),
        "state": {},
    }
    asyncs.run(app(scope, receive, send))
    return answer[0]["status"], b"".join(one.get("body", b"") for one in answer[1:]), answer[0]


def make(**limits):
    app = FastAPI()
    problems.add_handlers(app)

    async def echo(request: Request):
        return PlainTextResponse(await request.body())

    app.add_route("/echo", echo, methods=["POST"])
    return HardeningMiddleware(app, is_https=True, **limits)


def test_a_body_that_does_not_come_is_given_up():
    status, body, _ = sent(make(body_s=0.2), [b"begun"], ends=False)
    assert status == 408
    assert "did not come" in json.loads(body)["detail"]


def test_a_body_in_many_parts_is_counted_together():
    assert sent(make(body_bytes=10), [b"12345", b"67890"])[:2] == (200, b"1234567890")
    assert sent(make(body_bytes=10), [b"12345", b"67890", b"1"])[0] == 413


def test_over_https_browsers_are_told_to_stay_there():
    _, _, start = sent(make(), [b"x"])
    assert dict(start["headers"])[b"strict-transport-security"].startswith(b"max-age=")
