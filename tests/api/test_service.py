from gis_grid import __version__


def test_health_names_what_runs(client):
    health = client.get("/api/v1/health").json()
    assert health["status"] == "ok"
    assert health["version"] == __version__
    assert health["database"] in {"sqlite", "postgresql"}
    assert health["schema_revision"]
    assert health["city"] == "画市"
    assert health["generation"] == {
        "number": 1,
        "name": "初稿",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_to": None,
    }


def test_health_of_an_empty_database(empty_client):
    health = empty_client.get("/api/v1/health").json()
    assert health["city"] is None
    assert health["generation"] is None


def test_generations(client):
    assert [one["number"] for one in client.get("/api/v1/generations").json()] == [1]


def test_no_generations_are_an_empty_list(empty_client):
    assert empty_client.get("/api/v1/generations").json() == []


def test_long_answers_are_packed(client):
    answer = client.get("/api/v1/grids", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["numberReturned"] == 14
