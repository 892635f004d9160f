"""What somebody who means harm would try against the service."""

import re

import pytest

from api.app import create_app
from api.hardening import ADDRESS_BYTES, BODY_BYTES
from gis_grid.settings import Settings
from tests import drawn

HIDDEN = ("root:x:0", "SQLite format", "[build-system]", "def create_app")
"""Beginnings of files that nobody may read."""

PLACES = ("/static/", "/tiles/", "/tiles/grids/", "/api/v1/grids/", "/api/v1/reports/", "/")
PLAIN = {"text/html", "application/geo+json", "application/json"}
TRAVERSALS = [
    *("..", "../..", "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd"),
    *("%2e%2e/%2e%2e/pyproject.toml", "....//....//etc/passwd", "..%5c..%5cetc", "%00"),
    *("/etc/passwd", "//etc/passwd", "C:\\Windows", "index.html/../../../app.py"),
]  # fmt: skip
INJECTIONS = [
    *("' OR '1'='1", "'; DROP TABLE incident; --", '" OR ""="', "1) OR (1=1", "%' OR 1=1 --"),
    *("x' UNION SELECT code, password_hash FROM account --", "'||(SELECT 1)||'", "%_%"),
    *("$$; SELECT pg_sleep(5); $$", "'; SELECT pg_sleep(5); --", "\\'; --", "\\", "NULL"),
]
SPOKEN = ("syntax error", "sqlite3", "psycopg", "traceback", 'near "', "no such column")
"""What a database says that was made to read a text as SQL."""

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def reads():
    """Yield path, and the names of its text parameters, of everything that is read."""
    described = create_app(Settings(database_url="sqlite://", public_view=True)).openapi()
    for path, verbs in described["paths"].items():
        if "get" not in verbs or "/reports/" in path or "/oidc/" in path:
            continue
        known = verbs["get"].get("parameters", [])
        texts = [one["name"] for one in known if one["in"] == "query" and _is_text(one["schema"])]
        yield path, texts


def _is_text(schema):
    kinds = [schema, *schema.get("anyOf", [])]
    return any(one.get("type") == "string" and "enum" not in one for one in kinds)


READS = sorted(reads())


@pytest.mark.parametrize("wanted", TRAVERSALS)
def test_no_path_leads_out_of_what_is_served(client, wanted):
    for where in PLACES:
        answer = client.get(where + wanted, follow_redirects=False)
        if answer.status_code == 200:  # a page of ours, or a list that a path was shortened to
            assert answer.headers["content-type"].split(";")[0] in PLAIN
        else:
            assert answer.status_code in {204, 303, 307, 404, 405, 422}, answer.text
        assert not [secret for secret in HIDDEN if secret in answer.text], where


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_a_text_is_a_text(client, text):
    before = client.get("/api/v1/overview").json()["layers"]
    for path, names in READS:
        for name in names:
            answer = client.get(re.sub(r"{\w+}", "x", path), params={name: text})
            assert answer.status_code in {200, 404, 422}, (path, name, answer.text)
            assert not [word for word in SPOKEN if word in answer.text.lower()], (path, name)
        if "{code}" in path and "password" not in path:
            found = client.get(path.replace("{code}", text.replace("/", "")))
            assert found.status_code in {404, 422}, (path, found.text)
    assert client.get("/api/v1/overview").json()["layers"] == before


def test_sql_in_a_filter_chooses_nothing_more(client):
    everything = client.get("/api/v1/facilities").json()["features"]
    assert everything
    for text in INJECTIONS:
        for name in ("grid", "category"):
            answer = client.get("/api/v1/facilities", params={name: text})
            assert answer.json()["features"] == [], (name, text)


def test_markup_of_data_and_of_questions_is_never_a_page(client):
    assert client.get("/api/v1/buildings/b1").json()["properties"]["name"] == drawn.HOSTILE
    for path, names in READS:
        for name in names or ["q"]:
            answer = client.get(re.sub(r"{\w+}", "x", path), params={name: MARKUP})
            kind = answer.headers.get("content-type", "")
            assert "html" not in kind or MARKUP not in answer.text, path
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "script-src" not in answer.headers["content-security-policy"], path


def test_every_answer_has_the_headers(client):
    for path in ("/", "/signin", "/api/v1/health", "/nothing", "/openapi.json", "/api/v1/grids"):
        headers = client.get(path, follow_redirects=False).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "unsafe" not in headers["content-security-policy"]
        assert len(headers["x-request-id"]) == 16
    assert client.get("/api/v1/health").headers["cache-control"] == "no-store"


def test_a_large_body_is_refused_by_what_it_says_and_by_what_it_is(client):
    stated = client.post("/api/v1/session", content=b"x" * (BODY_BYTES + 1))
    assert stated.status_code == 413
    unstated = client.post("/api/v1/session", content=iter([b"x" * 500_000] * 3))
    assert unstated.status_code == 413
    assert unstated.headers["content-type"] == "application/problem+json"


def test_a_long_address_is_refused(client):
    answer = client.get("/api/v1/search", params={"q": "x" * ADDRESS_BYTES})
    assert answer.status_code == 414
    assert answer.json()["status"] == 414


def test_deep_json_is_refused(client):
    deep = b"[" * 100_000 + b"]" * 100_000
    answer = client.post(
        "/api/v1/route", content=deep, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
