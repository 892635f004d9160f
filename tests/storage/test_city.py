from dataclasses import replace

import pytest

from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.levels import COMMUNITY_GRID, FIVE_LEVEL
from gis_grid.storage.city import City, CityStore

ANSHAN = City(
    name="鞍山",
    name_en="Anshan",
    area_code="210300000000",
    scheme=FIVE_LEVEL,
    epsg=4550,
    settings={"seed": 7, "editions": "2021", "share": 0.5, "demo": True, "note": None},
)


def test_keeps_one_city(session):
    store = CityStore(session)
    with pytest.raises(NotFoundError, match="does not say which city"):
        store.get()
    store.put(ANSHAN)
    assert store.get() == ANSHAN
    other = replace(ANSHAN, scheme=COMMUNITY_GRID, settings={})
    store.put(other)
    assert store.get() == other


@pytest.mark.parametrize("change", [{"name": ""}, {"area_code": ""}])
def test_refuses_a_nameless_city(session, change):
    with pytest.raises(InputError, match="needs a name and a code"):
        CityStore(session).put(replace(ANSHAN, **change))
