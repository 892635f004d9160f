"""Plans over HTTP: begun from the city, edited step by step, undone, discussed, approved."""

import json

import pytest

from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine
from tests import planned
from tests.api.conftest import BOTH, new_database, served
from tests.signed import signed_in


@pytest.fixture(scope="module", params=BOTH)
def client(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        planned.store(engine)
        engine.dispose()
        with served(url, folder) as client:
            client.url_of_database = url
            yield client


@pytest.fixture
def number(client):
    """Return a fresh copy of the plan of square blocks."""
    made = client.post("/api/v1/plans/1/copies", json={"title": "一稿"})
    assert made.status_code == 201
    return made.json()["number"]


def step(client, number, wish, seen):
    return client.post(
        f"/api/v1/plans/{number}/steps", json=wish, headers={"If-Match": f'"{seen}"'}
    )


BRUSH = {"do": "move_blocks", "blocks": ["B000001", "B000002"], "to": "g1"}


def test_a_plan_begins_with_the_grids_of_the_city(client):
    made = client.post("/api/v1/plans", json={"title": "秋季调整", "area_code": "s"})
    assert made.status_code == 201, made.text
    plan = made.json()
    assert (plan["stage"], plan["step"], plan["generation"]) == ("draft", 0, 1)
    assert made.headers["Location"] == f"/api/v1/plans/{plan['number']}"
    grids = client.get(f"{made.headers['Location']}/grids").json()["features"]
    assert {one["id"] for one in grids} == set("ABCDEFGHI")
    listed = client.get("/api/v1/grids", params={"level": "subarea"}).json()["features"]
    assert len(listed) == len(grids)
    numbers = client.get(f"{made.headers['Location']}/numbers").json()
    assert set(numbers["grids"]) == set("ABCDEFGHI")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"title": "x", "area_code": "nowhere"}, 404),
        ({"title": "", "area_code": "s"}, 422),
        ({"title": " ", "area_code": "s"}, 422),
        ({"title": "x"}, 422),
        ({"title": "x", "area_code": "s", "more": 1}, 422),
        ({"title": "x", "area_code": "s", "settings": {"households": [500, 300]}}, 422),
        ({"title": "x", "area_code": "s", "settings": {"work_off": -1}}, 422),
        ([], 422),
    ],
)
def test_a_plan_that_cannot_begin_says_why(client, body, status):
    refused = client.post("/api/v1/plans", json=body)
    assert refused.status_code == status
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_step_is_taken_shown_and_taken_back(client, number):
    base = f"/api/v1/plans/{number}"
    before = client.get(f"{base}/grids").json()
    taken = step(client, number, BRUSH, 0)
    assert taken.status_code == 200, taken.text
    told = taken.json()
    assert taken.headers["ETag"] == '"1"'
    assert told["entry"]["title"] == "2 blocks to g1"
    assert {one["grid_code"] for one in told["effects"]} == {"g0", "g1"}
    assert {one["id"] for one in told["changed"]["grids"]} == {"g0", "g1"}
    assert {one["properties"]["grid_code"] for one in told["changed"]["blocks"]} == {"g1"}
    gained = next(one for one in told["effects"] if one["grid_code"] == "g1")
    assert gained["after"]["area_m2"] - gained["before"]["area_m2"] == pytest.approx(20_000)
    since = client.get(f"{base}/changes", params={"since": 0}).json()
    assert since == told["changed"]
    undone = client.post(f"{base}/undo", headers={"If-Match": '"1"'})
    assert undone.json()["entry"]["of"] == 1
    assert client.get(f"{base}/grids").json() == before
    redone = client.post(f"{base}/redo", headers={"If-Match": '"2"'})
    assert redone.json()["plan"]["step"] == 3
    steps = client.get(f"{base}/steps", params={"since": 0}).json()
    assert [one["kind"] for one in steps["entries"]] == ["edit", "undo", "redo"]
    assert (steps["undoable"], steps["redoable"]) == (1, 0)


def test_numbers_of_the_start_stay_while_the_plan_moves_on(client):
    made = client.post("/api/v1/plans", json={"title": "比一比", "area_code": "s"}).json()
    base = f"/api/v1/plans/{made['number']}"
    first = client.get(f"{base}/numbers").json()
    assert first["communities"] == {**dict.fromkeys("ABDEGH", "w"), **dict.fromkeys("CFI", "e")}
    within = first["spread_within"]
    assert {code: one["households"]["count"] for code, one in within.items()} == {
        "w": 6,
        "e": 3,
        "s": 9,
        "d": 9,
        "c": 9,
    }
    assert within["s"] == first["spread"]
    assert client.get(f"{base}/numbers", params={"at": "start"}).json() == first
    assert step(client, made["number"], {"do": "merge", "grids": ["B"], "into": "A"}, 0).is_success
    now = client.get(f"{base}/numbers", params={"at": "now"}).json()
    assert set(now["grids"]) == set("ACDEFGHI") == set(now["communities"])
    assert client.get(f"{base}/numbers", params={"at": "start"}).json() == first
    factors = {**made["settings"]["factors"], "households": 400.0}
    settings = {**made["settings"], "factors": factors}
    assert client.patch(base, json={"settings": settings}).is_success
    again = client.get(f"{base}/numbers", params={"at": "start"}).json()
    assert again["spread"]["households"] == first["spread"]["households"]
    assert client.get(f"{base}/numbers", params={"at": "soon"}).status_code == 422


def test_a_preview_changes_nothing(client, number):
    base = f"/api/v1/plans/{number}"
    shown = client.post(f"{base}/previews", json=BRUSH).json()
    assert {one["properties"]["grid_code"] for one in shown["parts"]} == {"g1"}
    assert shown["broken"] == ["g1"]  # they lie apart from it
    torn = {"do": "move_blocks", "blocks": ["B000022"], "to": "g0"}
    assert client.post(f"{base}/previews", json=torn).json()["broken"] == ["g0"]
    assert client.get(base).json()["step"] == 0


def test_a_preview_tells_the_numbers_of_both_sides_as_the_step_makes_them(client, number):
    base = f"/api/v1/plans/{number}"
    wish = {"do": "move_blocks", "blocks": ["B000022"], "to": "g0"}
    shown = client.post(f"{base}/previews", json=wish).json()["metrics"]
    for when in ("before", "after"):
        if when == "after":
            assert step(client, number, wish, 0).status_code == 200
        truth = client.get(f"{base}/numbers").json()["grids"]
        assert len(shown[when]) == 2
        for code, values in shown[when].items():
            assert values == pytest.approx({name: truth[code][name] for name in values})
    begun = {"do": "new_grid", "blocks": ["B000001"], "code": "new"}
    shown = client.post(f"{base}/previews", json=begun).json()["metrics"]
    assert "new" not in shown["before"]
    assert shown["after"]["new"]["pieces"] == 1


def test_grids_are_given_by_the_box_that_is_looked_at(client, number):
    base = f"/api/v1/plans/{number}/grids"
    every = client.get(base).json()
    assert every["total"] == len(every["features"])
    whole = client.get(base, params={"bbox": "-180,-90,180,90"}).json()
    assert whole == every
    assert client.get(base, params={"bbox": "0,0,0,0"}).json() == {**every, "features": []}
    lon, lat = every["features"][0]["geometry"]["coordinates"][0][0]
    around = f"{lon - 1e-6},{lat - 1e-6},{lon + 1e-6},{lat + 1e-6}"
    corner = client.get(base, params={"bbox": around}).json()["features"]
    assert every["features"][0] in corner
    assert 0 < len(corner) < len(every["features"])
    assert client.get(base, params={"bbox": "2,0,1,1"}).status_code == 422


def test_locks_are_told_with_the_grids(client, number):
    base = f"/api/v1/plans/{number}"
    for seen, (kind, codes) in enumerate(
        [("grid", ["g0"]), ("border", ["g1", "g3"]), ("officer", ["o1"])]
    ):
        wish = {"do": "lock", "kind": kind, "codes": codes, "locked": True}
        assert step(client, number, wish, seen).status_code == 200
    told = {one["id"]: one["properties"] for one in client.get(f"{base}/grids").json()["features"]}
    locked = {code: (one["locked"], one["locked_borders"]) for code, one in told.items()}
    assert locked == {
        "g0": (True, []),
        "g1": (False, ["g3"]),
        "g2": (False, []),
        "g3": (False, ["g1"]),
    }
    assert {code for code, one in told.items() if one["officer_locked"]} == {"g0", "g2"}
    changed = client.get(f"{base}/changes", params={"since": 2}).json()["grids"]
    assert {one["id"] for one in changed} == {"g0", "g2"}


def test_a_refused_step_says_why_in_words_and_by_a_reason(client, number):
    lock = {"do": "lock", "kind": "grid", "codes": ["g0"], "locked": True}
    assert step(client, number, lock, 0).status_code == 200
    held = client.get(f"/api/v1/plans/{number}/blocks", params={"bbox": "122,40,124,42"}).json()
    block = next(
        one["properties"]["code"]
        for one in held["features"]
        if one["properties"]["grid_code"] == "g0"
    )
    answer = step(client, number, {"do": "move_blocks", "blocks": [block], "to": "g1"}, 1)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["detail"].startswith(f"block {block} cannot move: grid g0 is locked")
    assert problem["reason"] == "plan.locked-grid"
    assert problem["about"] == {"block": block, "grid": "g0"}


def test_a_stale_step_is_refused_and_says_who_was_first(client, number):
    assert step(client, number, BRUSH, 0).status_code == 200
    refused = step(client, number, {"do": "merge", "grids": ["g0"], "into": "g1"}, 0)
    assert refused.status_code == 412
    assert "since then: 1 " in refused.json()["detail"]
    assert "2 blocks to g1" in refused.json()["detail"]


@pytest.mark.parametrize("seen", ["", "0", '"-1"', '"x"', "*"])
def test_a_step_must_say_what_it_was_meant_for(client, number, seen):
    headers = {"If-Match": seen} if seen else {}
    refused = client.post(f"/api/v1/plans/{number}/steps", json=BRUSH, headers=headers)
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"do": "fly"}, 422),
        ({"do": "merge", "grids": ["none"], "into": "g1"}, 404),
        ({"do": "move_blocks", "blocks": ["none"], "to": "g1"}, 422),
        ({"do": "new_grid", "blocks": ["B000001"], "code": "g1"}, 409),
        ({"do": "move_building", "building": "none", "to": "g1"}, 404),
    ],
)
def test_a_wish_that_cannot_be_granted_is_a_problem(client, number, wish, status):
    for path in ("steps", "previews"):
        refused = client.post(
            f"/api/v1/plans/{number}/{path}", json=wish, headers={"If-Match": '"0"'}
        )
        assert refused.status_code == status, refused.text
    assert client.get(f"/api/v1/plans/{number}").json()["step"] == 0


@pytest.mark.parametrize("path", ["", "/grids", "/numbers", "/comments", "/steps?since=0"])
def test_a_plan_that_is_not_there_is_a_problem(client, path):
    for number in (999_999, 2**53):
        assert client.get(f"/api/v1/plans/{number}{path}").status_code == 404
    assert client.get(f"/api/v1/plans/0{path}").status_code == 422


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "3,3,1,1", "-200,0,0,0", "1..2,0,3,4"])
def test_a_box_that_is_none_is_refused(client, number, bbox):
    assert client.get(f"/api/v1/plans/{number}/blocks?bbox={bbox}").status_code == 422


def test_blocks_come_by_box(client, number):
    found = client.get(f"/api/v1/plans/{number}/blocks?bbox=120,40,126,42").json()["features"]
    assert len(found) == planned.SIDE**2
    assert client.get(f"/api/v1/plans/{number}/blocks?bbox=0,0,1,1").json()["features"] == []


def test_a_plan_goes_through_review_and_is_not_edited_then(client, number):
    base = f"/api/v1/plans/{number}"
    assert client.put(f"{base}/stage", json={"stage": "review"}).json()["stage"] == "review"
    assert step(client, number, BRUSH, 0).status_code == 409
    assert client.put(f"{base}/stage", json={"stage": "published"}).status_code == 422
    assert client.put(f"{base}/stage", json={"stage": "approved"}).json()["stage"] == "approved"
    assert client.put(f"{base}/stage", json={"stage": "dropped"}).status_code == 409
    assert client.put(f"{base}/stage", json={"stage": "draft"}).json()["stage"] == "draft"
    assert step(client, number, BRUSH, 0).status_code == 200


def test_settings_change_what_a_plan_is_worth(client, number):
    base = f"/api/v1/plans/{number}"
    one = client.get(f"{base}/numbers").json()
    rules = {one["rule"] for one in one["broken"]}
    changed = client.patch(base, json={"settings": {"households": [0, 10_000], "work_off": None}})
    assert changed.json()["title"] == "一稿"
    two = client.get(f"{base}/numbers").json()
    assert "in_band" in rules
    assert "in_band" not in {one["rule"] for one in two["broken"]}


def test_comments_are_text(client, number):
    base = f"/api/v1/plans/{number}/comments"
    said = {"text": "<img src=x onerror=alert(1)>", "grid_code": "g0"}
    assert client.post(base, json=said).status_code == 201
    told = client.get(base).json()["comments"]
    assert told[0]["text"] == said["text"]
    assert client.post(base, json={"text": ""}).status_code == 422


def test_plans_are_listed_the_last_changed_first(client, number):
    step(client, number, BRUSH, 0)
    listed = client.get("/api/v1/plans").json()["plans"]
    assert listed[0]["number"] == number
    assert json.dumps(listed)


def test_a_planner_of_another_part_sees_no_plan_and_changes_none(client, number):
    mine = client.headers["Authorization"]
    url = client.url_of_database
    try:
        for area, is_in in (("s", True), ("w", False)):
            signed_in(client, url, (Role.PLANNER, area), code=f"planner-{area}", is_read_only=False)
            base = f"/api/v1/plans/{number}"
            listed = {one["number"] for one in client.get("/api/v1/plans").json()["plans"]}
            assert (number in listed) == is_in
            for path in ("", "/grids", "/numbers", "/comments", "/steps?since=0"):
                assert client.get(base + path).status_code == (200 if is_in else 404)
            preview = client.post(f"{base}/previews", json=BRUSH)
            assert preview.status_code == (200 if is_in else 404)
            assert step(client, number, BRUSH, 0).status_code == (200 if is_in else 403)
            undo = client.post(f"{base}/undo", headers={"If-Match": '"1"'})
            assert undo.status_code == (200 if is_in else 403)
            assert client.patch(base, json={"title": "x"}).status_code == (200 if is_in else 403)
            begun = client.post("/api/v1/plans", json={"title": "x", "area_code": "s"})
            assert begun.status_code == (201 if is_in else 403)
    finally:
        client.headers["Authorization"] = mine
