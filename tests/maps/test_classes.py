import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.maps.classes import class_of, two_figures, value_breaks

VALUES = st.lists(
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: float(f"{value:.6g}")),
    min_size=1,
    max_size=60,
).map(np.array)


@given(VALUES, st.integers(1, 7))
def test_every_value_has_a_class_and_every_class_a_value(values, classes):
    breaks = value_breaks(values, classes=classes)
    numbers = class_of(values, breaks)
    assert numbers.min() >= 0
    assert sorted(set(numbers.tolist())) == list(range(len(breaks)))
    assert len(breaks) <= classes


@given(VALUES)
def test_limits_have_two_figures(values):
    for limit in value_breaks(values, classes=7):
        assert limit == float(f"{limit:.2g}")


@given(VALUES)
def test_rounding_down_never_goes_up(values):
    for value in values.tolist():
        low = two_figures(value, down=True)
        assert low <= value
        assert value - low <= max(abs(value) * 0.11, 1e-300)
