import re

import pytest

from api import assets
from gis_grid.errors import NotFoundError, StorageError


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Put two files where the built console lies."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "planner.html").write_text('<script src="/static/assets/a-1.js"></script>')
    (tmp_path / "assets" / "a-1.js").write_text("export const a = 1;\n" * 200)
    found = assets.built(tmp_path)
    monkeypatch.setattr(assets, "built", lambda: found)


def test_the_bare_address_leads_to_signing_in(client):
    answer = client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")


@pytest.mark.usefixtures("built")
def test_a_page_asks_for_nothing_from_outside(client):
    answer = client.get("/planner")
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get("/planner", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_files_are_kept_for_ever(client, coding):
    name = re.search(r"/static/[^\"]+", client.get("/planner").text)[0]
    answer = client.get(name, headers={"Accept-Encoding": coding})
    assert answer.text == "export const a = 1;\n" * 200
    assert ("content-encoding" in answer.headers) == (coding == "gzip")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path", ["nothing.js", "../app.py", "assets/../../app.py", "%2e%2e/app.py"]
)
def test_only_the_console_is_served(client, path):
    assert client.get(f"/static/{path}").status_code == 404


def test_what_is_missing_is_said(monkeypatch, client):
    monkeypatch.setattr(assets, "built", dict)
    with pytest.raises(StorageError, match=r"scripts/web\.py"):
        assets.page("planner")
    with pytest.raises(NotFoundError, match="no file"):
        assets.asset("x")
    assert client.get("/planner").status_code == 503
