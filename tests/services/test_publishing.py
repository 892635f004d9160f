"""A publication moves everything that has another owner, and nothing else, whoever writes."""

import threading
import time
from datetime import timedelta

import numpy as np
import pytest
import shapely

from gis_grid.errors import ConflictError, GeometryError, InputError, NotFoundError
from gis_grid.exchange.prepare import Reading
from gis_grid.geo.datum import Datum
from gis_grid.router.assign import assign_grids
from gis_grid.services.importing import ImportOptions, import_layer
from gis_grid.services.publishing import publish_grids
from gis_grid.services.routing import current_router
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.rerouting import OWNED, Rerouted
from gis_grid.values.layers import LAYERS
from tests import drawn, stored
from tests.redrawn import merged, moved_border, redrawn, renumbered

DAY = timedelta(days=1)
COUNT = 300


def ground(grids):
    return grids[grids["level"] == "subarea"]


def scattered(rng, name, **columns):
    """Return features of a layer all over the city and a little beyond."""
    lon = rng.uniform(drawn.WEST - 5e-4, drawn.WEST + 3 * drawn.SIDE + 5e-4, COUNT)
    lat = rng.uniform(drawn.SOUTH - 5e-4, drawn.SOUTH + 3 * drawn.SIDE + 5e-4, COUNT)
    shapes = shapely.points(lon, lat)
    if LAYERS[name].geometry != "POINT":
        shapes = shapely.box(lon, lat, lon + 3e-4, lat + 2e-4)
    rows = [
        {"code": f"{name[0]}{n}"} | {k: v[n % len(v)] for k, v in columns.items()}
        for n in range(COUNT)
    ]
    return drawn.layer(name, rows, shapes)


REQUIRED = {
    "entrances": {"building_code": ["b"]},
    "facilities": {"category": ["0101"]},
    "places": {"category": ["market"]},
    "incidents": {
        "state": ["reported", "handled", "closed", "dispatched"],
        "reported_at": [drawn.START],
        "doubt": [None, None, None, None, "far_away"],
    },
}


@pytest.fixture
def city(engine):
    """Give the drawn city with something of every layer everywhere, routed as it should be."""
    stored.put(engine, fill)
    return engine


def fill(engine):
    rng = np.random.default_rng(5)
    drawn.store(engine)
    router, _ = current_router(engine)
    with sessions(engine).begin() as session:
        for layer in OWNED:
            frame = scattered(rng, layer.name, **REQUIRED.get(layer.name, {}))
            LayerStore(session).upsert(layer, in_order(layer, assign_grids(frame, router)))


def in_order(layer, frame):
    return frame[[name for name in (*layer.field_names, "geometry") if name in frame.columns]]


def held(engine):
    with sessions(engine)() as session:
        return {layer.name: LayerStore(session).read(layer).set_index("code") for layer in OWNED}


def owners(engine):
    return {
        (name, code): None if owner != owner else owner  # noqa: PLR0124 - NaN
        for name, frame in held(engine).items()
        for code, owner in frame["grid_code"].items()
    }


def expected(engine, grids):
    """Return who should own what, by trying every box of grids that do not share a point."""
    wanted = {}
    shapes = dict(zip(ground(grids)["code"], ground(grids).geometry, strict=True))
    for name, frame in held(engine).items():
        points = frame.geometry.representative_point()
        for code, point in points.items():
            wanted[name, code] = next((c for c, s in shapes.items() if s.covers(point)), None)
        if name == "incidents":
            for code in frame.index[frame["doubt"].notna()]:
                wanted[name, code] = None
    return wanted


def is_closed(engine):
    states = held(engine)["incidents"]["state"]
    return {("incidents", code) for code in states.index[states == "closed"]}


def publish(engine, grids, day=1, **options):
    return publish_grids(
        engine, grids, name=f"第{day}稿", valid_from=drawn.START + day * DAY, **options
    )


@pytest.mark.parametrize("plan", [moved_border, merged, renumbered])
def test_everything_gets_the_owner_that_it_has_now_but_closed_incidents(city, plan):
    before, closed = owners(city), is_closed(city)
    done = publish(city, plan())
    after, wanted = owners(city), expected(city, plan())
    assert done.is_new
    assert done.generation.number == 2
    for thing, owner in after.items():
        kept = thing in closed and before[thing] is not None
        assert owner == (before[thing] if kept else wanted[thing])
    changed = [thing for thing in after if after[thing] != before[thing]]
    assert sum(layer.moved for layer in done.rerouted.values()) == len(changed) > 20
    assert {name for name, _ in changed} == {layer.name for layer in OWNED}


def test_only_what_lies_near_the_change_is_looked_at(city):
    done = publish(city, moved_border())
    total = {layer.name: COUNT for layer in OWNED}
    for name, layer in done.rerouted.items():
        assert 0 < layer.moved <= layer.looked_at < total[name] / 3


def test_publishing_the_grids_before_again_restores_every_owner(city):
    with sessions(city)() as session:
        first = LayerStore(session).read("grids")
    before = owners(city)
    publish(city, merged())
    assert owners(city) != before
    undone = publish(city, first, day=2)
    assert undone.generation.number == 3
    assert owners(city) == before
    with sessions(city)() as session:
        assert LayerStore(session).read("grids").equals(first)


def test_lineage_is_found_out_and_kept(city):
    done = publish(city, merged())
    with sessions(city)() as session:
        kept = GenerationStore(session).lineage(2)
    pairs = {(row.old_code, row.new_code): row.kind for row in kept}
    assert pairs["B", "A"] == "merged"
    assert len(kept) == len(done.lineage)


def test_the_same_grids_again_publish_nothing(city):
    before = owners(city)
    done = publish(city, drawn.grids())
    assert not done.is_new
    assert done.generation.number == 1
    assert {*done.rerouted.values()} == {Rerouted()}
    assert owners(city) == before


@pytest.mark.parametrize(
    ("grids", "options", "error"),
    [
        (moved_border, {"day": 0}, ConflictError),
        (moved_border, {"based_on": 7}, ConflictError),
        (lambda: drawn.grids().iloc[:0], {}, InputError),
        (lambda: redrawn(E=shapely.Point(123, 41).buffer(0)), {}, GeometryError),
    ],
)
def test_what_is_refused_leaves_the_database_as_it_was(city, grids, options, error):
    before = owners(city)
    with pytest.raises(error):
        publish(city, grids(), **options)
    assert owners(city) == before
    with sessions(city)() as session:
        assert GenerationStore(session).number() == 1


def test_a_plan_made_from_the_current_generation_is_published(city):
    assert publish(city, moved_border(), based_on=1).generation.number == 2


def test_a_database_without_a_city_has_nothing_to_publish_into(engine):
    with pytest.raises(NotFoundError, match="which city"):
        publish(engine, drawn.grids())


def report(engine, number, seen):
    """Store incidents by the grids that are current, as an import does."""
    rng = np.random.default_rng(number)
    frame = scattered(rng, "incidents", state=["reported"], reported_at=[drawn.START])
    frame["code"] = [f"t{number}-{n}" for n in range(len(frame))]
    with sessions(engine).begin() as session:
        GenerationStore(session).hold()
        router, generation = current_router(engine)
        owned = in_order(LAYERS["incidents"], assign_grids(frame, router))
        LayerStore(session).upsert("incidents", owned)
    seen.append(generation.number)


def test_what_is_reported_during_publications_has_one_owner_of_the_last(city):
    plans = [moved_border, merged, renumbered, drawn.grids, moved_border]
    seen, failures, is_over = [], [], threading.Event()

    def reporter(number):
        try:
            while not is_over.is_set():
                report(city, number, seen)
                number += 10
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=reporter, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    try:
        for day, plan in enumerate(plans, 1):
            until = len(seen) + 2
            publish(city, plan(), day=day)
            deadline = time.monotonic() + 20
            while len(seen) < until and not failures and time.monotonic() < deadline:
                time.sleep(0.01)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len({*seen}) >= 3
    after, wanted, closed = owners(city), expected(city, plans[-1]()), is_closed(city)
    fresh = {thing for thing in after if thing[1].startswith("t")}
    assert len(fresh) == len(seen) * COUNT
    wrong = {thing for thing in after if thing not in closed and after[thing] != wanted[thing]}
    assert wrong == set()


def test_a_publisher_waits_for_who_holds_the_generation(city):
    publisher = threading.Thread(target=publish, args=(city, merged()))
    with sessions(city).begin() as session:
        GenerationStore(session).hold()
        publisher.start()
        publisher.join(timeout=1)
        assert publisher.is_alive()
        assert GenerationStore(session).number() == 1
    publisher.join()
    with sessions(city)() as session:
        assert GenerationStore(session).number() == 2


def test_an_import_during_publications_has_owners_of_the_last(city, tmp_path):
    """The importer holds the generation by itself; files are imported while grids change."""
    rng = np.random.default_rng(11)
    failures, is_over, done = [], threading.Event(), []

    def importer():
        try:
            while not is_over.is_set() or not done:
                path = tmp_path / f"{len(done)}.csv"
                frame = scattered(rng, "facilities", category=["0101"])
                place = frame.geometry.get_coordinates().rename(columns={"x": "lon", "y": "lat"})
                named = frame[["code", "category"]].assign(code=f"m{len(done)}-" + frame["code"])
                named.join(place).to_csv(path, index=False)
                reading = Reading(datum=Datum.WGS84)
                options = ImportOptions(reading=reading)
                done.append(import_layer(city, "facilities", [path], options, now=drawn.START))
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    thread = threading.Thread(target=importer)
    thread.start()
    try:
        plans = [moved_border, merged, drawn.grids, renumbered]
        for day, plan in enumerate(plans, 1):
            publish(city, plan(), day=day)
            time.sleep(0.2)
    finally:
        is_over.set()
        thread.join()
    assert failures == []
    assert sum(summary.stored for summary in done) == len(done) * COUNT
    after, wanted = owners(city), expected(city, renumbered())
    assert {t for t in after if t[0] == "facilities" and after[t] != wanted[t]} == set()
