from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, box
from sqlalchemy import event

from gis_grid.errors import ConflictError, CrsError, GeometryError, InputError, NotFoundError
from gis_grid.storage import bulk, merging
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore, Stored
from gis_grid.values.layers import LAYERS
from tests.storage.features import STORED_LAYERS, areas, assert_same, expected, frames, points

shared_database = settings(
    phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMES = [layer.name for layer in STORED_LAYERS]


@pytest.fixture
def store(session):
    return LayerStore(session)


@pytest.mark.parametrize("layer", STORED_LAYERS, ids=NAMES)
@given(data=st.data())
@settings(parent=shared_database, max_examples=3)
def test_reads_what_was_stored(store, session, layer, data):
    session.rollback()  # what the example before stored
    frame = data.draw(frames(layer))
    wanted = expected(layer, frame)
    assert store.upsert(layer.name, frame) == Stored(stored=len(frame))
    assert_same(store.read(layer.name, private=True), wanted)
    assert store.upsert(layer.name, store.read(layer.name, private=True)) == (
        Stored(unchanged=len(frame))
    )
    assert store.codes(layer.name) == wanted["code"].tolist()


@given(before=frames(LAYERS["cameras"]), after=frames(LAYERS["cameras"]))
@settings(parent=shared_database, max_examples=6)
def test_adds_and_updates_by_code(store, session, before, after):
    session.rollback()  # what the example before stored
    layer = LAYERS["cameras"]
    store.upsert("cameras", before)
    old = expected(layer, before).set_index("code", drop=False)
    new = expected(layer, after).set_index("code", drop=False)
    known = new.index.intersection(old.index)
    done = store.upsert("cameras", after)
    assert done.stored == len(new) - len(known)
    assert done.updated + done.unchanged == len(known)
    left = old.drop(known)
    wanted = pd.concat([part for part in (left, new) if len(part)] or [new])
    order = sorted(range(len(wanted)), key=wanted["code"].tolist().__getitem__)
    assert_same(store.read("cameras"), wanted.iloc[order])


def test_counts_what_became_of_the_rows(store):
    frame = points("facilities", [(1, 1), (2, 2), (3, 3)], name="井盖")
    assert store.upsert("facilities", frame) == Stored(stored=3)
    changed = frame.assign(name=["井盖", "灯杆", "井盖"], code=["p0", "p1", "new"])
    assert store.upsert("facilities", changed) == Stored(stored=1, updated=1, unchanged=1)
    moved = changed.set_geometry([Point(9, 9), Point(2, 2), Point(3, 3)], crs=4326)
    assert store.upsert("facilities", moved) == Stored(updated=1, unchanged=2)
    assert store.get("facilities", "p0").geometry.iloc[0] == Point(9, 9)
    assert store.count("facilities") == 4


def test_merges_chunk_by_chunk(store, monkeypatch):
    monkeypatch.setattr(merging, "CHUNK", 7)
    monkeypatch.setattr(bulk, "CHUNK", 5)
    monkeypatch.setattr(merging, "WORTH_COUNTING", 10)
    frame = points("places", [(i, i) for i in range(40)], category="park")
    assert store.upsert("places", frame.iloc[:20]) == Stored(stored=20)
    assert store.upsert("places", frame) == Stored(stored=20, unchanged=20)
    assert store.count("places") == 40


def test_keeps_personal_data_apart(store, session):
    officers = pd.DataFrame(
        {
            "code": ["o1"],
            "name": ["张三"],
            "role": ["网格员"],
            "area_code": ["1"],
            "duty_phone": "1",
        }
    )
    store.upsert("officers", officers)
    assert list(store.read("officers").columns) == ["code", "role", "area_code"]
    assert list(store.get("officers", "o1").columns) == ["code", "role", "area_code"]
    assert [list(part.columns) for part in store.chunks("officers")] == [
        ["code", "role", "area_code"]
    ]
    assert store.read("officers", private=True)["name"].tolist() == ["张三"]
    assert store.upsert("officers", officers.assign(duty_phone="2")) == Stored(updated=1)
    assert store.get("officers", "o1", private=True)["duty_phone"].tolist() == ["2"]
    assert store.delete("officers", ["o1", "none"]) == 1
    left = session.connection().exec_driver_sql("SELECT count(*) FROM officer_private")
    assert left.scalar() == 0


BOXES = st.tuples(*[st.integers(-5, 55)] * 4).map(
    lambda b: (
        min(b[0], b[2]) / 10,
        min(b[1], b[3]) / 10,
        max(b[0], b[2]) / 10,
        max(b[1], b[3]) / 10,
    )
)


def crossing(frame, bbox):
    """Return the codes of what intersects a box, one by one."""
    area = box(*bbox)
    hits = [
        code for code, g in zip(frame["code"], frame.geometry, strict=True) if g.intersects(area)
    ]
    return sorted(hits)


@given(frame=frames(LAYERS["landcover"], max_size=8), bbox=BOXES, limit=st.integers(1, 3))
@settings(parent=shared_database, max_examples=6)
def test_finds_polygons_in_a_box_page_by_page(store, session, frame, bbox, limit):
    session.rollback()  # what the example before stored
    store.upsert("landcover", frame)
    wanted = crossing(frame, bbox)
    assert store.read("landcover", bbox=bbox)["code"].tolist() == wanted
    found, after = [], None
    while len(page := store.read("landcover", bbox=bbox, after=after, limit=limit)):
        assert len(page) <= limit
        found += page["code"].tolist()
        after = found[-1]
    assert found == wanted


@given(lonlats=st.lists(st.tuples(*[st.integers(-5, 55)] * 2), max_size=12), bbox=BOXES)
@settings(parent=shared_database, max_examples=6)
def test_finds_points_in_a_box(store, session, lonlats, bbox):
    session.rollback()  # what the example before stored
    frame = points("gates", [(x / 10, y / 10) for x, y in lonlats])
    store.upsert("gates", frame)
    assert store.read("gates", bbox=bbox)["code"].tolist() == crossing(frame, bbox)


def test_tests_the_shape_and_not_its_bounds(store):
    corner = MultiPolygon([shapely.Polygon([(0, 0), (9, 0), (0, 9)])])
    store.upsert("buildings", areas("buildings", [corner]))
    assert store.read("buildings", bbox=(7, 7, 8, 8)).empty
    assert len(store.read("buildings", bbox=(4, 4, 8, 8))) == 1
    assert len(store.read("buildings", bbox=(9, 0, 10, 1))) == 1  # they touch


def test_chooses_by_category_and_grid(store):
    frame = points(
        "places",
        [(0, 0), (1, 1), (2, 2), (3, 3)],
        category=["park", "school", "park", "park"],
        grid_code=["g1", "g1", "g2", None],
    )
    store.upsert("places", frame)
    assert store.read("places", category="park")["code"].tolist() == ["p0", "p2", "p3"]
    assert store.read("places", category="park", limit=1, after="p0")["code"].tolist() == ["p2"]
    assert store.read("places", grid_code="g1")["code"].tolist() == ["p0", "p1"]
    assert store.read("places", grid_code="g1", bbox=(0, 0, 0.5, 1))["code"].tolist() == ["p0"]
    none = store.read("places", category="zoo")
    assert_same(none, expected(LAYERS["places"], frame).iloc[:0])


def test_chunks_hold_everything_once(store):
    frame = points("gates", [(i, i) for i in range(11)])
    store.upsert("gates", frame)
    sizes = [len(part) for part in store.chunks("gates", 4)]
    assert sizes == [4, 4, 3]
    assert [len(part) for part in store.chunks("gates", 11)] == [11]
    together = pd.concat(store.chunks("gates", 5))["code"].tolist()
    assert together == store.codes("gates")
    assert list(store.chunks("walls")) == []


RANGES = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), max_size=600)


@given(cells=st.lists(st.integers(0, 60), max_size=20), ranges=RANGES)
@settings(parent=shared_database, max_examples=6)
def test_finds_points_in_ranges_of_cells(store, session, cells, ranges):
    session.rollback()  # what the example before stored
    frame = points("incidents", [(1, 1)] * len(cells), cell=np.array(cells, np.int64))
    store.upsert("incidents", frame)
    wanted = {
        f"p{n}" for n, cell in enumerate(cells) if any(low <= cell <= high for low, high in ranges)
    }
    found = store.in_cells("incidents", ranges)
    assert found["code"].tolist() == sorted(wanted)
    assert list(found.columns) == list(store.read("incidents").columns)


def test_takes_thousands_of_ranges(store):
    cells = np.arange(1, 6001, 2, dtype=np.int64)
    store.upsert("incidents", points("incidents", [(1, 1)] * 3000, cell=cells))
    assert len(store.in_cells("incidents", zip(cells[:2500], cells[:2500], strict=True))) == 2500


def test_finds_incidents_of_a_time(store):
    days = pd.to_datetime([f"2026-01-0{n}T00:00Z" for n in (1, 2, 3)])
    store.upsert("incidents", points("incidents", [(1, 1)] * 3, cell=5, reported_at=days))
    start, end = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)
    found = store.in_cells("incidents", [(5, 5)], since=start, until=end)
    assert found["code"].tolist() == ["p1"]
    assert store.in_cells("incidents", [(5, 5)], since=end)["code"].tolist() == ["p2"]


def test_returns_aware_utc(store):
    shanghai = pd.DatetimeIndex(["2026-01-01 08:00"]).tz_localize("Asia/Shanghai")
    store.upsert("incidents", points("incidents", [(1, 1)], reported_at=shanghai))
    instant = store.read("incidents")["reported_at"].iloc[0]
    assert instant == pd.Timestamp("2026-01-01T00:00Z")
    assert str(instant.tz) == "UTC"


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda s: s.read("houses"), "there is no layer 'houses'; choose one of grids, buildings"),
        (lambda s: s.get("gates", "x"), "gates have no 'x'"),
        (lambda s: s.get("grids", "x", at=datetime(2026, 1, 1, tzinfo=UTC)), "at 2026-01-01"),
    ],
)
def test_says_what_is_not_there(store, ask, reason):
    with pytest.raises(NotFoundError, match=reason):
        ask(store)


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda s: s.read("gates", level="subarea"), "gates have no level"),
        (lambda s: s.read("gates", category="x"), "gates have no category"),
        (lambda s: s.read("walls", grid_code="x"), "walls have no grid_code"),
        (lambda s: s.read("gates", at=datetime(2026, 1, 1, tzinfo=UTC)), "no generations"),
        (lambda s: s.read("grids", at=datetime(2026, 1, 1)), "without a time zone"),  # noqa: DTZ001
        (lambda s: s.read("officers", bbox=(0, 0, 1, 1)), "no place of their own"),
        (lambda s: s.read("gates", bbox=(1, 0, 0, 1)), "is no box"),
        (lambda s: s.read("gates", bbox=(0, 0, float("nan"), 1)), r"nan, 1\) is no box"),
        (lambda s: s.read("gates", limit=0), "limit 0 is too small"),
        (lambda s: s.in_cells("walls", [(1, 2)]), "walls have no cells"),
        (lambda s: s.in_cells("gates", [], since=datetime(2026, 1, 1, tzinfo=UTC)), "reported"),
        (lambda s: s.in_cells("incidents", [], until=datetime(2026, 1, 1)), "time zone"),  # noqa: DTZ001
        (lambda s: s.upsert("grids", areas("grids", [box(0, 0, 1, 1)])), "publish them"),
        (lambda s: s.delete("grids", ["g"]), "publish a generation without"),
    ],
)
def test_refuses_questions_that_make_no_sense(store, ask, reason):
    with pytest.raises(InputError, match=reason):
        list(ask(store))


def gates(**columns):
    return points("gates", [(1, 1), (2, 2)], **columns)


@pytest.mark.parametrize(
    ("layer", "frame", "error", "reason"),
    [
        ("gates", gates(code=["g", "g"]), InputError, "row 1 is refused, code occurs twice: 'g'"),
        ("gates", gates(code=["", "g"]), InputError, "row 0 is refused, code is empty"),
        ("gates", gates(code=[None, "g"]), InputError, "row 0 has no code"),
        ("gates", gates(code=[1, 2]), InputError, "column 'code' is not text"),
        ("gates", gates(name=["a\0b", "c"]), InputError, "column 'name' is not text .*NUL"),
        (
            "gates",
            gates(name=pd.Series(["\ud800", "c"], dtype=object)),
            InputError,
            "column 'name' is not text",
        ),
        ("gates", gates(width=1), InputError, "gates has no column 'width'; leave it out"),
        ("gates", gates(cell=[0.5, 1]), InputError, "column 'cell' is not whole numbers"),
        ("gates", gates(cell=[1e300, 1]), InputError, "column 'cell' is not whole numbers"),
        ("gates", gates().to_crs(4549), CrsError, "gates"),
        ("gates", gates().drop(columns="geometry"), GeometryError, "needs a geometry column"),
        ("gates", gates().set_geometry([Point(), Point(1, 1)], crs=4326), GeometryError, "empty"),
        ("gates", gates().set_geometry([Point(181, 0)] * 2, crs=4326), GeometryError, "off the"),
        ("gates", gates().set_geometry([box(0, 0, 1, 1)] * 2, crs=4326), GeometryError, "not a P"),
        ("walls", areas("walls", [None]), GeometryError, "'a0' has no geometry"),
        ("walls", areas("walls", [box(0, 0, 1, 1)]), GeometryError, "is not a MULTILINESTRING"),
        (
            "buildings",
            areas("buildings", [shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]),
            GeometryError,
            "'a0' has an invalid outline",
        ),
        (
            "buildings",
            areas("buildings", [box(0, 0, 1, 1)], floors=-1),
            InputError,
            "floors < 0: -1",
        ),
        (
            "buildings",
            areas("buildings", [box(0, 0, 1, 1)], floors=201),
            InputError,
            "floors > 200",
        ),
        (
            "buildings",
            areas("buildings", [box(0, 0, 1, 1)], height_m=float("inf")),
            InputError,
            "height_m must be finite",
        ),
        ("incidents", points("incidents", [(1, 1)], state="lost"), InputError, "is none of report"),
        (
            "incidents",
            points("incidents", [(1, 1)], due_at=[datetime(2026, 1, 1)]),  # noqa: DTZ001
            InputError,
            "'due_at' is not instants with a time zone",
        ),
        ("incidents", points("incidents", [(1, 1)], reported_at=[None]), InputError, "no reported"),
        (
            "facilities",
            points("facilities", [(1, 1)], surveyed_on=["2026-01-01T10:00"]),
            InputError,
            "'surveyed_on' is not days",
        ),
        (
            "streets",
            areas("streets", [LineString([(0, 0), (1, 1)])], bridge="x"),
            InputError,
            "true",
        ),
    ],
)
def test_lets_nothing_bad_in(store, layer, frame, error, reason):
    with pytest.raises(error, match=reason):
        store.upsert(layer, frame)
    assert store.count(layer) == 0


def test_single_parts_and_heights_are_made_to_fit(store):
    flat = box(0, 0, 1, 1)
    store.upsert("buildings", areas("buildings", [shapely.force_3d(flat, 9.0), flat]))
    kept = store.read("buildings").geometry
    assert kept.tolist() == [MultiPolygon([flat]), MultiPolygon([flat])]
    assert not kept.has_z.any()


def test_an_argument_stays_as_it_was(store):
    frame = areas("buildings", [box(0, 0, 1, 1)], floors=3)
    before = frame.copy()
    store.upsert("buildings", frame)
    assert_geodataframe_equal(frame, before)


def test_the_rules_of_the_schema_guard_other_writers_too(session):
    with pytest.raises(InputError, match="refuses a value"):
        session.connection().exec_driver_sql(
            "INSERT INTO officer (code, area_code) VALUES ('', 'x')"
        )


def test_a_code_is_there_once(session):
    bulk.load(session, "gates", gates())
    with pytest.raises(ConflictError, match="has that key already"):
        bulk.load(session, "gates", gates())


def test_a_box_is_found_by_an_index(engine, session):
    store = LayerStore(session)
    store.upsert("gates", points("gates", [(i % 300 / 10, i / 500) for i in range(12_000)]))
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
    store.read("gates", bbox=(1.0, 1.0, 1.2, 1.5))
    statement, values = asked[-1]
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    plan = str(session.connection().exec_driver_sql(explain + statement, values).fetchall())
    assert "ix_gate_place" in plan or "ix_gate_geometry" in plan


def test_grids_are_read_at_a_moment_and_level(store, session):
    generations = GenerationStore(session)
    first = areas("grids", [box(0, 0, 1, 1), box(1, 0, 2, 1)], level=["subarea", "community"])
    generations.publish(first, name="1", valid_from=datetime(2026, 1, 1, tzinfo=UTC))
    generations.publish(
        first.assign(name="new"), name="2", valid_from=datetime(2026, 2, 1, tzinfo=UTC)
    )
    january = datetime(2026, 1, 31, tzinfo=UTC)
    assert store.read("grids", at=january)["name"].isna().all()
    assert store.read("grids", at=january, level="community")["code"].tolist() == ["a1"]
    assert store.read("grids")["name"].tolist() == ["new", "new"]
    assert store.read("grids", at=datetime(2025, 12, 31, tzinfo=UTC)).empty
    assert store.get("grids", "a0", at=january)["name"].isna().all()
    assert store.count("grids") == 2
    assert [len(part) for part in store.chunks("grids", 1)] == [1, 1]
