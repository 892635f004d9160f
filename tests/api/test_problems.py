import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from api.app import create_app
from api.problems import STATUS
from gis_grid import errors
from gis_grid.settings import Settings
from tests import databases
from tests.signed import signed_in

ROUTES = sorted(
    (method, path, tuple(sorted(one["name"] for one in described.get("parameters", []))))
    for path, methods in create_app(Settings(database_url="sqlite://")).openapi()["paths"].items()
    for method, described in methods.items()
)
NUMBERS = st.sampled_from(
    [
        "nan",
        "inf",
        "-inf",
        "1e308",
        "-1e309",
        "0x10",
        "１２",
        "",
        " ",
        "1,2",
        str(10**40),
        "500",
        "-1",
    ]
)
BOXES = st.sampled_from(
    [
        "nan,0,1,1",
        "0,0,inf,1",
        "1e308,1e308,1e308,1e308",
        "1,1,0,0",
        "0,0,0",
        "0,0,0,0",
        "-180,-90,180,90",
        ",,,",
        "a,b,c,d",
        "0,0,1,1,2",
    ]
)
MOMENTS = st.sampled_from(
    ["2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e300", "now", "0"]
)
WORDS = st.sampled_from(
    [
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\x00",
        "%00",
        "../../etc/passwd",
        "a" * 5000,
        "%",
        "城",
    ]
)
ANYTHING = st.text(max_size=30) | NUMBERS | BOXES | MOMENTS | WORDS


WHY = "why"


def require_problem(answer, status=None):
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert answer.status_code == problem["status"] == (status or problem["status"])
    assert "Traceback" not in answer.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_whatever_is_asked_is_answered_or_a_problem(client, data):
    method, path, names = data.draw(st.sampled_from(ROUTES))
    query = data.draw(st.dictionaries(st.sampled_from([*names, "other"]), ANYTHING, max_size=3))
    code = data.draw(WORDS | st.text(min_size=1, max_size=20))
    answer = client.request(method, path.replace("{code}", encoded(code)), params=query)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        require_problem(answer)


def encoded(code):
    return "".join(f"%{byte:02X}" for byte in code.encode("utf-8", "replace")) or "x"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/docs", 404),
        ("GET", "/api/v1/grids/nothing", 404),
        ("GET", "/api/v1/officers/nothing", 404),
        ("POST", "/api/v1/grids", 405),
        ("DELETE", "/", 405),
        ("GET", "/api/v1/grids?limit=501", 422),
        ("GET", "/api/v1/grids?limit=0", 422),
        ("GET", "/api/v1/grids?limit=1e3", 422),
        ("GET", "/api/v1/grids?bbox=1,2,3", 422),
        ("GET", "/api/v1/grids?bbox=nan,nan,nan,nan", 422),
        ("GET", "/api/v1/grids?at=2026-01-01T00:00:00", 422),
        ("GET", "/api/v1/grids?level=%00", 422),
        ("GET", "/api/v1/health?x=1", 422),
    ],
)
def test_every_failure_is_a_problem(client, method, path, status):
    require_problem(client.request(method, path), status)


def test_a_wrong_method_names_the_right_ones(client):
    assert client.post("/api/v1/grids").headers["allow"] == "GET"


def test_a_box_that_is_wrong_is_told_how_to_be_right(client):
    answer = client.get("/api/v1/grids", params={"bbox": "x"}).json()
    assert answer["errors"][0]["pointer"] == "#/query/bbox"
    assert "west,south,east,north" in answer["detail"]


@pytest.fixture
def small_app(sqlite_template, tmp_path):
    url = databases.sqlite_database(tmp_path, sqlite_template)
    return create_app(Settings(database_url=url, cache_dir=tmp_path))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFoundError, 404),
        (errors.ConflictError, 409),
        (errors.InputError, 422),
        (errors.CrsError, 422),
        (errors.FileError, 422),
        (errors.StorageError, 503),
        (errors.GisGridError, 500),
        (ZeroDivisionError, 500),
    ],
)
def test_each_exception_has_its_status(small_app, caplog, error, status):
    def fail() -> None:
        raise error(WHY)

    small_app.add_api_route("/fail", fail)
    with TestClient(small_app, raise_server_exceptions=False) as client:
        answer = client.get("/fail")
    require_problem(answer, status)
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert bool(logged) == (status >= 500)
    assert (WHY in answer.text) == issubclass(error, errors.GisGridError)


def test_every_error_of_ours_has_a_status():
    ours = [
        one for one in vars(errors).values() if getattr(one, "__module__", "") == errors.__name__
    ]
    assert all(any(parent in STATUS for parent in one.__mro__) for one in ours)


def test_a_database_that_is_gone_is_a_503(database_url, postgis_server, tmp_path):
    app = create_app(Settings(database_url=database_url, cache_dir=tmp_path))
    with TestClient(app, raise_server_exceptions=False) as client:
        signed_in(client, database_url)
        assert client.get("/api/v1/health").status_code == 200
        destroy(database_url, postgis_server)
        client.app_state["engine"].dispose()  # what was read before is not asked again
        for path in ("/api/v1/health", "/api/v1/cameras", "/api/v1/route?lon=1&lat=1"):
            answer = client.get(path)
            require_problem(answer, 503)
            said = answer.json()["detail"]  # where the database is stands in the log alone
            assert said.startswith("the database ")
            assert "://" not in said
            assert "127.0.0.1" not in said


def destroy(url, server):
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        Path(address.database).write_bytes(b"no longer a database" * 4000)
        return
    with databases.admin(server) as connection:
        connection.execute(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS false")
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        connection.execute(ended, [address.database])


def test_a_database_without_tables_does_not_start(bare_database_url):
    app = create_app(Settings(database_url=bare_database_url))
    with pytest.raises(errors.StorageError, match="gis-grid db upgrade"), TestClient(app):
        raise AssertionError
