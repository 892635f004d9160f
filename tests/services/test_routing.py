"""The router of a generation from both databases, kept on disk."""

from datetime import UTC, datetime

import pytest

from gis_grid.errors import NotFoundError
from gis_grid.grid.levels import COMMUNITY_GRID
from gis_grid.services.routing import KEPT, current_router
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.values.layers import GRIDS
from tests.router.conftest import drawn  # noqa: F401 - a fixture

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = datetime(2026, 6, 1, tzinfo=UTC)
CITY = City(name="明河", area_code="219900000000", scheme=COMMUNITY_GRID, epsg=4550)


def store(engine, grids, *, valid_from=FIRST, level=COMMUNITY_GRID.ground):
    columns = {name: None for name in GRIDS.field_names if name not in grids} | {"level": level}
    frame = grids.assign(**columns)[[*GRIDS.field_names, "geometry"]]
    with sessions(engine).begin() as session:
        CityStore(session).put(CITY)
        return GenerationStore(session).publish(frame, name="g", valid_from=valid_from)


def test_routes_by_the_grids_of_the_database(engine, drawn, tmp_path):  # noqa: F811
    generation = store(engine, drawn)
    router, found = current_router(engine, cache_dir=tmp_path)
    assert found == generation
    assert router.locate(lon=123.005, lat=41.005) == "west"


def test_a_second_call_opens_the_saved_router(engine, drawn, tmp_path):  # noqa: F811
    folder = tmp_path / "cache"
    store(engine, drawn)
    built, _ = current_router(engine, cache_dir=folder)
    saved = list(folder.glob("*.ggr"))
    loaded, _ = current_router(engine, cache_dir=folder)
    assert len(saved) == 1
    assert list(folder.iterdir()) == saved
    assert not loaded.edges.ends.flags.owndata
    assert loaded.codes.tolist() == built.codes.tolist()


def test_a_moment_has_its_own_grids(engine, drawn, tmp_path):  # noqa: F811
    store(engine, drawn)
    store(engine, drawn.iloc[:1], valid_from=SECOND)
    now, _ = current_router(engine, cache_dir=tmp_path)
    then, generation = current_router(engine, cache_dir=tmp_path, at=FIRST)
    assert now.locate(lon=123.015, lat=41.005) is None
    assert then.locate(lon=123.015, lat=41.005) == "east"
    assert generation.number == 1


def test_a_damaged_cache_is_built_again_and_an_unusable_one_done_without(
    engine,
    drawn,  # noqa: F811
    tmp_path,
):
    store(engine, drawn)
    current_router(engine, cache_dir=tmp_path)
    saved = next(tmp_path.glob("*.ggr"))
    saved.write_bytes(saved.read_bytes()[:-9])
    for folder in (tmp_path, saved):  # a file is no folder
        router, _ = current_router(engine, cache_dir=folder)
        assert router.locate(lon=123.005, lat=41.005) == "west"


def test_old_routers_are_forgotten(engine, drawn, tmp_path):  # noqa: F811
    store(engine, drawn)
    for number in range(KEPT + 3):
        (tmp_path / f"router-{number}.ggr").touch()
    current_router(engine, cache_dir=tmp_path)
    assert len(list(tmp_path.glob("router-*.ggr"))) == KEPT


def test_says_what_is_missing(engine, drawn, tmp_path):  # noqa: F811
    with pytest.raises(NotFoundError, match="import some"):
        current_router(engine, cache_dir=tmp_path)
    store(engine, drawn, level="city")
    with pytest.raises(NotFoundError, match="no grid of the ground level"):
        current_router(engine, cache_dir=tmp_path)
    with pytest.raises(NotFoundError):
        current_router(engine, cache_dir=tmp_path, at=datetime(2000, 1, 1, tzinfo=UTC))
