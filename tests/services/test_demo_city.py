from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from gis_grid.demo.city import City, make_city
from gis_grid.demo.incidents import LAST_DAY
from gis_grid.errors import ConflictError, NotFoundError
from gis_grid.router import cells
from gis_grid.services.demo_city import store_city, stored_demo
from gis_grid.services.routing import current_router
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS
from tests import stored as copied


@pytest.fixture(scope="module")
def city() -> City:
    """Return a small city, cut short where many rows prove no more than a few."""
    city = make_city("small", 5)
    few = {"incidents": 4000, "ways": 500, "entrances": 1500, "officers": 300}
    layers = {name: frame.iloc[: few.get(name)] for name, frame in city.layers.items()}
    return replace(city, layers=layers)


@pytest.fixture
def engine(bare_database_url):
    engine = open_engine(bare_database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def fill(city):
    return lambda engine: store_city(engine, city)


@pytest.fixture
def stored(database_url, fill):
    engine = open_engine(database_url)
    copied.put(engine, fill)
    yield engine
    engine.dispose()


def read(engine, layer):
    with sessions(engine).begin() as session:
        store = LayerStore(session)
        return pd.concat(store.chunks(layer), ignore_index=True)


def test_what_is_stored_is_what_was_made(engine, city):
    counts = store_city(engine, city)
    assert counts == {name: len(frame) for name, frame in city.layers.items()}
    for name in ("grids", "cameras", "officers", "facilities"):
        made = city.layers[name].sort_values("code", ignore_index=True)
        found = read(engine, name).sort_values("code", ignore_index=True)
        plain = [f.name for f in LAYERS[name].fields if not f.derived and not f.private]
        pd.testing.assert_frame_equal(pd.DataFrame(found[plain]), pd.DataFrame(made[plain]))
        if "geometry" in made:
            assert shapely.equals(found.geometry.to_numpy(), made.geometry.to_numpy()).all()


def test_the_city_and_its_generation_are_known(stored, city):
    with sessions(stored).begin() as session:
        kept = CityStore(session).get()
        generation = GenerationStore(session).current()
    assert (kept.name, kept.area_code, kept.epsg) == (city.name, city.area_code, city.epsg)
    assert kept.scheme == city.scheme
    assert generation.number == 1
    assert generation.valid_from.isoformat() == "2024-12-31T16:00:00+00:00"
    assert stored_demo(stored) == ("small", 5, LAST_DAY)


def test_owners_are_those_of_the_router_and_of_brute_force(stored, city):
    incidents = read(stored, "incidents")
    router, _ = current_router(stored)
    lon, lat = shapely.get_coordinates(incidents.geometry.to_numpy()).T
    doubted = incidents["doubt"].notna()
    assert 0 < doubted.sum() < 40
    assert incidents["grid_code"][doubted].isna().all()
    owners = pd.Series(router.locate_many(lon=lon, lat=lat).code)
    same = (owners == incidents["grid_code"]) | (owners.isna() & incidents["grid_code"].isna())
    assert same[~doubted].all()
    grids = city.layer("grids").query("level == 'subarea'").set_index("code").geometry
    some = incidents[~doubted & incidents["grid_code"].notna()].iloc[::17]
    inside = shapely.covers(grids.reindex(some["grid_code"]).to_numpy(), some.geometry.to_numpy())
    assert len(some) > 100
    assert inside.all()


def test_points_have_their_cell_and_houses_their_grid(stored):
    facilities, buildings = read(stored, "facilities"), read(stored, "buildings")
    lon, lat = shapely.get_coordinates(facilities.geometry.to_numpy()).T
    assert np.array_equal(facilities["cell"], cells.encode(lon=lon, lat=lat))
    assert facilities["grid_code"].notna().all()
    assert (buildings["grid_code"] == buildings["parent_code"]).all()


def test_refuses_a_database_that_holds_something(stored, city):
    with pytest.raises(ConflictError, match=r"holds grids, buildings.*明河市.*replace it"):
        store_city(stored, city)
    assert len(read(stored, "incidents")) == len(city.layers["incidents"])


def test_replaces_when_asked_to(stored, city):
    layers = {name: frame.iloc[:600] for name, frame in city.layers.items()}
    other = replace(city, seed=6, layers=layers)
    store_city(stored, other, replace=True)
    assert stored_demo(stored) == ("small", 6, LAST_DAY)
    assert len(read(stored, "buildings")) == len(other.layers["buildings"])


def test_tells_how_far_it_is(engine, city):
    told: dict[str, int] = {}
    store_city(engine, city, lambda layer, rows: told.update({layer: rows}))
    assert told == {name: len(frame) for name, frame in city.layers.items()}


class StopError(Exception):
    pass


def test_a_failure_on_the_way_leaves_nothing(engine, city):
    def stop(layer, _):
        if layer == "incidents":
            raise StopError

    with pytest.raises(StopError):
        store_city(engine, city, stop)
    with sessions(engine).begin() as session:
        store = LayerStore(session)
        assert {store.count(name) for name in LAYERS} == {0}
        assert GenerationStore(session).current() is None
        with pytest.raises(NotFoundError):
            CityStore(session).get()
    assert stored_demo(engine) is None
