"""Two plans beside each other: what moves is counted again by points in polygons."""

from collections import Counter

import pytest
import shapely

from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from tests import drawn
from tests.api.conftest import BOTH, new_database, served
from tests.signed import bearer, token


@pytest.fixture(scope="module", params=BOTH)
def client(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        with sessions(engine).begin() as session:
            LayerStore(session).upsert("facilities", scattered())
        with served(url, folder) as client:
            client.engine, client.url = engine, url
            yield client
        engine.dispose()


def scattered():
    """Return facilities all over the grids, none on a border."""
    spec = [({"code": f"x{n}", "category": "0118"}, letter) for n, letter in enumerate("ABCDEFGHI")]
    frame = drawn.points("facilities", spec)
    shift = [(0.0007 * ((n % 3) - 1), 0.0006 * ((n // 3) - 1)) for n in range(len(frame))]
    moved = [
        shapely.Point(one.x + dx, one.y + dy)
        for one, (dx, dy) in zip(frame.geometry, shift, strict=True)
    ]
    return drawn.layer("facilities", frame.drop(columns="geometry").to_dict("records"), moved)


def begin(client, title="甲"):
    return client.post("/api/v1/plans", json={"title": title, "area_code": "s"}).json()["number"]


def take(client, number, wish, seen):
    headers = {"If-Match": f'"{seen}"'}
    answer = client.post(f"/api/v1/plans/{number}/steps", json=wish, headers=headers)
    assert answer.status_code == 200, answer.text


def compared(client, number, other="start", **query):
    address = f"/api/v1/plans/{number}/comparison"
    answer = client.get(address, params={"with": other, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def grids(client, number):
    features = client.get(f"/api/v1/plans/{number}/grids").json()["features"]
    return {one["id"]: shapely.geometry.shape(one["geometry"]) for one in features}


def redraw(client, number):
    take(client, number, {"do": "merge", "grids": ["C"], "into": "F"}, 0)
    west, south, east, north = drawn.BOXES["E"].bounds
    middle = (west + east) / 2 - 0.0001
    line = [[middle, south - 0.001], [middle, north + 0.001]]
    take(client, number, {"do": "split_by_line", "grid": "E", "line": line, "code": "E2"}, 1)
    take(client, number, {"do": "rename", "codes": [["A", "A1"]]}, 2)


def stored(client, layer):
    with sessions(client.engine).begin() as session:
        return LayerStore(session).read(layer)


def owner(shapes, point):
    return next((code for code, shape in shapes.items() if shape.contains(point)), None)


def test_what_moves_is_what_polygons_say(client):
    number = begin(client)
    before = grids(client, number)
    redraw(client, number)
    after = grids(client, number)
    found = compared(client, number)
    heir = {"A": "A1"}
    for layer, name in (("facilities", "facilities"), ("cameras", "cameras")):
        points = stored(client, layer)
        moved = {}
        for code, point in zip(points["code"], points.geometry, strict=True):
            old, new = owner(before, point), owner(after, point)
            if heir.get(old, old) != new:
                moved[code] = (old, new)
        [told] = [one for one in found["follows"] if one["layer"] == name]
        assert told["total"] == len(points)
        assert {one["code"]: (one["before"], one["after"]) for one in told["things"]} == moved
        assert told["moved"] == len(moved)
        tally = Counter(owner(after, point) for point in points.geometry)
        counts = {code: one[name] for code, one in found["new"]["grids"].items()}
        assert counts == {code: tally[code] for code in after}
    facilities = next(one for one in found["follows"] if one["layer"] == "facilities")
    assert facilities["moved"] >= 2


def test_last_years_incidents_are_counted_again(client):
    number = begin(client)
    redraw(client, number)
    after = grids(client, number)
    found = compared(client, number)
    incidents = stored(client, "incidents")
    counted = incidents[(incidents["state"] != "rejected") & incidents["doubt"].isna()]
    tally = Counter(owner(after, point) for point in counted.geometry)
    assert {code: one["incidents_a_year"] for code, one in found["new"]["grids"].items()} == {
        code: tally[code] for code in after
    }
    still = counted[counted["state"] != "closed"]
    tally = Counter(owner(after, point) for point in still.geometry)
    told = {code: one["open_incidents"] for code, one in found["new"]["grids"].items()}
    assert told == {code: tally[code] for code in after}


def test_the_gazette_says_what_became_of_each_grid(client):
    number = begin(client)
    redraw(client, number)
    rows = {one["old_code"]: one for one in compared(client, number)["gazette"]}
    assert set(rows) == set("ABCDEFGHI")
    assert {code: (one["kind"], one["new_codes"]) for code, one in rows.items()} == {
        **{code: ("kept", [code]) for code in "BDGHI"},
        "A": ("renamed", ["A1"]),
        "C": ("merged", ["F"]),
        "E": ("split", ["E", "E2"]) if rows["E"]["new_codes"][0] == "E" else ("split", ["E2", "E"]),
        "F": ("changed", ["F"]),
    }


def test_moved_ground_is_drawn_and_adds_up(client):
    number = begin(client)
    redraw(client, number)
    found = compared(client, number)
    tints = {one["id"]: one["properties"] for one in found["features"]}
    assert {(one["before"], one["grid_code"]) for one in tints.values()} == {
        ("C", "F"),
        ("E", "E2"),
    }
    assert found["moved"]["blocks"] == len(tints)
    area = sum(one["area_m2"] for one in found["shares"])
    whole = sum(one["area_m2"] for one in found["new"]["grids"].values())
    assert area == pytest.approx(whole)
    assert found["moved"]["area_m2"] < whole / 4
    assert compared(client, number, shapes=False)["features"] == []
    posts = next(one for one in found["follows"] if one["layer"] == "officers")
    assert {one["before"] for one in posts["things"]} <= {"A", "C", "E", "F"}


def test_another_plan_and_the_grids_of_now(client):
    one, other = begin(client, "甲"), begin(client, "乙")
    redraw(client, one)
    take(client, other, {"do": "merge", "grids": ["G"], "into": "H"}, 0)
    found = compared(client, one, str(other))
    assert (found["old"]["plan"], found["old"]["said"]) == (other, "乙")
    assert "G" not in found["old"]["grids"]
    assert "G" in found["new"]["grids"]
    assert compared(client, one, "current")["gazette"] == compared(client, one)["gazette"]
    assert compared(client, one, str(one))["moved"]["blocks"] == 0
    for wrong, status in (("999999", 404), ("yesterday", 422), ("0", 422)):
        address = f"/api/v1/plans/{one}/comparison"
        assert client.get(address, params={"with": wrong}).status_code == status


def test_plans_of_other_blocks_cannot_be_compared(client):
    number = begin(client)
    small = client.post("/api/v1/plans", json={"title": "小", "area_code": "w"}).json()["number"]
    refused = client.get(f"/api/v1/plans/{number}/comparison", params={"with": str(small)})
    assert refused.status_code == 422
    assert "not of the same blocks" in refused.json()["detail"]
    planner = bearer(token(client.url, (Role.PLANNER, "w"), code="w-planner"))
    address = f"/api/v1/plans/{small}/comparison"
    assert client.get(address, headers=planner).status_code == 200
    hidden = client.get(address, headers=planner, params={"with": str(number)})
    assert hidden.status_code == 404


def test_after_a_publication_a_draft_is_compared_with_the_grids_of_then(client):
    published, draft = begin(client), begin(client)
    take(client, published, {"do": "merge", "grids": ["A", "B"], "into": "D"}, 0)
    for stage in ("review", "approved"):
        client.put(f"/api/v1/plans/{published}/stage", json={"stage": stage})
    done = client.post(f"/api/v1/plans/{published}/publication", json={"name": "秋季"})
    assert done.status_code == 201, done.text
    found = compared(client, draft, "current")
    assert set(found["old"]["grids"]) == set("CDEFGHI")
    assert set(found["new"]["grids"]) == set("ABCDEFGHI")
    rows = {one["old_code"]: one for one in found["gazette"]}
    assert set(rows["D"]["new_codes"]) == set("ABD")
    assert compared(client, draft)["moved"]["blocks"] == 0
