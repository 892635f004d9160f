"""Points as an Arrow stream: the same answers as JSON, and a problem for everything else."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.arrow import points_in
from gis_grid.errors import InputError
from gis_grid.geo.datum import from_wgs84
from tests import drawn

KIND = "application/vnd.apache.arrow.stream"
MIDDLES = [drawn.middle(letter) for letter in drawn.BOXES]


def stream(columns, *, rows_at_once=None, compression=None):
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table, rows_at_once)
    return sink.getvalue().to_pybytes()


def send(client, body, **query):
    return client.post("/api/v1/route", content=body, headers={"Content-Type": KIND}, params=query)


def table_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == KIND
    return pa.ipc.open_stream(answer.content).read_all()


def pairs(points):
    lon, lat = np.array(points, float).reshape(-1, 2).T
    return {"lon": lon, "lat": lat}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(
    points=st.lists(st.tuples(st.floats(122.999, 123.008), st.floats(40.999, 41.008)), max_size=30)
)
def test_equals_json(client, points):
    told = client.post("/api/v1/route", json={"points": points}).json()
    table = table_of(send(client, stream(pairs(points), rows_at_once=7)))
    assert table.column_names == ["grid_code", "distance_to_border_m", "cell"]
    assert table.to_pydict() == {name: told[name] for name in table.column_names}
    assert table.schema.metadata == {b"generation": b"1"}


def test_points_that_are_none_are_answered_by_nulls(client):
    lon, lat = drawn.middle("E")
    columns = {"lat": [lat, None, lat, 91.0, float("inf")], "lon": [lon, lon, None, lon, lon]}
    table = table_of(send(client, stream(columns)))
    assert table["grid_code"].to_pylist() == ["E", None, None, None, None]
    assert table["distance_to_border_m"].null_count == table["cell"].null_count == 4


@pytest.mark.parametrize("kind", [pa.float32(), pa.float64(), pa.int32(), pa.uint16()])
def test_takes_every_kind_of_number(client, kind):
    columns = {name: pa.array([0, 1], kind) for name in ("lon", "lat")}
    assert table_of(send(client, stream(columns)))["grid_code"].to_pylist() == [None, None]


def test_datum_and_moment_are_query_parameters(client):
    lon, lat = from_wgs84(lon=[drawn.middle("B")[0]], lat=[drawn.middle("B")[1]], datum="gcj02")
    body = stream({"lon": lon, "lat": lat})
    at = (drawn.START.replace(year=2027)).isoformat()
    assert table_of(send(client, body, datum="gcj02", at=at))["grid_code"].to_pylist() == ["B"]
    before = send(client, body, at="2020-01-01T00:00:00Z")
    assert before.status_code == 404
    json = client.post("/api/v1/route", json={"points": []}, params={"datum": "gcj02"})
    assert json.status_code == 422
    assert "body" in json.json()["detail"]


def test_many_are_routed_and_more_are_refused(client):
    most = table_of(send(client, stream(pairs(MIDDLES * 1_111 + MIDDLES[:1]))))
    assert most.num_rows == 10_000
    answer = send(client, stream(pairs(MIDDLES * 1_200), rows_at_once=500))
    assert answer.status_code == 422
    assert "10,000" in answer.json()["detail"]


NULLS = pa.array([None, None], pa.float64())
GOOD = stream(pairs(MIDDLES))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"lon,lat\n1,2\n", "no Arrow stream"),
        (GOOD[:-200], "no Arrow stream"),
        (GOOD[:40], "no Arrow stream"),
        (b"ARROW1\0\0" + GOOD, "no Arrow stream"),
        (stream({"lon": [1.0]}), "columns lon"),
        (stream({"lon": [1.0], "lat": [1.0], "id": [1]}), "columns lon, lat, id"),
        (stream({"lon": ["1"], "lat": ["2"]}), "column lon is string"),
        (stream({"lon": pa.array([1.0]).dictionary_encode(), "lat": [1.0]}), "dictionary"),
        (stream(pairs(MIDDLES), compression="zstd"), "compressed"),
        (stream(pairs(MIDDLES), compression="lz4"), "compressed"),
    ],
)
def test_refuses_what_is_no_stream_of_points(client, body, said):
    answer = send(client, body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_nulls_alone_are_a_stream(client):
    table = table_of(send(client, stream({"lon": NULLS, "lat": NULLS})))
    assert table.num_rows == table["grid_code"].null_count == 2


@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
@settings(max_examples=400)
def test_a_damaged_stream_never_breaks_more_than_itself(place, byte):
    body = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    try:
        lon, lat = points_in(body, at_most=10_000)
    except InputError:
        return
    assert lon.shape == lat.shape


def test_refuses_other_kinds_and_giants(client):
    post = {"url": "/api/v1/route", "content": b"<points/>"}
    assert client.post(**post, headers={"Content-Type": "text/xml"}).status_code == 415
    giant = client.post("/api/v1/route", content=b" " * 4_000_001)
    assert giant.status_code == 413
    assert giant.headers["content-type"] == "application/problem+json"
