"""What chance alone allows: exact intervals and tails of counts.

``scipy.special`` is imported by whoever asks first: a service that starts asks nothing, and to
import it takes a tenth of a start (``scipy.stats`` would take a second).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95

Floats = NDArray[np.float64]


def poisson_interval(count: ArrayLike) -> tuple[Floats, Floats]:
    """Return the exact 95 % interval of the mean of Poisson counts (Garwood 1936).

    Parameters
    ----------
    count
        Shape ``(n,)``, none negative; need not be whole. NaN gives NaN.

    Returns
    -------
    tuple
        Low and high end, float64, shape ``(n,)``.

    Examples
    --------
    >>> low, high = poisson_interval([100, 1, 0, float("nan")])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([81.364, 0.025, 0.0, nan], [121.627, 5.572, 3.689, nan])
    """
    from scipy.special import gammaincinv  # noqa: PLC0415 - see the module

    count = np.asarray(count, np.float64)
    tail = (1 - CONFIDENCE) / 2
    low = np.where(count == 0, 0.0, gammaincinv(np.where(count == 0, 1, count), tail))
    return low, np.asarray(gammaincinv(count + 1, 1 - tail), np.float64)


def binomial_tails(count: ArrayLike, total: ArrayLike, share: float) -> tuple[Floats, Floats]:
    """Return how likely at most, and at least, `count` of `total` tries succeed.

    Parameters
    ----------
    count, total
        Shape ``(n,)``; ``0 <= count <= total``.
    share
        Probability that one try succeeds, between 0 and 1.

    Returns
    -------
    tuple
        P(X <= count) and P(X >= count), float64, shape ``(n,)``.

    Examples
    --------
    >>> at_most, at_least = binomial_tails([1, 3, 0, 0], [2, 3, 3, 0], 0.5)
    >>> at_most.tolist(), at_least.tolist()
    ([0.75, 1.0, 0.125, 1.0], [0.75, 0.125, 1.0, 1.0])
    """
    from scipy.special import betainc  # noqa: PLC0415 - see the module

    count = np.asarray(count, np.float64)
    some, rest = count > 0, np.asarray(total, np.float64) - count
    at_least = np.where(some, betainc(np.where(some, count, 1), rest + 1, share), 1.0)
    left = rest > 0
    at_most = np.where(left, betainc(np.where(left, rest, 1), count + 1, 1 - share), 1.0)
    return at_most, at_least
