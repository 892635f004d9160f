"""A role on a grid holds for its heirs when a plan is really published, and for nobody else's."""

import time

import pytest

from api.live_areas import LOOK_S
from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine
from tests import databases, drawn
from tests.api.conftest import served
from tests.api.test_plan_publication import along, approve, begin, publish, take
from tests.signed import bearer, token


@pytest.fixture(scope="module")
def published(tmp_path_factory, sqlite_template):
    """Publish one plan that merges, splits, moves a border and renumbers; return who sees what."""
    folder = tmp_path_factory.mktemp("outlive")
    url = databases.sqlite_database(folder, sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    engine.dispose()
    holds = {
        "merged_part": ("A",),
        "merged_whole": ("A", "D"),
        "split": ("E",),
        "renamed": ("C",),
        "border": ("G",),
        "community": ("w",),
        "other": ("I",),
    }
    keys = {
        name: bearer(token(url, *((Role.VIEWER, code) for code in codes), code=name))
        for name, codes in holds.items()
    }
    with served(url, folder) as client:
        number = begin(client, "s")
        wishes = (
            {"do": "merge", "grids": ["A"], "into": "D"},
            {
                "do": "split_by_line",
                "grid": "E",
                "line": along("E", (0.3, -0.1), (0.37, 1.1)),
                "code": "E9",
            },
            {"do": "rename", "codes": [["C", "C9"]]},
            {
                "do": "drag_border",
                "one": "G",
                "other": "H",
                "line": along("G", (1, 0), (0.8, 0.5), (1, 1)),
            },
        )
        for seen, wish in enumerate(wishes):
            take(client, number, wish, seen)
        approve(client, number)
        assert publish(client, number).status_code == 201
        time.sleep(LOOK_S + 0.1)

        def seen(name, layer="grids"):
            answer = client.get(f"/api/v1/{layer}", headers=keys[name])
            assert answer.status_code in {200, 403}, answer.text
            return {one["id"] for one in answer.json().get("features", [])}

        yield seen


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("merged_part", set()),  # half of the merged ground is not more than half
        ("merged_whole", {"D"}),
        ("split", {"E", "E9"}),
        ("renamed", {"C9"}),
        ("border", {"G"}),
        ("community", {"w", "D", "E", "E9", "B", "G", "H"}),
        ("other", {"I"}),
    ],
)
def test_a_grant_follows_its_ground(published, name, codes):
    assert published(name) == codes


def test_things_are_seen_by_who_holds_their_grid_now(published):
    assert published("merged_whole", "facilities") == {"f1", "f2"}
    assert published("split", "facilities") == {"f3"}
    assert published("other", "facilities") == set()
