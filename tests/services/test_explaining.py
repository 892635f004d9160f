"""The explained route of a stored city: what the web shows, without the web."""

import math

import geopandas as gpd
import pytest
import shapely

from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.levels import COMMUNITY_GRID, Level, Scheme
from gis_grid.grid.naming import GridName
from gis_grid.router.explaining.decision import Method
from gis_grid.router.special import SpecialIndex
from gis_grid.services.explaining import CLASS_M, Report, explain, make_guide
from gis_grid.services.reading import grid_names
from gis_grid.services.routing import current_router
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.whereabouts import Whereabouts, facility_at
from tests import drawn
from tests.api.test_explained_route import store
from tests.router.planes import flat


def guide_of(engine, folder, special=None):
    router, generation = current_router(engine, cache_dir=folder)
    with sessions(engine).begin() as session:
        return make_guide(session, generation, router, grid_names(session, generation), special)


@pytest.fixture
def guide(engine, tmp_path):
    store(engine)
    return guide_of(engine, tmp_path)


def told(engine, guide, facility_code=None, **report):
    with sessions(engine).begin() as session:
        kept = None if facility_code is None else facility_at(session, facility_code)
        return explain(guide, Whereabouts.read(session), Report(facility=kept, **report))


def test_every_grid_answers_for_its_middle(engine, guide):
    for letter in "ABCDFGHI":
        lon, lat = drawn.middle(letter)
        answer = told(engine, guide, lon=lon, lat=lat)
        assert answer.chain[0] == answer.decision.code == letter
        assert answer.chain[-1] == "c"
        assert letter in answer.reason.zh


def test_the_wall_says_how_sure_the_building_is(engine, guide):
    lon, lat = 123.00085, 41.0007
    house = flat(drawn.frames()["buildings"].geometry.iloc[0], lon, lat)
    wall_m = house.boundary.distance(shapely.Point(0, 0))
    sigma_m = 20 / math.sqrt(-2 * math.log(0.05))
    answer = told(engine, guide, lon=lon, lat=lat, accuracy_m=20)
    expected = (1 + math.erf(wall_m / sigma_m / math.sqrt(2))) / 2
    assert answer.inside.confidence == pytest.approx(expected, abs=1e-4)
    assert told(engine, guide, lon=lon, lat=lat).inside.confidence is None


def test_a_building_without_doors_is_told_alone(engine, guide):
    house = shapely.box(123.0045, 41.0045, 123.005, 41.005)
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("buildings", drawn.layer("buildings", [{"code": "c1"}], [house]))
    inside = told(engine, guide, lon=123.0047, lat=41.0047).inside
    assert (inside.building.code, inside.building.name) == ("c1", None)
    assert (inside.door, inside.door_m) == (None, None)


def test_a_scheme_without_buildings_stops_at_the_ground(engine, tmp_path):
    store(engine)
    with sessions(engine).begin() as session:
        CityStore(session).put(
            City(name="画市", area_code="210000000000", scheme=COMMUNITY_GRID, epsg=4550)
        )
    answer = told(engine, guide_of(engine, tmp_path), lon=123.00078, lat=41.0007)
    assert answer.inside is None
    assert [post.area_code for post in answer.posts] == ["G", "w"]


def test_a_scheme_of_one_level_has_nothing_above(engine, tmp_path):
    scheme = Scheme(
        key="flat", levels=(Level(key="subarea", name_zh="网格", name_en="grid"),), ground="subarea"
    )
    frame = drawn.grids()
    only = frame[frame["level"] == "subarea"].assign(parent_code=None)
    with sessions(engine).begin() as session:
        CityStore(session).put(City(name="画市", area_code="1", scheme=scheme, epsg=4550))
        GenerationStore(session).publish(only, name="初稿", valid_from=drawn.START)
    answer = told(engine, guide_of(engine, tmp_path), lon=123.003, lat=41.003)
    assert (answer.decision.code, answer.chain) == ("E", ("E",))


@pytest.mark.parametrize("accuracy_class", ["A", "B", "C", None])
def test_a_facility_is_as_accurate_as_its_class(engine, guide, accuracy_class):
    row = {"code": "f", "category": "0301", "accuracy_class": accuracy_class}
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("facilities", drawn.points("facilities", [(row, "B")]))
    answer = told(engine, guide, facility_code="f")
    assert answer.decision.method is Method.FACILITY
    assert answer.decision.place.accuracy_m == CLASS_M[accuracy_class]
    assert answer.facility_m is None


def test_a_special_grid_over_a_gap_has_no_ordinary_chain(engine, tmp_path):
    store(engine)
    box = shapely.box(123.01, 41.0, 123.011, 41.001)
    frame = gpd.GeoDataFrame({"code": ["far"]}, geometry=[box], crs="EPSG:4326")
    guide = guide_of(engine, tmp_path, SpecialIndex.build(frame))
    answer = told(engine, guide, lon=123.0105, lat=41.0005)
    assert (answer.decision.code, answer.decision.ground_code, answer.chain) == ("far", None, ())
    assert "专属网格 far" in answer.reason.zh


def test_nowhere_and_nobody(engine, guide):
    assert told(engine, guide).decision.method is Method.OUTSIDE
    with pytest.raises(NotFoundError, match="'x'"):
        told(engine, guide, facility_code="x")
    with pytest.raises(InputError, match="accuracy"):
        told(engine, guide, lon=1.0, lat=1.0, accuracy_m=-1.0)


def test_names_come_from_the_generation_that_is_used(engine, guide):
    names = dict(guide.names) | {"A": GridName(name="旧名", level="subarea", parent_code="w")}
    lon, lat = drawn.middle("A")
    with sessions(engine).begin() as session:
        around = Whereabouts.read(session)
    renamed = type(guide)(atlas=guide.atlas, scheme=guide.scheme, names=names)
    answer = explain(renamed, around, Report(lon=lon, lat=lat))
    assert "旧名" in answer.reason.zh
