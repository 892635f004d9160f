import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import FileError, InputError
from gis_grid.exchange.mapping import (
    ColumnMap,
    guess_map,
    load_mapping,
    merge_maps,
    parse_pairs,
    save_mapping,
)
from gis_grid.values.layers import LAYERS

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=9)
TABLES = st.dictionaries(TEXTS, TEXTS, max_size=4)


def guessed(layer, *columns, **constants):
    found = guess_map(
        LAYERS[layer], columns, stated=ColumnMap(constants=constants), has_geometry=False
    )
    return dict(found.columns)


@pytest.mark.parametrize("ending", ["toml", "json"])
@given(columns=TABLES, constants=TABLES)
def test_loads_what_it_saved(ending, columns, constants, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / f"m.{ending}"
    save_mapping(ColumnMap(columns=columns, constants=constants), path)
    found = load_mapping(path)
    assert (found.columns, found.constants) == (columns, constants)


@pytest.mark.parametrize("name", LAYERS)
def test_finds_every_field_under_its_own_name(name):
    fields = [field.name for field in LAYERS[name].fields if not field.derived]
    found = guessed(name, *reversed(fields))
    assert {field: field for field in fields} == found


@given(st.lists(TEXTS, unique=True, max_size=8), st.sampled_from(list(LAYERS)))
def test_never_uses_a_column_twice(columns, name):
    found = guessed(name, *columns)
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= set(columns)


def test_takes_a_near_miss_of_a_long_name_and_says_that_it_guessed():
    found = guess_map(
        LAYERS["facilities"], ["painted_numbr"], stated=ColumnMap(), has_geometry=True
    )
    assert dict(found.guessed) == {"painted_number": "painted_numbr"}
    assert guessed("gates", "cod") == {}


def test_leaves_alone_what_was_stated():
    assert "category" not in guessed("facilities", "category", category="0118")


def test_puts_what_was_said_over_what_was_saved():
    saved = ColumnMap(columns={"code": "A", "name": "B"}, constants={"state": "intact"})
    said = ColumnMap(columns={"state": "C"}, constants={"name": "lamp"})
    merged = merge_maps(saved, said)
    assert merged.columns == {"code": "A", "state": "C"}
    assert merged.constants == {"name": "lamp"}


def test_refuses_what_is_no_mapping(tmp_path):
    for text in ("[columns", "columns = 3", ""):
        (tmp_path / "m.toml").write_text(text)
        with pytest.raises(FileError, match="mapping"):
            load_mapping(tmp_path / "m.toml")
    with pytest.raises(FileError, match="cannot write"):
        save_mapping(ColumnMap(), tmp_path / "no" / "m.toml")
    with pytest.raises(InputError, match="takes field=VALUE"):
        parse_pairs(["=x"], what="--map")
