import pytest


def test_days_of_the_record(client):
    told = client.get("/api/v1/statistics/days").json()
    assert (told["first"], told["last"]) == ("2025-01-09", "2026-01-08")
    assert told["reported"][-8:] == [1] * 8
    assert sum(told["reported"]) == 8
    assert client.get("/api/v1/statistics/days?kind=event").json()["first"] == "2025-01-09"
    assert sum(client.get("/api/v1/statistics/days?kind=event").json()["reported"]) == 0


def test_a_window_is_the_last_four_weeks_unless_said_otherwise(client):
    told = client.get("/api/v1/statistics/window").json()
    assert (told["first"], told["last"]) == ("2025-12-12", "2026-01-08")
    assert (told["now"]["reported"], told["before"]["reported"]) == (8, 0)
    assert told["now"]["mean_h"] is None
    assert told["level"] == "subarea"
    assert [(one["code"], one["count"], one["compared"]) for one in told["grids"][:1]] == [
        ("E", 8, 1)
    ]
    day = client.get("/api/v1/statistics/window?first=2026-01-02&last=2026-01-02")
    assert day.json()["now"]["reported"] == 1
    again = {"If-None-Match": day.headers["etag"]}
    url = "/api/v1/statistics/window?first=2026-01-02&last=2026-01-02"
    assert client.get(url, headers=again).status_code == 304


def test_heat_of_some_days(client):
    url = "/api/v1/heat?first=2026-01-01&last=2026-01-03"
    told = client.get(url).json()
    assert (told["total"], told["resolution"], told["breaks"]) == (3, 10, [3])
    assert (told["since"], told["until"]) == ("2025-12-31T16:00:00Z", "2026-01-03T15:59:59Z")
    fixed = client.get(f"{url}&resolution=8&breaks=2,9").json()
    assert (fixed["resolution"], fixed["breaks"]) == (8, [2, 9])
    assert [one["properties"]["heat_class"] for one in fixed["features"]] == [0]
    assert client.get(f"{url}&kind=event").json()["total"] == 0


def test_what_is_worth_a_look(client):
    told = client.get("/api/v1/statistics/attention").json()
    assert (told["first"], told["last"]) == ("2025-12-12", "2026-01-08")
    assert (told["usual_days"], told["grids"], told["compared"]) == (None, [], 0)
    hot = told["hot"]
    assert (hot["count"], hot["weeks"]) == (8, [0] * 10 + [1, 7])
    assert hot["score"] > 1.96
    west, south, east, north = hot["bbox"]
    assert west < hot["lon"] < east
    assert south < hot["lat"] < north
    cells = client.get("/api/v1/heat?first=2025-12-12&last=2026-01-08").json()
    assert hot["cell"] in {one["id"] for one in cells["features"]}
    none = client.get("/api/v1/statistics/attention?kind=event").json()
    assert none["hot"] is None


def test_density_of_some_days(client):
    url = "/api/v1/density?first=2026-01-01&last=2026-01-08"
    told = client.get(url).json()
    assert (told["total"], told["bandwidth_m"], told["doubted"]) == (8, 400.0, 0)
    bands = told["features"]
    assert [one["properties"]["low"] for one in bands] == told["breaks"]
    assert max(told["breaks"]) < 8 / (2 * 3.14159 * 0.4**2)
    wide = client.get(f"{url}&bandwidth_m=800").json()
    assert max(wide["breaks"]) < max(told["breaks"])
    fixed = client.get(f"{url}&breaks=1.5,9").json()
    assert fixed["breaks"] == [1.5, 9.0]
    again = {"If-None-Match": client.get(url).headers["etag"]}
    assert client.get(url, headers=again).status_code == 304


def test_nothing_is_known_of_an_empty_database(empty_client):
    days = empty_client.get("/api/v1/statistics/days").json()
    assert days == {"first": None, "last": None, "reported": []}
    looks = empty_client.get("/api/v1/statistics/attention").json()
    assert (looks["first"], looks["hot"], looks["grids"]) == (None, None, [])
    assert empty_client.get("/api/v1/density").json()["breaks"] == []
    told = empty_client.get("/api/v1/statistics/window").json()
    assert (told["first"], told["now"], told["grids"]) == (None, None, [])
    whole = empty_client.get("/api/v1/statistics/window?first=2026-01-01&last=2026-01-02").json()
    assert (whole["now"]["reported"], whole["level"], whole["mean"]) == (0, "", None)


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ("statistics/window?first=2026-01-02", "first and last belong together"),
        ("statistics/window?first=2026-01-02&last=2026-01-01", "within 3660 days"),
        ("statistics/window?first=1026-01-02&last=2026-01-01", "within 3660 days"),
        ("statistics/window?first=yesterday&last=2026-01-01", "#/query/first"),
        ("statistics/days?kind=thing", "#/query/kind"),
        ("statistics/days?first=2026-01-01", "#/query/first"),
        ("heat?resolution=3", "#/query/resolution"),
        ("density?bandwidth_m=99", "#/query/bandwidth_m"),
        ("density?bandwidth_m=nan", "#/query/bandwidth_m"),
        ("density?breaks=-1", "#/query/breaks"),
        ("statistics/attention?first=2026-01-02", "first and last belong together"),
        ("heat?breaks=0,1", "#/query/breaks"),
        ("heat?breaks=1,2,3,4,5,6,7,8", "#/query/breaks"),
    ],
)
def test_what_cannot_be_asked(client, asked, because):
    answer = client.get(f"/api/v1/{asked}")
    assert answer.status_code == 422
    assert because in answer.text
