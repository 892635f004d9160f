"""Saved routers: the same answers, or a clear refusal."""

import numpy as np
import pytest
from hypothesis import given

from gis_grid.errors import FileError
from gis_grid.router.index import Router
from gis_grid.router.saved import MAGIC
from tests.router.coverages import coverages


@given(case=coverages())
def test_loaded_answers_are_the_same(case, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "router.ggr"
    built = Router.build(case.grids)
    built.save(path)
    loaded = Router.load(path)
    expected = built.locate_many(lon=case.lon, lat=case.lat)
    found = loaded.locate_many(lon=case.lon, lat=case.lat)
    assert found.index.tolist() == expected.index.tolist()
    assert found.code.tolist() == expected.code.tolist()
    border_m = built.distance_to_border_m(lon=case.lon, lat=case.lat)
    again = loaded.distance_to_border_m(lon=case.lon, lat=case.lat)
    assert np.array_equal(again, border_m, equal_nan=True)


@pytest.fixture
def saved(tmp_path, drawn):
    path = tmp_path / "router.ggr"
    Router.build(drawn).save(path)
    return path


def test_arrays_stay_in_the_file(saved):
    loaded = Router.load(saved)
    assert not loaded.edges.ends.flags.owndata
    assert not loaded.edges.ends.flags.writeable


def test_chinese_and_empty_sets_survive(tmp_path, drawn):
    for grids in (drawn.assign(code=["东网格", "西,网格"]), drawn.iloc[:0]):
        Router.build(grids).save(tmp_path / "r")
        assert Router.load(str(tmp_path / "r")).codes.tolist() == grids["code"].tolist()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data[:-1], "damaged"),
        (lambda data: data[:40], "damaged"),
        (lambda data: data[:-200] + bytes([data[-200] ^ 1]) + data[-199:], "damaged"),
        (lambda data: data[:30] + b"x" + data[31:], "damaged"),
        (lambda data: MAGIC[:6] + b"99" + data[8:], "format 99"),
        (lambda _: b"PK\3\4 something else altogether", "not a saved router"),
        (lambda data: data[:10], "not a saved router"),
        (lambda _: b"", "empty"),
    ],
    ids=["short", "no arrays", "array", "header", "version", "foreign", "no header", "empty"],
)
def test_refuses_a_file_that_is_none_or_damaged(saved, spoil, message):
    saved.write_bytes(spoil(saved.read_bytes()))
    with pytest.raises(FileError, match=message):
        Router.load(saved)


def test_refuses_a_missing_file_and_a_folder(tmp_path, drawn):
    with pytest.raises(FileError, match="cannot be read"):
        Router.load(tmp_path / "none")
    with pytest.raises(FileError, match="cannot be read"):
        Router.load(tmp_path)
    with pytest.raises(FileError, match="cannot be written"):
        Router.build(drawn).save(tmp_path / "no" / "folder")
