import numpy as np

from gis_grid.grid.codes import AreaCode, CameraCode, refusals


def test_lists_only_what_is_refused_with_its_position():
    codes = np.array(["32058200081320000001", None, "", "7"], object)
    assert list(refusals(codes, CameraCode)) == [2, 3]


def test_no_codes_have_no_refusals():
    assert refusals([], AreaCode.parse) == {}
