"""How sure an owner is, from the accuracy of a point and its distance to the border."""

import math

from gis_grid.errors import InputError

SHARE = 0.95
"""Probability that the true place lies in the accuracy circle (W3C Geolocation's meaning)."""

SIGMAS = math.sqrt(-2.0 * math.log(1.0 - SHARE))
"""Radius of that circle in standard deviations of each coordinate: 2.448."""


def confidence(*, margin_m: float, accuracy_m: float | None) -> float | None:
    r"""Return the probability that the true place lies on this side of the border.

    The true place is taken as spread around the point by a circular Gaussian of which 95 % lies
    in the accuracy circle, :math:`\sigma = a / \sqrt{-2 \ln 0.05}`, and the border as one straight
    line, the nearest: the answer is :math:`\Phi(d / \sigma)`. It grows with the distance and falls
    with the accuracy radius; docs/algorithms/explained-route.md says where it is too high.

    Parameters
    ----------
    margin_m
        Metres from the point to the border, negative when the point lies on the other side.
    accuracy_m
        Radius of the circle that holds the true place with 95 %, metres; None when not stated.

    Returns
    -------
    float or None
        0 to 1; a point that is exact (accuracy 0) is certain: 1, or 0 on the other side. None
        without an accuracy.

    Raises
    ------
    InputError
        The accuracy is negative or no finite number, or the margin is NaN.

    Examples
    --------
    >>> confidence(margin_m=0.0, accuracy_m=30.0), round(confidence(margin_m=30, accuracy_m=30), 4)
    (0.5, 0.9928)
    >>> confidence(margin_m=-1.0, accuracy_m=0.0), confidence(margin_m=1.0, accuracy_m=None)
    (0.0, None)
    """
    require_accuracy(accuracy_m)
    if math.isnan(margin_m):
        msg = "the distance to the border is NaN; the point has no coordinates"
        raise InputError(msg)
    if accuracy_m is None:
        return None
    if accuracy_m == 0.0:
        return 1.0 if margin_m >= 0.0 else 0.0
    # Divide first: accuracies near the smallest float would make sigma 0.
    return 0.5 * math.erfc(-margin_m / accuracy_m * SIGMAS / math.sqrt(2.0))


def require_accuracy(accuracy_m: float | None) -> None:
    """Raise unless an accuracy is missing or a length.

    Raises
    ------
    InputError
        It is negative, infinite or NaN.

    Examples
    --------
    >>> require_accuracy(None)
    >>> require_accuracy(-1.0)
    Traceback (most recent call last):
    gis_grid.errors.InputError: accuracy -1.0 m is no length; give 0 or more, or nothing
    """
    if accuracy_m is not None and not 0.0 <= accuracy_m < math.inf:
        msg = f"accuracy {accuracy_m} m is no length; give 0 or more, or nothing"
        raise InputError(msg)
