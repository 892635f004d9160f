"""Publishing a plan: one transaction after which everything belongs to the new grids."""

from datetime import UTC, datetime, timedelta

import pytest
import shapely

from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from tests import drawn
from tests.api.conftest import BOTH, new_database, served
from tests.signed import bearer, token


@pytest.fixture(params=BOTH)
def client(request, tmp_path):
    with new_database(request, tmp_path) as url:
        engine = open_engine(url)
        drawn.store(engine)
        with served(url, tmp_path) as client:
            client.engine = engine
            yield client
        engine.dispose()


def grids_of(client, **at):
    with sessions(client.engine).begin() as session:
        return LayerStore(session).read("grids", **at).set_index("code", drop=False)


def owners(client, layer):
    with sessions(client.engine).begin() as session:
        return LayerStore(session).read(layer).set_index("code")["grid_code"].to_dict()


def begin(client, area):
    made = client.post("/api/v1/plans", json={"title": "调整", "area_code": area})
    assert made.status_code == 201, made.text
    return made.json()["number"]


def take(client, number, wish, seen=0):
    answer = client.post(
        f"/api/v1/plans/{number}/steps", json=wish, headers={"If-Match": f'"{seen}"'}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def approve(client, number):
    for stage in ("review", "approved"):
        answer = client.put(f"/api/v1/plans/{number}/stage", json={"stage": stage})
        assert answer.status_code == 200, answer.text


def publish(client, number, name="秋季"):
    return client.post(f"/api/v1/plans/{number}/publication", json={"name": name})


def ground(grids):
    return grids[grids["level"] == "subarea"]


def along(letter, *places):
    """Return places given as shares of the box of a grid."""
    west, south, east, north = drawn.BOXES[letter].bounds
    return [[west + x * (east - west), south + y * (north - south)] for x, y in places]


WISHES = {
    "merge": {"do": "merge", "grids": ["A"], "into": "D"},
    "split": {
        "do": "split_by_line",
        "grid": "E",
        "line": along("E", (0.3, -0.1), (0.37, 1.1)),
        "code": "E9",
    },
    "drag": {
        "do": "drag_border",
        "one": "A",
        "other": "B",
        "line": along("A", (1, 0), (0.8, 0.5), (1, 1)),
    },
    "rename": {"do": "rename", "codes": [["A", "A9"]]},
    "evenly": {"do": "split_evenly", "grid": "E", "code": "E9"},
    "buildings": {"do": "move_buildings", "buildings": ["b1"], "to": "H"},
}


@pytest.mark.parametrize("area", ["s", "w"])
@pytest.mark.parametrize("name", WISHES)
def test_the_grids_of_a_plan_become_the_city(client, name, area):
    before = grids_of(client)
    number = begin(client, area)
    told = take(client, number, WISHES[name])
    approve(client, number)
    done = publish(client, number)
    assert done.status_code == 201, done.text
    assert (done.json()["generation"], done.json()["plan"]["stage"]) == (2, "published")
    after = grids_of(client)
    shapes = ground(after).geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(ground(before).geometry.to_numpy())
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(shapes), whole)) < 1e-15
    changed = {one["id"] for one in told["changed"]["grids"]} | set(told["changed"]["grids_gone"])
    for code in set(ground(before).index) - changed:
        assert shapely.equals(after.geometry[code], before.geometry[code])
    for code, row in after[after["level"] != "subarea"].iterrows():
        below = after[after["parent_code"] == code].geometry.to_numpy()
        assert row.geometry.symmetric_difference(shapely.union_all(below)).area < 1e-15


def test_open_things_follow_and_closed_incidents_stay(client):
    before = owners(client, "incidents")
    number = begin(client, "s")
    take(client, number, {"do": "merge", "grids": ["A", "B", "C"], "into": "D"})
    approve(client, number)
    done = publish(client, number).json()
    after = owners(client, "incidents")
    with sessions(client.engine).begin() as session:
        states = LayerStore(session).read("incidents").set_index("code")["state"].to_dict()
    gone = {code: grid for code, grid in before.items() if grid in {"A", "B", "C"}}
    for code in gone:
        is_over = states[code] in {"closed", "rejected"}
        assert after[code] == (before[code] if is_over else "D")
    assert done["lineage"] >= 3
    live = client.get(
        "/api/v1/route", params=dict(zip(("lon", "lat"), drawn.middle("A"), strict=True))
    )
    assert live.status_code == 200


def test_a_plan_that_is_not_approved_is_not_published(client):
    number = begin(client, "s")
    take(client, number, WISHES["merge"])
    refused = publish(client, number)
    assert refused.status_code == 409
    assert "draft" in refused.json()["detail"]
    assert len(grids_of(client)) == len(drawn.grids())


def test_plans_of_different_parts_are_published_one_after_the_other(client):
    one, other = begin(client, "w"), begin(client, "e")
    late = begin(client, "w")
    for number, wish in (
        (one, WISHES["merge"]),
        (other, {"do": "merge", "grids": ["C"], "into": "F"}),
    ):
        take(client, number, wish)
        approve(client, number)
        assert publish(client, number, f"g{number}").status_code == 201
    take(client, late, WISHES["drag"])
    approve(client, late)
    refused = publish(client, late)
    assert refused.status_code == 409
    assert "have changed since generation 1" in refused.json()["detail"]
    assert set(ground(grids_of(client)).index) == set("BDEFGHI")


def revert(client, generation, **headers):
    address = f"/api/v1/generations/{generation}/revert"
    return client.post(address, json={"name": "撤销"}, headers=headers)


def test_a_publication_is_undone_and_done_again(client):
    before, things = grids_of(client), owners(client, "facilities")
    number = begin(client, "s")
    take(client, number, WISHES["drag"])
    approve(client, number)
    assert publish(client, number).status_code == 201
    published = grids_of(client)
    done = revert(client, 2)
    assert done.status_code == 201, done.text
    assert (done.json()["generation"], done.json()["plan"]["stage"]) == (3, "approved")
    after = grids_of(client)
    assert after.drop(columns="geometry").equals(before.drop(columns="geometry"))
    assert all(after.geometry.geom_equals_exact(before.geometry, 0))
    assert owners(client, "facilities") == things
    for wrong, status in ((2, 409), (99, 404), (0, 422)):
        assert revert(client, wrong).status_code == status
    again = publish(client, number, "再来")
    assert again.status_code == 201, again.text
    assert again.json()["generation"] == 4
    assert all(grids_of(client).geometry.geom_equals_exact(published.geometry, 0))
    log = client.get("/api/v1/audit", params={"layer": "plans"}).json()["entries"]
    stages = [one["after"]["stage"] for one in log if one["after"].get("stage")]
    assert stages[::-1] == ["review", "approved", "published", "approved", "published"]


def test_a_first_generation_cannot_be_undone(client):
    refused = revert(client, 1)
    assert refused.status_code == 409
    assert "the first" in refused.json()["detail"]


def test_only_those_whose_ground_it_is_undo_a_publication(client):
    number = begin(client, "e")
    take(client, number, {"do": "merge", "grids": ["C"], "into": "F"})
    approve(client, number)
    assert publish(client, number).status_code == 201
    url = client.engine.url.render_as_string(hide_password=False)
    west = bearer(token(url, (Role.PLANNER, "w"), code="west"))
    leader = bearer(token(url, (Role.LEADER, None), code="leader"))
    east = bearer(token(url, (Role.PLANNER, "e"), code="east"))
    assert revert(client, 2, **west).status_code == 403
    assert revert(client, 2, **leader).status_code == 403
    assert revert(client, 2, **east).status_code == 201


def test_grids_do_not_change_at_another_time_than_they_are_published(client):
    number = begin(client, "s")
    take(client, number, WISHES["merge"])
    approve(client, number)
    address = f"/api/v1/plans/{number}/publication"
    late = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    refused = client.post(address, json={"name": "秋季", "valid_from": late})
    assert refused.status_code == 422
    assert "put the plan's schedule" in refused.json()["detail"]
    assert len(grids_of(client)) == len(drawn.grids())
    early = drawn.START.isoformat()
    assert client.post(address, json={"name": "秋季", "valid_from": early}).status_code == 409
    since = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    assert client.post(address, json={"name": "秋季", "valid_from": since}).status_code == 201
