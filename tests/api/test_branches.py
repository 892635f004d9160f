"""The tree of grids, one storey at a time."""

import pytest

from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine
from tests import databases, drawn
from tests.api.conftest import served
from tests.signed import bearer, token

BRANCHES = "/api/v1/branches"


@pytest.fixture(scope="module")
def service(tmp_path_factory, sqlite_template):
    """Give a client who sees everything, and the headers of one who sees two grids."""
    folder = tmp_path_factory.mktemp("branches")
    url = databases.sqlite_database(folder, sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    engine.dispose()
    part = bearer(token(url, (Role.VIEWER, "w"), (Role.VIEWER, "C"), code="part"))
    with served(url, folder) as client:
        yield client, part


def codes(client, parent=None, headers=None):
    answer = client.get(BRANCHES, params={"parent": parent} if parent else {}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json()]


def test_leads_from_the_city_to_the_ground(service):
    client, _ = service
    [city] = client.get(BRANCHES).json()
    assert (city["code"], city["level"], city["below"]) == ("c", "city", 1)
    assert codes(client, "s") == ["e", "w"]
    ground = client.get(BRANCHES, params={"parent": "e"}).json()[0]
    assert (ground["code"], ground["name"], ground["below"]) == ("C", "网格C", 0)
    assert codes(client, "C") == []


def test_begins_where_ones_area_begins(service):
    client, part = service
    assert codes(client, headers=part) == ["C", "w"]
    assert codes(client, "w", headers=part) == ["A", "B", "D", "E", "G", "H"]
    for parent in ("e", "s", "nowhere"):
        refused = client.get(BRANCHES, params={"parent": parent}, headers=part)
        assert refused.status_code == 404
