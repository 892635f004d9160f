"""Confidence against its promises, and against samples drawn without its formula."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError
from gis_grid.router.explaining.confidence import SHARE, confidence

METRES = st.floats(0, 1e6)
MARGINS = st.floats(-1e6, 1e6)


@given(margin=MARGINS, accuracy=METRES)
def test_is_a_probability(margin, accuracy):
    assert 0.0 <= confidence(margin_m=margin, accuracy_m=accuracy) <= 1.0


@given(margins=st.tuples(MARGINS, MARGINS), accuracy=METRES)
def test_grows_with_the_distance(margins, accuracy):
    near, far = sorted(margins)
    assert confidence(margin_m=near, accuracy_m=accuracy) <= confidence(
        margin_m=far, accuracy_m=accuracy
    )


@given(margin=METRES, accuracies=st.tuples(METRES, METRES))
def test_falls_with_the_accuracy_radius(margin, accuracies):
    sharp, blurred = sorted(accuracies)
    assert confidence(margin_m=margin, accuracy_m=sharp) >= confidence(
        margin_m=margin, accuracy_m=blurred
    )


@given(margin=MARGINS, accuracy=st.floats(1e-3, 1e6))
def test_the_two_sides_of_a_border_share_everything(margin, accuracy):
    sides = [confidence(margin_m=sign * margin, accuracy_m=accuracy) for sign in (1, -1)]
    assert sum(sides) == pytest.approx(1.0, abs=1e-12)


@given(margin=METRES)
def test_an_exact_point_is_certain(margin):
    assert confidence(margin_m=margin, accuracy_m=0.0) == 1.0
    assert confidence(margin_m=-margin - 1e-9, accuracy_m=0.0) == 0.0
    assert confidence(margin_m=margin, accuracy_m=None) is None


@pytest.mark.parametrize("accuracy", [5e-324, 1e-300, 1e300])
def test_extreme_accuracies_are_numbers(accuracy):
    assert confidence(margin_m=1.0, accuracy_m=accuracy) in {0.5, 1.0}
    assert confidence(margin_m=0.0, accuracy_m=accuracy) == 0.5


@pytest.mark.parametrize("share_of_radius", [-0.7, -0.1, 0.0, 0.2, 0.5, 1.0, 1.4])
def test_equals_the_share_of_samples_on_the_owners_side(share_of_radius):
    """Sample the circle by its own definition: 95 % of the true places lie inside."""
    rng = np.random.default_rng(7)
    accuracy, count = 30.0, 400_000
    radius = accuracy * np.sqrt(np.log(rng.uniform(size=count)) / math.log(1 - SHARE))
    x = radius * np.cos(rng.uniform(0, 2 * math.pi, count))
    assert (radius < accuracy).mean() == pytest.approx(SHARE, abs=2e-3)
    margin = share_of_radius * accuracy
    expected = (x > -margin).mean()
    assert confidence(margin_m=margin, accuracy_m=accuracy) == pytest.approx(expected, abs=4e-3)


@pytest.mark.parametrize("accuracy", [-1e-9, math.inf, math.nan])
def test_refuses_what_is_no_length(accuracy):
    with pytest.raises(InputError, match="is no length"):
        confidence(margin_m=1.0, accuracy_m=accuracy)


def test_refuses_a_point_without_coordinates():
    with pytest.raises(InputError, match="NaN"):
        confidence(margin_m=math.nan, accuracy_m=1.0)
